import type { SyntaxNode } from "@lezer/common";

/** A node of the syntax tree with its children at hand. */
export interface Syntax {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  /** Its piece of the text. */
  readonly text: string;
  readonly children: readonly Syntax[];
}

const IGNORED = new Set(["LineComment", "BlockComment"]);

/** Null when it nests deeper than `depth`. */
export function syntaxOf(node: SyntaxNode, text: string, depth: number): Syntax | null {
  if (depth < 0) return null;
  const children: Syntax[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (IGNORED.has(child.name)) continue;
    const syntax = syntaxOf(child, text, depth - 1);
    if (!syntax) return null;
    children.push(syntax);
  }
  return { kind: node.name, from: node.from, to: node.to, text: text.slice(node.from, node.to), children };
}
