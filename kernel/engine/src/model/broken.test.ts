import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { bpmn, flow } from "../testing.js";
import { parseModel } from "./parse.js";
import type { Problem } from "./problem.js";

// one after the other, because time is measured
const LIMIT_MS = 10_000;
const GOOD = bpmn(
  `<startEvent id="s"/><userTask id="a" name="受理"><documentation>文</documentation></userTask><exclusiveGateway id="x" default="x-e"/>` +
    `<endEvent id="e"/>${flow("s", "a")}${flow("a", "x")}${flow("x", "a", "amount < 3")}${flow("x", "e")}`,
).replaceAll("><", ">\n<");

async function problemsOf(t: ExecutionContext, xml: string): Promise<Problem[]> {
  const started = performance.now();
  const { problems } = await parseModel(xml);
  t.true(performance.now() - started < LIMIT_MS, `took ${performance.now() - started} ms`);
  return problems;
}

test.serial("a file that is cut anywhere is reported with the line", async (t) => {
  for (let length = 0; length < GOOD.length - 1; length += 1) {
    const { problems } = await parseModel(GOOD.slice(0, length));
    const error = problems.find(({ severity }) => severity === "error");
    t.truthy(error, `cut at ${length}`);
    t.truthy(error?.line ?? error?.element, `cut at ${length}: ${JSON.stringify(error)}`);
  }
});

const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join("\n");
const entity = `<!ENTITY a0 "ha">${many(20, (index) => `<!ENTITY a${index + 1} "&a${index};&a${index};">`)}`;

/** Files and the problem each must have. */
const FILES: Record<string, [string, string]> = {
  "entities that multiply": [`<!DOCTYPE definitions [${entity}]>${GOOD}`, "doctype"],
  "entities of a file outside": [`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>${GOOD}`, "doctype"],
  "sub-processes in sub-processes": [
    bpmn("<subProcess>".repeat(100_000) + "</subProcess>".repeat(100_000)),
    "too-deep",
  ],
  "foreign elements in each other": [
    bpmn(`<extensionElements>${"<a:b>".repeat(100_000)}${"</a:b>".repeat(100_000)}</extensionElements>`),
    "too-deep",
  ],
  "elements that are never closed": [bpmn("<task>".repeat(100_000)), "too-deep"],
  "brackets in a condition": [bpmn(flow("a", "b", "(".repeat(100_000))), "too-deep"],
  "namespaces in each other": [bpmn(many(3000, (index) => `<a${index}:x xmlns:a${index}="u${index}">`)), "too-deep"],
  "more than 10 MB": [bpmn(`<documentation>${"x".repeat(10_500_000)}</documentation>`), "too-large"],
  "very many elements": [bpmn("<task/>".repeat(200_000)), "too-large"],
  "very many elements of one id": [bpmn(many(50_000, () => `<task id="t"/>`)), "duplicate-id"],
  "two elements of one id": [bpmn(`<startEvent id="s"/><task id="s"/>`), "duplicate-id"],
  "an attribute of 9 MB": [
    bpmn(`<task id="t" name="${"n".repeat(9_000_000)}"/>${flow("t", "gone")}`),
    "dangling-reference",
  ],
  "nine million lines": [bpmn(`${"\n".repeat(9_000_000)}${flow("t", "gone")}`), "dangling-reference"],
  "a hundred thousand attributes": [bpmn(`<a ${many(100_000, (index) => `b${index}="1"`)}/>`), "skipped-content"],
  "a flow whose id is no XML id": [
    bpmn(`<startEvent id="s"/><endEvent id="e"/>${flow("s", "e", undefined, "1")}`),
    "illegal-id",
  ],
  "an element BPMN doesn't have": [bpmn(`<startEvent id="s"/><miracle id="m"/>`), "skipped-content"],
  "a prefix without a namespace": [bpmn(`<startEvent id="s"/><what:ever/>`), "malformed-xml"],
  "flows from and to nowhere": [bpmn(many(5000, (index) => flow(`a${index}`, `b${index}`))), "dangling-reference"],
  "no namespace": [`<definitions><process id="p"/></definitions>`, "malformed-xml"],
  "another kind of file": [`{"definitions": 1}`, "malformed-xml"],
  "another kind of XML": [`<html><body/></html>`, "not-bpmn"],
  nothing: ["", "malformed-xml"],
  "bytes that are no text": ["\u0000\uFFFD<definitions \u0000>", "malformed-xml"],
};
for (const [name, [xml, code]] of Object.entries(FILES)) {
  test.serial(`${name}: ${code}, at once`, async (t) => {
    const problems = await problemsOf(t, xml);
    const found = problems.find((problem) => problem.code === code);
    t.truthy(found, JSON.stringify(problems.slice(0, 3)).slice(0, 400));
  });
}

test.serial("a second element of an id is named with its line", async (t) => {
  const [problem] = await problemsOf(t, bpmn(`<startEvent id="s"/>\n\n<task id="s"/>`));
  t.like(problem, { code: "duplicate-id", severity: "error", element: "s", line: 3 });
});

test.serial("flows to oneself and circles without rest are read like others", async (t) => {
  await problemsOf(t, bpmn(`<startEvent id="s"/><task id="a"/>${flow("s", "a")}${flow("a", "a")}`));
  await problemsOf(t, bpmn(`<task id="a"/><task id="b"/>${flow("a", "b")}${flow("b", "a")}`));
});

test.serial("a long process of 10 MB is read in time", async (t) => {
  const text = "说明".repeat(500);
  const steps = many(
    5000,
    (index) =>
      `<task id="t${index + 1}"><documentation>${text}</documentation></task>${flow(`t${index}`, `t${index + 1}`)}`,
  );
  const problems = await problemsOf(t, bpmn(`<startEvent id="t0"/>${steps}<endEvent id="e"/>${flow("t5000", "e")}`));
  t.deepEqual(
    problems.map(({ code }) => code),
    ["soundness-undecided"],
  );
});

test.serial("no change of a file makes the reader throw or hang", async (t) => {
  const pieces = [
    ...["<", ">", '"', "'", "&", ";", "=", "/", " ", "\n", "\u0000", "&#0;", "&lt;"],
    ...["<task ", "</process>", "<![CDATA[", "-->", "<!--", 'id="a"', "xmlns:x=''"],
  ];
  const edit = fc.record({ at: fc.nat(GOOD.length), cut: fc.nat(20), put: fc.constantFrom(...pieces) });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 5 }), async (edits) => {
      const xml = edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), GOOD);
      await problemsOf(t, xml);
    }),
    { numRuns: 1500 },
  );
});
