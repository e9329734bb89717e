import test from "ava";
import { siteWith } from "../federated-site.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

test("an administrator looks through the documents of the APIs, for HTTP and for the bus", async (t) => {
  const site = await siteWith(t, {});
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const page = await browser.signIn("sunjie");
  await page.getByRole("link", { name: "接口文档" }).click();
  await page.getByText("查询记录").waitFor();
  await page.getByText("example-hello.greet", { exact: false }).first().waitFor();
  await shot(page, "api-docs");
  t.deepEqual(await seriousViolations(page), []);

  await page.getByRole("searchbox").fill("storage.find");
  await page.getByText("1 项操作").waitFor();
  const operation = page.locator("details").filter({ hasText: "查询记录" });
  await operation.locator("summary").focus();
  await page.keyboard.press("Enter");
  await operation.getByText("系统接口，授权范围 storage:…").waitFor();
  await operation.getByRole("cell", { name: "filter" }).waitFor();
  await operation.getByText("查询（JSON）").first().waitFor();
  await operation.getByText("无权限").waitFor();
  await operation.getByRole("button", { name: "StoredRecord" }).click();
  await operation.getByText("version", { exact: true }).waitFor();
  await shot(page, "api-docs-operation");
  t.deepEqual(await seriousViolations(page), []);

  await page.getByRole("button", { name: "消息总线" }).click();
  await page.getByRole("searchbox").fill("equipment-changed");
  const event = page.locator("details").filter({ hasText: "equipment-changed" });
  await event.locator("summary").click();
  await event.getByText("specversion").waitFor();
  await shot(page, "api-docs-bus");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "下载文档（JSON）" }).click(),
  ]);
  t.is(download.suggestedFilename(), "asyncapi.json");
  t.is(await (await browser.signIn("chenxiao")).getByRole("link", { name: "接口文档" }).count(), 0);
  t.deepEqual(browser.complaints, []);
});
