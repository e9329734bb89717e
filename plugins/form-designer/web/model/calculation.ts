/** Signs that join the parts of a calculation. */
export const SIGNS = ["+", "-", "*", "/"] as const;
export type Sign = (typeof SIGNS)[number];

/** A calculation as menus make it. */
export type Calculation =
  /** Parts joined by one sign: keys of fields, or numbers; rounded to `digits` where given. */
  | { kind: "arithmetic"; sign: Sign; parts: (string | number)[]; digits?: number }
  /** Sum of a column of a list. */
  | { kind: "sum"; list: string; column: string }
  /** Rows of a list. */
  | { kind: "count"; list: string }
  /** Days from one date to another; `both` counts the first as well. */
  | { kind: "days"; from: string; to: string; both: boolean };

/** FEEL of a calculation; nothing while something in it is not chosen. */
export function calculationText(calculation: Calculation): string | undefined {
  switch (calculation.kind) {
    case "sum": {
      const { list, column } = calculation;
      return list === "" || column === "" ? undefined : `sum(${list}[${column} != null].${column})`;
    }
    case "count":
      return calculation.list === "" ? undefined : `count(${calculation.list})`;
    case "days": {
      const { from, to, both } = calculation;
      return from === "" || to === "" ? undefined : `(date(${to}) - date(${from})).days${both ? " + 1" : ""}`;
    }
    case "arithmetic": {
      const { sign, parts, digits } = calculation;
      if (parts.length === 0 || parts.includes("")) return undefined;
      const joined = parts.join(` ${sign} `);
      return digits === undefined ? joined : `round half up(${joined}, ${digits})`;
    }
  }
}

const SUM = /^sum\((\w+)\[(\w+) != null\]\.(\w+)\)$/;
const COUNT = /^count\((\w+)\)$/;
const DAYS = /^\(date\((\w+)\) - date\((\w+)\)\)\.days( \+ 1)?$/;
const ROUNDED = /^round half up\(([^()]*), (\d)\)$/;
const PART = /^(?:[a-z]\w*|-?\d+(?:\.\d+)?)$/i;

/** A calculation from its FEEL; nothing for what menus did not write. */
export function readCalculation(text: string): Calculation | undefined {
  const [, list = "", column = "", same] = SUM.exec(text) ?? [];
  if (list !== "" && column === same) return { kind: "sum", list, column };
  const [, counted] = COUNT.exec(text) ?? [];
  if (counted !== undefined) return { kind: "count", list: counted };
  const days = DAYS.exec(text);
  if (days) return { kind: "days", to: days[1] ?? "", from: days[2] ?? "", both: days[3] !== undefined };
  const rounded = ROUNDED.exec(text);
  const plain = rounded?.[1] ?? text;
  const sign = SIGNS.find((each) => plain.includes(` ${each} `)) ?? "+";
  const parts = plain.split(` ${sign} `);
  if (!parts.every((part) => PART.test(part))) return undefined;
  return {
    kind: "arithmetic",
    sign,
    parts: parts.map((part) => (Number.isNaN(Number(part)) ? part : Number(part))),
    ...(rounded ? { digits: Number(rounded[2]) } : {}),
  };
}
