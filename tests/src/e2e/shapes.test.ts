import { storageApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import type { Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();
const collection = "asset-tracking.equipment";
const ITEMS = [
  { code: "WH-2005-00001", name: "核心交换机", category: "switch", condition: "good", price: 1_200_000 },
  { code: "WH-2005-00002", name: "大厅打印机", category: "printer", condition: "to-check", price: 350_000 },
  { code: "WH-2005-00003", name: "机房服务器", category: "server", condition: "good", price: 4_500_000 },
  { code: "WH-2005-00004", name: "备用台式机", category: "desktop", price: 480_000 },
];
const TODAY = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });

const accessible = async (t: ExecutionContext, page: Page, name: string): Promise<void> => {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
};

async function open(page: Page, query: string): Promise<void> {
  await page.goto(`${on.site.url}/p/asset-tracking/equipment${query}`);
}

const lane = (page: Page, name: string) => page.locator("ji-record-board").getByRole("region", { name, exact: true });

test.serial("a card is moved with the mouse and with the keyboard, and the record has the new value", async (t) => {
  const keeper = (await on.site.signIn("zhaomin")).client(storageApi);
  for (const item of ITEMS) await keeper.insert({ collection, values: { ...item, purchasedOn: TODAY } });
  const page = await on.browser.signIn("zhaomin");
  await open(page, "");
  await page.getByRole("button", { name: "看板", exact: true }).click();
  await lane(page, "待检测").getByRole("link", { name: "大厅打印机" }).waitFor();
  await accessible(t, page, "board");
  await page
    .locator("ji-record-board li", { hasText: "核心交换机" })
    .dragTo(lane(page, "待维修"), { sourcePosition: { x: 20, y: 40 } });
  await lane(page, "待维修").getByRole("link", { name: "核心交换机" }).waitFor();
  await page.getByRole("status").getByText("“核心交换机”已移至“待维修”").waitFor();
  const choice = page.getByLabel("“备用台式机”移至");
  await choice.focus();
  await page.keyboard.press("ArrowUp");
  await lane(page, "拟报废").getByRole("link", { name: "备用台式机" }).waitFor();
  await page.getByRole("status").getByText("“备用台式机”已移至“拟报废”").waitFor();
  t.is(
    await page.evaluate(() => {
      let focused = document.activeElement;
      while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
      return focused?.getAttribute("aria-label");
    }),
    "“备用台式机”移至",
    "the focus goes with the card",
  );
  const { records } = await keeper.find({ collection, sort: ["code"] });
  t.deepEqual(
    records.map(({ values }) => values["condition"]),
    ["to-repair", "to-check", "good", "to-scrap"],
  );
  await page.context().close();
});

test.serial("a card whose record somebody has changed meanwhile goes back, and the page says why", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await open(page, "?as=board");
  const choice = page.getByLabel("“机房服务器”移至");
  await choice.waitFor();
  await page.route("**/collections/**", async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    const keeper = (await on.site.signIn("zhaomin")).client(storageApi);
    const { records } = await keeper.find({ collection, filter: { name: "机房服务器" } });
    const [{ id, version } = { id: "", version: 0 }] = records;
    await keeper.update({ collection, id, version, values: { location: "三楼机房" } });
    return route.continue();
  });
  await choice.selectOption({ label: "拟报废" });
  await page.locator("ji-record-board ji-error").getByText("三楼机房").waitFor();
  await lane(page, "完好").getByRole("link", { name: "机房服务器" }).waitFor();
  await accessible(t, page, "board-refused");
  await page.context().close();
});

test.serial("who may not write the field sees the board and moves nothing", async (t) => {
  const page = await on.browser.signIn("chenxiao");
  await open(page, "?as=board");
  await page.getByText("您不能修改“技术状况”，看板只供查看。").waitFor();
  t.is(await page.locator("ji-record-board select").count(), 0);
  t.is(await page.locator("ji-record-board [draggable=true]").count(), 0);
  await page.context().close();
});

test.serial("records stand in the calendar by month, week and agenda, and open beside it", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await open(page, "?as=calendar");
  const today = page.locator("ji-record-calendar td[aria-current=date]");
  await today.getByRole("link", { name: "购置日期 核心交换机" }).waitFor();
  await accessible(t, page, "calendar-month");
  await page.getByRole("button", { name: "周", exact: true }).press("Enter");
  await today.getByRole("link", { name: "购置日期 核心交换机" }).waitFor();
  await accessible(t, page, "calendar-week");
  await page.getByRole("button", { name: "日程", exact: true }).press("Enter");
  await page.locator("ji-record-calendar dl").getByText(TODAY).waitFor();
  await page.getByRole("link", { name: "购置日期 核心交换机" }).press("Enter");
  await page.locator("ji-record-panel").getByText("变更记录").waitFor();
  await accessible(t, page, "calendar-agenda");
  await page.getByRole("button", { name: "上一月" }).press("Enter");
  await page.getByText("这段时间没有记录").waitFor();
  await page.goBack();
  await page.locator("ji-record-calendar dl").getByText(TODAY).waitFor();
  t.true(page.url().includes("span=agenda"));
  await page.context().close();
});

test.serial("figures are drawn and stand beside the drawing as a table, within the filters of the page", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await open(page, "?as=charts");
  const prices = page.getByRole("region", { name: "各年购置金额数据表" });
  await prices.getByText("65,300.00").waitFor();
  await page.locator("ji-chart svg text", { hasText: "服务器" }).first().waitFor();
  t.is(await page.locator("ji-chart").count(), 4);
  await accessible(t, page, "charts");
  await page.emulateMedia({ media: "print" });
  await shot(page, "charts-print");
  await page.emulateMedia({ media: "screen" });
  await page.getByLabel("类别", { exact: true }).selectOption({ label: "服务器" });
  await prices.getByText("45,000.00").waitFor();
  t.deepEqual(
    on.browser.complaints.filter((text) => !text.includes("409")),
    [],
  );
  await page.context().close();
});

test.serial("all shapes fit 360 px and are legible in the dark", async (t) => {
  const page = await on.browser.signIn("zhaomin", undefined, { width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: "dark" });
  for (const shape of ["list", "board", "calendar", "charts"]) {
    await open(page, `?as=${shape}`);
    await page
      .locator("[data-view]")
      .getByText("核心交换机")
      .or(page.getByText("各类设备数量"))
      .first()
      .waitFor({ state: "attached" });
    t.true(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      `${shape} scrolls sideways`,
    );
    await accessible(t, page, `${shape}-360-dark`);
  }
  await page.context().close();
});
