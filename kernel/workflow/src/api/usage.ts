import { type Context, type Handlers, type LocalText, type ProcessUsage, type WorkflowApi } from "@jinshui/contracts";
import type { Actor, Database } from "@jinshui/storage";
import type { Definition } from "../definition/definitions.js";
import { catalogueEntry } from "../definition/documents.js";
import type { Matters } from "./matters.js";

/** Versions of the processes of one page that are looked through. */
const MAX_VERSIONS = 5_000;

/** How the bureau uses its processes. */
export function usageHandlers(parts: {
  database: Database;
  matters: Matters;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  positionTitle: (id: string) => LocalText;
}): Pick<Handlers<WorkflowApi>, "processUsage"> {
  const { database, matters, actorOf, requirePermission, positionTitle } = parts;
  return {
    async processUsage(input, context) {
      const actor = await actorOf(context);
      requirePermission(actor, "site.instances");
      const { found, ...page } = await matters.page(actor, input);
      const figures = await processFigures(database, actor.bureau, found);
      const processes = found.map(({ key, title, version, plugin, deployedAt, model }): ProcessUsage => {
        const { code, group, owner } = catalogueEntry(model);
        return {
          key,
          title,
          version,
          ...(plugin === undefined ? {} : { plugin }),
          ...(code === undefined ? {} : { code }),
          ...(group === undefined ? {} : { group }),
          ...(owner === undefined ? {} : { owner, ownerTitle: positionTitle(owner) }),
          deployedAt,
          ...(figures.get(key) ?? { instances: 0, running: 0 }),
        };
      });
      return { processes, ...page };
    },
  };
}

type Figures = Pick<ProcessUsage, "instances" | "running" | "lastStartedAt">;

/** Counts of the bureau's matters by process, whichever version they began with. */
export async function processFigures(
  database: Database,
  bureau: string,
  definitions: readonly Pick<Definition, "key">[],
): Promise<Map<string, Figures>> {
  const figures = new Map<string, Figures>();
  const keys = definitions.map(({ key }) => key);
  if (keys.length === 0) return figures;
  const versions = await database.find("wf_definition", {
    where: { process_key: { in: keys }, bureau: { in: ["*", bureau] } },
    columns: ["id", "process_key"],
    limit: MAX_VERSIONS,
  });
  const keyOf = new Map(versions.map((row) => [String(row["id"]), String(row["process_key"])]));
  const rows = await database.aggregate("wf_instance", {
    where: { bureau, definition: { in: [...keyOf.keys()] } },
    groups: [
      { as: "definition", column: "definition" },
      { as: "status", column: "status" },
    ],
    figures: [
      { as: "count", fn: "count" },
      { as: "last", fn: "max", column: "started_at" },
    ],
    orderBy: ["definition"],
    limit: MAX_VERSIONS,
  });
  for (const row of rows) {
    const key = keyOf.get(String(row["definition"])) ?? "";
    const count = Number(row["count"]);
    const last = new Date(String(row["last"])).toISOString();
    const { instances = 0, running = 0, lastStartedAt = last } = figures.get(key) ?? {};
    figures.set(key, {
      instances: instances + count,
      running: running + (row["status"] === "active" || row["status"] === "incident" ? count : 0),
      lastStartedAt: last > lastStartedAt ? last : lastStartedAt,
    });
  }
  return figures;
}
