import { connectBus } from "@jinshui/bus";
import { defineApi, isJinshuiError, storageApi } from "@jinshui/contracts";
import test from "ava";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { API_VERSIONS, majorsOf } from "./api-versions.js";
import { MAIN, probeManifest, writePlugin } from "./testing/probe-plugin.js";
import { startSite } from "./testing/site.js";

/** What a second major version might be: it answers otherwise. */
const second = defineApi("storage", 2, { count: storageApi.ops.count });

test("a range asks for the majors that it holds, and no more", (t) => {
  const served = { storage: ["1.4.0", "2.1.0"], auth: ["1.0.0"] };
  t.deepEqual(majorsOf({ storage: "^1.2", auth: "^1.0" }, served), { storage: [1], auth: [1] });
  t.deepEqual(majorsOf({ storage: ">=1.2 <3" }, served), { storage: [1, 2] });
  t.deepEqual(majorsOf({ storage: "^3.0", nothing: "^1.0" }, served), { storage: [], nothing: [] });
});

test("two majors of an API are served at once, and each plugin speaks the one that it asks for", async (t) => {
  const writeOld = (root: string): Promise<void> => writePlugin(join(root, "probe"), { main: MAIN });
  const manifest = { ...probeManifest(), id: "newer", requires: { apis: { storage: "^2.0" } } };
  const contributes = { permissions: [{ id: "newer.use", title: { "zh-CN": "用" }, positions: ["clerk"] }] };
  const newer = { ...manifest, grants: { apis: ["storage"] }, provides: { ops: {} }, contributes };
  const main = `import { plugin, runPlugin } from "@jinshui/plugin"; class Newer {} plugin()(Newer); await runPlugin(Newer);`;
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    plugins: ["probe", "newer"],
    apis: { ...API_VERSIONS, storage: ["1.0.0", "2.0.0"] },
    serve: (bus) => bus.serve(second, { count: () => Promise.resolve({ total: 4_711 }) }),
    prepare: async (root) => {
      await writeOld(root);
      await writePlugin(join(root, "newer"), { manifest: newer, main });
    },
  });
  for (const id of ["probe", "newer"]) while (site.supervisor.stateOf(id) !== "running") await sleep(20);
  const answers = async (plugin: string): Promise<string[]> => {
    const credential = await site.stolen(plugin);
    const bus = await connectBus({
      servers: site.supervisor.options.servers,
      caller: plugin,
      credentials: () => credential,
    });
    t.teardown(() => bus.drain());
    const call = { timeoutMs: 1_500 };
    const ask = (work: Promise<unknown>): Promise<string> =>
      work.then(JSON.stringify, (error: unknown) => (isJinshuiError(error) ? error.code : String(error)));
    return [
      await ask(bus.client(storageApi, "wuhu").count({ collection: "probe.note" }, call)),
      await ask(bus.client(second, "wuhu").count({ collection: "probe.note" }, call)),
    ];
  };
  t.deepEqual(await answers("probe"), ['{"total":0}', "forbidden"]);
  t.deepEqual(await answers("newer"), ["forbidden", '{"total":4711}']);
});
