import test from "ava";
import fc from "fast-check";
import { bpmn, flow } from "../testing.js";
import { BROKEN_FILES } from "../testing/broken-files.js";
import { parseModel } from "./parse.js";

const GOOD = bpmn(
  `<startEvent id="s"/><userTask id="a" name="受理"><documentation>文</documentation></userTask><exclusiveGateway id="x" default="x-e"/>` +
    `<endEvent id="e"/>${flow("s", "a")}${flow("a", "x")}${flow("x", "a", "amount < 3")}${flow("x", "e")}`,
).replaceAll("><", ">\n<");

test("a file that is cut anywhere is reported with the line", async (t) => {
  for (let length = 0; length < GOOD.length - 1; length += 1) {
    const { problems } = await parseModel(GOOD.slice(0, length));
    const error = problems.find(({ severity }) => severity === "error");
    t.truthy(error, `cut at ${length}`);
    t.truthy(error?.line ?? error?.element, `cut at ${length}: ${JSON.stringify(error)}`);
  }
});

for (const { name, xml, problem } of BROKEN_FILES) {
  test(`${name}: ${problem.code}`, async (t) => {
    const { problems } = await parseModel(xml());
    t.true(problems.length <= 201);
    t.like(problems.find(({ code }) => code === problem.code) ?? problems.slice(0, 3), problem);
  });
}

test("of many problems the first are told, errors before warnings, and how many more there are", async (t) => {
  const unreachable = Array.from({ length: 300 }, (_, index) => `<task id="t${index}"/>`).join("");
  const { problems } = await parseModel(bpmn(`<startEvent id="s"/>${unreachable}${flow("s", "gone")}`));
  t.is(problems.length, 201);
  t.like(problems[0], { severity: "error", code: "dangling-reference", element: "s-gone" });
  const more = problems.at(-1);
  t.like(more, { severity: "warning", code: "more-problems" });
  t.is(Number(more?.params?.["count"]), 300 + 1 - 200);
});

test("many errors leave an error behind, so that no process passes for good", async (t) => {
  const flows = Array.from({ length: 300 }, (_, index) => flow("s", `gone${index}`)).join("");
  const { problems } = await parseModel(bpmn(`<startEvent id="s"/>${flows}`));
  t.like(problems.at(-1), { severity: "error", code: "more-problems" });
});

test("a long process of 10 MB is read", async (t) => {
  const text = "说明".repeat(500);
  const steps = Array.from(
    { length: 5000 },
    (_, index) =>
      `<task id="t${index + 1}"><documentation>${text}</documentation></task>${flow(`t${index}`, `t${index + 1}`)}`,
  ).join("");
  const { processes, problems } = await parseModel(
    bpmn(`<startEvent id="t0"/>${steps}<endEvent id="e"/>${flow("t5000", "e")}`),
  );
  t.is(Object.keys(processes[0]?.elements ?? {}).length, 5002);
  t.deepEqual(
    problems.map(({ code }) => code),
    ["soundness-undecided"],
  );
});

test("a diagram is not read, and what it says is no problem", async (t) => {
  const diagram = `<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" id="s"><di:BPMNPlane id="s" bpmnElement="gone"/></di:BPMNDiagram>`;
  const xml = bpmn(`<startEvent id="s"/><endEvent id="e"/>${flow("s", "e")}`);
  t.deepEqual((await parseModel(xml.replace("</definitions>", `${diagram}</definitions>`))).problems, []);
});

test("what comes after a diagram counts", async (t) => {
  const diagram = `<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"/>`;
  const { problems } = await parseModel(bpmn("<task/>".repeat(80_000), diagram));
  t.like(problems, [{ code: "too-many-parts" }]);
});

test("a condition that is there very often is checked once", async (t) => {
  const sum = Array.from({ length: 60 }, (_, index) => `a${index}`).join("+");
  const flows = (condition: string): string =>
    Array.from({ length: 3000 }, (_, index) => flow("a", "b", condition, `f${index}`)).join("");
  const { problems } = await parseModel(bpmn(`<startEvent id="a"/><endEvent id="b"/>${flows(sum)}`));
  t.deepEqual(
    problems.filter(({ code }) => code === "expressions-unchecked"),
    [],
  );
});

test("no change of a file makes the reader throw or hang", async (t) => {
  const pieces = [
    ...["<", ">", '"', "'", "&", ";", "=", "/", " ", "\n", "\u0000", "&#0;", "&lt;"],
    ...["<task ", "</process>", "<![CDATA[", "-->", "<!--", 'id="a"', "xmlns:x=''"],
  ];
  const edit = fc.record({ at: fc.nat(GOOD.length), cut: fc.nat(20), put: fc.constantFrom(...pieces) });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
      const xml = edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), GOOD);
      const { problems } = await parseModel(xml);
      t.true(Array.isArray(problems));
    }),
    { numRuns: 1500 },
  );
});
