import { Buffer } from "node:buffer";
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath, URL } from "node:url";
import { connectBus } from "../../../sdk/bus/dist/index.js";
import { startTestServer } from "../../../sdk/bus/dist/testing/index.js";
import { writeBenchPlugin } from "./plugin.mjs";

/** The library of the bus, as the SDK has it. */
export const nats = createRequire(new URL("../../../sdk/bus/package.json", import.meta.url))("nats");
const WARM_UP = 1_000;

/**
 * Milliseconds of requests with JSON to a process that answers by the library of the bus alone, and of the same to an operation of a
 * plugin, checked against its schemas at the plugin's end; taken in turns.
 */
export async function overhead(requests) {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
  await writeBenchPlugin(folder, "bench", "1.0.0");
  const server = await startTestServer("");
  const peer = fork(fileURLToPath(new URL("raw-peer.mjs", import.meta.url)), [server.url]);
  const bus = await connectBus({ servers: server.url, caller: "gateway" });
  const connection = await nats.connect({ servers: server.url });
  const plugin = spawn(process.execPath, ["dist/main.js"], { cwd: folder, stdio: ["pipe", "inherit", "inherit"] });
  try {
    const ready = Promise.withResolvers();
    await bus.respond("jinshui.control.v1.*.ready.*", undefined, async () => (ready.resolve(), {}));
    const peerIsReady = once(peer, "message");
    const told = { servers: server.url, plugin: "bench", run: "r1", bureaus: ["wuhu"] };
    plugin.stdin.write(`${JSON.stringify(told)}\n`);
    await Promise.all([ready.promise, peerIsReady]);
    const input = { text: "a".repeat(200) };
    const call = bus.plugin("wuhu", "bench", 1);
    const ways = {
      raw: async () => {
        const { data } = await connection.request("bench.raw", Buffer.from(JSON.stringify(input)), {
          timeout: 5_000,
        });
        return JSON.parse(Buffer.from(data).toString());
      },
      sdk: () => call("echo", input),
    };
    const times = { raw: [], sdk: [] };
    for (let turn = 0; turn < requests + WARM_UP; turn += 1)
      for (const [name, work] of Object.entries(ways)) {
        const begin = performance.now();
        await work();
        if (turn >= WARM_UP) times[name].push(performance.now() - begin);
      }
    return times;
  } finally {
    plugin.stdin.end();
    peer.kill();
    await connection.drain();
    await bus.drain();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
