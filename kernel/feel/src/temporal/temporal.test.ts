import test from "ava";
import fc from "fast-check";
import { gives } from "../testing.js";
import { FeelDate } from "./date.js";
import { FeelDateTime } from "./date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "./duration.js";
import { FeelTime } from "./time.js";
import { offsetAt, parseZone } from "./zone.js";

test("days are counted as the calendar of JavaScript counts them", (t) => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (day) => {
      const date = FeelDate.fromEpochDay(day);
      const other = new Date(day * 86_400_000);
      return (
        date?.epochDay === day &&
        date.year === other.getUTCFullYear() &&
        date.month === other.getUTCMonth() + 1 &&
        date.day === other.getUTCDate() &&
        date.weekday % 7 === other.getUTCDay() &&
        FeelDate.parse(date.toString())?.epochDay === day
      );
    }),
  );
  t.pass();
});

test("the text of a date and time is read as that instant", (t) => {
  const zone = fc.constantFrom("Z", "+08:00", "-03:30", "@Asia/Shanghai", "@Europe/Paris", "@America/New_York", "");
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), zone, (nanoseconds, name) => {
      const value = FeelDateTime.fromLocal(nanoseconds, name ? parseZone(name) : null);
      const again = value && FeelDateTime.parse(value.toString());
      return again?.local === nanoseconds && again.instant === value?.instant;
    }),
  );
  t.pass();
});

test("durations are read as they are written", (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer(), (nanoseconds, months) => {
      const days = new FeelDaysDuration(nanoseconds);
      return (
        FeelDaysDuration.parse(days.toString())?.nanoseconds === nanoseconds &&
        FeelMonthsDuration.parse(new FeelMonthsDuration(months).toString())?.months === months
      );
    }),
  );
  t.pass();
});

test("what is no date, time or duration is not read", (t) => {
  for (const text of ["2023-02-29", "2023-13-01", "023-01-01", "02023-01-01", "2023-1-1", "+2023-01-01", ""]) {
    t.is(FeelDate.parse(text), null, text);
  }
  for (const text of ["24:00:01", "10:60:00", "10:00", "10:00:00+25:00", "10:00:00@Nowhere/None", "T10:00:00"]) {
    t.is(FeelTime.parse(text), null, text);
  }
  for (const text of ["P", "PT", "P1DT", "P1Y1D", "1D", "P1.5D"]) {
    t.is(FeelDaysDuration.parse(text), null, text);
    t.is(FeelMonthsDuration.parse(text), null, text);
  }
});

test("zones know their summer time", (t) => {
  const paris = parseZone("@Europe/Paris");
  t.is(paris && offsetAt(paris, Date.UTC(2024, 0, 1) / 1000), 3600);
  t.is(paris && offsetAt(paris, Date.UTC(2024, 6, 1) / 1000), 7200);
});

test("times with different offsets are compared as instants", (t) => {
  gives(t, {
    '@"2024-01-01T08:00:00+08:00" = @"2024-01-01T00:00:00Z"': "true",
    '@"2024-01-01T08:00:00@Asia/Shanghai" = @"2024-01-01T00:00:00Z"': "true",
    '@"2024-01-01T08:00:00+08:00" < @"2024-01-01T08:00:00Z"': "true",
    '@"08:00:00+08:00" = @"00:00:00Z"': "true",
    '@"08:00:00" = @"08:00:00Z"': "false",
    '@"08:00:00" < @"08:00:00Z"': "null",
    'is(@"08:00:00+08:00", @"00:00:00Z")': "false",
    'is(@"08:00:00z", @"08:00:00+00:00")': "true",
  });
});

test("dates, times and durations are added and taken from each other", (t) => {
  gives(t, {
    '@"2024-01-31" + @"P1M"': "2024-02-29",
    '@"2024-02-29" - @"P1Y"': "2023-02-28",
    '@"2024-03-01" - @"2024-02-01"': "P29D",
    '@"2024-01-01" + @"PT36H"': "2024-01-02",
    '@"23:00:00" + @"PT2H"': "01:00:00",
    '@"2024-03-31T01:30:00@Europe/Paris" + @"PT1H"': "2024-03-31T03:30:00@Europe/Paris",
    '@"P1D" * 1.5': "P1DT12H",
    '@"P1Y" / @"P1M"': "12",
    '@"P1D" + @"P1M"': "null",
    '-@"P1Y2M"': "-P1Y2M",
  });
});
