import { located } from "./located.js";
import type { ModdleElement } from "./moddle.js";
import type { Problem } from "./problem.js";

/** Ids such as `constructor` and `__proto__`: every JSON object has something of that name already. */
export function reservedIds(known: Record<string, ModdleElement>, lines: Map<string, number>): Problem[] {
  return Object.getOwnPropertyNames(Object.prototype)
    .flatMap((name) => known[name] ?? [])
    .map((element) => ({
      severity: "error",
      code: "illegal-id",
      ...located(element, lines),
      params: { id: element.id ?? "", what: "reserved" },
    }));
}
