import { isUel } from "../feel/feel.js";
import { isDuration, toInstant } from "../feel/iso-time.js";
import { isCycle } from "../machine/timers.js";
import type { TimerDefinition } from "./model.js";

/** Whether a text is a time of its kind as it stands, with nothing to evaluate. */
function isTime(kind: TimerDefinition["kind"], text: string): boolean {
  return kind === "cycle" ? isCycle(text) : isDuration(text) || toInstant(text) !== undefined;
}

/** What a timer's text is: a time, an expression that gives one, or neither. */
export function timerText({ kind, expression }: TimerDefinition): "time" | "expression" | "neither" {
  const text = expression.trim();
  if (isTime(kind, text)) return "time";
  if (isUel(text) || text.startsWith("=")) return "expression";
  return isMistaken(kind, text) ? "neither" : "expression";
}

/**
 * What FEEL would read and that can't be meant: everyday language, which is one long name to it; numbers and texts that are no time;
 * parts of ISO 8601. A Chinese name of a variable is taken with `=` before it.
 */
function isMistaken(kind: TimerDefinition["kind"], text: string): boolean {
  const quoted = /^"([^"]*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return !isTime(kind, quoted);
  if (!/[\p{L}(]/u.test(text) || /^R\d*\//.test(text)) return true;
  const isName = /^[\p{L}_][\p{L}\p{N}_\s.]*$/u.test(text);
  return isName && (/[^\0-\x7f]|^(P|PT|R)\d/i.test(text) || /^(tomorrow|(hour|week|month|year)ly|daily)$/i.test(text));
}

const EXAMPLES = { duration: "P3D", date: "2026-03-01T09:00:00+08:00", cycle: "R/P1D" } as const;

/** How a mistaken text would have to be written, as far as it can be guessed, otherwise a time of the kind. */
export function timerExample({ kind, expression }: TimerDefinition): string {
  const guess = kind === "date" ? undefined : (spoken(expression) ?? misspelt(expression));
  return guess === undefined ? EXAMPLES[kind] : kind === "cycle" ? `R/${guess}` : guess;
}

const UNITS = [
  ["Y", "年|years?"],
  ["M", "个?月|months?"],
  ["W", "个?(?:周|星期)|weeks?"],
  ["D", "[天日]|days?"],
  ["H", "个?(?:小时|钟头)|hours?"],
  ["M", "分钟?|minutes?|min"],
  ["S", "秒钟?|seconds?|sec"],
] as const;
const FIRST_OF_TIME = 4;
const DIGITS = "零一二三四五六七八九";

/** `三天`, `每 2 小时`, `1 day 12 hours` as ISO 8601. */
function spoken(text: string): string | undefined {
  let rest = text.trim().replace(/^每\s*(?![\d一二两三四五六七八九十])/, "1");
  rest = rest.replace(/^每\s*|(以后|之后|后|之?内)$/g, "");
  const parts = { date: "P", time: "" };
  UNITS.forEach(([letter, words], index) => {
    const found = new RegExp(`^(\\d+|[一二两三四五六七八九十]{1,3})\\s*(?:${words})(?![a-z])\\s*`, "i").exec(rest);
    if (!found) return;
    parts[index < FIRST_OF_TIME ? "date" : "time"] += `${numberOf(found[1] ?? "")}${letter}`;
    rest = rest.slice(found[0].length);
  });
  const iso = parts.time === "" ? parts.date : `${parts.date}T${parts.time}`;
  return rest === "" && isDuration(iso) ? iso : undefined;
}

function numberOf(text: string): number {
  if (/^\d/.test(text)) return Number(text);
  const [tens, ones] = text.replace("两", "二").split("十");
  if (ones === undefined) return DIGITS.indexOf(tens ?? "");
  return 10 * (tens === "" ? 1 : DIGITS.indexOf(tens ?? "")) + Math.max(DIGITS.indexOf(ones), 0);
}

/** `p3d`, `3d`, `P2H`, `R/3D`. */
function misspelt(text: string): string | undefined {
  const upper = text
    .trim()
    .toUpperCase()
    .replace(/^R\d*\//, "");
  const bare = upper.replace(/^PT?/, "");
  return [upper, `PT${bare}`, `P${bare}`].find(isDuration);
}
