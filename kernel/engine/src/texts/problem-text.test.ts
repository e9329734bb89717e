import test from "ava";
import { parseModel } from "../model/parse.js";
import { checkFile } from "../site/check-file.js";
import { bpmn, flow } from "../testing.js";
import { problemText } from "./problem-text.js";

const OFFERS = { forms: [], jobs: [], actions: ["complete"], knowsPosition: () => true };

/** What a site says about a file. */
async function said(xml: string, language: "zh-CN" | "en" = "zh-CN"): Promise<string[]> {
  const { problems, processes } = await checkFile(xml, OFFERS);
  return [...problems, ...processes.flatMap((process) => process.problems)].map((problem) =>
    problemText(problem, language),
  );
}

const timed = bpmn(
  `<startEvent id="s"/>\n<intermediateCatchEvent id="c" name="等候"><timerEventDefinition><timeDuration>三天</timeDuration></timerEventDefinition></intermediateCatchEvent>` +
    `<endEvent id="e"/>${flow("s", "c")}${flow("c", "e")}`,
);

test("a problem is told with kind, name and line of its element, what is wrong, and an example", async (t) => {
  const [problem] = (await parseModel(timed)).problems;
  t.truthy(problem);
  if (!problem) return;
  t.regex(problemText(problem), /^中间捕获事件“等候”（第 2 行）的时间“三天”读不懂，请改写，例如 P3D。/);
  t.regex(
    problemText(problem, "en"),
    /^Catching event “等候” \(line 2\) has a time that can't be read: “三天”. Write it like P3D\./,
  );
});

test("an id of other letters is told with the letters that are allowed", async (t) => {
  const [text] = await said(bpmn(`<startEvent id="s"/>\n<userTask id="受理"/>`));
  t.is(
    text,
    "“受理”（第 2 行）的编号不能用：编号只能由英文字母、数字和 _ - . 组成，且以英文字母或 _ 开头。请换一个编号；显示的名称不受此限，可以用中文。",
  );
});

test("an unclosed tag is told with its name and where it opens", async (t) => {
  const xml = bpmn(`<startEvent id="s"/>\n<userTask id="u">\n`);
  t.deepEqual(await said(xml), [
    "（第 3 行）标签 <userTask> 在第 2 行打开，读到这里还没有关闭。请补上 </userTask>，或用原工具重新导出。",
  ]);
});

test("what a site does not carry out is told by its kind, with what to use instead", async (t) => {
  const sayings = await said(
    bpmn(
      `<startEvent id="s"/><callActivity id="c" name="查账" calledElement="q"/><receiveTask id="r" name="回执"/><adHocSubProcess id="h" name="随办"><task id="t" name="t"/></adHocSubProcess>` +
        `<intermediateThrowEvent id="m" name="告知"><signalEventDefinition signalRef="x"/></intermediateThrowEvent><endEvent id="e"/>` +
        `${flow("s", "c")}${flow("c", "r")}${flow("r", "h")}${flow("h", "m")}${flow("m", "e")}`,
    ),
  );
  const about = (name: string): string => sayings.find((text) => text.includes(`“${name}”`) && /本站/.test(text)) ?? "";
  t.regex(about("随办"), /是即席子流程.*包容网关/);
  for (const carriedOut of ["查账", "回执", "告知"]) t.is(about(carriedOut), "");
});

test("what will surprise a site's people is a warning: nobody assigned, anyone starts, no names", async (t) => {
  const xml = bpmn(
    `<startEvent id="s"/><userTask id="u1"/><userTask id="u2" name="复核" camunda:candidateGroups="heads"/>` +
      `<userTask id="u3" name="补正" jinshui:assign="applicant"/><userTask id="u4" name="审批" jinshui:position="section-chief"/><endEvent id="e"/>` +
      `${flow("s", "u1")}${flow("u1", "u2")}${flow("u2", "u3")}${flow("u3", "u4")}${flow("u4", "e")}`,
  );
  const { processes } = await checkFile(xml, OFFERS);
  t.deepEqual(
    processes[0]?.problems.map(({ severity, code, element }) => [severity, code, element]),
    [
      ["warning", "no-name", undefined],
      ["warning", "anyone-starts", undefined],
      ["warning", "no-assignee", "u1"],
      ["warning", "no-name", "u1"],
      ["warning", "no-assignee", "u2"],
    ],
  );
  t.true((await said(xml)).some((text) => text.includes('用 candidateGroups="heads" 指定办理人，本站不认')));
});

test("a code of a later version is told by itself", (t) => {
  t.is(problemText({ code: "from-tomorrow", element: "x" }), "“x” from-tomorrow");
});
