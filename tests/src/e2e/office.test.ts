import test from "ava";
import type { Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** Two steps that decide, one after the other. */
const MODEL = `<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t"><process id="lending" name="会务安排">
<startEvent id="s" name="申请"/><userTask id="review" name="科长审核" jinshui:position="section-chief" jinshui:within="department" jinshui:actions="approve,reject"/><userTask id="decide" name="局长批准" jinshui:position="director" jinshui:actions="approve,reject" jinshui:carbonCopy="document-clerk"/><endEvent id="e" name="办结"/>
<sequenceFlow id="s-r" sourceRef="s" targetRef="review"/><sequenceFlow id="r-d" sourceRef="review" targetRef="decide"/><sequenceFlow id="d-e" sourceRef="decide" targetRef="e"/>
</process></definitions>`;

async function start(page: Page): Promise<string> {
  await page.goto(`${on.site.url}/start`);
  await page.getByRole("link", { name: "会务安排" }).first().click();
  await page.getByRole("button", { name: "提交" }).click();
  await page.waitForSelector("ji-instance-page");
  return page.url();
}

/** Opens the first task of a step in somebody's inbox. */
async function open(page: Page): Promise<void> {
  await page.goto(`${on.site.url}/tasks`);
  await page.getByRole("link", { name: "会务安排" }).first().click();
  await page.waitForSelector("ji-task-page h1");
}

async function choose(page: Page, operation: string): Promise<void> {
  await page.getByText("更多", { exact: true }).click();
  await page.getByRole("button", { name: `${operation}…` }).click();
}

test("an office adds signers, approves several at once, takes back, reminds, sends back and reads copies", async (t) => {
  const admin = await on.browser.signIn("sunjie");
  await admin.goto(`${on.site.url}/processes`);
  await admin
    .locator("input[type=file]")
    .setInputFiles({ name: "lending.bpmn", mimeType: "text/xml", buffer: Buffer.from(MODEL) });
  await admin.getByRole("button", { name: "部署" }).click();
  await admin.getByRole("link", { name: "发起", exact: true }).waitFor();

  const applicant = await on.browser.signIn("hanbo");
  const first = await start(applicant);
  await start(applicant);
  await applicant.getByRole("button", { name: "催办" }).click();
  await applicant.getByText(/已提醒 \d+ 人/).waitFor();
  await applicant.getByRole("button", { name: "催办" }).waitFor({ state: "detached" });
  await shot(applicant, "office-urged");
  t.deepEqual(await seriousViolations(applicant), []);

  const chief = await on.browser.signIn("sj004");
  await open(chief);
  await chief.getByText("更多", { exact: true }).focus();
  await chief.keyboard.press("ArrowDown");
  await shot(chief, "office-menu");
  t.deepEqual(await seriousViolations(chief), []);
  await chief.keyboard.press("Escape");
  await choose(chief, "加签");
  await chief.getByLabel("按姓名或拼音查找").fill("suntao");
  await chief.getByLabel(/^孙涛/).check();
  await chief.getByRole("button", { name: "加签", exact: true }).click();
  await chief.getByText("请填写至少两个字").waitFor();
  await chief.getByLabel("原因").fill("请核对卷号");
  await shot(chief, "office-add-signers");
  t.deepEqual(await seriousViolations(chief), []);
  await chief.getByRole("button", { name: "加签", exact: true }).click();
  await chief.getByRole("status").getByText("已加签“会务安排”").waitFor();

  const added = await on.browser.signIn("sj003");
  await open(added);
  await added.getByText("本环节的办理人").waitFor();
  await added.getByRole("textbox", { name: "意见" }).fill("卷号无误");
  await added.getByRole("button", { name: "同意", exact: true }).click();
  await added.getByRole("status").getByText("已办理：").waitFor();

  await chief.goto(`${on.site.url}/tasks`);
  await chief.getByText("共 2 项").waitFor();
  await chief.getByLabel("选择本页可以批量同意的待办").check();
  await chief.getByText("已选 2 项").waitFor();
  await shot(chief, "office-many");
  t.deepEqual(await seriousViolations(chief), []);
  await chief.getByRole("button", { name: "批量同意" }).click();
  await chief.getByText("办理完成 2 项").waitFor();
  await chief.getByText("没有待办事项").waitFor();

  await chief.goto(first);
  await chief.getByRole("button", { name: "取回“科长审核”" }).click();
  await chief.getByRole("button", { name: "取回“科长审核”" }).waitFor({ state: "detached" });
  await chief.getByRole("main").getByRole("link", { name: "科长审核" }).click();
  await chief.getByRole("button", { name: "同意", exact: true }).click();
  await chief.getByRole("status").getByText("已办理：").waitFor();

  const director = await on.browser.signIn("sj001");
  await open(director);
  await choose(director, "退回");
  await director.getByLabel("科长审核（喻强丽办理）").waitFor();
  await director.getByLabel("退回意见").fill("请补充理由");
  await shot(director, "office-send-back");
  t.deepEqual(await seriousViolations(director), []);
  await director.getByRole("button", { name: "退回", exact: true }).click();
  await director.getByRole("status").getByText("已退回“会务安排”").waitFor();
  await open(director);
  await director.getByRole("button", { name: "同意", exact: true }).click();
  await director.getByRole("status").getByText("已办理：").waitFor();

  await added.goto(`${on.site.url}/tasks`);
  await added.getByRole("button", { name: "抄送", exact: true }).click();
  await added.getByText("未读").first().waitFor();
  await shot(added, "office-copies");
  t.deepEqual(await seriousViolations(added), []);
  await added.getByRole("button", { name: /^标为已阅/ }).click();
  await added.getByText("未读").first().waitFor({ state: "detached" });
  t.deepEqual(on.browser.complaints, []);
});

test("what is typed into a task is there again in another browser, and the pages fit a narrow screen", async (t) => {
  const clerk = await on.browser.signIn("chenxiao");
  await clerk.goto(`${on.site.url}/start`);
  await clerk.getByRole("link", { name: "设备领用" }).first().click();
  await clerk.locator("vaadin-combo-box#category input").fill("台式");
  await clerk.getByRole("option", { name: "台式机" }).click();
  await clerk.getByLabel("领用事由").fill("新到岗");
  await clerk.getByLabel("使用地点").fill("办税服务厅");
  await clerk.getByRole("button", { name: "提交" }).click();
  await clerk.waitForSelector("ji-instance-page h1");

  const narrow = { width: 360, height: 740 };
  const fits = async (page: Page): Promise<boolean> =>
    page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
  const chief = await on.browser.signIn("wanggang", undefined, narrow);
  await chief.goto(`${on.site.url}/tasks`);
  await chief.getByRole("link", { name: "设备领用" }).first().waitFor();
  await shot(chief, "narrow-inbox");
  t.true(await fits(chief), "the inbox");
  await chief.getByRole("link", { name: "设备领用" }).first().click();
  await chief.waitForSelector("ji-task-page ji-form");
  await chief.getByLabel("意见").fill("先问清用途");
  await chief.getByText("已暂存").waitFor();
  await chief.evaluate("sessionStorage.clear()");
  await chief.reload();
  await chief.waitForSelector("ji-task-page ji-form");
  t.is(await chief.getByLabel("意见").inputValue(), "先问清用途", "the opinion is kept, too");
  await chief.getByText("更多", { exact: true }).click();
  await shot(chief, "narrow-menu");
  t.true(await fits(chief), "the task");
  await chief.getByRole("button", { name: "退回…" }).click();
  await chief.getByLabel("修改申请").waitFor();
  await chief.getByLabel("退回意见").fill("请写明用途");
  await shot(chief, "narrow-send-back");
  t.true(await fits(chief), "the dialog");
  t.deepEqual(await seriousViolations(chief), []);
  await chief.getByRole("dialog").getByRole("button", { name: "退回" }).click();
  await chief
    .getByRole("status")
    .getByText(/^已退回/)
    .waitFor();

  const openTask = async (page: Page): Promise<void> => {
    await page.goto(`${on.site.url}/tasks`);
    await page.getByRole("link", { name: "设备领用" }).first().click();
    await page.waitForSelector("ji-task-page ji-form vaadin-text-area");
  };
  await openTask(clerk);
  await clerk.getByText("请写明用途").first().waitFor();
  await clerk.getByLabel("领用事由").fill("办税厅新增一个窗口");
  await clerk.getByText(/已暂存/).waitFor();
  await shot(clerk, "draft-saved");
  t.deepEqual(await seriousViolations(clerk), []);
  const elsewhere = await on.browser.signIn("chenxiao");
  await openTask(elsewhere);
  t.is(await elsewhere.getByLabel("领用事由").inputValue(), "办税厅新增一个窗口");
  await shot(elsewhere, "draft-restored");
  await elsewhere.getByRole("button", { name: "提交" }).click();
  await elsewhere.getByRole("status").getByText("已办理：").waitFor();
  t.deepEqual(on.browser.complaints, []);
});
