import { parseModel } from "@jinshui/engine";
import fc from "fast-check";
import test from "ava";
import { findItem, idsOf, insertItems, moveItem, removeBranch, removeItem, setForm } from "./edit-list.js";
import { beginHistory, record, redo, undo } from "./history.js";
import { parseCondition, writeCondition, OPERATORS } from "./condition.js";
import { readList } from "./read-list.js";
import { allItems, type Branch, type Item, type StepList } from "./step-list.js";
import { newFile, renamed, writeList } from "./write-list.js";

const words = fc.constantFrom("科长审批", "复核", "a & b", "");
const attributes = fc.record(
  {
    position: fc.constantFrom("clerk", "vat"),
    actions: fc.constant("approve,reject"),
    dueDays: fc.constantFrom("1", "0.5"),
  },
  { requiredKeys: [] },
);
const step: fc.Arbitrary<Item> = fc.record({
  kind: fc.constant("step"),
  id: fc.constant(""),
  name: words,
  type: fc.constant("userTask"),
  attributes,
});
const items = fc.letrec<{ items: Item[]; fork: Item[] }>((tie) => ({
  items: fc
    .array(fc.oneof({ weight: 3, arbitrary: step.map((each) => [each]) }, tie("fork")), { minLength: 1, maxLength: 3 })
    .map((all) => all.flat()),
  fork: fc
    .tuple(
      fc.boolean(),
      fc.array(
        fc.oneof(
          { maxDepth: 2, depthSize: "small" },
          step.map((each) => [each]),
          tie("items"),
        ),
        { minLength: 2, maxLength: 3 },
      ),
    )
    .map(([parallel, sequences]): Item[] => {
      const mode = parallel ? "parallel" : "exclusive";
      const branches = sequences.map((inner, index): Branch => ({
        id: "",
        name: "",
        ...(parallel ? {} : index === 0 ? { otherwise: true } : { condition: `days > ${index}` }),
        items: inner,
      }));
      const fork: Item = { kind: "fork", id: "", name: "", mode, branches };
      return parallel ? [fork, { kind: "join", id: "", name: "", mode }] : [fork];
    }),
})).items;

/** A list with ids, and with an end. */
function listOf(random: Item[]): StepList {
  let next = 0;
  const id = (): string => `n${(next += 1)}`;
  const named = (all: readonly Item[]): Item[] =>
    all.map((item) =>
      item.kind === "fork"
        ? {
            ...item,
            id: id(),
            branches: item.branches.map((branch) => ({ ...branch, id: id(), items: named(branch.items) })),
          }
        : { ...item, id: id() },
    );
  return {
    id: "p",
    name: "流程",
    documentation: "",
    attributes: { startPositions: "clerk" },
    start: { id: "start", name: "", attributes: { form: "leave" } },
    items: [...named(random), { kind: "end", id: "done", name: "办结" }],
  };
}

async function reread(xml: string): Promise<StepList | undefined> {
  const read = await readList(xml);
  return "list" in read ? read.list : undefined;
}

test("any list is read back from its file as it was, drawn and without errors", async (t) => {
  await fc.assert(
    fc.asyncProperty(items, async (random) => {
      const list = listOf(random);
      const xml = await newFile(list);
      t.deepEqual(await reread(xml), list);
      const { problems } = await parseModel(xml);
      t.deepEqual(
        problems.filter(({ severity }) => severity === "error"),
        [],
      );
      for (const { id } of allItems(list.items)) t.true(xml.includes(`bpmnElement="${id}"`), `${id} is drawn`);
    }),
    { numRuns: 40 },
  );
});

test("what only the file says of an element stays when the list is changed", async (t) => {
  const list = listOf([{ kind: "step", id: "", name: "审批", type: "userTask", attributes: { position: "clerk" } }]);
  const xml = (await newFile(list)).replace(
    /<bpmn:userTask id="n1"([^>]*)>/,
    '<bpmn:userTask id="n1"$1><bpmn:documentation>依据</bpmn:documentation><bpmn:extensionElements><x:y xmlns:x="urn:x" z="1"/></bpmn:extensionElements>',
  );
  const changed = { ...list, items: [{ ...list.items[0], name: "复核" } as Item, ...list.items.slice(1)] };
  const written = await writeList(changed, xml);
  t.regex(written, /name="复核"/);
  t.regex(written, /依据/);
  t.regex(written, /<x:y [^>]*z="1"/);
});

test("a file that a list can't hold is named as such: timers, boundary events, loops, pools, lanes", async (t) => {
  const file = (body: string, beside = ""): string =>
    `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">${beside}<process id="p">${body}</process></definitions>`;
  const reasons = async (xml: string): Promise<string[]> => {
    const read = await readList(xml);
    return "reasons" in read ? read.reasons.map(({ code }) => code) : [];
  };
  const line = '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="u"/>';
  t.deepEqual(await reasons(file(`${line}<userTask id="u"/>`)), ["several-ways"], "leads nowhere");
  const plain = `${line}<userTask id="u"/><sequenceFlow id="g" sourceRef="u" targetRef="e"/><endEvent id="e"/>`;
  t.deepEqual(await reasons(file(plain)), []);
  t.true(
    (
      await reasons(file(`${plain}<boundaryEvent id="b" attachedToRef="u"><timerEventDefinition/></boundaryEvent>`))
    ).includes("element"),
  );
  const loop = '<userTask id="u"><multiInstanceLoopCharacteristics/></userTask>';
  t.deepEqual(await reasons(file(plain.replace('<userTask id="u"/>', loop))), ["loop"]);
  t.deepEqual(await reasons(file(`<laneSet id="l"/>${plain}`)), ["lanes"]);
  t.deepEqual(await reasons(file(plain, '<collaboration id="c"/>')), ["several-processes"]);
  t.deepEqual(await reasons("<html/>"), ["unreadable"]);
});

test("conditions of menus are FEEL and are read back", (t) => {
  const value = fc.oneof(
    fc.integer({ min: -9999, max: 9999 }),
    fc.boolean(),
    fc.constantFrom("approve", '带"引号"', "a\\b"),
  );
  const clause = fc.record({
    field: fc.constantFrom("days", "steps.n1.action"),
    operator: fc.constantFrom(...OPERATORS),
    value,
  });
  fc.assert(
    fc.property(fc.constantFrom("and", "or"), fc.array(clause, { minLength: 1, maxLength: 3 }), (joined, clauses) => {
      const read = parseCondition(writeCondition({ joined: joined, clauses }));
      t.deepEqual(read?.clauses, clauses);
      if (clauses.length > 1) t.is(read?.joined, joined as "and");
    }),
  );
  for (const text of ["", "days", "days > 1 and x = 2 or y = 3", "count(a) > 1", "not(a)", "a = b"])
    t.is(parseCondition(text), undefined, text);
});

test("whatever is taken out, put in or moved, no jump leads nowhere and every id is there once", (t) => {
  fc.assert(
    fc.property(items, fc.nat(), (random, pick) => {
      const list = listOf(random);
      const all = allItems(list.items);
      const id = all[pick % all.length]?.id ?? "";
      const jumping = insertItems(list, { index: list.items.length - 1 }, [{ kind: "jump", id: "j", to: id }]);
      const without = removeItem(jumping, id);
      t.is(findItem(without, id), undefined);
      const ids = new Set(allItems(without.items).map((item) => item.id));
      for (const item of allItems(without.items)) if (item.kind === "jump") t.true(ids.has(item.to));
      t.deepEqual([...idsOf(moveItem(list, id, 1))].sort(), [...idsOf(list)].sort());
      const fork = all.find((item) => item.kind === "fork");
      const branch = fork?.kind === "fork" ? fork.branches[0] : undefined;
      if (branch) t.false(idsOf(removeBranch(list, branch.id)).has(branch.id));
    }),
  );
});

test("two hundred changes can be undone and done again", (t) => {
  let history = beginHistory(0);
  for (let n = 1; n <= 250; n += 1) history = record(history, n);
  for (let n = 0; n < 300; n += 1) history = undo(history);
  t.is(history.now, 50);
  for (let n = 0; n < 300; n += 1) history = redo(history);
  t.is(history.now, 250);
});

test("a copy has its own id and name", async (t) => {
  const xml = await newFile(listOf([]));
  const copy = await reread(await renamed(xml, "other", "另一个"));
  t.is(copy?.id, "other");
  t.is(copy?.name, "另一个");
});

test("the form of the start is that of all steps that have no other", (t) => {
  const list = listOf([
    { kind: "step", id: "", name: "审批", type: "userTask", attributes: { form: "leave" } },
    { kind: "step", id: "", name: "登记", type: "userTask", attributes: { form: "record" } },
  ]);
  const { start, items: changed } = setForm(list, "trip");
  const forms = allItems(changed).flatMap((item) => (item.kind === "step" ? [item.attributes["form"]] : []));
  t.deepEqual([start.attributes["form"], ...forms], ["trip", "trip", "record"]);
});
