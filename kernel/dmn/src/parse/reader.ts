import type { ModelProblem } from "../model/problem.js";
import type { ElementReference } from "../model/model.js";
import type { TypeReference } from "../model/item-definition.js";
import type { XmlElement } from "../xml/xml-element.js";

/** What the parts of the parser share: where problems go, and how names and links are read. */
export interface Reader {
  readonly namespace: string;
  problem(severity: ModelProblem["severity"], message: string, at: XmlElement): void;
}

const FEEL_ADDRESS = /\/spec\/(DMN\/\d+\/FEEL|FEEL\/\d+)/i;

/** A reader that collects its problems in `into`. */
export function createReader(namespace: string, into: ModelProblem[]): Reader {
  return {
    namespace,
    problem(severity, message, at) {
      const element = at.attributes["name"] ?? at.attributes["id"] ?? at.name;
      into.push({ severity, message, element, line: at.line });
    },
  };
}

/** Whether that address names FEEL, of any version. */
export function isFeel(language: string): boolean {
  return FEEL_ADDRESS.test(language) || language.trim().toLowerCase() === "feel";
}

/** The type an attribute or a child element `typeRef` names. */
export function readType(element: XmlElement, reader: Reader): TypeReference | undefined {
  const written = element.attributes["typeRef"] ?? element.children.find(({ name }) => name === "typeRef")?.text;
  return written === undefined ? undefined : typeNamed(written, element, reader);
}

/** The type with that name: a known XML prefix becomes a namespace. */
export function typeNamed(written: string, element: XmlElement, reader: Reader): TypeReference | undefined {
  const name = written.trim();
  if (name === "") return undefined;
  const braced = /^\{([^}]*)\}(.+)$/.exec(name);
  if (braced?.[1] !== undefined && braced[2] !== undefined) return inNamespace(braced[1], braced[2], reader);
  const colon = name.indexOf(":");
  const address = colon > 0 ? element.namespaces[name.slice(0, colon)] : undefined;
  return address === undefined ? { name: unprefixed(name) } : inNamespace(address, name.slice(colon + 1), reader);
}

function unprefixed(name: string): string {
  return name.startsWith("feel:") ? name.slice("feel:".length) : name;
}

function inNamespace(address: string, name: string, reader: Reader): TypeReference {
  if (isFeel(address) || address === reader.namespace) return { name };
  return { name, namespace: address };
}

/** The element an `href` points at. */
function readReference(element: XmlElement, reader: Reader): ElementReference | undefined {
  const href = element.attributes["href"]?.trim() ?? "";
  const hash = href.indexOf("#");
  const id = decoded(href.slice(hash + 1));
  if (id === "") {
    reader.problem("error", `<${element.name}> points nowhere: href is "${href}"`, element);
    return undefined;
  }
  const namespace = hash > 0 ? href.slice(0, hash) : reader.namespace;
  return namespace === reader.namespace ? { id } : { id, namespace };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** The references of every child of that name. */
export function readReferences(elements: readonly XmlElement[], reader: Reader): ElementReference[] {
  return elements.flatMap((element) => readReference(element, reader) ?? []);
}

/** `{ [key]: value }`, or nothing when there is no value. */
export function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>);
}

/** What every expression has: its type and its line. */
export function common(element: XmlElement, reader: Reader) {
  return { ...optional("type", readType(element, reader)), line: element.line };
}
