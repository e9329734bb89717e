import test from "ava";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupState } from "./backup.js";

const NOW = Date.parse("2026-11-23T08:00:00Z");
const HOUR_MS = 3_600_000;

// checklist: 55
test("a backup is what its report says: fine, too old, failed, or not to be read", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-backup-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const at = (hoursAgo: number): string => new Date(NOW - hoursAgo * HOUR_MS).toISOString();
  const stateOf = async (report: unknown, config: { maxHours?: number } = {}): Promise<string> => {
    await writeFile(join(folder, "report.json"), typeof report === "string" ? report : JSON.stringify(report));
    return (await backupState({ report: "report.json", ...config }, folder, NOW)).state;
  };
  t.deepEqual(await backupState(undefined, folder, NOW), { state: "none" });
  t.like(await backupState({ report: "report.json" }, folder, NOW), { state: "unreadable" }, "no report yet");
  t.is(await stateOf({ finishedAt: at(25), ok: true }), "fine");
  t.is(await stateOf({ finishedAt: at(27), ok: true }), "late");
  t.is(await stateOf({ finishedAt: at(27), ok: true }, { maxHours: 48 }), "fine");
  t.is(await stateOf({ finishedAt: at(1), ok: false }), "failed");
  for (const bad of [
    ...["", "null", "{", "[]", " ".repeat(20_000)],
    ...[{ ok: true }, { finishedAt: at(1) }, { finishedAt: "yesterday", ok: true }, { finishedAt: at(-2), ok: true }],
    { finishedAt: at(1), ok: "no" },
  ])
    t.is(await stateOf(bad), "unreadable", JSON.stringify(bad).slice(0, 60));
  await writeFile(
    join(folder, "report.json"),
    JSON.stringify({ finishedAt: "2026-11-23T15:00:00+08:00", ok: true, bytes: 7 }),
  );
  t.deepEqual(await backupState({ report: join(folder, "report.json") }, "/nowhere", NOW), {
    state: "fine",
    finishedAt: "2026-11-23T07:00:00.000Z",
    bytes: 7,
    maxHours: 26,
  });
});
