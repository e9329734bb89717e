import { auditApi, authApi, federationApi, organisationApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { siteWith } from "../federated-site.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

const SECRET = "a-secret-between-province-and-city-for-this-test";
const PASSWORD = "jinshui-demo-2005";

/** Two sites: people of the city sign in with the province, which is a site like it under a host name of its own. */
async function provinceAndCity(
  t: ExecutionContext,
  options: string,
): Promise<{ province: TestSite; address: string; city: TestSite }> {
  const province = await siteWith(t, {});
  const address = province.url.replace("127.0.0.1", "localhost");
  const wuhu = `federation:
  sources:
    - { kind: oidc, id: province, title: { zh-CN: 省局 }, issuer: "${address}/oidc", clientId: city, clientSecretFile: province.secret${options} }`;
  const city = await siteWith(t, { wuhu, files: { "province.secret": SECRET } });
  await province.shutDown();
  const client = `federation:
  clients:
    - id: city
      title: { zh-CN: 市局平台 }
      secretSha256: ${createHash("sha256").update(SECRET).digest("hex")}
      redirectUris: ["${city.url}/api/v1/sign-in/province/callback"]
      trusted: true`;
  const base = join(province.options.configs ?? "", "base.yaml");
  const text = await readFile(base, "utf8");
  await writeFile(base, `${text.replace(/^signIn:$/m, `signIn:\n  origin: ${address}`)}\n${client}\n`);
  await province.restart();
  return { province, address, city };
}

async function idAt(site: TestSite, username: string): Promise<string> {
  return (await (await site.signIn(username)).client(authApi).me({})).id;
}

test("a person signs in with an issuer elsewhere once two administrators have linked them", async (t) => {
  const { province, address, city } = await provinceAndCity(t, "");
  const browser = await TestBrowser.open(city.url);
  t.teardown(() => browser.close());
  const page = await browser.page();
  const signInThere = async (): Promise<void> => {
    await page.getByRole("button", { name: "通过“省局”登录" }).click();
    await page.waitForURL(`${address}/authorize/*`);
    await page.getByLabel("用户名").fill("hanbo");
    await page.getByLabel("密码").fill(PASSWORD);
    await page.keyboard.press("Enter");
  };
  await page.goto(`${city.url}/account`);
  await page.getByRole("button", { name: "通过“省局”登录" }).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await signInThere();
  await page.waitForURL(`${city.url}/?signIn=sign-in-failed`);
  await page.getByText("未能登录：对方没有确认您的身份").waitFor();
  await shot(page, "sign-in-elsewhere-failed");
  t.deepEqual(await seriousViolations(page), []);

  const subject = await idAt(province, "hanbo");
  const hanbo = await idAt(city, "hanbo");
  const administrator = (await city.signIn("sunjie")).client(federationApi);
  const link = { person: hanbo, source: "province", externalId: subject, reason: "省局统一身份" };
  await t.throwsAsync(administrator.proposeIdentity({ ...link, source: "nowhere" }), { code: "invalid-request" });
  const { change } = await administrator.proposeIdentity(link);
  const security = (await city.signIn("qianli")).client(organisationApi);
  const { changes } = await security.changes({ state: "pending" });
  t.is(changes[0]?.summary["zh-CN"], `韩波可用“省局”中的身份 ${subject} 登录`);
  await security.decideChange({ change, approve: true });

  await page.goto(`${city.url}/account`);
  await page.getByRole("button", { name: "通过“省局”登录" }).click();
  await page.waitForSelector("ji-account-page");
  t.is(new URL(page.url()).pathname, "/account", "back to the page that was wanted");
  t.is(await page.locator("ji-top-bar .me > button").innerText(), "韩波 · 科员");
  const trail = (await city.signIn("majing")).client(auditApi);
  const { entries } = await trail.list({ actor: hanbo, action: "sign-in" });
  t.like(entries[0], { after: { source: "province" }, address: "127.0.0.1" });
  const { entries: refused } = await trail.list({ resource: "source/province" });
  t.like(refused[0], { result: "denied", reason: "sign-in-failed" });

  t.like(await administrator.identities({ person: hanbo }), {
    identities: [{ source: "province", externalId: subject }],
  });
  await administrator.removeIdentity({ person: hanbo, source: "province" });
  await page.goto(`${city.url}/`);
  await page.getByRole("button", { name: "通过“省局”登录" }).click();
  await page.waitForURL(`${city.url}/?signIn=sign-in-failed`);

  await province.shutDown();
  await city.shutDown();
  await city.restart();
  await page.goto(`${city.url}/`);
  await page.getByRole("button", { name: "通过“省局”登录" }).click();
  await page.getByText("对方系统暂时没有应答").waitFor();
  await page.getByLabel("用户名").fill("hanbo");
  await page.getByLabel("密码").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForSelector("ji-workbench-page");
  t.deepEqual(browser.complaints, []);
});

test("where it is configured a stranger gets an account without positions, and nobody comes back with another's answer", async (t) => {
  const { address, city } = await provinceAndCity(t, ", createIn: levy");
  const browser = await TestBrowser.open(city.url);
  t.teardown(() => browser.close());
  const page = await browser.page();
  await page.goto(city.url);
  await page.getByRole("button", { name: "通过“省局”登录" }).click();
  await page.waitForURL(`${address}/authorize/*`);
  let callback = "";
  page.on("request", (request) => {
    if (request.url().includes("/callback?")) callback = request.url();
  });
  await page.getByLabel("用户名").fill("tangning");
  await page.getByLabel("密码").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForSelector("ji-workbench-page");
  const people = await (await city.signIn("sunjie")).client(authApi).people({ search: "唐宁" });
  t.like(people, { total: 1, people: [{ name: "唐宁", department: "levy", positions: [] }] });

  const replayed = await fetch(callback, { redirect: "manual" });
  t.is(replayed.headers.get("location"), "/?signIn=sign-in-failed", "without the browser that left");
  const lured = await fetch(`${city.url}/api/v1/sign-in/province?next=//evil.example`, { redirect: "manual" });
  t.true(lured.headers.get("location")?.startsWith(`${address}/oidc/auth?`));
  t.deepEqual(
    lured.headers.getSetCookie().map((line) => /; path=\/api\/v1\/sign-in;.*samesite=lax;.*httponly/.test(line)),
    [true],
  );
  t.is(
    (await fetch(`${city.url}/api/v1/sign-in/nowhere`, { redirect: "manual" })).headers.get("location"),
    "/?signIn=not-found",
  );
});
