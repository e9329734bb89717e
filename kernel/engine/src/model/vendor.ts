import { list, child, type ModdleElement } from "./moddle.js";
import type { Mapping } from "./model.js";

const NEVER = new Set(["xmlns", "xsi", "bioc", "color", "xml"]);

/** Attributes of the given namespace prefix, by local name. */
export function ownAttributes(element: ModdleElement, prefix: string): Record<string, string> {
  return attributes(element, (found) => found === prefix);
}

/** Attributes of every other vendor, by local name: what a host may read of an imported model. */
export function vendorAttributes(element: ModdleElement, prefix: string): Record<string, string> {
  return { ...texts(element), ...attributes(element, (found) => found !== prefix && !NEVER.has(found)) };
}

/** Extension elements that are nothing but a text, which some vendors use as others do attributes. */
function texts(element: ModdleElement): Record<string, string> {
  const holder = child(element, "extensionElements");
  const found: Record<string, string> = {};
  for (const entry of holder ? list(holder, "values") : []) {
    const text = textOf(entry);
    if (text !== "" && entry["$children"] === undefined) found[local(entry)] = text;
  }
  return found;
}

function attributes(element: ModdleElement, wanted: (prefix: string) => boolean): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(element.$attrs ?? {})) {
    const colon = name.indexOf(":");
    if (colon > 0 && wanted(name.slice(0, colon))) found[name.slice(colon + 1)] = String(value);
  }
  return found;
}

/** Extension elements by local name, whatever vendor they are of. */
export function extensionElements(element: ModdleElement, localName: string): ModdleElement[] {
  const holder = child(element, "extensionElements");
  return holder ? list(holder, "values").filter((entry) => local(entry) === localName) : [];
}

/** Children of a generic element by local name. */
function childrenOf(element: ModdleElement, localName: string): ModdleElement[] {
  const children = element["$children"];
  return Array.isArray(children) ? (children as ModdleElement[]).filter((entry) => local(entry) === localName) : [];
}

/** Text of a generic element. */
function textOf(element: ModdleElement): string {
  const body = element["$body"];
  return typeof body === "string" ? body.trim() : "";
}

/** An attribute of a generic element. */
export function attribute(element: ModdleElement, name: string): string | undefined {
  const value = element[name] ?? element.$attrs?.[name];
  return typeof value === "string" ? value : undefined;
}

/** `inputOutput` of Camunda and `ioMapping` of Zeebe, one direction. */
export function mappings(element: ModdleElement, direction: "input" | "output"): Mapping[] {
  const parameters = extensionElements(element, "inputOutput").flatMap((entry) =>
    childrenOf(entry, `${direction}Parameter`),
  );
  const zeebe = extensionElements(element, "ioMapping").flatMap((entry) => childrenOf(entry, direction));
  return [
    ...parameters.map((parameter) => {
      const target = attribute(parameter, "name") ?? "";
      const [inner] = (parameter["$children"] as ModdleElement[] | undefined) ?? [];
      const value = inner
        ? structured(inner)
        : { expression: textOf(parameter), literal: !isExpression(textOf(parameter)) };
      return { target, ...value };
    }),
    ...zeebe.map((entry) => ({
      target: attribute(entry, "target") ?? "",
      expression: attribute(entry, "source") ?? "null",
    })),
  ].filter(({ target }) => target !== "");
}

/** Lists, maps and scripts as one template: JSON whose leaves are expressions. */
function structured(element: ModdleElement): { expression: string; literal: boolean } {
  if (local(element) === "script") return { expression: textOf(element), literal: false };
  return { expression: JSON.stringify(template(element)), literal: true };
}

function template(element: ModdleElement): unknown {
  if (local(element) === "list") return ((element["$children"] as ModdleElement[] | undefined) ?? []).map(template);
  if (local(element) === "map")
    return Object.fromEntries(
      childrenOf(element, "entry").map((entry) => {
        const [inner] = (entry["$children"] as ModdleElement[] | undefined) ?? [];
        return [attribute(entry, "key") ?? "", inner ? template(inner) : textOf(entry)];
      }),
    );
  return textOf(element);
}

function isExpression(text: string): boolean {
  return /[$#]\{/.test(text);
}

function local(element: ModdleElement): string {
  return element.$type.replace(/^.*:/, "");
}

/** What `in` and `out` elements hand over. */
export function handed(entries: ModdleElement[]): Mapping[] {
  return entries.flatMap((entry): Mapping[] => {
    const target = attribute(entry, "target");
    const source = attribute(entry, "source");
    const expression = attribute(entry, "sourceExpression");
    const local = attribute(entry, "local") === "true" ? { local: true } : {};
    if (target === undefined) return [];
    if (expression !== undefined) {
      const literal = isExpression(expression) || expression.startsWith("=") ? {} : { literal: true };
      return [{ target, expression, ...literal, ...local }];
    }
    return source === undefined ? [] : [{ target, expression: source, literal: false, ...local }];
  });
}

/** Whether all variables are handed over, and which are meant. */
export function allOf(entries: ModdleElement[]): "visible" | "local" | undefined {
  const found = entries.find((entry) => attribute(entry, "variables") === "all");
  if (!found) return undefined;
  return attribute(found, "local") === "true" ? "local" : "visible";
}
