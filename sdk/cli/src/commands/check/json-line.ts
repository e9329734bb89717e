import type { PluginProblem } from "@jinshui/contracts/plugin-folder";
import { type Expression, parseSync } from "oxc-parser";

type Path = readonly string[];

/** The line on which a part of a JSON file begins: the deepest that is there; nothing where the file is no JSON. */
export function jsonLine(text: string, path: Path): number | undefined {
  const { program, errors } = parseSync("file.js", `(${text})`);
  const [statement] = program.body;
  if (errors.length > 0 || statement?.type !== "ExpressionStatement") return undefined;
  let { expression } = statement;
  if (expression.type === "ParenthesizedExpression") ({ expression } = expression);
  let at = expression.start;
  for (const part of path) {
    const found = partOf(expression, part);
    if (!found) break;
    at = found.at;
    expression = found.value;
  }
  return text.slice(0, Math.max(0, at - 1)).split("\n").length;
}

/** A property by its name; an element by its index, by itself where it is a text, or by what it is called. */
function partOf(node: Expression, part: string): { at: number; value: Expression } | undefined {
  if (node.type === "ObjectExpression") {
    for (const property of node.properties)
      if (property.type === "Property" && property.key.type === "Literal" && property.key.value === part)
        return { at: property.start, value: property.value };
    return undefined;
  }
  if (node.type !== "ArrayExpression") return undefined;
  for (const [index, value] of node.elements.entries()) {
    if (value === null || value.type === "SpreadElement") continue;
    const isIt =
      (value.type === "Literal" && value.value === part) || ["id", "view"].some((key) => isCalled(value, key, part));
    if (isIt || String(index) === part) return { at: value.start, value };
  }
  return undefined;
}

function isCalled(node: Expression, key: string, name: string): boolean {
  const found = node.type === "ObjectExpression" ? partOf(node, key) : undefined;
  return found?.value.type === "Literal" && found.value.value === name;
}

/** Where in its file a problem is, as far as its code tells. */
export function pathOf({ code, params = {} }: PluginProblem): Path | undefined {
  const { path = "", view = "", id = "", field = "", op = "" } = params;
  const contributes = (kind: string, name: string): Path => ["jinshui", "contributes", kind, name];
  if (code === undefined) return undefined;
  if (code === "schema") return path.split("/").slice(1).map(unescaped);
  if (code === "foreign-permission") return contributes("permissions", id);
  if (code.startsWith("view-")) return contributes("views", view);
  if (code === "menu-view") return contributes("menu", view);
  if (code === "data-version") return ["jinshui", "data"];
  if (code === "kernel-name" || code === "outside-name") return ["jinshui", "id"];
  if (code === "no-permission") return ["permissions"];
  if (code === "cases-of-op") return [op];
  return field === "" ? undefined : ["fields", field];
}

/** A part of a JSON pointer (RFC 6901). */
function unescaped(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
