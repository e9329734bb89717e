import { type TaskSummary, workflowApi } from "@jinshui/contracts";
import { until } from "@jinshui/testing";
import test from "ava";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser({ movableClock: true });
/** How far the tests have moved the site's clock, ms. */
let moved = 0;

/** The only thing that somebody has to do. */
async function taskOf(username: string): Promise<TaskSummary> {
  const { tasks } = await (await on.site.signIn(username)).client(workflowApi).tasks({ kind: "todo" });
  const [task] = tasks;
  if (!task) throw new Error(`${username} has nothing to do`);
  return task;
}

async function startRequisition(): Promise<string> {
  const clerk = (await on.site.signIn("chenxiao")).client(workflowApi);
  const { definitions } = await clerk.definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const { id } = await clerk.start({ definition, values: { category: "desktop", reason: "换机", place: "大厅" } });
  return id;
}

const dayInChina = (instant: string): string =>
  new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10);

/** Moves the site's clock to a moment, or half a minute beyond. */
async function moveTo(instant: string): Promise<void> {
  const minutes = Math.max(0, Math.ceil((Date.parse(instant) - Date.now() - moved) / 60_000 + 0.5));
  moved += minutes * 60_000;
  await on.site.advance({ minutes });
}

const NOTICE = `一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月31日（周日）、2月14日（周日）上班。
三、清明节：本市另行通知3日。`;

test.serial("the city edits a day, and the county's deadline moves, with a line in the matter's history", async (t) => {
  const matter = await startRequisition();
  const before = await taskOf("wanggang");
  const day = dayInChina(before.dueAt ?? "");
  const page = await on.browser.signIn("sunjie");
  await page.getByRole("link", { name: "工作日历" }).click();
  await page.getByRole("heading", { name: "工作日历" }).waitFor();
  if (day.slice(0, 4) !== dayInChina(new Date().toISOString()).slice(0, 4)) await page.getByLabel("下一年").click();
  const cell = page.locator(`[data-day="${day}"]`);
  await cell.waitFor();
  t.deepEqual(await seriousViolations(page), []);
  // by keyboard: from the day before, one to the right
  const eve = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
  await page.locator(`[data-day="${eve}"]`).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: new RegExp(`^${day}`) }).waitFor();
  await page.getByLabel("事由").fill("市局停电检修");
  await page.getByRole("button", { name: "设为休息日" }).click();
  await page.getByText("已保存，正在重算在办事项的期限。").waitFor();
  await page.locator(`[data-day="${day}"].rest.own`).waitFor();
  await page.locator(".recalculated").waitFor();
  await shot(page, "calendar");
  t.deepEqual(await seriousViolations(page), []);
  await until(async () => (await taskOf("wanggang")).dueAt !== before.dueAt);
  const after = await taskOf("wanggang");
  t.true((after.dueAt ?? "") > (before.dueAt ?? ""));

  const chief = await on.browser.signIn("wanggang");
  await chief.goto(`${on.site.url}/matters/${matter}`);
  await chief.getByText("因工作日历变更，期限由").waitFor();
  await shot(chief, "deadline-changed");
  await chief.goto(`${on.site.url}/calendar`);
  await chief.locator(`[data-day="${day}"]`).waitFor();
  t.is(await chief.getByRole("button", { name: "设为休息日" }).count(), 0, "who may not change it reads it");
  await chief.context().close();

  const county = await on.browser.signIn("sunjie", undefined, { width: 360, height: 740 });
  await county.goto(`${on.site.url}/calendar`);
  await county.locator("ji-year-grid").waitFor();
  const wide = await county.evaluate("document.documentElement.scrollWidth");
  t.true(Number(wide) <= 360, `${String(wide)} wide`);
  await shot(county, "calendar-phone");
  await county.context().close();
  await page.context().close();
  t.deepEqual(on.browser.complaints, []);
});

test.serial("a year's holidays are taken over from the notice as it is published", async (t) => {
  const page = await on.browser.signIn("sunjie");
  await page.goto(`${on.site.url}/calendar?year=2027`);
  await page.getByText("这一年的放假安排还没有导入").waitFor();
  await page.getByText("导入放假通知").click();
  await page.getByLabel("年度").fill("2027");
  await page.getByLabel("文号").fill("国办发明电〔2026〕9号");
  await page.getByLabel("通知正文").fill(NOTICE);
  await page.getByRole("button", { name: "查看变化" }).click();
  await page.getByText("读到 4 段").waitFor();
  await page.getByText("没有读懂：三、清明节").waitFor();
  await page.getByText("2027-01-01 元旦：工作日 → 休息日").waitFor();
  await page.getByText("2027-02-14 春节：休息日 → 工作日").waitFor();
  await shot(page, "calendar-notice");
  t.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "导入", exact: true }).click();
  await page.getByText("2027 年的放假安排已导入").waitFor();
  await page.locator('[data-day="2027-02-14"].work.told').waitFor();
  t.is(await page.getByText("这一年的放假安排还没有导入").count(), 0);
  await page.context().close();
  t.deepEqual(on.browser.complaints, []);
});

test.serial("a task goes yellow, then red, and the chief is told and may look", async (t) => {
  const chief = (await on.site.signIn("wanggang")).client(workflowApi);
  const [decide] = (await chief.tasks({ kind: "todo" })).tasks;
  await chief.complete({
    id: decide?.id ?? "",
    version: decide?.version ?? 0,
    action: "return",
    opinion: "写明用途",
    values: {},
  });
  const revise = await taskOf("chenxiao");
  t.is(revise.timeliness?.state, "green");
  await moveTo(revise.timeliness?.warnAt ?? "");
  await until(async () => (await taskOf("chenxiao")).timeliness?.state === "yellow");
  const soon = await on.browser.signIn("chenxiao");
  await soon.goto(`${on.site.url}/tasks`);
  await soon.getByText(/^临期 · /).waitFor();
  await soon.getByRole("button", { name: "按期限排序" }).click();
  await soon.getByRole("button", { name: "按到达排序" }).waitFor();
  await soon.locator("ji-top-bar").getByRole("button", { name: /^通知/ }).click();
  await soon.getByText("快到期：修改申请").waitFor();
  await shot(soon, "due-soon");
  t.deepEqual(await seriousViolations(soon), []);
  await soon.context().close();

  await moveTo(revise.dueAt ?? "");
  await until(async () => (await taskOf("chenxiao")).timeliness?.state === "red");
  const superior = await on.browser.signIn("wanggang");
  await superior.locator("ji-top-bar .count").waitFor();
  await superior.locator("ji-top-bar").getByRole("button", { name: /^通知/ }).click();
  await shot(superior, "overdue-below");
  await superior.getByText("督办：修改申请已超期").click();
  await superior.getByText("期限已到，提醒陈晓，并告知王刚").waitFor();
  await shot(superior, "overdue-history");
  t.deepEqual(await seriousViolations(superior), []);

  await superior.getByText("暂停计时").first().click();
  await superior.getByLabel("事由").fill("等待采购目录公布");
  await superior.getByLabel("法律依据").fill("设备管理办法第九条");
  await superior.getByRole("button", { name: "暂停计时" }).click();
  await superior.getByText(/起暂停计时：等待采购目录公布/).waitFor();
  await shot(superior, "clock-stopped");
  t.is((await taskOf("chenxiao")).timeliness?.state, "stopped");
  await superior.context().close();
  t.deepEqual(on.browser.complaints, []);
});
