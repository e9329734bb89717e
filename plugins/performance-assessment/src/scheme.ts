import { JinshuiError } from "@jinshui/plugin";
import { indicatorOf, type Level, type Measured, quotient } from "./indicator.js";

/** What an indicator counts for in a scheme; decimals with two digits. */
export interface SchemeLine {
  indicator: string;
  /** Of all lines together 100. */
  weight: number;
  target: string;
  zero: string;
}

/** A line with what came of it. */
export interface ScoredLine extends Measured {
  weight: number;
  target: string;
  zero: string;
  /** In hundredths of a point, 0 to 10 000; absent where there is nothing to tell. */
  score?: number;
}

/** @throws JinshuiError `invalid-request` saying which line can't be so. */
export function checkScheme(level: Level, lines: readonly SchemeLine[]): void {
  const refuse = (message: string, indicator?: string): never => {
    throw new JinshuiError("invalid-request", message, { details: { field: "lines", indicator } });
  };
  const sum = lines.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100) refuse(`The weights sum to ${sum}, not to 100`);
  for (const { indicator: id, weight, target, zero } of lines) {
    const { levels, direction } = indicatorOf(id);
    if (!levels.includes(level)) refuse(`${id} can't be told of a ${level}`, id);
    if (lines.filter(({ indicator }) => indicator === id).length > 1) refuse(`${id} is there twice`, id);
    if (!Number.isInteger(weight) || weight < 1) refuse(`The weight of ${id} must be a whole number above 0`, id);
    const [best, worst] = [hundredthsOf(target), hundredthsOf(zero)];
    if (direction === "higher" ? best <= worst : best >= worst)
      refuse(`Of ${id}, ${direction} is better: its target ${target} must be beyond its zero point ${zero}`, id);
  }
}

/** A decimal with up to two digits as a whole number of hundredths. */
export function hundredthsOf(text: string): number {
  const [, sign = "", whole = "", part = ""] = /^(-?)(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  if (whole === "") throw new JinshuiError("invalid-request", `${text} is no number with two decimals`);
  const amount = Number(whole) * 100 + Number(part.padEnd(2, "0"));
  return sign === "-" ? -amount : amount;
}

/** Hundredths as a decimal with two digits. */
export function decimal(hundredths: number): string {
  const amount = Math.abs(hundredths);
  return `${hundredths < 0 ? "-" : ""}${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")}`;
}

/** Points between the zero point and the target, in hundredths: capped at both ends. */
export function scored(line: SchemeLine, measured: Measured): ScoredLine {
  const { weight, target, zero } = line;
  const { hundredths } = measured;
  if (hundredths === undefined) return { ...measured, weight, target, zero };
  const [best, worst] = [hundredthsOf(target), hundredthsOf(zero)];
  const raw = quotient((hundredths - worst) * Math.sign(best - worst) * 10_000, Math.abs(best - worst));
  return { ...measured, weight, target, zero, score: Math.min(10_000, Math.max(0, raw)) };
}

/** The sum by weight, in hundredths of a point, of the lines that tell something; nothing where none does. */
export function totalOf(lines: readonly Pick<ScoredLine, "weight" | "score">[]): number | undefined {
  const told = lines.filter((line): line is { weight: number; score: number } => line.score !== undefined);
  const weights = told.reduce((sum, { weight }) => sum + weight, 0);
  if (weights === 0) return undefined;
  return quotient(
    told.reduce((sum, { weight, score }) => sum + weight * score, 0),
    weights,
  );
}
