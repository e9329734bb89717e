import { openBusAuthority } from "@jinshui/auth";
import { connectBus, silent } from "@jinshui/bus";
import { type CloudEvent, federationApi, organisationApi, webhooksApi } from "@jinshui/contracts";
import type { TestSite } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { connect, jwtAuthenticator } from "nats";
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { siteWith } from "./federated-site.js";
import { root } from "./site-files.js";

const guide = readFileSync(join(root, "docs/integrators-guide.md"), "utf8");
const SECRET = "a-secret-of-a-machine-for-the-examples-here";
/** The guide's own configuration, with a digest in place of what it says of one. */
const WUHU = (/^```yaml\n([\s\S]*?)^```$/m.exec(guide)?.[1] ?? "").replace(
  /<SHA-256[^>]*>/,
  createHash("sha256").update(SECRET).digest("hex"),
);
const BASE = "webhooks: { allow: [127.0.0.0/8] }";
const RECORDS = "/api/v1/collections/asset-tracking.equipment/records";
const EVENT = "asset-tracking.equipment-changed";

const example = (name: string): string => join(root, "tests/examples", name);

/** What a program prints until it ends. */
async function run(name: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const options = { timeout: 60_000, env: { ...process.env, ...env } };
  return (await promisify(execFile)(process.execPath, [example(name), ...args], options)).stdout;
}

/** A program that goes on. */
function start(t: ExecutionContext, name: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [example(name), ...args], { env: { ...process.env, ...env } });
  t.teardown(() => void child.kill());
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  return async (wanted: RegExp): Promise<string> => {
    for (const end = Date.now() + 30_000; !wanted.test(output) && Date.now() < end;) await sleep(50);
    return output;
  };
}

async function agree(site: TestSite, change: string): Promise<void> {
  await (await site.signIn("qianli")).client(organisationApi).decideChange({ change, approve: true });
}

/** Has all scopes of the guide's machine granted, by two persons. */
async function grant(site: TestSite): Promise<void> {
  const administrator = (await site.signIn("sunjie")).client(federationApi);
  const scopes = (await administrator.clients({})).clients[0]?.scopes ?? [];
  await agree(site, (await administrator.proposeClientGrant({ client: "reports", scopes, reason: "报表需要" })).change);
}

async function addRecord(site: TestSite, code: string): Promise<void> {
  const values = { code, name: "台式机", category: "desktop", purchasedOn: "2005-03-01" };
  await (await site.signIn("sj025")).send("POST", RECORDS, { values });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Hears everything on a site's bus. */
async function observe(t: ExecutionContext, site: TestSite): Promise<[string, CloudEvent][]> {
  const config = await readFile(join(site.data, "nats", "nats.conf"), "utf8");
  const servers = /listen: "([^"]+)"/.exec(config)?.[1] ?? "";
  const authority = await openBusAuthority(join(site.data, "keys"));
  const credential = await authority.mint({ name: "observer", publish: [], subscribe: ["jinshui.event.>"] });
  const bus = await connectBus({ servers, caller: "observer", credentials: () => credential, log: silent });
  t.teardown(() => bus.drain());
  const heard: [string, CloudEvent][] = [];
  bus.subscribe("jinshui.event.>", (body, on) => heard.push([on, body as CloudEvent]));
  return heard;
}

test("every command of the integrators' guide works, in their order", async (t) => {
  const blocks = [...guide.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)];
  const commands = blocks.filter(([, language]) => language === "sh").map(([, , text = ""]) => text);
  t.true(commands.length >= 4);
  t.deepEqual(
    blocks.filter(([, language = ""]) => !["sh", "yaml"].includes(language)),
    [],
    "no block that nothing runs",
  );
  const site = await siteWith(t, { wuhu: WUHU });
  await grant(site);
  const folder = await mkdtemp(join(tmpdir(), "jinshui-guide-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const env = { ...process.env, SITE: site.url, CLIENT: "reports", SECRET };
  for (const command of commands)
    await t.notThrowsAsync(
      promisify(execFile)("bash", ["-euo", "pipefail", "-c", command], { cwd: folder, env, timeout: 60_000 }),
      command,
    );
});

test("a program with nothing but fetch gets a token, adds a record once, changes it and sees what has changed", async (t) => {
  const site = await siteWith(t, { wuhu: WUHU });
  const args = [site.url, "reports", SECRET];
  await t.throwsAsync(run("records.mjs", args), { message: /forbidden/ }, "nothing is granted yet");
  await grant(site);
  t.is(
    await run("records.mjs", args),
    "added, and sent again: one record\nfound 1: 便携式计算机, version 2\nchanges: insert, update\n",
  );
});

test("programs of other systems are told of events by webhook, and tell of theirs by an inbound hook", async (t) => {
  const site = await siteWith(t, { base: BASE });
  const administrator = (await site.signIn("sunjie")).client(webhooksApi);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/hook`;
  await agree(site, (await administrator.propose({ title: "报表", url, events: [EVENT], reason: "报表" })).change);
  const [webhook] = (await administrator.webhooks({})).webhooks;
  const { secret } = await administrator.renewSecret({ webhook: webhook?.id ?? "" });
  const receiver = start(t, "webhook-receiver.mjs", [String(port)], { SECRET: secret });
  await receiver(/ready/);
  await addRecord(site, "WH-2005-09701");
  t.regex(
    await receiver(/equipment-changed/),
    /^cn\.jinshui\.equipment-changed \{"collection":"asset-tracking\.equipment",/m,
  );

  const source = { title: "核心征管", source: "tax-core", names: ["payment-made"], reason: "缴款通知" };
  await agree(site, (await administrator.proposeInbound(source)).change);
  const [hook] = (await administrator.inboundHooks({})).hooks;
  const inbound = await administrator.renewInboundSecret({ hook: hook?.id ?? "" });
  const heard = await observe(t, site);
  const address = site.url + (hook?.path ?? "");
  const post = (by: string): Promise<string> => run("post-event.mjs", [address, "payment-1"], { SECRET: by });
  t.is(await post(inbound.secret), "202 false\n");
  t.is(await post(inbound.secret), "202 true\n");
  t.is(await post(secret), "401 signature-invalid\n", "another hook's secret");
  const ofTax = (): [string, CloudEvent][] => heard.filter(([on]) => on.includes(".ext-tax-core."));
  for (const end = Date.now() + 10_000; ofTax().length === 0 && Date.now() < end;) await sleep(50);
  await sleep(500);
  t.is(ofTax().length, 1);
  t.is(ofTax()[0]?.[0], "jinshui.event.wuhu.ext-tax-core.payment-made");
  t.like(ofTax()[0]?.[1], { subject: "91340200000000000X", data: { amount: "120.50" } });
  const plain = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
  t.is((await fetch(address, plain)).status, 415);
  const large = { ...plain, body: "x".repeat(300_000), headers: { "content-type": "application/cloudevents+json" } };
  t.is((await fetch(address, large)).status, 413);
});

test("a program with the plain nats package hears of what its machine was granted, and of nothing else", async (t) => {
  const site = await siteWith(t, { wuhu: WUHU });
  await grant(site);
  const listening = start(t, "events.mjs", [site.url, "reports", SECRET, "1"]);
  await listening(/listening/);
  await addRecord(site, "WH-2005-09702");
  t.is(
    await listening(/version/),
    "listening to jinshui.event.wuhu.asset-tracking.equipment-changed\ncn.jinshui.equipment-changed insert version 1\n",
  );

  const authorization = `Basic ${Buffer.from(`reports:${SECRET}`).toString("base64")}`;
  const body = new URLSearchParams({ grant_type: "client_credentials", scope: `bus:${EVENT}` });
  const got = await fetch(`${site.url}/oidc/token`, { method: "POST", headers: { authorization }, body });
  const { access_token: token } = (await got.json()) as { access_token: string };
  const ask = (): Promise<Response> =>
    fetch(`${site.url}/api/v1/bus/credential`, { method: "POST", headers: { authorization: `Bearer ${token}` } });
  const credential = (await (await ask()).json()) as {
    servers: string[];
    jwt: string;
    seed: string;
    inboxPrefix: string;
  };
  const connection = await connect({
    servers: credential.servers,
    inboxPrefix: credential.inboxPrefix,
    authenticator: jwtAuthenticator(credential.jwt, new TextEncoder().encode(credential.seed)),
    reconnect: false,
  });
  t.teardown(() => connection.close());
  const heard: string[] = [];
  const listen = (subject: string): void => {
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) heard.push(message.subject);
      },
    });
  };
  for (const subject of [
    "jinshui.>",
    "jinshui.event.>",
    "jinshui.event.fanchang.>",
    "_INBOX_gateway.>",
    "jinshui.job.>",
  ])
    listen(subject);
  listen(`jinshui.event.wuhu.${EVENT}`);
  for (const subject of ["jinshui.storage.v1.wuhu.client-reports.find", "jinshui.storage.v1.wuhu.gateway.find"])
    await t.throwsAsync(connection.request(subject, "{}", { timeout: 1_000 }), undefined, subject);
  await addRecord(site, "WH-2005-09703");
  for (const end = Date.now() + 10_000; heard.length === 0 && Date.now() < end;) await sleep(50);
  await sleep(300);
  t.deepEqual(heard, [`jinshui.event.wuhu.${EVENT}`]);

  const administrator = (await site.signIn("sunjie")).client(federationApi);
  t.is((await (await site.signIn("sunjie")).send("POST", "/api/v1/bus/credential", {})).status, 403, "people get none");
  await administrator.withdrawClientGrant({ client: "reports", scopes: [`bus:${EVENT}`], reason: "停用" });
  t.is((await ask()).status, 403);
  const closed = connection.closed().then(() => "closed");
  t.is(await Promise.race([closed, sleep(10_000)]), "closed", "what it has is taken back at once");
});
