import test, { type ExecutionContext } from "ava";
import type { Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();
const collection = "asset-tracking.equipment";
const COUNT = 230;

const accessible = async (t: ExecutionContext, page: Page, name: string): Promise<void> => {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
};

async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`${on.site.url}/p/asset-tracking/equipment${query}`);
  await page.locator("ji-record-list tbody tr.link").first().waitFor();
}

const headings = (page: Page): Promise<string[]> => page.locator("ji-record-list th").allInnerTexts();

test.serial("a long list is scrolled to its end, and only the rows in sight are drawn", async (t) => {
  const items = Array.from({ length: COUNT }, (_, index) => ({
    code: `WH-2005-${String(index + 1).padStart(5, "0")}`,
    name: `台式机 ${index + 1}`,
    category: index % 3 === 0 ? "laptop" : "desktop",
    purchasedOn: "2005-03-01",
  }));
  await (await on.site.signIn("zhaomin")).enter(collection, items);
  const page = await on.browser.signIn("zhaomin");
  await open(page);
  const list = page.locator("ji-record-list .list");
  const last = page.getByRole("link", { name: `WH-2005-00${COUNT}` });
  for (let step = 0; step < 40 && (await last.count()) === 0; step += 1) {
    const { shown } = await list.evaluate((element) => {
      element.scrollTop = element.scrollHeight;
      return { shown: element.querySelectorAll("tr.link").length };
    });
    t.true(shown < 80, `${shown} rows are drawn`);
    await page.waitForTimeout(250);
  }
  await last.waitFor();
  t.is(await last.locator("xpath=ancestor::tr").getAttribute("aria-rowindex"), String(COUNT + 1));
  const top = await page.locator("ji-record-list th").first().boundingBox();
  t.true((top?.y ?? 0) > 100, "the heading stays");
  await accessible(t, page, "list-end");
  await page.context().close();
});

test.serial("columns, their order and width are a person's own, by keyboard, and an export has the same", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await open(page);
  t.deepEqual((await headings(page)).slice(0, 3), ["资产编号 ↑", "设备名称", "类别"]);
  await page.getByRole("button", { name: "列设置" }).press("Enter");
  await page.getByRole("button", { name: "“类别”前移" }).press("Enter");
  await page.getByRole("status").getByText("“类别”已移至第 2 列").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("checkbox", { name: "型号" }).press("Space");
  await page.getByRole("checkbox", { name: "技术状况" }).press("Space");
  await page.getByLabel("“设备名称”列的宽度").selectOption({ label: "宽" });
  t.true(await page.getByRole("checkbox", { name: "状态" }).isChecked());
  t.false(await page.getByRole("checkbox", { name: "型号" }).isChecked());
  await accessible(t, page, "list-columns");
  await page.getByRole("button", { name: "完成" }).press("Enter");
  const chosen = ["类别", "资产编号 ↑", "设备名称", "状态", "使用人", "使用部门", "原值（元）", "购置日期", "技术状况"];
  t.deepEqual(await headings(page), chosen);
  await page.reload();
  await page.locator("ji-record-list tbody tr.link").first().waitFor();
  t.deepEqual(await headings(page), chosen);
  await page.getByRole("button", { name: "导出" }).click();
  const asked = page.waitForRequest((request) => request.url().endsWith("/exports"));
  await page.getByRole("button", { name: "开始导出" }).click();
  const { fields } = (await asked).postDataJSON() as { fields: string[] };
  t.deepEqual(fields.slice(0, 3), ["category", "code", "name"]);
  t.is(fields.length, chosen.length);
  await page.context().close();
});

test.serial("a filter is saved under a name, chosen again and deleted", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await open(page);
  await page.getByLabel("类别", { exact: true }).selectOption({ label: "便携式计算机" });
  await page.getByRole("button", { name: "保存筛选" }).click();
  await page.getByLabel("筛选名称").fill("只看便携机");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "删除常用筛选“只看便携机”" }).waitFor();
  await accessible(t, page, "list-saved-filter");
  await open(page);
  await page.getByLabel("常用筛选").selectOption({ label: "只看便携机" });
  await page.getByText(`共 ${Math.ceil(COUNT / 3)} 项`).waitFor();
  await page.getByRole("button", { name: "删除常用筛选“只看便携机”" }).click();
  await page.getByLabel("常用筛选").waitFor({ state: "detached" });
  t.deepEqual(on.browser.complaints, []);
  await page.context().close();
});

test.serial("on paper stand all rows, the bureau, who printed it and when", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await page.addInitScript(() => {
    window.print = () => {
      const all = (root: ParentNode): number =>
        root.querySelectorAll("tr.link").length +
        [...root.querySelectorAll("*")].reduce((sum, { shadowRoot }) => sum + (shadowRoot ? all(shadowRoot) : 0), 0);
      document.documentElement.dataset["printed"] = String(all(document));
    };
  });
  await open(page);
  await page.getByRole("button", { name: "打印" }).click();
  await page.waitForFunction(() => document.documentElement.dataset["printed"] !== undefined);
  t.is(await page.evaluate(() => document.documentElement.dataset["printed"]), String(COUNT));
  await page.emulateMedia({ media: "print" });
  await page.getByText(/芜湖县局\s*·\s*赵敏打印于 \d{4}-\d{2}-\d{2} \d{2}:\d{2}/).waitFor();
  t.false(await page.getByRole("button", { name: "新增", exact: true }).isVisible());
  await shot(page, "list-print");
  await page.context().close();
});
