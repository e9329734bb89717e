import test from "ava";
import { bpmn, flow } from "../testing.js";
import { parseModel } from "./parse.js";
import type { Problem } from "./problem.js";

const problemsOf = async (xml: string): Promise<Problem[]> => (await parseModel(xml)).problems;

/** A process in which an event waits for a time. */
const waiting = (time: string): string =>
  bpmn(
    `<startEvent id="s"/>\n<intermediateCatchEvent id="c" name="等待"><timerEventDefinition>${time}</timerEventDefinition></intermediateCatchEvent>` +
      `<endEvent id="e"/>${flow("s", "c")}${flow("c", "e")}`,
  );
const timer = (kind: "Duration" | "Date" | "Cycle", text: string): string =>
  waiting(`<time${kind}>${text}</time${kind}>`);

const MISTAKEN = [
  ["Duration", "三天", "P3D"],
  ["Duration", "3 天", "P3D"],
  ["Duration", "两周后", "P2W"],
  ["Duration", "二十一天", "P21D"],
  ["Duration", "1天2小时", "P1DT2H"],
  ["Duration", "10 minutes", "PT10M"],
  ["Duration", "3个月", "P3M"],
  ["Duration", "五个工作日", "P3D"],
  ["Duration", "p3d", "P3D"],
  ["Duration", "P2H", "PT2H"],
  ["Duration", "3", "P3D"],
  ["Duration", '"三天"', "P3D"],
  ["Date", "明天", "2026-03-01T09:00:00+08:00"],
  ["Date", "2026-3-1", "2026-03-01T09:00:00+08:00"],
  ["Date", "2026/03/01", "2026-03-01T09:00:00+08:00"],
  ["Date", "2026-03-01 09:00", "2026-03-01T09:00:00+08:00"],
  ["Cycle", "每天", "R/P1D"],
  ["Cycle", "每2小时", "R/PT2H"],
  ["Cycle", "R3/三天", "R/P1D"],
  ["Cycle", "0 0 25 * * ?", "R/P1D"],
  ["Cycle", "daily", "R/P1D"],
] as const;

for (const [kind, text, example] of MISTAKEN) {
  test(`a time${kind} of "${text}" is refused, with ${example} as an example`, async (t) => {
    const found = await problemsOf(timer(kind, text));
    t.is(found.length, 1, JSON.stringify(found));
    t.like(found[0], { severity: "error", code: "bad-timer", element: "c", elementName: "等待", line: 2 });
    t.like(found[0]?.params, { text, example });
  });
}

for (const [kind, text] of [
  ["Duration", "P3D"],
  ["Duration", " PT2H30M "],
  ["Duration", "wait"],
  ["Duration", "= 期限"],
  ["Duration", 'duration("P3D")'],
  ["Duration", '"P3D"'],
  ["Duration", "${delay}"],
  ["Date", "2026-03-01T09:00:00+08:00"],
  ["Date", "2026-03-01"],
  ["Date", 'date and time("2026-03-01T09:00:00Z") + 宽限'],
  ["Date", "due.date"],
  ["Date", "PT10M"],
  ["Cycle", "R3/P1D"],
  ["Cycle", "R0/P1D"],
  ["Cycle", "0/2 * * * * ?"],
  ["Cycle", "0 9 * * 1-5"],
  ["Cycle", "R/PT1H/${end}"],
] as const)
  test(`a time${kind} of "${text}" is taken`, async (t) => {
    t.deepEqual(await problemsOf(timer(kind, text)), []);
  });

test("a timer that is marked as an expression has its syntax told", async (t) => {
  t.like(await problemsOf(timer("Duration", "= 3 +")), [{ code: "bad-expression", element: "c" }]);
});

test("what is beside the processes and is not executed is said, with its id and line", async (t) => {
  const beside =
    `\n<globalUserTask id="g" name="核对"/>\n<globalScriptTask id="gs"/>\n<choreography id="ch"/>\n<globalConversation id="gc"/>` +
    `<collaboration id="k">\n<conversation id="v"/></collaboration></definitions>`;
  const found = await problemsOf(
    bpmn(`<startEvent id="s"/><endEvent id="e"/>${flow("s", "e")}`).replace("</definitions>", beside),
  );
  t.deepEqual(
    found.map(({ severity, code, element, line, params }) => [severity, code, element, line, params?.["what"]]),
    [
      ["warning", "not-executed", "g", 2, "global-task"],
      ["warning", "not-executed", "gs", 3, "global-task"],
      ["warning", "not-executed", "ch", 4, "choreography"],
      ["warning", "not-executed", "gc", 5, "conversation"],
      ["warning", "not-executed", "v", 6, "conversation"],
    ],
  );
});

test("what is written at an element and is not executed is said", async (t) => {
  const task =
    `<userTask id="u"><ioSpecification id="io"><inputSet id="in"/><outputSet id="out"/></ioSpecification></userTask>` +
    `<userTask id="m"><multiInstanceLoopCharacteristics behavior="One"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></userTask>`;
  const found = await problemsOf(
    bpmn(`<startEvent id="s"/>${task}<endEvent id="e"/>${flow("s", "u")}${flow("u", "m")}${flow("m", "e")}`),
  );
  t.deepEqual(
    found.map(({ code, element, params }) => [code, element, params?.["what"]]),
    [
      ["not-executed", "u", "io-specification"],
      ["not-executed", "m", "loop-events"],
    ],
  );
});

test("an id of other letters is one problem, which names it, and has no consequences", async (t) => {
  const found = await problemsOf(
    bpmn(
      `<laneSet id="ls"><lane id="l"><flowNodeRef>受理</flowNodeRef></lane></laneSet><startEvent id="s"/>\n` +
        `<userTask id="受理"><incoming>s-a</incoming></userTask><userTask id="b"/><endEvent id="e"/>` +
        `${flow("s", "受理", undefined, "s-a")}${flow("受理", "b", undefined, "a-b")}${flow("b", "e")}` +
        `<boundaryEvent id="x" attachedToRef="受理"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`,
    ),
  );
  t.deepEqual(found, [{ severity: "error", code: "illegal-id", element: "受理", line: 2, params: { id: "受理" } }]);
});

test("what an element without behaviour seems to lead to is not told", async (t) => {
  const broken = `<intermediateThrowEvent id="x"><timerEventDefinition/></intermediateThrowEvent>`;
  const found = await problemsOf(
    bpmn(
      `<startEvent id="s"/>${broken}<userTask id="b"/><endEvent id="e"/>${flow("s", "x")}${flow("x", "b")}${flow("b", "e")}`,
    ),
  );
  t.like(found, [{ code: "unsupported-event", element: "x" }]);
  t.is(found.length, 1);
});

test("of a row that nothing leads to only the first is told, and one of a circle", async (t) => {
  const tasks = ["a", "b", "c", "x", "y"].map((id) => `<userTask id="${id}"/>`).join("");
  const found = await problemsOf(
    bpmn(
      `<startEvent id="s"/><endEvent id="e"/>${tasks}${flow("s", "e")}${flow("a", "b")}${flow("b", "c")}${flow("x", "y")}${flow("y", "x")}`,
    ),
  );
  t.deepEqual(
    found.flatMap(({ code, element }) => (code === "unreachable" ? [element] : [])),
    ["a", "x"],
  );
});

test("a reference of a part without an id is told with the element around it, and one outside of any by its line", async (t) => {
  const inner = `<intermediateThrowEvent id="x">\n<compensateEventDefinition activityRef="gone"/></intermediateThrowEvent>`;
  const found = await problemsOf(
    bpmn(`<startEvent id="s"/>\n${inner}<endEvent id="e"/>${flow("s", "x")}${flow("x", "e")}`).replace(
      "</definitions>",
      `\n<collaboration><participant processRef="nowhere"/></collaboration></definitions>`,
    ),
  );
  t.like(found, [
    { code: "dangling-reference", element: "x", line: 2, params: { reference: "activityRef", id: "gone" } },
    { code: "dangling-reference", line: 4, params: { reference: "processRef", id: "nowhere" } },
  ]);
});

test("an unclosed tag is named with the line where it opens", async (t) => {
  const xml = bpmn(`<startEvent id="s"/>\n<userTask id="u">\n<endEvent id="e"/>\n`);
  t.like((await problemsOf(xml))[0], {
    code: "malformed-xml",
    line: 4,
    params: { what: "unclosed", tag: "userTask", opened: "2" },
  });
  t.like((await problemsOf(xml.slice(0, xml.indexOf("<endEvent"))))[0]?.params, { tag: "userTask", opened: "2" });
});

test("a caller may have larger files read, and is told what it limited", async (t) => {
  const xml = bpmn(`<startEvent id="s"/>${Array.from({ length: 50 }, (_, at) => `<task id="t${at}"/>`).join("")}`);
  const limited = await parseModel(xml, { limits: { parts: 100 } });
  t.like(limited.problems, [{ code: "too-many-parts", params: { count: "109", limit: "100" } }]);
  t.is((await parseModel(xml, { limits: { parts: 109 } })).processes.length, 1);
  const long = bpmn("<task/>".repeat(80_000));
  t.is((await parseModel(long, { limits: { parts: 100_000 } })).processes.length, 1);
});
