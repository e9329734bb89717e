import { isJinshuiError } from "@jinshui/contracts";
import { t } from "./text.js";

interface FieldProblem {
  field: string;
  code?: string;
  params?: Record<string, string>;
}

/** What an error says of single fields, in words; empty when it is about none. */
export function fieldProblems(error: unknown): Record<string, string> {
  if (!isJinshuiError(error)) return {};
  const { fields } = error.details ?? {};
  if (!Array.isArray(fields)) return {};
  // a broken unique rule names its fields and is itself the reason
  const reason = error.code === "not-unique" ? error.code : undefined;
  return Object.fromEntries(
    (fields as FieldProblem[])
      .map(({ field, code = reason, params }): [string, string] => [
        field,
        code === undefined ? "" : problemText(code, params),
      ])
      .filter(([field, text]) => field !== "" && text !== ""),
  );
}

/** A problem of one value in words. */
export function problemText(code: string, params: Record<string, string> = {}): string {
  const { type } = params;
  return t(`problem.${code}`, { ...params, ...(type === undefined ? {} : { type: t(`type.${type}`) }) });
}
