import {
  type Context,
  type Duty,
  type Handlers,
  JinshuiError,
  type OrganisationApi,
  PEOPLE_PERMISSION,
} from "@jinshui/contracts";
import {
  type Actor,
  canonicalJson,
  type Database,
  newId,
  once,
  pageOf,
  type Row,
  type Transaction,
  type Where,
} from "@jinshui/storage";
import { createHash } from "node:crypto";
import type { AccessControl } from "./access-control.js";
import { noted } from "./noted.js";
import { dutyOf } from "./people/duties.js";
import { requirePosition } from "./people/requirements.js";

type Fields = Omit<Duty, "id" | "version">;

/** What belongs to a position: its duties and its permissions. */
export function positionHandlers({
  database,
  access,
  actorOf,
  holderOf,
}: {
  database: Database;
  access: AccessControl;
  actorOf: (context: Context) => Promise<Actor>;
  /** Who asks, once it is known that they have the permission. */
  holderOf: (context: Context, permission: string) => Promise<Actor>;
}): Pick<Handlers<OrganisationApi>, "rules" | "duties" | "setDuty" | "removeDuty"> {
  return {
    async rules(_input, context) {
      const { bureau } = await actorOf(context);
      const rules = [...access.rules(bureau).values()];
      return { rules: rules.map((rule) => ({ ...rule, positions: [...rule.positions] })) };
    },

    async duties({ position, ...page }, context) {
      const { bureau } = await actorOf(context);
      const where: Where = { bureau, ...(position === undefined ? {} : { position }) };
      const { rows, nextCursor } = await pageOf(database, "duty", where, ["position", "id"], page);
      return {
        duties: rows.map(dutyOf),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("duty", where),
      };
    },

    async setDuty({ replaces, ...fields }, context) {
      const actor = await holderOf(context, PEOPLE_PERMISSION);
      requirePosition(access.organisation, fields.position);
      const hash = createHash("sha256").update(canonicalJson({ replaces, fields })).digest("hex");
      return once(database, { caller: `duty/${actor.id}`, key: context.idempotencyKey }, hash, async (tx) => {
        const before = replaces && (await seen(tx, actor, replaces));
        const { id, version } = before ?? { id: newId(), version: 0 };
        const duty: Duty = { id, version: version + 1, ...fields };
        if (before) await tx.update("duty", { id }, { version: duty.version, ...columns(fields) });
        else await tx.insert("duty", { id, bureau: actor.bureau, version: duty.version, ...columns(fields) });
        note(tx, actor, { action: "set-duty", id, before, after: duty });
        return duty;
      });
    },

    async removeDuty({ duty: id }, context) {
      const actor = await holderOf(context, PEOPLE_PERMISSION);
      await database.transaction(async (tx) => {
        const row = await own(tx, actor, id);
        await tx.remove("duty", { id });
        note(tx, actor, { action: "remove-duty", id, before: dutyOf(row) });
      });
      return {};
    },
  };
}

/** The row as text and numbers; what is absent is emptied. */
function columns({ position, title, basis, matter, days }: Fields): Row {
  return { position, title, basis: basis ?? null, matter: matter ?? null, days: days ?? null };
}

async function own(tx: Transaction, { bureau }: Actor, id: string): Promise<Row> {
  const row = await tx.findOneForUpdate("duty", { id, bureau });
  if (!row) throw new JinshuiError("not-found", `There is no duty ${id} in ${bureau}`, { details: { duty: id } });
  return row;
}

async function seen(tx: Transaction, actor: Actor, { id, version }: { id: string; version: number }): Promise<Duty> {
  const duty = dutyOf(await own(tx, actor, id));
  if (duty.version !== version)
    throw new JinshuiError("stale-version", `Duty ${id} is at version ${duty.version}, not ${version}`, {
      details: { duty: id, version: duty.version },
    });
  return duty;
}

function note(
  tx: Transaction,
  { bureau, id: person, name }: Actor,
  { action, id, before, after }: { action: string; id: string; before?: Duty | undefined; after?: Duty },
): void {
  noted(tx, { bureau, actor: { id: person, name }, action, resource: `duty/${id}`, before, after });
}
