import { parseArgs, type ParseArgsConfig } from "node:util";
import { t } from "./texts.js";
import { UsageError } from "./usage-error.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

const SAID: Record<string, string> = {
  ERR_PARSE_ARGS_UNKNOWN_OPTION: "arguments.unknown",
  ERR_PARSE_ARGS_INVALID_OPTION_VALUE: "arguments.value",
  ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: "arguments.extra",
};

/** Node's `parseArgs`, positional words allowed; what is wrong is a usage error in the command's language. */
export function parsedArguments<const O extends Options>(
  args: string[],
  options: O,
): ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>> {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const { code = "", message } = error as Error & { code?: string };
    const [, option = ""] = /'([^']*)'/.exec(message) ?? [];
    const key = SAID[code];
    throw new UsageError(key === undefined ? message : t(key, { option }));
  }
}

/** Reads options and positional words; an unknown option is a usage error. */
export function readArguments(
  args: string[],
  options: Options,
): { values: Record<string, string | undefined>; flags: Set<string>; words: string[] } {
  const { values, positionals } = parsedArguments(args, options);
  const entries = Object.entries(values);
  return {
    values: Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
    flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
    words: positionals,
  };
}
