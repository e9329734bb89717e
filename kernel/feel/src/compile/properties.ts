import { FeelDate } from "../temporal/date.js";
import { FeelDateTime } from "../temporal/date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "../temporal/duration.js";
import { FeelTime, SECOND } from "../temporal/time.js";
import { FeelContext } from "../values/context.js";
import { add, divide } from "../values/number.js";
import { FeelRange } from "../values/range.js";
import { isList, type FeelValue } from "../values/value.js";
import type { Name } from "./env.js";
import type { Run } from "./run.js";

type Properties = Readonly<Record<string, FeelValue | undefined>>;

const dateProperties = (date: FeelDate): Properties => ({
  year: date.year,
  month: date.month,
  day: date.day,
  weekday: date.weekday,
});

function timeProperties(time: FeelTime, offset: number | null): Properties {
  return {
    hour: time.hour,
    minute: time.minute,
    second: time.nanosecond ? add(time.second, divide(time.nanosecond, 1e9) ?? 0) : time.second,
    "time offset": offset === null ? null : new FeelDaysDuration(BigInt(offset) * SECOND),
    timezone: time.zone?.name ?? null,
  };
}

function durationProperties({ nanoseconds }: FeelDaysDuration): Properties {
  const seconds = nanoseconds / SECOND;
  const rest = Number(nanoseconds % SECOND);
  return {
    days: Number(seconds / 86_400n),
    hours: Number((seconds / 3600n) % 24n),
    minutes: Number((seconds / 60n) % 60n),
    seconds: add(Number(seconds % 60n), divide(rest, 1e9) ?? 0),
  };
}

function propertiesOf(value: FeelValue): Properties {
  if (value instanceof FeelDate) return dateProperties(value);
  if (value instanceof FeelDateTime)
    return { ...dateProperties(value.date), ...timeProperties(value.time, value.offset) };
  if (value instanceof FeelTime) return timeProperties(value, value.offset);
  if (value instanceof FeelDaysDuration) return durationProperties(value);
  if (value instanceof FeelMonthsDuration) {
    return { years: Math.trunc(value.months / 12) + 0, months: (value.months % 12) + 0 };
  }
  if (!(value instanceof FeelRange)) return {};
  return {
    start: value.start ?? null,
    end: value.end ?? null,
    "start included": value.startIncluded,
    "end included": value.endIncluded,
  };
}

/** What `value.name` gives; undefined when the value has no such member. A list gives the member of each item. */
export function member(value: FeelValue, name: Name, run: Run): FeelValue | undefined {
  if (value instanceof FeelContext) return name.loose ? value.find(name.text) : value.get(name.text);
  if (isList(value)) {
    run.step(value.length);
    return value.map((item) => member(item, name, run) ?? null);
  }
  if (value === null || typeof value !== "object") return undefined;
  const properties = propertiesOf(value);
  return Object.hasOwn(properties, name.text) ? properties[name.text] : undefined;
}
