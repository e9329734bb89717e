import { newPage, signIn, vitals } from "./browser.mjs";

const EQUIPMENT = "/p/asset-tracking/equipment";
const ROWS = 100_000;
/** Records in one answer: all of them are in the page before it is scrolled. */
const ANSWER = 10_000;
const FIELDS = 200;

/** Opens the workbench with nothing in the cache, and the register from there. */
export async function firstVisit(browser, url, state, slow) {
  const page = await newPage(browser, { state, slow });
  await page.goto(url);
  await page.waitForSelector("ji-workbench-page");
  await page.waitForLoadState("networkidle");
  const home = await vitals(page);
  await page.getByRole("link", { name: "待办事项" }).first().click();
  await page.waitForSelector("ji-tasks-page");
  await page.getByRole("link", { name: "设备台账" }).first().click();
  await page.locator("ji-record-list tbody tr.link").first().waitFor();
  for (const shape of ["看板", "日历", "列表"]) {
    await page.getByRole("button", { name: shape, exact: true }).click();
    await page.waitForLoadState("networkidle");
  }
  await page.getByPlaceholder("搜索").pressSequentially("交换机");
  await page.getByRole("button", { name: "查询" }).click();
  await page.waitForTimeout(1_000);
  const { cls, interactions } = await vitals(page);
  await page.context().close();
  return { lcpMs: home.lcpMs, cls, interactions };
}

/** Frames while a list that holds 100,000 records is scrolled from its top to its end; the kernel's answers are made here. */
export async function scrolledList(browser, url, state) {
  const page = await newPage(browser, { state });
  await page.route("**/collections/asset-tracking.equipment/records?**", async (route) => {
    const start = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    await route.fulfill({ json: answer(start) });
  });
  await page.goto(url + EQUIPMENT);
  await page.locator("ji-record-list tbody tr.link").first().waitFor();
  const list = page.locator("ji-record-list .list");
  const last = `共 ${ROWS} 项`;
  await page.getByText(last).waitFor();
  for (let read = 0; read < ROWS / ANSWER + 20; read += 1) {
    const height = await list.evaluate((element) => (element.scrollTop = element.scrollHeight));
    if (height > ROWS * 30) break;
    await page.waitForTimeout(300);
  }
  const found = await list.evaluate(async (element) => {
    element.scrollTop = 0;
    const frames = [];
    const step = element.scrollHeight / 240;
    let before = performance.now();
    for (let frame = 0; frame < 240; frame += 1) {
      element.scrollTop += step;
      await new Promise((drawn) => globalThis.requestAnimationFrame(drawn));
      const now = performance.now();
      frames.push(now - before);
      before = now;
    }
    return { frames, rows: element.querySelectorAll("tr.link").length, height: element.scrollHeight };
  });
  await page.context().close();
  return found;
}

function answer(start) {
  const by = { id: "p1", name: "赵敏", kind: "person" };
  const at = "2026-11-28T00:00:00.000Z";
  const records = Array.from({ length: ANSWER }, (_, index) => ({
    id: `bench-${start + index}`,
    version: 1,
    ...{ createdAt: at, createdBy: by, updatedAt: at, updatedBy: by },
    values: {
      code: `WH-2005-${String(start + index).padStart(5, "0")}`,
      name: `台式机 ${start + index}`,
      ...{ category: "desktop", model: "M70t", status: "idle", price: 480_000, purchasedOn: "2005-03-01" },
    },
  }));
  const next = start + ANSWER;
  return { records, total: ROWS, ...(next < ROWS ? { nextCursor: String(next) } : {}) };
}

/** From the click to a form of 200 fields that can be filled in, and the interactions of filling in twenty. */
export async function longForm(browser, url, state) {
  const page = await newPage(browser, { state });
  await page.route("**/collections?plugin=asset-tracking", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    for (const { definition } of body.collections) {
      for (let at = 0; at < FIELDS; at += 1)
        definition.fields[`bench${at}`] = { type: "string", title: { "zh-CN": `栏目 ${at}` } };
      delete definition.display.sections;
    }
    await route.fulfill({ response, json: body });
  });
  await page.goto(url + EQUIPMENT);
  const add = page.getByRole("button", { name: "新增", exact: true });
  await add.waitFor();
  await page.waitForLoadState("networkidle");
  const beganAt = await page.evaluate(() => performance.now());
  await add.click();
  await page.getByLabel(`栏目 ${FIELDS - 1}`, { exact: true }).waitFor();
  const openMs = (await page.evaluate(() => performance.now())) - beganAt;
  const before = (await vitals(page)).interactions.length;
  for (let at = 0; at < 20; at += 1) {
    await page.getByLabel(`栏目 ${at * 10}`, { exact: true }).click();
    await page.keyboard.type("芜湖 12");
  }
  await page.waitForTimeout(500);
  const interactions = (await vitals(page)).interactions.slice(before);
  await page.context().close();
  return { openMs, interactions };
}

/** What a page of somebody who is signed in starts with: cookies, and nothing in the cache. */
export async function signedInState(browser, url, username) {
  const page = await newPage(browser);
  await signIn(page, url, username);
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}
