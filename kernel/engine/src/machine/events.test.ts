import test from "ava";
import { Driver, flow, model } from "../testing.js";
import { waitsOf } from "./state.js";

const boundary = (id: string, on: string, definition: string, rest = ""): string =>
  `<boundaryEvent id="${id}" attachedToRef="${on}" ${rest}>${definition}</boundaryEvent><endEvent id="${id}End"/>${flow(id, `${id}End`)}`;
const duration = (text: string): string =>
  `<timerEventDefinition><timeDuration>${text}</timeDuration></timerEventDefinition>`;
const around = (middle: string, id: string): string =>
  `<startEvent id="s"/>${middle}<endEvent id="e"/>${flow("s", id)}${flow(id, "e")}`;

test("an interrupting boundary timer ends its task and goes its own way", async (t) => {
  const run = new Driver(
    await model(around(`<userTask id="u"/>${boundary("late", "u", duration("PT1H"))}`, "u")),
  ).start();
  t.deepEqual(run.waiting, ["late", "u"]);
  const decision = run.sendTo("late", "timer", (timer) => ({ type: "fire-timer", timer })).decisions.at(-1);
  t.is(run.state?.status, "completed");
  t.deepEqual(
    decision?.effects.map(({ type }) => type),
    ["cancel-task"],
  );
  t.deepEqual(left(run), ["s", "u", "late", "lateEnd"]);
});

test("a completed task takes its boundary events with it", async (t) => {
  const run = new Driver(
    await model(around(`<userTask id="u"/>${boundary("late", "u", duration("PT1H"))}`, "u")),
  ).start();
  run.complete("u");
  t.is(run.state?.status, "completed");
  t.deepEqual(run.state?.waits, {});
});

test("a boundary event that does not interrupt gets a token of its own, and a cycle comes again", async (t) => {
  const cycle = `<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>`;
  const run = new Driver(
    await model(around(`<userTask id="u"/>${boundary("again", "u", cycle, 'cancelActivity="false"')}`, "u")),
  ).start();
  for (const left of [2, 1, 0]) {
    run.sendTo("again", "timer", (timer) => ({ type: "fire-timer", timer }));
    t.is(waitsOf(run.state).filter(({ kind }) => kind === "timer").length, left === 0 ? 0 : 1);
  }
  t.deepEqual(run.waiting, ["u"]);
  t.is(run.complete("u").state?.status, "completed");
});

test("the first event behind an event gateway takes the token, the others are dropped", async (t) => {
  const process = await model(
    `<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="m"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent><intermediateCatchEvent id="w">${duration("P3D")}</intermediateCatchEvent><endEvent id="a"/><endEvent id="b"/>${flow("s", "g")}${flow("g", "m")}${flow("g", "w")}${flow("m", "a")}${flow("w", "b")}`,
    `<message id="paid" name="paid"/>`,
  );
  const run = new Driver(process).start();
  t.deepEqual(run.waiting, ["m", "w"]);
  const decision = run.send({ type: "message", name: "paid", variables: { amount: 5 } });
  t.is(run.state?.status, "completed");
  t.is(run.state?.variables["amount"], 5);
  t.true(decision.effects.some(({ type }) => type === "cancel-timer"));
  t.deepEqual(left(run), ["s", "g", "m", "a"]);
});

test("an error goes to the innermost boundary event of its code, past others", async (t) => {
  const inner = `<startEvent id="is"/><endEvent id="ie"><errorEventDefinition errorRef="bad"/></endEvent>${flow("is", "ie")}`;
  const other = boundary("other", "sub", `<errorEventDefinition errorRef="else"/>`);
  const caught = boundary("caught", "sub", `<errorEventDefinition errorRef="bad"/>`);
  const process = await model(
    around(`<subProcess id="sub">${inner}</subProcess>${other}${caught}`, "sub"),
    `<error id="bad" errorCode="B"/><error id="else" errorCode="E"/>`,
  );
  const run = new Driver(process).start();
  t.is(run.state?.status, "completed");
  t.deepEqual(left(run), ["s", "is", "ie", "sub", "caught", "caughtEnd"]);
});

test("an error that nobody catches stops the token, and ends a called instance", async (t) => {
  const process = await model(
    `<startEvent id="s"/><endEvent id="e"><errorEventDefinition errorRef="bad"/></endEvent>${flow("s", "e")}`,
    `<error id="bad" errorCode="B"/>`,
  );
  const run = new Driver(process).start();
  t.like(waitsOf(run.state)[0], { kind: "incident", code: "uncaught-error" });
  const called = new Driver(process, { called: true }).start();
  t.like(called.state, { status: "failed", error: { code: "B" } });
});

test("a job may end with an error of the model", async (t) => {
  const process = await model(
    around(`<serviceTask id="j"/>${boundary("caught", "j", `<errorEventDefinition errorRef="bad"/>`)}`, "j"),
    `<error id="bad" errorCode="B"/>`,
  );
  const run = new Driver(process).start();
  run.sendTo("j", "job", (wait) => ({ type: "throw", wait, kind: "error", code: "B" }));
  t.deepEqual(left(run), ["s", "j", "caught", "caughtEnd"]);
});

test("an escalation that does not interrupt lets its thrower go on", async (t) => {
  const inner = `<startEvent id="is"/><intermediateThrowEvent id="up"><escalationEventDefinition escalationRef="x"/></intermediateThrowEvent><userTask id="iu"/>${flow("is", "up")}${flow("up", "iu")}`;
  const process = await model(
    around(
      `<subProcess id="sub">${inner}</subProcess>${boundary("seen", "sub", `<escalationEventDefinition escalationRef="x"/>`, 'cancelActivity="false"')}`,
      "sub",
    ),
    `<escalation id="x" escalationCode="X"/>`,
  );
  const run = new Driver(process).start();
  t.deepEqual(run.waiting, ["iu"]);
  t.true(left(run).includes("seenEnd"));
  t.is(run.complete("iu").state?.status, "completed");
});

test("an event sub-process starts by its event; an interrupting one ends the rest of its scope", async (t) => {
  const sub = (interrupting: boolean): string =>
    `<subProcess id="es" triggeredByEvent="true"><startEvent id="ess" isInterrupting="${interrupting}"><signalEventDefinition signalRef="stop"/></startEvent><userTask id="clean"/>${flow("ess", "clean")}</subProcess>`;
  for (const interrupting of [true, false]) {
    const process = await model(
      around(`<userTask id="u"/>${sub(interrupting)}`, "u"),
      `<signal id="stop" name="stop"/>`,
    );
    const run = new Driver(process).start();
    run.send({ type: "signal", name: "stop", variables: {} });
    t.deepEqual(run.waiting, interrupting ? ["clean"] : ["clean", "ess", "u"]);
    if (!interrupting) run.complete("u");
    t.is(run.complete("clean").state?.status, "completed");
  }
});

test("a condition is looked at when a variable changes, and only then", async (t) => {
  const process = await model(
    around(
      `<intermediateCatchEvent id="c"><conditionalEventDefinition><condition>amount &gt; 100</condition></conditionalEventDefinition></intermediateCatchEvent>`,
      "c",
    ),
  );
  const run = new Driver(process).start({ amount: 1 });
  run.send({ type: "set-variables", variables: { amount: 50 } });
  t.deepEqual(run.waiting, ["c"]);
  run.send({ type: "set-variables", variables: { amount: 500 } });
  t.is(run.state?.status, "completed");
  t.is(new Driver(process).start({ amount: 101 }).state?.status, "completed");
});

test("a link goes from its throwing to its catching end", async (t) => {
  const process = await model(
    `<startEvent id="s"/><intermediateThrowEvent id="from"><linkEventDefinition name="L"/></intermediateThrowEvent><intermediateCatchEvent id="to"><linkEventDefinition name="L"/></intermediateCatchEvent><endEvent id="e"/>${flow("s", "from")}${flow("to", "e")}`,
  );
  t.deepEqual(left(new Driver(process).start()), ["s", "from", "to", "e"]);
});

test("a multiple event needs one of its events, a parallel multiple one all", async (t) => {
  const both = `<signalEventDefinition signalRef="a"/><signalEventDefinition signalRef="b"/>`;
  const signals = `<signal id="a" name="a"/><signal id="b" name="b"/>`;
  const any = new Driver(
    await model(around(`<intermediateCatchEvent id="c">${both}</intermediateCatchEvent>`, "c"), signals),
  ).start();
  any.send({ type: "signal", name: "b", variables: {} });
  t.is(any.state?.status, "completed");
  const all = new Driver(
    await model(
      around(`<intermediateCatchEvent id="c" parallelMultiple="true">${both}</intermediateCatchEvent>`, "c"),
      signals,
    ),
  ).start();
  all.send({ type: "signal", name: "b", variables: {} });
  t.deepEqual(all.waiting, ["c"]);
  all.send({ type: "signal", name: "a", variables: {} });
  t.is(all.state?.status, "completed");
});

function left(run: Driver): string[] {
  return run.decisions.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === "element-left" ? [event.element] : [])),
  );
}
