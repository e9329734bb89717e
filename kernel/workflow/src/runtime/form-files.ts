import { type FormFile, type FormProblem, type FormSchema, isJinshuiError, JinshuiError } from "@jinshui/contracts";
import { type Actor, type FileStore, insertLink, type Transaction } from "@jinshui/storage";

/** What files are tied to that a form of a matter holds; the record is the matter. */
export const MATTER_FILES = "workflow.instance";

/** Who reads a file for somebody who may. */
export type FormFiles = Pick<FileStore, "readFor">;

/**
 * Ties the files that a step gives in a form to the matter: they stay as long as it does, and whoever may see it may read them. One that is
 * taken out of the form later stays too, since the history tells of it.
 * @throws JinshuiError `invalid-form` for files that are not there, are not what they are said to be, or that the person could not read.
 */
export async function tieFormFiles(
  tx: Transaction,
  files: FormFiles,
  actor: Actor,
  matter: { id: string; bureau: string },
  { form, values, present }: { form: FormSchema | undefined; values: object; present: Record<string, unknown> },
): Promise<void> {
  const problems: FormProblem[] = [];
  const given = values as Record<string, unknown>;
  for (const { type, key = "", label = key } of form?.components ?? []) {
    if (type !== "filepicker" || !(key in given)) continue;
    const known = new Set(listOf(present[key]).map(markOf));
    for (const file of listOf(given[key])) {
      if (known.has(markOf(file))) continue;
      // a file belongs to one bureau, and so does the archive that it goes to
      if (actor.bureau === matter.bureau && (await isThere(tx, files, actor, file)))
        await insertLink(tx, {
          bureau: matter.bureau,
          file: file.file,
          collection: MATTER_FILES,
          record: matter.id,
          field: key,
        });
      else problems.push({ key, label, code: "file", params: { name: file.name } });
    }
  }
  if (problems.length > 0)
    throw new JinshuiError("invalid-form", `The form holds files that are not there: ${problems[0]?.key ?? ""}`, {
      details: { problems },
    });
}

async function isThere(tx: Transaction, files: FormFiles, actor: Actor, given: FormFile): Promise<boolean> {
  try {
    return markOf(await files.readFor({ actor }, given.file, actor.bureau, tx)) === markOf(given);
  } catch (error) {
    if (isJinshuiError(error) && error.code === "not-found") return false;
    throw error;
  }
}

/** Everything a form keeps of a file, which the history and the archive repeat. */
function markOf({ file, name, size, sha256 }: FormFile): string {
  return JSON.stringify([file, name, size, sha256]);
}

function listOf(value: unknown): FormFile[] {
  return Array.isArray(value) ? (value as FormFile[]) : [];
}
