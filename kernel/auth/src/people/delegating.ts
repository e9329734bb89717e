import { type Delegation, JinshuiError } from "@jinshui/contracts";
import { type Actor, type Database, newId, type Row } from "@jinshui/storage";
import { noted } from "../noted.js";
import { holdingsOf } from "./holdings.js";
import type { Organisation } from "./organisation.js";
import { requirePeriod, requirePerson } from "./requirements.js";

/** Longest delegation in days: whoever is away for longer has an acting deputy instead. */
const MAX_DAYS = 180;

export interface Request {
  to: string;
  positions?: readonly string[];
  since: string;
  until: string;
  reason: string;
}

/** Lets a colleague do the work of the actor's own positions for a while. */
export async function delegate(
  database: Database,
  organisation: Organisation,
  actor: Actor,
  request: Request,
): Promise<Delegation> {
  const { to, since, until, reason } = request;
  requirePeriod({ from: since, until });
  const invalid = (field: string, why: string, message: string): JinshuiError =>
    new JinshuiError("invalid-request", message, { details: { field, reason: why } });
  if (until < organisation.today()) throw invalid("until", "in-the-past", "The last day is over");
  if (Date.parse(until) - Date.parse(since) >= MAX_DAYS * 86_400_000)
    throw invalid("until", "too-long", `A delegation is for ${MAX_DAYS} days at most`);
  if (to === actor.id) throw invalid("to", "oneself", "Nobody delegates to themselves");
  const own = new Set(actor.positions.filter(({ onBehalfOf }) => !onBehalfOf).map(({ id }) => id));
  const given = request.positions ?? [...own];
  const foreign = given.find((position) => !own.has(position));
  if (foreign !== undefined || given.length === 0)
    throw invalid("positions", "not-held", `${actor.name} does not hold ${foreign ?? "any position"}`);
  const id = newId();
  await database.transaction(async (tx) => {
    const person = await requirePerson(organisation, to, actor.bureau, tx);
    organisation.separation.require(
      person,
      given.map((position) => ({ position, from: since, until })),
      [
        ...(await holdingsOf(tx, [to])),
        ...person.positions.filter(({ onBehalfOf }) => onBehalfOf).map((held) => ({ position: held.id })),
      ],
    );
    await tx.insert("delegation", {
      id,
      bureau: actor.bureau,
      from_person: actor.id,
      to_person: to,
      positions: request.positions,
      since_day: since,
      until_day: until,
      reason,
      created_at: tx.time,
    });
    noted(tx, {
      bureau: actor.bureau,
      actor: { id: actor.id, name: actor.name },
      action: "delegate",
      resource: `delegation/${id}`,
      after: { to: { id: to, name: person.name }, positions: given, since, until, reason },
    });
  });
  const row = await database.findOne("delegation", { id });
  const [delegation] = row ? await describedDelegations(organisation, [row]) : [];
  if (!delegation) throw new JinshuiError("internal", `Delegation ${id} is gone`);
  return delegation;
}

/** Ends a delegation now. `mayAll`: whether the actor may end those of others. */
export async function endDelegation(database: Database, actor: Actor, id: string, mayAll: boolean): Promise<void> {
  await database.transaction(async (tx) => {
    const row = await tx.findOneForUpdate("delegation", { id, bureau: actor.bureau });
    const concerned = row?.["from_person"] === actor.id || row?.["to_person"] === actor.id;
    if (!row || (!concerned && !mayAll))
      throw new JinshuiError("not-found", `There is no delegation ${id} of yours`, { details: { delegation: id } });
    if (row["ended_at"] !== undefined) return;
    await tx.update("delegation", { id }, { ended_at: tx.time });
    noted(tx, {
      bureau: actor.bureau,
      actor: { id: actor.id, name: actor.name },
      action: "end-delegation",
      resource: `delegation/${id}`,
    });
  });
}

/** Rows of `delegation` with names. */
export async function describedDelegations(organisation: Organisation, rows: readonly Row[]): Promise<Delegation[]> {
  const names = await organisation.names(rows.flatMap((row) => [String(row["from_person"]), String(row["to_person"])]));
  const named = (id: unknown): { id: string; name: string } =>
    names.get(String(id)) ?? { id: String(id), name: String(id) };
  return rows.map((row) => {
    const positions = row["positions"] as string[] | undefined;
    return {
      id: String(row["id"]),
      from: named(row["from_person"]),
      to: named(row["to_person"]),
      since: String(row["since_day"]),
      until: String(row["until_day"]),
      reason: String(row["reason"]),
      ...(positions === undefined ? {} : { positions }),
      ...(row["ended_at"] === undefined ? {} : { endedAt: String(row["ended_at"]) }),
    };
  });
}
