import { evaluate } from "@jinshui/engine";
import type { Definition } from "../definition/definitions.js";

/** Title of a matter as people see it in lists: the process's `jinshui:title` over the variables, or its name. */
export function titleOf(definition: Definition, variables: Record<string, unknown>): string {
  const expression = definition.model.extensions["title"];
  const result = expression === undefined ? undefined : evaluate(expression, variables);
  const title =
    result && "value" in result && typeof result.value === "string" ? result.value : definition.title["zh-CN"];
  return [...title].slice(0, 280).join("");
}
