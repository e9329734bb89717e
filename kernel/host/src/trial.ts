import type { PluginManifest } from "@jinshui/contracts";
import type { InstalledPlugin } from "@jinshui/supervisor";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";

/** Starting a site takes seconds; whoever takes longer than this hangs. */
const TRIAL_MS = 60_000;
const BUREAU = "trial";
const POSITION = "tester";
const PERSON = "tester";

/** What the child is told, as JSON. */
export interface TrialTask {
  root: string;
  data: string;
  configs: string;
  /** Folders the plugin may read besides its own. */
  modules: string[];
  username: string;
  password: string;
  plugin: string;
  /** Plugins to wait for. */
  plugins: string[];
}

/**
 * Starts a kernel of its own, with an empty database and a private bus, on a plugin and those it asks for; asks what its
 * contracts say and throws all of it away. What did not come out, nothing if all did.
 */
export async function tryOut(
  plugin: InstalledPlugin,
  required: InstalledPlugin[],
  site: { root: string; modules: string[] },
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-trial-"));
  try {
    const password = `trial-${Math.random().toString(36).slice(2)}-${Date.now()}`;
    const configs = join(folder, "configs");
    await writeConfigs(configs, [plugin, ...required], site.root, password);
    const task: TrialTask = {
      ...site,
      data: join(folder, "data"),
      configs,
      username: PERSON,
      password,
      plugin: plugin.id,
      plugins: [plugin, ...required].map(({ id }) => id),
    };
    return await answersOf(task, plugin);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeConfigs(folder: string, plugins: InstalledPlugin[], root: string, password: string): Promise<void> {
  const title = { "zh-CN": "试运行" };
  const manifests = plugins.flatMap(({ content }): PluginManifest[] => (content ? [content.manifest] : []));
  const permissions = manifests.flatMap(({ contributes }) => contributes.permissions ?? []);
  const files = {
    "base.yaml": {
      site: { id: BUREAU, title },
      positions: { [POSITION]: { title } },
      plugins: plugins.map((plugin) => relative(root, plugin.folder)),
      disk: { minFreePercent: 0, minFreeMb: 0 },
    },
    [`bureaus/${BUREAU}.yaml`]: {
      bureau: BUREAU,
      title,
      departments: [{ id: "office", title }],
      plugins: Object.fromEntries(plugins.map(({ id }) => [id, { enabled: true }])),
      permissions: Object.fromEntries(permissions.map(({ id }) => [id, [POSITION]])),
    },
    "demo/people.yaml": {
      password,
      people: [
        {
          username: PERSON,
          name: "试运行",
          bureau: BUREAU,
          department: "office",
          positions: [{ position: POSITION }],
        },
      ],
    },
  };
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), stringify(content), { mode: 0o600 });
  }
}

/** The child's one line of JSON, or why there is none. */
function answersOf(task: TrialTask, { content }: InstalledPlugin): Promise<string[]> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("trial-child.js", import.meta.url))], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints = (complaints + text).slice(-2_000)));
  // one that ends before it has read everything
  child.stdin.on("error", () => undefined);
  child.stdin.end(JSON.stringify({ ...task, contracts: content?.contracts ?? [] }));
  const timer = setTimeout(() => child.kill("SIGKILL"), TRIAL_MS);
  return new Promise((resolve) => {
    child.once("error", (error) => resolve([error.message]));
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const line = output.trim().split("\n").at(-1) ?? "";
      if (code === 0 && line.startsWith("[")) resolve(JSON.parse(line) as string[]);
      else if (signal === "SIGKILL") resolve([`it did not come to an end within ${TRIAL_MS / 1_000} s`]);
      else resolve([`the site for the trial did not start: ${complaints.trim() || `it ended with ${code ?? signal}`}`]);
    });
  });
}
