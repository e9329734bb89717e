import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { bpmn, flow } from "../../../kernel/workflow/dist/testing/processes.js";

/** Departments of the one bureau, each with a clerk, a chief and a reviewer. */
export const DEPARTMENTS = 50;

/** A clerk applies, the chief of the department approves, a reviewer there ends it. */
export const PROCESS = bpmn(
  "bench-matter",
  `<startEvent id="start"/>
  <userTask id="chief" name="科长审批" jinshui:position="section-chief" jinshui:within="department" jinshui:actions="approve,return" jinshui:dueDays="5"/>
  <exclusiveGateway id="ok" default="ok-review"/>
  <userTask id="revise" name="修改申请" jinshui:assign="applicant" jinshui:actions="submit,withdraw"/>
  <userTask id="review" name="复核" jinshui:position="reviewer" jinshui:within="department" jinshui:actions="approve" jinshui:dueDays="5"/>
  <endEvent id="end"/>
  ${flow("start", "chief")}${flow("chief", "ok")}${flow("ok", "review")}${flow("ok", "revise", 'steps.chief.action = "return"')}${flow("revise", "chief")}${flow("review", "end")}`,
  `name="资料审核"`,
);

const titled = (text, more = {}) => ({ title: { "zh-CN": text }, ...more });

/** A site with no plugins. */
export async function writeConfigs(folder) {
  const departments = Array.from({ length: DEPARTMENTS }, (_, n) => ({ id: `d${n}`, ...titled(`第${n + 1}科`) }));
  const held = { clerk: "clerk", chief: "section-chief", reviewer: "reviewer" };
  const people = departments.flatMap(({ id }, n) =>
    Object.entries(held).map(([who, position]) => ({
      ...{ username: `${who}${n}`, name: `${who === "clerk" ? "科员" : who === "chief" ? "科长" : "复核"}甲` },
      ...{ bureau: "wuhu", department: id, positions: [{ position }] },
    })),
  );
  const administrator = { username: "administrator", name: "孙洁", bureau: "wuhu", department: "d0" };
  const files = {
    "base.yaml": {
      site: { id: "bench", ...titled("测试") },
      session: { idleMinutes: 30, absoluteHours: 12 },
      plugins: [],
      positions: {
        clerk: titled("科员"),
        "section-chief": titled("科长", { leads: true }),
        reviewer: titled("复核岗"),
        "system-administrator": titled("系统管理员", { permissions: ["site.processes", "site.instances"] }),
      },
    },
    "bureaus/wuhu.yaml": { bureau: "wuhu", ...titled("芜湖市局"), departments, plugins: {} },
    "demo/people.yaml": {
      password: "jinshui-demo-2005",
      people: [...people, { ...administrator, positions: [{ position: "system-administrator" }] }],
    },
  };
  await mkdir(join(folder, "demo"), { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), stringify(content));
}
