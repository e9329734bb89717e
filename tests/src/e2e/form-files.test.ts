import { authApi, workflowApi } from "@jinshui/contracts";
import test from "ava";
import { readFile } from "node:fs/promises";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** What is entered of the other fields, as the page keeps it until it is sent. */
const ENTERED = { quarter: "2026年第三季度", taxpayers: 3, total: 1_200_000, paper1: "original" };

test("papers are uploaded with a matter and read by who decides", async (t) => {
  const clerk = await on.browser.signIn("sj074");
  const { client } = await on.site.signIn("sj074");
  const { definitions } = await client(workflowApi).definitions({ startable: true, limit: 200 });
  const definition = definitions.find(({ key }) => key === "arrears-notice")?.id ?? "";
  const { id: person } = await client(authApi).me({});
  await clerk.evaluate(([name, entered]) => localStorage.setItem(name, entered), [
    `jinshui.draft/${person}/start/arrears-notice`,
    JSON.stringify(ENTERED),
  ] as const);
  await clerk.goto(`${on.site.url}/start/${definition}`);
  const scans = clerk.getByRole("group", { name: "附件扫描件" });
  await scans.locator("input[type=file]").setInputFiles([
    { name: "欠税户清单.txt", mimeType: "text/plain", buffer: Buffer.from("示例机械厂 400000\n") },
    { name: "核对记录.txt", mimeType: "text/plain", buffer: Buffer.from("已核对\n") },
  ]);
  await scans.getByRole("button", { name: "欠税户清单.txt", exact: true }).waitFor();
  await scans.getByRole("button", { name: "核对记录.txt", exact: true }).waitFor();
  await scans.getByRole("button", { name: "移除 核对记录.txt" }).click();
  await scans.getByRole("button", { name: "核对记录.txt", exact: true }).waitFor({ state: "detached" });
  t.deepEqual(await seriousViolations(clerk), []);
  await shot(clerk, "form-files");
  await clerk.reload();
  await scans.getByRole("button", { name: "欠税户清单.txt", exact: true }).waitFor();
  await clerk.getByRole("button", { name: "提交" }).click();
  await clerk.waitForSelector("ji-instance-page");
  const matter = clerk.url();

  const chief = await on.browser.signIn("sj008");
  await chief.goto(matter);
  await chief.getByRole("link", { name: /会签/ }).first().click();
  const given = chief.getByRole("group", { name: "附件扫描件" });
  const [download] = await Promise.all([
    chief.waitForEvent("download"),
    given.getByRole("button", { name: "欠税户清单.txt", exact: true }).click(),
  ]);
  t.is(download.suggestedFilename(), "欠税户清单.txt");
  t.is(await readFile(await download.path(), "utf8"), "示例机械厂 400000\n");
  t.deepEqual(await seriousViolations(chief), []);
  await shot(chief, "form-files-decided");
  t.deepEqual(on.browser.complaints, []);
});
