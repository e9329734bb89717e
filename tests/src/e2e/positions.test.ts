import { authApi, organisationApi, workflowApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

const DAY = 86_400_000;
/** A day in China, so many days from now. */
const day = (days: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date(Date.now() + days * DAY));

async function accessible(t: ExecutionContext, page: Page, name: string): Promise<void> {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
}

/** Starts a requisition as a clerk of 征收管理科, whose chief has to decide on it. */
async function requisition(reason: string): Promise<void> {
  const clerk = (await on.site.signIn("hanbo")).client(workflowApi);
  const { definitions } = await clerk.definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  await clerk.start({ definition, values: { category: "desktop", reason, place: "办公室" } });
}

const menu = (page: Page, name: string): Locator =>
  page.locator("ji-side-nav").getByRole("link", { name, exact: true });

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("dialog").getByRole("combobox", { name: label }).fill(option);
  await page.getByRole("option", { name: option }).first().click();
}

async function enterDay(dialog: Locator, label: string, value: string): Promise<void> {
  await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByLabel(label, { exact: true }).press("Enter");
}

test.serial("a position that one administrator proposes and another agrees to brings its tasks", async (t) => {
  await requisition("新到岗");
  const keeper = await on.browser.signIn("sunjie");
  const guard = await on.browser.signIn("qianli");
  const person = await on.browser.signIn("sj005");
  await person.getByText("没有待办事项").waitFor();
  await menu(guard, "授权审核").click();
  await guard.getByText("没有等待审核的申请").waitFor();

  await menu(keeper, "人员").click();
  await keeper.getByPlaceholder("按姓名查找").fill("魏刚艳");
  await keeper.getByRole("button", { name: "查询" }).click();
  await keeper.getByText("共 1 项").waitFor();
  await accessible(t, keeper, "people");
  await keeper.getByRole("link", { name: "魏刚艳" }).click();
  await keeper.getByRole("heading", { name: "魏刚艳" }).waitFor();
  await accessible(t, keeper, "person");
  await keeper.getByRole("button", { name: "提出任职" }).click();
  const dialog = keeper.getByRole("dialog");
  await dialog.getByRole("button", { name: "提交" }).click();
  await dialog.getByText("必填，不能为空").first().waitFor();
  await choose(keeper, "岗位", "科长");
  await dialog.getByLabel("代理").check();
  await dialog.getByLabel("事由").fill("喻强丽外出培训");
  await dialog.getByRole("button", { name: "提交" }).click();
  await dialog.getByText("代理必须写明截止日期。").waitFor();
  await accessible(t, keeper, "propose");
  await enterDay(dialog, "截止日期", day(30));
  await dialog.getByRole("button", { name: "提交" }).click();
  await keeper.getByText("已提交，等待安全管理员审核").waitFor();
  await dialog.waitFor({ state: "hidden" });

  await guard.getByText("魏刚艳代理征收管理科科长").waitFor({ timeout: 5_000 });
  await guard.getByRole("button", { name: "待审核 1" }).waitFor();
  await accessible(t, guard, "changes");
  // by keyboard alone: to the button, into the dialog, out of it by Escape with the focus where it was, and through it
  const focused = (): Promise<string> =>
    guard.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return `${element?.tagName.toLowerCase() ?? ""} ${element?.textContent.trim() ?? ""}`;
    });
  for (let steps = 0; (await focused()) !== "button 同意" && steps < 60; steps += 1) await guard.keyboard.press("Tab");
  t.is(await focused(), "button 同意");
  await guard.keyboard.press("Enter");
  await guard.getByRole("dialog").waitFor();
  await guard.keyboard.press("Escape");
  await guard.getByRole("dialog").waitFor({ state: "hidden" });
  t.is(await focused(), "button 同意");
  await guard.keyboard.press("Enter");
  await guard.getByRole("dialog").waitFor();
  await guard.waitForTimeout(100);
  t.regex(await focused(), /^textarea/);
  await guard.keyboard.type("情况属实");
  await guard.keyboard.press("Tab");
  await guard.keyboard.press("Tab");
  t.is(await focused(), "button 同意");
  await guard.keyboard.press("Enter");
  await guard.getByText("已同意，立即生效").waitFor();
  await guard.getByText("没有等待审核的申请").waitFor();

  await person.getByText("设备领用：新到岗").waitFor({ timeout: 5_000 });
  await keeper.getByText("代理", { exact: true }).waitFor();
  await shot(keeper, "person-acting");
  for (const page of [keeper, guard, person]) await page.context().close();
});

test.serial("who proposed a request can't agree to it, takes it back, and a refusal says why", async (t) => {
  const keeper = await on.browser.signIn("sunjie");
  const person = await on.site.signIn("sunjie");
  const organisation = person.client(organisationApi);
  const ask = { permission: "site.instances", granted: true, reason: "科长需查看全部办件" };
  await organisation.proposePermission({ ...ask, position: "section-chief" });
  await organisation.proposePermission({ ...ask, position: "clerk", reason: "方便" });
  await menu(keeper, "授权审核").click();
  await keeper.getByText("科员获得权限").waitFor();
  t.is(await keeper.getByRole("button", { name: "同意" }).count(), 0);
  await keeper
    .getByRole("row", { name: /科长获得权限/ })
    .getByRole("button", { name: "撤回" })
    .click();
  await keeper.getByRole("dialog").getByRole("button", { name: "撤回" }).click();
  await keeper.getByRole("button", { name: "待审核 1" }).waitFor();
  const guard = await on.browser.signIn("qianli");
  await menu(guard, "授权审核").click();
  await guard.getByRole("button", { name: "驳回" }).click();
  await guard.getByRole("dialog").getByRole("button", { name: "驳回" }).click();
  await guard.getByText("必填，不能为空").first().waitFor();
  await guard.getByRole("dialog").getByLabel("审核意见").fill("理由不充分");
  await guard.getByRole("dialog").getByRole("button", { name: "驳回" }).click();
  await keeper.getByText("没有等待审核的申请").waitFor({ timeout: 5_000 });
  await keeper.getByRole("button", { name: "全部" }).click();
  await keeper.getByText("理由不充分").waitFor();
  await accessible(t, keeper, "changes-all");
  for (const page of [keeper, guard]) await page.context().close();
});

/** A signing certificate, from the page of one's account: asked for, agreed to by another, collected. */
async function collectCertificate(t: ExecutionContext, page: Page): Promise<void> {
  await page.goto(`${on.site.url}/account`);
  await page.getByText("您还没有有效的签名证书").waitFor();
  await accessible(t, page, "certificate-none");
  await page.getByLabel("申请理由").fill("代科长审批");
  await page.getByRole("button", { name: "申请签名证书" }).click();
  await page.getByText("等待安全管理员审核").waitFor();
  const guard = (await on.site.signIn("qianli")).client(organisationApi);
  const { changes } = await guard.changes({ state: "pending" });
  const request = changes.find(({ kind }) => kind === "issue-signing-key");
  t.is(request?.summary["zh-CN"], "为周伟颁发签名证书（SM2）");
  await guard.decideChange({ change: request?.id ?? "", approve: true });
  await page.reload();
  await page.getByRole("button", { name: "领取证书" }).click();
  await page.getByText("签名证书已生效").waitFor();
  await accessible(t, page, "certificate");
}

test.serial("a chief delegates, the colleague finishes the task, and the history has both names", async (t) => {
  await requisition("换显示器");
  const chief = await on.browser.signIn("sj004");
  const colleague = await on.browser.signIn("sj007");
  await menu(chief, "委托代理").click();
  await chief.getByRole("button", { name: "新建委托" }).click();
  const dialog = chief.getByRole("dialog");
  await choose(chief, "受托人", "周伟");
  await enterDay(dialog, "最后一天", day(7));
  await dialog.getByLabel("事由").fill("外出培训");
  await accessible(t, chief, "delegate");
  await dialog.getByRole("button", { name: "委托", exact: true }).click();
  await chief.getByText("已委托").waitFor();
  await accessible(t, chief, "delegations");

  await colleague.getByText("设备领用：换显示器").waitFor({ timeout: 5_000 });
  await colleague.getByText("代 喻强丽").first().waitFor();
  await accessible(t, colleague, "workbench-delegated");
  await colleague
    .getByRole("row", { name: /换显示器/ })
    .getByRole("link")
    .click();
  await colleague.waitForSelector("ji-task-page ji-diagram svg");
  await colleague.locator("ji-task-page").getByText("代 喻强丽").waitFor();
  await accessible(t, colleague, "task-delegated");
  await colleague.getByRole("button", { name: "同意" }).click();
  await colleague.getByText("您没有有效的签名证书").waitFor();
  await collectCertificate(t, colleague);
  await colleague.goBack();
  await colleague.waitForSelector("ji-task-page ji-diagram svg");
  await colleague.getByRole("button", { name: "同意" }).click();
  await colleague.getByText("周伟（代喻强丽）").waitFor();
  await colleague.getByRole("button", { name: "签名并同意" }).click();
  await colleague.waitForSelector("ji-workbench-page");
  await colleague.getByRole("link", { name: "待办事项" }).first().click();
  await colleague.getByRole("button", { name: "我已办理" }).click();
  await colleague.getByRole("link", { name: "设备领用" }).first().click();
  await colleague.getByText("周伟（代喻强丽）").first().waitFor();
  await colleague.getByText("已签名 · 有效").waitFor();
  await accessible(t, colleague, "history-delegated");

  await chief.getByRole("button", { name: "结束" }).click();
  await chief.getByRole("dialog").getByRole("button", { name: "结束" }).click();
  await chief.getByText("已提前结束").waitFor();
  for (const page of [chief, colleague]) await page.context().close();
});

test.serial(
  "a department is renamed from a day on, and one that is used is not ended without saying by whom",
  async (t) => {
    const page = await on.browser.signIn("sunjie");
    await menu(page, "机构").click();
    await page.getByRole("link", { name: "税政科" }).click();
    await page.getByRole("link", { name: "陶霞" }).waitFor();
    await accessible(t, page, "departments");
    await page.getByRole("button", { name: "更名或调整" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("部门名称").fill("税政管理处");
    await choose(page, "上级部门", "局领导");
    await enterDay(dialog, "起始日期", day(40));
    await dialog.getByRole("button", { name: "保存" }).click();
    await page.getByText("已保存").waitFor();
    await page.locator("nav").getByRole("link", { name: "税政管理处" }).waitFor();
    await shot(page, "departments-later");
    await page.getByLabel("查看日期").fill(day(0));
    await page.locator("nav").getByRole("link", { name: "税政科" }).waitFor();
    await page.locator("nav").getByRole("link", { name: "税政管理处" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "撤销" }).click();
    await dialog.getByRole("button", { name: "撤销" }).click();
    await dialog.getByText("部门中还有人员或下级部门，请先调整。").waitFor();
    await dialog.getByText(/人员：.*陶霞/).waitFor();
    await accessible(t, page, "end-department");
    await page.keyboard.press("Escape");
    await page.context().close();
  },
);

test.serial(
  "duties, rights, steps and holders of positions are seen by all, changed by few, and fit paper",
  async (t) => {
    const keeper = await on.browser.signIn("sunjie");
    await menu(keeper, "岗责一览").click();
    const card = keeper.getByRole("region", { name: "设备管理岗" });
    await card.getByText("设备领用：信息中心发放 3 天内").waitFor();
    await card.getByText("维护设备台账，做到账实相符").waitFor();
    await card.getByText("维护设备台账", { exact: true }).waitFor();
    await card.getByRole("link", { name: "邹丽琴" }).waitFor();
    await card.getByRole("button", { name: "新增职责" }).click();
    await keeper.getByRole("dialog").getByLabel("职责内容").fill("每季度清点库存配件");
    await keeper.getByRole("dialog").getByLabel("时限（工作日）").fill("5");
    await keeper.getByRole("dialog").getByRole("button", { name: "保存" }).click();
    await card.getByText("每季度清点库存配件").waitFor();
    await accessible(t, keeper, "duties");
    await keeper.getByLabel("部门").selectOption({ label: "税政科" });
    await card.waitFor({ state: "detached" });
    await keeper.getByRole("region", { name: "增值税管理岗" }).waitFor();
    await keeper.emulateMedia({ media: "print" });
    await keeper.getByText(/孙洁打印于/).waitFor();
    t.is(await keeper.locator("ji-side-nav").isVisible(), false);
    await shot(keeper, "duties-print");

    const clerk = await on.browser.signIn("hanbo");
    await menu(clerk, "岗责一览").click();
    await clerk.getByText("每季度清点库存配件").waitFor();
    t.is(await clerk.getByRole("button", { name: "新增职责" }).count(), 0);
    t.is(await menu(clerk, "授权审核").count(), 0);
    await menu(clerk, "机构").click();
    await clerk.getByRole("link", { name: "征收管理科" }).click();
    await clerk.getByRole("link", { name: "喻强丽" }).click();
    await clerk.getByRole("heading", { name: "喻强丽" }).waitFor();
    t.is(await clerk.getByRole("button", { name: "提出任职" }).count(), 0);
    for (const page of [keeper, clerk]) await page.context().close();
  },
);

test.serial("what waits for somebody is handed over to who can do it, and to nobody else", async (t) => {
  for (const reason of ["交接一", "交接二"]) await requisition(reason);
  const keeper = await on.browser.signIn("sunjie");
  const { people } = await (await on.site.signIn("sunjie")).client(authApi).people({ search: "喻强丽" });
  await keeper.goto(`${on.site.url}/p/positions/people?person=${people[0]?.id ?? ""}`);
  await keeper.getByRole("heading", { name: "待办交接" }).waitFor();
  await keeper.getByLabel("全选").check();
  await accessible(t, keeper, "hand-over-list");
  await keeper.getByRole("button", { name: "交接" }).click();
  await choose(keeper, "接办人", "孙洁");
  const dialog = keeper.getByRole("dialog");
  await dialog.getByLabel("事由").fill("外出培训");
  await dialog.getByRole("button", { name: "交接" }).click();
  await dialog.getByText("不担任科长", { exact: false }).waitFor();
  await accessible(t, keeper, "hand-over-refused");
  await choose(keeper, "接办人", "魏刚艳");
  await dialog.getByRole("button", { name: "交接" }).click();
  await keeper.getByText("已交接").waitFor();
  await keeper.getByText("没有待办").waitFor();
  const successor = await on.browser.signIn("sj005");
  await successor.getByText("已签收").first().waitFor();
});

test.serial(
  "people come from a file, with one-time passwords, and their positions wait for the second person",
  async (t) => {
    const keeper = await on.browser.signIn("sunjie");
    await menu(keeper, "人员").click();
    await keeper.getByRole("link", { name: "导入人员" }).click();
    await keeper.getByRole("heading", { name: "导入人员" }).waitFor();
    const rows = Array.from(
      { length: 60 },
      (_, index) =>
        `新人${"甲乙丙丁戊己庚辛壬癸"[index % 10]}${"子丑寅卯辰巳"[Math.floor(index / 10)]},征收管理科,科员`,
    );
    const file = `\uFEFF姓名,部门,岗位\r\n${rows.join("\r\n")}\r\n无部门者,没有的科,科员\r\n`;
    await keeper
      .locator("input[type=file]")
      .setInputFiles({ name: "新人.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await keeper.getByText("部门：没有“没有的科”").waitFor();
    await accessible(t, keeper, "people-import-wrong");
    await keeper.getByRole("button", { name: "新增 60" }).click();
    await keeper.getByText("xinrenjiazi", { exact: true }).waitFor();
    await keeper.getByRole("button", { name: "建立 60 个账号" }).click();
    await keeper.getByText("已建立 60 个账号").waitFor();
    await accessible(t, keeper, "people-import-done");
    const download = keeper.waitForEvent("download");
    await keeper.getByRole("button", { name: "保存密码单" }).click();
    t.is((await download).suggestedFilename(), "一次性密码.csv");
    await keeper.getByRole("button", { name: "提出 60 项任职" }).click();
    await keeper.getByRole("dialog").getByLabel("事由").fill("新录用人员");
    await keeper.getByRole("dialog").getByRole("button", { name: "提交" }).click();
    await keeper.getByText("已提交，等待安全管理员审核").waitFor();

    const guard = await on.browser.signIn("qianli");
    await menu(guard, "授权审核").click();
    await guard.getByText("60 人任职，共 60 项").waitFor();
    await guard.getByText("明细").click();
    await guard.getByText("新人甲子：征收管理科 科员").waitFor();
    await accessible(t, guard, "people-import-agreed");
    await guard.getByRole("button", { name: "同意" }).first().click();
    await guard.getByRole("dialog").getByRole("button", { name: "同意" }).click();
    await guard.getByText("已同意，立即生效").waitFor();

    await keeper.goto(`${on.site.url}/p/positions/people?search=${encodeURIComponent("新人甲子")}`);
    await keeper.getByRole("link", { name: "新人甲子" }).click();
    await keeper.getByText("现任").waitFor();
    await keeper.getByRole("button", { name: "重置密码" }).click();
    const dialog = keeper.getByRole("dialog");
    await dialog.getByLabel("事由").fill("密码单遗失");
    await dialog.getByRole("button", { name: "重置密码" }).click();
    await keeper.getByText("当面或密封交给本人", { exact: false }).waitFor();
    await accessible(t, keeper, "person-kept");
    await keeper.getByRole("button", { name: "离岗" }).click();
    await dialog.getByLabel("事由").fill("调往市局");
    await dialog.getByRole("button", { name: "离岗" }).click();
    await keeper.getByText("已办理离岗").waitFor();
  },
);

test.serial("the pages fit the dark, English and a phone", async (t) => {
  const page = await on.browser.signIn("sunjie");
  await page.getByRole("button", { name: /孙洁/ }).click();
  await page.locator("select").nth(0).selectOption("dark");
  const phone = await on.browser.signIn("sunjie", undefined, { width: 360, height: 720 });
  for (const view of ["departments", "people", "duties", "changes?all=1", "delegations?all=1"]) {
    const name = view.replace(/\?.*/, "");
    for (const [each, kind] of [
      [page, "dark"],
      [phone, "phone"],
    ] as const) {
      await each.goto(`${on.site.url}/p/positions/${view}`);
      await each.locator("h1").waitFor();
      await each.getByText("正在加载").waitFor({ state: "detached" });
      await each.waitForTimeout(300);
      await accessible(t, each, `${kind}-${name}`);
    }
    t.true(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name);
  }
  await page.getByRole("button", { name: /孙洁/ }).click();
  await page.locator("select").nth(2).selectOption("en");
  await page.getByRole("heading", { name: "Delegation" }).waitFor();
  t.notRegex(await page.locator("ji-side-nav").innerText(), /[\u4e00-\u9fff]{2,}/);
  for (const each of [page, phone]) await each.context().close();
});

test.serial("no page was refused a style or script, and none threw", (t) => {
  t.deepEqual(on.browser.complaints, []);
});
