import { organisationApi, workflowApi } from "@jinshui/contracts";
import test from "ava";
import { readFile } from "node:fs/promises";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

test.serial(
  "who sees all matters finds what is used, never used and missing, filters it and takes it away as a file",
  async (t) => {
    t.timeout(240_000);
    const reception = (await on.site.signIn("sj021")).client(workflowApi);
    const { definitions } = await reception.definitions({ startable: true, limit: 200 });
    const definition = definitions.find(({ key }) => key === "filing-method");
    t.like(definition, { code: "B17", group: "filing", owner: "filing" });
    await reception.start({
      definition: definition?.id ?? "",
      values: {
        taxpayerName: "示例机械厂",
        taxpayerNo: "340221149400010",
        contact: "王某",
        method: "online",
        bank: "示例银行",
        account: "6222000000000000",
        paper1: "original",
        paper2: "copy",
      },
    });

    const page = await on.browser.signIn("sunjie");
    await page.goto(`${on.browser.url}/p/process-catalogue/catalogue`);
    const row = page.getByRole("row").filter({ hasText: "申报方式核定与网上申报开通" });
    await row.getByText("已流转").waitFor();
    t.regex((await row.textContent()) ?? "", /B17[^]*申报征收[^]*申报征收岗[^]*已流转[^]*1[^]*1/);
    t.regex((await page.locator("p.quiet").first().textContent()) ?? "", /本局应办事项 71 项，已流转 1 项，占 1\.4%/);
    t.deepEqual(await seriousViolations(page), []);
    await shot(page, "catalogue");

    await page.getByRole("button", { name: /^未开发/ }).click();
    await page.getByRole("row").filter({ hasText: "资产盘点" }).waitFor();
    await row.waitFor({ state: "detached" });
    t.is(await page.getByRole("row").count(), 1 + 13, "heading and the matters without a process");
    await page.getByRole("button", { name: /^全部/ }).click();
    await page.getByLabel("类别").selectOption("inspection");
    await page.getByRole("row").filter({ hasText: "税务稽查案件" }).waitFor();
    await row.waitFor({ state: "detached" });
    await page.getByLabel("类别").selectOption("");
    await page.getByLabel("事项、流程或编号").fill("B17");
    await page.getByLabel("事项、流程或编号").press("Enter");
    await page.getByText("1 项", { exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "导出 CSV" }).click(),
    ]);
    const [heading, line, ...rest] = (await readFile(await download.path(), "utf8"))
      .replace("\uFEFF", "")
      .trim()
      .split("\r\n");
    t.is(heading, '"编号","事项","类别","流程","责任岗位","状态","办件数","在办","最近发起"');
    t.regex(
      line ?? "",
      /^"B17","申报方式核定与网上申报开通","申报征收","申报方式核定与网上申报开通","申报征收岗","已流转","1","1","\d{4}-/,
    );
    t.deepEqual(rest, []);

    const phone = await on.browser.signIn("sunjie", undefined, { width: 360, height: 740 });
    await phone.goto(`${on.browser.url}/p/process-catalogue/catalogue?status=never-used`);
    await phone.getByRole("row").filter({ hasText: "增值税一般纳税人认定" }).waitFor();
    t.is(await phone.evaluate(() => document.documentElement.scrollWidth), 360, "nothing to scroll sideways");
    t.deepEqual(await seriousViolations(phone), []);
    await shot(phone, "catalogue-360");
    t.deepEqual(on.browser.complaints, []);
  },
);

test.serial("who does not see all matters is not offered the page and gets no figures", async (t) => {
  const clerk = await on.site.signIn("chenxiao");
  const refused = await clerk.send("GET", "/api/v1/process-usage");
  t.is(refused.status, 403);
  const { positions } = await clerk.client(organisationApi).structure({});
  t.true(positions.length > 50);
  const page = await on.browser.signIn("chenxiao");
  t.is(await page.getByRole("link", { name: "业务规程" }).count(), 0);
});
