import { isJinshuiError } from "@jinshui/contracts";
import type { ExecutionContext } from "ava";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Database } from "../database/database.js";
import type { TableDefinition } from "../database/table.js";
import { eachDatabase } from "../testing/each.js";
import { SchemaContraction } from "./schema-contraction.js";

const before: TableDefinition = {
  name: "c_asset__item",
  primaryKey: ["id"],
  columns: {
    id: { type: "id" },
    f_name: { type: "string", nullable: false },
    f_old: { type: "string", length: 60 },
    f_count: { type: "integer" },
  },
  indexes: { old: ["f_old", "f_name"], name: ["f_name"] },
};
/** The version after: without two fields and the index. */
const { f_old: _old, f_count: _count, ...kept } = before.columns;
const after: TableDefinition = { ...before, columns: kept, indexes: { name: ["f_name"] } };

const ROWS = 2_345;

async function grown(t: ExecutionContext, database: Database): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-contract-"));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  await database.ensureTables([before]);
  await database.transaction((tx) =>
    tx.insert(
      "c_asset__item",
      Array.from({ length: ROWS }, (_, n) => ({
        id: `i${n}`,
        f_name: `名${n}`,
        ...(n % 2 === 0 ? { f_old: `旧'"\\\n值${n}` } : {}),
        f_count: n,
      })),
    ),
  );
  return folder;
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
  );

eachDatabase("a column goes only when no definition asks for it, after its values are in a backup", async (t, db) => {
  const { database, url } = db;
  const folder = await grown(t, database);
  const schema = await SchemaContraction.open(url);
  t.teardown(() => schema.close());
  t.deepEqual(await schema.leftovers(), []);
  t.is(await codeOf(schema.drop("c_asset__item", "f_old", folder, "root")), "conflict");
  t.is(await codeOf(schema.drop("c_asset__item", "f_none", folder, "root")), "not-found");
  t.is(await codeOf(schema.drop("sqlite_master", "sql", folder, "root")), "not-found");
  t.deepEqual(await readdir(folder), []);

  await database.ensureTables([after]);
  const left = await schema.leftovers();
  t.deepEqual(
    left.map(({ column, values }) => [column, values]),
    [
      ["f_old", Math.ceil(ROWS / 2)],
      ["f_count", ROWS],
    ],
  );
  // the version before, still running beside it, goes on writing
  await database.ensureTables([before]);
  await database.transaction((tx) => tx.insert("c_asset__item", { id: "late", f_name: "迟", f_old: "迟" }));
  t.deepEqual(await schema.leftovers(), [], "what comes back into use is no leftover");
  await database.ensureTables([after]);

  const { file, values } = await schema.drop("c_asset__item", "f_old", folder, "root");
  t.is(values, Math.ceil(ROWS / 2) + 1);
  t.deepEqual(
    (await schema.leftovers()).map(({ column }) => column),
    ["f_count"],
  );
  t.is(await database.count("c_asset__item"), ROWS + 1);
  const [entry] = await database.find("audit_entry", { where: { action: "schema-contract" } });
  t.like(entry, { actor_name: "root", resource: "schema/c_asset__item.f_old", after_value: { file, values } });

  // changed and removed since: restored is what is still there and empty
  await database.transaction((tx) => tx.remove("c_asset__item", { id: "i0" }));
  const restored = await schema.restore(file, "root");
  t.like(restored, { table: "c_asset__item", column: "f_old", values });
  t.is(await codeOf(schema.restore(file, "root")), "ok", "again changes nothing");
  await database.ensureTables([before]);
  const old = await database.findOne("c_asset__item", { id: "i2344" });
  t.is(old?.["f_old"], `旧'"\\\n值2344`);
  t.is(await database.count("c_asset__item", { f_old: { ne: null } }), Math.ceil(ROWS / 2));
});

eachDatabase("a backup that is cut, changed or none is refused before anything is", async (t, db) => {
  const { database, url } = db;
  const folder = await grown(t, database);
  await database.ensureTables([after]);
  const schema = await SchemaContraction.open(url);
  t.teardown(() => schema.close());
  const { file } = await schema.drop("c_asset__item", "f_count", folder, "root");
  const text = gunzipSync(await readFile(file)).toString();
  const bad = {
    none: "这不是备份",
    cut: gzipSync(text.slice(0, -40)),
    "cut between lines": gzipSync(text.split("\n").slice(0, -10).join("\n")),
    injected: gzipSync(text.replace('"type":"BIGINT', '"type":"INT; DROP TABLE c_asset__item; --')),
    named: gzipSync(text.replace('"column":"f_count"', '"column":"f` INT, ADD COLUMN `x"')),
  };
  for (const [name, content] of Object.entries(bad)) {
    await writeFile(join(folder, name), content);
    t.is(await codeOf(schema.restore(join(folder, name), "root")), "invalid-request", name);
  }
  t.is(await codeOf(schema.restore(join(folder, "absent"), "root")), "not-found");
  t.is(await database.count("c_asset__item"), ROWS);
});
