import { storageApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import type { Locator, Page } from "playwright-core";
import { seriousViolations, shot, siteWithBrowser } from "./browser.js";

const on = siteWithBrowser();

const accessible = async (t: ExecutionContext, page: Page, name: string): Promise<void> => {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
};

/** Keys of the cards as they are read. */
const cards = (page: Page): Promise<string[]> =>
  page
    .locator(".cards [data-card]")
    .evaluateAll((found) => found.map((each) => (each as HTMLElement).dataset["card"] ?? ""));

const card = (page: Page, key: string): Locator => page.locator(`[data-card="${key}"]`);
const begin = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "编辑门户" }).click();
  await page.locator(".cards.grid-stack").waitFor();
};
const end = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "完成", exact: true }).click();
  await page.locator(".cards:not(.grid-stack)").waitFor();
};

const box = async (page: Page, key: string): Promise<{ x: number; y: number; width: number; height: number }> => {
  // what moves has arrived when it is twice in the same place
  for (let last = ""; ;) {
    const { x = -1, y = -1, width = -1, height = -1 } = (await card(page, key).boundingBox()) ?? {};
    const found = { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
    if (JSON.stringify(found) === last) return found;
    last = JSON.stringify(found);
    await page.waitForTimeout(120);
  }
};

/** Drags from a point by so many px. */
async function drag(page: Page, from: { x: number; y: number }, by: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + by.x / 2, from.y + by.y / 2, { steps: 8 });
  await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 8 });
  await page.mouse.up();
}

/** A person's layout as the server has it. */
async function stored(username: string, screen = "desk"): Promise<{ card: string; w: number; h: number }[]> {
  const { records } = await (
    await on.site.signIn(username)
  )
    .client(storageApi)
    .find({ collection: "portal.layout", filter: { screen } });
  return (records[0]?.values["cards"] ?? []) as { card: string; w: number; h: number }[];
}

test.serial(
  "a person arranges the workbench by keyboard alone, hears every step, and finds it so elsewhere",
  async (t) => {
    const page = await on.browser.signIn("chenxiao");
    await card(page, "shell.todo").waitFor();
    t.deepEqual((await cards(page)).slice(0, 4), ["shell.figures", "shell.todo", "shell.mine", "shell.shortcuts"]);
    await accessible(t, page, "portal");
    await page.getByRole("button", { name: "编辑门户" }).press("Enter");
    await page.locator(".cards.grid-stack").waitFor();
    await accessible(t, page, "portal-editing");
    const handle = page.getByRole("button", { name: "移动“我发起的”" });
    const said = (text: string): Promise<void> => page.getByRole("status").filter({ hasText: text }).waitFor();
    await handle.press("Enter");
    await said("已拿起“我发起的”，第 9 列第 3 行，宽 4 列高 5 行");
    await accessible(t, page, "portal-picked");
    await handle.press("ArrowDown");
    await said("“我发起的”：第 9 列第 8 行");
    await handle.press("ArrowRight");
    await said("“我发起的”不能再往这个方向");
    await handle.press("Shift+ArrowUp");
    await handle.press("Shift+ArrowLeft");
    await said("“我发起的”：第 9 列第 8 行，宽 3 列高 4 行");
    t.true(await handle.evaluate((button) => button.matches(":focus")), "the focus stays on the card");
    await handle.press("Escape");
    await said("已放下“我发起的”");
    await handle.press("ArrowLeft");
    await page.getByRole("button", { name: "移动“今日概况”" }).press("Delete");
    await said("已移除“今日概况”");
    t.false((await cards(page)).includes("shell.figures"));
    await page.keyboard.press("Control+z");
    await card(page, "shell.figures").waitFor();
    await page.getByRole("button", { name: "移动“今日概况”" }).press("Delete");
    await page.getByRole("button", { name: "添加卡片" }).press("Enter");
    await page
      .getByRole("region", { name: "可添加的卡片" })
      .getByRole("button", { name: /^今日概况/ })
      .waitFor();
    await accessible(t, page, "portal-gallery");
    await page.getByRole("button", { name: "完成", exact: true }).press("Enter");
    await page.getByText("门户布局已保存").waitFor();
    t.deepEqual((await cards(page)).slice(0, 3), ["shell.todo", "shell.shortcuts", "shell.mine"]);
    t.like(
      (await stored("chenxiao")).find((item) => item.card === "shell.mine"),
      { w: 3, h: 4 },
    );
    const elsewhere = await on.browser.signIn("chenxiao");
    await card(elsewhere, "shell.todo").waitFor();
    await card(elsewhere, "shell.figures").waitFor({ state: "detached" });
    t.deepEqual((await cards(elsewhere)).slice(0, 3), ["shell.todo", "shell.shortcuts", "shell.mine"]);
    for (const each of [page, elsewhere]) await each.context().close();
  },
);

test.serial("cards are dragged and resized with the mouse in edit mode, and never outside of it", async (t) => {
  const page = await on.browser.signIn("wanggang");
  const before = await box(page, "shell.todo");
  const title = async (): Promise<{ x: number; y: number }> => {
    const { x, y } = await box(page, "shell.todo");
    return { x: x + 60, y: y + 20 };
  };
  await drag(page, await title(), { x: 300, y: 300 });
  t.deepEqual(await box(page, "shell.todo"), before, "nothing is dragged while it is only looked at");
  t.deepEqual(
    await page.evaluate(
      () => performance.getEntriesByType("resource").filter(({ name }) => name.includes("grid-editing")).length,
    ),
    0,
    "the code for it is not even there",
  );
  await begin(page);
  await drag(page, await title(), { x: 420, y: 0 });
  t.true((await box(page, "shell.todo")).x > before.x + 300);
  await shot(page, "portal-dragged");
  const { x, y, width, height } = await box(page, "shell.todo");
  await drag(page, { x: x + width - 16, y: y + height - 16 }, { x: 0, y: -156 });
  t.true((await box(page, "shell.todo")).height < height - 100);
  await page.getByRole("button", { name: "撤销" }).click();
  await page.getByRole("button", { name: "撤销" }).click();
  t.true(await page.getByRole("button", { name: "撤销" }).isDisabled());
  await drag(page, await title(), { x: 420, y: 0 });
  await end(page);
  await page.getByText("门户布局已保存").waitFor();
  t.true((await box(page, "shell.todo")).x > before.x + 300);
  await page.reload();
  t.true((await box(page, "shell.todo")).x > before.x + 300, "kept over a reload");
  await begin(page);
  await page.getByRole("button", { name: "恢复默认" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "恢复默认" }).click();
  await page.getByText("已恢复默认布局").waitFor();
  await end(page);
  t.deepEqual(await box(page, "shell.todo"), before);
  t.deepEqual(await stored("wanggang"), []);
  await page.context().close();
});

test.serial(
  "a layout that was made while the network was cut waits in the browser and is sent when it is back",
  async (t) => {
    const page = await on.browser.signIn("hanbo");
    await card(page, "shell.figures").waitFor();
    await begin(page);
    await page.getByRole("button", { name: "移除“常用功能”" }).click();
    await page.context().setOffline(true);
    await page.getByRole("button", { name: "完成", exact: true }).click();
    await page.getByText("网络中断，布局保存在本机").waitFor();
    t.false((await cards(page)).includes("shell.shortcuts"));
    t.deepEqual(await stored("hanbo"), []);
    await page.context().setOffline(false);
    await page.reload();
    await card(page, "shell.figures").waitFor();
    for (let looks = 0; looks < 100 && (await stored("hanbo")).length === 0; looks += 1) await page.waitForTimeout(100);
    t.false((await stored("hanbo")).some((item) => item.card === "shell.shortcuts"));
    t.false((await cards(page)).includes("shell.shortcuts"));
    await page.context().close();
  },
);

test.serial(
  "on a phone the cards stand below one another and have a layout of their own; dark is legible too",
  async (t) => {
    const page = await on.browser.signIn("chenxiao", undefined, { width: 360, height: 740 });
    await card(page, "shell.figures").waitFor();
    await accessible(t, page, "portal-phone");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    t.true(wide <= 360, `${wide} px wide`);
    await begin(page);
    await accessible(t, page, "portal-phone-editing");
    await page.getByRole("button", { name: "移除“常用功能”" }).click();
    await end(page);
    await page.getByText("门户布局已保存").waitFor();
    t.true(
      (await stored("chenxiao")).some((item) => item.card === "shell.shortcuts"),
      "that of the desk stays",
    );
    await page.evaluate(() => document.documentElement.setAttribute("data-theme", "dark"));
    await accessible(t, page, "portal-phone-dark");
    await page.setViewportSize({ width: 1366, height: 768 });
    await card(page, "shell.shortcuts").waitFor();
    await accessible(t, page, "portal-dark");
    await begin(page);
    await accessible(t, page, "portal-editing-dark");
    await page.context().close();
  },
);

test.serial("an administrator pins the announcements for all and says what a position begins with", async (t) => {
  const administrator = await on.browser.signIn("sunjie");
  const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  const keeper = await on.site.signIn("sunjie");
  await keeper.enter("portal.announcement", [
    { title: "征期服务安排", text: "征期内大厅延时一小时。", from: day(-2) },
    { title: "系统停机通知", text: "周六零时至六时停机维护。", from: day(-3), until: day(5), important: true },
    { title: "过期的公告", text: "不再显示。", from: day(-9), until: day(-5) },
    { title: "将来的公告", text: "还不显示。", from: day(5) },
  ]);
  await begin(administrator);
  await administrator.getByRole("button", { name: "移除“常用功能”" }).click();
  await administrator.getByLabel("岗位", { exact: true }).selectOption({ label: "科员" });
  await administrator.getByRole("button", { name: "存为岗位默认" }).click();
  await administrator.getByText("已存为“科员”的默认布局").waitFor();
  await administrator.getByRole("button", { name: "全局固定“公告”" }).click();
  await administrator.getByText("“公告”已固定").waitFor();
  await administrator.getByRole("button", { name: "取消固定“公告”" }).waitFor();
  t.is(await administrator.getByRole("button", { name: "移动“公告”" }).count(), 0, "a pinned card is not moved");
  await accessible(t, administrator, "portal-administration");
  await end(administrator);
  const clerk = await on.browser.signIn("sj003");
  await clerk.getByText("系统停机通知").waitFor();
  t.deepEqual(await cards(clerk), ["portal.announcements", "shell.figures", "shell.todo", "shell.mine"]);
  t.deepEqual(await clerk.locator("summary > span:first-child").allInnerTexts(), ["重要 系统停机通知", "征期服务安排"]);
  await clerk.getByText("系统停机通知").click();
  await clerk.getByText("周六零时至六时停机维护").waitFor();
  await accessible(t, clerk, "portal-announcements");
  await begin(clerk);
  t.is(await clerk.getByRole("button", { name: "移除“公告”" }).count(), 0);
  t.is(
    await clerk.getByRole("button", { name: "存为岗位默认" }).count(),
    0,
    "nor may a clerk set what others begin with",
  );
  for (const page of [administrator, clerk]) await page.context().close();
});

test.serial("the layout follows what a person uses, as a proposal that can be undone", async (t) => {
  const page = await on.browser.signIn("zhaomin");
  await card(page, "shell.shortcuts").waitFor();
  const before = await cards(page);
  t.is(before[0], "shell.figures");
  for (let visits = 0; visits < 2; visits += 1) {
    await card(page, "shell.shortcuts").getByRole("link").first().click();
    await page.waitForURL(/\/p\//);
    await page.getByRole("link", { name: "工作台", exact: true }).click();
    await card(page, "shell.shortcuts").waitFor();
  }
  await begin(page);
  await page.getByRole("button", { name: "按使用频率排列" }).click();
  await page.getByText("已按使用频率排列").waitFor();
  t.deepEqual(await stored("zhaomin"), [], "nothing is kept yet");
  await shot(page, "portal-by-usage");
  await page.getByRole("button", { name: "撤销" }).click();
  t.true(await page.getByRole("button", { name: "撤销" }).isDisabled());
  await page.getByRole("button", { name: "按使用频率排列" }).click();
  await end(page);
  await page.getByText("门户布局已保存").waitFor();
  t.is((await cards(page))[0], "shell.shortcuts");
  const others = (await on.site.signIn("wanggang")).client(storageApi);
  t.deepEqual((await others.find({ collection: "portal.usage" })).records, [], "nobody sees what another uses");
  await page.context().close();
});

test.serial("a portal that has stopped a page stays closed: the plain workbench stands in for it", async (t) => {
  const page = await on.browser.signIn("tangning");
  await card(page, "shell.figures").waitFor();
  const tag = await page.evaluate(
    () =>
      document
        .querySelector("ji-app")
        ?.shadowRoot?.querySelector("ji-workbench-page")
        ?.shadowRoot?.querySelector("ji-plugin-part")?.shadowRoot?.firstElementChild?.localName ?? "",
  );
  // what a page leaves behind that hung while the portal was opened
  await page.goto(`${on.site.url}/icon.svg`);
  await page.evaluate((part) => localStorage.setItem(`jinshui.opening.${part}`, "1"), tag);
  await page.goto(on.site.url);
  await page.locator("ji-widgets").waitFor({ state: "attached" });
  t.is(await page.locator("ji-workbench-part[name=todo]").count(), 1);
  t.is(await page.getByRole("button", { name: "编辑门户" }).count(), 0);
  await accessible(t, page, "portal-held-back");
  await page.getByRole("button", { name: "仍要打开" }).click();
  await card(page, "shell.figures").waitFor();
  await page.locator("ji-widgets").waitFor({ state: "detached" });
  await page.context().close();
  t.deepEqual(
    on.browser.complaints.filter((each) => !/ERR_INTERNET_DISCONNECTED|has stopped a page before/.test(each)),
    [],
  );
});
