import { FileRef } from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import type { TestSite } from "@jinshui/testing";
import test from "ava";
import { headersOf, siteWithFiles } from "../site-files.js";
import { TestBrowser } from "./browser.js";

let site: TestSite;
let browser: TestBrowser;
let stop = (): Promise<void> => Promise.resolve();
test.before(async () => {
  // a site that takes even what can run
  const types = ["html", "svg", "pdf", "txt", "xml", "json", "png"];
  site = await siteWithFiles({ teardown: (end) => (stop = end) }, { types });
  browser = await TestBrowser.open(site.url);
});
test.after.always(async () => {
  await browser?.close();
  await stop();
});

type Page = Awaited<ReturnType<TestBrowser["signIn"]>>;

/** What a script does that ran where it should not: it says so, and leaves a mark in the origin it ran in. */
const script = (name: string): string =>
  `console.log("RAN ${name}"); try { localStorage.setItem("ran", "${name}") } catch {} try { parent.ran = "${name}" } catch {} try { opener.ran = "${name}" } catch {}`;

/** A PDF that runs a script when it is opened, and whose link is one. */
function pdf(): string {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (console.println('RAN pdf'\\); app.alert('RAN pdf'\\); app.launchURL('javascript:void(parent.ran=1\\)')) >> >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 200 200] /A << /S /URI /URI (javascript:alert('RAN pdf'\\)) >> >>] >>",
  ];
  let text = "%PDF-1.7\n";
  const places = objects.map((object, at) => {
    const place = text.length;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  return `${text}xref\n0 4\n0000000000 65535 f \n${table}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
}

const CONTENTS: Record<string, string> = {
  "a.html": `<!doctype html><title>x</title><body onload='${script("html onload")}'><script>${script("html")}</script><img src=x onerror='${script("html img")}'>`,
  "a.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload='${script("svg onload")}'><script>${script("svg")}</script><rect width="9" height="9"/></svg>`,
  "a.pdf": pdf(),
  "a.txt": `您好\n<script>${script("txt")}</script>\n`,
  "b.txt": `/* ${"x".repeat(600)} */ ${script("txt as script")}`,
  "a.json": `{"a":"<script>${script("json").replaceAll('"', "'")}</script>"}`,
  "a.xml": `<?xml version="1.0"?><x:note xmlns:x="urn:x"><h:script xmlns:h="http://www.w3.org/1999/xhtml">${script("xml").replaceAll('"', "'")}</h:script></x:note>`,
};

async function put(headers: Record<string, string>, name: string, content: string): Promise<FileRef> {
  const answer = await fetch(`${site.url}/api/v1/files?name=${encodeURIComponent(name)}`, {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: content,
  });
  if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
  return checked(FileRef, await answer.json(), "PUT");
}

/** A fresh link to a file: for a page that shows it, or to be saved. */
async function linkTo(headers: Record<string, string>, file: string, inline: boolean): Promise<string> {
  const answer = await fetch(`${site.url}/api/v1/files/${file}${inline ? "?inline=1" : ""}`, {
    headers,
    redirect: "manual",
  });
  return `${site.url}${answer.headers.get("location") ?? ""}`;
}

/** How a link may be opened by a page of the shell: every element that could run or show what it leads to. */
const WAYS = ["window", "iframe", "object", "embed", "script", "module", "worker", "stylesheet", "import"] as const;

/** Opens it so; what the browser refuses at once, as the shell's policy makes it do, is refused. */
function openIn(page: Page, way: (typeof WAYS)[number], link: string): Promise<void> {
  return page.evaluate(
    async ([kind, url]) => {
      const add = (tag: string, set: Record<string, string>): void => {
        document.body.append(Object.assign(document.createElement(tag), set));
      };
      const open: Record<string, () => unknown> = {
        window: () => window.open(url),
        iframe: () => add("iframe", { src: url }),
        object: () => add("object", { data: url }),
        embed: () => add("embed", { src: url }),
        script: () => add("script", { src: url }),
        module: () => add("script", { type: "module", src: url }),
        stylesheet: () => add("link", { rel: "stylesheet", href: url }),
        worker: () => new Worker(url),
        import: () => import(url),
      };
      await Promise.resolve()
        .then(open[kind])
        .catch(() => undefined);
    },
    [way, link] as const,
  );
}

for (const name of Object.keys(CONTENTS)) {
  // checklist: 35
  test.serial(`nothing in ${name} ever runs in the shell's origin, however a page opens its link`, async (t) => {
    const headers = await headersOf(site, "chenxiao");
    const { file } = await put(headers, name, CONTENTS[name] ?? "");
    const page = await browser.signIn("chenxiao");
    const said: string[] = [];
    const listen = (other: Page): void => {
      other.on("console", (message) => void said.push(message.text()));
      other.on("dialog", (dialog) => {
        said.push(`RAN dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
    };
    listen(page);
    page.context().on("page", listen);
    for (const inline of [true, false])
      for (const way of WAYS) await openIn(page, way, await linkTo(headers, file, inline));
    await page.waitForTimeout(1_000);
    const direct = await page.context().newPage();
    for (const inline of [true, false]) {
      const link = await linkTo(headers, file, inline);
      // what is saved instead of shown ends the navigation
      await direct.goto(link).catch(() => undefined);
      if (!inline) await direct.goto(`${link}?inline=1`).catch(() => undefined);
      t.is(await direct.evaluate("String(globalThis.ran)"), "undefined");
    }
    t.deepEqual(
      said.filter((text) => text.startsWith("RAN")),
      [],
    );
    t.deepEqual(
      await page.evaluate(() => [localStorage.getItem("ran"), (globalThis as { ran?: string }).ran ?? null]),
      [null, null],
    );
    t.log([...new Set(said.map((text) => text.slice(0, 90)))].length, "refusals were told");
    await page.context().close();
  });
}

test.serial("the same scripts do run where nothing forbids it, so that these tests can fail", async (t) => {
  const page = await browser.page();
  const said: string[] = [];
  page.on("console", (message) => void said.push(message.text()));
  await page.setContent(CONTENTS["a.html"] ?? "");
  await page.waitForTimeout(200);
  t.true(said.includes("RAN html"));
  t.true(said.includes("RAN html img"));
  await page.context().close();
});
