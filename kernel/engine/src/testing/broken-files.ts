import { bpmn, flow } from "../testing.js";

/** A file that nobody should be able to stop the reader with. */
export interface BrokenFile {
  name: string;
  xml(): string;
  /** The problem it must have, as far as it is given here. */
  problem: { code: string; severity?: "error" | "warning"; element?: string; line?: number; params?: object };
}

const MB = 1_000_000;

/** Broken, hostile and huge files of every shape; each is answered within two seconds. */
export const BROKEN_FILES: readonly BrokenFile[] = [
  ...cut(),
  ...entities(),
  ...nested(),
  ...huge(),
  ...many(),
  ...wrong(),
  ...shapes(),
];

function repeat(count: number, text: (index: number) => string, between = "\n"): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(between);
}

function error(name: string, code: string, xml: () => string, at: object = {}): BrokenFile {
  return { name, xml, problem: { code, severity: "error", ...at } };
}

function warning(name: string, code: string, xml: () => string, at: object = {}): BrokenFile {
  return { name, xml, problem: { code, severity: "warning", ...at } };
}

function chain(length: number): string {
  const steps = repeat(length, (at) => `<userTask id="t${at + 1}"/>${flow(`t${at}`, `t${at + 1}`)}`);
  return bpmn(`<startEvent id="t0"/>${steps}<endEvent id="e"/>${flow(`t${length}`, "e")}`);
}

function cut(): BrokenFile[] {
  const half = (xml: string): string => xml.slice(0, Math.floor(xml.length / 2));
  return [
    error("a file that ends in the middle", "malformed-xml", () => half(chain(10)), { line: 5 }),
    error("a large file that ends in the middle", "malformed-xml", () => half(chain(10_000)), { line: 5026 }),
    error("an attribute of 9 MB that never ends", "malformed-xml", () => bpmn(`<task id="${"x".repeat(9 * MB)}`)),
    error("nine million opening brackets", "malformed-xml", () => bpmn("<".repeat(9 * MB)), { line: 1 }),
    error("a name of 9 MB", "malformed-xml", () => `<${"a".repeat(9 * MB)}${bpmn("")}`, { line: 1 }),
    error("nothing", "malformed-xml", () => ""),
    error("bytes that are no text", "malformed-xml", () => "\u0000\uFFFD<definitions \u0000>"),
    error("another kind of file", "malformed-xml", () => `{"definitions": 1}`),
    error("another kind of XML", "not-bpmn", () => `<html><body/></html>`),
    error("no namespace", "malformed-xml", () => `<definitions><process id="p"/></definitions>`),
  ];
}

function entities(): BrokenFile[] {
  const doubled = repeat(20, (index) => `<!ENTITY a${index + 1} "&a${index};&a${index};">`);
  const dtd = (content: string): string => `<!DOCTYPE definitions [\n${content}]>${bpmn("<task id='t'/>")}`;
  return [
    error("entities that multiply", "doctype", () => dtd(`<!ENTITY a0 "ha">${doubled}`), { line: 1 }),
    error("entities of a file outside", "doctype", () => dtd(`<!ENTITY x SYSTEM "file:///etc/passwd">`), { line: 1 }),
    error("an entity without a document type", "doctype", () => bpmn(`\n<!ENTITY a "b">`), { line: 2 }),
  ];
}

function nested(): BrokenFile[] {
  const foreign = `<extensionElements>\n${"<a:b>".repeat(10_000)}${"</a:b>".repeat(10_000)}</extensionElements>`;
  const inner = (index: number): string => `<a${index}:x xmlns:a${index}="u${index}">`;
  const subProcesses = (depth: number): string =>
    repeat(depth, (index) => `<subProcess id="s${index}">`) + "</subProcess>".repeat(depth);
  return [
    error("sub-processes in sub-processes", "too-deep", () => bpmn(subProcesses(10_000)), { line: 199 }),
    error("foreign elements in each other", "too-deep", () => bpmn(foreign), { line: 2 }),
    error("elements that are never closed", "too-deep", () => bpmn("<task>".repeat(100_000)), { line: 1 }),
    error("brackets in a condition", "too-deep", () => bpmn(flow("a", "b", "(".repeat(100_000))), { line: 1 }),
    error("namespaces in each other", "too-deep", () => bpmn(repeat(3000, inner)), { line: 199 }),
  ];
}

/** Files of about 10 MB in few elements. */
function huge(): BrokenFile[] {
  const documented = (text: string): string => bpmn(`<documentation>${text}</documentation>\n${flow("t", "gone")}`);
  const dangling = { element: "t-gone", line: 2 };
  const shape = (index: number): string => `<di:BPMNShape id="d${index}"><dc:Bounds x="1" y="2"/></di:BPMNShape>`;
  const diagram = (count: number): string =>
    `<di:BPMNDiagram xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">${repeat(count, shape)}</di:BPMNDiagram></definitions>`;
  const drawn = (count: number): string => bpmn(flow("t", "gone")).replace("</definitions>", diagram(count));
  const names = (count: number): string => repeat(count, (index) => `a${index}="1"`);
  return [
    error("more than 10 MB", "too-large", () => documented("x".repeat(10.5 * MB)), { params: { limit: "10 MB" } }),
    error("9 MB of documentation", "dangling-reference", () => documented("说明".repeat(4.5 * MB)), dangling),
    error("9 MB of escaped signs", "dangling-reference", () => documented("&lt;".repeat(2.2 * MB)), dangling),
    error("9 MB of CDATA sections", "dangling-reference", () => documented("<![CDATA[x]]>".repeat(700_000)), dangling),
    error("9 MB of comments", "dangling-reference", () => bpmn(`\n${"<!---->".repeat(1.3 * MB)}${flow("t", "gone")}`), {
      element: "t-gone",
    }),
    error("nine million lines", "dangling-reference", () => bpmn(`${"\n".repeat(9 * MB)}${flow("t", "gone")}`), {
      line: 9 * MB + 1,
    }),
    error(
      "an attribute of 9 MB",
      "dangling-reference",
      () => bpmn(`<task id="t" name="${"n".repeat(9 * MB)}"/>\n${flow("t", "gone")}`),
      dangling,
    ),
    error("a condition of 8 MB", "bad-expression", () => bpmn(`<task id="a"/>${flow("a", "a", "a+".repeat(4 * MB))}`), {
      element: "a-a",
    }),
    error("a diagram of 7 MB", "dangling-reference", () => drawn(95_000), { element: "t-gone", line: 1 }),
    error("a diagram of too many shapes", "too-many-parts", () => drawn(110_000), {
      line: 100_000,
      params: { what: "diagram", limit: "200000" },
    }),
    error("half a million attributes", "too-many-parts", () => bpmn(`<task id="t"\n${names(500_000)}/>`), {
      params: { what: "attributes", count: "500001", limit: "70000" },
    }),
    error(
      "spaces of 9 MB in a tag",
      "dangling-reference",
      () => bpmn(`<task id = "t"${" ".repeat(9 * MB)}/>\n${flow("t", "gone")}`),
      dangling,
    ),
    error("very many tags without an end, after one with spaces", "malformed-xml", () =>
      bpmn(`<task id = "t"/>\n${"<a".repeat(4 * MB)}`),
    ),
    error(
      "very many comments without an end, after a tag with spaces",
      "malformed-xml",
      () => bpmn(`<task id = "t"/>\n${"<!--".repeat(2 * MB)}`),
      { line: 2 },
    ),
    warning("sixty thousand attributes of an unknown element", "skipped-content", () => bpmn(`<a ${names(60_000)}/>`)),
  ];
}

/** Files of very many elements. */
function many(): BrokenFile[] {
  const tooMany = (count: number, line: number): object => ({ line, params: { count: String(count), limit: "70000" } });
  const from = (count: number, text: (index: number) => string) => (): string => bpmn(repeat(count, text));
  const foreign = (index: number): string => `<c:x${index} xmlns:c="u"/>`;
  const spaces = repeat(10_000, (index) => `xmlns:a${index}="u${index}"`);
  const redeclared = `<extensionElements ${spaces}>${repeat(10_000, foreign)}</extensionElements>`;
  return [
    error(
      "a hundred thousand tasks",
      "too-many-parts",
      from(100_000, (index) => `<userTask id="t${index}"/>`),
      {
        ...tooMany(200_007, 34_997),
      },
    ),
    error("two million empty elements", "too-many-parts", () => bpmn("<a/>".repeat(2.3 * MB)), tooMany(2_300_007, 1)),
    error("a chain of a hundred thousand steps", "too-many-parts", () => chain(40_000)),
    error(
      "a hundred thousand unknown elements",
      "too-many-parts",
      from(100_000, (at) => `<miracle id="m${at}"/>`),
    ),
    error(
      "ten thousand unknown elements",
      "too-much-skipped",
      from(10_000, (at) => `<miracle id="m${at}"/>`),
    ),
    error(
      "elements of ids that are none",
      "too-much-skipped",
      from(10_000, (at) => `<task id="${at}"/>`),
    ),
    error("attributes without values", "too-much-skipped", () => bpmn(`<task ${repeat(20_000, (at) => `a${at}`)}/>`)),
    error(
      "a few unknown elements behind nine million lines",
      "too-much-skipped",
      () => bpmn(`${"\n".repeat(9 * MB)}${"<miracle/>".repeat(100)}`),
      { line: 9 * MB + 1 },
    ),
    error(
      "a hundred thousand flows to nowhere",
      "too-many-parts",
      from(100_000, (at) => flow(`a${at}`, `b${at}`)),
    ),
    error(
      "ten thousand flows to nowhere",
      "more-problems",
      from(10_000, (at) => flow(`a${at}`, `b${at}`)),
    ),
    warning("twenty thousand references to nothing", "more-problems", () =>
      bpmn(`<task id="t">${repeat(20_000, (at) => `<incoming>f${at}</incoming>`)}</task>`),
    ),
    error(
      "elements of one id",
      "duplicate-id",
      from(20_000, () => `<task id="t"/>`),
      { element: "t", line: 202 },
    ),
    error("very many namespaces", "too-many-namespaces", () => bpmn(redeclared), { line: 10_018 }),
    warning("very many long conditions", "expressions-unchecked", () =>
      bpmn(
        `<task id="a"/>${repeat(5000, (at) =>
          flow(
            "a",
            "a",
            repeat(150, (part) => `a${at + part}`, "+"),
            `f${at}`,
          ),
        )}`,
      ),
    ),
    warning("very many processes", "unreachable", () =>
      bpmn("").replace(
        "</definitions>",
        `${repeat(5000, (at) => `<process id="q${at}"><startEvent id="s${at}"/><task id="t${at}"/></process>`)}</definitions>`,
      ),
    ),
    error(
      "very many links to nowhere",
      "link-target",
      from(
        15_000,
        (at) => `<intermediateThrowEvent id="l${at}"><linkEventDefinition name="n${at}"/></intermediateThrowEvent>`,
      ),
    ),
  ];
}

/** Files with a single fault. */
function wrong(): BrokenFile[] {
  const begun = (rest: string): string => bpmn(`<startEvent id="s"/>\n${rest}`);
  const at = (element: string): object => ({ element, line: 2 });
  return [
    error("two elements of one id", "duplicate-id", () => begun(`<task id="s"/>`), at("s")),
    error("a flow whose id is no XML id", "illegal-id", () => begun(flow("s", "s", undefined, "1")), at("1")),
    error("an id that every object has", "illegal-id", () => begun(`<task id="constructor"/>`), at("constructor")),
    error("an id that changes objects", "illegal-id", () => begun(`<task id="__proto__"/>`), at("__proto__")),
    warning("an element BPMN doesn't have", "skipped-content", () => begun(`<miracle id="m"/>`), { line: 2 }),
    error("a prefix without a namespace", "malformed-xml", () => begun(`<what:ever/>`), { line: 2 }),
    warning("two start events", "several-starts", () => begun(`<startEvent id="s2"/>`), at("s2")),
    error("a flow to nowhere", "dangling-reference", () => begun(flow("s", "gone")), {
      ...at("s-gone"),
      params: { reference: "targetRef", id: "gone" },
    }),
    error("a boundary event of nothing", "dangling-reference", () => begun(`<boundaryEvent id="b"/>`), {
      ...at("b"),
      params: { reference: "attachedToRef", what: "missing" },
    }),
    warning(
      "a lane of nothing",
      "dangling-reference",
      () => begun(`<laneSet id="ls"><lane id="l"><flowNodeRef>gone</flowNodeRef></lane></laneSet>`),
      { ...at("l"), params: { reference: "flowNodeRef", id: "gone" } },
    ),
  ];
}

/** Files that can be read, whose shape would keep a careless check busy for ever. */
function shapes(): BrokenFile[] {
  const begun = (rest: string, first = "g"): string => bpmn(`<startEvent id="s"/>${flow("s", first)}${rest}`);
  const flows = (count: number, from: string, to: string): string =>
    repeat(count, (at) => flow(from, to, undefined, `f${at}`));
  const gateway = (kind: string, count: number): string =>
    begun(`<${kind}Gateway id="g"/>${repeat(count, (at) => `<userTask id="t${at}"/>${flow("g", `t${at}`)}`)}`);
  const mesh = (kind: string, width: number): string =>
    begun(
      repeat(width, (at) => `<${kind} id="t${at}"/>`) +
        repeat(width * width, (at) => flow(`t${at % width}`, `t${Math.floor(at / width)}`)),
      "t0",
    );
  const circle = repeat(200, (at) => `<exclusiveGateway id="t${at + 1}"/>${flow(`t${at}`, `t${at + 1}`)}`);
  const timers = repeat(
    400,
    (at) => `<boundaryEvent id="b${at}" attachedToRef="g" cancelActivity="false"><timerEventDefinition>
      <timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>`,
  );
  return [
    warning(
      "a circle without a wait",
      "loop-without-wait",
      () =>
        bpmn(`<startEvent id="s"/>\n<task id="a"/><task id="b"/>${flow("s", "a")}${flow("a", "b")}${flow("b", "a")}`),
      {
        element: "a",
        line: 2,
      },
    ),
    warning("a task that leads to itself", "loop-without-wait", () => begun(`<task id="g"/>${flow("g", "g")}`), {
      element: "g",
    }),
    warning("a long circle without a wait", "loop-without-wait", () =>
      bpmn(`<startEvent id="t0"/>${circle}${flow("t200", "t1")}`),
    ),
    warning("a choice of very many", "soundness-undecided", () => gateway("inclusive", 800)),
    warning("a task that leads on in very many ways", "soundness-undecided", () =>
      begun(`<task id="g"/><task id="h"/>${flows(2000, "g", "h")}${flows(1, "h", "g")}`),
    ),
    warning("tasks that all lead to all", "loop-without-wait", () => mesh("task", 45)),
    warning("gateways that all lead to all", "loop-without-wait", () => mesh("inclusiveGateway", 45)),
    warning("very many timers at one task", "soundness-undecided", () => begun(`<userTask id="g"/>${timers}`)),
    warning("a chain of ten thousand steps", "soundness-undecided", () => chain(10_000)),
  ];
}
