import test from "ava";
import { startMaker } from "../packages/makers.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

test("an administrator installs a package in the page, upgrades one bureau, and removes a version", async (t) => {
  const { site, release } = await startMaker(t);
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const county = await browser.signIn("fc036");
  await county.goto(`${site.url}/plugins`);
  t.is(
    await county.getByRole("link", { name: "安装插件包" }).count(),
    0,
    "the county takes what the city has installed",
  );

  const page = await browser.signIn("sunjie");
  await page.goto(`${site.url}/plugins`);
  const card = page.getByRole("region", { name: "派车" });
  const bring = async (file: string): Promise<void> => {
    await page.getByRole("link", { name: /^(安装插件包|另选一个)$/ }).click();
    await page.getByLabel("插件包文件").setInputFiles(file);
    await page.getByRole("button", { name: "上传并检查" }).click();
    await card.getByRole("heading", { name: /派车/ }).waitFor();
  };
  await bring(await release("1.0.0", {}, { signs: false }));
  await card.getByText("没有签名，本站只接受").waitFor();
  t.is(await page.getByRole("button", { name: "安装", exact: true }).count(), 0);
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "package-refused");

  await bring(await release("1.0.0"));
  await card.getByText("由市局信息中心签名，签名有效").waitFor();
  await card.getByText(/权限“使用派车”，授予.*科员/).waitFor();
  const install = page.getByRole("button", { name: "安装", exact: true });
  t.true(await install.isDisabled());
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "package-consent");
  await page.reload();
  await page.getByLabel("已了解以上要求，同意安装").check();
  await install.click();
  await page.getByText("派车 1.0.0 已安装").waitFor();
  await card.getByRole("checkbox", { name: "芜湖县局" }).check();
  await card.getByText("运行中", { exact: true }).waitFor();
  const clerk = await site.signIn("chenxiao");
  t.is((await clerk.send("POST", "/api/v1/plugins/car-pool/ops/ask", { text: "北京" })).status, 200);

  await bring(
    await release("1.1.0", {
      grants: { apis: ["storage", "auth"] },
      requires: { apis: { storage: "^1.0", auth: "^1.0" } },
    }),
  );
  await page.getByText("新增的要求").waitFor();
  await page.getByText("核对登录人的身份").waitFor();
  await shot(page, "package-grew");
  await page.getByLabel("已了解以上要求，同意安装").check();
  await install.click();
  await card.getByLabel("芜湖县局的版本").selectOption("1.1.0");
  await card.getByText("运行中", { exact: true }).waitFor();
  await shot(page, "package-versions");
  await card.getByRole("checkbox", { name: "芜湖县局" }).uncheck();
  await card.getByText("未启用", { exact: true }).waitFor();
  await card.getByRole("button", { name: "清除数据……（芜湖县局，派车）" }).click();
  await card.getByText("派车：1 条").waitFor();
  t.deepEqual(await seriousViolations(page), []);
  await shot(page, "purge");
  await card.getByLabel("请输入“派车”以确认").fill("别的");
  await card.getByLabel("原因").fill("停用后清理");
  await card.getByRole("button", { name: "申请清除" }).click();
  await card.getByText("填写的名称与插件名称不一致").waitFor();
  await card.getByLabel("请输入“派车”以确认").fill("派车");
  await card.getByRole("button", { name: "申请清除" }).click();
  await page.getByText("已申请清除芜湖县局“派车”的数据").waitFor();
  const guard = await browser.signIn("qianli");
  await guard.goto(`${site.url}/p/positions/changes`);
  await guard.getByText("彻底清除芜湖县局“派车”的全部数据，不可恢复").waitFor();
  await shot(guard, "purge-decide");
  await card.getByRole("button", { name: "移除 1.0.0" }).click();
  await page.getByRole("dialog").getByText("已保存的数据不受影响").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "移除" }).click();
  await page.getByText("派车 1.0.0 已移除").waitFor();
  t.is(await card.getByText("1.0.0").count(), 0);

  await page.getByRole("link", { name: "安装插件包" }).click();
  await page
    .getByLabel("插件包文件")
    .setInputFiles({ name: "x.tgz", mimeType: "application/gzip", buffer: Buffer.from("no") });
  await page.getByRole("button", { name: "上传并检查" }).click();
  await page.getByText("不是 .tgz 文件").waitFor();
  t.deepEqual(browser.complaints, []);
});
