import { Parser } from "saxen";

/**
 * @typedef {object} Element
 * @property {string} name Local name.
 * @property {Record<string, string>} attributes By local name.
 * @property {Element[]} children
 * @property {string} text
 */

const local = (name) => name.slice(name.indexOf(":") + 1);

/**
 * Reads a test file into a tree without namespaces.
 * @param {string} source
 * @returns {Element}
 */
export function readXml(source) {
  const root = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const append = (text) => (open.at(-1).text += text);
  new Parser()
    .on("openTag", (name, attributes, decode) => {
      const entries = Object.entries(attributes()).map(([key, value]) => [local(key), decode(value)]);
      const element = { name: local(name), attributes: Object.fromEntries(entries), children: [], text: "" };
      open.at(-1).children.push(element);
      open.push(element);
    })
    .on("closeTag", () => open.pop())
    .on("text", (text, decode) => append(decode(text)))
    .on("cdata", append)
    .on("error", (error) => {
      throw error;
    })
    .parse(source.replace(/^\uFEFF/, ""));
  return root.children[0];
}

/** @param {Element} element @param {string} name */
export function childrenOf(element, name) {
  return element.children.filter((child) => child.name === name);
}
