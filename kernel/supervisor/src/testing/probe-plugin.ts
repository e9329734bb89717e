import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The SDK, which plugins written here have a link to. */
export const SDK = fileURLToPath(new URL("../../../../sdk/plugin", import.meta.url));

/** A plugin that does on request what plugins do wrong; JavaScript, since it is written at test time. */
export const MAIN = `
import { readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { inject, job, JinshuiError, on, op, plugin, runPlugin, Storage } from "@jinshui/plugin";

const tries = new Map();
class Probe {
  constructor(storage) { this.storage = storage; }
  async echo({ text }, call) { return { text: call.bureau + ":" + text, pid: process.pid }; }
  async sleep({ ms }) { await new Promise((resolve) => setTimeout(resolve, ms)); return { slept: ms }; }
  async keep({ text }) { await new Promise((resolve) => setTimeout(resolve, 300)); return this.storage.insert({ collection: "probe.note", values: { text } }); }
  async fail() { throw new Error("the secret reason"); }
  async refuse() { throw new JinshuiError("too-late", "come earlier", { status: 409 }); }
  async wrong() { return { text: 7 }; }
  async hang() { for (;;); }
  async exit() { process.exit(3); }
  async peek({ path }) {
    const tried = (work) => { try { work(); return "done"; } catch (error) { return error.code; } };
    return { read: tried(() => readFileSync(path)), write: tried(() => writeFileSync("own.txt", "x")), spawn: tried(() => spawnSync("/bin/true")), secrets: Object.keys(process.env).length };
  }
  async note({ id, number, variables }) {
    const attempt = (tries.get(id) ?? 0) + 1;
    tries.set(id, attempt);
    if (variables.trouble === "once" && attempt === 1) throw new Error("not yet");
    if (variables.trouble === "for-good") throw new JinshuiError("conflict", "never");
    await this.storage.insert({ collection: "probe.note", values: { text: number } });
    return { noted: attempt };
  }
  async heard({ data }) { await this.storage.insert({ collection: "probe.note", values: { text: "heard " + data.number } }); }
}
inject(Storage)(Probe, undefined, 0);
plugin()(Probe);
for (const name of ["echo", "sleep", "keep", "fail", "refuse", "wrong", "hang", "exit", "peek"]) op(name)(Probe.prototype, name);
job("note")(Probe.prototype, "note");
on("workflow.instance-completed")(Probe.prototype, "heard");
await runPlugin(Probe);
`;

export const PROCESS = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:jinshui="http://jinshui.cn/schema/bpmn/1.0" targetNamespace="test">
  <process id="take-note" name="记一笔" isExecutable="true">
    <startEvent id="start" jinshui:form="ask" /><sequenceFlow id="a" sourceRef="start" targetRef="work" />
    <serviceTask id="work" jinshui:job="note" /><sequenceFlow id="b" sourceRef="work" targetRef="end" />
    <endEvent id="end" />
  </process>
</definitions>`;

const title = { "zh-CN": "探针" };
const any = { type: "object" };
const ops = ["echo", "sleep", "keep", "fail", "refuse", "wrong", "hang", "exit", "peek"];

/** The manifest of the probe. */
export function probeManifest(): Record<string, unknown> {
  return {
    id: "probe",
    title,
    schema: 1,
    requires: { apis: { storage: "^1.0", workflow: "^1.0" } },
    server: { main: "main.js", memoryMb: 64, drainMs: 2_000 },
    grants: { apis: ["storage", "workflow"], events: { subscribe: ["workflow.instance-completed"] } },
    provides: {
      ops: Object.fromEntries(
        ops.map((name) => [
          name,
          {
            v: 1,
            input: `schemas/${name === "echo" ? "text" : "any"}.json`,
            output: `schemas/${name === "wrong" ? "text" : "any"}.json`,
            effect: "write",
            ...(name === "keep" ? { permission: "probe.use" } : {}),
          },
        ]),
      ),
    },
    contributes: {
      permissions: [{ id: "probe.use", title, positions: ["clerk"] }],
      views: [{ id: "notes", kind: "collection", collection: "note", title, permission: "probe.use" }],
      menu: [{ view: "notes", group: "business" }],
      collections: "collections/",
      processes: "processes/",
      forms: "forms/",
      jobs: ["note"],
    },
  };
}

/** What of the probe is to be different. */
export interface PluginParts {
  main?: string;
  manifest?: Record<string, unknown>;
  version?: string;
  /** More fields of its collection. */
  fields?: Record<string, unknown>;
  /** Its process, as BPMN. */
  process?: string;
  /** Other files. */
  more?: Record<string, string>;
}

/** Writes a plugin's folder; the probe, unless its main module or manifest is given. */
export async function writePlugin(
  folder: string,
  {
    main = MAIN,
    manifest = probeManifest(),
    version = "1.0.0",
    fields = {},
    process = PROCESS,
    more = {},
  }: PluginParts = {},
): Promise<void> {
  const text = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
  const note = {
    name: "note",
    title,
    fields: { text: { type: "string", title }, ...fields },
    display: { title: "text", list: ["text"] },
    permissions: { read: ["probe.use"], write: ["probe.use"] },
  };
  const ask = {
    type: "default",
    id: "ask",
    components: [{ type: "textfield", id: "trouble", key: "trouble", label: "trouble" }],
  };
  const files: Record<string, unknown> = {
    "package.json": { name: "@jinshui/plugin-probe", version, type: "module", jinshui: manifest },
    "main.js": main,
    "schemas/any.json": any,
    "schemas/text.json": text,
    "collections/note.json": note,
    "forms/ask.json": ask,
    "processes/take-note.bpmn": process,
    ...more,
  };
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  await mkdir(join(folder, "node_modules", "@jinshui"), { recursive: true });
  await symlink(SDK, join(folder, "node_modules", "@jinshui", "plugin")).catch(() => undefined);
}
