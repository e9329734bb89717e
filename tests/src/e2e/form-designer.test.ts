import { type FormSchema, workflowApi } from "@jinshui/contracts";
import test from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** A process of one approval that uses a form. */
const processWith = (key: string, form: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="t">
  <process id="${key}" name="${key}" isExecutable="true">
    <startEvent id="start" jinshui:form="${form}"/>
    <userTask id="approve" name="审批" jinshui:assign="applicant" jinshui:form="${form}"/>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="approve"/><sequenceFlow id="f2" sourceRef="approve" targetRef="end"/>
  </process>
</definitions>`;

const palette = (page: Page): Locator => page.getByRole("region", { name: "字段", exact: true });
const canvas = (page: Page): Locator => page.getByRole("region", { name: "表单", exact: true });
const properties = (page: Page): Locator => page.getByRole("region", { name: "属性", exact: true });
const item = (page: Page, label: string): Locator => canvas(page).getByRole("button", { name: label });

async function newForm(page: Page, title: string): Promise<void> {
  await page.goto(`${on.site.url}/p/form-designer/forms`);
  await page.getByLabel("表单名称").fill(title);
  await page.getByRole("button", { name: "新建" }).click();
  await page.getByRole("heading", { name: title }).waitFor();
}

async function addField(page: Page, kind: string, label: string): Promise<void> {
  await palette(page).getByRole("button", { name: kind, exact: true }).click();
  await properties(page).getByLabel("名称").fill(label);
  await item(page, label).waitFor();
}

const names = async (page: Page): Promise<string[]> => canvas(page).locator(".item .name").allTextContents();

test.serial("a form for leave is made by mouse, tried, published, and used in a matter", async (t) => {
  t.timeout(480_000);
  const page = await on.browser.signIn("sunjie");
  await newForm(page, "请假单");
  await page.getByText("从左边点选或拖入字段").waitFor();
  await addField(page, "选项", "请假类型");
  await properties(page).getByLabel("选项（每行一个）").fill("年假\n病假");
  await addField(page, "日期", "开始日期");
  await addField(page, "日期", "结束日期");
  await addField(page, "数字", "天数");
  await properties(page).getByLabel("计算方式").selectOption({ label: "相隔天数" });
  await addField(page, "附件", "证明材料");
  await properties(page).getByRole("button", { name: "增加条件：何时显示" }).click();
  await properties(page).getByLabel("何时显示 条件 1：字段").selectOption({ label: "天数" });
  await properties(page).getByLabel("何时显示 条件 1：值").fill("3");
  await addField(page, "多行文字", "事由");
  await properties(page).getByLabel("必须填写").check();
  await item(page, "事由").dragTo(item(page, "开始日期"));
  t.deepEqual(await names(page), ["请假类型", "事由", "开始日期", "结束日期", "天数", "证明材料"]);
  await page.getByRole("button", { name: "撤销" }).click();
  t.deepEqual((await names(page)).at(-1), "事由");
  await page.getByRole("button", { name: "重做" }).click();
  t.deepEqual((await names(page)).at(1), "事由");
  await page.getByText(/^已保存/).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "form-designer");
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "dark"));
  await shot(page, "form-designer-dark");
  await page.evaluate(() => (document.documentElement.dataset["theme"] = "light"));

  await page.getByRole("button", { name: "预览" }).click();
  await page.getByLabel("开始日期").fill("2026-12-01");
  await page.getByLabel("开始日期").press("Enter");
  await page.getByLabel("结束日期").fill("2026-12-04");
  await page.getByLabel("结束日期").press("Enter");
  await page.getByRole("group", { name: "证明材料" }).waitFor();
  t.is(await page.getByLabel("天数").inputValue(), "4");
  await page.getByLabel("手机宽度").check();
  await page.getByRole("button", { name: "试提交" }).click();
  await page.getByRole("link", { name: "事由" }).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "form-preview-phone");

  await page.getByRole("button", { name: "环节权限" }).click();
  await page.getByLabel("请假类型 在“其他环节”的权限").waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "form-rights");
  await page.getByRole("button", { name: "打印样张" }).click();
  await shot(page, "form-print");
  await page.getByRole("button", { name: "核对并发布" }).click();
  await page.getByText("增加“事由”").waitFor();
  await page.getByRole("button", { name: "确认发布" }).click();
  await page.getByRole("cell", { name: "第 1 版", exact: true }).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "form-versions");

  const maker = (await on.site.signIn("sunjie")).client(workflowApi);
  const id = new URL(page.url()).searchParams.get("form") ?? "";
  const xml = processWith("leave-story", id);
  const { processes } = await maker.importDefinition({ xml, fileName: "leave.bpmn", commit: true });
  const clerk = await on.browser.signIn("sj074");
  await clerk.goto(`${on.site.url}/start/${processes[0]?.definition ?? ""}`);
  await clerk.getByLabel("事由").fill("探亲");
  await clerk.getByLabel("开始日期").fill("2026-12-01");
  await clerk.getByLabel("开始日期").press("Enter");
  await clerk.reload();
  await clerk.getByText("已恢复上次未提交的内容").waitFor();
  t.is(await clerk.getByLabel("事由").inputValue(), "探亲");
  await clerk.getByLabel("结束日期").fill("2026-12-02");
  await clerk.getByLabel("结束日期").press("Enter");
  t.is(await clerk.getByLabel("天数").inputValue(), "2");
  t.is(await clerk.getByRole("group", { name: "证明材料" }).count(), 0);
  await clerk.setViewportSize({ width: 360, height: 740 });
  await shot(clerk, "form-start-360");
  await clerk.getByRole("button", { name: "提交" }).click();
  await clerk.waitForURL(/\/matters\//);
});

test.serial(
  "the keyboard alone makes a form: fields are put, moved, widened, taken away and brought back",
  async (t) => {
    t.timeout(240_000);
    const page = await on.browser.signIn("sunjie");
    await page.goto(`${on.site.url}/p/form-designer/forms`);
    await page.getByLabel("表单名称").focus();
    await page.keyboard.type("键盘表单");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "键盘表单" }).waitFor();
    for (const [kind, label] of [
      ["单行文字", "甲"],
      ["金额", "乙"],
    ] as const) {
      await palette(page).getByRole("button", { name: kind, exact: true }).focus();
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.activeElement !== document.body && getSelection()?.toString() !== "");
      await page.keyboard.type(label);
      await item(page, label).waitFor();
    }
    await item(page, "乙").focus();
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByText("“乙”移到第 1 个，共 2 个").waitFor({ state: "attached" });
    t.deepEqual(await names(page), ["乙", "甲"]);
    await page.keyboard.press("Alt+ArrowLeft");
    await page.getByText("“乙”宽度：二分之一").waitFor({ state: "attached" });
    await page.keyboard.press("Delete");
    await page.getByText("已删除“乙”").waitFor({ state: "attached" });
    t.deepEqual(await names(page), ["甲"]);
    await page.keyboard.press("Control+z");
    await item(page, "乙").waitFor();
    t.deepEqual(await names(page), ["乙", "甲"]);
    await page.setViewportSize({ width: 360, height: 740 });
    t.deepEqual(await seriousViolations(page), []);
    await shot(page, "form-designer-360");
  },
);

test.serial("a form of 200 fields opens and takes what is typed", async (t) => {
  t.timeout(240_000);
  const maker = (await on.site.signIn("sunjie")).client(workflowApi);
  const form: FormSchema = {
    type: "default",
    id: "large",
    components: Array.from({ length: 200 }, (_, index) => ({
      type: "number",
      key: `f${index}`,
      label: `第 ${index} 项`,
      jinshui: { columns: 3, ...(index % 10 === 9 ? { calculate: `f${index - 1} + f${index - 2}` } : {}) },
    })),
  };
  await maker.saveForm({ id: "large", title: "大表", form, revision: 0 });
  await maker.publishForm({ id: "large", revision: 1 });
  const { processes } = await maker.importDefinition({
    xml: processWith("large-story", "large"),
    fileName: "large.bpmn",
    commit: true,
  });
  const clerk = await on.browser.signIn("sj074");
  const began = Date.now();
  await clerk.goto(`${on.site.url}/start/${processes[0]?.definition ?? ""}`);
  await clerk.getByLabel("第 198 项").waitFor();
  t.log(`opened in ${Date.now() - began} ms, the page included`);
  await clerk.getByLabel("第 7 项").fill("3");
  const typed = Date.now();
  await clerk.getByLabel("第 8 项").pressSequentially("45");
  t.log(`two keys in ${Date.now() - typed} ms`);
  t.is(await clerk.getByLabel("第 9 项").inputValue(), "48");
  await shot(clerk, "form-200");
  t.deepEqual(on.browser.complaints, []);
});
