import { TestSite } from "@jinshui/testing";
import test from "ava";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { seriousViolations, shot, TestBrowser } from "./browser.js";

const VIEWS = { good: "良好页面", throwing: "出错页面", looping: "死循环页面", late: "迟滞页面" };

/** Pages that do what they should not, and one that does. */
const MODULE = `
import { html, LitElement } from "lit";
export class GoodPage extends LitElement {
  render() {
    return html\`<h1>良好页面</h1><p>一切正常</p>\`;
  }
}
export class ThrowingPage extends LitElement {
  render() {
    throw new Error("broken on purpose");
  }
}
export class LoopingPage extends LitElement {
  render() {
    if (localStorage.getItem("mended") === null) for (;;);
    return html\`<p>已恢复</p>\`;
  }
}
export class LatePage extends LitElement {
  firstUpdated() {
    setTimeout(() => { for (;;); }, 500);
  }
  render() {
    return html\`<p>正在读取</p>\`;
  }
}
`;

async function folderOfPlugin(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-faulty-"));
  await mkdir(join(folder, "web"));
  await writeFile(join(folder, "web/index.js"), MODULE);
  const views = Object.entries(VIEWS).map(([id, title]) => ({
    id,
    kind: "element",
    element: `${id.charAt(0).toUpperCase()}${id.slice(1)}Page`,
    title: { "zh-CN": title },
  }));
  const jinshui = {
    id: "faulty",
    schema: 1,
    title: { "zh-CN": "故障演示" },
    requires: { apis: {} },
    grants: { apis: [] },
    web: { module: "web/index.js" },
    contributes: { views, menu: views.map(({ id }) => ({ view: id, group: "administration" })) },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "@example/faulty", version: "1.0.0", jinshui }));
  return folder;
}

/** Opens a view by its menu entry; a page that hangs answers nothing any more. */
const open = (page: Page, view: keyof typeof VIEWS): Promise<void> =>
  page.getByRole("navigation").getByRole("link", { name: VIEWS[view] }).click({ noWaitAfter: true });

const HELD_BACK = /上次打开时没有响应/;

test("a plugin's page that throws or loops is boxed: the tab is lost at most once, and everything else works on", async (t) => {
  const folder = await folderOfPlugin();
  const site = await TestSite.start({ plugins: [folder] });
  t.teardown(async () => {
    await site.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await site.enable("faulty", "wuhu-county");
  const browser = await TestBrowser.open(site.url);
  t.teardown(() => browser.close());
  const first = await browser.signIn("chenxiao");

  await open(first, "throwing");
  await first.getByText("该组件暂不可用").waitFor();
  await shot(first, "plugin-page-throws");
  t.deepEqual(await seriousViolations(first), []);
  await open(first, "good");
  await first.getByText("一切正常").waitFor();

  for (const [index, view] of (["looping", "late"] as const).entries()) {
    const hanging = index === 0 ? first : await first.context().newPage();
    if (index > 0) await hanging.goto(`${site.url}/p/faulty/good`);
    await open(hanging, view);
    const answer = await Promise.race([
      hanging.evaluate(() => new Promise((resolve) => setTimeout(() => resolve("answers"), 2_000))),
      new Promise((resolve) => setTimeout(() => resolve("hangs"), 6_000)),
    ]);
    t.is(answer, "hangs", `${view}: the page has stopped, or the test shows nothing`);
    // a person waits a while before closing it; then opens the same page again
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const again = await first.context().newPage();
    await hanging.close();
    again.setDefaultTimeout(15_000);
    await again.goto(`${site.url}/p/faulty/${view}`);
    await again.getByText(HELD_BACK).waitFor();
    await shot(again, `plugin-page-${view}-held-back`);
    t.deepEqual(await seriousViolations(again), []);
    await open(again, "good");
    await again.getByText("一切正常").waitFor();
    if (view === "looping") {
      await again.evaluate(() => localStorage.setItem("mended", "yes"));
      await open(again, "looping");
      await again.getByRole("button", { name: "仍要打开" }).click();
      await again.getByText("已恢复").waitFor();
    }
  }
});
