import { existsSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { chromium } from "playwright-core";

const PROGRAMS = [
  process.env.JINSHUI_CHROMIUM ?? "",
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
];

/** Milliseconds from asking for a plugin's page until its content is there, in a browser that has been there before. */
export async function firstPaint({ site }, plugin, rounds) {
  const executablePath = PROGRAMS.find((path) => path !== "" && existsSync(path));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--no-first-run"] });
  try {
    const page = await (await browser.newContext({ locale: "zh-CN" })).newPage();
    await page.goto(site.url);
    await page.getByLabel("用户名").fill("chenxiao");
    await page.getByLabel("密码").fill("jinshui-demo-2005");
    await page.getByRole("button", { name: "登录" }).click();
    const times = [];
    for (let round = 0; round <= rounds; round += 1) {
      await page.waitForSelector("ji-workbench-page");
      const begin = performance.now();
      await page.goto(`${site.url}/p/${plugin}/page`);
      await page.locator("#there").waitFor();
      if (round > 0) times.push(performance.now() - begin);
      await page.goto(`${site.url}/`);
    }
    return times;
  } finally {
    await browser.close();
  }
}
