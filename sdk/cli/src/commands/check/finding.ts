import { t } from "../../texts.js";

/** Something that is wrong with a plugin, or could be better (`warning`); the message says what to do, in the command's language. */
export interface Finding {
  severity: "error" | "warning";
  file: string;
  /** From 1, where it is known. */
  line?: number;
  /** The part of a JSON file that it is about, where the line is still to be found. */
  path?: readonly string[];
  message: string;
}

/** A finding as a text of the command, by its key. */
export function finding(
  place: { file: string; line?: number | undefined; path?: readonly string[] },
  key: string,
  params: Record<string, unknown> = {},
  severity: Finding["severity"] = "error",
): Finding {
  const { file, line, path } = place;
  return {
    severity,
    file,
    ...(line === undefined ? {} : { line }),
    ...(path ? { path } : {}),
    message: t(key, params),
  };
}

/** As it is printed: `src/main.ts:12: …`. */
export function findingLine({ severity, file, line, message }: Finding): string {
  return `${file}${line === undefined ? "" : `:${line}`}: ${severity === "warning" ? t("check.warning") : ""}${message}`;
}
