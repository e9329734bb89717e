import type { FileRef } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { siteWithFiles } from "../site-files.js";
import { TestBrowser } from "./browser.js";

let site: TestSite;
let browser: TestBrowser;
let stop = (): Promise<void> => Promise.resolve();
test.before(async () => {
  site = await siteWithFiles({ teardown: (end) => (stop = end) }, { maxMegabytes: 100 });
  browser = await TestBrowser.open(site.url);
});
test.after.always(async () => {
  await browser?.close();
  await stop();
});

interface Told {
  sent: number;
  waiting: boolean;
}
interface Uploading {
  told: Told[];
  result?: FileRef;
  error?: { code: string };
  abort(): void;
}
/** What the page's shared module offers of it. */
interface Web {
  uploadFile(file: File, options: { progress: (told: Told) => void; signal: AbortSignal }): Promise<FileRef>;
}
type Page = Awaited<ReturnType<TestBrowser["signIn"]>>;

const LINE = "金税工程 2005\n";
const LINES = 2_000_000;

/** Begins an upload in the page, as a component does. */
async function begin(page: Page): Promise<void> {
  await page.evaluate(
    async ([line, lines]) => {
      // the page's import map knows it, the compiler does not
      const shared: string = "@jinshui/web";
      const web = (await import(shared)) as Web;
      const end = new AbortController();
      const state: Uploading = { told: [], abort: () => end.abort() };
      (globalThis as unknown as { uploading: Uploading }).uploading = state;
      const file = new File([line.repeat(lines)], "长文.txt", { type: "text/plain" });
      const progress = ({ sent, waiting }: Told): void => void state.told.push({ sent, waiting });
      web.uploadFile(file, { progress, signal: end.signal }).then(
        (result) => (state.result = result),
        (error: { code: string }) => (state.error = { code: error.code }),
      );
    },
    [LINE, LINES] as const,
  );
}

const stateOf = (page: Page): Promise<Uploading> =>
  page.evaluate(() => (globalThis as unknown as { uploading: Uploading }).uploading);

async function until(page: Page, done: (state: Uploading) => boolean): Promise<Uploading> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const state = await stateOf(page);
    if (done(state)) return state;
  }
  throw new Error(`the upload stands at ${JSON.stringify((await stateOf(page)).told.at(-1))}`);
}

test.serial("an upload waits while the network or the kernel is away and goes on where it was", async (t) => {
  const page = await browser.signIn("chenxiao");
  await begin(page);
  await until(page, ({ told }) => (told.at(-1)?.sent ?? 0) > 0);
  await page.context().setOffline(true);
  const cut = await until(page, ({ told }) => told.at(-1)?.waiting === true);
  await page.context().setOffline(false);
  await until(page, ({ told }) => (told.at(-1)?.sent ?? 0) > (cut.told.at(-1)?.sent ?? 0));
  await site.kill();
  await until(page, ({ told, result }) => told.at(-1)?.waiting === true || result !== undefined);
  await site.restart();
  const { told, result } = await until(page, (state) => state.result !== undefined || state.error !== undefined);
  const content = Buffer.from(LINE.repeat(LINES));
  t.like(result, {
    name: "长文.txt",
    size: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  });
  t.true(told.some(({ waiting }) => waiting));
  const sent = told.map((step) => step.sent);
  t.deepEqual(
    sent,
    [...sent].sort((a, b) => a - b),
    "never from the beginning again",
  );
});

test.serial("an upload that is given up is gone on the server too", async (t) => {
  const page = await browser.signIn("chenxiao");
  const deleted = page.waitForResponse(
    (response) => response.request().method() === "DELETE" && response.url().includes("/uploads/"),
  );
  await begin(page);
  await until(page, ({ told }) => (told.at(-1)?.sent ?? 0) > 0);
  await page.evaluate(() => (globalThis as unknown as { uploading: Uploading }).uploading.abort());
  t.is((await deleted).status(), 204);
  t.is((await until(page, ({ error }) => error !== undefined)).result, undefined);
});
