import { Parser } from "saxen";

const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const FIXED = { xml: "http://www.w3.org/XML/1998/namespace" };

/**
 * @typedef {object} XmlElement
 * @property {string} name `{namespace}local`
 * @property {string | undefined} id
 * @property {Map<string, string>} attributes by `{namespace}local`, or `local` without a namespace; no `xmlns`
 * @property {string} text its own text, spaces at both ends cut
 * @property {XmlElement | undefined} parent
 */

/**
 * Reads a text as XML, without any knowledge of BPMN: names are resolved here, so a changed prefix is no difference.
 * @param {string} xml
 * @returns {XmlElement[]} in the order of the text
 */
export function readXml(xml) {
  const elements = [];
  const open = [];
  const append = (text) => {
    const current = open.at(-1);
    if (current) current.element.text += text;
  };
  new Parser()
    .on("error", (error) => {
      throw error;
    })
    .on("openTag", (name, attributesOf, decode) => {
      const raw = Object.entries(attributesOf() || {}).map(([key, value]) => [key, decode(value)]);
      const parent = open.at(-1);
      const spaces = { ...(parent?.spaces ?? FIXED), ...declared(raw) };
      const attributes = new Map(
        raw.filter(([key]) => !/^xmlns(:|$)/.test(key)).map((entry) => attribute(entry, spaces)),
      );
      const element = {
        name: resolve(name, spaces, spaces[""]),
        id: attributes.get("id"),
        attributes,
        text: "",
        parent: parent?.element,
      };
      elements.push(element);
      open.push({ element, spaces });
    })
    .on("closeTag", () => {
      const { element } = open.pop();
      element.text = element.text.trim();
    })
    .on("text", (text, decode) => append(decode(text)))
    .on("cdata", append)
    .parse(xml.replace(/^\uFEFF/, ""));
  return elements;
}

function declared(raw) {
  const found = raw.filter(([key]) => /^xmlns(:|$)/.test(key));
  return Object.fromEntries(found.map(([key, value]) => [key.slice("xmlns:".length), value]));
}

/** Without a prefix an attribute has no namespace; the value of `xsi:type` is a name itself. */
function attribute([key, value], spaces) {
  const name = resolve(key, spaces, undefined);
  return [name, name === `{${XSI}}type` ? resolve(value, spaces, spaces[""]) : value];
}

function resolve(name, spaces, fallback) {
  const colon = name.indexOf(":");
  const space = colon < 0 ? fallback : (spaces[name.slice(0, colon)] ?? `?${name.slice(0, colon)}`);
  return space === undefined ? name : `{${space}}${name.slice(colon + 1)}`;
}
