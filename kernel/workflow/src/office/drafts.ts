import { type FormSchema, JinshuiError, type TaskDraft } from "@jinshui/contracts";
import { canonicalJson, type Reader, type Row, type Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";

/** Longest draft, as JSON. */
const MAX_LENGTH = 200_000;

/** What a draft was written on: another form, or other values in it, and it may not fit any more. */
function basisOf(definition: string, form: FormSchema | undefined, variables: Record<string, unknown>): string {
  const keys = (form?.components ?? []).flatMap(({ key }) => key ?? []);
  const present = Object.fromEntries(keys.map((key) => [key, variables[key] ?? null]));
  return createHash("sha256")
    .update(canonicalJson({ definition, form: form?.id ?? null, present }))
    .digest("hex");
}

export interface DraftOf {
  task: string;
  person: string;
  definition: string;
  form: FormSchema | undefined;
  variables: Record<string, unknown>;
}

/** Keeps what somebody has filled in. Nobody else sees it and nothing follows from it, so that it is not audited. */
export async function saveDraft(
  tx: Transaction,
  { task, person, definition, form, variables }: DraftOf,
  { values, opinion }: { values: Record<string, unknown>; opinion?: string },
): Promise<string> {
  const known = new Set((form?.components ?? []).map(({ key }) => key));
  const unknown = Object.keys(values).filter((key) => !known.has(key));
  if (unknown.length > 0)
    throw new JinshuiError("invalid-form", `The form has no ${unknown.join(", ")}`, {
      details: { problems: unknown.map((key) => ({ key, label: key, code: "unknown-field" })) },
    });
  if (JSON.stringify(values).length > MAX_LENGTH)
    throw new JinshuiError("invalid-request", `A draft can't be longer than ${MAX_LENGTH} characters`, {
      details: { limit: MAX_LENGTH },
    });
  const row: Row = {
    values,
    opinion: opinion ?? null,
    basis: basisOf(definition, form, variables),
    saved_at: tx.time,
  };
  if (await tx.findOneForUpdate("wf_draft", { task, person })) await tx.update("wf_draft", { task, person }, row);
  else await tx.insert("wf_draft", { task, person, ...row });
  return tx.time;
}

export async function draftOf(reader: Reader, of: DraftOf): Promise<TaskDraft | undefined> {
  const row = await reader.findOne("wf_draft", { task: of.task, person: of.person });
  return (
    row && {
      values: row["values"] as Record<string, unknown>,
      ...(typeof row["opinion"] === "string" ? { opinion: row["opinion"] } : {}),
      savedAt: String(row["saved_at"]),
      outdated: row["basis"] !== basisOf(of.definition, of.form, of.variables),
    }
  );
}
