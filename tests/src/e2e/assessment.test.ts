import { workflowApi } from "@jinshui/contracts";
import { TestSite, until } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

let site: TestSite;
let browser: TestBrowser;
test.before(async () => {
  site = await TestSite.start({ movableClock: true });
  browser = await TestBrowser.open(site.url);
});
test.after.always(async () => {
  await browser.close();
  await site.stop();
});

const month = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date()).slice(0, 7);

async function accessible(t: ExecutionContext, page: Page, name: string): Promise<void> {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
}

const menu = (page: Page, name: string): Locator =>
  page.locator("ji-side-nav").getByRole("link", { name, exact: true });

/** Does the first step that waits for somebody, signing it where that is asked. */
async function act(username: string, action: string, signs = false): Promise<void> {
  const client = (await site.signIn(username)).client(workflowApi);
  const [task] = (await client.tasks({ kind: "todo" })).tasks;
  if (!task) throw new Error(`nothing waits for ${username}`);
  const completion = { id: task.id, version: task.version, action, opinion: "意见", values: {} };
  if (!signs) {
    await client.complete(completion);
    return;
  }
  const { sha256, certificate } = await client.prepareSignature(completion);
  await client.complete({ ...completion, signature: { certificate: certificate.id, sha256 } });
}

test.serial(
  "work becomes figures, a chief looks behind them, and a person's appeal stands beside the frozen one",
  async (t) => {
    const clerk = (await site.signIn("hanbo")).client(workflowApi);
    const { definitions } = await clerk.definitions({ limit: 200 });
    const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
    const { number } = await clerk.start({
      definition,
      values: { category: "desktop", reason: "新到岗", place: "大厅" },
    });
    await act("sj004", "return");
    await act("hanbo", "submit");
    await act("sj004", "approve", true);

    const chief = await browser.signIn("sj004");
    await menu(chief, "考核看板").click();
    await chief.getByRole("button", { name: "个人", exact: true }).click();
    await chief.getByRole("rowheader", { name: "韩波" }).waitFor();
    await chief.getByText("所有考核都量化").waitFor();
    await accessible(t, chief, "board");
    await chief.getByRole("button", { name: /^喻强丽 退回率/ }).click();
    await chief.getByText("共 1 项").waitFor();
    await chief.getByRole("button", { name: "办结", exact: true }).click();
    await chief.getByText("共 2 项").waitFor();
    await accessible(t, chief, "board-list");
    await chief.getByRole("link", { name: number }).first().click();
    await chief.getByRole("heading", { name: /新到岗/ }).waitFor();

    const person = await browser.signIn("hanbo", undefined, { width: 360, height: 740 });
    await person.goto(`${site.url}/p/performance-assessment/mine`);
    const figure = person.getByRole("button", { name: /^环节按期办结率/ });
    await figure.getByText("100.00%").waitFor();
    await figure.click();
    await person.getByText("共 1 项").waitFor();
    await accessible(t, person, "mine");
    t.true(
      await person.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      "no sideways scroll at 360 px",
    );
    t.is(
      await person.goto(`${site.url}/p/performance-assessment/board`).then(() => person.getByRole("rowheader").count()),
      0,
    );

    const office = await browser.signIn("sj019");
    await menu(office, "考核方案").click();
    await office.getByLabel("名称").fill("科员月度考核");
    await office.getByLabel("环节按期办结率 权重").fill("60");
    await office.getByText("权重合计 60，应为 100").waitFor();
    t.true(await office.getByRole("button", { name: "保存草稿" }).isDisabled());
    await office.getByLabel("退回率 权重").fill("40");
    await office.getByText("权重合计 100，应为 100").waitFor();
    await office.getByRole("button", { name: "保存草稿" }).click();
    await office.getByText("方案已保存").waitFor();
    await office.getByRole("button", { name: "启用 科员月度考核 1" }).click();
    await office.getByText("方案已启用").waitFor();
    await accessible(t, office, "schemes");
    await office.getByLabel("月份").selectOption(month);
    await office.getByRole("button", { name: `冻结 ${month} 科员月度考核 1` }).click();
    await office.getByRole("alert").first().waitFor();

    await site.advance({ days: 32 });
    const later = await browser.signIn("sj019");
    await later.goto(`${site.url}/p/performance-assessment/schemes?month=${month}`);
    await later.getByRole("button", { name: `冻结 ${month} 科员月度考核 1` }).click();
    await later.getByText(`${month} 的得分已冻结`).waitFor();

    const appellant = await browser.signIn("hanbo");
    await menu(appellant, "考核得分与申诉").click();
    await appellant.getByText("总分 100.00").waitFor();
    t.is(await appellant.getByText("喻强丽").count(), 0, "nobody else's scores");
    await appellant.getByRole("button", { name: `申诉 ${month} 环节按期办结率` }).click();
    await appellant.getByLabel("应为").fill("90.00");
    await appellant.getByLabel("理由").fill("有一件实际逾期");
    await accessible(t, appellant, "appeal");
    await appellant.getByRole("button", { name: "提交申诉" }).click();
    await appellant.getByText("申诉已提交").waitFor();

    await later.goto(site.url);
    await later.getByRole("link", { name: "考核申诉", exact: true }).click();
    await later.getByLabel("意见").fill("经核实属实");
    await accessible(t, later, "decide");
    await later.getByRole("button", { name: "同意" }).click();
    await later.waitForSelector("ji-workbench-page");
    await until(async () => {
      await appellant.reload();
      await appellant.getByText("总分 100.00").waitFor();
      return (await appellant.getByText("更正为 90.00").count()) > 0;
    });
    await appellant.getByText("更正后 70.00").waitFor();
    await appellant.getByText("100.00%").first().waitFor();
    await accessible(t, appellant, "corrected");
    t.deepEqual(browser.complaints, []);
  },
);
