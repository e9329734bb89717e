import test, { type ExecutionContext } from "ava";
import { type ChildProcess, spawn } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { demoFolder, type KernelEnd, startKernelEnd } from "./testing/kernel.js";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const MAIN = `
import { op, plugin, runPlugin } from "@jinshui/plugin";
class Demo { async greet({ to }) { await new Promise((resolve) => setTimeout(resolve, 400)); return { text: to }; } }
plugin()(Demo);
op("greet")(Demo.prototype, "greet");
await runPlugin(Demo);
`;

async function start(
  t: ExecutionContext,
): Promise<{ kernel: KernelEnd; child: ChildProcess; exit: Promise<unknown[]> }> {
  const kernel = await startKernelEnd((close) => t.teardown(close));
  const folder = await demoFolder((close) => t.teardown(close), {
    files: { "main.js": MAIN, "node_modules/@jinshui/.keep": "" },
  });
  await symlink(SDK, join(folder, "node_modules", "@jinshui", "plugin"));
  const child = spawn(process.execPath, ["main.js"], { cwd: folder, stdio: ["pipe", "inherit", "inherit"] });
  const exit = new Promise<unknown[]>((resolve) => child.once("exit", (...how) => resolve(how)));
  t.teardown(() => void child.kill("SIGKILL"));
  child.stdin?.write(`${JSON.stringify({ servers: kernel.url, plugin: "demo", run: "r1", bureaus: ["wuhu"] })}\n`);
  await kernel.ready;
  return { kernel, child, exit };
}

const endings: [string, (child: ChildProcess) => unknown][] = [
  ["its standard input closes, as when the kernel is killed", (child) => child.stdin?.end()],
  ["it is asked to terminate", (child) => child.kill("SIGTERM")],
];
for (const [when, end] of endings) {
  test(`a plugin answers what it has taken and ends in good order when ${when}`, async (t) => {
    const { kernel, child, exit } = await start(t);
    const answer = kernel.bus.plugin("wuhu", "demo", 1)("greet", { to: "李霞" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    end(child);
    t.deepEqual(await answer, { text: "李霞" });
    t.deepEqual(await exit, [0, null]);
  });
}

test("an interrupt from the terminal is left to the supervisor", async (t) => {
  const { kernel, child } = await start(t);
  child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 200));
  t.deepEqual(await kernel.bus.plugin("wuhu", "demo", 1)("greet", { to: "a" }), { text: "a" });
});
