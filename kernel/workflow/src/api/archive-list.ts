import type { OpInput, OpOutput, WorkflowApi } from "@jinshui/contracts";
import { type Actor, type Database, pageOf, type Where } from "@jinshui/storage";
import { searchWhere } from "./search-where.js";
import { archiveSummary } from "./summaries.js";

const DAY_MS = 86_400_000;
/** Matters of a person that their archives are looked for among. */
const MAX_OWN = 5_000;

/** Archives that the actor may see and that are asked for, newest first. */
export async function listArchives(
  database: Database,
  actor: Actor,
  input: OpInput<WorkflowApi, "archives">,
): Promise<OpOutput<WorkflowApi, "archives">> {
  const now = (await database.now()).toISOString();
  const parts: Where[] = [
    {
      bureau: actor.bureau,
      ...(input.matter === undefined ? {} : { matter: input.matter }),
      ...(input.applicant === undefined ? {} : { applicant_id: input.applicant }),
      ...(input.retention === undefined ? {} : { retention: input.retention }),
    },
    ...stateWhere(input.state, now),
    ...(input.from === undefined ? [] : [{ ended_at: { gte: midnight(input.from) } }]),
    ...(input.to === undefined ? [] : [{ ended_at: { lt: midnight(input.to, DAY_MS) } }]),
    ...searchWhere(input.search, ["search_text"]),
  ];
  if (!actor.permissions.has("site.archives")) parts.push(await ownWhere(database, actor, now));
  const where: Where = { and: parts };
  const page = await pageOf(database, "wf_archive", where, ["-ended_at", "-id"], input);
  return {
    archives: page.rows.map(archiveSummary),
    ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
    total: await database.count("wf_archive", where),
  };
}

function stateWhere(state: "due" | "held" | "disposed" | undefined, now: string): Where[] {
  switch (state) {
    case "due":
      return [{ retain_until: { lte: now }, hold: null, disposed_at: null }];
    case "held":
      return [{ hold: { ne: null } }];
    case "disposed":
      return [{ disposed_at: { ne: null } }];
    case undefined:
      return [];
  }
}

async function ownWhere(database: Database, actor: Actor, now: string): Promise<Where> {
  const had = await database.find("wf_candidate", {
    where: { person: actor.id },
    columns: ["instance"],
    orderBy: ["-arrived_at"],
    limit: MAX_OWN,
  });
  const lent = await database.find("wf_archive_loan", {
    where: { person: actor.id, until: { gt: now } },
    columns: ["archive"],
    limit: MAX_OWN,
  });
  return {
    or: [
      { applicant_id: actor.id },
      { instance: { in: [...new Set(had.map((row) => String(row["instance"])))] } },
      { id: { in: lent.map((row) => String(row["archive"])) } },
    ],
  };
}

function midnight(day: string, laterMs = 0): string {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + laterMs).toISOString();
}
