import test from "ava";
import { parseModel } from "../model/parse.js";
import type { ProcessModel } from "../model/model.js";
import { apply } from "./change.js";
import { decide } from "./decide.js";
import { checkMigration, migrate, unwatched } from "./migrate.js";
import type { InstanceState } from "./state.js";

const NOW = "2026-01-05T01:00:00.000Z";
const model = async (content: string): Promise<ProcessModel> => {
  const { processes, problems } = await parseModel(
    `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><message id="m" name="reply"/><message id="o" name="other"/><process id="p">${content}</process></definitions>`,
  );
  const [first] = processes;
  if (!first) throw new Error(problems.map(({ code }) => code).join());
  return first;
};
const flow = (id: string, source: string, target: string): string =>
  `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}"/>`;
const begin = (from: ProcessModel): InstanceState =>
  decide(from, undefined, { type: "start", variables: {} }, NOW).state;
const waitAt = (state: InstanceState, element: string): string =>
  Object.values(state.waits).find((wait) => wait.element === element)?.id ?? "";

const SIMPLE = `<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>${flow("f1", "s", "a")}${flow("f2", "a", "e")}`;

test("an instance goes on in a version that has more steps, and takes them", async (t) => {
  const from = await model(SIMPLE);
  const to = await model(
    `<startEvent id="s"/><userTask id="a"/><userTask id="b"/><endEvent id="e"/>${flow("f1", "s", "a")}${flow("f2", "a", "b")}${flow("f3", "b", "e")}`,
  );
  const state = begin(from);
  t.deepEqual(checkMigration(from, to, state), []);
  const moved = migrate(state, {});
  const next = decide(to, moved.state, { type: "complete-task", task: waitAt(moved.state, "a"), variables: {} }, NOW);
  t.deepEqual(
    Object.values(next.state.tokens).map(({ element }) => element),
    ["b"],
  );
});

test("a step that is called otherwise takes the place of the old one, in tokens, waits, joins and what is to be undone", async (t) => {
  const fork = (a: string, b: string, join: string): string =>
    `<startEvent id="s"/><parallelGateway id="f"/><userTask id="${a}"/><userTask id="${b}"/><parallelGateway id="${join}"/><endEvent id="e"/>
    ${flow("f1", "s", "f")}${flow("f2", "f", a)}${flow("f3", "f", b)}${flow("f4", a, join)}${flow("f5", b, join)}${flow("f6", join, "e")}`;
  const [from, to] = [await model(fork("a", "b", "j")), await model(fork("a2", "b2", "j2"))];
  let state = begin(from);
  state = decide(from, state, { type: "complete-task", task: waitAt(state, "a"), variables: {} }, NOW).state;
  const mapping = { b: "b2", j: "j2" };
  t.deepEqual(checkMigration(from, to, state, mapping), []);
  t.deepEqual(
    checkMigration(from, to, state, {})
      .map(({ code, element }) => `${code} ${element}`)
      .sort(),
    ["no-target b", "no-target j", "other-flows j"],
  );
  const moved = migrate(state, mapping);
  t.is(state.tokens[Object.keys(state.tokens)[0] ?? ""]?.element, "j", "the old state is as it was");
  t.deepEqual(
    moved.events.reduce<InstanceState>((before, event) => apply(before, event), state),
    moved.state,
  );
  const done = decide(to, moved.state, { type: "complete-task", task: waitAt(moved.state, "b2"), variables: {} }, NOW);
  t.is(done.state.status, "completed", "the branch that had arrived is still counted");
});

test("what can't go on is named: another kind, another place, another loop, another message", async (t) => {
  const from = await model(
    `<startEvent id="s"/><parallelGateway id="f"/><userTask id="kind"/><userTask id="place"/><userTask id="loop"/><intermediateCatchEvent id="msg"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    ${flow("f1", "s", "f")}${flow("f2", "f", "kind")}${flow("f3", "f", "place")}${flow("f4", "f", "loop")}${flow("f5", "f", "msg")}`,
  );
  const to = await model(
    `<startEvent id="s"/><parallelGateway id="f"/><serviceTask id="kind"/><subProcess id="sub"><startEvent id="s2"/><userTask id="place"/>${flow("g1", "s2", "place")}</subProcess>
    <userTask id="loop"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>
    <intermediateCatchEvent id="msg"><messageEventDefinition messageRef="o"/></intermediateCatchEvent>
    ${flow("f1", "s", "f")}${flow("f2", "f", "kind")}${flow("f3", "f", "sub")}${flow("f4", "f", "loop")}${flow("f5", "f", "msg")}`,
  );
  t.deepEqual(
    checkMigration(from, to, begin(from))
      .map(({ code, element }) => `${code} ${element}`)
      .sort(),
    ["other-event msg", "other-loop loop", "other-scope place", "other-type kind"],
  );
});

test("new boundary events of work that has begun are told, since nothing watches them", async (t) => {
  const from = await model(SIMPLE);
  const to = await model(
    `${SIMPLE}<boundaryEvent id="late" attachedToRef="a"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="e2"/>${flow("f9", "late", "e2")}`,
  );
  t.deepEqual(
    unwatched(to, begin(from)).map(({ id }) => id),
    ["late"],
  );
  t.deepEqual(
    unwatched(to, begin(to)).map(({ id }) => id),
    [],
  );
});
