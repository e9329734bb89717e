// Puts the SDK and what it needs into one file for plugins' processes: read at every start, 225 modules take more than twice the
// processor and a seventh more memory. Beside it are the licences of what is in it.
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = dirname(fileURLToPath(import.meta.url));
const out = join(root, "dist/runtime");

await rm(out, { recursive: true, force: true });
const { output } = await build({
  configFile: false,
  logLevel: "warn",
  root,
  ssr: { noExternal: true },
  build: {
    ssr: join(root, "dist/index.js"),
    outDir: out,
    minify: false,
    target: "node24",
    rolldownOptions: { output: { entryFileNames: "index.js", codeSplitting: false } },
  },
});
const packages = new Map();
for (const file of output.flatMap(({ moduleIds = [] }) => moduleIds)) {
  const [, folder, name] = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(file) ?? [];
  if (folder !== undefined) packages.set(name, folder);
}
await writeFile(join(out, "LICENSES.txt"), (await Promise.all([...packages].sort().map(licence))).join("\n\n"));

async function licence([name, folder]) {
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const texts = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENSE-MIT"].map((file) =>
    readFile(join(folder, file), "utf8").catch(() => ""),
  );
  const text = (await Promise.all(texts)).find((found) => found !== "") ?? "";
  return `${name} ${version} (${license})\n\n${text.trim()}`;
}
