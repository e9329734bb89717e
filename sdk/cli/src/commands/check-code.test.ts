import { PLUGIN_PROBLEMS } from "@jinshui/contracts/plugin-folder";
import test, { type ExecutionContext } from "ava";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkTexts } from "../texts/check-texts.js";
import { PLUGIN_PROBLEMS_CHINESE, schemaReason } from "../texts/plugin-problem-texts.js";
import { speak } from "../texts.js";
import { findProblems } from "./check.js";
import { findingLine } from "./check/finding.js";
import { jsonLine } from "./check/json-line.js";

const SERVICE = `import { inject, job, op, on, plugin, Storage, Workflow } from "@jinshui/plugin";

@plugin()
export class Things {
  constructor(@inject(Storage) private readonly storage: Storage, @inject(Workflow) private readonly workflow: Workflow) {}

  @op("count")
  count() { return this.storage.count({ collection: "things.thing" }); }

  @job("book")
  book() { return this.workflow; }

  @on("auth.organisation-changed")
  heard() {}
}
`;

interface Change {
  files?: Record<string, string | undefined>;
  manifest?: object;
  package?: object;
}

/** What is said of a plugin with a service and a page, of which nothing would be said without `change`. */
async function findingsOf(t: ExecutionContext, change: Change = {}): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "jinshui-check-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const manifest = {
    id: "things",
    schema: 1,
    title: { "zh-CN": "物" },
    requires: { apis: { storage: "^1.0", workflow: "^1.0" } },
    server: { main: "dist/main.js" },
    web: { module: "dist/web/index.js" },
    grants: { apis: ["storage", "workflow"], events: { subscribe: ["auth.organisation-changed"] } },
    provides: { ops: { count: { v: 1, input: "in.json", output: "in.json", effect: "read" } } },
    contributes: { jobs: ["book"] },
    ...change.manifest,
  };
  const files: Record<string, string | undefined> = {
    "package.json": JSON.stringify({ name: "@x/things", version: "1.0.0", ...change.package, jinshui: manifest }),
    "in.json": "{}",
    "src/things.ts": SERVICE,
    "src/main.ts":
      'import { runPlugin } from "@jinshui/plugin";\nimport { Things } from "./things.js";\nawait runPlugin(Things);\n',
    "web/index.ts": 'import { PluginPage } from "@jinshui/web";\nexport class Page extends PluginPage {}\n',
    "dist/main.js": 'import { runPlugin } from "@jinshui/plugin";\n',
    "dist/web/index.js":
      'import { PluginPage } from "@jinshui/web";\nimport { html } from "lit";\nexport class Page extends PluginPage {}\n',
    ...change.files,
  };
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return (await findProblems(folder)).map(findingLine);
}

const installed = (name: string, more: object): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: "1.2.3", ...more }),
});

test("a plugin whose manifest says what its code does has nothing to be said of it", async (t) => {
  t.deepEqual(await findingsOf(t), []);
});

test("what is declared without a handler, and handled without being declared, is told where it stands", async (t) => {
  const manifest = {
    grants: { apis: ["storage", "workflow"], events: { subscribe: ["cars.car-changed"] } },
    provides: { ops: { total: { v: 1, input: "in.json", output: "in.json", effect: "read" } } },
    contributes: { jobs: ["return"] },
  };
  t.deepEqual(await findingsOf(t, { manifest }), [
    'package.json:1: the manifest names the operation "total", but no method has @op("total"): write it, or take it out of provides.ops',
    'package.json:1: the manifest names the job "return", but no method has @job("return"): write it, or take it out of contributes.jobs',
    'package.json:1: the manifest subscribes to "cars.car-changed", but no method has @on("cars.car-changed"): write it, or take it out of grants.events.subscribe',
    'src/things.ts:7: @op("count") is not in the manifest: declare it in provides.ops',
    'src/things.ts:10: @job("book") is not in the manifest: declare it in contributes.jobs',
    'src/things.ts:13: @on("auth.organisation-changed") is not in the manifest: declare it in grants.events.subscribe',
    'package.json:1: subscribes to "cars.car-changed" of the plugin cars: say in requires.plugins that it is needed',
  ]);
});

test("a right that is used must be asked for; one that is asked for and not used is advice, and no error", async (t) => {
  const events = { subscribe: ["auth.organisation-changed"] };
  t.deepEqual(await findingsOf(t, { manifest: { grants: { apis: ["auth"], events } } }), [
    'src/things.ts:5: uses storage, which the manifest does not ask for: add "storage" to grants.apis',
    'src/things.ts:5: uses workflow, which the manifest does not ask for: add "workflow" to grants.apis',
    "package.json:1: advice: asks for auth, which its service does not use: take it out of grants.apis, less is safer",
  ]);
  const service = SERVICE.replace(/, @inject\(Workflow\)[^)]*/, "").replace("return this.workflow;", "");
  t.deepEqual(
    await findingsOf(t, { files: { "src/things.ts": service }, manifest: { grants: { apis: ["storage"], events } } }),
    ['src/things.ts:10: uses workflow, which the manifest does not ask for: add "workflow" to grants.apis'],
    "a job is reported to workflow",
  );
});

test("where handlers are not written down as plain texts, nothing is said to be missing", async (t) => {
  const service = SERVICE.replace('@op("count")', "@op(NAME)");
  t.deepEqual(await findingsOf(t, { files: { "src/things.ts": service } }), []);
});

test("without its sources a plugin is looked at as it was built", async (t) => {
  const built = `import { inject, op, plugin, Storage } from "@jinshui/plugin";
class Things { constructor(storage) {} count() {} }
__decorate([op("counts")], Things.prototype, "count", null);
Things = __decorate([plugin(), __param(0, inject(Storage))], Things);
`;
  const findings = await findingsOf(t, {
    files: { "src/things.ts": undefined, "src/main.ts": undefined, "dist/main.js": built },
    manifest: { grants: { apis: [] }, contributes: {} },
  });
  t.deepEqual(findings, [
    'package.json:1: the manifest names the operation "count", but no method has @op("count"): write it, or take it out of provides.ops',
    'dist/main.js:3: @op("counts") is not in the manifest: declare it in provides.ops',
    'dist/main.js:4: uses storage, which the manifest does not ask for: add "storage" to grants.apis',
  ]);
});

test("imports that the site refuses at run time are refused before, in what is written and in what was bundled", async (t) => {
  const imports = `import { exec } from "node:child_process";
import net from "net";
import { readFile, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { Engine } from "@jinshui/engine";
import { other } from "@jinshui/plugin-cars";
import { Container } from "inversify";
import secret from "../../elsewhere/secret.js";
export { connect } from "nats";
const later = () => import("node:worker_threads");
`;
  const findings = await findingsOf(t, {
    files: {
      "src/more.ts": imports,
      "src/more.test.ts": 'import "node:child_process";\n',
      "dist/more.js": 'import net from "net";\nimport { request } from "node:https";\n',
    },
  });
  const places = [1, 2, 3, 5, 6, 7, 8, 9, 10].map((line) => `src/more.ts:${line}`);
  t.deepEqual(
    findings.map((line) => line.split(": ")[0]).sort(),
    [...places, "dist/more.js:2"].sort(),
    findings.join("\n"),
  );
  t.true(findings.some((line) => line.startsWith("src/more.ts:3: imports writeFile of node:fs/promises")));
});

test("a page has what browsers have: no parts of Node.js, no copies of shared modules, no names that nobody gives it", async (t) => {
  const findings = await findingsOf(t, {
    files: {
      "web/index.ts": 'import fs from "node:fs";\nimport "@vaadin/button";\nimport { op } from "@jinshui/plugin";\n',
      "dist/web/index.js": `import dayjs from "dayjs";
(globalThis.litElementVersions ??= []).push("4");
window.Vaadin.registrations = [];
const CONNECTION = "jinshui-connection";
customElements.define("my-page", class extends HTMLElement {});
`,
    },
  });
  t.deepEqual(
    findings.map((line) => line.slice(0, 60)),
    [
      "web/index.ts:1: the page imports node:fs, which no browser has: mo",
      "web/index.ts:2: the page imports @vaadin/button: use @jinshui/web/",
      "web/index.ts:3: the page imports @jinshui/plugin: pages have @jins",
      "dist/web/index.js:1: imports dayjs, which the shell does not give:",
      "dist/web/index.js: contains a copy of lit: the site has one for al",
      "dist/web/index.js: contains a copy of @vaadin/*: the site has one ",
      "dist/web/index.js: contains a copy of @jinshui/web: the site has o",
      "dist/web/index.js: defines a tag; export the class and let the she",
    ].map((line) => line.slice(0, 60)),
  );
});

test("a bundle may not grow beyond its budget, which package.json can raise", async (t) => {
  const files = { "dist/web/part.js": `export const text = "${"x".repeat(310_000)}";` };
  t.deepEqual(await findingsOf(t, { files }), [
    'dist/web/part.js: has 303 KB, more than the budget of 300 KB: make it smaller, or where it must be so, write "budgets": { "webKb": … } in package.json',
  ]);
  t.deepEqual(await findingsOf(t, { files, package: { budgets: { webKb: 310 } } }), []);
});

test("licences of what a plugin brings along are looked at, also further down and of what a page has bundled", async (t) => {
  const files = {
    ...installed("left", { license: "MIT", dependencies: { right: "*", old: "*" } }),
    ...installed("right", { license: "GPL-3.0-only" }),
    ...installed("old", { licenses: [{ type: "BSD-3-Clause" }] }),
    ...installed("either", { license: "(AGPL-3.0 OR Apache-2.0)" }),
    ...installed("silent", {}),
    "web/index.ts": 'import silent from "silent/part";\nexport const Page = silent;\n',
  };
  t.deepEqual(
    (await findingsOf(t, { files, package: { dependencies: { left: "*", either: "*", "@jinshui/plugin": "*" } } })).map(
      (line) => line.replace(/ which is none.*|under (\S+),.*/, "under $1"),
    ),
    [
      "package.json:1: the dependency right 1.2.3 is under GPL-3.0-only",
      "package.json:1: the dependency silent 1.2.3 states no licence: take one that does",
    ],
  );
});

test("a line of a JSON file is that of the part that is meant, or of the nearest around it", (t) => {
  const text = '{\n  "a": { "b": 1 },\n  "list": [\n    "x",\n    { "id": "y",\n      "deep": 2 }\n  ]\n}\n';
  const lines = {
    "": 1,
    a: 2,
    "a/b": 2,
    "a/none": 2,
    list: 3,
    "list/x": 4,
    "list/1": 5,
    "list/y": 5,
    "list/y/deep": 6,
    none: 1,
  };
  for (const [path, line] of Object.entries(lines))
    t.is(jsonLine(text, path === "" ? [] : path.split("/")), line, path);
  t.is(jsonLine("{ nonsense", ["a"]), undefined);
});

test("findings have texts in both languages, each with the same things filled in", (t) => {
  const gaps = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
  t.deepEqual(Object.keys(checkTexts["zh-CN"]).sort(), Object.keys(checkTexts.en).sort());
  for (const [key, text] of Object.entries(checkTexts.en))
    t.deepEqual(gaps(checkTexts["zh-CN"][key] ?? ""), gaps(text), key);
  for (const [code, text] of Object.entries(PLUGIN_PROBLEMS))
    t.deepEqual(gaps(PLUGIN_PROBLEMS_CHINESE[code as keyof typeof PLUGIN_PROBLEMS]), gaps(text), code);
  t.is(schemaReason("must have required property 'title'"), "缺少 title");
});

test.serial("in Chinese everything is said in Chinese", async (t) => {
  speak("zh-CN");
  t.teardown(() => speak("en"));
  const findings = await findingsOf(t, {
    files: { "dist/web/index.js": undefined },
    manifest: {
      provides: undefined,
      colour: "red",
      contributes: { jobs: ["book"], menu: [{ view: "cars", group: "business" }] },
    },
  });
  t.deepEqual(findings, ["package.json:1: /jinshui/colour 不认识这一项，请去掉或改正拼写"]);
  const more = await findingsOf(t, {
    files: { "dist/web/index.js": undefined },
    manifest: { provides: undefined, contributes: { jobs: ["book"], menu: [{ view: "cars", group: "business" }] } },
  });
  t.deepEqual(more, [
    "package.json:1: 菜单项所指的视图“cars”不存在",
    "dist/web/index.js: 清单指明了它，但还没有：请先构建插件",
    'src/things.ts:7: @op("count") 没有写入清单：请在 provides.ops 中声明',
  ]);
});
