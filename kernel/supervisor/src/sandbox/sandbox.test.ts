import { silent } from "@jinshui/bus";
import test, { type ExecutionContext } from "ava";
import { execFile, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ConfinedCommand, residentMb, Sandbox } from "./sandbox.js";

const run = promisify(execFile);
const CAN_ALL = process.getuid?.() === 0;

/** Tries what the seat belt would refuse, without one. */
const MAIN = `
const { readFileSync, writeFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const { connect } = require("node:net");
const [key, kernel, bus, other] = process.argv.slice(2);
const tried = (work) => { try { work(); return "done"; } catch (error) { return error.code ?? error.message; } };
const reach = (port) => new Promise((resolve) => { const socket = connect(Number(port), "127.0.0.1", () => (socket.destroy(), resolve("done"))); socket.on("error", (error) => resolve(error.code)); });
(async () => console.log(JSON.stringify({
  key: tried(() => readFileSync(key)), shadow: tried(() => readFileSync("/etc/shadow")), environ: tried(() => readFileSync("/proc/" + kernel + "/environ")),
  memory: tried(() => readFileSync("/proc/" + kernel + "/mem")), write: tried(() => writeFileSync("/tmp/jinshui-wall.txt", "x")), root: tried(() => process.setuid(0)),
  signal: tried(() => process.kill(Number(kernel), 0)), bus: await reach(bus), other: await reach(other),
  tasks: await new Promise((resolve) => { let open = 0, failed = 0; const done = (code) => { failed += code ? 1 : 0; if (++open === 80) resolve(failed); };
    for (let n = 0; n < 80; n += 1) { try { spawn("/bin/sleep", ["1"]).on("error", done).on("exit", (code) => done(code)); } catch { done(1); } } }),
})))();
`;

async function confined(
  t: ExecutionContext,
  main: string,
): Promise<{ command: ConfinedCommand; sandbox: Sandbox; bus: number; other: number; folder: string }> {
  const listen = async (): Promise<number> => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.teardown(() => void server.close());
    return (server.address() as { port: number }).port;
  };
  const [bus, other] = [await listen(), await listen()];
  const folder = await mkdtemp(join(tmpdir(), "jinshui-wall-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  await writeFile(join(folder, "main.cjs"), main);
  await writeFile(join(folder, "kernel.key"), "secret", { mode: 0o600 });
  const sandbox = await Sandbox.open({ servers: `127.0.0.1:${bus}`, log: silent, site: folder });
  t.teardown(() => sandbox.close());
  const command = await sandbox.command({
    plugin: "wall",
    run: "r1",
    folder,
    main: "main.cjs",
    memoryMb: 64,
    readable: [],
  });
  return { command, sandbox, bus, other, folder };
}

const withoutBelt = ({ args }: ConfinedCommand): string[] =>
  args.filter((arg) => !/^--(permission|allow-fs-read|allow-net)/.test(arg));

test("behind the seat belt stands a wall where the host allows one: own user, control group, firewall", async (t) => {
  const { command, sandbox, bus, other, folder } = await confined(t, MAIN);
  if (!CAN_ALL) return t.pass();
  const { ownUser, memoryLimit, networkLimit, reasons } = command.protection;
  t.log(`not on this host: ${reasons.join("; ")}`);
  t.true(ownUser);
  const args = [...withoutBelt(command), join(folder, "kernel.key"), String(process.pid), String(bus), String(other)];
  const { stdout } = await run(command.file, args, { env: { PATH: "/usr/bin:/bin" } });
  const { tasks, ...met } = JSON.parse(stdout) as Record<string, unknown> & { tasks: number };
  t.deepEqual(met, {
    key: "EACCES",
    shadow: "EACCES",
    environ: "EACCES",
    memory: "EACCES",
    write: "EFBIG",
    root: "EPERM",
    signal: "EPERM",
    bus: "done",
    other: networkLimit ? "ECONNREFUSED" : "done",
  });
  t.true(memoryLimit === "watched" || tasks >= 20, `${tasks} of 80 programs were not started`);
  t.deepEqual(await sandbox.refusedConnections(new Map()), networkLimit ? ["wall"] : []);
  await rm("/tmp/jinshui-wall.txt", { force: true });
});

test("memory outside of the heap is bounded by the host, also where no control group is", async (t) => {
  const hog = `const kept = []; setInterval(() => kept.push(Buffer.alloc(8 << 20, 1)), 5);`;
  const { command, sandbox } = await confined(t, hog);
  const child = spawn(command.file, command.args, { env: { PATH: "/usr/bin:/bin" }, stdio: "ignore" });
  let most = 0;
  let ended = false;
  child.once("exit", () => (ended = true));
  for (let looks = 0; !ended && looks < 1_000; looks += 1) {
    most = Math.max(most, residentMb(child.pid ?? 0) ?? 0);
    await sleep(10);
  }
  child.kill("SIGKILL");
  t.log(`reached ${most} MB of ${command.limitMb}`);
  t.true(ended);
  t.true(most < 1_000);
  const { ranOutOfMemory } = await sandbox.ended("wall", "r1");
  t.is(ranOutOfMemory, command.protection.memoryLimit === "enforced");
});

interface Poor {
  protection: ConfinedCommand["protection"];
  said: string;
}

/** A sandbox in a process that is no root, and a plugin that says who it is and what it may. */
async function asNobody(t: ExecutionContext, capabilities: string[]): Promise<Poor> {
  const module = fileURLToPath(new URL("./sandbox.js", import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), "jinshui-poor-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  const status = `require("node:fs").readFileSync("/proc/self/status", "utf8")`;
  await writeFile(
    join(folder, "plugin.cjs"),
    `console.log(process.getuid() + " " + /CapEff:\\s+(\\w+)/.exec(${status})[1])`,
  );
  const script = `
    const { Sandbox } = await import(${JSON.stringify(module)});
    const { execFileSync } = await import("node:child_process");
    const sandbox = await Sandbox.open({ servers: "127.0.0.1:4222", log: {}, site: "poor" });
    const confined = { plugin: "a", folder: ${JSON.stringify(folder)}, main: "plugin.cjs", memoryMb: 64, readable: ["/proc"] };
    const command = await sandbox.command(confined);
    const said = execFileSync(command.file, command.args, { encoding: "utf8" }).trim();
    await sandbox.close();
    console.log(JSON.stringify({ protection: command.protection, said }));`;
  const kept = capabilities.map((name) => `+${name}`).join(",");
  const identity = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  const privileges =
    kept === "" ? ["--bounding-set=-all", "--inh-caps=-all"] : [`--inh-caps=${kept}`, `--ambient-caps=${kept}`];
  const { stdout } = await run("setpriv", [
    ...identity,
    ...privileges,
    process.execPath,
    "--input-type=module",
    "-e",
    script,
  ]);
  return JSON.parse(stdout) as Poor;
}

test("a kernel without rights of its own says what does not hold, and why, and starts plugins all the same", async (t) => {
  if (!CAN_ALL) return t.pass();
  const { protection, said } = await asNobody(t, []);
  t.log(protection.reasons);
  t.like(protection, { permissionModel: true, ownUser: false, memoryLimit: "watched", networkLimit: false });
  t.is(protection.reasons.length, 3);
  t.is(said, "65534 0000000000000000");
});

test("a kernel that is no root gives plugins users and a firewall when it has the capabilities for it, and hands none of them on", async (t) => {
  if (!CAN_ALL) return t.pass();
  const { protection, said } = await asNobody(t, ["setuid", "setgid", "setpcap", "kill", "net_admin"]);
  t.log(protection.reasons);
  t.like(protection, { ownUser: true, memoryLimit: "watched" });
  t.regex(said, /^[78]\d{4} 0000000000000000$/);
});
