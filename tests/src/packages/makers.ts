import { TestSite } from "@jinshui/testing";
import type { ExecutionContext } from "ava";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../site-files.js";

const CLI = join(root, "kernel/host/launch/jinshui.mjs");

/** What a command prints, and how it ends. */
export interface Ended {
  code: number;
  output: string;
}

/** Runs the command line as people do. */
export async function jinshui(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...words], {
      cwd: root,
      env: { ...process.env, LC_ALL: "C.UTF-8", ...env },
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

const title = { "zh-CN": "派车", en: "Car pool" };
const text = { type: "object", properties: { text: { type: "string" } }, additionalProperties: false };

/** A plugin with a service, a collection and a right, whose answers tell its version. */
async function writeCarPool(
  folder: string,
  version: string,
  change: Record<string, unknown> = {},
  more: Record<string, string> = {},
): Promise<void> {
  const manifest = {
    id: "car-pool",
    schema: 1,
    title,
    requires: { apis: { storage: "^1.0" } },
    server: { main: "dist/main.js", memoryMb: 64 },
    grants: { apis: ["storage"] },
    provides: { ops: { ask: { v: 1, input: "schemas/text.json", output: "schemas/text.json", effect: "write" } } },
    contributes: {
      collections: "collections/",
      permissions: [{ id: "car-pool.use", title: { "zh-CN": "使用派车" }, positions: ["clerk"] }],
    },
    ...change,
  };
  const trip = {
    name: "trip",
    title,
    fields: { place: { type: "string", title: { "zh-CN": "目的地" }, required: true } },
    display: { title: "place", list: ["place"] },
    permissions: { read: ["car-pool.use"], write: ["car-pool.use"] },
  };
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ name: "@example/car-pool", version, type: "module", jinshui: manifest }),
    "collections/trip.json": JSON.stringify(trip),
    "schemas/text.json": JSON.stringify(text),
    "dist/main.js": `
import { inject, op, plugin, runPlugin, Storage } from "@jinshui/plugin";
class CarPool {
  constructor(storage) { this.storage = storage; }
  async ask({ text }) {
    await this.storage.insert({ collection: "car-pool.trip", values: { place: text } });
    return { text: "${version} " + text };
  }
}
inject(Storage)(CarPool, undefined, 0);
plugin()(CarPool);
op("ask")(CarPool.prototype, "ask");
await runPlugin(CarPool);
`,
    ...more,
  };
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Who makes packages, and a site that trusts them. */
export interface Maker {
  folder: string;
  site: TestSite;
  /** Packs and signs a version; its file. */
  release(
    version: string,
    change?: Record<string, unknown>,
    parts?: { signs?: boolean; files?: Record<string, string> },
  ): Promise<string>;
}

/** A site that trusts a maker's key, and the maker. */
export async function startMaker(t: ExecutionContext, config: Record<string, unknown> = {}): Promise<Maker> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-maker-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const key = join(folder, "maker.pem");
  const made = await jinshui(["keys", "create-plugin-key", key]);
  const [, id = ""] = /- id: ([0-9a-f]{16})/.exec(made.output) ?? [];
  const [, publicKey = ""] = /(-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----)/.exec(made.output) ?? [];
  const configs = join(folder, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  const base = join(configs, "base.yaml");
  const trusted = {
    keys: [{ id, title: { "zh-CN": "市局信息中心" }, publicKey: publicKey.replaceAll(/^\s+/gm, "") }],
    ...config,
  };
  await writeFile(base, `${await readFile(base, "utf8")}\npluginPackages: ${JSON.stringify(trusted)}\n`);
  const site = await TestSite.start({ configs });
  t.teardown(() => site.stop());
  let count = 0;
  return {
    folder,
    site,
    async release(version, change, { signs = true, files = {} } = {}) {
      const source = join(folder, `source-${(count += 1)}`);
      await writeCarPool(source, version, change, files);
      const out = join(folder, `out-${count}`);
      const packed = await jinshui(["pack", source, "--out", out]);
      if (packed.code !== 0) throw new Error(packed.output);
      const file = join(out, `car-pool-${version}.tgz`);
      const signed = signs ? await jinshui(["sign", file, "--key", key]) : undefined;
      if (signed && signed.code !== 0) throw new Error(signed.output);
      return file;
    },
  };
}
