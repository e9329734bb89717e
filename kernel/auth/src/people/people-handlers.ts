import {
  type Api,
  type Context,
  type Handlers,
  JinshuiError,
  PEOPLE_PERMISSION,
  type peopleOps,
} from "@jinshui/contracts";
import type { Actor, Database, Row, Transaction } from "@jinshui/storage";
import type { AccessControl } from "../access-control.js";
import type { ChangeRequests } from "../changes/change-requests.js";
import { removeSecondFactors } from "../changes/kinds.js";
import { noted } from "../noted.js";
import type { Accounts } from "./accounts.js";
import { nameColumns } from "./name-sound.js";
import { isDay } from "./period.js";
import { requirePeriod, requirePerson } from "./requirements.js";

/** Accounts of people, as administrators keep them. */
export function peopleHandlers(parts: {
  database: Database;
  access: AccessControl;
  changes: ChangeRequests;
  accounts: Accounts;
  /** How many tasks wait for a person. */
  openTasks: (person: string) => Promise<number>;
}): Handlers<Api<typeof peopleOps>> {
  const { database, access, changes, accounts, openTasks } = parts;
  const { organisation } = access;
  const proposeReset = changes.kind("reset-second-factor", removeSecondFactors(organisation, accounts));

  const administrator = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    access.require(actor, PEOPLE_PERMISSION);
    return actor;
  };
  const note = (
    tx: Transaction,
    { id, name, bureau }: Actor,
    action: string,
    about: { person: string; before?: unknown; after: unknown },
  ): void =>
    noted(tx, {
      bureau,
      actor: { id, name },
      action,
      resource: `person/${about.person}`,
      before: about.before,
      after: about.after,
    });

  return {
    async addPerson({ username, name, department }, context) {
      const actor = await administrator(context);
      return accounts.add({ bureau: actor.bureau, username, name, department }, actor);
    },

    async changePerson({ person: id, name, department, from = organisation.today() }, context) {
      const actor = await administrator(context);
      const before = await requirePerson(organisation, id, actor.bureau);
      requirePeriod({ from });
      if (department !== undefined) organisation.departments.require(actor.bureau, department, {});
      const next = { name: name ?? before.name, department: department ?? before.department };
      await database.transaction(async (tx) => {
        await tx.update("person", { id }, { ...next, ...nameColumns(next.name) });
        note(tx, actor, "change-person", {
          person: id,
          before: { name: before.name, department: before.department },
          after: { ...next, from },
        });
      });
      await access.changed();
      return {};
    },

    async resetPassword({ person: id, reason }, context) {
      const actor = await administrator(context);
      const row = await resettable(database, id, actor.bureau);
      const reset = await accounts.reset(row, {
        byOperator: false,
        also: (tx) => note(tx, actor, "reset-password", { person: id, after: { reason } }),
      });
      await access.changed();
      return reset;
    },

    async resetSecondFactor({ person, reason }, context) {
      const actor = await administrator(context);
      return { change: await proposeReset({ person }, { actor, reason, key: context.idempotencyKey }) };
    },

    async leave({ person: id, until, reason }, context) {
      const actor = await administrator(context);
      const { name } = await requirePerson(organisation, id, actor.bureau);
      if (until !== undefined && !isDay(until)) requirePeriod({ until });
      if (id === actor.id)
        throw new JinshuiError("conflict", "Nobody ends their own account: another administrator does", {
          details: { reason: "own-account" },
        });
      await database.transaction(async (tx) => {
        await accounts.leave(tx, id, until);
        note(tx, actor, "leave", { person: id, after: { name, until, reason } });
      });
      await access.changed();
      return { openTasks: await openTasks(id) };
    },
  };
}

/** Somebody of the bureau who has not left; also one whose account was disabled because it was not used. */
async function resettable(database: Database, id: string, bureau: string): Promise<Row> {
  const row = await database.findOne("person", { id, bureau });
  if (!row || (row["disabled"] === true && row["disabled_for"] !== "unused"))
    throw new JinshuiError("not-found", `There is no person ${id} in ${bureau}`, { details: { person: id } });
  return row;
}
