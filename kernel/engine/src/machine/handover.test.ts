import test from "ava";
import { MemoryRunner } from "../runner/runner.js";
import { bpmn, Driver, flow, model, NOW } from "../testing.js";
import { waitsOf } from "./state.js";

const line = (...ids: string[]): string =>
  ids
    .slice(1)
    .map((id, at) => flow(ids[at] ?? "", id))
    .join("");
const CALLED = bpmn(`<startEvent id="s"/><userTask id="u"/><endEvent id="e"/>${line("s", "u", "e")}`).replace(
  'id="p"',
  'id="q"',
);

async function calling(attributes: string, mappings: string): Promise<MemoryRunner> {
  const runner = new MemoryRunner({ now: NOW });
  const inner = `<extensionElements>${mappings}</extensionElements>`;
  await runner.deploy(
    bpmn(
      `<startEvent id="s"/><callActivity id="c" calledElement="q" ${attributes}>${inner}</callActivity><userTask id="w"/><endEvent id="e"/>${line("s", "c", "w", "e")}`,
    ),
  );
  await runner.deploy(CALLED);
  return runner;
}

const INPUT = `<camunda:inputOutput><camunda:inputParameter name="own">1</camunda:inputParameter></camunda:inputOutput>`;

test("a call that hands over only local variables keeps those of the instance from the called one", async (t) => {
  const runner = await calling("", `${INPUT}<camunda:in variables="all" local="true"/>`);
  runner.start("p", { variables: { shared: 2 } });
  t.deepEqual(runner.variables("i2"), { own: "1" });
  const expression = await calling("", '<camunda:in sourceExpression="${shared}" target="x" local="true"/>');
  expression.start("p", { variables: { shared: 2 } });
  t.is(expression.waiting({ kind: "incident" })[0]?.code, "call-failed");
});

test("what comes back locally ends with the call, a missing value comes back as null", async (t) => {
  const runner = await calling(
    "",
    '<camunda:out variables="all" local="true"/><camunda:out source="none" target="y"/>',
  );
  const id = runner.start("p");
  const [task] = runner.tasks("i2");
  runner.complete(task ?? { instance: "", id: "" }, { x: 1 });
  t.deepEqual(runner.variables(id), { y: null });
});

test("a call can name the variable for the id of the called instance and pass its business key on", async (t) => {
  const runner = await calling('camunda:idVariableName="child" camunda:inheritBusinessKey="true"', "");
  const id = runner.start("p", { businessKey: "文-1" });
  t.deepEqual(runner.variables(id), { child: "i2" });
  t.is(runner.instance("i2").businessKey, "文-1");
});

test("a transient result is seen by what follows at once and is gone when the instance rests", async (t) => {
  const process = await model(
    `<startEvent id="s"/><serviceTask id="a" camunda:expression="\${'x'}" camunda:resultVariable="t" camunda:storeResultVariableAsTransient="true"/><serviceTask id="b" camunda:expression="got \${t}" camunda:resultVariable="kept"/><userTask id="u"/><endEvent id="e"/>${line("s", "a", "b", "u", "e")}`,
  );
  t.deepEqual(new Driver(process).start().state?.variables, { kept: "got x" });
});

test("gateways and events wait after their work where a hint asks for it", async (t) => {
  const process = await model(
    `<startEvent id="s" camunda:asyncAfter="true"/><exclusiveGateway id="g" camunda:asyncAfter="true"/><userTask id="u"/><endEvent id="e" camunda:asyncAfter="true"/>${flow("s", "g")}${flow("g", "u")}${flow("u", "e")}`,
  );
  const run = new Driver(process, { async: true }).start();
  const on = (element: string): Driver => run.sendTo(element, "async", (wait) => ({ type: "continue", wait }));
  t.like(waitsOf(run.state)[0], { element: "s", phase: "after" });
  on("s");
  on("g").complete("u");
  t.is(run.state?.status, "active");
  t.is(on("e").state?.status, "completed");
  t.is(new Driver(process).start().complete("u").state?.status, "completed");
});

test("a conditional event hears only the changes it names, removal among them", async (t) => {
  const process = await model(
    `<startEvent id="s"/><userTask id="u"/><boundaryEvent id="b" attachedToRef="u"><conditionalEventDefinition camunda:variableName="x" camunda:variableEvents="delete"><condition>flag</condition></conditionalEventDefinition></boundaryEvent><userTask id="v"/><endEvent id="e"/>${flow("s", "u")}${flow("u", "e")}${flow("b", "v")}`,
  );
  const run = new Driver(process).start({ x: 1, flag: false });
  const at = (element: string): boolean => waitsOf(run.state).some((wait) => wait.element === element);
  run.send({ type: "set-variables", variables: { x: 2, flag: true } });
  t.true(at("u"));
  run.send({ type: "set-variables", variables: {}, remove: ["x"] });
  t.true(at("v"));
});

test("who throws a compensation that nobody waits for goes on at once", async (t) => {
  const process = await model(
    `<startEvent id="s"/><task id="a"/><boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent><userTask id="undo" isForCompensation="true"/><association id="x" sourceRef="b" targetRef="undo"/><intermediateThrowEvent id="t"><compensateEventDefinition waitForCompletion="false"/></intermediateThrowEvent><userTask id="u"/><endEvent id="e"/>${line("s", "a", "t", "u", "e")}`,
  );
  const run = new Driver(process).start();
  t.deepEqual(
    waitsOf(run.state)
      .map(({ element }) => element)
      .toSorted(),
    ["u", "undo"],
  );
  t.is(run.complete("u").state?.status, "active");
  t.is(run.complete("undo").state?.status, "completed");
});

test("a process begins by a signal whose name is an expression", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(
    bpmn(
      `<startEvent id="s"><signalEventDefinition signalRef="g"/></startEvent><userTask id="u"/><endEvent id="e"/>${line("s", "u", "e")}`,
      `<signal id="g" name="alert-\${'x'}"/>`,
    ),
  );
  runner.signal("alert-x");
  t.is(runner.tasks().length, 1);
});

test("a cycle ends at the end date beside it", async (t) => {
  const runner = new MemoryRunner({ now: NOW });
  await runner.deploy(
    bpmn(
      `<startEvent id="s"/><userTask id="u"/><boundaryEvent id="b" attachedToRef="u" cancelActivity="false"><timerEventDefinition><timeCycle camunda:endDate="\${end}">R/PT1H</timeCycle></timerEventDefinition></boundaryEvent><endEvent id="e"/><endEvent id="f"/>${flow("s", "u")}${flow("u", "e")}${flow("b", "f")}`,
    ),
  );
  const id = runner.start("p", { variables: { end: "2026-11-23T10:30:00Z" } });
  runner.advance("P1D");
  t.is(runner.instance(id).history.activities.filter(({ element }) => element === "b").length, 2);
});

test("one more instance joins those of a multi-instance activity, or begins them", async (t) => {
  const process = await model(
    `<startEvent id="s"/><userTask id="u"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask><userTask id="v"/><endEvent id="e"/>${line("s", "u", "v", "e")}`,
  );
  const one = { type: "start-before", element: "u", instance: true } as const;
  const run = new Driver(process).start();
  run.send({ type: "modify", instructions: [one] });
  t.is(waitsOf(run.state).length, 3);
  run.complete("u").complete("u");
  t.deepEqual(
    waitsOf(run.state).map(({ element }) => element),
    ["u"],
  );
  run.complete("u");
  run.send({ type: "modify", instructions: [one, { type: "cancel", element: "v" }] });
  t.is(run.complete("u").complete("v").state?.status, "completed");
});

test("the other instances end their activity when one of them was cancelled", async (t) => {
  const process = await model(
    `<startEvent id="s"/><userTask id="u"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask><endEvent id="e"/>${line("s", "u", "e")}`,
  );
  const run = new Driver(process).start();
  const token = waitsOf(run.state)[0]?.token ?? "";
  run.send({ type: "modify", instructions: [{ type: "cancel", token }] });
  t.is(run.complete("u").complete("u").state?.status, "completed");
});
