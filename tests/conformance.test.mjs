import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { runSuite } from "./conformance/dmn-tck/suite.mjs";
import { asJson, asText } from "./conformance/verdict.mjs";

const MODEL = `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m">
  <inputData id="x" name="x"/><decision id="d" name="d">
    <informationRequirement><requiredInput href="#x"/></informationRequirement>
    <literalExpression><text>[x, x * 0.1]</text></literalExpression></decision>
</definitions>`;

const testCase = (id, input, expected) => `<testCase id="${id}">
  <inputNode name="x"><value xsi:type="xsd:decimal">${input}</value></inputNode>
  <resultNode name="d" type="decision"><expected><list>
    ${expected.map(([type, value]) => `<item><value xsi:type="xsd:${type}">${value}</value></item>`).join("")}
  </list></expected></resultNode></testCase>`;

const testFile = (...cases) => `<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>m.dmn</modelName>${cases.join("")}</testCases>`;

function folderOf(t, files) {
  const root = mkdtempSync(join(tmpdir(), "jinshui-tck-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

test("the decision suite tells passed from failed cases, and types apart", async (t) => {
  const root = folderOf(t, {
    "level/one/m.dmn": MODEL,
    "level/one/m-test-01.xml": testFile(
      testCase("right", 3, [
        ["decimal", "3"],
        ["decimal", "0.3"],
      ]),
      testCase("wrong", 3, [
        ["decimal", "3"],
        ["decimal", "0.4"],
      ]),
      testCase("type", 3, [
        ["decimal", "3"],
        ["string", "0.3"],
      ]),
    ),
  });
  const { cases } = await runSuite(root);
  t.deepEqual(
    cases.map(({ id, result, area }) => [id, result, area]),
    [
      ["level/one/right", "passed", "level"],
      ["level/one/wrong", "failed", "level"],
      ["level/one/type", "failed", "level"],
    ],
  );
  t.regex(cases[2].reason, /not list \[3, "0\.3"\]/);
});

test("a broken test file or model fails alone", async (t) => {
  const one = testCase("1", 1, [
    ["decimal", "1"],
    ["decimal", "0.1"],
  ]);
  const root = folderOf(t, {
    "level/a/m.dmn": MODEL,
    "level/a/m-test-01.xml": "<testCases><testCase",
    "level/b/m.dmn": "<definitions",
    "level/b/m-test-01.xml": testFile(one),
    "level/c/m.dmn": MODEL,
    "level/c/m-test-01.xml": testFile(one),
    "level/d/m-test-01.xml": testFile(one),
  });
  const { cases } = await runSuite(root);
  t.deepEqual(
    cases.map(({ id, result }) => [id, result]),
    [
      ["level/a", "failed"],
      ["level/b/1", "failed"],
      ["level/c/1", "passed"],
      ["level/d/1", "failed"],
    ],
  );
});

test("the verdict counts, as JSON and as a table with reasons", (t) => {
  const suites = [
    {
      name: "some",
      cases: [
        { id: "a", area: "x", core: true, result: "passed" },
        { id: "b", area: "y", result: "failed", reason: "it is 2, not 3" },
      ],
    },
  ];
  const [{ passed, failed, unsupported, cases }] = JSON.parse(JSON.stringify(asJson(suites))).suites;
  t.deepEqual({ passed, failed, unsupported }, { passed: 1, failed: 1, unsupported: 0 });
  t.deepEqual(cases[0], { id: "a", core: true, result: "passed" });
  t.regex(asText(suites), /✗ b: it is 2, not 3/);
});

test("a folder without suites is refused with what is expected, and a suite itself with the folder above", (t) => {
  const script = join(dirname(fileURLToPath(import.meta.url)), "conformance/run.mjs");
  const run = (folder) => spawnSync(process.execPath, [script, "--cases", folder], { encoding: "utf8" });
  const root = folderOf(t, { "miwg/a.bpmn": "", "other/x": "" });
  const other = run(join(root, "other"));
  t.not(other.status, 0);
  t.is(other.stdout, "");
  t.regex(other.stderr, /no suite found in .*other; expected at least one of engine\/, dmn-tck\/, miwg\/ in it/);
  const suite = run(join(root, "miwg"));
  t.not(suite.status, 0);
  t.true(suite.stderr.includes(`did you mean --cases ${root}?`), suite.stderr);
});
