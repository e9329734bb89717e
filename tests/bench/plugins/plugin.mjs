import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SDK = fileURLToPath(new URL("../../../sdk/plugin", import.meta.url));
const OPS = ["echo", "exit", "loop", "leak"];
const MAIN = (version) => `
import { op, plugin, runPlugin } from "@jinshui/plugin";
const kept = [];
class Bench {
  async echo({ text }) { return { text, version: "${version}" }; }
  async exit() { process.exit(3); }
  async loop() { for (;;); }
  async leak() { for (;;) { kept.push(Array.from({ length: 100_000 }, (_, index) => ({ index }))); await new Promise(setImmediate); } }
}
plugin()(Bench);
for (const name of ${JSON.stringify(OPS)}) op(name)(Bench.prototype, name);
await runPlugin(Bench);
`;
const PAGE = `
import { html, LitElement } from "lit";
export class BenchPage extends LitElement { render() { return html\`<h1 id="there">到了</h1>\`; } }
`;
const title = { "zh-CN": "测试" };
const position = ["clerk", "system-administrator"];

/** What a plugin of the bench is, by path: a service with an operation, a collection, a right and a page. */
export function benchFiles(id, version, isolation = "process") {
  const manifest = {
    id,
    schema: 1,
    title,
    requires: { apis: { storage: "^1.0" } },
    server: { main: "dist/main.js", memoryMb: 64, isolation },
    web: { module: "web/index.js" },
    grants: { apis: ["storage"] },
    provides: {
      ops: Object.fromEntries(
        OPS.map((op) => [op, { v: 1, input: "schemas/any.json", output: "schemas/any.json", effect: "read" }]),
      ),
    },
    contributes: {
      collections: "collections/",
      permissions: [{ id: `${id}.use`, title, positions: position }],
      views: [{ id: "page", kind: "element", element: "BenchPage", title, permission: `${id}.use` }],
      menu: [{ view: "page", group: "business" }],
    },
  };
  const thing = {
    name: "thing",
    title,
    fields: { text: { type: "string", title } },
    display: { title: "text", list: ["text"] },
    permissions: { read: [`${id}.use`], write: [`${id}.use`] },
  };
  return {
    "package.json": JSON.stringify({ name: `@bench/${id}`, version, type: "module", jinshui: manifest }),
    "collections/thing.json": JSON.stringify(thing),
    "schemas/any.json": JSON.stringify({ type: "object" }),
    "dist/main.js": MAIN(version),
    "web/index.js": PAGE,
  };
}

/** Writes one with a link to the SDK. */
export async function writeBenchPlugin(folder, id, version, isolation) {
  for (const [path, content] of Object.entries(benchFiles(id, version, isolation))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await mkdir(join(folder, "node_modules/@jinshui"), { recursive: true });
  await symlink(SDK, join(folder, "node_modules/@jinshui/plugin"));
}
