import { FeelDate } from "./date.js";
import { DAY, FeelTime, SECOND } from "./time.js";
import { offsetAt, offsetOfLocal, UTC, type Zone } from "./zone.js";

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

/** A day and a time of that day, with or without a zone. */
export class FeelDateTime {
  readonly type = "date and time";

  constructor(
    readonly date: FeelDate,
    readonly time: FeelTime,
  ) {}

  /** Midnight UTC of a day: what a date is where a date and time is needed. */
  static ofDate(date: FeelDate): FeelDateTime {
    return new FeelDateTime(date, new FeelTime(0, 0, 0, 0, UTC));
  }

  /** The local time so many nanoseconds after 1970-01-01T00:00:00 in its own zone. */
  static fromLocal(nanoseconds: bigint, zone: Zone | null): FeelDateTime | null {
    const date = FeelDate.fromEpochDay(Number(floorDivide(nanoseconds, DAY)));
    return date && new FeelDateTime(date, FeelTime.fromNanoseconds(nanoseconds, zone));
  }

  /** An instant, as nanoseconds since 1970 in UTC, seen in a zone. */
  static fromInstant(nanoseconds: bigint, zone: Zone): FeelDateTime | null {
    const offset = offsetAt(zone, Number(floorDivide(nanoseconds, SECOND)));
    return FeelDateTime.fromLocal(nanoseconds + BigInt(offset) * SECOND, zone);
  }

  /** Reads a date, `T` and a time, or a date alone as its midnight; null for anything else. */
  static parse(text: string): FeelDateTime | null {
    const separator = text.indexOf("T");
    const date = FeelDate.parse(separator < 0 ? text : text.slice(0, separator));
    if (!date) return null;
    if (separator < 0) return new FeelDateTime(date, new FeelTime(0, 0, 0, 0, null));
    const rest = text.slice(separator + 1);
    const time = FeelTime.parse(rest);
    if (!time) return null;
    if (!rest.startsWith("24")) return new FeelDateTime(date, time);
    const next = FeelDate.fromEpochDay(date.epochDay + 1);
    return next && new FeelDateTime(next, time);
  }

  get zone(): Zone | null {
    return this.time.zone;
  }

  /** Nanoseconds since 1970-01-01T00:00:00 in its own zone. */
  get local(): bigint {
    return BigInt(this.date.epochDay) * DAY + this.time.nanoseconds;
  }

  /** Offset from UTC in seconds on that day; null without a zone. */
  get offset(): number | null {
    return this.zone && offsetOfLocal(this.zone, this.date.epochDay * 86_400 + this.time.secondOfDay);
  }

  /** Nanoseconds since 1970 in UTC, to compare with. */
  get instant(): bigint {
    return this.local - BigInt(this.offset ?? 0) * SECOND;
  }

  toString(): string {
    return `${this.date.toString()}T${this.time.toString()}`;
  }
}
