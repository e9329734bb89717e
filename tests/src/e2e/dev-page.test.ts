import { TestSite, until } from "@jinshui/testing";
import test from "ava";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, folderFor, following, linkModules } from "../authors/own-folder.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

test("an open page shows what was saved, without being loaded again; what somebody types in it is kept until they say so", async (t) => {
  const folder = await folderFor(t);
  t.is(
    (await command("create-plugin", folder, "--title", "车辆管理", "--records", "车辆", "--with", "page,service")).code,
    0,
  );
  await linkModules(folder);
  const site = await TestSite.start({ plugins: [folder] });
  t.teardown(() => site.stop());
  const { said } = following(t, "dev", folder, "--site", site.url, "--user", "sunjie", "--bureau", "wuhu-county");
  await until(() => said().includes("watching"), 40_000);
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const page = await browser.signIn("wanggang");
  page.setDefaultTimeout(40_000); // each change is compiled first
  const change = async (file: string, from: string, to: string): Promise<void> =>
    writeFile(join(folder, file), (await readFile(join(folder, file), "utf8")).replace(from, to));
  const timed = async (what: string, text: string): Promise<void> => {
    const began = performance.now();
    await page.getByText(text).first().waitFor();
    t.log(`${what}: ${((performance.now() - began) / 1_000).toFixed(2)} s from the save to the open page`);
  };

  await page.goto(`${site.url}/p/car-pool/home`);
  await page.getByText("本局共 0 条车辆").waitFor();
  await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }));
  await change("web/home-page.ts", "本局共", "我局共");
  await timed("page", "我局共 0 条车辆");
  await shot(page, "dev-page");

  await change("web/home-page.ts", "<p>", '<label>备忘 <input class="input" /></label><p>');
  await page.getByLabel("备忘").fill("写了一半");
  await change("web/home-page.ts", "我局共", "全局共");
  await page.getByText("此页面有新版本").waitFor();
  t.is(await page.getByLabel("备忘").inputValue(), "写了一半");
  await shot(page, "dev-page-outdated");
  t.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "换上新版" }).click();
  await page.getByText("全局共 0 条车辆").waitFor();
  t.is(await page.getByLabel("备忘").inputValue(), "");

  await page.getByRole("link", { name: "车辆", exact: true }).first().click();
  await page.getByRole("columnheader", { name: "名称" }).waitFor();
  await change("collections/item.json", '"zh-CN": "名称"', '"zh-CN": "车型"');
  await page.getByRole("columnheader", { name: "车型" }).waitFor();
  t.true(await page.evaluate(() => "stillTheSamePage" in window));
  t.deepEqual(browser.complaints, []);
});
