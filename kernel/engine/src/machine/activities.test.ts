import test from "ava";
import { Driver, flow, model } from "../testing.js";
import { waitsOf } from "./state.js";

const around = (middle: string, id: string): string =>
  `<startEvent id="s"/>${middle}<endEvent id="e"/>${flow("s", id)}${flow(id, "e")}`;
const loop = (content: string, sequential = false): string =>
  `<multiInstanceLoopCharacteristics isSequential="${sequential}">${content}</multiInstanceLoopCharacteristics>`;

test("parallel instances wait side by side and the last one goes on", async (t) => {
  const process = await model(
    around(`<userTask id="u">${loop("<loopCardinality>3</loopCardinality>")}</userTask>`, "u"),
  );
  const run = new Driver(process).start();
  t.is(waitsOf(run.state).length, 3);
  run.complete("u").complete("u");
  t.is(run.state?.status, "active");
  t.is(run.complete("u").state?.status, "completed");
});

test("a completion condition does not count the instance that is done as active", async (t) => {
  const until = `<loopCardinality>4</loopCardinality><completionCondition>nrOfActiveInstances = 2</completionCondition>`;
  const process = await model(around(`<userTask id="u">${loop(until)}</userTask>`, "u"));
  const run = new Driver(process).start().complete("u");
  t.is(run.waiting.length, 3);
  t.is(run.complete("u").state?.status, "completed");
});

test("sequential instances come one after the other, each with its item", async (t) => {
  const process = await model(
    around(
      `<userTask id="u">${loop('<loopDataInputRef>people</loopDataInputRef><inputDataItem name="person"/>', true)}</userTask>`,
      "u",
    ),
  );
  const run = new Driver(process).start({ people: ["甲", "乙"] });
  const item = (): unknown => Object.values(run.state?.tokens ?? {}).at(-1)?.vars?.["person"];
  t.is(item(), "甲");
  t.is(waitsOf(run.state).length, 1);
  run.complete("u");
  t.is(item(), "乙");
  t.is(run.complete("u").state?.status, "completed");
  t.is(new Driver(process).start({ people: [] }).state?.status, "completed");
  t.like(waitsOf(new Driver(process).start({ people: 5 }).state)[0], { kind: "incident", code: "loop-failed" });
});

test("a completion condition ends the other instances", async (t) => {
  const half = `<loopCardinality>4</loopCardinality><completionCondition>nrOfCompletedInstances / nrOfInstances &gt;= 0.5</completionCondition>`;
  const run = new Driver(await model(around(`<userTask id="u">${loop(half)}</userTask>`, "u"))).start();
  run.complete("u");
  t.is(waitsOf(run.state).length, 3);
  const last = run.complete("u").decisions.at(-1);
  t.is(run.state?.status, "completed");
  t.is(last?.effects.filter(({ type }) => type === "cancel-task").length, 2);
});

test("a standard loop goes round while its condition holds, at most as often as it may", async (t) => {
  const looped = (rest: string): string =>
    around(
      `<scriptTask id="add" scriptFormat="feel" jinshui:resultVariable="n"><standardLoopCharacteristics ${rest}><loopCondition>n &lt; 5</loopCondition></standardLoopCharacteristics><script>n + 1</script></scriptTask>`,
      "add",
    );
  t.is(new Driver(await model(looped(""))).start({ n: 0 }).state?.variables["n"], 5);
  t.is(new Driver(await model(looped(""))).start({ n: 9 }).state?.variables["n"], 10);
  t.is(new Driver(await model(looped('testBefore="true"'))).start({ n: 9 }).state?.variables["n"], 9);
  t.is(new Driver(await model(looped('loopMaximum="2"'))).start({ n: 0 }).state?.variables["n"], 2);
});

test("compensation undoes what is done, the last first, and the thrower waits for it", async (t) => {
  const step = (id: string): string =>
    `<userTask id="${id}"/><boundaryEvent id="${id}B" attachedToRef="${id}"><compensateEventDefinition/></boundaryEvent><userTask id="${id}Undo" isForCompensation="true"/><association id="${id}A" sourceRef="${id}B" targetRef="${id}Undo" associationDirection="One"/>`;
  const process = await model(
    `<startEvent id="s"/>${step("a")}${step("b")}<intermediateThrowEvent id="undo"><compensateEventDefinition/></intermediateThrowEvent><endEvent id="e"/>${flow("s", "a")}${flow("a", "b")}${flow("b", "undo")}${flow("undo", "e")}`,
  );
  const run = new Driver(process).start().complete("a").complete("b");
  t.deepEqual(
    waitsOf(run.state).map(({ element }) => element),
    ["bUndo", "aUndo"],
  );
  t.is(run.complete("aUndo").state?.status, "active");
  t.is(run.complete("bUndo").state?.status, "completed");
});

test("an association may also point from the handler to its compensation event", async (t) => {
  const process = await model(
    `<startEvent id="s"/><userTask id="a"/><boundaryEvent id="aB" attachedToRef="a"><compensateEventDefinition/></boundaryEvent><userTask id="aUndo" isForCompensation="true"/><association id="A" sourceRef="aUndo" targetRef="aB"/><endEvent id="undo"><compensateEventDefinition/></endEvent>${flow("s", "a")}${flow("a", "undo")}`,
  );
  t.deepEqual(new Driver(process).start().complete("a").waiting, ["aUndo"]);
});

test("a cancelled transaction undoes its work and leaves by its cancel event", async (t) => {
  const inner = `<startEvent id="is"/><userTask id="pay"/><boundaryEvent id="payB" attachedToRef="pay"><compensateEventDefinition/></boundaryEvent><userTask id="refund" isForCompensation="true"/><association id="A" sourceRef="payB" targetRef="refund"/><userTask id="other"/><endEvent id="cancel"><cancelEventDefinition/></endEvent>${flow("is", "pay")}${flow("is", "other")}${flow("pay", "cancel")}`;
  const process = await model(
    around(
      `<transaction id="tx">${inner}</transaction><boundaryEvent id="off" attachedToRef="tx"><cancelEventDefinition/></boundaryEvent><userTask id="after"/>${flow("off", "after")}`,
      "tx",
    ),
  );
  const run = new Driver(process).start().complete("pay");
  t.deepEqual(run.waiting, ["refund"]);
  run.complete("refund");
  t.deepEqual(run.waiting, ["after"]);
  t.is(run.complete("after").state?.status, "completed");
});

test("a call hands its variables out and takes them back", async (t) => {
  const process = await model(
    around(
      `<callActivity id="c" calledElement="other"><extensionElements><camunda:in source="amount" target="sum"/><camunda:out sourceExpression="\${answer * 2}" target="result"/></extensionElements></callActivity>`,
      "c",
    ),
  );
  const run = new Driver(process).start({ amount: 7, hidden: 1 });
  t.like(run.decisions[0]?.effects[0], { type: "call-process", process: "other", variables: { sum: 7 } });
  run.sendTo("c", "call", (call) => ({ type: "complete-call", call, variables: { answer: 21 } }));
  t.is(run.state?.variables["result"], 42);
  t.is(run.state?.status, "completed");
});

test("ad-hoc activities start by command, and the sub-process ends by its condition", async (t) => {
  const process = await model(
    around(
      `<adHocSubProcess id="ad"><userTask id="a"/><userTask id="b"/><completionCondition>done = true</completionCondition></adHocSubProcess>`,
      "ad",
    ),
  );
  const run = new Driver(process).start({ done: false });
  run.sendTo("ad", "adhoc", (wait) => ({ type: "activate-ad-hoc", wait, elements: ["a", "b"] }));
  run.complete("a");
  t.deepEqual(run.waiting, ["ad", "b"]);
  t.is(run.complete("b", { done: true }).state?.status, "completed");
});

test("a complex gateway opens at its condition and takes the late ones in", async (t) => {
  const process = await model(
    `<startEvent id="s"/><parallelGateway id="f"/><userTask id="a"/><userTask id="b"/><userTask id="c"/><complexGateway id="g"><activationCondition>activationCount &gt;= 2</activationCondition></complexGateway><userTask id="on"/><endEvent id="e"/>${flow("s", "f")}${flow("f", "a")}${flow("f", "b")}${flow("f", "c")}${flow("a", "g")}${flow("b", "g")}${flow("c", "g")}${flow("g", "on")}${flow("on", "e")}`,
  );
  const run = new Driver(process).start().complete("a");
  t.false(run.waiting.includes("on"));
  run.complete("c");
  t.true(run.waiting.includes("on"));
  run.complete("b").complete("on");
  t.is(run.state?.status, "completed");
});

test("business rules are asked of the host, and are jobs without one", async (t) => {
  const process = await model(
    around(`<businessRuleTask id="r" camunda:decisionRef="rate" camunda:resultVariable="rate"/>`, "r"),
  );
  t.is(new Driver(process).start().decisions[0]?.effects[0]?.type, "create-job");
  const run = new Driver(process, { decisions: (ref, { amount }) => ({ value: `${ref} ${String(amount)}` }) }).start({
    amount: 3,
  });
  t.is(run.state?.variables["rate"], "rate 3");
});

test("async hints are waits for hosts that ask for them, and nothing for others", async (t) => {
  const process = await model(around(`<task id="a" camunda:asyncBefore="true" camunda:asyncAfter="true"/>`, "a"));
  t.is(new Driver(process).start().state?.status, "completed");
  const run = new Driver(process, { async: true }).start();
  run.sendTo("a", "async", (wait) => ({ type: "continue", wait }));
  t.like(waitsOf(run.state)[0], { kind: "async", phase: "after" });
  run.sendTo("a", "async", (wait) => ({ type: "continue", wait }));
  t.is(run.state?.status, "completed");
});

test("an instance is put elsewhere in one command, into a sub-process that does not run too", async (t) => {
  const process = await model(
    `<startEvent id="s"/><userTask id="a"/><subProcess id="sub"><startEvent id="is"/><userTask id="b"/>${flow("is", "b")}</subProcess><endEvent id="e"/>${flow("s", "a")}${flow("a", "sub")}${flow("sub", "e")}`,
  );
  const run = new Driver(process).start();
  run.send({
    type: "modify",
    instructions: [
      { type: "start-before", element: "b" },
      { type: "cancel", element: "a" },
    ],
  });
  t.deepEqual(run.waiting, ["b"]);
  run.send({
    type: "modify",
    instructions: [
      { type: "cancel", element: "b" },
      { type: "start-before", element: "a" },
    ],
  });
  t.deepEqual(run.waiting, ["a"]);
  run.complete("a").complete("b");
  t.is(run.state?.status, "completed");
});

test("a change that starts and cancels one element takes the old token and leaves the new one", async (t) => {
  const run = new Driver(await model(around(`<userTask id="u"/>`, "u"))).start();
  const [before] = waitsOf(run.state);
  run.send({
    type: "modify",
    instructions: [
      { type: "start-before", element: "u" },
      { type: "cancel", element: "u" },
    ],
  });
  t.deepEqual(run.waiting, ["u"]);
  t.not(waitsOf(run.state)[0]?.id, before?.id);
});

test("a suspended instance refuses everything but what ends the suspension", async (t) => {
  const run = new Driver(await model(around(`<userTask id="u"/>`, "u"))).start();
  run.send({ type: "suspend" });
  t.throws(() => run.complete("u"), { message: /suspended/ });
  run.send({ type: "activate" });
  t.is(run.complete("u").state?.status, "completed");
});

test("input mappings are seen by their activity alone, output mappings by the process", async (t) => {
  const process = await model(
    around(
      `<scriptTask id="x" scriptFormat="feel" jinshui:resultVariable="local"><extensionElements><camunda:inputOutput><camunda:inputParameter name="local">\${amount + 1}</camunda:inputParameter><camunda:outputParameter name="result">\${local}</camunda:outputParameter></camunda:inputOutput></extensionElements><script>local * 2</script></scriptTask>`,
      "x",
    ),
  );
  const run = new Driver(process).start({ amount: 4 });
  t.deepEqual(run.state?.variables, { amount: 4, result: 10 });
});
