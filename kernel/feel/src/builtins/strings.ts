import { problem } from "../errors.js";
import type { FeelValue } from "../values/value.js";
import { define, listOf, positionOf, stringOf } from "./define.js";
import { Pattern } from "./pattern.js";

const optionalText = (value: FeelValue | undefined): string =>
  value === undefined || value === null ? "" : stringOf(value);

function substring(text: string, start: number, length: number | undefined): string {
  if (start === 0) return problem("positions begin at 1");
  if (length !== undefined && length < 1) return problem("a length of at least 1 is needed");
  const characters = [...text];
  const from = start > 0 ? start - 1 : Math.max(0, characters.length + start);
  return characters.slice(from, length === undefined ? undefined : from + length).join("");
}

/** Functions of strings; lengths and positions count code points. */
export const strings = [
  define("substring(string, start position, length?)", ([string, start, length]) =>
    substring(stringOf(string), positionOf(start), length === undefined ? undefined : positionOf(length)),
  ),
  define("string length(string)", ([string]) => {
    let length = 0;
    for (const character of stringOf(string)) if (character) length += 1;
    return length;
  }),
  define("upper case(string)", ([string], run) => run.text(stringOf(string).toUpperCase())),
  define("lower case(string)", ([string], run) => run.text(stringOf(string).toLowerCase())),
  define("substring before(string, match)", ([string, match]) => {
    const text = stringOf(string);
    return text.slice(0, Math.max(0, text.indexOf(stringOf(match))));
  }),
  define("substring after(string, match)", ([string, match]) => {
    const text = stringOf(string);
    const wanted = stringOf(match);
    const at = text.indexOf(wanted);
    return at < 0 ? "" : text.slice(at + wanted.length);
  }),
  define("contains(string, match)", ([string, match]) => stringOf(string).includes(stringOf(match))),
  define("starts with(string, match)", ([string, match]) => stringOf(string).startsWith(stringOf(match))),
  define("ends with(string, match)", ([string, match]) => stringOf(string).endsWith(stringOf(match))),
  define("matches(input, pattern, flags?)", ([input, pattern, flags], run) => {
    const text = stringOf(input);
    return Pattern.of(stringOf(pattern), optionalText(flags)).find(text, 0, run) !== null;
  }),
  define("replace(input, pattern, replacement, flags?)", ([input, pattern, replacement, flags], run) =>
    Pattern.of(stringOf(pattern), optionalText(flags)).replace(stringOf(input), stringOf(replacement), run),
  ),
  define("split(string, delimiter)", ([string, delimiter], run) =>
    run.list(Pattern.of(stringOf(delimiter), "").split(stringOf(string), run)),
  ),
  define("string join(list, delimiter?)", ([list, delimiter], run) => {
    const items = listOf(list);
    run.step(items.length);
    const texts = items
      .filter((item) => item !== null)
      .map((item) => (typeof item === "string" ? item : stringOf(null)));
    const separator = optionalText(delimiter);
    const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
    run.room(length);
    return texts.join(separator);
  }),
];
