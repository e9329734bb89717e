import test from "ava";
import { bpmn, Driver, flow, model, NOW } from "../testing.js";
import { parseModel } from "../model/parse.js";
import { decide } from "./decide.js";
import { isEngineError } from "./engine-error.js";
import { activeElements, ROOT, type Wait, waitsOf } from "./state.js";

const approval = `<startEvent id="start"/><userTask id="chief"/><exclusiveGateway id="ok" default="ok-end"/><userTask id="revise"/><endEvent id="end"/>
  ${flow("start", "chief")}${flow("chief", "ok")}${flow("ok", "end")}${flow("ok", "revise", 'steps.chief.action = "return"')}${flow("revise", "chief")}`;

test("a returned application comes back to the chief and ends when approved", async (t) => {
  const run = new Driver(await model(approval)).start();
  t.deepEqual(run.waiting, ["chief"]);
  run.complete("chief", { steps: { chief: { action: "return" } } });
  t.deepEqual(run.waiting, ["revise"]);
  run.complete("revise").complete("chief", { steps: { chief: { action: "approve" } } });
  t.is(run.state?.status, "completed");
  t.deepEqual(run.state?.tokens, {});
});

test("a parallel split waits for both branches, in whatever order they finish", async (t) => {
  const forked =
    await model(`<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><parallelGateway id="j"/><userTask id="c"/><endEvent id="e"/>
    ${flow("s", "f")}${flow("f", "a")}${flow("f", "b")}${flow("a", "j")}${flow("b", "j")}${flow("j", "c")}${flow("c", "e")}`);
  for (const order of [
    ["a", "b"],
    ["b", "a"],
  ]) {
    const run = new Driver(forked).start();
    t.deepEqual(run.waiting, ["a", "b"]);
    run.complete(order[0] ?? "");
    t.deepEqual(run.waiting, [order[1], "j"].sort());
    run.complete(order[1] ?? "");
    t.deepEqual(run.waiting, ["c"]);
    run.complete("c");
    t.is(run.state?.status, "completed");
  }
});

test("an inclusive join waits only for branches that were opened", async (t) => {
  const forked =
    await model(`<startEvent id="s"/><inclusiveGateway id="f" default="f-d"/><userTask id="a"/><userTask id="b"/><userTask id="d"/><inclusiveGateway id="j"/><endEvent id="e"/>
    ${flow("s", "f")}${flow("f", "a", "x > 1")}${flow("f", "b", "x > 2")}${flow("f", "d")}${flow("a", "j")}${flow("b", "j")}${flow("d", "j")}${flow("j", "e")}`);
  const both = new Driver(forked).start({ x: 3 });
  t.deepEqual(both.waiting, ["a", "b"]);
  both.complete("a");
  t.deepEqual(both.waiting, ["b", "j"]);
  t.is(both.complete("b").state?.status, "completed");
  t.is(new Driver(forked).start({ x: 2 }).complete("a").state?.status, "completed");
  const fallback = new Driver(forked).start({ x: 0 });
  t.deepEqual(fallback.waiting, ["d"]);
});

test("an inclusive join inside a loop is not held up by the way round", async (t) => {
  const loop =
    await model(`<startEvent id="s"/><inclusiveGateway id="m"/><userTask id="a"/><exclusiveGateway id="x" default="x-e"/><endEvent id="e"/>
    ${flow("s", "m")}${flow("m", "a")}${flow("a", "x")}${flow("x", "m", "again = true")}${flow("x", "e")}`);
  const run = new Driver(loop).start();
  t.deepEqual(run.waiting, ["a"]);
  run.complete("a", { again: true });
  t.deepEqual(run.waiting, ["a"]);
  t.is(run.complete("a", { again: false }).state?.status, "completed");
});

test("a sub-process ends when its last token ends, and a terminate inside ends only it", async (t) => {
  const nested =
    await model(`<startEvent id="s"/><subProcess id="sub"><startEvent id="ss"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><endEvent id="stop"><terminateEventDefinition/></endEvent><endEvent id="be"/>
    ${flow("ss", "f")}${flow("f", "a")}${flow("f", "b")}${flow("a", "stop")}${flow("b", "be")}</subProcess><userTask id="after"/><endEvent id="e"/>${flow("s", "sub")}${flow("sub", "after")}${flow("after", "e")}`);
  const byEnd = new Driver(nested).start().complete("b");
  t.deepEqual(byEnd.waiting, ["a"]);
  const byTerminate = new Driver(nested).start();
  byTerminate.complete("a");
  t.deepEqual(byTerminate.waiting, ["after"]);
  t.deepEqual(
    byTerminate.decisions.at(-1)?.effects.map((effect) => effect.type),
    ["cancel-task", "create-task"],
  );
  t.deepEqual(Object.keys(byTerminate.state?.scopes ?? {}), [ROOT]);
});

test("a timer is scheduled from the given now, by a literal or an expression", async (t) => {
  const timed = await model(
    `<startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>wait</timeDuration></timerEventDefinition></intermediateCatchEvent><endEvent id="e"/>${flow("s", "w")}${flow("w", "e")}`,
  );
  const run = new Driver(timed).start({ wait: "P1M2DT3H" });
  t.like(run.decisions[0]?.effects[0], { type: "schedule-timer", element: "w", dueAt: "2026-12-25T11:00:00.000Z" });
  const timer = firstWait(run)?.id ?? "";
  t.is(run.send({ type: "fire-timer", timer }).state.status, "completed");
  t.is(firstWait(new Driver(timed).start({ wait: "soon" }))?.code, "timer-failed");
});

test("a script sets its result, and a service task hands variables on", async (t) => {
  const computed = await model(
    `<startEvent id="s"/><scriptTask id="sum" scriptFormat="feel" jinshui:resultVariable="total"><script>=price * count</script></scriptTask><serviceTask id="job"/><endEvent id="e"/>${flow("s", "sum")}${flow("sum", "job")}${flow("job", "e")}`,
  );
  const run = new Driver(computed).start({ price: 4500, count: 2 });
  t.is(run.state?.variables["total"], 9000);
  const job = firstWait(run)?.id ?? "";
  run.send({ type: "complete-job", job, variables: { done: true } });
  t.is(run.state?.variables["done"], true);
  t.is(run.state?.status, "completed");
});

test("no open flow is an incident that a retry resolves once the variables are right", async (t) => {
  const stuck = await model(
    `<startEvent id="s"/><serviceTask id="j"/><exclusiveGateway id="x"/><endEvent id="e"/>${flow("s", "j")}${flow("j", "x")}${flow("x", "e", "ok = true")}`,
  );
  const run = new Driver(stuck).start();
  const job = firstWait(run)?.id ?? "";
  run.send({ type: "fail-job", job, message: "the other side is down" });
  t.like(firstWait(run), { kind: "incident", code: "job-failed" });
  const again = run.send({ type: "retry", incident: firstWait(run)?.id ?? "" });
  t.is(again.effects[0]?.type, "create-job");
  run.send({ type: "complete-job", job: firstWait(run)?.id ?? "", variables: {} });
  t.like(firstWait(run), { kind: "incident", code: "no-open-flow" });
});

test("a circle without a wait stops as an incident instead of hanging", async (t) => {
  const circle = await model(
    `<startEvent id="s"/><task id="a"/><task id="b"/>${flow("s", "a")}${flow("a", "b")}${flow("b", "a")}`,
  );
  t.is(firstWait(new Driver(circle).start())?.code, "endless-loop");
});

test("commands that do not fit are refused and change nothing", async (t) => {
  const run = new Driver(await model(approval)).start();
  const before = JSON.stringify(run.state);
  const task = firstWait(run)?.id ?? "";
  for (const [command, code] of [
    [{ type: "complete-task", task: "k99", variables: {} }, "unknown-task"],
    [{ type: "complete-job", job: task, variables: {} }, "unknown-job"],
    [{ type: "start", variables: {} }, "already-started"],
  ] as const) {
    const error = t.throws(() => run.send(command));
    t.true(isEngineError(error) && error.code === code);
  }
  t.is(JSON.stringify(run.state), before);
  run.send({ type: "cancel", reason: "withdrawn" });
  t.is(run.state?.status, "cancelled");
  t.throws(() => run.complete("chief"), { message: /cancelled/ });
});

test("a completed task can't be completed again, also when the token is back at the same step", async (t) => {
  const run = new Driver(await model(approval)).start();
  const first = firstWait(run)?.id ?? "";
  run.complete("chief", { steps: { chief: { action: "return" } } }).complete("revise");
  t.deepEqual(run.waiting, ["chief"]);
  t.throws(() => run.send({ type: "complete-task", task: first, variables: {} }), { message: /No task/ });
});

test("refused elements are named with id, type, name and line", async (t) => {
  const xml = bpmn(
    `\n<startEvent id="s"/>\n<userTask id="u" name="受理"/>\n<boundaryEvent id="late" name="超时" attachedToRef="u"><linkEventDefinition name="x"/></boundaryEvent>\n<callActivity id="call"/>${flow("s", "u", "${approved")}`,
  );
  const { problems } = await parseModel(xml);
  t.like(
    problems.find((problem) => problem.code === "unsupported-event"),
    { severity: "error", element: "late", elementName: "超时", line: 4 },
  );
  t.like(
    problems.find((problem) => problem.code === "missing-call"),
    { element: "call", elementType: "bpmn:CallActivity" },
  );
  t.like(
    problems.find((problem) => problem.code === "bad-expression"),
    { element: "s-u" },
  );
});

test("broken files get a problem, never an exception", async (t) => {
  for (const [xml, code] of [
    ["", "malformed-xml"],
    ["<html/>", "not-bpmn"],
    [
      "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p'><startEvent id='s'",
      "malformed-xml",
    ],
    ["<!DOCTYPE x [<!ENTITY a 'b'>]><definitions/>", "doctype"],
    ["<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>", "no-process"],
    [bpmn(""), "empty-process"],
  ] as const) {
    const { problems } = await parseModel(xml);
    t.is(problems.find((problem) => problem.severity === "error")?.code, code, xml.slice(0, 40));
  }
});

test("neither model nor state is changed by a decision", async (t) => {
  const process = frozen(await model(approval));
  const started = frozen(decide(process, undefined, { type: "start", variables: { a: { b: 1 } } }, NOW));
  const next = decide(
    process,
    started.state,
    {
      type: "complete-task",
      task: waitsOf(started.state)[0]?.id ?? "",
      variables: { steps: { chief: { action: "return" } } },
    },
    NOW,
  );
  t.is(activeElements(next.state)[0]?.element, "revise");
});

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

function firstWait(run: Driver): Wait | undefined {
  return waitsOf(run.state)[0];
}

test("an instance may take as many steps without a wait as its limit says, and not one more", async (t) => {
  const process = await model(`<startEvent id="s"/><task id="a"/><endEvent id="e"/>${flow("s", "a")}${flow("a", "e")}`);
  t.is(new Driver(process, { stepLimit: 3 }).start().state?.status, "completed");
  const stopped = new Driver(process, { stepLimit: 2 }).start();
  t.like(waitsOf(stopped.state), [{ kind: "incident", element: "e" }]);
});
