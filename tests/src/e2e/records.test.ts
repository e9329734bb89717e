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

export const unused = (): unknown => made;
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
  await page.getByRole("button", { name: "新增" }).waitFor();
  return page.locator("ji-record-panel");
}

test.serial("a record is made with a file, exact digits and a number of its own", async (t) => {
  const page = await browser.signIn("zhaomin");
  await open(page);
  await page.getByRole("button", { name: "新增" }).click();
  await page.getByLabel("名称").fill("交换机");
  t.is(await page.getByLabel("采购编号").inputValue(), "保存后自动编号");
  t.is(await page.getByLabel("采购编号").getAttribute("readonly"), "");
  await page.getByLabel("数量").fill("3");
  await page.getByLabel("单价（元）").fill("1200.5");
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
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByText("格式不正确，应为数字，小数位数不超过规定").first().waitFor();
  await page.getByText("应为十位数字").first().waitFor();
  await accessible(t, page, "record-refused");
  await page.getByLabel("折扣率").fill("0.95");
  await page.getByLabel("收款账号").fill("9876543210");
  await page.getByRole("button", { name: "保存" }).click();
  await page.locator("vaadin-date-picker[invalid]").getByText("成交日期不能早于开标日期").waitFor();
  await day(page, "成交日期", "2026-11-25");
  await page.getByRole("button", { name: "保存" }).click();
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
