import { resolveAttribute, resolveName, type XmlNode } from "./xml-tree.js";

const XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type";

/**
 * Puts back into `exported` what of `original` it lacks: elements the BPMN library doesn't know, references to what is not
 * there, attributes that only repeat a default. What the library wrote in another form (`30` for `30.0`) stays.
 */
export function restore(original: XmlNode, exported: XmlNode): void {
  for (const [key, value] of original.attributes) {
    if (key.startsWith("xmlns:") && !exported.attributes.has(key) && !(key.slice(6) in exported.spaces))
      declare(exported, key.slice(6), value);
  }
  merge(original, exported, contents());
}

function merge(original: XmlNode, exported: XmlNode, content: (node: XmlNode) => string): void {
  restoreAttributes(original, exported);
  if (exported.text === "") exported.text = original.text;
  const partners = matched(original.children, exported.children, [content, appearance, kind]);
  const lostAfter = new Map<XmlNode | undefined, XmlNode[]>();
  let last: XmlNode | undefined;
  for (const child of original.children) {
    const partner = partners.get(child);
    if (partner) {
      merge(child, partner, content);
      last = partner;
    } else lostAfter.set(last, [...(lostAfter.get(last) ?? []), grafted(child, exported)]);
  }
  if (lostAfter.size > 0)
    exported.children = [undefined, ...exported.children].flatMap((node) => [
      ...(node ? [node] : []),
      ...(lostAfter.get(node) ?? []),
    ]);
}

function restoreAttributes(original: XmlNode, exported: XmlNode): void {
  const present = new Map(
    [...exported.attributes].map(([key, value]) => [resolveAttribute(key, exported.spaces), { key, value }]),
  );
  for (const [key, value] of original.attributes) {
    if (key === "xmlns" || key.startsWith("xmlns:")) continue;
    const resolved = resolveAttribute(key, original.spaces);
    const found = present.get(resolved);
    const wanted = resolved === XSI_TYPE ? translated(value, original, exported) : value;
    if (found && (resolved === XSI_TYPE || sameValue(found.value, value))) continue;
    exported.attributes.set(found?.key ?? (key.includes(":") ? translated(key, original, exported) : key), wanted);
  }
}

/** A name of the original with a prefix that means the same in the export. */
function translated(name: string, original: XmlNode, exported: XmlNode): string {
  const prefix = name.includes(":") ? name.slice(0, name.indexOf(":")) : "";
  const uri = original.spaces[prefix];
  if (uri === undefined || exported.spaces[prefix] === uri) return name;
  const known = Object.entries(exported.spaces).find(([key, value]) => value === uri && key !== "")?.[0];
  const used = known ?? unusedPrefix(prefix, exported);
  if (known === undefined) declare(exported, used, uri);
  return `${used}:${name.slice(name.indexOf(":") + 1)}`;
}

function unusedPrefix(prefix: string, node: XmlNode): string {
  let candidate = prefix === "" ? "ns" : prefix;
  while (candidate in node.spaces) candidate += "0";
  return candidate;
}

function declare(node: XmlNode, prefix: string, uri: string): void {
  node.attributes.set(prefix === "" ? "xmlns" : `xmlns:${prefix}`, uri);
  spread(node, prefix, uri);
}

function spread(node: XmlNode, prefix: string, uri: string): void {
  node.spaces[prefix] = uri;
  for (const child of node.children) {
    if (!child.attributes.has(prefix === "" ? "xmlns" : `xmlns:${prefix}`)) spread(child, prefix, uri);
  }
}

/** A lost element with all that is in it, and the namespaces it needs where it goes now. */
function grafted(node: XmlNode, parent: XmlNode): XmlNode {
  const attributes = new Map(node.attributes);
  for (const [prefix, uri] of Object.entries(node.spaces)) {
    if (parent.spaces[prefix] !== uri) attributes.set(prefix === "" ? "xmlns" : `xmlns:${prefix}`, uri);
  }
  if (parent.spaces[""] !== undefined && node.spaces[""] === undefined) attributes.set("xmlns", "");
  return { ...node, attributes };
}

/** Pairs children by one key after the other: the same all through, the same outside, and the same id or the next without. */
function matched(
  originals: XmlNode[],
  exported: XmlNode[],
  keys: ((node: XmlNode) => string)[],
): Map<XmlNode, XmlNode> {
  const pairs = new Map<XmlNode, XmlNode>();
  const taken = new Set<XmlNode>();
  for (const key of keys) {
    const free = new Map<string, XmlNode[]>();
    for (const node of exported) {
      if (taken.has(node)) continue;
      const alike = free.get(key(node));
      if (alike) alike.push(node);
      else free.set(key(node), [node]);
    }
    for (const list of free.values()) list.reverse();
    for (const node of originals) {
      const partner = pairs.has(node) ? undefined : free.get(key(node))?.pop();
      if (!partner) continue;
      pairs.set(node, partner);
      taken.add(partner);
    }
  }
  return pairs;
}

/** A short name for everything in an element: the same for elements with the same content. */
function contents(): (node: XmlNode) => string {
  const names = new Map<string, string>();
  const known = new WeakMap<XmlNode, string>();
  const content = (node: XmlNode): string => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const all = `${appearance(node)}\n${node.children.map(content).sort().join()}`;
    const name = names.get(all) ?? String(names.size);
    names.set(all, name);
    known.set(node, name);
    return name;
  };
  return content;
}

function appearance(node: XmlNode): string {
  const attributes = [...node.attributes]
    .filter(([key]) => key !== "xmlns" && !key.startsWith("xmlns:"))
    .map(([key, value]) => {
      const resolved = resolveAttribute(key, node.spaces);
      return `${resolved}=${resolved === XSI_TYPE ? resolveName(value, node.spaces) : normal(value)}`;
    });
  return [node.resolved, ...attributes.sort(), node.text].join("\n");
}

/** A text without anything else is what it says: two references are not the same reference changed. */
function kind(node: XmlNode): string {
  const id = node.attributes.get("id") ?? "";
  return `${node.resolved}\n${id}\n${id === "" && node.children.length === 0 ? node.text : ""}`;
}

/** Whether two attribute values say the same: numbers and truth values have several forms. */
export function sameValue(left: string, right: string): boolean {
  return left === right || normal(left) === normal(right);
}

function normal(value: string): string {
  const number = /^\s*[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) && value.length < 20 ? String(number) : value;
}
