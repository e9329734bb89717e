import {
  type Context,
  type FormSchema,
  type Handlers,
  JinshuiError,
  type PositionStep,
  type WorkflowApi,
} from "@jinshui/contracts";
import { type Actor, type Database, pageOf, type Where } from "@jinshui/storage";
import type { Definition, Definitions } from "../definition/definitions.js";
import { plainStart } from "../definition/plain-start.js";
import { processFile } from "../definition/process-file.js";
import { publishedForms } from "../forms/site-forms.js";
import type { Enablement } from "../enablement.js";
import { words } from "../office/task-part.js";
import { searchWhere } from "./search-where.js";
import { definitionSummary } from "./summaries.js";

/** The matters that a bureau has: those of its enabled plugins and its own. */
export class Matters {
  constructor(
    readonly database: Database,
    readonly definitions: Definitions,
    readonly enablement: Enablement,
  ) {}

  /** @throws JinshuiError `not-found` for one that the actor's bureau does not have. */
  async require({ bureau }: Actor, id: string): Promise<Definition> {
    const definition = await this.definitions.get(id);
    const { bureau: owner, plugin = "" } = definition;
    if (owner === bureau || (owner === "*" && this.enablement.enabledPlugins(bureau).includes(plugin)))
      return definition;
    throw new JinshuiError("not-found", `There is no matter ${id} in ${bureau}`, { details: { definition: id } });
  }

  /** As `require`, of what can be started: @throws JinshuiError `conflict` for a draft, which only trials go through. */
  async requireReleased(actor: Actor, id: string): Promise<Definition> {
    const definition = await this.require(actor, id);
    if (definition.bureau === "*" || !(await this.database.findOne("wf_definition", { id, draft: true })))
      return definition;
    throw new JinshuiError("conflict", `Version ${definition.version} of ${definition.key} is a draft`, {
      details: { definition: id },
    });
  }

  /** Forms that a file names, one of each id: as the bureau has published it, or of the newest process it can start that has it. */
  async formsNamed(bureau: string, xml: string): Promise<FormSchema[]> {
    const rows = await this.database.find("wf_definition", {
      where: this.definitions.startable(bureau, this.enablement.enabledPlugins(bureau)),
      columns: ["forms"],
      orderBy: ["deployed_at", "id"],
    });
    const own = (await publishedForms(this.database, bureau)).map(({ form }) => form);
    const known = [...rows.flatMap(({ forms }) => forms as FormSchema[]), ...own];
    return processFile({ file: "", xml }, [...new Map(known.map((form) => [form.id, form])).values()]).forms;
  }

  handlers(
    actorOf: (context: Context) => Promise<Actor>,
  ): Pick<Handlers<WorkflowApi>, "definitions" | "definition" | "positionSteps"> {
    return {
      definitions: async (input, context) => {
        const actor = await actorOf(context);
        const { found, ...page } = await this.page(actor, input);
        const definitions = found.map((definition) => definitionSummary(definition, isStartable(definition, actor)));
        return {
          definitions: input.startable === true ? definitions.filter(({ startable }) => startable) : definitions,
          ...page,
        };
      },

      definition: async ({ id }, context) => {
        const actor = await actorOf(context);
        const definition = await this.require(actor, id);
        const startEvent = plainStart(definition.model) ?? "";
        const form = definition.forms.find(
          (candidate) => candidate.id === definition.model.elements[startEvent]?.extensions["form"],
        );
        return {
          ...definitionSummary(definition, isStartable(definition, actor)),
          xml: definition.xml,
          startEvent,
          ...(form ? { form } : {}),
          problems: definition.problems,
        };
      },

      positionSteps: async ({ position, ...input }, context) => {
        const { found, ...page } = await this.page(await actorOf(context), input);
        const steps = found.flatMap((definition) => stepsOf(definition, (id) => this.definitions.knowsPosition(id)));
        return { steps: position === undefined ? steps : steps.filter((step) => step.position === position), ...page };
      },
    };
  }

  /** The bureau's matters by title, a page of them; with `drafts` also those that are not released yet. */
  async page(
    { bureau }: Actor,
    input: { limit?: number; cursor?: string; search?: string },
    { drafts = false } = {},
  ): Promise<{ found: Definition[]; nextCursor?: string; total: number }> {
    const startable = this.definitions.startable(bureau, this.enablement.enabledPlugins(bureau));
    const where: Where = {
      and: [
        drafts ? { or: [startable, { bureau, draft: true }] } : startable,
        ...searchWhere(input.search, ["title", "process_key"]),
      ],
    };
    const orderBy = ["title", "id"];
    const { rows, ...next } = await pageOf(this.database, "wf_definition", where, orderBy, {
      ...input,
      columns: orderBy,
    });
    const found: Definition[] = [];
    for (const { id } of rows) found.push(await this.definitions.get(String(id)));
    return { found, ...next, total: await this.database.count("wf_definition", where) };
  }
}

function isStartable(definition: Definition, actor: Actor): boolean {
  // what begins with a message, a signal or a time is begun by nobody
  if (plainStart(definition.model) === undefined) return false;
  const positions = definition.model.extensions["startPositions"]?.split(",").map((id) => id.trim());
  return positions === undefined || actor.positions.some(({ id }) => positions.includes(id));
}

/** @throws JinshuiError `conflict` when nobody begins such matters; `forbidden` when the actor may not. */
export function requireStartable(definition: Definition, actor: Actor): void {
  if (plainStart(definition.model) === undefined)
    throw new JinshuiError(
      "conflict",
      `${definition.key} begins with a message, a signal or a time: nobody starts it`,
      {
        details: { reason: "begins-by-itself" },
      },
    );
  if (!isStartable(definition, actor))
    throw new JinshuiError("forbidden", `${actor.name} holds no position that may start ${definition.key}`);
}

/** The user tasks that a position does, in the order of the file. */
function stepsOf({ id, key, title, model }: Definition, knowsPosition: (id: string) => boolean): PositionStep[] {
  return Object.values(model.elements).flatMap(({ id: element, type, name, extensions }) => {
    const { within, dueDays } = extensions;
    if (type !== "userTask") return [];
    const days = Number(dueDays);
    return doersOf(extensions, knowsPosition).map((position) => ({
      position,
      definition: id,
      matter: key,
      matterTitle: title,
      element,
      step: name ?? element,
      ownDepartment: within === "department",
      ...(days > 0 ? { dueDays: days } : {}),
    }));
  });
}

/** The positions that do a step, as far as the file names them: its signers, where it has some, else its own. */
function doersOf(
  { position, signers }: Record<string, string>,
  knowsPosition: (id: string) => boolean,
): readonly string[] {
  const own = position === undefined || position.trim().startsWith("=") ? [] : [position];
  if (signers === undefined) return own;
  if (signers.trim().startsWith("=")) return [];
  const named = words(signers).map((entry) => entry.replace(/\*$/, "").split("@", 1)[0] ?? "");
  // what is no position is a department, whose holder of the step's own position is meant
  return [...new Set(named.flatMap((entry) => (knowsPosition(entry) ? [entry] : own)))];
}
