import { performance } from "node:perf_hooks";
import { TestBrowser } from "../../dist/e2e/browser.js";

/** Milliseconds from asking for a plugin's page until it is painted, in a browser that has been there before. */
export async function firstPaint({ site }, plugin, rounds) {
  const browser = await TestBrowser.open(site.url);
  try {
    const page = await browser.signIn("chenxiao");
    const times = [];
    for (let round = 0; round <= rounds; round += 1) {
      await page.goto(`${site.url}/`);
      await page.waitForSelector("ji-workbench-page");
      const begin = performance.now();
      await page.goto(`${site.url}/p/${plugin}/page`);
      await page.locator("#there").waitFor();
      if (round > 0) times.push(performance.now() - begin);
    }
    return times;
  } finally {
    await browser.close();
  }
}
