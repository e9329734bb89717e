import type { FormSchema } from "@jinshui/contracts";
import { TASK_ACTION_IDS } from "@jinshui/contracts";
import type { Reader } from "@jinshui/storage";
import { createHash } from "node:crypto";

/** A process file as a plugin brings it, with what tells it from another. */
export interface ProcessFile {
  file: string;
  xml: string;
  /** The forms that it names: matters and archives keep these, and no others. */
  forms: FormSchema[];
  /** Of the file and its forms. */
  sha256: string;
}

/** A file with the forms it names, whatever prefix its attributes have. */
export function processFile({ file, xml }: { file: string; xml: string }, all: readonly FormSchema[]): ProcessFile {
  const forms = all.filter(({ id }) => xml.includes(`"${id}"`) || xml.includes(`'${id}'`));
  return { file, xml, forms, sha256: contentDigest(xml, forms) };
}

/** What tells one version of a process from another. */
export function contentDigest(xml: string, forms: readonly FormSchema[]): string {
  return createHash("sha256").update(xml).update(JSON.stringify(forms)).digest("hex");
}

/** What is written beside a deployed process: how many its file has, and what they could ask for when they were checked. */
export function checkedMark(processes: number, jobs: readonly string[]): string {
  const offers = createHash("sha256")
    .update(JSON.stringify([[...jobs].sort(), TASK_ACTION_IDS]))
    .digest("hex");
  return `${processes} ${offers.slice(0, 40)}`;
}

/**
 * Processes of files that are deployed just as they stand, by the digest of the file: checked with the same offers and all there.
 * Reading and checking them again at every start would take seconds where there are many.
 */
export async function deployedFiles(
  reader: Reader,
  plugin: string,
  files: readonly ProcessFile[],
  jobs: readonly string[],
): Promise<ReadonlyMap<string, { id: string; key: string }[]>> {
  const known = new Map<string, { id: string; key: string }[]>();
  if (files.length === 0) return known;
  const rows = await reader.find("wf_definition", {
    where: { bureau: "*", plugin, latest: true, sha256: { in: files.map(({ sha256 }) => sha256) } },
    columns: ["id", "process_key", "sha256", "checked"],
  });
  const found = new Map<string, typeof rows>();
  for (const row of rows) found.set(String(row["sha256"]), [...(found.get(String(row["sha256"])) ?? []), row]);
  for (const [sha256, all] of found)
    if (all.every((row) => row["checked"] === checkedMark(all.length, jobs)))
      known.set(
        sha256,
        all.map((row) => ({ id: String(row["id"]), key: String(row["process_key"]) })),
      );
  return known;
}
