import {
  type Api,
  type Context,
  type Handlers,
  JinshuiError,
  PEOPLE_PERMISSION,
  type peopleImportOps,
  SECURITY_PERMISSION,
} from "@jinshui/contracts";
import type { Actor, Database, ResolvedCall } from "@jinshui/storage";
import type { AccessControl } from "../access-control.js";
import type { ChangeRequests } from "../changes/change-requests.js";
import { holdPositions } from "../changes/hold-positions.js";
import type { Accounts } from "./accounts.js";
import { checkPeople } from "./people-import.js";
import { readPeopleFile } from "./people-file.js";

/** Where the content of an uploaded file lies and what it is called, for who may read it. */
export type OpenFile = (call: ResolvedCall, file: string, bureau: string) => Promise<{ path: string; name: string }>;

/** Many people at once, from a file. */
export function peopleImportHandlers(parts: {
  database: Database;
  access: AccessControl;
  changes: ChangeRequests;
  accounts: Accounts;
  openFile: OpenFile;
}): Handlers<Api<typeof peopleImportOps>> {
  const { database, access, changes, accounts, openFile } = parts;
  const { organisation } = access;
  const propose = changes.kind("hold-positions", holdPositions(organisation));

  const administrator = async (context: Context): Promise<{ actor: Actor; call: ResolvedCall }> => {
    const call = await access.resolve(context);
    if (!call.actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    access.require(call.actor, PEOPLE_PERMISSION);
    return { actor: call.actor, call };
  };

  return {
    async readPeople({ file }, context) {
      const { actor, call } = await administrator(context);
      const lines = await readPeopleFile(await openFile(call, file, actor.bureau));
      const rows = await checkPeople(database, organisation, actor.bureau, lines);
      const count = (state: string): number => rows.filter((row) => row.state === state).length;
      return { rows, new: count("new"), known: count("known"), wrong: count("wrong") };
    },

    async addPeople({ people }, context) {
      const { actor } = await administrator(context);
      const made = await accounts.addAll(
        people.map((person) => ({ ...person, bureau: actor.bureau })),
        actor,
      );
      return {
        people: made.map(({ person, password }, index) => ({
          username: people[index]?.username ?? "",
          person,
          password,
        })),
        validUntil: made[0]?.validUntil ?? "",
      };
    },

    async proposeHoldings({ holdings, reason }, context) {
      const { actor } = await administrator(context);
      return { change: await propose({ holdings }, { actor, reason, key: context.idempotencyKey }) };
    },

    async changeLines({ change }, context) {
      const { actor } = await access.resolve(context);
      if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
      if (!access.check(actor, SECURITY_PERMISSION)) access.require(actor, PEOPLE_PERMISSION);
      return { lines: await changes.lines(actor, change) };
    },
  };
}
