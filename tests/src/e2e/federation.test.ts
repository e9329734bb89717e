import test from "ava";
import { createHash } from "node:crypto";
import { siteWith } from "../federated-site.js";
import { RelyingParty } from "../relying-party.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

const SECRET = "a-secret-of-the-relying-party-for-this-test";
const DIGEST = createHash("sha256").update(SECRET).digest("hex");

function client(id: string, party: RelyingParty, trusted: boolean): string {
  return `    - id: ${id}
      title: { zh-CN: 考勤系统, en: Attendance }
      secretSha256: ${DIGEST}
      redirectUris: ["${party.url}/callback"]
      postLogoutRedirectUris: ["${party.url}/"]
      trusted: ${trusted}`;
}

test("people of another system sign in through our page, agree, and sign out of both", async (t) => {
  const own = await RelyingParty.listen();
  const other = await RelyingParty.listen();
  t.teardown(() => (own.close(), other.close()));
  const base = `federation:\n  clients:\n${client("own", own, true)}\n${client("other", other, false)}`;
  const site = await siteWith(t, { base });
  await own.discover(`${site.url}/oidc`, "own", SECRET);
  await other.discover(`${site.url}/oidc`, "other", SECRET);
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const page = await browser.page();
  const who = (): Promise<string | null> => page.locator("#who").textContent();

  await page.goto(`${own.url}/login`);
  await page.getByLabel("用户名").fill("chenxiao");
  await page.getByLabel("密码").fill("jinshui-demo-2005");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${own.url}/callback?*`);
  t.is(await who(), "陈晓");
  t.like(own.userinfo, { bureau: "wuhu-county", departments: [{ id: "levy" }], positions: [{ id: "clerk" }] });
  t.is(own.claims?.["name"], undefined, "an ID token travels in addresses when somebody signs out: it names nobody");

  await page.goto(`${other.url}/login`);
  await page.getByRole("heading", { name: "登录“考勤系统”" }).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "authorize");
  await page.getByRole("button", { name: "拒绝" }).click();
  await page.waitForURL(`${other.url}/callback?*`);
  t.is(await who(), "refused: access_denied");
  await page.goto(`${other.url}/login`);
  await page.getByRole("button", { name: "同意并登录" }).click();
  await page.waitForURL(`${other.url}/callback?*`);
  t.is(await who(), "陈晓");
  await page.goto(`${other.url}/login`);
  await page.waitForURL(`${other.url}/callback?*`);
  t.is(await who(), "陈晓", "who has agreed is not asked again while signed in");

  await page.goto(`${other.url}/logout`);
  await page.getByRole("heading", { name: "退出登录" }).waitFor();
  await shot(page, "sign-out-of-both");
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.waitForURL(`${other.url}/`);
  t.is(await who(), "nobody");
  await page.goto(site.url);
  await page.getByLabel("用户名").waitFor();
  await t.throwsAsync(() => own.askUserinfo(), undefined, "tokens end with the session");
  t.deepEqual(browser.complaints, []);
});

test("another person at the same browser, and a wish for a fresh proof", async (t) => {
  const party = await RelyingParty.listen();
  const fresh = await RelyingParty.listen({ prompt: "login" });
  t.teardown(() => (party.close(), fresh.close()));
  const base = `federation:\n  clients:\n${client("party", party, true)}\n${client("fresh", fresh, true)}`;
  const site = await siteWith(t, { base });
  await party.discover(`${site.url}/oidc`, "party", SECRET);
  await fresh.discover(`${site.url}/oidc`, "fresh", SECRET);
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const page = await browser.signIn("chenxiao");
  await page.goto(`${party.url}/login`);
  await page.waitForURL(`${party.url}/callback?*`);
  t.is(party.userinfo?.name, "陈晓");

  await page.goto(`${site.url}/`);
  await page.locator("ji-top-bar .me > button").click();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByLabel("用户名").fill("hanbo");
  await page.getByLabel("密码").fill("jinshui-demo-2005");
  await page.keyboard.press("Enter");
  await page.waitForSelector("ji-workbench-page");
  await page.goto(`${party.url}/login`);
  await page.waitForURL(`${party.url}/callback?*`);
  t.is(party.userinfo?.name, "韩波");

  await page.goto(`${fresh.url}/login`);
  await page.getByLabel("密码").fill("jinshui-demo-2005");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${fresh.url}/callback?*`);
  t.is(fresh.userinfo?.name, "韩波");
  t.deepEqual(browser.complaints, []);
});
