import type { DefinitionSummary, FiledDocument, FormComponent, FormSchema } from "@jinshui/contracts";
import type { ProcessModel } from "@jinshui/engine";

/** What a process says of itself for the catalogue: its number, group and owner, and the papers it files. */
export function catalogueEntry({
  extensions,
}: Pick<ProcessModel, "extensions">): Pick<DefinitionSummary, "code" | "group" | "owner" | "documents"> {
  const { code, group, owner } = extensions;
  const documents = documentsOf(extensions);
  return {
    ...(code === undefined ? {} : { code }),
    ...(group === undefined ? {} : { group }),
    ...(owner === undefined ? {} : { owner }),
    ...(documents.length === 0 ? {} : { documents }),
  };
}

/** The papers a process files, in order: the names in `jinshui:documents`, with white space between them. */
function documentsOf(extensions: Record<string, string>): string[] {
  return [...new Set((extensions["documents"] ?? "").split(/\s+/).filter((title) => title !== ""))];
}

/** Which papers a matter has filed, by the fields that stand for them; nothing where the process names none. */
export function filedDocuments(
  { model, forms }: { model: Pick<ProcessModel, "extensions">; forms: readonly FormSchema[] },
  variables: Record<string, unknown>,
): { documents?: FiledDocument[] } {
  const titles = documentsOf(model.extensions);
  if (titles.length === 0) return {};
  const fields = forms.flatMap(({ components }) => components);
  const documents = titles.map((title) => {
    const values = fields
      .filter((field) => field.jinshui?.document === title)
      .flatMap((field) => shown(field, variables[field.key ?? ""]));
    return { title, filed: values.length > 0, ...(values[0] === undefined ? {} : { value: values[0] }) };
  });
  return { documents };
}

/** What a field says of its paper, when that is there: a choice of `none` says that it is not. */
function shown({ values }: FormComponent, value: unknown): string[] {
  if (value === undefined || value === null || value === "" || value === false || value === "none") return [];
  const option = values?.find((choice) => choice.value === value);
  return [(option?.label ?? (typeof value === "object" ? JSON.stringify(value) : String(value))).slice(0, 300)];
}
