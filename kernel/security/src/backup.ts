import type { BackupConfig, BackupState } from "@jinshui/contracts";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";

const DEFAULT_HOURS = 26;
const HOUR_MS = 3_600_000;
/** Clocks of two machines may differ by so much. */
const AHEAD_MS = 10 * 60_000;
/** A report is a line or two. */
const MAX_BYTES = 10_000;

/** How the last backup went, by the report that the operator's job leaves; `folder` is what relative paths begin at. */
export async function backupState(config: BackupConfig | undefined, folder: string, now: number): Promise<BackupState> {
  if (!config) return { state: "none" };
  const { report, maxHours = DEFAULT_HOURS } = config;
  const said = await read(resolve(folder, report)).catch(() => undefined);
  const at = Date.parse(String(said?.finishedAt));
  if (typeof said?.ok !== "boolean" || Number.isNaN(at) || at > now + AHEAD_MS)
    return { state: "unreadable", maxHours };
  const isLate = now - at > maxHours * HOUR_MS;
  return {
    state: said.ok ? (isLate ? "late" : "fine") : "failed",
    finishedAt: new Date(at).toISOString(),
    ...(Number.isSafeInteger(said.bytes) && Number(said.bytes) >= 0 ? { bytes: Number(said.bytes) } : {}),
    maxHours,
  };
}

async function read(file: string): Promise<{ finishedAt?: unknown; ok?: unknown; bytes?: unknown } | undefined> {
  if ((await stat(file)).size > MAX_BYTES) throw new Error(`${file} is too long for a report`);
  const said: unknown = JSON.parse(await readFile(file, "utf8"));
  return typeof said === "object" && said !== null ? said : undefined;
}
