import { federationApi, organisationApi } from "@jinshui/contracts";
import test from "ava";
import { siteWith } from "../federated-site.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

const WUHU = `federation:
  clients:
    - { id: reports, title: { zh-CN: 报表系统 }, secretSha256: ${"a".repeat(64)}, scopes: ["storage:asset-tracking.view"] }
  sources:
    - { kind: ldap, id: city, title: { zh-CN: 市局目录 }, url: "ldap://127.0.0.1:1", baseDn: "dc=x" }`;

test("a system administrator asks for what a machine needs and for a link, and a security administrator agrees", async (t) => {
  const site = await siteWith(t, { wuhu: WUHU });
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const page = await browser.signIn("sunjie");
  await page.getByRole("link", { name: "接入系统" }).click();
  const machine = page.getByRole("region", { name: "报表系统" });
  await machine.getByText("未授权").waitFor();
  await machine.getByText("台账数据：查看设备台账").waitFor();
  t.false(/storage:/.test(await machine.innerText()), "no raw scopes");
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "clients");
  await machine.getByLabel("理由（记入审计）").fill("报表需要");
  await machine.getByRole("button", { name: "提出申请" }).click();
  await page.getByText("已提出“报表系统”的授权申请").waitFor();

  const link = page.getByRole("region", { name: "关联外部身份" });
  await link.getByLabel("在该来源中的标识").fill("E-1");
  await link.getByLabel("理由（记入审计）").fill("统一目录");
  await link.getByRole("button", { name: "提出申请" }).click();
  t.like(await (await site.signIn("qianli")).client(organisationApi).changes({}), { total: 1 }, "of nobody");
  for (const typed of ["hb", "hanbo", "韩"]) {
    await link.getByRole("combobox", { name: "人员" }).fill(typed);
    await page.getByRole("option", { name: "韩波" }).waitFor();
  }
  await page.getByRole("option", { name: "韩波" }).click();
  await shot(page, "clients-link");
  await link.getByRole("button", { name: "提出申请" }).click();
  await page.getByText("已提出韩波的关联申请").waitFor();

  const security = (await site.signIn("qianli")).client(organisationApi);
  const { changes } = await security.changes({ state: "pending" });
  t.deepEqual(changes.map(({ summary }) => summary["zh-CN"]).sort(), [
    "系统接口“报表系统”获得授权：台账数据：查看设备台账",
    "韩波可用“市局目录”中的身份 E-1 登录",
  ]);
  for (const { id } of changes) await security.decideChange({ change: id, approve: true });
  await page.reload();
  await machine.getByText("已授权").waitFor();
  await machine.getByLabel("理由（记入审计）").fill("停用");
  await machine.getByRole("button", { name: "撤销全部授权" }).click();
  await machine.getByText("未授权").waitFor();
  const { clients } = await (await site.signIn("sunjie")).client(federationApi).clients({});
  t.deepEqual(clients[0]?.granted, []);
  await t.throwsAsync(
    site.signIn("hanbo"),
    { code: "unavailable" },
    "the directory, which is not there, keeps the password now",
  );
  const clerk = await browser.signIn("chenxiao");
  t.is(await clerk.getByRole("link", { name: "接入系统" }).count(), 0);
  t.deepEqual(browser.complaints, []);
});
