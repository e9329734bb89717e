import { isJinshuiError, supervisorApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSite, type TestSite } from "../testing/site.js";
import { writeSmallPlugin } from "../testing/small-plugin.js";

const title = { "zh-CN": "指标" };
const BOARD = `
class Board {
  constructor(plugins, storage) { this.plugins = plugins; this.storage = storage; }
  async totals() {
    const found = [];
    for (const { plugin, entry } of await this.plugins.contributed("kpis"))
      found.push([plugin, entry.name, entry.op === undefined ? "" : (await this.plugins.ask(plugin + "." + entry.op, { of: entry.name })).total]);
    return { found };
  }
  async other({ operation }) { return { got: await this.plugins.ask(operation, {}) }; }
}
inject(Plugins)(Board, undefined, 0);
inject(Storage)(Board, undefined, 1);
plugin()(Board);
op("totals")(Board.prototype, "totals");
op("other")(Board.prototype, "other");
await runPlugin(Board);
`;
const COUNTER = `
class Counter {
  constructor(storage) { this.storage = storage; }
  async count({ of }, call) { return { total: of + ":" + (await this.storage.count({ collection: "counter.note" })).total + ":" + call.hasActor }; }
  async secret() { return { secret: 1 }; }
}
inject(Storage)(Counter, undefined, 0);
plugin()(Counter);
op("count")(Counter.prototype, "count");
op("secret")(Counter.prototype, "secret");
await runPlugin(Counter);
`;
const POINT = {
  type: "object",
  properties: { name: { type: "string", maxLength: 20 }, op: { type: "string" } },
  required: ["name"],
  additionalProperties: false,
};

async function start(t: ExecutionContext): Promise<TestSite> {
  const site = await startSite((close) => t.teardown(close), {
    enabledIn: ["wuhu"],
    plugins: ["board", "counter", "quiet"],
    prepare: async (plugins) => {
      await writeSmallPlugin(join(plugins, "board"), {
        id: "board",
        main: BOARD,
        ops: ["totals", "other"],
        provides: { points: { kpis: "kpi.json" } },
        files: { "kpi.json": POINT },
      });
      await writeSmallPlugin(join(plugins, "counter"), {
        id: "counter",
        main: COUNTER,
        ops: ["count", "secret"],
        permissions: { count: "counter.use" },
        contributes: {
          permissions: [{ id: "counter.use", title, positions: ["clerk"] }],
          collections: "collections/",
          to: { "board.kpis": [{ name: "notes", op: "count" }, { name: 7 }, { name: "plain" }] },
        },
        files: {
          "collections/note.json": {
            name: "note",
            title,
            fields: { text: { type: "string", title } },
            display: { title: "text", list: ["text"] },
            permissions: { read: ["counter.use"], write: ["counter.use"] },
          },
        },
      });
      await writeSmallPlugin(join(plugins, "quiet"), { id: "quiet", main: BOARD, ops: ["totals", "other"] });
    },
  });
  for (const id of ["board", "counter", "quiet"])
    for (const end = Date.now() + 15_000; site.supervisor.stateOf(id) !== "running" && Date.now() < end;)
      await sleep(20);
  return site;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

test.serial(
  "what one plugin contributes to another is listed for people and for that plugin, which calls it with the person's rights",
  async (t) => {
    const site = await start(t);
    const listed = async (person: string): Promise<unknown[]> => {
      const { bureau, call } = await site.admin(person);
      const { entries } = await site.gateway
        .client(supervisorApi, bureau)
        .contributed({ plugin: "board", point: "kpis" }, call);
      return entries.map(({ plugin, entry }) => [plugin, entry]);
    };
    // the second entry does not fit the point's schema
    const all = [
      ["counter", { name: "notes", op: "count" }],
      ["counter", { name: "plain" }],
    ];
    t.deepEqual(await listed("lixia"), all);
    t.deepEqual(await listed("sunjie"), all.slice(1), "who may not call the operation does not see its entry");
    const totals = (person: string): Promise<Record<string, unknown>> =>
      site.callPlugin("totals", {}, { plugin: "board", person });
    t.deepEqual((await totals("lixia"))["found"], [
      ["counter", "notes", "notes:0:true"],
      ["counter", "plain", ""],
    ]);
    t.deepEqual((await totals("sunjie"))["found"], [["counter", "plain", ""]]);

    const { bureau, call } = await site.admin();
    const client = site.gateway.client(supervisorApi, bureau);
    await client.setEnabled({ plugin: "counter", bureau, enabled: false }, call);
    t.deepEqual(await listed("lixia"), [], "off it contributes nothing");
    await client.setEnabled({ plugin: "counter", bureau, enabled: true }, call);
    t.deepEqual(await listed("lixia"), all);
    const page = await client.contributed({ plugin: "board", point: "kpis", limit: 1 }, call);
    t.is(page.entries.length, 1);
  },
);

test.serial(
  "a plugin asks for what was contributed to it or granted, and for nothing else; a person without the right is refused",
  async (t) => {
    const site = await start(t);
    const ask = (operation: string, person: string, plugin = "board"): Promise<string> =>
      codeOf(site.callPlugin("other", { operation }, { plugin, person }));
    t.is(await ask("counter.count", "lixia"), "ok");
    t.is(await ask("counter.count", "sunjie"), "forbidden", "the operation takes a right that this person lacks");
    t.is(await ask("counter.secret", "lixia"), "forbidden", "not contributed to the board");
    // one that names neither points nor operations of others has no right to ask: the bus itself refuses
    t.not(await ask("counter.count", "lixia", "quiet"), "ok");
    const refused = await site.database.find("audit_entry", { where: { action: "supervisor.ask" } });
    t.true(refused.length >= 2);
    t.true(refused.every((row) => row["result"] === "denied" && row["caller"] === "board"));
  },
);
