import { connectBus } from "@jinshui/bus";
import { RawConnection, startTestServer } from "@jinshui/bus/testing";
import { STREAM } from "@jinshui/contracts";
import test from "ava";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBusAuthority } from "./authority.js";
import { kernelGrant, pluginGrant } from "./grants.js";

test("nobody gets another to speak for it by the reply subject of a request, not the kernel, a plugin or the server", async (t) => {
  const authority = await openBusAuthority(await mkdtemp(join(tmpdir(), "jinshui-keys-")));
  const server = await startTestServer(await authority.serverConfig());
  t.teardown(() => server.stop());
  const connect = async (grant: Parameters<typeof authority.mint>[0]): ReturnType<typeof connectBus> => {
    const credential = await authority.mint(grant);
    const bus = await connectBus({ servers: server.url, caller: grant.name, credentials: () => credential });
    t.teardown(() => bus.drain());
    return bus;
  };
  const storage = await connect(kernelGrant("storage"));
  await storage.ensureStreams();
  await storage.ensureConsumer(STREAM.jobs, "evil", "jinshui.job.*.evil.>");
  await storage.respond("jinshui.storage.v1.*.*.*", "storage", () => Promise.resolve({}));
  const victim = await connect(pluginGrant("victim", { apis: [] }, 60, "r1"));
  const done: string[] = [];
  for (const verb of ["drain", "bureaus", "health"])
    await victim.respond(`jinshui.control.v1.victim.${verb}.r1`, undefined, () => {
      done.push(verb);
      return Promise.resolve({});
    });
  await victim.respond("jinshui.plugin.*.victim.v1.look.*", "victim", () => Promise.resolve({}));
  const evil = await RawConnection.open({
    server: server.url,
    credential: await authority.mint(pluginGrant("evil", { apis: ["storage"], plugins: ["victim.look"] }, 60, "r1")),
  });
  t.teardown(() => evil.close());
  const targets = [
    "jinshui.control.v1.victim.drain.r1",
    "$JS.API.STREAM.DELETE.EVENTS",
    "jinshui.event.wuhu.workflow.forged",
    "jinshui.job.wuhu.victim.forged",
    "_INBOX_gateway.x",
  ];
  for (const target of targets) {
    for (const subject of ["jinshui.storage.v1.wuhu.evil.find", "jinshui.plugin.wuhu.victim.v1.look.evil"])
      t.deepEqual(await evil.publish(subject, "{}", target), [], subject);
    // a server answers these wherever it is told to: an empty answer to STREAM.DELETE deletes the stream
    for (const subject of ["MSG.NEXT.JOBS.evil", "INFO.JOBS.evil"])
      t.regex((await evil.publish(`$JS.API.CONSUMER.${subject}`, "", target)).join(), /Permissions Violation/);
    t.regex((await evil.publish("$JS.ACK.JOBS.evil.1.1.1.1.0", "", target)).join(), /Permissions Violation/);
  }
  await sleep(300);
  t.deepEqual(done, [], "no control message was taken from anybody but the supervisor");
  const [events, jobs] = await Promise.all([storage.inspectStream(STREAM.events), storage.inspectStream(STREAM.jobs)]);
  t.deepEqual(
    [events?.lastSequence, jobs?.lastSequence],
    [0, 0],
    "both streams are there, with nothing forged in them",
  );
});
