import type { CollectionDefinition } from "@jinshui/contracts";
import { as, codeOf, storageService } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./site-files.js";

const CARDS = [{ card: "shell.todo", x: 0, y: 0, w: 8, h: 8 }];

async function collections(): Promise<CollectionDefinition[]> {
  const folder = join(root, "plugins/portal/collections");
  return Promise.all(
    (await readdir(folder)).map(
      async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as CollectionDefinition,
    ),
  );
}

eachDatabase("a layout is its person's alone, one for each kind of screen", async (t, { database }) => {
  const { handlers } = await storageService(t, database, await collections(), { plugin: "portal" });
  const [own, other] = [as("陈晓:portal.use"), as("王刚:portal.use:portal.manage")];
  const collection = "portal.layout";
  const key = { person: "陈晓", screen: "desk" };
  t.true((await handlers.upsert({ collection, key, values: { cards: [] } }, own)).created);
  const { record, created } = await handlers.upsert({ collection, key, values: { cards: CARDS } }, own);
  t.false(created);
  await handlers.upsert({ collection, key: { ...key, screen: "narrow" }, values: { cards: [] } }, own);
  const { records } = await handlers.find({ collection, filter: { screen: "desk" } }, own);
  t.deepEqual(
    records.map(({ values }) => values["cards"]),
    [CARDS],
  );
  t.deepEqual((await handlers.find({ collection }, other)).records, [], "an administrator sees none either");
  t.is(await codeOf(t, handlers.upsert({ collection, key, values: { cards: [] } }, other)), "not-found");
  const { id, version } = record;
  t.is(await codeOf(t, handlers.remove({ collection, id, version }, other)), "not-found");
  await handlers.remove({ collection, id, version }, own);
  t.true((await handlers.upsert({ collection, key, values: { cards: CARDS } }, own)).created, "after a reset");
});

eachDatabase("only administrators say what positions begin with and what everybody sees", async (t, { database }) => {
  const { handlers } = await storageService(t, database, await collections(), { plugin: "portal" });
  const [clerk, keeper] = [as("陈晓:portal.use"), as("孙洁:portal.use:portal.manage")];
  const layout = {
    collection: "portal.role-default",
    key: { position: "clerk", screen: "desk" },
    values: { cards: CARDS },
  };
  const pin = { collection: "portal.pinned-card", key: { card: "portal.announcements" }, values: { order: 1 } };
  for (const write of [layout, pin]) {
    t.is(await codeOf(t, handlers.upsert(write, clerk)), "forbidden");
    await handlers.upsert(write, keeper);
    t.is((await handlers.find({ collection: write.collection }, clerk)).records.length, 1);
  }
});
