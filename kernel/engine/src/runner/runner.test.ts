import test from "ava";
import { bpmn, flow } from "../testing.js";
import { BpmnError } from "./instance.js";
import { isEngineError } from "../machine/engine-error.js";
import { MemoryRunner } from "./runner.js";

const NOW = "2026-11-23T08:00:00.000Z";
const CALLER = bpmn(
  `<startEvent id="s"/><callActivity id="c" calledElement="q"><extensionElements><camunda:in variables="all"/><camunda:out source="answer" target="answer"/></extensionElements></callActivity><endEvent id="e"/>${flow("s", "c")}${flow("c", "e")}`,
);
const CALLED = bpmn(
  `<startEvent id="s"/><userTask id="u" name="核实"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}`,
).replace('id="p"', 'id="q"');

test("a process is deployed, started, worked on and ended in a few lines", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  t.deepEqual((await runner.deploy(CALLED)).problems, []);
  const id = runner.start("q", { variables: { amount: 1 } });
  const [task] = runner.tasks(id);
  t.like(task, { element: "u", elementName: "核实" });
  runner.complete(task ?? { instance: "", id: "" }, { done: true });
  t.is(runner.instance(id).state.status, "completed");
  t.deepEqual(
    runner.instance(id).history.activities.map(({ element, endedAt }) => [element, endedAt]),
    ["s", "u", "e"].map((element) => [element, NOW]),
  );
});

test("a called process gets the caller's variables and gives its own back", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(CALLER);
  await runner.deploy(CALLED);
  const id = runner.start("p", { variables: { amount: 3 } });
  const [task] = runner.tasks();
  t.is(runner.variables(task?.instance ?? "")["amount"], 3);
  runner.complete(task ?? { instance: "", id: "" }, { answer: 42 });
  t.is(runner.instance(id).state.status, "completed");
  t.is(runner.variables(id)["answer"], 42);
});

test("a process that calls itself for ever stops", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(CALLER.replace('calledElement="q"', 'calledElement="p"'));
  runner.start("p");
  t.true(runner.instances.size <= 52);
  t.is(runner.waiting({ kind: "incident" }).length, 1);
});

test("messages and signals find those who wait and the processes that begin with them", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(
    bpmn(
      `<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><intermediateCatchEvent id="c"><signalEventDefinition signalRef="g"/></intermediateCatchEvent><endEvent id="e"/>${flow("s", "c")}${flow("c", "e")}`,
      `<message id="m" name="报来"/><signal id="g" name="放行"/>`,
    ),
  );
  const id = runner.message("报来", { variables: { from: "甲县局" } });
  t.is(runner.variables(id)["from"], "甲县局");
  t.throws(() => runner.message("别的"), { message: /Nothing waits/ });
  runner.signal("放行");
  t.is(runner.instance(id).state.status, "completed");
});

test("the clock fires what is due on the way, in order, and a process starts by its cycle", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(
    bpmn(
      `<startEvent id="s"><timerEventDefinition><timeCycle>R3/P1D</timeCycle></timerEventDefinition></startEvent><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>${flow("s", "w")}${flow("w", "e")}`,
    ),
  );
  runner.advance("P1D");
  t.deepEqual(
    [...runner.instances.values()].map(({ state }) => state.status),
    ["active"],
  );
  runner.advance("P9D");
  t.deepEqual(
    [...runner.instances.values()].map(({ endedAt }) => endedAt),
    ["2026-11-24T09:00:00.000Z", "2026-11-25T09:00:00.000Z", "2026-11-26T09:00:00.000Z"],
  );
  t.is(runner.now, "2026-12-03T08:00:00.000Z");
});

test("a worker does the jobs; what it throws is an incident, or an error that the model catches", async (t) => {
  const xml = bpmn(
    `<startEvent id="s"/><serviceTask id="j" jinshui:job="post"/><boundaryEvent id="b" attachedToRef="j"><errorEventDefinition errorRef="full"/></boundaryEvent><endEvent id="e"/><endEvent id="f"/>${flow("s", "j")}${flow("j", "e")}${flow("b", "f")}`,
    `<error id="full" errorCode="FULL"/>`,
  );
  const run = async (worker: () => Record<string, unknown>): Promise<MemoryRunner> => {
    const runner = new MemoryRunner({ now: NOW, worker });
    await runner.deploy(xml);
    runner.start("p");
    return runner;
  };
  const [good, bad, caught] = [
    await run(() => ({ posted: true })),
    await run(() => {
      throw new Error("down");
    }),
    await run(() => {
      throw new BpmnError("FULL");
    }),
  ];
  t.is(good.instance("i1").state.status, "completed");
  t.like(bad.waiting()[0], { kind: "incident", message: "down" });
  t.true(caught.instance("i1").history.activities.some(({ element }) => element === "f"));
});

test("a time that is none is refused with what to write instead, and the clock stays", (t) => {
  const runner = new MemoryRunner({ now: "2026-01-05T01:00:00Z" });
  for (const text of ["3 days", "三天", "", "3", "tomorrow", "2026-02-30T25:00:00Z"]) {
    const error = t.throws(() => {
      runner.advance(text);
    });
    t.true(isEngineError(error) && error.code === "bad-time", text);
    t.regex(error.message, new RegExp(`^"${text}" is not an ISO 8601 duration or instant: P3D`));
  }
  t.is(runner.now, "2026-01-05T01:00:00.000Z");
  runner.advance("2026-01-06T09:00:00+08:00");
  t.is(runner.now, "2026-01-06T01:00:00.000Z");
  t.true(isEngineError(t.throws(() => new MemoryRunner({ now: "yesterday" }))));
});
