import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SDK = fileURLToPath(new URL("../../../../sdk/", import.meta.url));

/** A plugin that tries on request what none may; JavaScript, since it is written at test time. What it is refused it returns, and logs. */
const MAIN = `
import { fork, spawnSync } from "node:child_process";
import dgram from "node:dgram";
import { Resolver } from "node:dns/promises";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import inspector from "node:inspector";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { RawConnection } from "@jinshui/bus/testing";
import { inject, op, plugin, runPlugin, Storage } from "@jinshui/plugin";

let bus;
let servers;
process.stdin.on("data", (chunk) => {
  for (const line of String(chunk).split("\\n").filter((text) => text !== "")) {
    const told = JSON.parse(line);
    bus = told.credential ?? bus;
    servers = told.servers ?? servers;
  }
});
const raw = (credential = bus) => RawConnection.open({ server: servers, credential, name: "gateway" });
const refuse = (words) => { if (words.length > 0) throw new Error(words[0]); };
const onBus = async (work) => {
  const connection = await raw();
  try { refuse(await work(connection)); } finally { connection.close(); }
};
const publish = (subject, body, reply) => onBus((connection) => connection.publish(subject, body, reply));
const subscribe = (subject, queue) => onBus((connection) => connection.subscribe(subject, queue));
/** A request as the wire has it, and the answer's error code. */
async function ask(subject, headers, body = {}) {
  const connection = await raw();
  try {
    await connection.subscribe("_INBOX_hostile.raw.*");
    const head = "NATS/1.0\\r\\n" + Object.entries(headers).map(([name, value]) => name + ": " + value + "\\r\\n").join("") + "\\r\\n";
    const text = JSON.stringify(body);
    refuse(await connection.send("HPUB " + subject + " _INBOX_hostile.raw.1 " + head.length + " " + (head.length + text.length) + "\\r\\n" + head + text + "\\r\\n"));
    for (let tries = 0; connection.messages.length === 0 && tries < 200; tries += 1) await sleep(10);
    const [answer] = connection.messages;
    if (!answer) throw new Error("no answer");
    const refusal = /Nats-Service-Error: (.*)\\r/.exec(answer.headers);
    if (refusal) throw Object.assign(new Error(refusal[1]), { code: refusal[1] });
    return JSON.parse(answer.body);
  } finally { connection.close(); }
}
const reach = (port) => new Promise((resolve, reject) => {
  const socket = connect(port, "127.0.0.1", () => { socket.destroy(); resolve("connected"); });
  socket.setTimeout(2_000, () => reject(new Error("timeout")));
  socket.on("error", reject);
});
const note = { collection: "hostile.note", values: { text: "replayed" } };

const attempts = {
  "read-kernel-key": ({ root }) => readFileSync(root + "/keys/bus-signer.nk", "utf8"),
  "read-other-plugin": ({ root }) => readFileSync(root + "/plugins/victim/secret.txt", "utf8"),
  "read-shadow": () => readFileSync("/etc/shadow", "utf8"),
  "read-kernel-environment": ({ kernel }) => readFileSync("/proc/" + kernel + "/environ", "utf8"),
  "own-environment": () => { const known = ["PATH", "NODE_ENV", "TZ"]; const more = Object.keys(process.env).filter((name) => !known.includes(name)); if (more.length === 0) throw new Error("nothing in it"); return more; },
  "write-outside": () => writeFileSync("/tmp/hostile.txt", "x"),
  "write-own-code": () => writeFileSync("main.js", "x"),
  "link-out": () => symlinkSync("/etc/shadow", "leak.txt"),
  "spawn": () => { const { error } = spawnSync("/bin/true"); if (error) throw error; },
  "fork": () => fork("main.js"),
  "worker": () => new Worker("process.exit()", { eval: true }),
  "native-addon": () => process.dlopen({ exports: {} }, "/tmp/hostile.node"),
  "debugger": () => { inspector.open(0); return inspector.url(); },
  "become-root": () => process.setuid(0),
  "signal-kernel": ({ kernel }) => process.kill(kernel, "SIGTERM"),
  "dial-tcp": ({ tcp }) => reach(tcp),
  "dial-database": ({ database }) => reach(database),
  "dial-udp": ({ udp }) => new Promise((resolve, reject) => { const socket = dgram.createSocket("udp4"); socket.send("x", udp, "127.0.0.1", (error) => { socket.close(); error ? reject(error) : resolve("sent"); }); }),
  "dns": ({ udp }) => { const resolver = new Resolver({ timeout: 500, tries: 1 }); resolver.setServers(["127.0.0.1:" + udp]); return resolver.resolve4("secret.example"); },
  "bus-without-credential": () => RawConnection.open({ server: servers }),
  "forge-caller-in-subject": () => publish("jinshui.storage.v1.wuhu.gateway.find", "{}", "_INBOX_hostile.raw.1"),
  "forge-caller-in-header": () => ask("jinshui.auth.v1.wuhu.hostile.authenticate", { "Jinshui-Caller": "gateway" }, { session: "x", audience: "gateway" }),
  "forge-actor-token": () => ask("jinshui.storage.v1.wuhu.hostile.find", { "Jinshui-Actor": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9." }, { collection: "hostile.note" }),
  "token-of-another": ({ foreign }) => ask("jinshui.storage.v1.wuhu.hostile.find", { "Jinshui-Actor": foreign }, { collection: "hostile.note" }),
  "expired-token": ({ expired }) => ask("jinshui.storage.v1.wuhu.hostile.insert", { "Jinshui-Actor": expired, "Jinshui-Idempotency-Key": "old" }, note),
  "other-bureau": () => ask("jinshui.storage.v1.fanchang.hostile.insert", { "Jinshui-Idempotency-Key": "far" }, note),
  "records-of-another": () => ask("jinshui.storage.v1.wuhu.hostile.insert", { "Jinshui-Idempotency-Key": "theirs" }, { collection: "victim.note", values: { text: "x" } }),
  "replay-command": async ({ key }) => { const twice = []; for (let times = 0; times < 2; times += 1) twice.push((await ask("jinshui.storage.v1.wuhu.hostile.insert", { "Jinshui-Idempotency-Key": key }, note)).id); if (twice[0] === twice[1]) throw new Error("the same answer, no second effect"); return twice; },
  "hear-everything": () => subscribe(">"),
  "hear-inbox-of-gateway": () => subscribe("_INBOX_gateway.>"),
  "hear-replies-of-victim": () => subscribe("_INBOX_victim.>"),
  "hear-events": () => subscribe("jinshui.event.>"),
  "answer-for-victim": () => subscribe("jinshui.plugin.*.victim.>", "victim"),
  "answer-for-kernel": () => subscribe("jinshui.storage.>", "storage"),
  "forge-reply": () => publish("_INBOX_gateway.abc", "{}"),
  "forge-event": () => publish("jinshui.event.wuhu.workflow.instance-completed", "{}"),
  "forge-job": () => publish("jinshui.job.wuhu.victim.pay", "{}"),
  "delete-stream": () => publish("$JS.API.STREAM.DELETE.EVENTS"),
  "read-stream": () => publish("$JS.API.STREAM.MSG.GET.EVENTS", '{"seq":1}', "_INBOX_hostile.raw.1"),
  "server-account": () => publish("$SYS.REQ.SERVER.PING", "", "_INBOX_hostile.raw.1"),
  "hear-server": () => subscribe("$SYS.>"),
  "stop-victim": () => publish("jinshui.control.v1.victim.drain.r1", "{}", "_INBOX_hostile.raw.1"),
  "stop-victim-by-reply": () => publish("jinshui.storage.v1.wuhu.hostile.count", "{}", "jinshui.control.v1.victim.drain.r1"),
  "second-command-in-subject": () => publish("jinshui.storage.v1.wuhu.hostile.find 0\\r\\n\\r\\nPUB jinshui.control.v1.victim.drain.r1"),
  "oversize-message": () => onBus(async (connection) => { const words = await connection.publish("jinshui.storage.v1.wuhu.hostile.find", "x".repeat(700_000)); return connection.isOpen ? words : ["connection closed", ...words]; }),
  "flood-of-subscriptions": () => onBus((connection) => connection.send(Array.from({ length: 6_000 }, (_, n) => "SUB jinshui.plugin.x.hostile." + n + " " + (n + 10) + "\\r\\n").join(""))),
  "flood-of-connections": async () => { const open = []; for (let count = 0; count < 400; count += 1) open.push(await raw()); return open.length; },
  "flood-of-requests": async () => { const connection = await raw(); const lines = "PUB jinshui.storage.v1.wuhu.hostile.count _INBOX_hostile.raw.1 2\\r\\n{}\\r\\n".repeat(1_000); for (;;) { connection.socket.write(lines); await sleep(2); } },
  "steady-flood": async () => { const connection = await raw(); const lines = "PUB jinshui.storage.v1.wuhu.hostile.count _INBOX_hostile.raw.1 2\\r\\n{}\\r\\n".repeat(60); for (let round = 0; round < 180; round += 1) { connection.socket.write(lines); await sleep(20); } connection.close(); },
  "heap-hog": async () => { const kept = []; for (;;) { kept.push(Array.from({ length: 100_000 }, (_, n) => ({ n }))); await sleep(1); } },
  "buffer-hog": async () => { const kept = []; for (;;) { kept.push(Buffer.alloc(8 << 20, 1)); await sleep(20); } },
  "busy-loop": () => { for (;;); },
  "refuse-to-end": () => { process.removeAllListeners("SIGTERM"); process.on("SIGTERM", () => undefined); process.exit = () => undefined; setInterval(() => undefined, 1_000); },
};

class Hostile {
  constructor(storage) { this.storage = storage; }
  async attempt({ name, facts }) {
    try { return { outcome: "done", with: String((await attempts[name](facts)) ?? "").slice(0, 200) }; }
    catch (error) {
      console.error("refused", name, error.code ?? "", error.message);
      return { outcome: "refused", with: error.code ?? error.message };
    }
  }
  async ping() { return {}; }
  async stay() { return new Promise(() => undefined); }
}
inject(Storage)(Hostile, undefined, 0);
plugin()(Hostile);
for (const name of ["attempt", "ping", "stay"]) op(name)(Hostile.prototype, name);
await runPlugin(Hostile);
`;

const title = { "zh-CN": "敌意插件" };

/** Writes a plugin with the hostile one's code and the rights of an ordinary one; `victim` is such a one that is left in peace. */
export async function writeHostile(folder: string, id: string): Promise<void> {
  const ops = Object.fromEntries(
    ["attempt", "ping", "stay"].map((name) => [name, { v: 1, input: "any.json", output: "any.json", effect: "write" }]),
  );
  const manifest = {
    id,
    title,
    schema: 1,
    requires: { apis: { storage: "^1.0", workflow: "^1.0", auth: "^1.0" } },
    server: { main: "main.js", memoryMb: 64, drainMs: 60_000 },
    grants: { apis: ["storage", "workflow", "auth"] },
    provides: { ops },
    contributes: {
      permissions: [{ id: `${id}.use`, title, positions: ["clerk"] }],
      collections: "collections/",
    },
  };
  const note = {
    name: "note",
    title,
    fields: { text: { type: "string", title } },
    display: { title: "text", list: ["text"] },
    permissions: { read: [`${id}.use`], write: [`${id}.use`] },
  };
  const files: Record<string, unknown> = {
    "package.json": { name: `@jinshui/plugin-${id}`, version: "1.0.0", type: "module", jinshui: manifest },
    "main.js": MAIN,
    "any.json": { type: "object" },
    "secret.txt": "of the victim",
    "collections/note.json": note,
  };
  await mkdir(join(folder, "collections"), { recursive: true });
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  await mkdir(join(folder, "node_modules", "@jinshui"), { recursive: true });
  for (const name of ["plugin", "bus"]) await symlink(join(SDK, name), join(folder, "node_modules", "@jinshui", name));
}
