import test from "ava";
import { eachDatabase } from "../testing/each.js";
import { QueryTypes, type Sequelize } from "sequelize";
import { sqliteDatabase } from "../testing/databases.js";

test("on SQLite too a search among many finds by the index that tells them apart, not by the one that sorts", async (t) => {
  const { database, close } = await sqliteDatabase();
  t.teardown(close);
  await database.ensureTables([
    {
      name: "many",
      primaryKey: ["id"],
      columns: {
        id: { type: "id" },
        bureau: { type: "string", length: 40 },
        live: { type: "boolean" },
        code: { type: "string", length: 20 },
        day: { type: "string", length: 10 },
      },
      indexes: { code: ["bureau", "code"], day: ["bureau", "day"] },
    },
  ]);
  const { sequelize } = database as unknown as { sequelize: Sequelize };
  const plan = async (): Promise<string> => {
    await database.findOne("many", { id: "none" }); // a plan alone would be made from what the handle remembers of the tables
    const steps = await sequelize.query<{ detail: string }>(
      "EXPLAIN QUERY PLAN SELECT * FROM many WHERE bureau = 'wuhu' AND live = 1 AND code = 'c7' ORDER BY day, id LIMIT 51",
      { type: QueryTypes.SELECT },
    );
    return steps.map(({ detail }) => detail).join("; ");
  };
  t.regex(await plan(), /many__day/, "nothing is known yet");
  for (let start = 0; start < 10_000; start += 500)
    await database.transaction((tx) =>
      tx.insert(
        "many",
        Array.from({ length: 500 }, (_, n) => ({
          id: `i${start + n}`,
          bureau: "wuhu",
          live: true,
          code: `c${start + n}`,
          day: `d${(start + n) % 300}`,
        })),
      ),
    );
  t.regex(await plan(), /many__code/);
});

eachDatabase(
  "an index that is named is the one MariaDB takes; SQLite, which finds it by itself, is told nothing",
  async (t, db) => {
    const { database } = db;
    await database.ensureTables([
      {
        name: "few",
        primaryKey: ["id"],
        columns: { id: { type: "id" }, day: { type: "id" } },
        indexes: { day: ["day"] },
      },
    ]);
    await database.transaction((tx) =>
      tx.insert("few", [
        { id: "a", day: "1" },
        { id: "b", day: "2" },
      ]),
    );
    const find = (index: string): Promise<unknown[]> =>
      database.find("few", { where: { day: { gte: "1" } }, orderBy: ["day", "id"], index });
    t.is((await find("day")).length, 2);
    if (database.dialect === "sqlite") t.is((await find("none")).length, 2);
    else await t.throwsAsync(find("none"), undefined, "the name reaches the server, which knows no such index");
  },
);
