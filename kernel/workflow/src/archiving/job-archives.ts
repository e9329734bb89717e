import { type HistoryEntry, JinshuiError } from "@jinshui/contracts";
import type { InstanceState } from "@jinshui/engine";
import type { Row, Transaction } from "@jinshui/storage";

/** Archives that one matter may name. */
const MAX_ARCHIVES = 500;

/** A job's matter and the archives it names. */
export interface JobArchives {
  instance: Row;
  history: HistoryEntry[];
  archives: Row[];
}

/**
 * The archives that a variable of an open job's matter names by their numbers. They are read from the matter itself, not from
 * what the plugin says: nothing else is done than what people have seen and agreed to.
 * @throws JinshuiError `not-found` for a job that is not the plugin's or not open, `invalid-request` for a variable without
 * numbers, `conflict` for numbers that there is no archive of.
 */
export async function archivesOfJob(
  tx: Transaction,
  { plugin, bureau, job: id, variable }: { plugin: string; bureau: string; job: string; variable: string },
): Promise<JobArchives> {
  const job = await tx.findOneForUpdate("wf_job", { id, plugin, bureau, state: "open" });
  const instance = job && (await tx.findOne("wf_instance", { id: String(job["instance"]) }));
  if (!instance)
    throw new JinshuiError("not-found", `There is no open job ${id} of ${plugin}`, { details: { job: id } });
  const numbers = numbersIn((instance["state"] as InstanceState).variables[variable]);
  if (numbers.length === 0 || numbers.length > MAX_ARCHIVES)
    throw new JinshuiError(
      "invalid-request",
      `${variable} of ${String(instance["number"])} names ${numbers.length} archives: 1 to ${MAX_ARCHIVES} can be dealt with`,
      { details: { field: variable } },
    );
  const instances = await tx.find("wf_instance", {
    where: { bureau, number: { in: numbers } },
    columns: ["id", "number"],
  });
  const archives = await tx.findForUpdate("wf_archive", {
    where: { bureau, instance: { in: [...instances.map((row) => String(row["id"])), "-"] } },
    orderBy: ["id"],
  });
  const found = new Set(archives.map((row) => row["instance"]));
  const known = new Set(instances.filter((row) => found.has(row["id"])).map((row) => String(row["number"])));
  const missing = numbers.filter((number) => !known.has(number));
  if (missing.length > 0) throw refusal("There is no archive of", missing);
  const lines = await tx.find("wf_history", { where: { instance: String(instance["id"]) }, orderBy: ["id"] });
  return { instance, history: lines.map((line) => line["entry"] as HistoryEntry), archives };
}

/** A refusal that names the archives in the way. */
export function refusal(why: string, numbers: readonly string[]): JinshuiError {
  return new JinshuiError("conflict", `${why} ${numbers.slice(0, 20).join(", ")}`, {
    details: { archives: numbers.slice(0, 20) },
  });
}

function numbersIn(value: unknown): string[] {
  const texts = Array.isArray(value) ? value.filter((each) => typeof each === "string") : [value];
  return [
    ...new Set(
      texts
        .flatMap((text) => (typeof text === "string" ? text.split(/[\s,;，；、]+/) : []))
        .filter((text) => text !== ""),
    ),
  ];
}
