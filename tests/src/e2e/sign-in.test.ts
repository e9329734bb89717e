import { organisationApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { DatabaseSync } from "node:sqlite";
import type { Page } from "playwright-core";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

const PASSWORD = "jinshui-demo-2005";
const OWN = "Kuai3-Shan7-Mo9x-Teng";
const STEP_MS = 30_000;

/** A site under the name localhost, which passkeys can belong to; `config` is added to its configuration. */
async function siteWith(
  t: ExecutionContext,
  config = "",
): Promise<{ site: TestSite; browser: TestBrowser; open(): Promise<Page> }> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-configs-"));
  await cp("configs", folder, { recursive: true });
  const base = join(folder, "base.yaml");
  await writeFile(base, `${config}${await readFile(base, "utf8")}`);
  const site = await TestSite.start({ configs: folder });
  const browser = await TestBrowser.open(site.url.replace("127.0.0.1", "localhost"));
  t.teardown(async () => {
    await browser.close();
    await site.stop();
    await rm(folder, { recursive: true });
  });
  const open = async (): Promise<Page> => {
    const page = await browser.page();
    await page.goto(browser.url);
    await page.getByLabel("用户名").waitFor();
    return page;
  };
  return { site, browser, open };
}

async function enter(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(password);
  await page.keyboard.press("Enter");
}

async function signOut(page: Page): Promise<void> {
  await page.locator("ji-top-bar .me > button").click();
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByLabel("用户名").waitFor();
}

/** The app behind the secret that a page shows. */
async function appOn(page: Page): Promise<TOTP> {
  await page.getByAltText("身份验证器应用的二维码").waitFor();
  const secret = (await page.locator("ji-app-secret code").textContent()) ?? "";
  return new TOTP({ secret: Secret.fromBase32(secret.replaceAll(" ", "")) });
}

/** A code that was not used yet: that of the next step is taken as well. */
function nextCode(app: TOTP): string {
  return app.generate({ timestamp: Date.now() + STEP_MS });
}

test("somebody new chooses a password, sets up an app and a passkey, and signs in with each", async (t) => {
  const { site, browser, open } = await siteWith(t);
  const organisation = (await site.signIn("sunjie")).client(organisationApi);
  const { password } = await organisation.addPerson({ username: "heping", name: "何平", department: "levy" });
  const page = await open();
  await shot(page, "sign-in");
  t.deepEqual(await seriousViolations(page), []);

  await enter(page, "heping", password);
  await page.getByRole("heading", { name: "设置新密码" }).waitFor();
  await page.getByLabel("新密码", { exact: true }).fill("heping-2026-08");
  await page.getByLabel("再次输入新密码").fill("heping-2026-08");
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByText("不含用户名、姓名及其拼音（不满足）").waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "sign-in-new-password");
  await page.getByLabel("新密码", { exact: true }).fill(OWN);
  await page.getByLabel("再次输入新密码").fill("something else");
  // the message of before may still be taking the focus
  await page.getByLabel("再次输入新密码").press("Enter");
  await page.getByText("两次输入的新密码不一致").waitFor();
  await page.getByLabel("再次输入新密码").fill(OWN);
  await page.keyboard.press("Enter");
  await page.waitForSelector("ji-workbench-page");

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.locator("ji-top-bar .me > button").click();
  await page.getByRole("link", { name: "账号与安全" }).click();
  await page.getByRole("button", { name: "设置", exact: true }).click();
  const app = await appOn(page);
  await shot(page, "account-app");
  await page.getByLabel("六位验证码").fill("000000");
  await page.getByRole("button", { name: "确认" }).click();
  await page.getByText("验证没有通过，请重试").waitFor();
  await page.getByLabel("六位验证码").fill(app.generate());
  await page.getByRole("button", { name: "确认" }).click();
  await page.getByText("已添加").waitFor();
  await page.getByLabel("名称，如“办公电脑”").fill("办公电脑");
  await page.getByRole("button", { name: "添加" }).click();
  await page.getByRole("button", { name: "删除 办公电脑" }).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "account");

  await signOut(page);
  await enter(page, "heping", OWN);
  await page.getByRole("heading", { name: "双因素认证" }).waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "sign-in-factor");
  await page.getByRole("button", { name: "使用通行密钥或安全密钥" }).click();
  await page.waitForSelector("ji-top-bar");

  await signOut(page);
  await enter(page, "heping", OWN);
  await page.getByLabel("六位验证码").fill("123");
  await page.keyboard.press("Enter");
  await page.getByText("验证没有通过，请重试").waitFor();
  await page.getByLabel("六位验证码").fill(nextCode(app));
  await page.keyboard.press("Enter");
  await page.waitForSelector("ji-top-bar");
  t.deepEqual(browser.complaints, []);
});

// checklist: 14, 17
test("sessions elsewhere are ended, and what is sensitive asks for the password again", async (t) => {
  const { site, browser, open } = await siteWith(t);
  const here = await browser.signIn("chenxiao");
  const there = await browser.signIn("chenxiao");
  await here.goto(`${browser.url}/account`);
  await here.getByText("当前会话").waitFor();
  await shot(here, "account-sessions");
  await here.getByRole("button", { name: /^结束 Chrome/ }).click();
  await here.getByText("已结束 1 个会话").waitFor();
  await there.getByLabel("用户名").waitFor();

  const rows = new DatabaseSync(join(site.data, "site.sqlite"));
  rows.prepare("UPDATE session SET confirmed_at = ?").run(new Date(Date.now() - 11 * 60_000).toISOString());
  rows.close();
  await here.getByRole("button", { name: "设置", exact: true }).click();
  const dialog = here.getByRole("dialog", { name: "再次验证身份" });
  await dialog.getByLabel("密码").fill("wrong");
  await here.keyboard.press("Enter");
  await dialog.getByText("用户名或密码不正确").waitFor();
  t.deepEqual(await seriousViolations(here), []);
  await shot(here, "sign-in-again");
  await dialog.getByLabel("密码").fill(PASSWORD);
  await here.keyboard.press("Enter");
  await here.getByAltText("身份验证器应用的二维码").waitFor();
  t.false(await dialog.isVisible());

  await here.getByLabel("当前密码").fill(PASSWORD);
  await here.getByLabel("新密码", { exact: true }).fill(OWN);
  await here.getByLabel("再次输入新密码").fill(OWN);
  await here.getByRole("button", { name: "更换密码" }).click();
  await here.getByText("密码已更换").waitFor();
  await here.reload();
  await here.getByRole("heading", { name: "账号与安全" }).waitFor();
  const again = await open();
  await enter(again, "chenxiao", PASSWORD);
  await again.getByText("用户名或密码不正确").waitFor();
  t.deepEqual(browser.complaints, []);
});

// checklist: 4
test("where a second factor is required it is set up at the first sign-in", async (t) => {
  const { browser, open } = await siteWith(t, "protection: level-3\n");
  const page = await open();
  await enter(page, "chenxiao", PASSWORD);
  await page.getByRole("heading", { name: "设置双因素认证" }).waitFor();
  const app = await appOn(page);
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "sign-in-enrolment");
  await page.getByLabel("六位验证码").fill(app.generate());
  await page.keyboard.press("Enter");
  await page.waitForSelector("ji-workbench-page");
  await page.goto(`${browser.url}/account`);
  await page.getByRole("button", { name: "删除" }).click();
  await page.getByRole("dialog", { name: "删除" }).getByRole("button", { name: "删除" }).click();
  await page.getByText("这是最后一种双因素认证方式").waitFor();
  await page.getByText("本单位要求双因素认证，至少保留一种。").first().waitFor();
  t.deepEqual(browser.complaints, []);
});
