import test from "ava";
import type { Page } from "playwright-core";
import { equipmentWorkbook } from "../equipment-workbook.js";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

const accessible = async (
  t: { deepEqual(actual: unknown, expected: unknown, message?: string): unknown },
  page: Page,
  name: string,
): Promise<void> => {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
};

test.serial("a wrong password and an unknown name are answered alike, and nobody gets in", async (t) => {
  const page = await on.browser.page();
  await page.goto(on.site.url);
  await page.waitForSelector("ji-sign-in-page");
  await accessible(t, page, "sign-in");
  for (const name of ["chenxiao", "nobody"]) {
    await page.getByLabel("用户名").fill(name);
    await page.getByLabel("密码").fill("wrong password");
    await page.getByRole("button", { name: "登录" }).click();
    await page.getByText("用户名或密码不正确").waitFor();
  }
  t.is(await page.locator("ji-workbench-page").count(), 0);
});

test.serial(
  "a list of 2,000 items is imported: every one of 40 wrong rows is named by cell, and the rest goes in",
  async (t) => {
    const page = await on.browser.signIn("zhaomin");
    await page.getByRole("link", { name: "设备台账" }).first().click();
    await page.getByRole("button", { name: "导入" }).click();
    await page.locator("input[type=file]").setInputFiles({
      name: "设备清单.xlsx",
      mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      buffer: await equipmentWorkbook(),
    });
    await page.getByText("共 2000 行，可导入 1960 行，40 行有").waitFor({ timeout: 60_000 });
    await page.getByText("格式不符").first().waitFor();
    await accessible(t, page, "import-errors");
    await page.getByRole("button", { name: "导入 1960 行" }).click();
    await page.getByText("已导入 1960 行").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "关闭" }).click();
    await page.getByText("共 1960 项").waitFor();
    await page.getByRole("button", { name: "导出" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "开始导出" }).click();
    t.regex((await download).suggestedFilename(), /^设备.*\.xlsx$/);
    await page.getByText("已导出 1960 行").waitFor({ timeout: 60_000 });
    await accessible(t, page, "export");
    await page.getByRole("button", { name: "关闭" }).click();
    await page.getByPlaceholder("搜索").fill("台式机 1");
    await page.getByRole("button", { name: "查询" }).click();
    await page.locator("tbody tr").first().click();
    await page.getByText("变更记录").waitFor();
    await accessible(t, page, "register");
    await page.locator("input[type=file]").count();
    await page.context().close();
  },
);

test.serial("a file that is no workbook is refused in words, and nothing is changed", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await page.goto(`${on.site.url}/p/asset-tracking/equipment`);
  await page.getByRole("button", { name: "导入" }).click();
  await page.locator("input[type=file]").setInputFiles({
    name: "坏.xlsx",
    mimeType: "application/octet-stream",
    buffer: Buffer.from("this is no workbook"),
  });
  await page.getByText("文件“坏.xlsx”无法读取").waitFor();
  t.pass();
  await page.context().close();
});

// checklist: 36
test.serial(
  "the story of three people: asked for, returned, corrected, approved, handed over, entered in the register and archived",
  async (t) => {
    const clerk = await on.browser.signIn("chenxiao");
    const chief = await on.browser.signIn("wanggang");
    const equipment = await on.browser.signIn("zhaomin");
    await accessible(t, clerk, "workbench-empty");

    await clerk.getByRole("button", { name: "发起事项" }).click();
    await clerk.getByRole("link", { name: "设备领用" }).click();
    await clerk.waitForSelector("ji-form vaadin-combo-box");
    await clerk.getByRole("button", { name: "提交" }).click();
    await clerk.getByText("有 3 处需要改正").waitFor();
    await accessible(t, clerk, "form-errors");
    await clerk.locator("vaadin-combo-box#category input").fill("台式");
    await clerk.getByRole("listbox", { name: "设备类别" }).waitFor();
    await accessible(t, clerk, "form-list");
    await clerk.getByRole("option", { name: "台式机" }).click();
    await clerk.getByLabel("领用事由").fill("新到岗");
    await clerk.getByLabel("使用地点").fill("办税服务厅");
    await clerk.reload();
    await clerk.waitForSelector("ji-form vaadin-combo-box");
    t.is(await clerk.getByLabel("领用事由").inputValue(), "新到岗", "what was typed survives a reload");
    await clerk.getByRole("button", { name: "提交" }).click();
    await clerk.waitForSelector("ji-instance-page ji-diagram svg");
    await accessible(t, clerk, "matter");

    await chief.getByText("设备领用：新到岗").waitFor({ timeout: 5_000 });
    await chief.getByRole("button", { name: /通知\s*1/ }).waitFor();
    await accessible(t, chief, "workbench");
    await chief.getByRole("link", { name: "设备领用", exact: true }).click();
    await chief.waitForSelector("ji-task-page ji-diagram svg");
    await accessible(t, chief, "task");
    await chief.getByRole("button", { name: "退回" }).click();
    await chief.getByText("请填写意见").waitFor();
    await chief.getByLabel("意见").fill("请写明用途");
    await chief.getByRole("button", { name: "退回" }).click();
    await chief.waitForSelector("ji-workbench-page");

    await clerk.getByRole("button", { name: /通知\s*1/ }).click();
    await clerk.getByText("被退回").click();
    await clerk.waitForSelector("ji-task-page ji-form vaadin-text-area");
    await clerk.getByText("请写明用途").waitFor();
    await clerk.getByLabel("领用事由").fill("办税厅新增一个窗口");
    await clerk.getByRole("button", { name: "提交" }).click();
    await clerk.waitForSelector("ji-workbench-page");

    await chief.getByText("设备领用：办税厅新增一个窗口").waitFor({ timeout: 5_000 });
    await chief.getByRole("link", { name: "设备领用", exact: true }).click();
    await chief.getByLabel("意见").fill("同意，请信息中心办理");
    await chief.getByRole("button", { name: "同意" }).click();
    await chief.getByText("以下内容将以您的证书签名").waitFor();
    await chief.getByRole("dialog").getByText("办税厅新增一个窗口", { exact: true }).waitFor();
    await accessible(t, chief, "sign");
    await chief.getByRole("button", { name: "取消" }).click();
    await chief.getByRole("button", { name: "同意" }).click();
    await chief.getByRole("button", { name: "签名并同意" }).click();
    await chief.waitForSelector("ji-workbench-page");

    await equipment.getByText("设备领用：办税厅新增一个窗口").waitFor({ timeout: 5_000 });
    await equipment.getByRole("link", { name: "设备领用", exact: true }).click();
    await equipment.waitForSelector("ji-task-page ji-form vaadin-combo-box");
    await equipment.getByRole("button", { name: "发放" }).click();
    await equipment.getByText("有 1 处需要改正").waitFor();
    await equipment.locator("vaadin-combo-box input").fill("WX-2005-10006");
    await equipment.locator("vaadin-combo-box-item").first().click();
    await equipment.locator("vaadin-combo-box[opened]").waitFor({ state: "detached" });
    await accessible(t, equipment, "task-handover");
    await equipment.getByRole("button", { name: "发放" }).click();
    await equipment.waitForSelector("ji-workbench-page");

    await clerk.goto(`${on.site.url}/archives`);
    await clerk.getByText("设备领用：办税厅新增一个窗口").waitFor();
    await accessible(t, clerk, "archives");
    await clerk.locator("tbody a").first().click();
    await clerk.getByText("档案完整").waitFor();
    await clerk.getByText("同意，请信息中心办理").waitFor();
    await clerk.getByText("已签名 · 有效").waitFor();
    await accessible(t, clerk, "archive");
    const document = clerk.waitForEvent("download");
    await clerk.getByRole("button", { name: "下载签章文书（PDF）" }).click();
    t.regex((await document).suggestedFilename(), /设备领用.*办税厅新增一个窗口\.pdf$/);

    await equipment.goto(`${on.site.url}/p/asset-tracking/equipment`);
    await equipment.getByPlaceholder("搜索").fill("WX-2005-10006");
    await equipment.getByRole("button", { name: "查询" }).click();
    await equipment.getByText("共 1 项").waitFor();
    await equipment.locator("tbody").getByText("陈晓").waitFor();
    await equipment.locator("tbody").getByText("在用").waitFor();
    for (const page of [clerk, chief, equipment]) await page.context().close();
  },
);

test.serial(
  "a plugin switched on appears in open pages of that county without a reload, and goes when it is switched off",
  async (t) => {
    const clerk = await on.browser.signIn("tangning");
    const administrator = await on.browser.signIn("sunjie");
    t.is(await clerk.getByRole("link", { name: "设备台账" }).count(), 0);
    const refused = await clerk.evaluate(
      async () => (await fetch("/api/v1/collections/asset-tracking.equipment/records")).status,
    );
    t.true(refused === 403 || refused === 404);
    await clerk.goto(`${on.site.url}/p/asset-tracking/equipment`);
    await clerk.getByText("本局未启用该功能").waitFor();
    await clerk.goto(on.site.url);
    await administrator.getByRole("link", { name: "插件管理" }).click();
    const card = administrator.getByRole("region", { name: "设备资产" });
    await card.getByRole("checkbox", { name: /南陵县局/ }).waitFor();
    await accessible(t, administrator, "plugins");
    const box = card.getByRole("checkbox", { name: /南陵县局/ });
    // what is refused is told, and the switch goes back
    await administrator.route("**/api/v1/**", (route) =>
      route.request().method() === "GET"
        ? route.continue()
        : route.fulfill({ status: 409, json: { code: "conflict", status: 409, message: "busy", retryable: true } }),
    );
    await box.check();
    await administrator.locator("ji-plugins-page ji-error").getByRole("alert").waitFor();
    t.false(await box.isChecked());
    await administrator.unroute("**/api/v1/**");
    await box.check();
    await clerk.getByRole("link", { name: "设备台账" }).first().waitFor({ timeout: 3_000 });
    await box.uncheck();
    await clerk.getByRole("link", { name: "设备台账" }).first().waitFor({ state: "detached", timeout: 3_000 });
    for (const page of [clerk, administrator]) await page.context().close();
  },
);

test.serial(
  "models of other tools: one that can run is deployed and run to its end, one that can't is explained in Chinese",
  async (t) => {
    const page = await on.browser.signIn("sunjie");
    await page.goto(`${on.site.url}/processes`);
    const file = (name: string, content: string): { name: string; mimeType: string; buffer: Buffer } => ({
      name,
      mimeType: "text/xml",
      buffer: Buffer.from(
        `<?xml version="1.0"?>\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">${content}</definitions>`,
      ),
    });
    await page
      .locator("input[type=file]")
      .setInputFiles(
        file(
          "bad.bpmn",
          `<process id="p"><startEvent id="s"/>\n<callActivity id="c" name="征收子流程"/>\n<sequenceFlow id="f" sourceRef="s" targetRef="c"/></process>`,
        ),
      );
    await page.getByText("调用活动“征收子流程”（第 3 行）没有写明调用哪个流程。").waitFor();
    await page.getByText(/错误 \d+ 个，改正后才能部署/).waitFor();
    await page.getByRole("heading", { name: "提醒" }).waitFor();
    await accessible(t, page, "process-refused");
    await page.locator("input[type=file]").setInputFiles({
      name: "cut.bpmn",
      mimeType: "text/xml",
      buffer: Buffer.from('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p"'),
    });
    await page.getByText("文件不是完整的 XML").waitFor();
    await page
      .locator("input[type=file]")
      .setInputFiles(
        file(
          "good.bpmn",
          `<process id="other" name="外来流程"><startEvent id="s"/><userTask id="u" name="核对"/><endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="u"/><sequenceFlow id="f2" sourceRef="u" targetRef="e"/></process>`,
        ),
      );
    await page.getByRole("button", { name: "部署" }).click();
    await page.getByRole("link", { name: "发起", exact: true }).click();
    await page.getByRole("button", { name: "提交" }).click();
    await page.waitForSelector("ji-instance-page");
    await page.getByRole("link", { name: "待办事项" }).first().click();
    await page.getByRole("link", { name: "外来流程" }).first().click();
    await page.getByRole("button", { name: "办结" }).click();
    await page.waitForSelector("ji-workbench-page");
    await page.goto(`${on.site.url}/archives`);
    await page.getByText("外来流程").first().waitFor();
    t.pass();
    await page.context().close();
  },
);

test.serial(
  "the page of a plugin's own works, in English and in the dark too, and inbox and task fit a phone",
  async (t) => {
    const page = await on.browser.signIn("hanbo");
    await page.getByRole("link", { name: "问候" }).first().click();
    await page.getByLabel("问候谁").fill("同事");
    await page.getByRole("button", { name: "发送" }).click();
    await page.getByText("同事，您好").waitFor();
    await accessible(t, page, "plugin-page");
    await page.getByRole("button", { name: /韩波/ }).click();
    await page.locator("select").nth(0).selectOption("dark");
    await page.goto(on.site.url);
    await page.waitForSelector("ji-workbench-page");
    await accessible(t, page, "dark");
    await page.getByRole("button", { name: /韩波/ }).click();
    await page.locator("select").nth(2).selectOption("en");
    await page.getByRole("heading", { name: "Workbench" }).waitFor();
    t.notRegex(await page.locator("ji-side-nav").innerText(), /[\u4e00-\u9fff]{2,}/);
    const phone = await on.browser.signIn("wanggang", undefined, { width: 360, height: 720 });
    await phone.getByText("没有待办事项").waitFor();
    await shot(phone, "phone");
    t.true(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    for (const each of [page, phone]) await each.context().close();
  },
);

test.serial("no page was refused a style or script, and none threw", (t) => {
  t.deepEqual(on.browser.complaints, []);
});
