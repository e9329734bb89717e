import { auditApi, isJinshuiError, securityApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();
const PHONE = { width: 360, height: 720 };

async function accessible(t: ExecutionContext, page: Page, name: string): Promise<void> {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
}

const menu = (page: Page, name: string): Locator =>
  page.locator("ji-side-nav").getByRole("link", { name, exact: true });
const PAGES = ["安全概览", "登录与会话", "告警", "审计", "检查清单"];

/** Types into a list and takes what it offers. */
async function choose(page: Page, label: string, typed: string, option = typed): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).fill(typed);
  // the list of the field before may still be closing
  await page
    .getByRole("option", { name: option, exact: option === typed })
    .first()
    .click();
}

async function fail(username: string, times: number): Promise<void> {
  for (let tries = 0; tries < times; tries += 1)
    await on.site.signIn(username, "wrong-password-0").catch(() => undefined);
}

// checklist: 18, 21
test.serial("security and audit administrators have the pages, each their own, and nobody else any", async (t) => {
  const expected = {
    qianli: ["安全概览", "登录与会话", "告警", "检查清单"],
    majing: PAGES,
    sunjie: [],
    chenxiao: [],
  };
  for (const [username, pages] of Object.entries(expected)) {
    const page = await on.browser.signIn(username);
    await menu(page, "委托代理").waitFor();
    const shown: string[] = [];
    for (const name of PAGES) if ((await menu(page, name).count()) > 0) shown.push(name);
    t.deepEqual(shown, pages, username);
    const person = await on.site.signIn(username);
    const refused = await person
      .client(securityApi)
      .overview({})
      .then(
        () => "ok",
        (error: unknown) => isJinshuiError(error) && error.code,
      );
    t.is(refused, pages.length > 0 ? "ok" : "forbidden", username);
    const audit = await person
      .client(auditApi)
      .export({})
      .then(
        () => "ok",
        (error: unknown) => isJinshuiError(error) && error.code,
      );
    t.is(audit, username === "majing" ? "ok" : "forbidden", username);
    await page.context().close();
  }
});

// checklist: 5, 32
test.serial("failures raise alarms within a minute on an open page, which an administrator answers", async (t) => {
  const guard = await on.browser.signIn("qianli");
  await menu(guard, "告警").click();
  await guard.getByRole("heading", { name: "告警", exact: true }).waitFor();
  const started = performance.now();
  await fail("liuyang", 5);
  await fail("hanbo", 6);
  const many = guard.getByRole("article", { name: /同一地址多次登录失败/ });
  await many.waitFor({ timeout: 60_000 });
  await guard
    .getByRole("article", { name: /账号被锁定/ })
    .first()
    .waitFor({ timeout: 60_000 });
  t.true(performance.now() - started < 60_000);
  await accessible(t, guard, "security-alarms");
  await many.getByRole("button", { name: "确认" }).click();
  await guard.keyboard.type("已联系本人，属于误操作");
  await accessible(t, guard, "security-acknowledge");
  await guard.keyboard.press("Enter");
  await guard.getByText("已确认告警").waitFor();
  await many.waitFor({ state: "hidden" });
  await guard.getByRole("button", { name: "全部" }).click();
  await guard.getByText("已联系本人，属于误操作").waitFor();
  await accessible(t, guard, "security-alarms-all");

  await menu(guard, "安全概览").click();
  await guard.getByRole("link", { name: /锁定的账号/ }).click();
  await guard.getByRole("cell", { name: "hanbo" }).waitFor();
  await accessible(t, guard, "security-overview");
  await guard.getByRole("row", { name: /备份 未设置/ }).waitFor();
  await guard.getByRole("link", { name: /今日登录失败/ }).click();
  await guard
    .getByRole("row", { name: /登录失败 hanbo/ })
    .first()
    .waitFor();
  await accessible(t, guard, "security-sign-ins");
  await guard.context().close();
});

// checklist: 14
test.serial("a session of somebody else is ended, and that person is out", async (t) => {
  const clerk = await on.browser.signIn("sj001");
  const guard = await on.browser.signIn("qianli");
  await menu(guard, "登录与会话").click();
  await guard.getByRole("button", { name: "当前会话" }).click();
  const row = guard.getByRole("row", { name: /施洁/ }).first();
  await row.waitFor();
  await accessible(t, guard, "security-sessions");
  for (let left = await guard.getByRole("row", { name: /施洁/ }).count(); left > 0; left -= 1) {
    await row.getByRole("button", { name: "结束施洁的会话" }).click();
    await guard.getByRole("dialog").getByRole("button", { name: "结束" }).click();
    await guard.getByText("已结束施洁的会话").waitFor();
    await guard.waitForTimeout(300);
  }
  await clerk.getByLabel("用户名").waitFor({ timeout: 15_000 });
  for (const page of [clerk, guard]) await page.context().close();
});

// checklist: 26, 29, 31
test.serial("an auditor searches, looks at an entry, exports what was found, and verifies the chain", async (t) => {
  const auditor = await on.browser.signIn("majing");
  await menu(auditor, "审计").click();
  await auditor.getByRole("button", { name: "登录失败" }).first().waitFor();
  t.deepEqual(
    await auditor
      .getByRole("cell")
      .filter({ hasText: /^[a-z]+[-.][a-zA-Z.-]+$/ })
      .allInnerTexts(),
    [],
    "no codes",
  );
  await accessible(t, auditor, "security-audit-all");
  await choose(auditor, "操作", "登录失败");
  await choose(auditor, "结果", "拒绝");
  await auditor.getByRole("button", { name: "查询" }).click();
  t.regex(auditor.url(), /action=sign-in-failed/);
  await auditor.getByRole("row").nth(12).waitFor({ state: "detached" });
  const entry = auditor.getByRole("button", { name: "登录失败" }).first();
  await entry.waitFor();
  await entry.focus();
  await auditor.keyboard.press("Enter");
  await auditor.getByText("来源", { exact: true }).waitFor();
  await accessible(t, auditor, "security-audit");
  const [download] = await Promise.all([
    auditor.waitForEvent("download"),
    auditor.getByRole("button", { name: "导出 CSV" }).click(),
  ]);
  t.is(download.suggestedFilename(), "审计记录.csv");
  const csv = await readFile(await download.path(), "utf8");
  t.true(csv.startsWith("\uFEFF序号,"));
  t.is(csv.trimEnd().split("\r\n").length, 12, "a heading and eleven failures");
  const day = auditor.getByRole("group", { name: "起始时间" }).getByRole("combobox").first();
  await day.fill("2099-01-01");
  await day.press("Enter");
  await auditor.getByRole("button", { name: "查询" }).click();
  await auditor.getByText("没有符合条件的审计记录").waitFor();
  t.regex(auditor.url(), /from=2099-01-01T00%3A00%3A00%2B08%3A00/, "a day alone is its beginning");
  await auditor.getByRole("button", { name: "清除" }).click();
  await choose(auditor, "人员", "qianli", "钱力");
  await auditor.getByRole("button", { name: "查询" }).click();
  await auditor.getByRole("button", { name: "确认告警" }).first().click();
  await auditor.getByRole("cell", { name: "处理情况", exact: true }).waitFor();
  await auditor.waitForURL(/actor=[0-9a-f-]+/);
  await accessible(t, auditor, "security-audit-person");
  t.false(csv.includes("wrong-password-0"), "what was tried is nowhere");
  await auditor.getByRole("button", { name: "核验审计链" }).click();
  await auditor.getByText("完好", { exact: true }).waitFor();
  await accessible(t, auditor, "security-verified");
  await menu(auditor, "检查清单").click();
  await auditor.getByRole("button", { name: "运维单位的职责" }).click();
  await auditor.getByText("当面交付").waitFor();
  await accessible(t, auditor, "security-checklist");
  await auditor.context().close();
});

test.serial("the pages are readable on a phone, in the dark and in English, and complain of nothing", async (t) => {
  const page = await on.browser.signIn("majing", undefined, PHONE);
  for (const language of ["zh-CN", "en"] as const) {
    await page.evaluate(
      (chosen) => localStorage.setItem("jinshui.preferences", JSON.stringify({ language: chosen, theme: "dark" })),
      language,
    );
    for (const [view, headings] of Object.entries({
      overview: { "zh-CN": "安全概览", en: "State of security" },
      alarms: { "zh-CN": "告警", en: "Alarms" },
      audit: { "zh-CN": "审计", en: "Audit trail" },
      "sign-ins": { "zh-CN": "登录与会话", en: "Sign-ins and sessions" },
      checklist: { "zh-CN": "检查清单", en: "Security checklist" },
    })) {
      await page.goto(`${on.browser.url}/p/security-center/${view}`);
      await page.getByRole("heading", { name: headings[language], exact: true }).waitFor();
      await page.waitForTimeout(500);
      await accessible(t, page, `security-phone-${language}-${view}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      t.true(width <= 360, `${view} is ${width} wide`);
      t.false(/security-center\.[a-z]/.test(await page.locator("body").innerText()), "no raw keys");
    }
  }
  t.deepEqual(on.browser.complaints, []);
  await page.context().close();
});
