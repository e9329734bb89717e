import { supervisorApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import type { Page } from "playwright-core";
import { files, siteWithExtras } from "../extras-site.js";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

const TOKEN = "jin-shui-12345678";
/** The page's module, with a card besides that can't be drawn. */
const MODULE = `${files.get("reminders/web/index.js") ?? ""}
export class BrokenCard extends JinshuiElement {
  render() {
    throw new Error("broken on purpose");
  }
}
`;
const MANIFEST = (files.get("reminders/package.json") ?? "").replace(
  '"widgets": [',
  '"widgets": [{ "id": "broken", "title": { "zh-CN": "坏卡片" }, "element": "BrokenCard", "order": 90 },',
);

let site: TestSite;
let browser: TestBrowser;
let stop = (): Promise<void> => Promise.resolve();
test.before(async () => {
  ({ site, stop } = await siteWithExtras({ "reminders/web/index.js": MODULE, "reminders/package.json": MANIFEST }));
  browser = await TestBrowser.open(site.url);
});
test.after.always(async () => {
  await browser?.close();
  await stop();
});

const accessible = async (t: ExecutionContext, page: Page, name: string): Promise<void> => {
  await shot(page, name);
  t.deepEqual(await seriousViolations(page), [], name);
};

test.serial(
  "an administrator sets a plugin up on a form, is told what does not fit, and never gets a secret back",
  async (t) => {
    const page = await browser.signIn("sunjie");
    const bodies: string[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/api/"))
        void response.text().then(
          (text) => bodies.push(text),
          () => undefined,
        );
    });
    await page.goto(`${site.url}/plugins`);
    const card = page.getByRole("region", { name: "到期提醒" });
    await card.getByText("需要设置").waitFor();
    await accessible(t, page, "plugins-to-be-set-up");
    await card.getByRole("link", { name: "芜湖县局的设置" }).click();
    await page.getByRole("heading", { name: /到期提醒 · 芜湖县局/ }).waitFor();
    await page.getByText("尚有必填的参数没有设置").waitFor();
    t.is(await page.getByLabel("提前天数").inputValue(), "7", "the default");
    await accessible(t, page, "settings-form");

    await page.getByLabel("提前天数").fill("100");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("大于上限 90").waitFor();
    await accessible(t, page, "settings-wrong");
    await page.getByLabel("提前天数").fill("30");
    await page.getByLabel("提醒类别").fill("证件\n合同\n");
    await page.getByLabel("短信平台口令").fill("short");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("至少 8 个字").waitFor();
    await page.getByLabel("短信平台口令").fill(TOKEN);
    await page.getByLabel("短信平台口令").press("Enter"); // the form is sent by the keyboard, too
    await page.getByText("已保存，插件即刻按新的参数运行").waitFor();
    t.is(await page.getByLabel("短信平台口令").inputValue(), "");
    t.is(await page.getByLabel("短信平台口令").getAttribute("placeholder"), "已设置，不填则不变");
    t.is(await page.getByLabel("提醒类别").inputValue(), "证件\n合同");
    await accessible(t, page, "settings-saved");
    const administrator = (await site.signIn("sunjie")).client(supervisorApi);
    t.like(await administrator.settings({ plugin: "reminders", bureau: "wuhu-county" }), {
      version: 1,
      values: { days: 30, kinds: ["证件", "合同"] },
      secrets: ["token"],
    });
    t.true(bodies.length > 5);
    t.deepEqual(
      bodies.filter((text) => text.includes(TOKEN)),
      [],
    );

    // the schedule below it
    await page.getByRole("button", { name: "立即执行“每日检查”" }).click();
    await page.getByText("“每日检查”已开始执行").waitFor();
    const succeeded = page.locator("ji-plugin-schedules .badge.ok", { hasText: "成功" });
    for (let looks = 0; looks < 40 && (await succeeded.count()) === 0; looks += 1) {
      await page.getByRole("button", { name: "刷新" }).click();
      await page.waitForTimeout(250);
    }
    t.is(await succeeded.count(), 1);
    await page.getByRole("button", { name: "“每日检查”的执行记录" }).click();
    await page.getByRole("columnheader", { name: "应执行时间" }).waitFor();
    await accessible(t, page, "schedules");
    await page.context().close();
  },
);

test.serial(
  "cards of plugins are on the workbench; one that fails harms nothing, and a person arranges them by keyboard",
  async (t) => {
    // the shell's own board stands where the portal is off
    await (
      await site.signIn("sunjie")
    )
      .client(supervisorApi)
      .setEnabled({ plugin: "portal", bureau: "wuhu-county", enabled: false });
    const page = await browser.signIn("chenxiao");
    const card = page.getByRole("region", { name: "即将到期" });
    await card.getByText("30 天内到期 3 项").waitFor();
    const broken = page.getByRole("region", { name: "坏卡片" });
    await broken.getByText("该组件暂不可用").waitFor();
    await accessible(t, page, "widgets");
    const names = (): Promise<(string | null)[]> =>
      page.locator("ji-widgets section").evaluateAll((cards) => cards.map((each) => each.getAttribute("aria-label")));
    t.deepEqual(await names(), ["即将到期", "坏卡片"]);
    await page.getByRole("button", { name: "调整" }).focus();
    await page.keyboard.press("Enter");
    await accessible(t, page, "widgets-arranging");
    await page.getByRole("button", { name: "“即将到期”后移" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("“即将到期”已移到第 2 位").waitFor();
    t.deepEqual(await names(), ["坏卡片", "即将到期"]);
    await page.getByRole("button", { name: "隐藏“坏卡片”" }).click();
    t.deepEqual(await names(), ["即将到期"]);
    await page.reload();
    await card.getByText("30 天内到期 3 项").waitFor();
    t.deepEqual(await names(), ["即将到期"], "kept over a reload");
    await page.getByRole("button", { name: "调整" }).click();
    await page.getByRole("button", { name: "显示“坏卡片”" }).click();
    t.deepEqual(await names(), ["坏卡片", "即将到期"]);
    await page.context().close();
  },
);

test.serial("the palette finds pages and commands by pinyin and does them by keyboard alone", async (t) => {
  const page = await browser.signIn("chenxiao");
  const box = page.getByRole("combobox", { name: "搜索功能和命令" });
  const options = (): Promise<string[]> => page.locator("ji-palette [role=option] span:first-child").allInnerTexts();
  const type = async (text: string): Promise<void> => {
    await page.keyboard.press("Control+k");
    await box.waitFor();
    await page.keyboard.type(text);
  };
  await type("");
  await page.locator("ji-palette [role=option]", { hasText: "申请延期" }).waitFor();
  await accessible(t, page, "palette");
  await page.keyboard.type("tjdq");
  t.deepEqual(await options(), ["统计到期事项"]);
  await accessible(t, page, "palette-pinyin");
  await page.keyboard.press("Enter");
  await page.getByText("即将到期 3 项").waitFor();
  await type("txjl");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/p\/reminders\/notes$/);
  await type("没有这样的");
  await page.getByText("没有匹配的功能或命令").waitFor();
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "hidden" });
  await type("daiban");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/tasks$/);
  await page.getByRole("button", { name: /^搜索/ }).click();
  await page.keyboard.press("ArrowDown");
  t.is(await page.locator("ji-palette [aria-selected=true]").getAttribute("id"), "entry-1");
  await page.keyboard.press("Escape");
  await page.context().close();
});

test.serial("a plugin's own element is the form of a step, on the start page and in the task", async (t) => {
  const page = await browser.signIn("chenxiao");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "搜索功能和命令" }).fill("sqyq");
  await page.locator("ji-palette [role=option]", { hasText: "申请延期" }).first().waitFor();
  await page.keyboard.press("Enter");
  const group = page.getByRole("group", { name: "理由" });
  await group.waitFor();
  await page.getByRole("button", { name: "提交", exact: false }).first().click();
  await page.getByText("请选择理由").waitFor();
  await accessible(t, page, "task-form");
  await group.getByRole("button", { name: "系统故障" }).click();
  await page.getByRole("button", { name: "提交", exact: false }).first().click();
  await page.waitForURL(/\/matters\//);
  const chief = await browser.signIn("wanggang");
  await chief.goto(`${site.url}/tasks`);
  await chief.getByText("延期：系统故障").first().click();
  await chief.getByText("理由：系统故障").waitFor();
  await accessible(t, chief, "task-form-read");
  for (const each of [page, chief]) await each.context().close();
});

test.serial("nothing was complained about but the card that is broken on purpose", (t) => {
  t.deepEqual(
    browser.complaints.filter((text) => !/broken on purpose|plugin view failed/.test(text)),
    [],
  );
});
