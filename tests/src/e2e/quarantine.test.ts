import { EICAR, startClamd } from "@jinshui/storage/testing";
import test from "ava";
import { headersOf, siteWithFiles } from "../site-files.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

test("an administrator sees what the scanner found, lets one file out and deletes another, each with a reason", async (t) => {
  const scanner = await startClamd();
  if (!scanner) {
    t.log("skipped: clamav-daemon is not installed");
    t.pass();
    return;
  }
  t.teardown(() => scanner.close());
  const site = await siteWithFiles(t, { clamd: { address: scanner.address } });
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const headers = await headersOf(site, "chenxiao");
  const put = async (name: string, content: string): Promise<string> => {
    const answer = await fetch(`${site.url}/api/v1/files?name=${encodeURIComponent(name)}`, {
      method: "PUT",
      headers: { ...headers, "content-type": "text/plain" },
      body: content,
    });
    return ((await answer.json()) as { file: string }).file;
  };
  const statusOf = async (file: string): Promise<number> =>
    (await fetch(`${site.url}/api/v1/files/${file}`, { headers, redirect: "manual" })).status;
  const alarm = await put("误报.txt", EICAR);
  const virus = await put("病毒.txt", `${EICAR} 2`);
  t.deepEqual([await statusOf(alarm), await statusOf(virus)], [423, 423]);

  const clerk = await browser.signIn("chenxiao");
  t.is(await clerk.getByRole("link", { name: "隔离文件" }).count(), 0);
  const page = await browser.signIn("sunjie");
  await page.getByRole("link", { name: "隔离文件" }).click();
  const card = (name: string): ReturnType<typeof page.getByRole> => page.getByRole("region", { name });
  await card("误报.txt").getByText("Eicar.Test.UNOFFICIAL").waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "quarantine");
  await card("误报.txt").getByRole("button", { name: "放行" }).click();
  t.is(await statusOf(alarm), 423, "not without a reason");
  await card("误报.txt").getByLabel("处理原因").fill("演练用的测试文本");
  await card("误报.txt").getByRole("button", { name: "放行" }).click();
  await page.getByText("已放行“误报.txt”").waitFor();
  t.is(await statusOf(alarm), 302);
  await card("病毒.txt").getByLabel("处理原因").fill("确有病毒");
  await card("病毒.txt").getByRole("button", { name: "删除内容" }).click();
  await page.getByRole("dialog").getByText("病毒.txt").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "删除" }).click();
  await page.getByText("没有被隔离的文件").waitFor();
  t.is(await statusOf(virus), 423);
  t.deepEqual(browser.complaints, []);
});
