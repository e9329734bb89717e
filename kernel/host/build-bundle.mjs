// Puts the kernel into one file: read at every start, its thousand modules take a second of the processor. Names and lines stay
// readable; a source map would be read at the first call of the log, and take a tenth of the start.
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const root = dirname(fileURLToPath(import.meta.url));
/** Beside what is compiled: paths to what is left out hold there. */
const out = join(root, "dist");
/** Packages with native code, or that look for files beside their own. */
const LEFT_OUT = [
  "@node-rs/argon2",
  "@node-rs/jieba",
  "better-sqlite3",
  "fontkit",
  "ldapts",
  "mysql2",
  "pdfkit",
  "pino",
  "reflect-metadata",
  "sequelize",
  "sm-crypto-v2",
  "woff2-encoder",
];

await rm(join(out, "bundle.js"), { force: true });
await build({
  configFile: false,
  logLevel: "warn",
  root,
  plugins: [{ name: "left-out", enforce: "pre", resolveId: leaveOut }],
  ssr: { noExternal: true },
  build: {
    ssr: join(root, "dist/run.js"),
    outDir: out,
    emptyOutDir: false,
    minify: false,
    target: "node24",
    reportCompressedSize: false,
    rolldownOptions: { checks: { eval: false }, output: { entryFileNames: "bundle.js", codeSplitting: false } },
  },
});

/** What is left out is imported from where its importer would have found it; so is a module that asks where it lies. */
function leaveOut(source, importer) {
  if (importer === undefined || source.startsWith("node:")) return undefined;
  const isOwn = source.startsWith(".");
  if (!isOwn && !LEFT_OUT.some((name) => source === name || source.startsWith(`${name}/`))) return undefined;
  const file = fileURLToPath(import.meta.resolve(source, pathToFileURL(importer)));
  return !isOwn || asksWhereItLies(file) ? { id: file, external: "relative" } : undefined;
}

function asksWhereItLies(file) {
  return !file.includes("/node_modules/") && readFileSync(file, "utf8").includes("import.meta.");
}
