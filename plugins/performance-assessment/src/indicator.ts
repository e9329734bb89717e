import { type Durations, JinshuiError, type LocalText, type MatterFigures, type StepFigures } from "@jinshui/contracts";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Of what something can be assessed. */
export type Level = "bureau" | "department" | "person";

interface About {
  id: string;
  /** Of the formula: a score says by which one it was computed. */
  version: number;
  title: LocalText;
  /** The clause or custom that it follows. */
  source: string;
}

/** An indicator that the site's own figures give. */
export interface Indicator extends About {
  kind: "steps" | "matters";
  /** Numerator and denominator, by what they count. */
  ratio?: readonly [string, string];
  duration?: keyof Durations;
  count?: string;
  unit: "percent" | "hours" | "count";
  direction: "higher" | "lower";
  /** Full points from here on, and none from there on: decimals with two digits. */
  target: string;
  zero: string;
  levels: readonly Level[];
}

/** An indicator that is asked for, but whose data the site does not have. */
export interface MissingIndicator extends About {
  needs: LocalText;
}

const FOLDER = join(import.meta.dirname, "../indicators");

const all = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json"))
  .sort()
  .flatMap((name) => JSON.parse(readFileSync(join(FOLDER, name), "utf8")) as (Indicator | MissingIndicator)[]);

export const INDICATORS: readonly Indicator[] = all.filter((each): each is Indicator => !("needs" in each));
export const MISSING: readonly MissingIndicator[] = all.filter((each): each is MissingIndicator => "needs" in each);

/** @throws JinshuiError `invalid-request` for one that there is not. */
export function indicatorOf(id: string): Indicator {
  const found = INDICATORS.find((each) => each.id === id);
  if (found) return found;
  throw new JinshuiError("invalid-request", `There is no indicator ${id}`, { details: { indicator: id } });
}

/** What an indicator is for somebody, with the counts it follows from. */
export interface Measured {
  indicator: string;
  version: number;
  numerator: number;
  denominator?: number;
  /** In hundredths of its unit; absent where nothing was due, so that there is nothing to tell. */
  hundredths?: number;
}

type Figures = Pick<StepFigures | MatterFigures, "counts" | "durations">;

/** What figures say by an indicator's formula. */
export function measured({ id, version, ratio, duration, count }: Indicator, figures: Figures | undefined): Measured {
  const counts: Readonly<Record<string, number>> = figures?.counts ?? {};
  const base = { indicator: id, version };
  if (ratio) {
    const [numerator, denominator] = [counts[ratio[0]] ?? 0, counts[ratio[1]] ?? 0];
    return {
      ...base,
      numerator,
      denominator,
      ...(denominator === 0 ? {} : { hundredths: quotient(numerator * 10_000, denominator) }),
    };
  }
  if (duration) {
    const minutes = figures?.durations?.[duration];
    const done = counts["done"] ?? 0;
    return {
      ...base,
      numerator: minutes ?? 0,
      denominator: done,
      ...(minutes === undefined ? {} : { hundredths: quotient(minutes * 100, 60) }),
    };
  }
  const number = counts[count ?? ""] ?? 0;
  return { ...base, numerator: number, hundredths: number * 100 };
}

/** Divides whole numbers, halves away from zero. */
export function quotient(dividend: number, divisor: number): number {
  return Math.sign(dividend) * Math.floor((2 * Math.abs(dividend) + divisor) / (2 * divisor));
}
