/** A node of bpmn-moddle's tree, as far as this package reads it. */
export interface ModdleElement {
  $type: string;
  $attrs?: Record<string, string>;
  id?: string;
  name?: string;
  [property: string]: unknown;
}

/** A list property that may be missing. */
export function list(element: ModdleElement, property: string): ModdleElement[] {
  const value = element[property];
  return Array.isArray(value) ? (value as ModdleElement[]) : [];
}

/** A single child that may be missing. */
export function child(element: ModdleElement, property: string): ModdleElement | undefined {
  const value = element[property];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ModdleElement) : undefined;
}

/** The text of an expression, script or documentation node. */
export function bodyText(element: ModdleElement | undefined, property = "body"): string | undefined {
  const value = element?.[property];
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  const text = element?.["text"];
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}

/** The documentation of an element, all parts joined. */
export function documentation(element: ModdleElement): string | undefined {
  const parts = list(element, "documentation")
    .map((part) => bodyText(part))
    .filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("\n");
}
