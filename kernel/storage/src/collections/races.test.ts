import { type Context, isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "../testing/each.js";
import { caseNumber, matter, note, office } from "../testing/matters.js";
import { as, storageService } from "../testing/storage-service.js";

const plugin: Context = as(undefined, { caller: "case" });
const offices = "case.office";

/** "ok" or the code in which a call ends. */
async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );
}

eachDatabase("a record is not removed while another comes to refer to it", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  for (let round = 0; round < 15; round += 1) {
    const { id } = await handlers.insert({ collection: "case.matter", values: { title: `事项${round}` } }, plugin);
    const values = { text: "笔录", matter: id };
    const [removed, ...inserted] = await Promise.all([
      outcome(handlers.remove({ collection: "case.matter", id, version: 1 }, plugin)),
      outcome(
        handlers.transact(
          {
            operations: [
              { op: "insert", collection: "case.note", values },
              { op: "insert", collection: offices, values: { name: `所${round}` } },
            ],
          },
          plugin,
        ),
      ),
      outcome(handlers.insert({ collection: "case.note", values }, plugin)),
    ]);
    const { total } = await handlers.count({ collection: "case.note", filter: { matter: id } }, plugin);
    const there = inserted.filter((code) => code === "ok").length;
    t.is(total, there);
    t.is(removed, there > 0 ? "still-used" : "ok", inserted.join());
  }
});

eachDatabase("many add to a record and change it, none in vain", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const { id } = await handlers.insert({ collection: "case.matter", values: { title: "事项" } }, plugin);
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      outcome(
        handlers.transact(
          {
            operations: [
              { op: "insert", collection: "case.note", values: { text: `笔录${index}`, matter: id } },
              { op: "update", collection: "case.matter", id, values: { amount: index } },
            ],
          },
          plugin,
        ),
      ),
    ),
  );
  t.deepEqual(new Set(outcomes), new Set(["ok"]));
});

eachDatabase("what is added to a branch that moves goes along with it", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const make = async (name: string, above?: string): Promise<string> =>
    (await handlers.insert({ collection: offices, values: { name, ...(above ? { above } : {}) } }, plugin)).id;
  const targets = [await make("甲"), await make("乙")];
  const moved = await make("支");
  const middle = await make("中", moved);
  const last = await make("末", middle);
  for (let round = 0; round < 15; round += 1) {
    const above = targets[round % 2] ?? "";
    const added = [0, 1, 2].map((index) => make(`新${round}-${index}`, last));
    await Promise.all([
      handlers.update({ collection: offices, id: moved, version: round + 1, values: { above } }, plugin),
      ...added.map((made) => outcome(made)),
    ]);
    const ids = await Promise.all(added);
    const { records } = await handlers.find(
      { collection: offices, filter: { id: { in: ids }, and: [{ above: { under: above } }] } },
      plugin,
    );
    t.is(records.length, ids.length, `round ${round}`);
  }
});

eachDatabase("a change that waited for another one does not seem older than it", async (t, { database }) => {
  const { handlers } = await storageService(t, database, [office, matter, note], {
    plugin: "case",
    formats: [caseNumber],
  });
  const collection = "case.matter";
  const { id } = await handlers.insert({ collection, values: { title: "一" } }, plugin);
  // as if the one that came first had begun later
  const later = new Date(Date.now() + 60_000).toISOString();
  await database.transaction((tx) => tx.update("c_case__matter", { id }, { updated_at: later }));
  const updated = await handlers.update({ collection, id, version: 1, values: { title: "二" } }, plugin);
  t.is(updated.updatedAt, later);
  t.is((await handlers.get({ collection, id, at: later }, plugin)).version, 2);
  await handlers.remove({ collection, id, version: 2 }, plugin);
  t.is(await outcome(handlers.get({ collection, id, at: later }, plugin)), "not-found");
  const { changes } = await handlers.history({ collection, id }, plugin);
  t.deepEqual(
    changes.map(({ at, action }) => [at === later, action]),
    [
      [true, "remove"],
      [true, "update"],
      [false, "insert"],
    ],
  );
});
