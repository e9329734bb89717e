import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./child.mjs";
import { fingerprint, unlessDone } from "./fingerprint.mjs";
import { LaunchError, report } from "./report.mjs";
import { pinnedNode, root } from "./workspace.mjs";

const WORKSPACE_FILES = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"];
const SHARED_SOURCES = ["tsconfig.json", "tsconfig.base.json", "tsconfig.web.json", "pnpm-lock.yaml"];
const PAGE_SOURCES = ["shell", "plugins", "sdk/web", "sdk/contracts/src", "kernel/engine/src"];
const RUNTIME_SOURCES = ["sdk/plugin", "sdk/bus/src", "sdk/contracts/src", "sdk/cli/src", "kernel"];
const FAMILIES = ["kernel", "sdk", "plugins"];

/**
 * Installs the packages of the lockfile, unless that was done for this lockfile.
 * @param {NodeJS.ProcessEnv} env From `pnpmEnvironment`.
 */
export async function installPackages(env) {
  const manifests = [...WORKSPACE_FILES, ...packageFolders().map((folder) => `${folder}/package.json`)];
  const state = () => `${fingerprint(manifests)} ${existsSync(pinnedNode)}`;
  await unlessDone("installed", state, async () => {
    report("安装依赖 · installing packages");
    // a plugin made here is not in the lockfile yet and is added to it, and only then it changes; in CI that is an error
    const lock = process.env.CI ? ["--frozen-lockfile"] : ["--no-frozen-lockfile", "--prefer-frozen-lockfile"];
    const locked = () => readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
    const before = locked();
    await run("pnpm", ["install", ...lock], { env: { ...env, CI: "true" }, quiet: true });
    if (locked() !== before)
      report("pnpm-lock.yaml 随插件改变，请一并提交 · pnpm-lock.yaml has changed with the plugins; commit both");
  });
  if (!existsSync(pinnedNode)) {
    throw new LaunchError(
      "依赖中没有 Node.js 24，请删除 node_modules 后重试 · the pinned Node.js is missing; remove node_modules and try again",
    );
  }
}

/**
 * Builds what is older than its sources: TypeScript by project references, pages only when something they are made of changed.
 * @param {NodeJS.ProcessEnv} env From `pnpmEnvironment`.
 */
export async function buildIfChanged(env) {
  const folders = packageFolders();
  const sources = ["src", "web", "package.json", "tsconfig.json"].flatMap((name) =>
    folders.map((folder) => `${folder}/${name}`),
  );
  const outputs = () => folders.filter((folder) => existsSync(join(root, folder, "dist"))).join();
  const compiled = () => fingerprint([...sources, ...SHARED_SOURCES]) + outputs();
  await unlessDone("compiled", compiled, async () => {
    report("编译 · compiling");
    await run("pnpm", ["exec", "tsc", "-b", ".", ...pluginProjects()], { env });
  });
  const runtime = () => fingerprint([...RUNTIME_SOURCES, ...SHARED_SOURCES]) + outputs();
  await unlessDone("runtime", runtime, () =>
    run("pnpm", ["-r", "--if-present", "run", "build:runtime"], { env, quiet: true }),
  );
  const pages = () => fingerprint([...PAGE_SOURCES, ...SHARED_SOURCES]) + outputs();
  await unlessDone("pages", pages, async () => {
    report("构建页面 · building pages");
    await run("pnpm", ["-r", "--if-present", "run", "build:web"], { env, quiet: true });
  });
}

/** Plugins need no line in the root's references: one made here is built as it is. */
function pluginProjects() {
  return packageFolders()
    .filter((folder) => folder.startsWith("plugins/"))
    .flatMap((folder) => [folder, `${folder}/web`])
    .filter((folder) => existsSync(join(root, folder, "tsconfig.json")));
}

/** Every package of the workspace, relative to the root. */
export function packageFolders() {
  const inFamilies = FAMILIES.flatMap((family) => readdirSync(join(root, family)).map((name) => `${family}/${name}`));
  return [...inFamilies, "shell", "tests", "tests/quality"].filter((folder) =>
    existsSync(join(root, folder, "package.json")),
  );
}
