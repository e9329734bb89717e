import { type Command, decide, type InstanceState, parseModel, type ProcessModel, waitsOf } from "@jinshui/engine";
import { readFileSync } from "node:fs";
import { readArguments } from "../arguments.js";
import { UsageError } from "../usage-error.js";

const MAX_STEPS = 1_000;

/** `process test`: says what in a file can't run, then runs it: tasks are completed by the given actions, jobs succeed, timers fire. */
export async function processTest(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, { values: { type: "string" }, actions: { type: "string" } });
  const [file] = words;
  if (file === undefined) throw new UsageError("Which file?");
  const { processes, problems } = await parseModel(readFileSync(file, "utf8"));
  for (const problem of problems) {
    const place = [
      problem.elementType,
      problem.elementName ?? problem.element,
      problem.line === undefined ? undefined : `line ${problem.line}`,
    ]
      .filter((part) => part !== undefined)
      .join(" ");
    process.stdout.write(`${problem.severity}: ${problem.code} ${place} ${JSON.stringify(problem.params ?? {})}\n`);
  }
  if (problems.some(({ severity }) => severity === "error")) return 1;
  const actions = readActions(values["actions"]);
  const variables = readValues(values["values"]);
  const ends = processes.map((model) => runThrough(model, variables, actions));
  return ends.every((status) => status === "completed") ? 0 : 1;
}

function runThrough(model: ProcessModel, variables: Record<string, unknown>, actions: Map<string, string[]>): string {
  const now = new Date().toISOString();
  let state: InstanceState = decide(
    model,
    undefined,
    { type: "start", variables: { steps: {}, ...variables } },
    now,
  ).state;
  process.stdout.write(`${model.name ?? model.id}: started\n`);
  for (let step = 0; state.status === "active" && step < MAX_STEPS; step += 1) {
    const wait = waitsOf(state).find(({ kind }) => kind !== "join");
    if (!wait) break;
    const { element } = wait;
    if (wait.kind === "incident") {
      process.stdout.write(`  ${element}: stuck, ${wait.code ?? ""} ${wait.message ?? ""}\n`);
      break;
    }
    const action = actions.get(element)?.shift() ?? "approve";
    process.stdout.write(`  ${element}: ${wait.kind === "task" ? action : wait.kind}\n`);
    const steps = { ...(state.variables["steps"] as object), [element]: { action } };
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
  process.stdout.write(`${model.name ?? model.id}: ${state.status}\n`);
  return state.status;
}

function readActions(text: string | undefined): Map<string, string[]> {
  const actions = new Map<string, string[]>();
  for (const part of (text ?? "").split(",").filter((entry) => entry !== "")) {
    const [step = "", action] = part.split("=");
    if (action === undefined) throw new UsageError(`"${part}" is not of the form step=action`);
    actions.set(step, [...(actions.get(step) ?? []), action]);
  }
  return actions;
}

function readValues(text: string | undefined): Record<string, unknown> {
  try {
    return JSON.parse(text ?? "{}") as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`--values is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
