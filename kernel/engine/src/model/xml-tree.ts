import { Parser } from "saxen";
import { withoutAttributeSpaces } from "./attribute-spaces.js";

/** An element of any XML, with its names as they were written. */
export interface XmlNode {
  /** With prefix, as written. */
  name: string;
  /** Namespace and local name, `{uri}local`. */
  resolved: string;
  /** As written, with prefix, `xmlns` included. */
  attributes: Map<string, string>;
  children: XmlNode[];
  /** Its own text, spaces at both ends cut. */
  text: string;
  /** Namespaces by prefix, the default one by `""`. */
  spaces: Record<string, string>;
}

const XML: Record<string, string> = { xml: "http://www.w3.org/XML/1998/namespace" };

/** Deepest nesting of elements that is read. */
const MAX_DEPTH = 500;

/** Reads XML into a tree. Throws on what is not well formed or too deep. */
export function readTree(xml: string): XmlNode {
  const open: XmlNode[] = [];
  let root: XmlNode | undefined;
  const addText = (text: string): void => {
    const current = open.at(-1);
    if (current) current.text += text;
  };
  new Parser()
    .on("error", (error) => {
      throw error;
    })
    .on("openTag", (name, readAttributes, decode) => {
      const parent = open.at(-1);
      const raw = Object.entries(readAttributes() || {});
      const attributes = new Map(raw.map(([key, value]) => [key, decode(value)]));
      const spaces = { ...(parent?.spaces ?? XML), ...declaredIn(attributes) };
      const node: XmlNode = { name, resolved: resolveName(name, spaces), attributes, children: [], text: "", spaces };
      if (open.length >= MAX_DEPTH) throw new Error(`elements are nested deeper than ${MAX_DEPTH}`);
      if (parent) parent.children.push(node);
      else root ??= node;
      open.push(node);
    })
    .on("closeTag", () => {
      const node = open.pop();
      if (node) node.text = node.text.trim();
    })
    .on("text", (text, decode) => {
      addText(decode(text));
    })
    .on("cdata", addText)
    .parse(withoutAttributeSpaces(xml.replace(/^\uFEFF/, "")));
  if (!root) throw new Error("there is no element");
  return root;
}

/** Writes a tree as XML, two spaces to a level. */
export function writeTree(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${written(root, "")}`;
}

/** `{uri}local` of an element's or a type's name. */
export function resolveName(name: string, spaces: Record<string, string>): string {
  const colon = name.indexOf(":");
  const space = spaces[colon < 0 ? "" : name.slice(0, colon)];
  return space === undefined ? name : `{${space}}${name.slice(colon + 1)}`;
}

/** The same of an attribute, which has no namespace unless it has a prefix. */
export function resolveAttribute(name: string, spaces: Record<string, string>): string {
  return name.includes(":") ? resolveName(name, spaces) : name;
}

function declaredIn(attributes: Map<string, string>): Record<string, string> {
  const found = [...attributes].filter(([key]) => key === "xmlns" || key.startsWith("xmlns:"));
  return Object.fromEntries(found.map(([key, value]) => [key.slice("xmlns:".length), value]));
}

function written(node: XmlNode, indent: string): string {
  const attributes = [...node.attributes].map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
  const start = `${indent}<${node.name}${attributes}`;
  if (node.children.length === 0) return node.text === "" ? `${start}/>\n` : `${start}>${plain(node)}</${node.name}>\n`;
  const inner = node.children.map((child) => written(child, `${indent}  `)).join("");
  return `${start}>${plain(node)}\n${inner}${indent}</${node.name}>\n`;
}

function plain(node: XmlNode): string {
  return node.text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function escaped(value: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return value.replace(/[&<>"]|[\t\n\r]/g, (sign) => entities[sign] ?? `&#${sign.charCodeAt(0)};`);
}
