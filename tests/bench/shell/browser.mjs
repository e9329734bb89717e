import { existsSync } from "node:fs";
import process from "node:process";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { chromium } from "playwright-core";

const PASSWORD = "jinshui-demo-2005";
/** 1.6 Mbit/s down, half of that up, 150 ms there and back; the processor four times slower. */
const SLOW = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 100_000 };

export async function openBrowser() {
  const executablePath = [
    process.env.JINSHUI_CHROMIUM ?? "",
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
  ].find((path) => path !== "" && existsSync(path));
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
}

/** A page of its own, with nothing in its cache, of somebody who is signed in or of nobody. */
export async function newPage(browser, { state, slow = false } = {}) {
  const viewport = { width: 1366, height: 768 };
  const context = await browser.newContext({ viewport, locale: "zh-CN", ...(state ? { storageState: state } : {}) });
  const page = await context.newPage();
  await page.addInitScript(watchVitals);
  if (!slow) return page;
  const devTools = await context.newCDPSession(page);
  await devTools.send("Network.enable");
  await devTools.send("Network.emulateNetworkConditions", SLOW);
  await devTools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  return page;
}

export async function signIn(page, url, username) {
  await page.goto(url);
  await page.getByLabel("用户名").fill(username);
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await page.waitForSelector("ji-workbench-page");
}

/** Sizes of scripts and styles that come until `work` is done, as they are and packed, in KB. */
export async function sizesOf(page, work) {
  const bodies = { script: [], stylesheet: [] };
  const read = [];
  page.on("response", (response) => {
    const list = bodies[response.request().resourceType()];
    if (list) read.push(response.body().then((body) => list.push(body)));
  });
  await work();
  await Promise.all(read);
  const sum = (list, size) => list.reduce((all, body) => all + size(body), 0) / 1024;
  return Object.fromEntries(
    Object.entries(bodies).map(([kind, list]) => [
      kind,
      {
        raw: sum(list, ({ length }) => length),
        gz: sum(list, (body) => gzipSync(body, { level: 9 }).length),
        br: sum(list, (body) => brotliCompressSync(body).length),
      },
    ]),
  );
}

/** Largest paint, moved layout and the longest frame of each interaction since the page began. */
export const vitals = (page) =>
  page.evaluate(() => ({
    lcpMs: globalThis.benchVitals.lcpMs,
    cls: globalThis.benchVitals.cls,
    interactions: [...globalThis.benchVitals.interactions.values()],
  }));

/** Runs in the page. */
function watchVitals() {
  const seen = { lcpMs: 0, cls: 0, interactions: new Map() };
  globalThis.benchVitals = seen;
  const watch = (type, take, more = {}) =>
    new globalThis.PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
      ...more,
    });
  watch("largest-contentful-paint", ({ startTime }) => (seen.lcpMs = startTime));
  watch("layout-shift", ({ value, hadRecentInput }) => (seen.cls += hadRecentInput ? 0 : value));
  watch(
    "event",
    ({ interactionId, duration }) => {
      if (interactionId > 0)
        seen.interactions.set(interactionId, Math.max(duration, seen.interactions.get(interactionId) ?? 0));
    },
    { durationThreshold: 16 },
  );
}
