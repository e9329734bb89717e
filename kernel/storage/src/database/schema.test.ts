import { isJinshuiError } from "@jinshui/contracts";
import { openDatabase } from "./database.js";
import { eachDatabase } from "../testing/each.js";
import type { TableDefinition } from "./table.js";

const first: TableDefinition = {
  name: "register",
  primaryKey: ["id"],
  columns: { id: { type: "id" }, name: { type: "string", length: 5 }, code: { type: "string", length: 20 } },
};
const wide: TableDefinition = { ...first, columns: { ...first.columns, name: { type: "string", length: 300 } } };

eachDatabase(
  "a text that may be longer from now on holds the longer one, and the old one stays",
  async (t, { database }) => {
    await database.ensureTables([first]);
    await database.transaction((tx) => tx.insert("register", { id: "a", name: "12345" }));
    await database.ensureTables([wide]);
    await database.transaction((tx) => tx.insert("register", { id: "b", name: "税".repeat(300) }));
    await database.ensureTables([first]);
    t.deepEqual(
      (await database.find("register", { orderBy: ["id"] })).map((row) => String(row["name"]).length),
      [5, 300],
    );
  },
);

eachDatabase(
  "a new unique rule that rows break is a conflict that names it; the rows stay",
  async (t, { database }) => {
    await database.ensureTables([first]);
    await database.transaction((tx) =>
      tx.insert("register", [
        { id: "a", code: "1" },
        { id: "b", code: "1" },
      ]),
    );
    const error = await t.throwsAsync(database.ensureTables([{ ...first, unique: { code: ["code"] } }]));
    t.true(isJinshuiError(error) && error.code === "conflict");
    t.like(error, { details: { table: "register", fields: ["code"] } });
    t.is(await database.count("register"), 2);
  },
);

eachDatabase(
  "a change of tables that was cut off after any step is finished by the next run",
  async (t, { database }) => {
    const wanted: TableDefinition = {
      ...wide,
      columns: { ...wide.columns, place: { type: "string" }, price: { type: "integer" } },
      unique: { code: ["code"] },
      indexes: { place: ["place"] },
    };
    const { place: _place, price: _price, ...columns } = wanted.columns;
    for (const partial of [
      { ...wanted, columns, unique: {}, indexes: {} },
      { ...wanted, unique: {}, indexes: {} },
      { ...wanted, unique: { code: ["code"] }, indexes: {} },
    ]) {
      const name = `register_${Object.keys(partial.columns).length}_${Object.keys(partial.unique).length}`;
      await database.ensureTables([{ ...partial, name }]);
      await database.ensureTables([{ ...wanted, name }]);
      await database.transaction((tx) => tx.insert(name, { id: "a", code: "1", place: "机房", price: 1 }));
      await t.throwsAsync(
        database.transaction((tx) => tx.insert(name, { id: "b", code: "1" })),
        { message: /same code/ },
      );
    }
  },
);

eachDatabase("two kernels that start at once on an empty database both find all tables", async (t, { url }) => {
  const tables = Array.from({ length: 6 }, (_, index): TableDefinition => ({
    ...first,
    name: `table_${index}`,
    indexes: { code: ["code"], name: ["name"] },
  }));
  const kernels = await Promise.all([openDatabase(url), openDatabase(url)]);
  await Promise.all(kernels.map((kernel) => kernel.ensureTables(tables)));
  t.is(await kernels[1].count("table_5"), 0);
  await Promise.all(kernels.map((kernel) => kernel.close()));
});
