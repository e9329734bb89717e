import {
  FeelContext,
  FeelDate,
  FeelDateTime,
  FeelDaysDuration,
  FeelMonthsDuration,
  FeelTime,
  parseNumber,
} from "@jinshui/feel";
import { childrenOf, readXml } from "./read-xml.mjs";

/**
 * @typedef {object} TckTest
 * @property {string} id Unique in its file.
 * @property {string} [invocable] Name of the service or knowledge model to call; else each result is a decision.
 * @property {Record<string, unknown>} inputs Values of FEEL.
 * @property {{ name: string, expected: unknown }[]} results
 */

/**
 * Reads a test file of the TCK.
 * @param {string} xml
 * @returns {{ model: string | undefined, tests: TckTest[] }}
 */
export function readTests(xml) {
  const root = readXml(xml);
  const seen = new Map();
  return {
    model: childrenOf(root, "modelName")[0]?.text.trim(),
    tests: childrenOf(root, "testCase").map((element, index) => readTest(element, index, seen)),
  };
}

function readTest(element, index, seen) {
  const written = element.attributes.id ?? String(index + 1);
  const times = (seen.get(written) ?? 0) + 1;
  seen.set(written, times);
  return {
    id: times === 1 ? written : `${written}.${times}`,
    invocable: element.attributes.invocableName,
    inputs: Object.fromEntries(childrenOf(element, "inputNode").map((node) => [node.attributes.name, readValue(node)])),
    results: childrenOf(element, "resultNode").map((node) => ({
      name: node.attributes.name,
      expected: readValue(childrenOf(node, "expected")[0] ?? node),
    })),
  };
}

/** What stands inside an element: a value, a list, or components. */
function readValue(holder) {
  const components = childrenOf(holder, "component");
  if (components.length > 0) {
    return new FeelContext(components.map((component) => [component.attributes.name, readValue(component)]));
  }
  const [list] = childrenOf(holder, "list");
  if (list) return isNil(list) ? null : childrenOf(list, "item").map(readValue);
  const [value] = childrenOf(holder, "value");
  return !value || isNil(value) || isNil(holder) ? null : readSimple(value);
}

const isNil = (element) => element.attributes.nil === "true" || element.attributes.nil === "1";

const READERS = {
  string: (text) => text,
  boolean: (text) => text === "true" || text === "1",
  date: (text) => FeelDate.parse(text),
  time: (text) => FeelTime.parse(text),
  dateTime: (text) => FeelDateTime.parse(text),
  duration: (text) => FeelMonthsDuration.parse(text) ?? FeelDaysDuration.parse(text),
};

function readSimple({ attributes, text }) {
  const type = (attributes.type ?? "string").replace(/^.*:/, "");
  if (type === "string") return text;
  const value = (READERS[type] ?? parseNumber)(text.trim());
  if (value === null) throw new Error(`"${text}" can't be read as ${type}`);
  return value;
}
