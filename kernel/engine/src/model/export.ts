import { BpmnModdle } from "bpmn-moddle";
import { withoutAttributeSpaces } from "./attribute-spaces.js";
import { restore, sameValue } from "./restore.js";
import { readTree, resolveAttribute, writeTree, type XmlNode } from "./xml-tree.js";

/** An export that would have lost something, which is a fault of this package. */
export class ExportError extends Error {
  override name = "ExportError";

  /** @param lost - What is missing, at most twenty entries. */
  constructor(readonly lost: string[]) {
    super(`The export would lose ${lost.length} things: ${lost.slice(0, 3).join("; ")}`);
  }
}

/**
 * Writes BPMN XML anew in the form of the BPMN library, without losing what the library doesn't know: foreign elements,
 * references to what is not there, colours, labels. Comments and processing instructions are not kept.
 *
 * @throws {@link ExportError} when an element, an attribute or a text would be missing; other errors when the file is no BPMN.
 */
export async function exportModel(xml: string): Promise<string> {
  const original = readTree(xml);
  const moddle = new BpmnModdle();
  const { rootElement } = (await moddle.fromXML(withoutAttributeSpaces(xml))) as { rootElement: unknown };
  const exported = readTree((await moddle.toXML(rootElement, { format: true })).xml);
  restore(original, exported);
  const text = writeTree(exported);
  const lost = missing(original, readTree(text));
  if (lost.length > 0) throw new ExportError(lost.slice(0, 20));
  return text;
}

/** What the first tree has and the second has not, wherever it stands in it. */
function missing(original: XmlNode, exported: XmlNode): string[] {
  const rest = new Map<string, Map<string, string>[]>();
  for (const node of all(exported)) {
    const list = rest.get(identity(node));
    if (list) list.push(facts(node));
    else rest.set(identity(node), [facts(node)]);
  }
  return all(original).flatMap((node) => {
    const wanted = facts(node);
    const candidates = rest.get(identity(node)) ?? [];
    const index = candidates.findIndex((candidate) => covers(candidate, wanted));
    if (index < 0) return [`${node.name} ${node.attributes.get("id") ?? ""}`.trim()];
    candidates.splice(index, 1);
    return [];
  });
}

function all(root: XmlNode): XmlNode[] {
  return [root, ...root.children.flatMap(all)];
}

function identity(node: XmlNode): string {
  return `${node.resolved} ${node.attributes.get("id") ?? ""}`;
}

function facts(node: XmlNode): Map<string, string> {
  const attributes = [...node.attributes]
    .filter(([key]) => key !== "xmlns" && !key.startsWith("xmlns:"))
    .map(([key, value]): [string, string] => [resolveAttribute(key, node.spaces), localType(key, value)]);
  return new Map([...attributes, ["", node.text]]);
}

/** Prefixes of types may change; which namespace they mean was settled when they were written. */
function localType(key: string, value: string): string {
  return key.endsWith(":type") ? value.replace(/^[^:]*:/, "") : value;
}

function covers(candidate: Map<string, string>, wanted: Map<string, string>): boolean {
  return [...wanted].every(([key, value]) => {
    const found = candidate.get(key);
    return found !== undefined && sameValue(found, value);
  });
}
