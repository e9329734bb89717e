import test from "ava";
import fc from "fast-check";
import { textOf } from "../testing.js";
import { add, compareNumbers, divide, multiply, numberText, parseNumber, subtract, type FeelNumber } from "./number.js";

/** A decimal of few digits as an integer and its scale, and as text. */
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 6 }))
  .map(([digits, scale]) => ({ digits, scale }));

type Sample = { digits: bigint; scale: number };

const textOfSample = ({ digits, scale }: Sample): string => {
  const size = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const point = size.length - scale;
  return `${digits < 0n ? "-" : ""}${size.slice(0, point)}${scale ? `.${size.slice(point)}` : ""}`;
};

const read = (sample: Sample): FeelNumber => parseNumber(textOfSample(sample)) ?? 0;
const same = (value: FeelNumber | null, sample: Sample): boolean =>
  value !== null && compareNumbers(value, read(sample)) === 0;
const aligned = (a: Sample, b: Sample): [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale];
};

test("sums, differences and products agree with integers", (t) => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const [x, y, scale] = aligned(a, b);
      return (
        same(add(read(a), read(b)), { digits: x + y, scale }) &&
        same(subtract(read(a), read(b)), { digits: x - y, scale }) &&
        same(multiply(read(a), read(b)), { digits: a.digits * b.digits, scale: a.scale + b.scale }) &&
        Math.sign(compareNumbers(read(a), read(b))) === Number(x > y) - Number(x < y)
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test("a product divided by one of its factors is the other", (t) => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const product = multiply(read(a), read(b));
      return b.digits === 0n || (product !== null && same(divide(product, read(b)), a));
    }),
  );
  t.pass();
});

/** A quotient of positive integers with 34 digits, half to even, as digits and a power of ten. */
function quotientOf(a: bigint, b: bigint): [bigint, number] {
  let scale = 0;
  while ((a * 10n ** BigInt(scale)) / b < 10n ** 33n) scale += 1;
  const scaled = a * 10n ** BigInt(scale);
  const whole = scaled / b;
  const twice = (scaled % b) * 2n;
  return [whole + (twice > b || (twice === b && whole % 2n === 1n) ? 1n : 0n), scale];
}

test("quotients agree with long division, rounded half to even", (t) => {
  const positive = fc.bigInt({ min: 1n, max: 10n ** 15n });
  fc.assert(
    fc.property(
      positive,
      fc.oneof(
        positive,
        fc.integer({ min: 1, max: 40 }).map((power) => 2n ** BigInt(power)),
      ),
      (a, b) => {
        const [digits, scale] = quotientOf(a, b);
        const quotient = divide(parseNumber(String(a)) ?? 0, parseNumber(String(b)) ?? 1);
        const wanted = parseNumber(`${digits}e-${scale}`);
        return quotient !== null && wanted !== null && compareNumbers(quotient, wanted) === 0;
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});

test("the text of a number is read as that number", (t) => {
  fc.assert(fc.property(decimal, (a) => same(parseNumber(numberText(read(a))), a)));
  t.pass();
});

test("whole numbers that are safe are JavaScript numbers, and none is minus zero", (t) => {
  t.is(parseNumber("1.50e1"), 15);
  t.is(typeof parseNumber("9007199254740993"), "object");
  t.true(Object.is(multiply(0, -5), 0));
  t.true(Object.is(parseNumber("-0"), 0));
  t.is(parseNumber("1e7000"), null);
  t.is(parseNumber("x"), null);
});

test("results keep 34 digits and round half to even", (t) => {
  t.is(textOf("1 / 3 + 2 / 3"), "1");
  t.is(textOf("1000000000000000000000000000000000.5 + 0"), "1000000000000000000000000000000000");
  t.is(textOf("1000000000000000000000000000000001.5 + 0"), "1000000000000000000000000000000002");
});
