import { CollectionDefinition, Field, isJinshuiError, storageApi, supervisorApi } from "@jinshui/contracts";
import { TestSite } from "@jinshui/testing";
import test from "ava";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { headersOf, root } from "./site-files.js";

const guide = readFileSync(join(root, "docs/authors-guide.md"), "utf8");

/** The files of the worked example, by path. */
const example = new Map(
  [...guide.matchAll(/^`([\w/.-]+\.json)`\n```json\n([\s\S]*?)^```$/gm)].map(([, path = "", text = ""]) => [
    path,
    text,
  ]),
);

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => (isJinshuiError(error) ? error : String(error)),
  );

async function writeExample(folder: string, change: Record<string, string> = {}): Promise<void> {
  for (const [path, text] of [...example, ...Object.entries(change)]) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A site of a copy of the configuration in which the city has the example as well. */
async function siteWithExample(own: string): Promise<TestSite> {
  const configs = join(own, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  const edit = async (file: string, from: string, to: string): Promise<void> =>
    writeFile(join(configs, file), (await readFile(join(configs, file), "utf8")).replace(from, to));
  await edit("base.yaml", "plugins: [plugins]", `plugins: [plugins, ${relative(root, join(own, "plugins"))}]`);
  await edit("bureaus/wuhu-county.yaml", "plugins:\n", "plugins:\n  trips: { enabled: true }\n");
  return TestSite.start({ configs });
}

test("the guide names every type of field and every property of fields and collections", (t) => {
  const { properties } = Field;
  const names = [
    ...properties.type.enum,
    ...Object.keys(properties),
    ...Object.keys(CollectionDefinition.properties),
    ...Object.keys(CollectionDefinition.properties.display.properties),
    ...Object.keys(storageApi.ops).filter((name) => !/quarantin|file|template|cancel|transfers|describe/i.test(name)),
  ].filter((name) => !["$schema", "name"].includes(name));
  t.true(names.length > 50);
  t.deepEqual(
    names.filter((name) => !new RegExp(`\\W${name}\\W`).test(guide)),
    [],
  );
});

test("the guide's program signs in over HTTP, and a change that is sent again has one effect", async (t) => {
  const [, program = ""] = /^`count[.]mjs`\n```js\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  const own = await mkdtemp(join(tmpdir(), "jinshui-guide-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const file = join(own, "count.mjs");
  await writeFile(file, program);
  const site = await TestSite.start();
  t.teardown(() => site.stop());
  for (const time of ["first", "second"]) {
    const { stdout } = await promisify(execFile)(process.execPath, [file, site.url]);
    t.is(stdout, "{ total: 1 }\n", time);
  }
});

test("the guide's worked example does what the guide says", async (t) => {
  t.deepEqual([...example.keys()], ["package.json", "collections/car.json", "collections/trip.json"]);
  const own = await mkdtemp(join(tmpdir(), "jinshui-guide-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const folder = join(own, "plugins", "trips");
  await writeExample(folder);
  const site = await siteWithExample(own);
  t.teardown(() => site.stop());
  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  t.like(
    (await administrator.plugins({})).plugins.find(({ id }) => id === "trips"),
    { state: "running" },
  );
  const clerk = (await site.signIn("chenxiao")).client(storageApi);
  const chief = (await site.signIn("wanggang")).client(storageApi);
  const [cars, trips] = ["trips.car", "trips.trip"];

  // both have a page, for those who may see it
  const viewsOf = async (username: string): Promise<string[]> => {
    const { plugins } = await (await site.signIn(username)).client(supervisorApi).contributions({});
    return plugins.find(({ id }) => id === "trips")?.views.map(({ id }) => id) ?? [];
  };
  t.deepEqual(await viewsOf("chenxiao"), ["trips", "cars"]);
  t.deepEqual(await viewsOf("zhaomin"), []);

  // a tree, and a unique rule
  const pool = await chief.insert({ collection: cars, values: { plate: "芜湖车队" } });
  const car = await chief.insert({ collection: cars, values: { plate: "皖B00001", pool: pool.id } });
  t.like(await failure(chief.insert({ collection: cars, values: { plate: "皖B00001" } })), { code: "not-unique" });
  t.is((await chief.count({ collection: cars, filter: { pool: { under: pool.id } } })).total, 1);
  t.like(await failure(chief.remove({ collection: cars, id: pool.id, version: 1 })), { code: "still-used" });

  // number, default, computed value, format, check
  const me = (await (
    await fetch(`${site.url}/api/v1/session`, { headers: await headersOf(site, "chenxiao") })
  ).json()) as {
    id: string;
  };
  const values = {
    driver: me.id,
    phone: "138 0000 0000",
    car: car.id,
    starts: "2026-11-02",
    ends: "2026-11-03",
    km: "120.5",
  };
  const trip = await clerk.insert({ collection: trips, values });
  t.like(trip.values, { kind: "work", cost: 9_640 });
  t.regex(String(trip.values["number"]), /^YC20\d\d-0001$/);
  t.like(await failure(clerk.insert({ collection: trips, values: { ...values, ends: "2026-11-01" } })), {
    details: { fields: [{ field: "ends", code: "check", params: { message: "返回不能早于出发" } }] },
  });

  // rows, fields, masks
  const others = await chief.insert({
    collection: trips,
    values: { car: car.id, starts: "2026-11-05", phone: "13900000000" },
  });
  t.like(await failure(clerk.get({ collection: trips, id: others.id })), { code: "not-found" });
  t.like((await clerk.get({ collection: trips, id: trip.id })).values, { phone: "138****0000" });
  t.like((await chief.get({ collection: trips, id: trip.id })).values, { phone: "13800000000" });
  t.like(await failure(clerk.update({ collection: trips, id: trip.id, version: 1, values: { verdict: "好" } })), {
    code: "forbidden",
  });
  t.like(await failure(clerk.startExport({ collection: trips, format: "csv" })), { code: "forbidden" });

  // versions, keys, reading
  const judged = await chief.update({ collection: trips, id: trip.id, version: 1, values: { verdict: "属实" } });
  t.is(judged.version, 2);
  t.like(await failure(clerk.update({ collection: trips, id: trip.id, version: 1, values: { km: "1" } })), {
    code: "stale-version",
  });
  const key = { idempotencyKey: "once" };
  const again = { collection: trips, values: { car: car.id, starts: "2026-11-09" } };
  t.is((await chief.insert(again, key)).id, (await chief.insert(again, key)).id);
  t.like(await failure(chief.insert({ ...again, values: { ...again.values, km: "1" } }, key)), {
    code: "idempotency-key-reused",
  });
  const { records } = await chief.find({
    collection: trips,
    filter: { kind: "work", or: [{ km: { gte: "100" } }, { ends: { empty: true } }] },
    relations: ["car"],
  });
  t.deepEqual(
    records.map(({ values: { starts } }) => starts),
    ["2026-11-09", "2026-11-05", "2026-11-02"],
  );
  const { related } = await chief.get({ collection: cars, id: car.id, relations: ["trips"] });
  t.like(related?.["trips"], { records: { length: 3 }, more: false });
  const { groups } = await chief.aggregate({
    collection: trips,
    groupBy: [{ field: "starts", bucket: "month" }],
    measures: { cost: { fn: "sum", field: "cost" } },
  });
  t.deepEqual(groups, [{ starts: "2026-11", cost: 9_640 }]);
  t.deepEqual(
    (await chief.history({ collection: trips, id: trip.id })).changes.map(({ action }) => action),
    ["update", "insert"],
  );
  const { changes } = await chief.changes({ collection: trips });
  t.deepEqual(
    changes.map(({ id }) => id),
    [trip.id, others.id, trip.id, records[0]?.id],
  );

  // another name for a field: computed from the old one, in the background
  const renamed = JSON.parse(example.get("collections/trip.json") ?? "") as { fields: Record<string, object> };
  renamed.fields["remark"] = { type: "text", title: { "zh-CN": "审核" }, computed: "verdict" };
  const manifest = (example.get("package.json") ?? "").replace('"1.0.0"', '"1.1.0"');
  await writeExample(folder, { "collections/trip.json": JSON.stringify(renamed), "package.json": manifest });
  await administrator.restart({ plugin: "trips" });
  let remark: unknown;
  for (const end = Date.now() + 10_000; remark === undefined && Date.now() < end;)
    remark = (await chief.get({ collection: trips, id: trip.id })).values["remark"];
  t.is(remark, "属实");
});
