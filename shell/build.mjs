// Builds the shell: shared modules (one copy of lit for shell and plugins), the app, and a page with one import map.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SHARED_MODULES } from "@jinshui/contracts";
import { build } from "vite";

const root = dirname(fileURLToPath(import.meta.url));
const out = join(root, "dist");
const require = createRequire(import.meta.url);
const resolveModule = (specifier) => fileURLToPath(import.meta.resolve(specifier));

/** What shell and plugins share: specifier → name of the file. */
const SHARED = Object.fromEntries(
  SHARED_MODULES.map((specifier) => [
    specifier,
    specifier
      .replace(/\.js$/, "")
      .replace(/[^a-z]+/g, "-")
      .replace(/^-/, ""),
  ]),
);
const silent = { configFile: false, logLevel: "warn", root };
const output = (folder) => ({
  dir: join(out, folder),
  format: "es",
  entryFileNames: "[name]-[hash].js",
  chunkFileNames: "[name]-[hash].js",
  assetFileNames: "[name]-[hash][extname]",
});

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const shared = await build({
  ...silent,
  build: {
    outDir: join(out, "vendor"),
    target: "es2022",
    minify: true,
    write: true,
    rolldownOptions: {
      input: Object.fromEntries(Object.entries(SHARED).map(([specifier, name]) => [name, resolveModule(specifier)])),
      preserveEntrySignatures: "strict",
      output: output("vendor"),
    },
  },
});
const app = await build({
  ...silent,
  base: "/app/",
  build: {
    modulePreload: false,
    outDir: join(out, "app"),
    target: "es2022",
    minify: true,
    rolldownOptions: {
      input: { main: join(root, ".tsc", "main.js") },
      external: Object.keys(SHARED),
      output: output("app"),
    },
  },
});

const entry = (result, name) =>
  result.output.find((chunk) => chunk.type === "chunk" && chunk.isEntry && chunk.name === name).fileName;
const imports = {};
const integrity = {};
for (const [specifier, name] of Object.entries(SHARED)) imports[specifier] = `/vendor/${entry(shared, name)}`;
for (const [folder, result] of [
  ["vendor", shared],
  ["app", app],
]) {
  for (const chunk of result.output.filter(({ type }) => type === "chunk")) {
    integrity[`/${folder}/${chunk.fileName}`] = `sha384-${createHash("sha384")
      .update(await readFile(join(out, folder, chunk.fileName)))
      .digest("base64")}`;
  }
}
const tokens = await readFile(resolveModule("@jinshui/web/tokens.css"), "utf8");
const lumo = await readFile(
  join(dirname(require.resolve("@vaadin/vaadin-lumo-styles/lumo.css")), "dist", "lumo.css"),
  "utf8",
);
// one file: the field theme first, so that our tokens have the last word
const style = `style-${createHash("sha256").update(lumo).update(tokens).digest("hex").slice(0, 10)}.css`;
await writeFile(join(out, style), `${lumo}\n${tokens}`);
await writeFile(
  join(out, "index.html"),
  `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>金税平台</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/${style}">
<script type="importmap">${JSON.stringify({ imports, integrity })}</script>
<script type="module" src="/app/${entry(app, "main")}"></script>
</head>
<body><ji-app></ji-app><noscript>请启用 JavaScript。</noscript></body>
</html>
`,
);
await cp(join(root, "style-hashes.json"), join(out, "style-hashes.json"));
await writeFile(
  join(out, "icon.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#133a6b"/><path d="M16 6 27 14v3H5v-3zM8 18h3v6H8zm6.500 0h3v6h-3zm6.500 0h3v6h-3zM6 25h20v2H6z" fill="#fff"/></svg>\n`,
);
