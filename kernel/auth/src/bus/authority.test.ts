import { connectBus } from "@jinshui/bus";
import { startTestServer } from "@jinshui/bus/testing";
import { isJinshuiError, STREAM } from "@jinshui/contracts";
import test from "ava";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBusAuthority } from "./authority.js";
import { gatewayGrant, kernelGrant, pluginGrant } from "./grants.js";

const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));

test("a credential speaks as itself, hears itself, and nothing else gets through", async (t) => {
  const authority = await openBusAuthority(await mkdtemp(join(tmpdir(), "jinshui-keys-")));
  const server = await startTestServer(await authority.serverConfig());
  t.teardown(() => server.stop());
  const connect = async (grant: Parameters<typeof authority.mint>[0]): ReturnType<typeof connectBus> => {
    const credential = await authority.mint(grant);
    const bus = await connectBus({ servers: server.url, caller: grant.name, credentials: () => credential });
    t.teardown(() => bus.drain());
    return bus;
  };
  await t.throwsAsync(connectBus({ servers: server.url, caller: "nobody" }));
  const kernel = await connect(kernelGrant("storage"));
  await kernel.ensureStreams();
  await kernel.ensureConsumer(STREAM.jobs, "asset", "jinshui.job.*.asset.>");
  await kernel.ensureConsumer(STREAM.jobs, "other", "jinshui.job.*.other.>");
  await kernel.respond("jinshui.storage.v1.*.*.*", "storage", (_input, { subject }) => Promise.resolve({ subject }));
  const asset = await connect(pluginGrant("asset", { apis: ["storage"], plugins: ["other.look"] }, 60, "r1"));
  const other = await connect(pluginGrant("other", { apis: [] }, 60, "r1"));
  const gateway = await connect(gatewayGrant);
  await other.respond("jinshui.plugin.wuhu.other.v1.look.*", undefined, () => Promise.resolve({ seen: true }));
  await other.respond("jinshui.plugin.wuhu.other.v1.secret.*", undefined, () => Promise.resolve({ seen: true }));

  const ask = (bus: typeof asset, subject: string): Promise<string> =>
    bus.request(subject, {}, { timeoutMs: 700 }).then(() => "ok", code);
  t.is(await ask(asset, "jinshui.storage.v1.wuhu.asset.find"), "ok");
  t.is(await ask(asset, "jinshui.plugin.wuhu.other.v1.look.asset"), "ok");
  t.is(await ask(gateway, "jinshui.storage.v1.wuhu.gateway.find"), "ok");
  t.is(await ask(gateway, "jinshui.plugin.wuhu.other.v1.look.gateway"), "ok");
  for (const [bus, subject] of [
    [asset, "jinshui.storage.v1.wuhu.gateway.find"],
    [asset, "jinshui.storage.v1.wuhu.other.find"],
    [asset, "jinshui.workflow.v1.wuhu.asset.start"],
    [asset, "jinshui.plugin.wuhu.other.v1.secret.asset"],
    [asset, "jinshui.plugin.wuhu.other.v1.look.gateway"],
    [asset, "$JS.API.STREAM.LIST"],
    [asset, "$JS.API.STREAM.DELETE.JOBS"],
    [asset, "$JS.API.CONSUMER.INFO.JOBS.other"],
    [asset, "$JS.API.CONSUMER.INFO.JOBS.asset"],
    [asset, "$JS.API.CONSUMER.MSG.NEXT.JOBS.asset"],
    [asset, "jinshui.event.wuhu.asset.made"],
    [asset, "jinshui.control.v1.other.drain.r1"],
    [other, "jinshui.storage.v1.wuhu.other.find"],
    [gateway, "jinshui.event.wuhu.gateway.made"],
    [gateway, "$JS.API.STREAM.LIST"],
  ] as const) {
    t.not(await ask(bus, subject), "ok", subject);
  }

  const heard: string[] = [];
  for (const subject of [
    "jinshui.>",
    "_INBOX_gateway.>",
    "_INBOX_storage.>",
    "jinshui.plugin.*.other.>",
    "jinshui.job.>",
    "jinshui.event.>",
  ]) {
    asset.subscribe(subject, (_body, on) => heard.push(on));
  }
  await ask(gateway, "jinshui.storage.v1.wuhu.gateway.find");
  await kernel.publishStored("jinshui.event.wuhu.storage.made", {}, { id: "e1" });
  await sleep(200);
  t.deepEqual(heard, []);
});

// checklist: 58
test("an expired credential is cut off, and a renewed one is used at the next connect", async (t) => {
  const authority = await openBusAuthority(await mkdtemp(join(tmpdir(), "jinshui-keys-")));
  const server = await startTestServer(await authority.serverConfig());
  t.teardown(() => server.stop());
  let credential = await authority.mint({ ...pluginGrant("asset", { apis: ["storage"] }, 2, "r1") });
  const kernelCredential = await authority.mint(kernelGrant("storage"));
  const kernel = await connectBus({ servers: server.url, caller: "storage", credentials: () => kernelCredential });
  t.teardown(() => kernel.drain());
  await kernel.respond("jinshui.storage.v1.*.*.*", "storage", () => Promise.resolve({}));
  const asset = await connectBus({ servers: server.url, caller: "asset", credentials: () => credential });
  t.teardown(() => asset.drain());
  const ask = (): Promise<string> =>
    asset.request("jinshui.storage.v1.wuhu.asset.find", {}, { timeoutMs: 500 }).then(() => "ok", code);
  t.is(await ask(), "ok");
  await sleep(3_000);
  t.not(await ask(), "ok");
  credential = await authority.mint(pluginGrant("asset", { apis: ["storage"] }, 60, "r1"));
  let answer = "";
  for (let tries = 0; tries < 20 && answer !== "ok"; tries += 1) answer = await ask();
  t.is(answer, "ok");
});
