import { isJinshuiError, type LocalText } from "@jinshui/contracts";
import { problemText } from "./field-problems.js";
import { dateTime } from "./format.js";
import { hasText, local, t } from "./text.js";

/** An error as people read it. */
export interface DescribedError {
  message: string;
  advice: string;
  /** Further facts, a line each: who changed what, which field. */
  details: string[];
}

/** Turns any error into words; the English text of an unknown one stays in the log. */
export function describeError(error: unknown): DescribedError {
  if (!isJinshuiError(error)) return { message: t("errors.internal"), advice: t("advice.internal"), details: [] };
  const values = { ...error.details };
  const key = hasText(`errors.${error.code}`) ? error.code : "internal";
  return {
    message: t(`errors.${key}`, withBlanks(values)),
    // a refused upload has its own reason, which says more than what imports expect
    advice: hasText(`advice.${key}`) && !hasReason(values) ? t(`advice.${key}`, values) : "",
    details: facts(values),
  };
}

function hasReason({ reason }: Record<string, unknown>): boolean {
  return typeof reason === "string" && (hasText(`fileProblem.${reason}`) || hasText(`reason.${reason}`));
}

/** The reason in words, and who or what is in the way. */
function reasons(details: Record<string, unknown>): string[] {
  const { reason, people, departments } = details;
  const named = Object.entries({ people, departments }).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > 0,
  );
  const values = Object.fromEntries(Object.entries(details).map(([key, value]) => [key, inWords(value)]));
  return [
    t(`reason.${String(reason)}`, values),
    ...named.map(([kind, list]) => t(`reason.${kind}`, { list: list.map(inWords).join("、") })),
  ];
}

/** A title in the page's language; anything else as it is. */
function inWords(value: unknown): unknown {
  return typeof value === "object" && value !== null && "zh-CN" in value ? local(value as LocalText) : value;
}

function withBlanks(values: Record<string, unknown>): Record<string, unknown> {
  const at = values["changedAt"] ?? values["at"];
  return {
    ...values,
    by: values["by"] ?? values["changedBy"] ?? t("error.somebody"),
    at: typeof at === "string" ? dateTime(at) : "",
    plugins: Array.isArray(values["plugins"])
      ? (values["plugins"] as { title: LocalText }[]).map(({ title }) => local(title)).join("、")
      : "",
  };
}

function facts(details: Record<string, unknown>): string[] {
  const lines: string[] = [];
  if (hasText(`fileProblem.${String(details["reason"])}`))
    lines.push(t(`fileProblem.${String(details["reason"])}`, details));
  if (hasText(`reason.${String(details["reason"])}`)) lines.push(...reasons(details));
  if (Array.isArray(details["fields"])) {
    for (const field of details["fields"] as {
      field: string;
      title?: LocalText;
      code?: string;
      theirs?: unknown;
      yours?: unknown;
      value?: unknown;
      params?: Record<string, string>;
    }[]) {
      const title = field.title ? local(field.title) : field.field;
      if (field.code !== undefined)
        lines.push(`${title === "" ? "" : `${title}：`}${problemText(field.code, field.params)}`);
      else if ("theirs" in field)
        lines.push(
          t("error.theirs", {
            title,
            theirs: shown(field.theirs),
            yours: "yours" in field ? t("error.yours", { yours: shown(field.yours) }) : "",
          }),
        );
      else lines.push(`${title}：${shown(field.value)}`);
    }
  }
  if (Array.isArray(details["reasons"]))
    for (const reason of details["reasons"] as string[])
      if (hasText(`password.${reason}`))
        lines.push(t(`password.${reason}`, details["rules"] as Record<string, unknown>));
  for (const kind of ["missing", "unknown", "duplicate"]) {
    const columns: unknown = details[kind];
    if (Array.isArray(columns) && columns.length > 0)
      lines.push(t(`error.${kind}Columns`, { columns: columns.join("、") }));
  }
  if (Array.isArray(details["problems"])) {
    for (const problem of (
      details["problems"] as {
        label?: string;
        code?: string;
        params?: object;
        details?: object;
        file?: string;
        message?: string;
      }[]
    ).slice(0, 10)) {
      const { label, code = "", params, message, file = "" } = problem;
      if (label !== undefined && code !== "") lines.push(`${label}：${t(`problem.${code}`, { ...params })}`);
      else if (hasText(`packageProblem.${code}`))
        lines.push(t(`packageProblem.${code}`, { message, file, ...problem.details }));
    }
  }
  return lines;
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return t("value.none");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
