import { type Command, decide, type InstanceState, type Problem, type ProcessModel, waitsOf } from "@jinshui/engine";
import { problemText, problemTexts } from "@jinshui/engine/problem-texts";
import { checkFile } from "@jinshui/engine/site-check";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readArguments } from "../arguments.js";
import { language, t } from "../texts.js";
import { UsageError } from "../usage-error.js";
import { testScenarios } from "./scenarios/test-scenarios.js";
import { offersOf } from "./site-offers.js";

const MAX_STEPS = 1_000;

const TEXT = { type: "string" } as const;

/**
 * `process test`: says what a site would say about a file, in the same words, then runs it: tasks are completed by the given actions,
 * jobs succeed, timers fire. Of a plugin's folder it goes all recorded scenarios instead. 1 when a site would refuse it or it does not come to its end.
 */
export async function processTest(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, { values: TEXT, actions: TEXT });
  const [file] = words;
  if (file === undefined) throw new UsageError(t("process.which"));
  if (!existsSync(file)) throw new UsageError(t("process.missing", { file }));
  if (statSync(file).isDirectory()) return testScenarios(file);
  const actions = readActions(values["actions"]);
  const variables = readValues(values["values"]);
  const { processes, problems } = await checkFile(readFileSync(file, "utf8"), offersOf(file));
  const all = [...problems, ...processes.flatMap((process) => process.problems)];
  tell(all);
  if (all.some(({ severity }) => severity === "error")) return 1;
  const ends = processes.map(({ model }) => runThrough(model, variables, actions));
  return ends.every((status) => status === "completed") ? 0 : 1;
}

/** Errors first, as a site lists them. */
function tell(problems: Problem[]): void {
  for (const severity of ["error", "warning"] as const)
    for (const problem of problems.filter((one) => one.severity === severity))
      process.stdout.write(`${problemTexts[language()].severities[severity]}: ${problemText(problem, language())}\n`);
}

function runThrough(model: ProcessModel, variables: Record<string, unknown>, actions: Map<string, string[]>): string {
  const now = new Date().toISOString();
  const name = model.name ?? model.id;
  let state: InstanceState = decide(
    model,
    undefined,
    { type: "start", variables: { steps: {}, ...variables } },
    now,
  ).state;
  process.stdout.write(`${t("process.started", { name })}\n`);
  for (let step = 0; state.status === "active" && step < MAX_STEPS; step += 1) {
    const wait = waitsOf(state).find(({ kind }) => kind !== "join");
    if (!wait) break;
    const element = model.elements[wait.element]?.name ?? wait.element;
    if (wait.kind === "incident") {
      process.stdout.write(`${t("process.stuck", { element, code: wait.code, message: wait.message })}\n`);
      break;
    }
    const action = actions.get(wait.element)?.shift() ?? "approve";
    process.stdout.write(`  ${element}: ${wait.kind === "task" ? action : wait.kind}\n`);
    const steps = { ...(state.variables["steps"] as object), [wait.element]: { action } };
    const commands: Record<string, Command> = {
      task: { type: "complete-task", task: wait.id, variables: { steps } },
      job: { type: "complete-job", job: wait.id, variables: {} },
      timer: { type: "fire-timer", timer: wait.id },
      message: { type: "message", wait: wait.id, variables: {} },
      signal: { type: "signal", wait: wait.id, variables: {} },
      call: { type: "complete-call", call: wait.id, variables: {} },
      adhoc: { type: "complete-ad-hoc", wait: wait.id },
    };
    const command = commands[wait.kind];
    if (!command) break;
    state = decide(model, state, command, now).state;
  }
  process.stdout.write(`${t("process.ended", { name, status: t(`status.${state.status}`) })}\n`);
  return state.status;
}

function readActions(text: string | undefined): Map<string, string[]> {
  const actions = new Map<string, string[]>();
  for (const part of (text ?? "").split(",").filter((entry) => entry !== "")) {
    const [step = "", action] = part.split("=");
    if (action === undefined) throw new UsageError(t("process.action", { part }));
    actions.set(step, [...(actions.get(step) ?? []), action]);
  }
  return actions;
}

function readValues(text: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(text ?? "{}") as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(t("process.values", { reason: error instanceof Error ? error.message : String(error) }));
  }
}
