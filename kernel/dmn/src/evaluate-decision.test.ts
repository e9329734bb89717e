import { toJson } from "@jinshui/feel";
import test from "ava";
import { decisionLookup } from "./decision-lookup.js";
import { evaluateDecision } from "./evaluate-decision.js";
import { parseDecisions } from "./parse/parse-decisions.js";
import { decision, definitions, literal, NAMESPACE, soundModel, valueOf } from "./testing/models.js";

const requires = (kind: "Input" | "Decision", id: string) =>
  `<informationRequirement><required${kind} href="#${id}"/></informationRequirement>`;
const knows = (href: string) => `<knowledgeRequirement><requiredKnowledge href="${href}"/></knowledgeRequirement>`;

const TAX = `
  <itemDefinition name="tAmount"><typeRef>number</typeRef><allowedValues><text>&gt;= 0</text></allowedValues></itemDefinition>
  <itemDefinition name="tInvoice"><itemComponent name="net amount"><typeRef>tAmount</typeRef></itemComponent>
    <itemComponent name="issued"><typeRef>date</typeRef></itemComponent></itemDefinition>
  <inputData id="invoice" name="Invoice"><variable name="Invoice" typeRef="tInvoice"/></inputData>
  <inputData id="rate" name="Rate"><variable name="Rate" typeRef="number"/></inputData>
  <businessKnowledgeModel id="levy" name="Levy"><variable name="Levy"/><encapsulatedLogic>
    <formalParameter name="amount" typeRef="number"/><formalParameter name="rate" typeRef="number"/>${literal("amount * rate")}
  </encapsulatedLogic></businessKnowledgeModel>
  <decision id="tax" name="Tax"><variable name="Tax" typeRef="number"/>${requires("Input", "invoice")}${requires("Input", "rate")}
    ${knows("#levy")}${literal("Levy(Invoice.net amount, Rate)")}</decision>
  <decision id="total" name="Total"><variable name="Total"/>${requires("Decision", "tax")}${requires("Input", "invoice")}
    ${literal("Invoice.net amount + Tax")}</decision>
  <decisionService id="service" name="Add tax"><variable name="Add tax"/><outputDecision href="#total"/>
    <inputDecision href="#tax"/><inputData href="#invoice"/></decisionService>`;

const INVOICE = { "net amount": 100, issued: "2026-03-01" };

test("a decision evaluates what it requires, exactly", (t) => {
  t.is(valueOf(TAX, "Total", { Invoice: INVOICE, Rate: 0.13 }, { jsonInput: true }), 113);
  t.is(valueOf(TAX, "tax", { Invoice: INVOICE, Rate: 0.1 }, { jsonInput: true }), 10);
});

test("an input of a wrong type is null, with a warning that names it", (t) => {
  const { value, warnings } = evaluateDecision(soundModel(TAX), "Tax", { Invoice: { "net amount": -1 }, Rate: 0.1 });
  t.is(value, null);
  t.regex(warnings[0]?.message ?? "", /"Invoice" is not of type tInvoice/);
});

test("a service takes input decisions from its caller", (t) => {
  t.is(valueOf(TAX, "Add tax", { Invoice: INVOICE, Tax: 7 }, { jsonInput: true }), 107);
});

test("a service is a function for those who require it: inputs first, then decisions", (t) => {
  const content = `<decisionService id="s" name="s"><outputDecision href="#o"/><outputDecision href="#i"/><inputDecision href="#i"/><inputData href="#n"/></decisionService>
    <inputData id="n" name="n"/><decision id="i" name="i">${literal("0")}</decision>
    <decision id="o" name="o">${requires("Input", "n")}${requires("Decision", "i")}${literal("n - i")}</decision>
    <decision id="c" name="c">${knows("#s")}${literal("s(10, 4)")}</decision>`;
  t.deepEqual(valueOf(content, "c"), { o: 6, i: 4 });
});

test("a knowledge model can be asked directly, and may call itself", (t) => {
  const content = `<businessKnowledgeModel id="f" name="factorial"><encapsulatedLogic><formalParameter name="n"/>
    ${literal("if n < 2 then 1 else n * factorial(n - 1)")}</encapsulatedLogic></businessKnowledgeModel>`;
  t.is(valueOf(content, "factorial", { n: 5 }), 120);
});

test("functions that call each other without end are stopped", (t) => {
  const model = soundModel(
    `<businessKnowledgeModel id="f" name="f"><encapsulatedLogic>${literal("f()")}</encapsulatedLogic></businessKnowledgeModel>`,
  );
  t.regex(evaluateDecision(model, "f").error ?? "", /stopped/);
});

test("decisions in a circle are null instead of endless", (t) => {
  const { model } = parseDecisions(
    definitions(`<decision id="a" name="a">${requires("Decision", "a")}${literal("a")}</decision>
      <decision id="b" name="b">${requires("Decision", "c")}${literal("c")}</decision>
      <decision id="c" name="c">${requires("Decision", "b")}${literal("b")}</decision>`),
  );
  t.is(evaluateDecision(model, "b").value, null);
});

test("a decision that is not there is an error", (t) => {
  t.is(evaluateDecision(soundModel(TAX), "Nothing").error, 'the model has no decision "Nothing"');
});

const LISTS = `<itemDefinition name="tNames" isCollection="true"><typeRef>string</typeRef></itemDefinition>`;

test("a list of one and its element stand for each other where the type asks for it", (t) => {
  t.is(valueOf(decision(literal('["a"]'), [], "string"), "d"), "a");
  t.deepEqual(valueOf(LISTS + decision(literal('"a"'), [], "tNames"), "d"), ["a"]);
  t.is(valueOf(LISTS + decision(literal("[1]"), [], "tNames"), "d"), null);
});

test("elements of imported models are seen below the import's name, their types too", (t) => {
  const library = soundModel(TAX, `namespace="https://example.cn/tax"`);
  const { model, problems } = parseDecisions(
    definitions(`<import name="law" namespace="https://example.cn/tax" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
      <inputData id="bill" name="Bill"><variable name="Bill" typeRef="law.tInvoice"/></inputData>
      <decision id="d" name="d">${requires("Input", "bill")}<informationRequirement><requiredDecision href="https://example.cn/tax#tax"/></informationRequirement>
        ${knows("https://example.cn/tax#levy")}${literal("[law.Levy(Bill.net amount, 0.5), law.Tax]")}</decision>`),
  );
  t.deepEqual(problems, []);
  const input = { Bill: INVOICE, law: { Invoice: INVOICE, Rate: 0.25 } };
  const { value } = evaluateDecision(model, "d", input, { imports: [library], jsonInput: true });
  t.deepEqual(toJson(value), [50, 25]);
});

test("a lookup answers a rule task with plain JSON, or says why it can't", (t) => {
  const ask = decisionLookup([soundModel(TAX), soundModel(decision(literal('@"2026-01-01"')), `namespace="other"`)]);
  t.deepEqual(ask("total", { Invoice: INVOICE, Rate: 0.13 }), { value: 113 });
  t.deepEqual(ask(`${NAMESPACE}#total`, { Invoice: INVOICE, Rate: 0.13 }), { value: 113 });
  t.deepEqual(ask("d", {}), { value: "2026-01-01" });
  t.deepEqual(ask("gone", {}), { error: 'there is no decision "gone"' });
});

test("a lookup does not guess between models", (t) => {
  const twin = (namespace: string) => soundModel(decision(literal("1")), `namespace="${namespace}"`);
  const ask = decisionLookup([twin("one"), twin("two")]);
  t.regex((ask("d", {}) as { error: string }).error, /several models/);
  t.deepEqual(ask("two#_d", {}), { value: 1 });
});
