import { eachDatabase } from "../testing/each.js";
import type { TableDefinition } from "./table.js";

const MATTER: TableDefinition = {
  name: "gathered_matter",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    version: { type: "integer", nullable: false },
    state: { type: "json" },
    ended_at: { type: "instant" },
  },
};
const LINE: TableDefinition = {
  name: "gathered_line",
  primaryKey: ["id"],
  columns: { id: { type: "serial" }, matter: { type: "id", nullable: false }, text: { type: "string" } },
};

eachDatabase("a gathered transaction reads what it has written, and says what it has changed", async (t, db) => {
  const { database } = db;
  await database.ensureTables([MATTER, LINE]);
  await database.transaction((tx) =>
    tx.insert(
      "gathered_matter",
      ["a", "b", "c"].map((id) => ({ id, version: 1, state: { at: id } })),
    ),
  );
  await database.transaction(
    async (tx) => {
      const locked = await tx.findForUpdate("gathered_matter", { where: { id: { in: ["a", "b"] } }, orderBy: ["id"] });
      t.deepEqual(
        locked.map(({ id }) => id),
        ["a", "b"],
      );
      t.is(await tx.update("gathered_matter", { id: "a", version: 1 }, { version: 2, state: { at: "x" } }), 1);
      t.is(await tx.update("gathered_matter", { id: "a", version: 1 }, { version: 9 }), 0, "it has version 2 now");
      t.is(await tx.update("gathered_matter", { id: "b", version: 5 }, { version: 9 }), 0);
      t.is(await tx.update("gathered_matter", { id: "b", version: 1 }, { version: 2, ended_at: tx.time }), 1);
      t.is(
        await tx.update("gathered_matter", { id: "c", version: 1 }, { version: 3 }),
        1,
        "one that it has not locked",
      );
      t.like(await tx.findOne("gathered_matter", { id: "a" }), { version: 2, state: { at: "x" } });
      for (const matter of ["a", "b", "a"]) await tx.insert("gathered_line", { matter, text: `of ${matter}` });
      await tx.insert("gathered_line", { matter: "c" });
      t.is(await tx.count("gathered_line", { matter: "a" }), 2);
      const [first] = await tx.find("gathered_line", { orderBy: ["id"] });
      if (first) first["text"] = "spoilt";
      t.is((await tx.find("gathered_line", { orderBy: ["id"] }))[0]?.["text"], "of a", "who reads it may change it");
      await tx.insert("gathered_line", { matter: "b", text: "last" });
      t.is(await tx.remove("gathered_line", { text: "last" }), 1);
      await tx.insert("gathered_line", { matter: "b", text: "at the end" });
    },
    { gathered: true },
  );
  const matters = await database.find("gathered_matter", { orderBy: ["id"] });
  t.deepEqual(
    matters.map(({ version, state, ended_at: ended }) => [version, state, ended !== undefined]),
    [
      [2, { at: "x" }, false],
      [2, { at: "b" }, true],
      [3, { at: "c" }, false],
    ],
  );
  const lines = await database.find("gathered_line", { orderBy: ["id"] });
  t.deepEqual(
    lines.map(({ text }) => text),
    ["of a", "of b", "of a", undefined, "at the end"],
    "in the order in which they came",
  );
});

eachDatabase("a gathered transaction that fails at its end has done nothing", async (t, db) => {
  const { database } = db;
  await database.ensureTables([MATTER, LINE]);
  await database.transaction((tx) => tx.insert("gathered_matter", { id: "a", version: 1 }));
  await t.throwsAsync(
    database.transaction(
      async (tx) => {
        await tx.findOneForUpdate("gathered_matter", { id: "a" });
        await tx.update("gathered_matter", { id: "a" }, { version: 2 });
        await tx.insert("gathered_line", { matter: "a" });
        await tx.insert("gathered_matter", { id: "a", version: 7 });
      },
      { gathered: true },
    ),
    { message: /gathered_matter|unique|a/ },
  );
  t.is((await database.findOne("gathered_matter", { id: "a" }))?.["version"], 1);
  t.is(await database.count("gathered_line"), 0);
});
