import { TestSite, type TestSiteOptions } from "@jinshui/testing";
import test from "ava";
import axe from "axe-core";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Where screenshots go; named by the variable, none are taken otherwise. */
const shots = process.env["JINSHUI_SCREENSHOTS"];

/** The system's Chromium with what its pages complained about. */
export class TestBrowser {
  /** Errors, refused styles or scripts, and uncaught exceptions of all pages. */
  readonly complaints: string[] = [];

  private constructor(
    readonly browser: Browser,
    readonly url: string,
  ) {}

  static async open(url: string): Promise<TestBrowser> {
    const executablePath = [
      process.env["JINSHUI_CHROMIUM"] ?? "",
      "/usr/bin/chromium-headless-shell",
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
    ].find((path) => path !== "" && existsSync(path));
    if (executablePath === undefined)
      throw new Error(
        "Chromium is not installed: apt-get install chromium-headless-shell, or name its path in JINSHUI_CHROMIUM",
      );
    // in the locale C Chromium saves files with other than ASCII names as "download"
    const env = { ...process.env, LC_ALL: "C.UTF-8" };
    return new TestBrowser(await chromium.launch({ executablePath, args: FLAGS, env }), url);
  }

  async page(viewport = { width: 1366, height: 768 }): Promise<Page> {
    const context = await this.browser.newContext({ viewport, locale: "zh-CN" });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.on("console", (message) => {
      // a page asks who is signed in before anybody is
      if (message.type() === "error" && !/status of (401|40[0-9]|409)/.test(message.text()))
        this.complaints.push(
          `${page.url()}: ${message
            .text()
            .replace(/directive '.*?'\. /, "")
            .slice(0, 400)}`,
        );
    });
    page.on("pageerror", (error) => this.complaints.push(`${page.url()}: ${error.message}`));
    return page;
  }

  /** A page of a person who has signed in through the form. */
  async signIn(
    username: string,
    password = "jinshui-demo-2005",
    viewport?: { width: number; height: number },
  ): Promise<Page> {
    const page = await this.page(viewport);
    await page.goto(this.url);
    await page.getByLabel("用户名").fill(username);
    await page.getByLabel("密码").fill(password);
    await page.getByRole("button", { name: "登录" }).click();
    await page.waitForSelector("ji-workbench-page");
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** A site and a browser for all tests of a file; to be used in them, not before. */
export function siteWithBrowser(options: TestSiteOptions = {}): {
  readonly site: TestSite;
  readonly browser: TestBrowser;
} {
  let site: TestSite | undefined;
  let browser: TestBrowser | undefined;
  test.before(async () => {
    site = await TestSite.start(options);
    browser = await TestBrowser.open(site.url);
  });
  test.after.always(async () => {
    await browser?.close();
    await site?.stop();
  });
  const started = <T>(what: T | undefined): T => {
    if (what === undefined) throw new Error("the site has not started yet");
    return what;
  };
  return {
    get site() {
      return started(site);
    },
    get browser() {
      return started(browser);
    },
  };
}

/** Waits for transitions and animations that end: colours on their way have no contrast of their own. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // what an answer has just changed begins to move with the next frame
    for (let frame = 0; frame < 2; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    const roots: (Document | ShadowRoot)[] = [document];
    for (const root of roots)
      for (const { shadowRoot } of root.querySelectorAll("*")) if (shadowRoot) roots.push(shadowRoot);
    const moving = roots.flatMap((root) => root.getAnimations());
    const ending = moving.filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

/** Serious and critical violations that axe finds on the page once nothing moves. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await settled(page);
  const found = (await page
    .evaluate(
      `(() => { ${axe.source}; return axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }); })()`,
    )
    .catch((error: unknown) => {
      throw new Error(`axe did not run: ${String(error)}`);
    })) as axe.AxeResults;
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ target, html }) => `${String(target)} ${html.slice(0, 120)}`)
          .slice(0, 3)
          .join(" | ")}`,
    );
}

export async function shot(page: Page, name: string): Promise<void> {
  if (shots === undefined || shots === "") return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`) });
}
