import { workflowApi } from "@jinshui/contracts";
import test from "ava";
import type { Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";
import { scrollsSideways, unreadableTexts } from "./visible-texts.js";

const on = siteWithBrowser();
const SCREEN = { width: 1366, height: 768 };
/** What is left of that screen at 200 %. */
const ZOOMED = { width: 683, height: 384 };

/** All pages that the navigation leads to. */
async function pagesOf(page: Page): Promise<string[]> {
  await page.locator("ji-side-nav a").first().waitFor();
  const links = await page.locator("ji-side-nav a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  return [...new Set(links.filter((link) => link !== null)), "/account"];
}

async function goTo(page: Page, path: string): Promise<void> {
  await page.goto(on.site.url + path);
  await page.locator("main h1").first().waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle").catch(() => undefined);
}

for (const username of ["sunjie", "wanggang"])
  test.serial(
    `every page of ${username} is in Chinese, and fits the screen also at 200 % and in the largest type`,
    async (t) => {
      const page = await on.browser.signIn(username);
      const unreadable: Record<string, string[]> = {};
      const wide: string[] = [];
      for (const path of await pagesOf(page)) {
        await page.setViewportSize(SCREEN);
        await goTo(page, path);
        const texts = await unreadableTexts(page);
        if (texts.length > 0) unreadable[path] = texts;
        if (await scrollsSideways(page)) wide.push(`${path} at 1366`);
        await page.setViewportSize(ZOOMED);
        if (await scrollsSideways(page)) wide.push(`${path} at 200 %`);
        await page.evaluate(() => (document.documentElement.dataset["size"] = "largest"));
        if (await scrollsSideways(page)) wide.push(`${path} in the largest type`);
      }
      t.deepEqual([unreadable, wide], [{}, []]);
      await page.context().close();
    },
  );

test.serial("a chosen type size holds on every page, and after a reload", async (t) => {
  const page = await on.browser.signIn("chenxiao");
  const size = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).fontSize);
  t.is(await size(), "14px");
  await page.evaluate(() => localStorage.setItem("jinshui.preferences", JSON.stringify({ size: "largest" })));
  await goTo(page, "/tasks");
  t.is(await size(), "18px");
  await page.context().close();
});

test.serial("in forced colours the chosen shape and the focus are told by lines, and nothing is lost", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await page.emulateMedia({ forcedColors: "active" });
  await goTo(page, "/p/asset-tracking/equipment?as=charts");
  const chosen = page.getByRole("button", { name: "图表", exact: true });
  const other = page.getByRole("button", { name: "看板", exact: true });
  await chosen.waitFor();
  const border = (name: typeof chosen): Promise<string> =>
    name.evaluate((element) => getComputedStyle(element).borderTopWidth);
  t.is(await border(chosen), "2px");
  t.is(await border(other), "1px");
  await other.focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  t.is(await other.evaluate((element) => getComputedStyle(element).outlineStyle), "solid");
  await shot(page, "forced-colours");
  // contrast is then the system's: the sheet's own colours, which are still computed, are not drawn
  const others = (await seriousViolations(page)).filter((violation) => !violation.startsWith("color-contrast"));
  t.deepEqual(others, []);
  await page.context().close();
});

test.serial(
  "inbox and approval fit 360 px; an approval without network waits, is told, and is sent once",
  async (t) => {
    const clerk = (await on.site.signIn("chenxiao")).client(workflowApi);
    const { definitions } = await clerk.definitions({});
    const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
    const { number } = await clerk.start({
      definition,
      values: { category: "desktop", reason: "换机", place: "大厅" },
    });
    const page = await on.browser.signIn("wanggang", undefined, { width: 360, height: 720 });
    await goTo(page, "/tasks");
    t.false(await scrollsSideways(page));
    await page.locator("main tbody a").first().click();
    await page.getByText(number).first().waitFor();
    const agree = page.getByRole("button", { name: "同意", exact: true });
    await agree.waitFor();
    t.false(await scrollsSideways(page));
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/complete")) sent.push(request.headers()["idempotency-key"] ?? "");
    });
    await agree.click();
    const sign = page.getByRole("button", { name: "签名并同意" });
    await sign.waitFor();
    await page.context().setOffline(true);
    await sign.click();
    await page.getByText("网络已断开，恢复后自动提交一次“同意”").waitFor();
    await page.locator(".banner").getByText("与服务器的连接已断开").waitFor();
    t.true(await agree.isDisabled());
    await shot(page, "approval-offline-360");
    await page.context().setOffline(false);
    await page.waitForSelector("ji-workbench-page", { timeout: 30_000 });
    t.true(sent.length > 1);
    t.is(new Set(sent).size, 1, "all attempts have one key");
    await page.context().close();
  },
);
