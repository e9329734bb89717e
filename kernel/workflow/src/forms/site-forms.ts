import { checkFormDefinition, type FormSchema, JinshuiError } from "@jinshui/contracts";
import { parseExpression } from "@jinshui/feel";
import type { Actor, Reader, Row, Transaction } from "@jinshui/storage";
import type { Definitions } from "../definition/definitions.js";
import { refOf } from "../runtime/instance.js";

/** What became of publishing a form: titles of the bureau's processes that have it now, and of those that could not take it. */
export interface Published {
  version: number;
  deployed: string[];
  left: string[];
}

/** The published forms of a bureau as they are now: what a process of its own may name. */
export async function publishedForms(reader: Reader, bureau: string): Promise<{ title: string; form: FormSchema }[]> {
  const newest = await reader.find("wf_form", {
    where: { bureau, version: { gt: 0 } },
    columns: ["form", "version"],
  });
  if (newest.length === 0) return [];
  const rows = await reader.find("wf_form_version", {
    where: { bureau, or: newest.map(({ form, version }) => ({ form: String(form), version: Number(version) })) },
    columns: ["title", "schema"],
    orderBy: ["form"],
  });
  return rows.map(({ title, schema }) => ({ title: String(title), form: schema as FormSchema }));
}

/** @throws JinshuiError `not-found`; `stale-version` when the form was saved since. */
export async function lockForm(tx: Transaction, bureau: string, form: string, revision: number): Promise<Row> {
  const row = await tx.findOneForUpdate("wf_form", { bureau, form });
  if (!row) throw new JinshuiError("not-found", `There is no form ${form}`, { details: { form } });
  if (row["revision"] === revision) return row;
  throw new JinshuiError("stale-version", `Form ${form} was saved by somebody since`, {
    details: { form, revision: row["revision"] },
  });
}

/**
 * Makes the draft of a form its next version, and the bureau's processes that name it new versions with it.
 * @throws JinshuiError `invalid-form` naming what can't work.
 */
export async function publishForm(
  tx: Transaction,
  definitions: Definitions,
  { actor, trace }: { actor: Actor; trace: string },
  draft: Row,
): Promise<Published> {
  const { bureau } = actor;
  const form = draft["schema"] as FormSchema;
  if (draft["published_revision"] === draft["revision"])
    return { version: Number(draft["version"]), deployed: [], left: [] };
  const problems = checkFormDefinition(form, isFeel);
  if (problems.length > 0)
    throw new JinshuiError(
      "invalid-form",
      `Form ${form.id} can't work: ${problems.map(({ code }) => code).join(", ")}`,
      {
        details: { problems },
      },
    );
  const version = Number(draft["version"] ?? 0) + 1;
  await tx.insert("wf_form_version", {
    bureau,
    form: form.id,
    version,
    title: draft["title"],
    schema: form,
    published_by: refOf(actor),
    published_at: tx.time,
  });
  await tx.update(
    "wf_form",
    { bureau, form: form.id },
    { version, published_revision: draft["revision"], published_at: tx.time },
  );
  const outcome = await deployWith(tx, definitions, bureau, form);
  tx.audit({
    bureau,
    actor: refOf(actor),
    action: "publish-form",
    resource: `form/${form.id}`,
    after: { title: draft["title"], version, processes: outcome.deployed },
    trace,
  });
  return { version, ...outcome };
}

/** The bureau's own processes, as new matters begin with them, that name a form. */
export async function processesWith(reader: Reader, bureau: string, form: string): Promise<Row[]> {
  const rows = await reader.find("wf_definition", {
    where: { bureau, latest: true },
    columns: ["id", "process_key", "title", "xml", "model", "forms"],
    orderBy: ["title", "id"],
  });
  return rows.filter(({ forms }) => (forms as FormSchema[]).some(({ id }) => id === form));
}

async function deployWith(
  tx: Transaction,
  definitions: Definitions,
  bureau: string,
  form: FormSchema,
): Promise<Omit<Published, "version">> {
  const outcome: Omit<Published, "version"> = { deployed: [], left: [] };
  for (const row of await processesWith(tx, bureau, form.id)) {
    const forms = (row["forms"] as FormSchema[]).map((known) => (known.id === form.id ? form : known));
    const xml = String(row["xml"]);
    const { processes, problems } = await definitions.check(xml, forms, []);
    const process = processes.find(({ model }) => model.id === row["process_key"]);
    const isRight = [...problems, ...(process?.problems ?? [])].every(({ severity }) => severity !== "error");
    if (process && isRight) await definitions.deploy(tx, { bureau, xml, forms, process });
    outcome[process && isRight ? "deployed" : "left"].push(String(row["title"]));
  }
  return outcome;
}

function isFeel(text: string): boolean {
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}
