import { silent } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import test from "ava";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "./database.js";
import { DiskMark } from "./disk-mark.js";

test("a real volume that fills up refuses writes before the database meets its end, and takes them again when space is made", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-disk-"));
  const volume = join(folder, "volume");
  await mkdir(volume);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m", "jinshui-test", volume], { stdio: "ignore" });
  } catch {
    t.log("skipped: mounting takes root");
    t.pass();
    return;
  }
  const disk = new DiskMark({ limits: { minFreePercent: 10, minFreeMb: 8 }, log: silent, everyMs: 50 });
  const database = await openDatabase(`sqlite:${join(volume, "site.sqlite")}`, { disk });
  t.teardown(async () => {
    await database.close();
    execFileSync("umount", [volume]);
    await rm(folder, { recursive: true, force: true });
  });
  await database.ensureTables([
    { name: "page", primaryKey: ["n"], columns: { n: { type: "serial" }, text: { type: "text" } } },
  ]);
  let written = 0;
  let refusal: unknown;
  while (written < 500 && refusal === undefined) {
    try {
      await database.transaction((tx) => tx.insert("page", { text: "税".repeat(20_000) }));
      written += 1;
    } catch (error) {
      refusal = error;
    }
    await sleep(10);
  }
  t.true(isJinshuiError(refusal) && refusal.code === "insufficient-storage");
  t.regex((refusal as Error).message, /nothing is written below 8 MB/);
  t.is(await database.count("page"), written, "everything acknowledged can be read");
  await writeFile(join(volume, "ballast"), Buffer.alloc(2_000_000));
  await t.throwsAsync(database.transaction((tx) => tx.insert("page", { text: "x" })));
  execFileSync("mount", ["-o", "remount,size=64m", volume]);
  await sleep(200);
  await database.transaction((tx) => tx.insert("page", { text: "x" }));
  t.is(await database.count("page"), written + 1);
});

test("a volume that can't be read is told once and refuses nothing", async (t) => {
  const told: object[] = [];
  const log = { ...silent, warn: (facts: object) => void told.push(facts) };
  const disk = new DiskMark({ limits: { minFreePercent: 10, minFreeMb: 1 }, log });
  await disk.watch("/nowhere/at/all");
  await disk.look();
  t.notThrows(() => disk.check());
  t.is(told.length, 1);
  disk.close();
});
