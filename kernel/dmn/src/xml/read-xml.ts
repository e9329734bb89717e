import { Parser } from "saxen";
import { LineCursor } from "./line-cursor.js";
import type { XmlElement } from "./xml-element.js";

/** Nesting beyond this is no decision model but an attack on the stack. */
const MAX_DEPTH = 500;

/** A document's root, or the reason why there is none. */
export type XmlDocument = { readonly root: XmlElement } | { readonly error: string; readonly line: number };

type Draft = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: XmlElement[] };

/**
 * Reads an XML document into a tree. Elements of the namespaces in `own` lose their prefix; document types and
 * processing instructions are skipped, and no entity but the five of XML and character references is expanded.
 */
export function readXml(source: string, own: readonly string[]): XmlDocument {
  const cursor = new LineCursor(source);
  const open: Draft[] = [];
  let root: XmlElement | undefined;
  let failure: { error: string; line: number } | undefined;

  const fail = (error: string, line: number) => (failure ??= { error, line });
  const parser = new Parser({ proxy: true })
    .ns(Object.fromEntries(own.map((address) => [address, "own"])))
    .on("openTag", (element, decode) => {
      const parent = open.at(-1);
      const line = cursor.advance(`<${element.originalName}`);
      const attributes = Object.fromEntries(
        Object.entries(element.attrs).map(([name, value]) => [name.replace(/^own:/, ""), decode(value)]),
      );
      const draft: Draft = {
        name: element.name.replace(/^own:/, ""),
        attributes,
        children: [],
        text: "",
        line,
        namespaces: declaredHere(attributes, parent?.namespaces ?? {}),
      };
      if (parent) parent.children.push(draft);
      else root ??= draft;
      open.push(draft);
      if (open.length > MAX_DEPTH) {
        fail(`elements are nested more than ${MAX_DEPTH} deep`, line);
        parser.stop();
      }
    })
    .on("closeTag", () => {
      open.pop();
    })
    .on("text", (text, decode) => {
      const draft = open.at(-1);
      if (draft) draft.text += decode(text);
    })
    .on("cdata", (text) => {
      cursor.advance(text);
      const draft = open.at(-1);
      if (draft) draft.text += text;
    })
    .on("comment", (text) => {
      cursor.advance(text);
    })
    .on("question", (text) => {
      cursor.advance(text);
    })
    .on("attention", (text) => {
      cursor.advance(text);
    })
    .on("error", (error, context) => {
      fail(error.message, context().line + 1);
    })
    .on("warn", () => undefined);
  parser.parse(source);

  if (failure) return failure;
  return root ? { root } : { error: "there is no element", line: 1 };
}

function declaredHere(
  attributes: Readonly<Record<string, string>>,
  outer: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const declared = Object.entries(attributes).filter(([name]) => name.startsWith("xmlns:"));
  if (declared.length === 0) return outer;
  return { ...outer, ...Object.fromEntries(declared.map(([name, address]) => [name.slice("xmlns:".length), address])) };
}
