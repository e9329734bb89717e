import type { ModdleElement } from "./moddle.js";
import type { Problem } from "./problem.js";
import type { Warning } from "./read-definitions.js";

/** What the BPMN library left out while it read, from its warnings: a second element of an id, and what BPMN doesn't know. */
export function skippedParts(warnings: readonly Warning[]): Problem[] {
  return warnings
    .filter(({ message }) => message.startsWith("unparsable content"))
    .map(({ message }): Problem => {
      const [, tag] = /^unparsable content <([^\s>]*)/.exec(message) ?? [];
      const [, line] = /line:\s*(\d+)/.exec(message) ?? [];
      const [, id] = /duplicate ID <([^<>]*)>/.exec(message) ?? [];
      const at = line === undefined ? {} : { line: Number(line) + 1 };
      if (id !== undefined) return { severity: "error", code: "duplicate-id", element: id, ...at };
      // an element that is dropped for its id would change what the process does, without a word
      const [, illegal] = /illegal ID <([^<>]*)>/.exec(message) ?? [];
      if (illegal !== undefined)
        return { severity: "error", code: "illegal-id", element: illegal, ...at, params: { id: illegal } };
      return { severity: "warning", code: "skipped-content", ...at, params: { tag: tag ?? "…" } };
    });
}

/** Ids that stand in a file with errors about elements that were not read, and that none of those that were read has. */
export function lostIds(
  problems: readonly Problem[],
  lines: ReadonlyMap<string, number>,
  known: Record<string, ModdleElement>,
): ReadonlySet<string> {
  if (!problems.some(({ severity }) => severity === "error")) return new Set();
  return new Set([...lines.keys()].filter((id) => !(id in known)));
}
