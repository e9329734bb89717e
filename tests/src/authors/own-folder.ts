import type { ExecutionContext } from "ava";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { root } from "../site-files.js";

const jinshui = join(root, "sdk/cli/bin/jinshui.js");
const SDK = ["bus", "contracts", "plugin", "testing", "web"];
/** Where the checkout has what a plugin's package.json asks for. */
const TOOLS: Record<string, string> = {
  "@types/node": "node_modules",
  ava: "node_modules",
  typescript: "node_modules",
  lit: "plugins/example-hello/node_modules",
  vite: "plugins/example-hello/node_modules",
};

/** The checkout's own programs come first: its Node.js, compiler and test runner. */
export const env = {
  ...process.env,
  LC_ALL: "C.UTF-8",
  JINSHUI_PASSWORD: "jinshui-demo-2005",
  PATH: [join(root, "node_modules/.bin"), dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
};

export interface Ended {
  code: number;
  /** What it said, on both ways. */
  output: string;
}

/** Runs a program to its end. */
export function run(program: string, args: string[], cwd: string, timeout = 240_000): Promise<Ended> {
  return new Promise((done) =>
    execFile(program, args, { cwd, env, timeout, maxBuffer: 20_000_000 }, (error, out, err) =>
      done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, output: out + err }),
    ),
  );
}

/** Runs a command of `jinshui`. */
export const command = (...args: string[]): Promise<Ended> => run(process.execPath, [jinshui, ...args], root);

/** Starts a command that goes on until it is stopped; `said` grows. */
export function following(t: ExecutionContext, ...args: string[]): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [jinshui, ...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (more: string) => (text += more));
  t.teardown(() => void child.kill("SIGKILL"));
  return { child, said: () => text };
}

/** An empty folder that is gone after the test. */
export async function folderFor(t: Pick<ExecutionContext, "teardown">, name = "car-pool"): Promise<string> {
  const own = await mkdtemp(join(tmpdir(), "jinshui-author-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  return join(own, name);
}

/** Gives a plugin outside of the checkout the checkout's modules, as `npm install` would give it packed ones. */
export async function linkModules(folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  for (const scope of ["@jinshui", "@types"]) await mkdir(join(modules, scope), { recursive: true });
  for (const name of SDK) await symlink(join(root, "sdk", name), join(modules, "@jinshui", name));
  for (const [name, place] of Object.entries(TOOLS)) {
    const found = join(root, place, name);
    if (existsSync(found)) await symlink(realpathSync(found), join(modules, name));
  }
  await mkdir(join(modules, ".bin"));
  for (const [bin, file] of [
    ["vite", "vite/bin/vite.js"],
    ["ava", "ava/entrypoints/cli.mjs"],
  ] as const)
    await symlink(join("..", file), join(modules, ".bin", bin));
}
