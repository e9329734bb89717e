import { workflowApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const started = siteWithBrowser();

async function accessible(t: ExecutionContext, page: Page, name: string): Promise<void> {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
}

const side = (page: Page): Locator => page.getByRole("region", { name: "所选内容的设置" });
// the text of a label around a choice has its options behind it
const field = (page: Page, label: string): Locator =>
  side(page)
    .getByLabel(new RegExp(`^\\s*${label}`))
    .first();
const choose = (page: Page, label: string, option: string): Promise<string[]> =>
  field(page, label).selectOption(option);
const rename = async (page: Page, label: string, value: string): Promise<void> => {
  await field(page, label).fill(value);
  await page.keyboard.press("Enter");
};

/** Does the one step that waits for somebody. */
async function approve(username: string): Promise<void> {
  const client = (await started.site.signIn(username)).client(workflowApi);
  const [task] = (await client.tasks({ kind: "todo" })).tasks;
  if (!task) throw new Error(`nothing waits for ${username}`);
  await client.complete({ id: task.id, version: task.version, action: "approve", opinion: "同意", values: {} });
}

test.serial(
  "a leave process of two approvals and a condition is made by mouse, tried, published and gone through",
  async (t) => {
    const { site, browser } = started;
    const page = await browser.signIn("sunjie");
    await page.locator("ji-side-nav").getByRole("link", { name: "流程设计", exact: true }).click();
    await page.getByLabel("流程名称").fill("年休假");
    await accessible(t, page, "designer-drafts");
    await page.getByRole("button", { name: "新建", exact: true }).click();
    await page.getByRole("heading", { name: "年休假" }).waitFor();

    await choose(page, "表单", "leave");
    await page.getByRole("button", { name: /^步骤 审批/ }).click();
    await rename(page, "名称", "科长审批");
    await choose(page, "由谁办理", "department");
    await choose(page, "岗位", "section-chief");
    await accessible(t, page, "designer-step");
    await page.getByRole("button", { name: /^分支 审批结果/ }).click();
    await page.getByRole("button", { name: "＋ 条件分支" }).click();
    await rename(page, "名称", "天数");
    await page.getByRole("button", { name: /^当 分支 1/ }).click();
    await page.getByRole("button", { name: "设置条件" }).click();
    await choose(page, "内容", "days");
    await rename(page, "值", "3");
    await page.getByRole("button", { name: "当 天数 大于 3" }).waitFor();
    await accessible(t, page, "designer-condition");
    await page.getByRole("button", { name: "＋ 审批" }).click();
    await rename(page, "名称", "分管局领导审批");
    await choose(page, "岗位", "deputy-director");
    await page.getByText("草稿已保存").waitFor();
    await accessible(t, page, "designer-list");

    await page.getByRole("button", { name: "模拟", exact: true }).click();
    await page.getByRole("textbox", { name: /假别/ }).fill("年休假");
    await page.getByRole("spinbutton", { name: /天数/ }).fill("5");
    await page.getByRole("textbox", { name: /事由/ }).fill("休假");
    await page.getByRole("textbox", { name: /代理人/ }).fill("李夏");
    for (const day of ["from", "until"]) {
      // the open calendar hides from screen readers what is behind it
      await page.locator(`vaadin-date-picker#${day} input`).fill("2026-12-01");
      await page.locator(`vaadin-date-picker#${day}[opened]`).waitFor();
      await page.keyboard.press("Enter");
      await page.locator(`vaadin-date-picker#${day}:not([opened])`).waitFor();
    }
    await page.locator(".waiting .button.primary").click();
    await page.getByRole("region", { name: "科长审批" }).getByText("待办：申请人所在部门的科长").waitFor();
    await page.locator(".active[data-element-id]").first().waitFor();
    t.true(await page.locator(".bjs-powered-by").isVisible(), "the mark of bpmn.io stays");
    await accessible(t, page, "designer-simulation");
    await page.getByRole("button", { name: "同意", exact: true }).click();
    await page.getByRole("region", { name: "分管局领导审批" }).waitFor();
    await page.getByRole("button", { name: "＋ 1 天" }).click();
    await page.getByRole("button", { name: "驳回", exact: true }).click();
    await page.getByText("事项已办结。").waitFor();
    await page.getByRole("button", { name: "步骤列表" }).click();

    await page.getByRole("button", { name: "试运行" }).click();
    await page.getByRole("link", { name: "打开业务测试" }).waitFor();
    await page.getByRole("button", { name: "发布", exact: true }).click();
    await page.locator("ji-question").getByRole("button", { name: "发布" }).click();
    await page.getByRole("link", { name: "发起事项" }).waitFor();

    const clerk = (await site.signIn("hanbo")).client(workflowApi);
    const { definitions } = await clerk.definitions({ limit: 200 });
    const made = definitions.find(({ title }) => title["zh-CN"] === "年休假");
    t.truthy(made);
    const values = {
      kindTitle: "年休假",
      days: 5,
      from: "2026-12-01",
      until: "2026-12-05",
      reason: "休假",
      deputy: "李夏",
    };
    const { id } = await clerk.start({ definition: made?.id ?? "", values });
    await approve("sj004");
    t.deepEqual((await clerk.instance({ id })).steps, ["分管局领导审批"]);
    t.deepEqual(browser.complaints, []);
  },
);

test.serial("the same is done by keyboard alone, and every change can be undone and done again", async (t) => {
  const { browser } = started;
  const page = await browser.signIn("sunjie");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`${started.site.url}/p/process-designer/drafts`);
  const { keyboard } = page;
  await page.getByLabel("流程名称").focus();
  await keyboard.type("值班安排");
  await keyboard.press("Enter");
  await page.getByRole("heading", { name: "值班安排" }).waitFor();

  const at = (name: string): Locator => page.locator(".item", { hasText: name }).first();
  await at("提出申请").focus();
  await keyboard.press("ArrowDown");
  t.regex(await page.locator(".item:focus").innerText(), /审批/);
  await keyboard.press("Enter");
  await keyboard.press("Enter");
  await page.locator(".side input:focus").waitFor();
  await keyboard.type("值班组长审批");
  await keyboard.press("Tab");
  await at("值班组长审批").waitFor();
  await keyboard.press("Tab");
  await keyboard.press("End");
  await at("还没有选择由谁办理").waitFor({ state: "detached" });
  await at("值班组长审批").focus();
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await page.locator(".side input:focus").waitFor();
  await keyboard.type("登记");
  await keyboard.press("Tab");
  await at("登记").waitFor();
  await at("登记").focus();
  await keyboard.press("Alt+ArrowUp");
  t.regex(await page.locator(".steps .item").nth(1).innerText(), /登记/);
  await accessible(t, page, "designer-dark");
  await keyboard.press("Delete");
  await at("登记").waitFor({ state: "detached" });

  await keyboard.press("Control+z");
  await at("登记").waitFor();
  for (let n = 0; n < 60; n += 1) await keyboard.press("Control+z");
  await at("值班组长审批").waitFor({ state: "detached" });
  for (let n = 0; n < 60; n += 1) await keyboard.press("Control+y");
  await at("值班组长审批").waitFor();
  await page.getByText("草稿已保存").waitFor();
  await page.reload();
  await at("值班组长审批").waitFor();
  t.deepEqual(browser.complaints, []);
});
