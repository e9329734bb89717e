import { TestSite } from "@jinshui/testing";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { root } from "./site-files.js";

/** The page about what a plugin can use besides. */
const page = readFileSync(join(root, "docs/plugin-extras.md"), "utf8");

/** The files of its plugins, by path. */
export const files = new Map(
  [...page.matchAll(/^`([a-z]+\/[\w/.-]+)`\n```\w+\n([\s\S]*?)^```$/gm)].map(([, path = "", text = ""]) => [
    path,
    text,
  ]),
);

const COMPILER = {
  target: "ES2023",
  module: "NodeNext",
  lib: ["ES2024"],
  types: [],
  strict: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  skipLibCheck: true,
  rootDir: "src",
  outDir: "dist",
};

/** Writes the page's plugins below a folder and compiles them, which also checks their types; `change` has other texts by path. */
export async function writeExtras(folder: string, change: Record<string, string> = {}): Promise<void> {
  for (const [path, text] of [...files, ...Object.entries(change)]) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  for (const id of new Set([...files.keys()].map((path) => dirname(path).split("/")[0] ?? ""))) {
    const plugin = join(folder, id);
    await mkdir(join(plugin, "node_modules", "@jinshui"), { recursive: true });
    await symlink(join(root, "sdk/plugin"), join(plugin, "node_modules", "@jinshui", "plugin"));
    await writeFile(join(plugin, "tsconfig.json"), JSON.stringify({ compilerOptions: COMPILER, include: ["src"] }));
    await compile(plugin);
  }
}

/** Compiles a plugin, which also checks its types. */
export async function compile(folder: string): Promise<void> {
  await promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", folder]).catch(
    ({ stdout }: { stdout: string }) => {
      throw new Error(`${folder} does not compile: ${stdout}`);
    },
  );
}

/** A demo site that has these plugins too, enabled in Wuhu County. */
export async function siteWithExtras(
  change: Record<string, string> = {},
): Promise<{ site: TestSite; stop: () => Promise<void> }> {
  const own = await mkdtemp(join(tmpdir(), "jinshui-extras-"));
  const [configs, plugins] = [join(own, "configs"), join(own, "plugins")];
  await writeExtras(plugins, change);
  await cp(join(root, "configs"), configs, { recursive: true });
  const edit = async (file: string, from: string, to: string): Promise<void> =>
    writeFile(join(configs, file), (await readFile(join(configs, file), "utf8")).replace(from, to));
  await edit("base.yaml", "plugins: [plugins]", `plugins: [plugins, "${relative(root, plugins)}"]`);
  const on = ["reminders", "cards"].map((id) => `  ${id}: { enabled: true }\n`).join("");
  await edit("bureaus/wuhu-county.yaml", "plugins:\n", `plugins:\n${on}`);
  const site = await TestSite.start({ configs });
  // the page's first call must not meet one that still starts
  for (const id of ["reminders", "cards"]) await site.enable(id, "wuhu-county");
  return {
    site,
    stop: async () => {
      await site.stop();
      await rm(own, { recursive: true, force: true });
    },
  };
}
