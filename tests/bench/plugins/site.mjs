import { Buffer } from "node:buffer";
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { supervisorApi } from "../../../sdk/contracts/dist/index.js";
import { TestSite } from "../../../sdk/testing/dist/index.js";
import { kernelFlags } from "../../../kernel/host/launch/workspace.mjs";
import { archiveOf } from "../../../kernel/supervisor/dist/testing/tar-archive.js";
import { benchFiles, writeBenchPlugin } from "./plugin.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
export const BUREAU = "wuhu-county";

/** A site with so many plugins of the bench in a folder, on in one bureau, beside those of the repository. */
export async function benchSite({ plugins = [], shared = false, only = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
  await chmod(folder, 0o711); // plugins have users of their own
  const configs = join(folder, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  for (const id of plugins)
    await writeBenchPlugin(join(folder, "plugins", id), id, "1.0.0", shared ? "shared" : "process");
  const edit = async (file, from, to) =>
    writeFile(join(configs, file), (await readFile(join(configs, file), "utf8")).replace(from, to));
  const own = relative(root, join(folder, "plugins"));
  await edit("base.yaml", "plugins: [plugins]", only ? `plugins: [${own}]` : `plugins: [plugins, ${own}]`);
  await edit("base.yaml", /$/, `\npluginPackages: { unsigned: allow }\n${shared ? "pluginProcesses: shared\n" : ""}`);
  const enabled = plugins.map((id) => `  ${id}: { enabled: true }\n`).join("");
  await edit(`bureaus/${BUREAU}.yaml`, "plugins:\n", `plugins:\n${enabled}`);
  const site = await TestSite.start({ configs, nodeArguments: kernelFlags });
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const cookies = new Map();
  const cookieOf = async (username) => {
    if (!cookies.has(username)) {
      const answer = await fetch(`${site.url}/api/v1/session`, {
        method: "POST",
        headers: { "x-jinshui": "1", "content-type": "application/json" },
        body: JSON.stringify({ username, password: "jinshui-demo-2005" }),
      });
      cookies.set(
        username,
        answer.headers
          .getSetCookie()
          .map((line) => line.split(";")[0])
          .join("; "),
      );
    }
    return cookies.get(username);
  };
  /** Status of an operation's answer, and what is in it. */
  const ask = async (plugin, op, input = {}, timeoutMs = 20_000) => {
    const cookie = await cookieOf("chenxiao");
    return new Promise((resolve) => {
      const body = JSON.stringify(input);
      const call = request(
        `${site.url}/api/v1/plugins/${plugin}/ops/${op}`,
        {
          method: "POST",
          agent,
          timeout: timeoutMs,
          headers: {
            cookie,
            "x-jinshui": "1",
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
          },
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (chunk) => (text += chunk));
          answer.once("end", () => resolve({ status: answer.statusCode, body: text }));
        },
      );
      call.once("timeout", () => call.destroy(new Error("timeout")));
      call.once("error", (error) => resolve({ status: 0, body: error.message }));
      call.end(body);
    });
  };
  const supervisor = (await site.signIn("sunjie")).client(supervisorApi);
  return {
    site,
    ask,
    supervisor,
    cookieOf,
    /** Installs a version as a package. */
    async install(id, version) {
      const answer = await fetch(`${site.url}/api/v1/plugin-packages`, {
        method: "POST",
        headers: { cookie: await cookieOf("sunjie"), "x-jinshui": "1" },
        body: new Uint8Array(archiveOf(benchFiles(id, version))),
      });
      const report = await answer.json();
      if (!answer.ok || report.problems.length > 0) throw new Error(JSON.stringify(report));
      await supervisor.installPackage(
        { package: report.package, consent: report.consent },
        { idempotencyKey: randomUUID() },
      );
    },
    async stop() {
      agent.destroy();
      await site.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Processes of a site: the kernel and all below it. */
export async function processesOf(kernel) {
  const parents = new Map();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (parent) parents.set(Number(name), parent);
  }
  const below = (pid) => pid === kernel || (parents.has(pid) && below(parents.get(pid)));
  return [...parents.keys()].filter((pid) => below(pid));
}

/** Memory of processes in MB: as each counts it by itself, and with what they share counted once. */
export async function memoryOf(pids) {
  const sum = { rss: 0, pss: 0 };
  for (const pid of pids) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
    sum.rss += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1_024;
    sum.pss += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1_024;
  }
  return sum;
}

/** Seconds of processor that processes have had. */
export async function processorOf(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks / 100;
}
