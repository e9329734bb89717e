import { FeelContext, type FeelValue } from "@jinshui/feel";
import type { Node } from "./program.js";

/**
 * What the input holds for a node. An element of an imported model is looked for below the names of the imports that
 * lead to it, then under the dotted name, then under fewer and fewer of these names.
 */
export function inputValue(node: Node, input: FeelContext): FeelValue {
  const { name } = node.element.variable;
  for (let skipped = 0; skipped <= node.path.length; skipped += 1) {
    const path = node.path.slice(skipped);
    const found = nested(input, [...path, name]) ?? input.find([...path, name].join("."));
    if (found !== undefined) return found;
  }
  return null;
}

function nested(input: FeelContext, path: readonly string[]): FeelValue | undefined {
  let value: FeelValue | undefined = input;
  for (const name of path) value = value instanceof FeelContext ? value.find(name) : undefined;
  return value;
}
