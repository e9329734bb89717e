import type { Context, Handlers, ProcessSummary, WorkflowApi } from "@jinshui/contracts";
import type { Actor, Database } from "@jinshui/storage";
import { versionOf } from "../administration/version-of.js";
import type { Definitions } from "../definition/definitions.js";
import { requireTester } from "../trials/require-tester.js";
import { publishedForms } from "../forms/site-forms.js";
import type { Matters } from "./matters.js";
import { processFigures } from "./usage.js";

/** What administrators see of the bureau's processes and their versions. */
export function processHandlers(parts: {
  database: Database;
  definitions: Definitions;
  matters: Matters;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
}): Pick<Handlers<WorkflowApi>, "processes" | "processVersion" | "knownForms"> {
  const { database, definitions, matters, actorOf, requirePermission } = parts;
  return {
    async processes(input, context) {
      const actor = await actorOf(context);
      requireTester(actor, requirePermission);
      const { found, ...page } = await matters.page(actor, input, { drafts: true });
      const drafts = await draftsAmong(
        database,
        found.map(({ id }) => id),
      );
      const figures = await processFigures(database, actor.bureau, found);
      const processes = found.map(({ id, key, title, version, plugin, deployedAt }): ProcessSummary => ({
        id,
        key,
        title,
        version,
        ...(plugin === undefined ? {} : { plugin }),
        deployedAt,
        draft: drafts.has(id),
        running: figures.get(key)?.running ?? 0,
      }));
      return { processes, ...page };
    },

    async processVersion({ id }, context) {
      const actor = await actorOf(context);
      requireTester(actor, requirePermission);
      const { key, title, version, xml, model } = await versionOf(definitions, actor, id);
      const elements = Object.values(model.elements).map((element) => ({
        id: element.id,
        ...(element.name === undefined ? {} : { name: element.name }),
        type: element.type,
        scope: element.scope,
      }));
      return { id, key, title, version, xml, elements };
    },

    async knownForms(input, context) {
      const actor = await actorOf(context);
      requireTester(actor, requirePermission);
      const own = input.cursor === undefined ? await publishedForms(database, actor.bureau) : [];
      const { found, ...page } = await matters.page(actor, input);
      const forms = [
        ...own.map(({ title, form }) => ({ form, title: { "zh-CN": title } })),
        ...found.flatMap(({ title, forms }) => forms.map((form) => ({ form, title }))),
      ];
      return { forms, ...page };
    },
  };
}

/** Which of these versions are not released yet: asked every time, since that changes. */
async function draftsAmong(database: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await database.find("wf_definition", { where: { id: { in: [...ids] }, draft: true }, columns: ["id"] });
  return new Set(rows.map(({ id }) => String(id)));
}
