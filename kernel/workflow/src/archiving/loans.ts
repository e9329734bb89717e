import type { Transaction } from "@jinshui/storage";
import type { ArchiveContent } from "./archive-content.js";
import { archivesOfJob, refusal } from "./job-archives.js";

/** Lets the applicant of a job's matter read the archives it names; returns how many. See the operation `lendArchives`. */
export async function lendArchives(
  tx: Transaction,
  call: { plugin: string; bureau: string; job: string; variable: string; until: string; trace: string },
): Promise<number> {
  const { plugin, bureau, trace } = call;
  const { instance, archives } = await archivesOfJob(tx, call);
  const gone = archives.filter((row) => row["disposed_at"] !== undefined);
  if (gone.length > 0)
    throw refusal(
      "Disposed of:",
      gone.map((row) => (row["content"] as ArchiveContent).number),
    );
  const until = new Date(Date.parse(`${call.until}T00:00:00+08:00`) + 86_400_000).toISOString();
  const person = String(instance["applicant_id"]);
  for (const row of archives) {
    const archive = String(row["id"]);
    await tx.remove("wf_archive_loan", { archive, person });
    await tx.insert("wf_archive_loan", { archive, person, until, instance: instance["id"] });
    tx.audit({
      bureau,
      actor: { id: `plugin:${plugin}`, name: plugin },
      action: "lend-archive",
      resource: `archive/${archive}`,
      after: { person, until, instance: instance["id"] },
      trace,
    });
  }
  return archives.length;
}
