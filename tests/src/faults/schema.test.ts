import { openDatabase } from "@jinshui/storage";
import test from "ava";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../../..");

test("an administrator sees columns that are left over, drops one with a backup, and brings it back", async (t) => {
  const data = await mkdtemp(join(tmpdir(), "jinshui-schema-"));
  t.teardown(() => rm(data, { recursive: true, force: true }));
  const jinshui = (...args: string[]): Promise<{ code: number; output: string }> =>
    new Promise((done) =>
      execFile(
        process.execPath,
        [join(ROOT, "kernel/host/launch/jinshui.mjs"), "schema", ...args, "--data", data, "--language", "zh-CN"],
        (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), output: stdout + stderr }),
      ),
    );
  t.is((await jinshui("leftovers")).code, 2, "there is no site yet");
  const database = await openDatabase(`sqlite:${join(data, "site.sqlite")}`);
  const columns = { id: { type: "id" }, f_name: { type: "string" }, f_old: { type: "string" } } as const;
  await database.ensureTables([{ name: "c_asset__item", primaryKey: ["id"], columns }]);
  await database.transaction((tx) => tx.insert("c_asset__item", { id: "a", f_name: "甲", f_old: "旧" }));
  t.regex((await jinshui("leftovers")).output, /没有多余的列/);
  const { f_old: _old, ...rest } = columns;
  await database.ensureTables([{ name: "c_asset__item", primaryKey: ["id"], columns: rest }]);

  t.regex((await jinshui("leftovers")).output, /^c_asset__item\.f_old {2}VARCHAR\(200\) {2}1 个值/);
  t.is((await jinshui("drop", "c_asset__item.f_old")).code, 2, "not without a backup");
  const refused = await jinshui("drop", "c_asset__item.f_name", "--backup", join(data, "backup"));
  t.is(refused.code, 1);
  t.regex(refused.output, /still asked for/);
  const dropped = await jinshui("drop", "c_asset__item.f_old", "--backup", join(data, "backup"));
  t.is(dropped.code, 0, dropped.output);
  t.is((await jinshui("leftovers", "--json")).output.trim(), "[]");
  const [file = ""] = await readdir(join(data, "backup"));
  t.is((await jinshui("restore", join(data, "backup", file))).code, 0);
  await database.ensureTables([{ name: "c_asset__item", primaryKey: ["id"], columns }]);
  t.like(await database.findOne("c_asset__item", { id: "a" }), { f_name: "甲", f_old: "旧" });
  await database.close();
});
