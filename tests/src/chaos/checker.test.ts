import {
  apply,
  decide,
  type Command,
  type EngineEvent,
  type InstanceState,
  parseModel,
  waitsOf,
} from "@jinshui/engine";
import type { Row } from "@jinshui/storage";
import { bpmn, flow } from "@jinshui/workflow/testing";
import test from "ava";
import { faultsOf } from "./checker.js";
import { type Operation, operationsOf } from "./history.js";
import { isLinearizable, type Observed } from "./linearizable.js";
import type { Run } from "./run.js";
import { taskModel, type TaskStep } from "./task-model.js";

const AT = "2026-01-01T00:00:00.000Z";
const XML = bpmn(
  "p",
  `<startEvent id="s"/><parallelGateway id="x"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><serviceTask id="w"/><endEvent id="e"/>
  ${flow("s", "x")}${flow("x", "a")}${flow("x", "b")}${flow("a", "j")}${flow("b", "j")}${flow("j", "w")}${flow("w", "e")}`,
);

type Mutable = { operations: Operation[]; snapshot: Record<string, Row[]>; differences: string[] };

/** One matter, from its start to its end, as a drill would have left it. */
async function goodRun(): Promise<Run> {
  const model = (await parseModel(XML)).processes[0];
  if (!model) throw new Error("no model");
  let state: InstanceState | undefined;
  const facts: Row[] = [];
  const run = (command: Command): void => {
    const decision = decide(model, state, command, AT);
    state = decision.state;
    facts.push({ instance: "m1", seq: facts.length + 1, events: decision.events });
  };
  run({ type: "start", variables: { mark: "m-0-1" }, startEvent: "s" });
  const waits = waitsOf(state).filter(({ kind }) => kind === "task");
  for (const { id } of waits) run({ type: "complete-task", task: id, variables: {} });
  const [job] = waitsOf(state).filter(({ kind }) => kind === "job");
  run({ type: "complete-job", job: job?.id ?? "", variables: {} });
  const stored = facts
    .flatMap((row) => row["events"] as EngineEvent[])
    .reduce<InstanceState | undefined>((before, event) => apply(before, event), undefined);

  const operation = (id: number, op: Operation["op"], input: Row, output: unknown): Operation => ({
    ...{ id, person: "u1", op, input, invoked: id * 10, returned: id * 10 + 5, outcome: "ok" as const, output },
  });
  const operations = [
    operation(1, "start", { values: { mark: "m-0-1" } }, { id: "m1" }),
    operation(2, "read", {}, [{ id: "t0", version: 1, state: "open" }]),
    operation(3, "claim", { id: "t0", version: 1 }, {}),
    operation(4, "read", {}, [{ id: "t0", version: 2, state: "open", assignee: { id: "u1" } }]),
    operation(5, "complete", { id: "t0", version: 2, action: "approve" }, {}),
    operation(6, "complete", { id: "t1", version: 1, action: "approve" }, {}),
  ];
  const tasks = waits.map((wait, index) => ({
    ...{ id: `t${index}`, instance: "m1", engine_task: wait.id, state: "completed", version: index === 0 ? 3 : 2 },
    ...{ completed_by: "u1", action: "approve", assignee: { id: "u1" } },
  }));
  const event = (name: string, data: Row, sequence: number): Row => ({
    ...{
      event_id: `e${sequence}`,
      subject: `jinshui.event.chaos.workflow.${name}`,
      aggregate: "m1",
      agg_seq: sequence,
    },
    body: { data: { instance: "m1", ...data } },
  });
  const outbox = [
    event("task-created", { task: "t0" }, 1),
    event("task-created", { task: "t1" }, 2),
    event("task-completed", { task: "t0" }, 3),
    event("task-completed", { task: "t1" }, 4),
    event("instance-completed", {}, 5),
  ];
  const audit = (action: string, resource: string): Row => ({ action, resource, result: "ok" });
  return {
    operations,
    differences: [],
    snapshot: {
      instances: [
        { id: "m1", number: "1", definition: "d", version: facts.length, status: "completed", state: stored },
      ],
      facts,
      tasks,
      candidates: [{ task: "t0", visible: false }],
      jobs: [{ id: "j1", instance: "m1", state: "done" }],
      timers: [],
      history: [{ instance: "m1", entry: { type: "started" } }],
      outbox,
      audits: [
        audit("start", "instance/m1"),
        audit("task-approve", "task/t0"),
        audit("task-approve", "task/t1"),
        audit("complete-job", "job/j1"),
      ],
      effects: [{ job: "j1" }],
      heard: [{ event: "e3" }, { event: "e4" }],
      deadLetters: [],
      models: { d: model.elements },
      leases: [
        { name: "clock", owner: "a", fence: 1 },
        { name: "clock", owner: "b", fence: 2 },
      ],
      auditProblems: [],
      shown: { m1: "completed" },
      leaks: [],
    },
  };
}

test("a run without faults has none", async (t) => {
  t.deepEqual(faultsOf(await goodRun()), []);
});

/** What is done to a good run, and how the fault that follows begins. */
const PLANTED: Record<string, [(run: Mutable) => void, RegExp]> = {
  "an acknowledged start is lost": [({ snapshot }) => (snapshot["instances"] = []), /I1: the acknowledged start/],
  "an acknowledged completion is lost": [
    ({ snapshot }) => Object.assign(snapshot["tasks"]?.[1] ?? {}, { state: "open", completed_by: undefined }),
    /I1: the acknowledged completion of task t1/,
  ],
  "a completion is acknowledged twice": [
    ({ operations }) => operations.push({ ...(operations[5] as Operation), id: 9, invoked: 90, returned: 95 }),
    /I1: task t1 was acknowledged as finished 2 times/,
  ],
  "a start is done twice": [
    ({ snapshot }) => snapshot["instances"]?.push({ ...snapshot["instances"][0], id: "m2", number: "2" }),
    /I1: m-0-1 was started 2 times/,
  ],
  "an acknowledged end is lost": [
    ({ operations }) =>
      operations.push({ ...(operations[0] as Operation), id: 9, op: "cancelInstance", input: { id: "m1" } }),
    /I1: the acknowledged end of matter m1/,
  ],
  "a repetition is answered otherwise": [({ differences }) => differences.push("start"), /I1: sent again/],
  "a matter comes from nowhere": [({ operations }) => operations.shift(), /I2: nobody started m1/],
  "a refused start has an effect": [
    ({ operations }) => Object.assign(operations[0] ?? {}, { outcome: "fail", code: "conflict" }),
    /I2: m-0-1 was refused and yet started/,
  ],
  "a task was finished by nobody": [({ operations }) => operations.pop(), /I2: nobody finished task t1/],
  "an effect comes from nowhere": [
    ({ snapshot }) => snapshot["effects"]?.push({ job: "j9" }),
    /I2: an effect of job j9/,
  ],
  "a job has two effects": [({ snapshot }) => snapshot["effects"]?.push({ job: "j1" }), /I3: job j1 has 2 effects/],
  "a job has no effect": [({ snapshot }) => (snapshot["effects"] = []), /I3: job j1 is done without effect/],
  "a job is left open": [
    ({ snapshot }) => Object.assign(snapshot["jobs"]?.[0] ?? {}, { state: "open" }),
    /I3: job j1 is left/,
  ],
  "a timer fired that nobody set": [
    ({ snapshot }) => snapshot["history"]?.push({ instance: "m1", entry: { type: "timer-fired" } }),
    /I3: a timer of matter m1 fired twice/,
  ],
  "two facts are swapped": [
    ({ snapshot }) => {
      const [first, second] = snapshot["facts"] ?? [];
      if (first && second) [first["events"], second["events"]] = [second["events"], first["events"]];
    },
    /I4: the facts of matter m1 do not give its state/,
  ],
  "a token is lost": [
    ({ snapshot }) => {
      const state = structuredClone(snapshot["instances"]?.[0]?.["state"]) as InstanceState;
      Object.assign(snapshot["instances"]?.[0] ?? {}, { state: { ...state, status: "active" } });
    },
    /I4: matter m1: nothing can happen any more/,
  ],
  "a join fired twice": [
    ({ snapshot }) => {
      const events = snapshot["facts"]?.[2]?.["events"] as EngineEvent[];
      events.push({ type: "element-left", token: "n9", element: "j" });
    },
    /I4: join j of matter m1 fired more often/,
  ],
  "an event is heard twice": [
    ({ snapshot }) => snapshot["heard"]?.push({ event: "e3" }),
    /I5: event e3 was heard 2 times/,
  ],
  "an event is not heard": [({ snapshot }) => snapshot["heard"]?.pop(), /I5: event e4 was heard 0 times/],
  "an audit entry is missing": [
    ({ snapshot }) => snapshot["audits"]?.pop(),
    /I6: 0 audit entries of "complete-job job\/j1"/,
  ],
  "an event is missing": [({ snapshot }) => snapshot["outbox"]?.pop(), /I6: 0 events of "instance-completed m1"/],
  "a row hangs on nothing": [
    ({ snapshot }) => snapshot["jobs"]?.push({ id: "j2", instance: "m9", state: "cancelled" }),
    /I6: a row of jobs hangs on instance m9/,
  ],
  "an audit entry is of nothing": [
    ({ snapshot }) => snapshot["audits"]?.push({ action: "start", resource: "instance/m9", result: "ok" }),
    /I6: an audit entry "start" of instance m9/,
  ],
  "two events are swapped": [
    ({ snapshot }) => {
      const [first, second] = snapshot["outbox"] ?? [];
      if (first && second) [first["agg_seq"], second["agg_seq"]] = [second["agg_seq"], first["agg_seq"]];
    },
    /I7: events of m1/,
  ],
  "a line of facts is missing": [({ snapshot }) => snapshot["facts"]?.pop(), /I7: the facts of matter m1/],
  "an old fence came back": [
    ({ snapshot }) => snapshot["leases"]?.push({ name: "clock", owner: "a", fence: 1 }),
    /I8: lease clock passed to a with fence 1 after 2/,
  ],
  "a lease changed hands under one fence": [
    ({ snapshot }) => snapshot["leases"]?.push({ name: "clock", owner: "a", fence: 2 }),
    /I8: lease clock/,
  ],
  "another bureau is shown something": [
    ({ snapshot }) => (snapshot["leaks"] = ["matter m1"] as unknown as Row[]),
    /I12: another bureau was shown matter m1/,
  ],
  "a page shows what is not so": [
    ({ snapshot }) => (snapshot["shown"] = { m1: "active" } as unknown as Row[]),
    /I1: matter m1 is shown as active/,
  ],
  "a read is stale": [
    ({ operations }) => Object.assign(operations[3] ?? {}, { output: [{ id: "t0", version: 1, state: "open" }] }),
    /order: no order of what people did with task t0/,
  ],
};

for (const [what, [plant, fault]] of Object.entries(PLANTED))
  test(`the checker finds it when ${what}`, async (t) => {
    const run = structuredClone(await goodRun());
    plant(run as unknown as Mutable);
    const found = faultsOf(run);
    t.true(
      found.some((line) => fault.test(line)),
      found.join("\n") || "nothing was found",
    );
  });

const at = (invoked: number, returned: number, what: TaskStep): Observed<TaskStep> => ({ invoked, returned, what });
const claim = (person: string, version = 1): TaskStep => ({ op: "claim", person, version, outcome: "ok" });
const holds = (observed: Observed<TaskStep>[]): boolean => isLinearizable(observed, taskModel);

test("two can't both take a task, also not at the same time", (t) => {
  t.true(holds([at(0, 9, claim("a"))]));
  t.false(holds([at(0, 9, claim("a")), at(1, 8, claim("b"))]));
  const refused: TaskStep = { op: "claim", person: "b", version: 1, outcome: "fail", code: "task-taken" };
  t.true(holds([at(0, 9, claim("a")), at(1, 8, refused)]));
  t.false(holds([at(1, 8, refused), at(10, 19, claim("a"))]), "nobody had it yet");
});

test("an unknown outcome may have come about late, or never", (t) => {
  const unknown: TaskStep = { op: "claim", person: "a", version: 1, outcome: "info" };
  const free: TaskStep = { op: "read", version: 1, assignee: undefined, state: "open" };
  const taken: TaskStep = { op: "read", version: 2, assignee: "a", state: "open" };
  t.true(holds([at(0, Infinity, unknown), at(10, 19, free)]));
  t.true(holds([at(0, Infinity, unknown), at(10, 19, free), at(20, 29, taken)]));
  t.false(holds([at(0, Infinity, unknown), at(10, 19, taken), at(20, 29, free)]), "what was seen once stays");
});

test("a task is finished once, by who has taken it, and is open to nobody afterwards", (t) => {
  const complete = (person: string, version: number): TaskStep => ({ op: "complete", person, version, outcome: "ok" });
  t.true(holds([at(0, 9, claim("a")), at(10, 19, complete("a", 2))]));
  t.false(holds([at(0, 9, claim("a")), at(10, 19, complete("b", 2))]));
  t.false(holds([at(0, 9, complete("a", 1)), at(10, 19, complete("a", 1))]));
  t.false(holds([at(0, 9, complete("a", 1)), at(10, 19, claim("b", 2))]));
});

test("an operation whose end is not in the history has an unknown outcome", (t) => {
  const [operation] = operationsOf([
    { type: "invoke", at: 5, id: 1, client: 0, person: "a", op: "claim", input: {} },
    { type: "retry", at: 6, id: 1, code: "timeout" },
  ]);
  t.like(operation, { outcome: "info", invoked: 5, returned: Infinity });
});
