import { problem } from "../errors.js";
import { parseTemporal } from "../temporal/parse.js";
import { unquote } from "../syntax/strings.js";
import { compare } from "../values/equality.js";
import type { FeelFunction } from "../values/function.js";
import { parseNumber } from "../values/number.js";
import { FeelRange } from "../values/range.js";
import { typeOf, type FeelValue } from "../values/value.js";
import { define, itemOf, stringOf } from "./define.js";

const order = (a: FeelValue, b: FeelValue): number =>
  compare(a, b) ?? problem(`${typeOf(a)} and ${typeOf(b)} can't be compared`);

/** Below zero when the range ends before the other starts; zero when both hold the point they share. */
function endToStart(a: FeelRange, b: FeelRange): number {
  if (a.end === undefined || b.start === undefined) return 1;
  return order(a.end, b.start) || (a.endIncluded && b.startIncluded ? 0 : -1);
}

/** How the starts lie to each other: an included one is before an excluded one, an open one before all. */
function starts(a: FeelRange, b: FeelRange): number {
  if (a.start === undefined || b.start === undefined)
    return Number(b.start === undefined) - Number(a.start === undefined);
  return order(a.start, b.start) || Number(b.startIncluded) - Number(a.startIncluded);
}

/** How the ends lie to each other: an excluded one is before an included one, an open one behind all. */
function ends(a: FeelRange, b: FeelRange): number {
  if (a.end === undefined || b.end === undefined) return Number(a.end === undefined) - Number(b.end === undefined);
  return order(a.end, b.end) || Number(a.endIncluded) - Number(b.endIncluded);
}

/** A point is the range of itself alone. */
const asRange = (value: FeelValue): FeelRange =>
  value instanceof FeelRange ? value : new FeelRange(value, true, value, true);

const overlaps = (a: FeelRange, b: FeelRange): boolean => endToStart(a, b) >= 0 && endToStart(b, a) >= 0;
const includes = (a: FeelRange, b: FeelRange): boolean => starts(a, b) <= 0 && ends(a, b) >= 0;
const overlapsBefore = (a: FeelRange, b: FeelRange): boolean =>
  starts(a, b) < 0 && endToStart(a, b) >= 0 && ends(a, b) <= 0;
const meets = (a: FeelRange, b: FeelRange): boolean => endToStart(a, b) === 0;

type Relation = (a: FeelRange, b: FeelRange) => boolean;

const POINTS = "(point1, point2)";
const POINT_RANGE = "(point, range)";
const RANGE_POINT = "(range, point)";
const RANGES = "(range1, range2)";

const kindOf = (a: FeelValue, b: FeelValue): string =>
  a instanceof FeelRange
    ? b instanceof FeelRange
      ? RANGES
      : RANGE_POINT
    : b instanceof FeelRange
      ? POINT_RANGE
      : POINTS;

function relation(name: string, kinds: readonly string[], holds: Relation): [string, FeelFunction] {
  return define(`${name}${kinds.join(" | ")}`, ([first, second]) => {
    const [a, b] = [itemOf(first), itemOf(second)];
    if (a === null || b === null) return problem("null has no place");
    if (!kinds.includes(kindOf(a, b))) return problem(`${typeOf(a)} and ${typeOf(b)} have no such relation`);
    return holds(asRange(a), asRange(b));
  });
}

const turned =
  (holds: Relation): Relation =>
  (a, b) =>
    holds(b, a);

/** A bound as `range()` reads it: text of a number, a string, a date, a time or a duration. */
function bound(text: string): FeelValue | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "null") return undefined;
  const number = parseNumber(trimmed);
  if (number !== null) return number;
  const literal = /^(@|(?:date and time|date|time|duration)\s*\(\s*)?("(?:\\.|[^"\\])*")\s*\)?$/.exec(trimmed);
  if (literal && !literal[1]) return unquote(literal[2] ?? "");
  return parseTemporal(literal ? unquote(literal[2] ?? "") : trimmed) ?? problem(`${trimmed} is no end of a range`);
}

/** No end of a range is longer than a date and time with its zone. */
const LONGEST = 1_000;

function parseRange(text: string): FeelRange {
  if (text.length > LONGEST) return problem("no range");
  const match = /^\s*([[(\]])((?:"(?:\\.|[^"\\])*"|[^"])*?)\.\.((?:"(?:\\.|[^"\\])*"|[^"])*)([\])[])\s*$/s.exec(text);
  if (!match) return problem("no range");
  const [start, end] = [bound(match[2] ?? ""), bound(match[3] ?? "")];
  const [startIncluded, endIncluded] = [match[1] === "[", match[4] === "]"];
  if (start === undefined && end === undefined) return problem("a range without ends");
  if ((start === undefined && startIncluded) || (end === undefined && endIncluded))
    return problem("an end that is not there");
  if (start !== undefined && end !== undefined && order(start, end) > 0)
    return problem("the range ends before it starts");
  return new FeelRange(start, startIncluded, end, endIncluded);
}

/** Relations of points and ranges. */
export const ranges = [
  relation("before", [POINTS, POINT_RANGE, RANGE_POINT, RANGES], (a, b) => endToStart(a, b) < 0),
  relation("after", [POINTS, POINT_RANGE, RANGE_POINT, RANGES], (a, b) => endToStart(b, a) < 0),
  relation("meets", [RANGES], meets),
  relation("met by", [RANGES], turned(meets)),
  relation("overlaps", [RANGES], overlaps),
  relation("overlaps before", [RANGES], overlapsBefore),
  relation("overlaps after", [RANGES], turned(overlapsBefore)),
  relation("finishes", [POINT_RANGE, RANGES], (a, b) => ends(a, b) === 0 && starts(a, b) >= 0),
  relation("finished by", [RANGE_POINT, RANGES], (a, b) => ends(a, b) === 0 && starts(a, b) <= 0),
  relation("includes", [RANGE_POINT, RANGES], includes),
  relation("during", [POINT_RANGE, RANGES], turned(includes)),
  relation("starts", [POINT_RANGE, RANGES], (a, b) => starts(a, b) === 0 && ends(a, b) <= 0),
  relation("started by", [RANGE_POINT, RANGES], (a, b) => starts(a, b) === 0 && ends(a, b) >= 0),
  relation("coincides", [POINTS, RANGES], (a, b) => starts(a, b) === 0 && ends(a, b) === 0),
  define("range(from)", ([from]) => parseRange(stringOf(from))),
];
