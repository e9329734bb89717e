import { problem } from "../errors.js";
import { plus } from "../compile/arithmetic.js";
import { compare, equals } from "../values/equality.js";
import type { FeelFunctionBody } from "../values/function.js";
import { add, big, compareNumbers, divide, multiply, settle, subtract, type FeelNumber } from "../values/number.js";
import { isNumber, type FeelValue } from "../values/value.js";
import { define, listOf } from "./define.js";

function numbersOf(value: FeelValue | undefined): FeelNumber[] {
  return listOf(value).map((item) => (isNumber(item) ? item : problem("an item is no number")));
}

const whole = (value: FeelNumber | null): FeelNumber => value ?? problem("beyond the largest number");

const total = (numbers: readonly FeelNumber[]): FeelNumber =>
  numbers.reduce<FeelNumber>((sum, number) => whole(add(sum, number)), 0);

const mean = (numbers: readonly FeelNumber[]): FeelNumber => whole(divide(total(numbers), numbers.length));

const extreme =
  (sign: number): FeelFunctionBody =>
  ([list], run) => {
    const items = listOf(list);
    run.step(items.length);
    let best = items[0] ?? null;
    if (compare(best, best) === null) return best === null ? null : problem("items that have no order");
    for (const item of items) {
      const order = compare(item, best) ?? problem("items that can't be compared");
      if (order * sign > 0) best = item;
    }
    return best;
  };

/** Three-valued `and` or `or` of a list: the deciding value wins over what is no boolean. */
const decide =
  (deciding: boolean): FeelFunctionBody =>
  ([list], run) => {
    const items = listOf(list);
    run.step(items.length);
    if (items.includes(deciding)) return deciding;
    return items.every((item) => item === !deciding) ? !deciding : problem("an item is neither true nor false");
  };

function median(numbers: readonly FeelNumber[]): FeelValue {
  const sorted = [...numbers].sort(compareNumbers);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  const lower = sorted[middle - 1];
  if (upper === undefined) return null;
  return sorted.length % 2 || lower === undefined ? upper : divide(whole(add(lower, upper)), 2);
}

function mode(numbers: readonly FeelNumber[]): FeelValue {
  const runs: { value: FeelNumber; count: number }[] = [];
  for (const value of [...numbers].sort(compareNumbers)) {
    const last = runs.at(-1);
    if (last && equals(last.value, value) === true) last.count += 1;
    else runs.push({ value, count: 1 });
  }
  const most = runs.reduce((highest, { count }) => Math.max(highest, count), 0);
  return runs.filter(({ count }) => count === most).map(({ value }) => value);
}

/** Of a sample. */
function deviation(numbers: readonly FeelNumber[]): FeelValue {
  if (numbers.length < 2) return problem("at least two numbers are needed");
  const middle = mean(numbers);
  const squares = numbers.map((number) => {
    const distance = whole(subtract(number, middle));
    return whole(multiply(distance, distance));
  });
  return settle(big(whole(divide(total(squares), numbers.length - 1))).squareRoot());
}

const ofNumbers =
  (body: (numbers: readonly FeelNumber[]) => FeelValue): FeelFunctionBody =>
  ([list], run) => {
    const numbers = numbersOf(list);
    run.step(numbers.length);
    return numbers.length === 0 ? problem("an empty list") : body(numbers);
  };

/** Functions that make one value of a list. */
export const aggregates = [
  define("min(list...)", extreme(-1)),
  define("max(list...)", extreme(1)),
  define("sum(list...)", ([list], run) => {
    const items = listOf(list);
    run.step(items.length);
    const [first, ...rest] = items;
    if (first === undefined) return problem("an empty list");
    if (isNumber(first)) return total(numbersOf(items));
    if (typeof first === "string") return problem("strings have no sum");
    return rest.reduce<FeelValue>((sum, item) => plus(sum, item) ?? problem("items that have no sum"), first);
  }),
  define("mean(list...)", ofNumbers(mean)),
  define(
    "product(list...)",
    ofNumbers((numbers) => numbers.reduce<FeelNumber>((product, number) => whole(multiply(product, number)), 1)),
  ),
  define("median(list...)", ofNumbers(median)),
  define("stddev(list...)", ofNumbers(deviation)),
  define("mode(list...)", ([list], run) => {
    const numbers = numbersOf(list);
    run.step(numbers.length);
    return mode(numbers);
  }),
  define("all(list...)", decide(false)),
  define("any(list...)", decide(true)),
];
