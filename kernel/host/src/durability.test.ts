import { isJinshuiError } from "@jinshui/contracts";
import { startTestBus } from "@jinshui/bus/testing";
import test from "ava";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseDurability, isMountedSync } from "./durability.js";
import { StoreSync } from "./store-sync.js";

const MOUNTS = `/dev/vda / ext4 rw,relatime 0 0
/dev/vdb /var/lib/nats ext4 rw,sync,relatime 0 0
/dev/vdc /var/lib/nats/scratch\\040pad xfs rw,async 0 0
`;

test("the mount that holds the store decides whether it is written through", (t) => {
  t.true(isMountedSync("/var/lib/nats/js", MOUNTS));
  t.false(isMountedSync("/var/lib/nats/scratch pad/js", MOUNTS));
  t.false(isMountedSync("/var/lib/natsy", MOUNTS));
  t.false(isMountedSync("/srv", MOUNTS));
});

test("the profile follows from what is seen, then from what is declared; what can't be true is refused", async (t) => {
  const profile = async (facts: Partial<Parameters<typeof chooseDurability>[0]>): Promise<string> =>
    (await chooseDurability({ serverVersion: "2.9.10", declared: {}, mounts: MOUNTS, ...facts })).profile;
  t.is(await profile({ store: "/srv/js" }), "A");
  t.is(await profile({ declared: { store: "/srv/js" } }), "A");
  t.is(await profile({ store: "/var/lib/nats/js" }), "B");
  t.is(await profile({ declared: { durability: "mount-sync" } }), "B");
  t.is(await profile({ store: "/srv/js", syncsAlways: true, serverVersion: "2.12.1" }), "C");
  t.is(await profile({ declared: { durability: "sync-always" }, serverVersion: "2.10.0" }), "C");
  t.is(await profile({}), "none");
  for (const facts of [
    { declared: { durability: "sync-always" as const } },
    { declared: { durability: "mount-sync" as const, store: "/srv/js" } },
  ]) {
    const error = await t.throwsAsync(profile(facts));
    t.true(isJinshuiError(error) && error.code === "invalid-file");
  }
});

test("what the server has acknowledged is written through: new streams whole, then the blocks that have changed", async (t) => {
  const { bus, server, stop } = await startTestBus("storage");
  t.teardown(stop);
  await bus.ensureStreams();
  const sync = new StoreSync(join(server.folder, "js"));
  await sync.settle();
  const publish = (id: string): Promise<unknown> => bus.publishStored("jinshui.event.wuhu.test.made", { id }, { id });
  await Promise.all(Array.from({ length: 300 }, (_, index) => publish(`e${index}`)));
  await Promise.all(Array.from({ length: 8 }, () => sync.settle()));
  await bus.recreateStream("EVENTS");
  await publish("again");
  await sync.settle();
  t.pass();
});

test("a pass asks the kernel to write exactly the stream's last block and folder", async (t) => {
  if (!existsSync("/usr/bin/strace")) {
    t.log("skipped: strace is not installed");
    t.pass();
    return;
  }
  const { bus, server, stop } = await startTestBus("storage");
  const folder = await mkdtemp(join(tmpdir(), "jinshui-strace-"));
  t.teardown(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  await bus.ensureStreams();
  const module = new URL("store-sync.js", import.meta.url).href;
  const script = `import { StoreSync } from ${JSON.stringify(module)};
    const sync = new StoreSync(${JSON.stringify(join(server.folder, "js"))});
    await sync.settle();
    process.stdout.write("ready");
    process.stdin.once("data", async () => { await sync.settle(); process.exit(0); });`;
  const trace = join(folder, "trace");
  const child = spawn(
    "strace",
    ["-f", "-y", "-e", "trace=fsync,fdatasync", "-o", trace, process.execPath, "--input-type=module", "-e", script],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  const before = (await readFile(trace, "utf8")).length;
  t.regex(await readFile(trace, "utf8"), /EVENTS\/meta\.inf/);
  await bus.publishStored("jinshui.event.wuhu.test.made", {}, { id: "e" });
  child.stdin.write("go");
  await once(child, "exit");
  const calls = (await readFile(trace, "utf8")).slice(before);
  t.regex(calls, /EVENTS\/msgs\/1\.blk/);
  t.notRegex(calls, /JOBS/);
});
