import { signatureApi, workflowApi } from "@jinshui/contracts";
import test from "ava";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

/** What the command says of the site's signatures, and its exit code. */
function verified(...args: string[]): { code: number | null; said: string } {
  const command = [
    "kernel/host/launch/jinshui.mjs",
    "signature",
    "verify",
    ...args,
    "--language",
    "zh-CN",
    "--data",
    on.site.data,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { code: status, said: stdout + stderr };
}

/** Changes something behind the kernel's back. */
function inDatabase(statement: string, ...values: SQLInputValue[]): void {
  const rows = new DatabaseSync(join(on.site.data, "site.sqlite"), { timeout: 10_000 });
  rows.prepare(statement).run(...values);
  rows.close();
}

// checklist: 17, 51
test.serial("who signed in long ago proves who they are before they sign, and a changed opinion shows", async (t) => {
  const clerk = (await on.site.signIn("chenxiao")).client(workflowApi);
  const { definitions } = await clerk.definitions({});
  const definition = definitions.find(({ key }) => key === "asset-requisition")?.id ?? "";
  const values = { category: "desktop", reason: "换机", place: "大厅" };
  const { id, number } = await clerk.start({ definition, values });

  const chief = await on.browser.signIn("wanggang");
  await chief.getByRole("link", { name: "设备领用", exact: true }).click();
  await chief.getByLabel("意见").fill("同意更换");
  inDatabase("UPDATE session SET confirmed_at = ?", new Date(Date.now() - 11 * 60_000).toISOString());
  await chief.getByRole("button", { name: "同意" }).click();
  await chief.getByRole("button", { name: "签名并同意" }).click();
  const again = chief.getByRole("dialog", { name: "再次验证身份" });
  await again.getByLabel("密码").fill("jinshui-demo-2005");
  await chief.keyboard.press("Enter");
  await chief.waitForSelector("ji-workbench-page");

  await chief.goto(`${on.site.url}/matters/${id}`);
  await chief.getByText("已签名 · 有效").waitFor();
  const whole = verified(number, "--bureau", "wuhu-county");
  t.is(whole.code, 0, whole.said);
  t.regex(whole.said, /^ {2}有效 王刚/m);
  t.is(verified("no-such-number").code, 2);
  inDatabase("UPDATE wf_history SET entry = replace(entry, '同意更换', '不同意更换') WHERE instance = ?", id);
  await chief.reload();
  await chief.getByText("签名无效").waitFor();
  await chief.getByText("意见与签名时不一致").waitFor();
  const changed = verified();
  t.is(changed.code, 1, changed.said);
  t.regex(changed.said, /^ {2}无效（opinion） 王刚/m);
  t.deepEqual(await seriousViolations(chief), []);
  await shot(chief, "signature-invalid");
  t.deepEqual(on.browser.complaints, []);
});

test.serial(
  "a security administrator revokes a certificate: nothing more is signed with it, what was stays",
  async (t) => {
    const chief = (await on.site.signIn("sj004")).client(signatureApi);
    const guard = await on.browser.signIn("qianli");
    await guard.goto(`${on.site.url}/account`);
    await guard.getByLabel("姓名").fill("喻强丽");
    await guard.getByRole("button", { name: "查找" }).click();
    await shot(guard, "others-certificates");
    t.deepEqual(await seriousViolations(guard), []);
    await guard.getByRole("button", { name: "吊销 喻强丽" }).click();
    const why = guard.getByRole("dialog", { name: "吊销签名证书" });
    await why.getByLabel("吊销原因").fill("离岗");
    t.deepEqual(await seriousViolations(guard), []);
    await shot(guard, "revoke-reason");
    await why.getByRole("button", { name: "吊销" }).click();
    await guard.getByText("证书已吊销").waitFor();
    await guard.getByText("没有找到有效的签名证书").waitFor();
    const { certificates } = await chief.certificates({});
    t.deepEqual(
      certificates.map(({ state, reason }) => [state, reason]),
      [["revoked", "离岗"]],
    );
  },
);
