import { connectBus, type ConnectionNotice, silent } from "@jinshui/bus";
import { RawConnection, startTestServer } from "@jinshui/bus/testing";
import { isJinshuiError } from "@jinshui/contracts";
import test from "ava";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBusAuthority } from "./authority.js";
import { gatewayGrant, kernelGrant, pluginGrant } from "./grants.js";
import { kernelCredentials } from "./kernel-credentials.js";
import { openBusKeeper } from "./keeper.js";

/** Three times what a site takes at most: the machine may have other work. */
const LIMIT_MS = 15_000;

test("a credential that is taken back loses its open connection at once and is refused afterwards, also by a server that was started again", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-keys-"));
  const authority = await openBusAuthority(folder);
  const server = await startTestServer(await authority.serverConfig());
  t.teardown(() => server.stop());
  const kept: string[] = [];
  const keeper = await openBusKeeper({
    authority,
    servers: server.url,
    log: silent,
    keep: async (config) => {
      kept.push(config);
      const base = `listen: "${server.url}"\njetstream { store_dir: "${join(server.folder, "js")}" }\n`;
      await writeFile(join(server.folder, "nats.conf"), `${base}${config}\n`);
    },
  });
  t.teardown(() => keeper.close());
  const heard: ConnectionNotice[] = [];
  keeper.onConnections((notice) => heard.push(notice));
  const kernelCredential = await authority.mint(kernelGrant("storage"));
  const kernel = await connectBus({ servers: server.url, caller: "storage", credentials: () => kernelCredential });
  t.teardown(() => kernel.drain());
  await kernel.ensureStreams();
  await kernel.respond("jinshui.storage.v1.*.*.*", "storage", () => Promise.resolve({}));
  const credential = await authority.mint(pluginGrant("evil", { apis: ["storage"] }, 3_600, "r1"));
  const other = await authority.mint(pluginGrant("good", { apis: ["storage"] }, 3_600, "r1"));
  const raw = await RawConnection.open({ server: server.url, credential });
  const good = await connectBus({ servers: server.url, caller: "good", credentials: () => other });
  t.teardown(() => good.drain());
  const ask = (): Promise<string> =>
    good.request("jinshui.storage.v1.wuhu.good.find", {}, { timeoutMs: 1_000 }).then(
      () => "ok",
      (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
    );
  const answers: string[] = [];
  let loading = true;
  const load = (async () => {
    while (loading) answers.push(await ask());
  })();

  const begin = performance.now();
  await keeper.revoke([credential.id]);
  while (raw.isOpen && performance.now() - begin < LIMIT_MS) await sleep(5);
  const ms = performance.now() - begin;
  t.log(`cut after ${ms.toFixed(0)} ms`);
  t.false(raw.isOpen);
  t.true(ms < LIMIT_MS);
  await sleep(100);
  t.true(
    heard.some(({ kind, credential: who, reason }) => kind === "disconnect" && who === credential.id && reason !== ""),
  );
  await t.throwsAsync(RawConnection.open({ server: server.url, credential }), { message: /Authorization Violation/ });
  for (let times = 0; times < 20; times += 1) await keeper.revoke([(await authority.mint(kernelGrant("x"))).id]);
  loading = false;
  await load;
  t.log(`${answers.length} requests of another meanwhile`);
  t.true(answers.length > 20);
  t.deepEqual([...new Set(answers)], ["ok"], "nobody else notices");

  t.true(kept.length > 0);
  await server.kill();
  await server.restart();
  await t.throwsAsync(RawConnection.open({ server: server.url, credential }), { message: /Authorization Violation/ });
});

test("what an earlier kernel has issued is refused once the next one is there", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-keys-"));
  const earlier = await openBusAuthority(folder);
  const server = await startTestServer(await earlier.serverConfig());
  t.teardown(() => server.stop());
  const credential = await earlier.mint(pluginGrant("evil", { apis: [] }, 3_600, "r1"));
  const left = await RawConnection.open({ server: server.url, credential });
  await sleep(1_100);
  const authority = await openBusAuthority(folder);
  const keeper = await openBusKeeper({
    authority,
    servers: server.url,
    log: silent,
    keep: () => Promise.resolve(),
  });
  t.teardown(() => keeper.close());
  for (let tries = 0; left.isOpen && tries < 100; tries += 1) await sleep(10);
  t.false(left.isOpen, "a process that outlived its kernel is cut off");
  await t.throwsAsync(RawConnection.open({ server: server.url, credential }), { message: /Authorization Violation/ });
  const fresh = await RawConnection.open({
    server: server.url,
    credential: await authority.mint(pluginGrant("evil", { apis: [] }, 60, "r1")),
  });
  fresh.close();
});

test("a kernel that starts beside another takes its credentials back, and the other goes on with new ones", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-keys-"));
  const authority = await openBusAuthority(folder);
  const server = await startTestServer(await authority.serverConfig());
  t.teardown(() => server.stop());
  const credentials = await kernelCredentials(authority, kernelGrant("storage"));
  const kernel = await connectBus({ servers: server.url, caller: "storage", credentials });
  t.teardown(() => kernel.drain());
  await kernel.respond("jinshui.storage.v1.*.*.*", "storage", () => Promise.resolve({}));
  const issued = Math.floor(Date.now() / 1_000);
  // what a credential says of its time is in seconds
  while (Math.floor(Date.now() / 1_000) < issued + 3) await sleep(50);

  let cut = false;
  kernel.onReconnect(() => (cut = true));
  const beside = await openBusAuthority(folder);
  const keeper = await openBusKeeper({
    authority: beside,
    servers: server.url,
    log: silent,
    keep: () => Promise.resolve(),
  });
  t.teardown(() => keeper.close());
  const asking = await kernelCredentials(beside, gatewayGrant);
  const other = await connectBus({ servers: server.url, caller: "gateway", credentials: asking });
  t.teardown(() => other.drain());
  const answer = (): Promise<string> =>
    other.request("jinshui.storage.v1.wuhu.gateway.find", {}, { timeoutMs: 1_000 }).then(
      () => "ok",
      (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
    );
  for (const end = performance.now() + LIMIT_MS; !cut && performance.now() < end;) await sleep(50);
  t.true(cut, "it was cut off and came back");
  t.is(await answer(), "ok");
});
