/** @typedef {import("./read-xml.mjs").XmlElement} XmlElement */

/**
 * What is in one reading and not in the other, as lines to show: elements with their ids and attributes (bounds and
 * waypoints among them), their texts, the place they hang at, and elements that appeared from nowhere. The order of unlike
 * elements is free, and so is how a number is written; waypoints keep their order.
 * @param {XmlElement[]} before
 * @param {XmlElement[]} after
 * @returns {string[]}
 */
export function difference(before, after) {
  const [old, now] = [facts(before), facts(after)];
  const lost = [...old].filter(([fact, count]) => count > (now.get(fact) ?? 0)).map(([fact]) => `lost ${fact}`);
  const added = [...now].filter(([fact, count]) => fact.startsWith("element ") && count > (old.get(fact) ?? 0));
  return [...lost, ...added.map(([fact]) => `new ${fact}`), ...ways(before, after)];
}

function facts(elements) {
  const counts = new Map();
  const add = (fact) => counts.set(fact, (counts.get(fact) ?? 0) + 1);
  for (const element of elements) {
    const who = identity(element);
    add(`element ${who} in ${element.parent ? identity(element.parent) : "the file"}`);
    for (const [name, value] of element.attributes) add(`attribute ${name}=${normal(value)} of ${who}`);
    if (element.text !== "") add(`text ${JSON.stringify(element.text)} of ${who}`);
  }
  return counts;
}

/** Waypoints of each edge, in order. */
function ways(before, after) {
  const read = (elements) => {
    const found = new Map();
    for (const element of elements.filter(({ name }) => name.endsWith("}waypoint"))) {
      const edge = identity(element.parent);
      const point = [element.attributes.get("x"), element.attributes.get("y")].map((value) => normal(value ?? ""));
      found.set(edge, [...(found.get(edge) ?? []), point.join(",")]);
    }
    return found;
  };
  const now = read(after);
  return [...read(before)]
    .filter(([edge, points]) => points.join(" ") !== now.get(edge)?.join(" "))
    .map(([edge]) => `lost waypoints of ${edge}`);
}

/** By its id, else by what it hangs at and, for shapes, what it draws. */
function identity(element) {
  if (element === undefined) return "";
  const own = element.id ?? element.attributes.get("bpmnElement");
  return `${element.name}#${own ?? `(${element.parent ? identity(element.parent) : ""})`}`;
}

function normal(value) {
  return /^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(value) && value.length < 20 ? String(Number(value)) : value;
}
