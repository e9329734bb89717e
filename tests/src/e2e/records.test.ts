import type { StoredRecord } from "@jinshui/contracts";
import { storageApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, TestBrowser } from "./browser.js";
import { siteWithPurchasing } from "./records-plugin.js";

const collection = "purchasing.purchase";
let site: TestSite;
let browser: TestBrowser;
let stop = (): Promise<void> => Promise.resolve();
test.before(async () => {
  ({ site, stop } = await siteWithPurchasing());
  browser = await TestBrowser.open(site.url);
});
test.after.always(async () => {
  await browser?.close();
  await stop();
});

const accessible = async (t: ExecutionContext, page: Page, name: string): Promise<void> => {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
};

/** A record that the section chief has made, with what only he may write. */
async function made(values: Record<string, unknown>): Promise<StoredRecord> {
  return (await site.signIn("wanggang")).client(storageApi).insert({ collection, values });
}

/** Typed into a field of dates, whose calendar the key closes. */
async function day(page: Page, label: string, date: string): Promise<void> {
  await page.getByLabel(label).fill(date);
  await page.getByLabel(label).press("Enter");
}

async function open(page: Page, id = ""): Promise<Locator> {
  await page.goto(`${site.url}/p/purchasing/purchases${id === "" ? "" : `?record=${id}`}`);
  await page.getByRole("button", { name: "新增", exact: true }).waitFor();
  return page.locator("ji-record-panel");
}

test.serial("a record is made with a file, exact digits and a number of its own", async (t) => {
  const page = await browser.signIn("zhaomin");
  await open(page);
  await page.getByRole("button", { name: "新增", exact: true }).click();
  await page.getByLabel("名称").fill("交换机");
  t.is(await page.getByLabel("采购编号").inputValue(), "保存后自动编号");
  t.is(await page.getByLabel("采购编号").getAttribute("readonly"), "");
  await page.getByLabel("数量").fill("3");
  await page.getByLabel("单价（元）").fill("1200.567");
  await page.getByLabel("折扣率").fill("0.95001");
  await page.getByLabel("收款账号").fill("12345");
  await page.getByText("例如 1234567890").waitFor();
  await day(page, "开标日期", "2026-11-20");
  await day(page, "成交日期", "2026-11-10");
  const files = page.locator("ji-attachments input[type=file]");
  await files.setInputFiles([
    { name: "询价单.txt", mimeType: "text/plain", buffer: Buffer.from("询价".repeat(400)) },
    { name: "坏.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") },
  ]);
  await page.getByRole("button", { name: "下载 询价单.txt" }).or(page.getByText("询价单.txt")).first().waitFor();
  await page.getByText("不接受“.exe”类型的文件").waitFor();
  // one that is given up on its way
  await page.route("**/api/v1/uploads", () => undefined);
  await files.setInputFiles({ name: "大文件.txt", mimeType: "text/plain", buffer: Buffer.from("大") });
  await page.getByRole("progressbar", { name: "大文件.txt" }).waitFor();
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("文件正在上传，请等待完成或取消上传").waitFor();
  await page.getByRole("button", { name: "取消上传 大文件.txt" }).click();
  await page.getByText("大文件.txt").waitFor({ state: "detached" });
  await page.unroute("**/api/v1/uploads");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("格式不正确，应为数字，小数位数不超过规定").first().waitFor();
  await page.getByText("应为十位数字").first().waitFor();
  await page.locator("vaadin-number-field[invalid]").getByText("应为金额（最多两位小数）").waitFor();
  await accessible(t, page, "record-refused");
  t.is(await page.getByText("跟踪号").count(), 0, "what was entered wrongly is nothing for support");
  await page.getByLabel("单价（元）").fill("1200.5");
  const opened = await page.getByLabel("开标日期").inputValue();
  await day(page, "开标日期", "2026/2/30");
  const times = page.locator("vaadin-date-time-picker#meeting input");
  for (const [input, typed] of [
    [times.first(), "下周一"],
    [times.last(), "九点"],
  ] as const) {
    await input.fill(typed);
    await input.press("Enter");
  }
  await page.getByLabel("折扣率").fill("0.95");
  await page.getByLabel("收款账号").fill("9876543210");
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") sent.push(request.url());
  });
  await page.getByRole("button", { name: "保存" }).click();
  await page.locator("vaadin-date-picker[invalid]").getByText("不是日期，请按 2026-01-31 填写").waitFor();
  await page
    .locator("vaadin-date-time-picker[invalid]")
    .getByText("不是日期和时间，请按 2026-01-31 09:30 填写")
    .waitFor();
  await accessible(t, page, "record-no-dates");
  t.deepEqual(
    [await page.getByLabel("开标日期").inputValue(), await times.first().inputValue(), await times.last().inputValue()],
    ["2026/2/30", "下周一", "九点"],
    "what was typed stays",
  );
  t.deepEqual(sent, [], "nothing was sent");
  await day(page, "开标日期", opened);
  for (const input of [times.first(), times.last()]) {
    await input.fill("");
    await input.press("Enter");
  }
  await page.getByRole("button", { name: "保存" }).click();
  await page.locator("vaadin-date-picker[invalid]").getByText("成交日期不能早于开标日期").waitFor();
  await day(page, "成交日期", "2026-11-25");
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("status").getByText("已保存“交换机”").waitFor();
  const panel = page.locator("ji-record-panel");
  await panel.getByText("采购[2026]0001号").waitFor();
  await panel.getByText("0.9500").waitFor();
  await panel.getByText("3,601.50").waitFor();
  await panel.getByText("2 KB").or(panel.getByText("3 KB")).waitFor();
  await accessible(t, page, "record-made");
  const download = page.waitForEvent("download");
  await panel.getByRole("button", { name: "询价单.txt" }).click();
  t.is((await download).suggestedFilename(), "询价单.txt");
  await page.context().close();
});

test.serial(
  "what one may not write is shown and stays, what is masked is never sent, what is hidden is not there",
  async (t) => {
    const { id } = await made({
      title: "复印机",
      account: "1111122222",
      opinion: "同意采购",
      reserve: 990_000,
      raw: { source: "金税", lines: [1, 2] },
      meeting: "2026-11-26T09:30:00+08:00",
    });
    const page = await browser.signIn("zhaomin");
    const panel = await open(page, id);
    await panel.getByText("11******22").waitFor();
    await panel.getByText("部分隐藏").waitFor();
    await panel.getByText("2026-11-26 09:30").waitFor();
    t.is(await page.getByText("标底").count(), 0);
    await panel.getByText("展开内容").click();
    await panel.getByText('"source": "金税"').waitFor();
    await accessible(t, page, "record-masked");
    await panel.getByRole("button", { name: "修改" }).click();
    t.is(await panel.getByLabel("批准意见").getAttribute("readonly"), "");
    t.is(await panel.getByLabel("批准意见").inputValue(), "同意采购");
    t.is(await panel.getByLabel("收款账号").inputValue(), "");
    await panel.getByText("现为 11******22；不填写则保持不变").waitFor();
    await panel.getByLabel("收款账号").fill("3");
    await panel.getByLabel("收款账号").fill("");
    await panel.getByLabel("数量").fill("2");
    await panel.locator("vaadin-combo-box#section input").fill("征收");
    await panel.getByRole("option", { name: "征收管理科" }).click();
    await panel.locator("vaadin-combo-box#handler input").fill("陈晓");
    await page.getByRole("option", { name: "陈晓 · 征收管理科" }).click();
    // the only match is taken with Enter, also before the list is there
    await panel.locator("vaadin-combo-box#before input").fill("交换");
    await panel.locator("vaadin-combo-box#before input").press("Enter");
    await panel.locator("vaadin-combo-box#before[opened]").waitFor({ state: "detached" });
    t.regex(await panel.locator("vaadin-combo-box#before input").inputValue(), /交换机/);
    await accessible(t, page, "record-editing");
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await panel.getByRole("button", { name: "保存" }).click();
    const { values } = (await sent).postDataJSON() as { values: object };
    t.deepEqual(Object.keys(values).sort(), ["before", "handler", "quantity", "section"]);
    await panel.locator("dd", { hasText: "陈晓" }).waitFor();
    await panel.locator("dd", { hasText: "交换机" }).waitFor();
    const chief = (await site.signIn("wanggang")).client(storageApi);
    t.is((await chief.get({ collection, id })).values["account"], "1111122222");
    await page.context().close();
  },
);

test.serial("of two who edit one record, the second sees what the first has changed and loses nothing", async (t) => {
  const record = await made({ title: "投影仪", quantity: 1, remark: "会议室用" });
  const page = await browser.signIn("zhaomin");
  const panel = await open(page, record.id);
  await panel.getByRole("button", { name: "修改" }).click();
  await panel.getByLabel("数量").fill("5");
  await panel.getByLabel("备注").fill("办税厅用，请尽快采购");
  const chief = (await site.signIn("wanggang")).client(storageApi);
  const { version, id } = record;
  await chief.update({ collection, id, version, values: { quantity: 2, kind: "service" } });
  await panel.getByRole("button", { name: "保存" }).click();
  await panel.getByText(/王刚已于 .* 修改此记录，您填写的内容尚未保存/).waitFor();
  await panel.getByText("对方改为：服务").waitFor();
  await panel.getByText("对方改为：2").waitFor();
  await panel.getByText("您填写的：5").waitFor();
  await accessible(t, page, "record-conflict");
  t.is(await panel.getByLabel("备注").inputValue(), "办税厅用，请尽快采购");
  t.is(await panel.getByRole("combobox", { name: "类别" }).inputValue(), "服务");
  await panel.getByRole("button", { name: "采用对方的" }).click();
  t.is(await panel.getByLabel("数量").inputValue(), "2");
  await panel.getByRole("button", { name: "保存" }).click();
  await panel.getByRole("button", { name: "修改" }).waitFor();
  t.like((await chief.get({ collection, id })).values, {
    quantity: 2,
    kind: "service",
    remark: "办税厅用，请尽快采购",
  });
  await page.context().close();
});

test.serial("a removed record is found under 已删除 and comes back", async (t) => {
  const { id } = await made({ title: "旧打印机" });
  const page = await browser.signIn("zhaomin");
  const panel = await open(page, id);
  await panel.getByRole("button", { name: "删除", exact: true }).waitFor();
  const dialog = page.getByRole("dialog", { name: "删除记录" });
  await panel.getByRole("button", { name: "删除", exact: true }).click();
  await dialog.getByText("旧打印机").waitFor();
  await accessible(t, page, "record-remove");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  t.is(await panel.getByRole("button", { name: "修改" }).count(), 1, "Enter alone deletes nothing");
  await panel.getByRole("button", { name: "删除", exact: true }).click();
  await dialog.getByRole("button", { name: "删除" }).click();
  await panel.waitFor({ state: "detached" });
  await page.getByRole("status").getByText("已删除“旧打印机”").waitFor();
  await accessible(t, page, "record-removed-now");
  await page.getByRole("button", { name: "已删除" }).click();
  await page.getByText("共 1 项").waitFor();
  await page.locator(".list tbody").getByRole("link").click();
  await panel.getByRole("button", { name: "恢复" }).waitFor();
  await accessible(t, page, "record-removed");
  await panel.getByRole("button", { name: "恢复" }).click();
  await panel.getByRole("button", { name: "修改" }).waitFor();
  t.false(page.url().includes("removed"));
  const reader = await browser.signIn("chenxiao");
  await reader.goto(`${site.url}/p/purchasing/purchases`);
  await reader.locator(".list tbody").getByText("旧打印机").waitFor();
  t.is(await reader.getByRole("button", { name: "已删除" }).count(), 0);
  await reader.context().close();
  await page.context().close();
});

test.serial("a record is looked at as it was after an earlier change, and only looked at", async (t) => {
  const { id } = await made({ title: "老空调", quantity: 1 });
  const chief = (await site.signIn("wanggang")).client(storageApi);
  const other = await made({ title: "旧合同" });
  await chief.update({ collection, id, version: 1, values: { title: "空调", quantity: 2, before: other.id } });
  await chief.update({ collection, id, version: 2, values: { quantity: 3, before: null } });
  const page = await browser.signIn("zhaomin");
  const panel = await open(page, id);
  const earlier = panel.getByRole("button", { name: /^查看当时内容/ });
  await earlier.first().waitFor();
  t.is(await earlier.count(), 2, "the last change is what is there now");
  await panel.getByText("续采自：旧合同 → （空）").waitFor();
  await earlier.last().click();
  await panel.getByText(/^这是 .* 的内容，只供查看$/).waitFor();
  await panel.locator("dd", { hasText: "老空调" }).waitFor();
  t.is(await panel.getByRole("button", { name: "修改" }).count(), 0);
  await accessible(t, page, "record-as-of");
  await panel.getByRole("button", { name: "回到现在" }).click();
  await earlier.first().click();
  await panel.locator("dd", { hasText: "旧合同" }).waitFor();
  await panel.getByRole("button", { name: "回到现在" }).click();
  await panel.getByRole("button", { name: "修改" }).waitFor();
  t.pass();
  await page.context().close();
});

test.serial("whoever may not read a register hears so, and whom to ask", async (t) => {
  const page = await browser.signIn("wx026");
  await page.goto(`${site.url}/p/purchasing/lines`);
  await page.getByText("您没有此项权限").waitFor();
  await page.getByText("请联系系统管理员调整岗位").waitFor();
  await accessible(t, page, "record-not-readable");
  await page.context().close();
});

test.serial("records that belong to a record are listed with it, added and opened", async (t) => {
  const { id } = await made({ title: "办公家具" });
  const page = await browser.signIn("zhaomin");
  const panel = await open(page, id);
  await panel.getByText("还没有记录").waitFor();
  await panel.getByRole("button", { name: "新增采购明细" }).click();
  await panel.getByLabel("品名").fill("文件柜");
  await panel.getByLabel("件数").fill("12");
  t.is(await panel.getByLabel("所属采购").count(), 0);
  await panel.getByRole("button", { name: "保存" }).click();
  await panel.getByRole("button", { name: "文件柜" }).waitFor();
  await accessible(t, page, "record-children");
  await panel.getByRole("button", { name: "文件柜" }).click();
  await panel.getByRole("button", { name: "返回 办公家具" }).waitFor();
  await panel.locator("dd", { hasText: "办公家具" }).waitFor();
  await panel.getByRole("button", { name: "返回 办公家具" }).click();
  await panel.getByText("采购明细（1）").waitFor();
  t.pass();
  await page.context().close();
});

test.serial("tab, search and record stand in the address: back, forward, reload and links lead there", async (t) => {
  const page = await browser.signIn("zhaomin");
  await open(page);
  t.regex(await page.title(), /^采购台账 - /);
  await page.getByPlaceholder("搜索").fill("办公家具");
  await page.getByRole("button", { name: "查询" }).click();
  await page.getByText("共 1 项").waitFor();
  await page.locator(".list tbody").getByRole("link").click();
  await page.locator("ji-record-panel").getByRole("button", { name: "修改" }).waitFor();
  t.regex(await page.title(), /^办公家具 - 采购台账 - /);
  const link = page.url();
  await page.getByRole("button", { name: "新增", exact: true }).first().click();
  await page.getByRole("button", { name: "保存" }).waitFor();
  await page.goBack();
  await page.locator("ji-record-panel").getByRole("button", { name: "修改" }).waitFor();
  await page.goBack();
  await page.locator("ji-record-panel").waitFor({ state: "detached" });
  t.regex(await page.title(), /^采购台账 - /);
  t.is(await page.getByPlaceholder("搜索").inputValue(), "办公家具");
  await page.goBack();
  await page.locator(".list tbody tr").nth(1).waitFor();
  t.is(await page.getByPlaceholder("搜索").inputValue(), "");
  await page.goForward();
  await page.getByText("共 1 项").waitFor();
  const other = await page.context().newPage();
  await other.goto(link);
  await other.locator("ji-record-panel").getByRole("button", { name: "修改" }).waitFor();
  t.is(await other.locator(".list tbody tr").count(), 1);
  await page.goto(`${site.url}/archives`);
  await page.waitForFunction(() => document.title.startsWith("归档查询 - "));
  await page.context().close();
});

test.serial("what was entered is not lost by a click on the menu", async (t) => {
  const page = await browser.signIn("zhaomin");
  await page.goto(`${site.url}/p/asset-tracking/equipment`);
  await page.getByRole("button", { name: "新增" }).click();
  await page.getByRole("heading", { name: "新增设备", exact: true }).waitFor();
  await page.getByLabel("设备名称").fill("尚未保存");
  const asked: string[] = [];
  const answer = { stay: true };
  page.on("dialog", (dialog) => {
    asked.push(dialog.message());
    void (answer.stay ? dialog.dismiss() : dialog.accept());
  });
  const elsewhere = page.locator("ji-side-nav").getByRole("link", { name: "人员", exact: true });
  await elsewhere.click();
  t.is(await page.getByLabel("设备名称").inputValue(), "尚未保存");
  t.regex(asked[0] ?? "", /尚未保存/);
  answer.stay = false;
  await elsewhere.click();
  await page.getByRole("heading", { name: "人员" }).waitFor();
  t.is(asked.length, 2);
  await page.context().close();
});

test.serial("all of it is readable in the dark and on a phone, and no page has complained", async (t) => {
  const chief = (await site.signIn("wanggang")).client(storageApi);
  const [record] = (await chief.find({ collection, search: "交换机" })).records;
  for (const scheme of ["dark", "phone"] as const) {
    const page = await browser.signIn(
      "zhaomin",
      undefined,
      scheme === "phone" ? { width: 390, height: 844 } : undefined,
    );
    if (scheme === "dark") await page.evaluate(() => (document.documentElement.dataset["theme"] = "dark"));
    const panel = await open(page, record?.id);
    if (scheme === "dark") await page.evaluate(() => (document.documentElement.dataset["theme"] = "dark"));
    await panel.getByRole("button", { name: "修改" }).waitFor();
    await panel.getByText("询价单.txt").waitFor();
    await accessible(t, page, `record-${scheme}`);
    await panel.getByRole("button", { name: "修改" }).click();
    await panel.getByRole("button", { name: "保存" }).waitFor();
    await accessible(t, page, `record-${scheme}-editing`);
    const width = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    t.is(width, 0, "nothing reaches over the side");
    await page.context().close();
  }
  t.deepEqual(browser.complaints, []);
});
