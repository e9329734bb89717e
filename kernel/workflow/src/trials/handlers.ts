import {
  type Context,
  type Handlers,
  JinshuiError,
  MAX_REPLAYED,
  MAX_SCENARIOS,
  type ScenarioResult,
  type ScenarioSummary,
  type TrialAct,
  type TrialWait,
  type WorkflowApi,
} from "@jinshui/contracts";
import { activeElements, type Wait } from "@jinshui/engine";
import { type Actor, type Database, newId, pageOf, type Row, type Transaction, type Where } from "@jinshui/storage";
import { versionOf } from "../administration/version-of.js";
import type { Deadlines } from "../calendar/deadlines.js";
import { afterWorkingDuration } from "../calendar/working-duration.js";
import { actionsOf } from "../definition/actions.js";
import type { Definition, Definitions } from "../definition/definitions.js";
import { plainStart } from "../definition/plain-start.js";
import { words } from "../office/task-part.js";
import type { Assignment } from "../runtime/assignment.js";
import { refOf, stepName } from "../runtime/instance.js";
import type { Applicant } from "../runtime/task-rows.js";
import { requireTester } from "./require-tester.js";
import { compare, goThrough, type RecordedTrial } from "./scenario.js";
import { isActKind, TrialRun, type TrialSetting } from "./trial-run.js";

const MAX_CANDIDATES = 50;

/** Trials of processes, the scenarios recorded from them, and the release of what passed them. */
export function trialHandlers(parts: {
  database: Database;
  definitions: Definitions;
  assignment: Assignment;
  deadlines: Deadlines;
  actorOf: (context: Context) => Promise<Actor>;
  requirePermission: (actor: Actor, permission: string) => void;
  write: <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>) => Promise<T>;
}): Pick<Handlers<WorkflowApi>, "trial" | "saveScenario" | "removeScenario" | "replayScenarios" | "releaseVersion"> {
  const { database, definitions, assignment, deadlines, actorOf, requirePermission, write } = parts;

  const testerOf = async (context: Context): Promise<Actor> => {
    const actor = await actorOf(context);
    requireTester(actor, requirePermission);
    return actor;
  };

  const optionsOf = async (bureau: string): Promise<TrialSetting["options"]> => {
    const calendar = await deadlines.calendars.of(bureau, database);
    return { called: false, workingTime: (from, duration) => afterWorkingDuration(calendar, from, duration) };
  };

  /** Who could do a step now: none that has done one it is kept apart from. */
  const candidatesOf = async (run: TrialRun, element: string, acts: readonly TrialAct[]): Promise<Row[]> => {
    const model = run.definition.model.elements[element];
    const { applicant } = run.setting;
    if (!model) return [];
    const apart = words(model.extensions["separateFrom"]);
    const excluded = acts.flatMap((act) => (act.by && apart.includes(act.element) ? [act.by.id] : []));
    const asking = { ...applicant, variables: run.state?.variables ?? {} };
    const people = new Set<string>();
    for (const seat of await assignment.seats.of(database, model, asking)) {
      const found = await assignment.candidates(database, seat, { applicant: applicant.id, excluded });
      for (const id of found.people) people.add(id);
    }
    const ids = [...people].slice(0, MAX_CANDIDATES);
    return database.find("person", { where: { id: { in: ids } }, columns: ["id", "name"], orderBy: ["name"] });
  };

  const waitOf = async (run: TrialRun, wait: Wait, acts: readonly TrialAct[]): Promise<TrialWait> => {
    const { kind, element, dueAt } = wait;
    const about = { element, step: stepName(run.definition, element) };
    if (!isActKind(kind)) return { kind: "other", ...about };
    if (kind !== "task") return { kind, ...about, ...(dueAt === undefined ? {} : { dueAt }) };
    const form = run.formOf(element);
    const extensions = run.definition.model.elements[element]?.extensions ?? {};
    return {
      kind,
      ...about,
      ...(form ? { form } : {}),
      actions: actionsOf(extensions).map(({ id, title, tone, opinion }) => ({ id, title, tone, opinion })),
      candidates: (await candidatesOf(run, element, acts)).map(({ id, name }) => ({
        id: String(id),
        name: String(name),
      })),
      ...(extensions["signers"] === undefined && extensions["officers"] === undefined ? {} : { several: true }),
    };
  };

  const resultsOf = async (bureau: string, definition: Definition, rows: readonly Row[]): Promise<ScenarioResult[]> => {
    const options = await optionsOf(bureau);
    return rows.map((row) => ({
      scenario: summaryOf(row),
      ...compare(definition, row["recorded"] as RecordedTrial, options),
    }));
  };

  return {
    async trial({ id, script }, context) {
      const actor = await testerOf(context);
      const definition = await versionOf(definitions, actor, id);
      const setting = { applicant: applicantOf(actor), at: new Date().toISOString() };
      const run = new TrialRun(definition, { ...setting, options: await optionsOf(actor.bureau) });
      if (script) goThrough(run, script);
      const { state, passed } = run;
      const active = state ? [...new Set(activeElements(state).map(({ element }) => element))] : [];
      const startEvent = plainStart(definition.model) ?? "";
      const startForm = run.formOf(startEvent);
      const waiting: TrialWait[] = [];
      if (state?.status === "active")
        for (const wait of run.waits()) waiting.push(await waitOf(run, wait, script?.acts ?? []));
      return {
        ...(definition.plugin === undefined ? {} : { plugin: definition.plugin }),
        startEvent,
        ...(startForm ? { startForm } : {}),
        variables: state?.variables ?? {},
        activeElements: active,
        passedElements: [...passed].filter((element) => !active.includes(element)),
        waiting,
        ...(state && state.status !== "active" ? { ended: run.standing() } : {}),
      };
    },

    async saveScenario({ id, name, script }, context) {
      const actor = await testerOf(context);
      const definition = await versionOf(definitions, actor, id);
      const setting = { applicant: applicantOf(actor), at: new Date().toISOString() };
      const run = new TrialRun(definition, { ...setting, options: await optionsOf(actor.bureau) });
      const standing = goThrough(run, script);
      if (run.state?.status === "active")
        throw new JinshuiError("invalid-request", "The trial has not come to its end", { details: { name } });
      const recorded: RecordedTrial = { script, ...setting, standing };
      return write(context, actor.id, { id, name, script }, async (tx) => {
        const where = { bureau: actor.bureau, process_key: definition.key };
        if ((await tx.count("wf_scenario", where)) >= MAX_SCENARIOS)
          throw new JinshuiError("too-large", `${definition.key} has ${MAX_SCENARIOS} scenarios already`, {
            details: { limit: MAX_SCENARIOS },
          });
        const row = {
          id: newId(),
          ...where,
          name: name.trim(),
          version: definition.version,
          acts: script.acts.length,
          recorded,
          by: refOf(actor),
          at: tx.time,
        };
        await tx.insert("wf_scenario", row);
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: "save-scenario",
          resource: `scenario/${row.id}`,
          after: { process: definition.key, version: definition.version, name: row.name },
          trace: context.traceId,
        });
        return summaryOf(row);
      });
    },

    async removeScenario({ id }, context) {
      const actor = await testerOf(context);
      return write(context, actor.id, { id, remove: true }, async (tx) => {
        const row = await tx.findOne("wf_scenario", { id, bureau: actor.bureau });
        if (!row) throw new JinshuiError("not-found", `There is no scenario ${id}`, { details: { scenario: id } });
        await tx.remove("wf_scenario", { id });
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: "remove-scenario",
          resource: `scenario/${id}`,
          before: { process: row["process_key"], name: row["name"] },
          trace: context.traceId,
        });
        return {};
      });
    },

    async replayScenarios({ id, limit = MAX_REPLAYED, ...input }, context) {
      const actor = await testerOf(context);
      const definition = await versionOf(definitions, actor, id);
      const where: Where = { bureau: actor.bureau, process_key: definition.key };
      const { rows, ...page } = await pageOf(database, "wf_scenario", where, ["name", "id"], { limit, ...input });
      return {
        results: await resultsOf(actor.bureau, definition, rows),
        ...page,
        total: await database.count("wf_scenario", where),
      };
    },

    async releaseVersion({ id, reason }, context) {
      const actor = await actorOf(context);
      requirePermission(actor, "site.processes");
      const definition = await versionOf(definitions, actor, id);
      const { bureau, key, version } = definition;
      const rows = await database.find("wf_scenario", { where: { bureau: actor.bureau, process_key: key } });
      const results = await resultsOf(actor.bureau, definition, rows);
      const different = results.filter(({ same }) => !same).length;
      if (different > 0 && reason === undefined)
        throw new JinshuiError("conflict", `${different} scenarios of ${key} go another way in version ${version}`, {
          details: { different },
        });
      return write(context, actor.id, { id, reason, release: true }, async (tx) => {
        const draft = await tx.findOneForUpdate("wf_definition", { id });
        if (bureau === "*" || draft?.["draft"] !== true)
          throw new JinshuiError("conflict", `Version ${version} of ${key} is no draft`, {
            details: { definition: id },
          });
        await tx.update("wf_definition", { bureau, process_key: key, latest: true }, { latest: false });
        // drafts from before it have had their time
        const earlier: Where = { bureau, process_key: key, draft: true, version: { lt: version } };
        await tx.update("wf_definition", earlier, { draft: false });
        await tx.update("wf_definition", { id }, { latest: true, draft: false, deployed_at: tx.time });
        tx.audit({
          bureau: actor.bureau,
          actor: refOf(actor),
          action: "release-version",
          resource: `process/${key}`.slice(0, 150),
          after: { version, scenarios: results.length, different, ...(reason === undefined ? {} : { reason }) },
          trace: context.traceId,
        });
        return { scenarios: results.length, different };
      });
    },
  };
}

function applicantOf({ id, name, bureau, department, departmentTitle }: Actor): Applicant {
  return { id, name, bureau, department, departmentTitle };
}

function summaryOf(row: Row): ScenarioSummary {
  return {
    id: String(row["id"]),
    name: String(row["name"]),
    version: Number(row["version"]),
    acts: Number(row["acts"]),
    by: row["by"] as ScenarioSummary["by"],
    at: String(row["at"]),
  };
}
