import test from "ava";
import { indicatorOf, INDICATORS, measured, MISSING } from "./indicator.js";
import { checkScheme, decimal, hundredthsOf, scored, totalOf } from "./scheme.js";

test("a rate has both counts and two decimals; where nothing was due there is none", (t) => {
  const onTime = indicatorOf("step-on-time");
  const of = (counts: object): object => measured(onTime, { counts: counts as never });
  t.like(of({ onTime: 9_702, due: 9_800 }), { numerator: 9_702, denominator: 9_800, hundredths: 9_900 });
  t.like(of({ onTime: 88, due: 98 }), { hundredths: 8_980 });
  t.like(of({ onTime: 1, due: 3 }), { hundredths: 3_333 });
  t.like(of({ onTime: 2, due: 3 }), { hundredths: 6_667 });
  t.false("hundredths" in of({ onTime: 0, due: 0 }), "never 100 %");
  t.like(
    measured(indicatorOf("step-p90"), {
      counts: { done: 3 } as never,
      durations: { average: 1, median: 1, p90: 4_320 },
    }),
    {
      hundredths: 7_200,
    },
  );
  t.false("hundredths" in measured(indicatorOf("step-p90"), { counts: {} as never }));
});

test("points lie between zero point and target, capped at both, whichever way is better", (t) => {
  const score = (indicator: string, target: string, zero: string, hundredths: number): number | undefined =>
    scored({ indicator, weight: 10, target, zero }, { indicator, version: 1, numerator: 0, hundredths }).score;
  t.is(score("step-on-time", "99.00", "94.00", 9_750), 7_000, "97.50 of 99, a tenth for each half: 7 of 10");
  t.is(score("step-on-time", "99.00", "94.00", 9_950), 10_000);
  t.is(score("step-on-time", "99.00", "94.00", 9_000), 0);
  t.is(score("step-return", "5.00", "30.00", 1_000), 8_000);
  t.is(score("step-return", "5.00", "30.00", 0), 10_000);
  t.is(score("step-return", "5.00", "30.00", 5_000), 0);
});

test("a total is by weight, over what tells something", (t) => {
  const lines = [
    { weight: 40, score: 9_200 },
    { weight: 35, score: 8_800 },
    { weight: 25, score: 10_000 },
  ];
  t.is(totalOf(lines), 9_260);
  t.is(totalOf([...lines.slice(0, 1), { weight: 60 }]), 9_200, "what can't be told is left out");
  t.is(totalOf([{ weight: 100 }]), undefined);
  t.is(decimal(9_260), "92.60");
  t.is(decimal(-1_605), "-16.05");
  t.is(hundredthsOf("-16.05"), -1_605);
  t.throws(() => hundredthsOf("1.234"));
});

test("a scheme whose weights are not 100, or whose target is worse than its zero point, is refused", (t) => {
  const line = { indicator: "step-on-time", weight: 100, target: "100.00", zero: "80.00" };
  t.notThrows(() => checkScheme("person", [line]));
  t.throws(() => checkScheme("person", [{ ...line, weight: 99 }]), { message: /sum to 99/ });
  t.throws(() => checkScheme("person", [{ ...line, zero: "100.00" }]), { message: /beyond/ });
  t.throws(() => checkScheme("person", [{ ...line, indicator: "matter-on-time" }]), { message: /person/ });
  t.throws(
    () =>
      checkScheme("bureau", [
        { ...line, weight: 50 },
        { ...line, weight: 50 },
      ]),
    { message: /twice/ },
  );
  t.throws(() => checkScheme("bureau", [{ ...line, indicator: "no-such" }]), { message: /no indicator/ });
});

test("indicators have ids of their own, and those without data say what they need", (t) => {
  const ids = [...INDICATORS, ...MISSING].map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  t.true(INDICATORS.length >= 11 && MISSING.length >= 7);
  for (const { target, zero, direction, id } of INDICATORS)
    t.true(Math.sign(hundredthsOf(target) - hundredthsOf(zero)) === (direction === "higher" ? 1 : -1), id);
});
