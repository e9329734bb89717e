import { organisationApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { siteWith } from "../federated-site.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

/** What the security administrator does. */
async function agree(site: TestSite): Promise<void> {
  const security = (await site.signIn("qianli")).client(organisationApi);
  const { changes } = await security.changes({ state: "pending" });
  for (const { id } of changes) await security.decideChange({ change: id, approve: true });
}

test("an administrator has another system told of events, sees how each went, and sends one again", async (t) => {
  const answers: number[] = [];
  let answer = 500;
  const server = createServer((request, response) => {
    request.resume();
    answers.push(answer);
    response.writeHead(answer).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const site = await siteWith(t, { base: "webhooks: { allow: [127.0.0.0/8] }" });
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const page = await browser.signIn("sunjie");
  await page.getByRole("link", { name: "事件推送与接收" }).click();
  const proposal = page.getByRole("region", { name: "申请推送给其他系统" });
  await proposal.getByLabel("对方系统名称").fill("报表系统");
  await proposal.getByLabel("接收地址").fill("http://reports.example/hook");
  await proposal.getByLabel("设备台账：记录有变化").check();
  await proposal.getByLabel("理由（记入审计）").fill("报表需要");
  await proposal.getByRole("button", { name: "提出申请" }).click();
  await page.getByText("公网地址必须用 https").waitFor();
  await proposal.getByLabel("接收地址").fill(url);
  await proposal.getByRole("button", { name: "提出申请" }).click();
  await page.getByText("已提出“报表系统”的申请").waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await agree(site);
  await page.reload();
  const card = page.getByRole("region", { name: "报表系统" });
  await card.getByText("待生成密钥").waitFor();
  await card.getByRole("button", { name: "生成密钥并启用" }).click();
  const secret = await page.getByRole("textbox", { name: "签名密钥" }).inputValue();
  t.regex(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  await shot(page, "webhooks-secret");
  await page.getByRole("button", { name: "已记下" }).click();
  t.is(await page.getByRole("textbox", { name: "签名密钥" }).count(), 0, "it is shown once");
  await card.getByText("已启用").waitFor();

  const clerk = await site.signIn("sj025");
  const values = { code: "WH-2005-09003", name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };
  await clerk.send("POST", "/api/v1/collections/asset-tracking.equipment/records", { values });
  for (const end = Date.now() + 15_000; answers.length === 0 && Date.now() < end;) await page.waitForTimeout(100);
  t.deepEqual(answers, [500]);
  answer = 204;
  await card.getByText("推送记录").click();
  const row = card.getByRole("row", { name: /设备台账：记录有变化/ });
  await row.getByText("待推送").waitFor();
  await row.getByText(/500/).waitFor();
  await shot(page, "webhooks-pending");
  t.deepEqual(await seriousViolations(page), []);
  await row.getByRole("button", { name: "重新推送" }).click();
  await card.getByText("已安排重新推送").waitFor();
  await page.waitForTimeout(1_500);
  await card.getByRole("button", { name: "刷新" }).click();
  await row.getByText("已送达").waitFor();
  await card.getByLabel("状态").selectOption("已放弃");
  await card.getByText("没有推送记录").waitFor();

  await card.getByRole("button", { name: "停用" }).click();
  await card.getByText("已停用").waitFor();
  await card.getByLabel("理由（记入审计）").fill("不再需要");
  await card.getByRole("button", { name: "删除" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "删除" }).click();
  await page.getByText("还没有向其他系统推送").waitFor();

  const inbound = page.getByRole("region", { name: "申请接收其他系统的事件" });
  await inbound.getByLabel("对方系统名称").fill("核心征管");
  await inbound.getByLabel("来源标识").fill("tax-core");
  await inbound.getByLabel("事件名").fill("payment-made，taxpayer-registered");
  await inbound.getByLabel("理由（记入审计）").fill("缴款通知");
  await inbound.getByRole("button", { name: "提出申请" }).click();
  await page.getByText("已提出“核心征管”的申请").waitFor();
  await agree(site);
  await page.reload();
  const hook = page.getByRole("region", { name: "核心征管" });
  await hook.getByText("ext-tax-core.payment-made、ext-tax-core.taxpayer-registered").waitFor();
  await hook.getByRole("button", { name: "生成密钥并启用" }).click();
  await page.getByRole("textbox", { name: "签名密钥" }).waitFor();
  await shot(page, "webhooks-inbound");
  t.deepEqual(await seriousViolations(page), []);

  t.is(await (await browser.signIn("chenxiao")).getByRole("link", { name: "事件推送与接收" }).count(), 0);
  t.deepEqual(browser.complaints, []);
});
