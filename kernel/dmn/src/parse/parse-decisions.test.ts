import test from "ava";
import fc from "fast-check";
import { definitions, literal } from "../testing/models.js";
import { DMN_NAMESPACES } from "./namespaces.js";
import { parseDecisions } from "./parse-decisions.js";

const messages = (xml: string) => parseDecisions(xml).problems.map(({ message }) => message);

for (const namespace of DMN_NAMESPACES) {
  test(`a model in the namespace ${namespace} is read`, (t) => {
    const xml = `<d:definitions xmlns:d="${namespace}" name="m" namespace="n">
      <d:decision id="a" name="A"><d:literalExpression><d:text>1 + 1</d:text></d:literalExpression></d:decision>
    </d:definitions>`;
    const { model, problems } = parseDecisions(xml);
    t.deepEqual(problems, []);
    t.is(model.elements[0]?.name, "A");
  });
}

test("text that is no XML is a problem with its line", (t) => {
  const [problem] = parseDecisions("<definitions>\n<decision").problems;
  t.is(problem?.severity, "error");
  t.regex(problem?.message ?? "", /not well-formed/);
});

test("a byte order mark, a document type and foreign elements do no harm", (t) => {
  const xml = definitions(`<x:layout xmlns:x="urn:x"/><decision id="a" name="A"/>`).replace(
    /<definitions/,
    "<!DOCTYPE definitions [<!ENTITY a 'b'>]>\n<definitions",
  );
  const { model, problems } = parseDecisions(`\uFEFF${xml}`);
  t.deepEqual(problems, []);
  t.is(model.elements[0]?.line, 4);
});

// checklist: 44
test("entities that a decision model brings are texts as they stand: none is expanded, none is fetched", (t) => {
  const doubled = Array.from({ length: 30 }, (_, at) => `<!ENTITY l${at + 1} "&l${at};&l${at};">`).join("");
  for (const doctype of [
    `<!DOCTYPE x [<!ENTITY a "eigen">]>`,
    `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`,
    `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/dtd">`,
    `<!DOCTYPE x [<!ENTITY l0 "ha">${doubled}<!ENTITY a "&l30;">]>`,
  ]) {
    const xml = definitions(`<decision id="a" name="&a;">${literal("&a;")}</decision>`);
    const { model, problems } = parseDecisions(xml.replace(/<definitions/, `${doctype}<definitions`));
    t.is(model.elements[0]?.name, "&a;", doctype.slice(0, 60));
    t.false(/eigen|root:|haha/.test(JSON.stringify([model, problems])));
  }
});

test("a document of another kind is refused", (t) => {
  t.regex(messages(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>`)[0] ?? "", /not <definitions>/);
});

test("an expression that is no FEEL is reported with its decision and line; the others stay usable", (t) => {
  const { problems, model } = parseDecisions(
    definitions(
      `<decision id="a" name="Bad">\n${literal("1 +")}</decision><decision id="b" name="Good">${literal("1")}</decision>`,
    ),
  );
  t.is(problems.length, 1);
  t.is(problems[0]?.element, "Bad");
  t.is(problems[0]?.line, 4);
  t.is(model.elements.length, 2);
});

test("lines are right behind comments, CDATA and elements of the same name in text", (t) => {
  const { model } = parseDecisions(
    definitions(
      `<!-- <decision\n -->\n<description><![CDATA[<decision\n]]></description>\n<decision id="a" name="A"/>`,
    ),
  );
  t.is(model.elements[0]?.line, 7);
});

test("decisions that need each other are reported as a circle", (t) => {
  const needs = (id: string) => `<informationRequirement><requiredDecision href="#${id}"/></informationRequirement>`;
  const xml = definitions(
    `<decision id="a" name="A">${needs("b")}</decision><decision id="b" name="B">${needs("a")}</decision>`,
  );
  t.deepEqual(messages(xml), ["requirements go in a circle: A → B → A"]);
});

test("a requirement that leads nowhere is reported", (t) => {
  const xml = definitions(
    `<decision id="a" name="A"><informationRequirement><requiredInput href="#x"/></informationRequirement></decision>`,
  );
  t.deepEqual(messages(xml), ['requires "x": no such element']);
});

test("an unknown hit policy and a rule without all its entries are reported", (t) => {
  const xml = definitions(`<decision id="a" name="A"><decisionTable hitPolicy="BEST">
    <input><inputExpression><text>1</text></inputExpression></input><output/>
    <rule><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>`);
  t.deepEqual(messages(xml), ['there is no hit policy "BEST"', "rule 1 does not have one entry for each column"]);
});

test("no text makes the parser throw", (t) => {
  const piece = fc.constantFrom(
    "<definitions",
    ' xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/"',
    ">",
    "<decision",
    ' name="a"',
    "<text>",
    "1 +",
    "</text>",
    "</",
    "<!--",
    "]]>",
    "&",
    "<decisionTable>",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      parseDecisions(pieces.join(""));
    }),
  );
  t.pass();
});
