import { offsetOfLocal, parseZone, type Zone } from "./zone.js";

const two = (value: number): string => String(value).padStart(2, "0");

/** Nanoseconds of a second. */
export const SECOND = 1_000_000_000n;
/** Nanoseconds of a day. */
export const DAY = 86_400n * SECOND;

/** A time of day to the nanosecond, with or without a zone. */
export class FeelTime {
  readonly type = "time";

  constructor(
    readonly hour: number,
    readonly minute: number,
    readonly second: number,
    readonly nanosecond: number,
    readonly zone: Zone | null,
  ) {}

  /** Null when there is no such time. */
  static of(hour: number, minute: number, second: number, nanosecond: number, zone: Zone | null): FeelTime | null {
    if (![hour, minute, second, nanosecond].every((part) => Number.isInteger(part) && part >= 0)) return null;
    if (hour > 23 || minute > 59 || second > 59 || nanosecond > 999_999_999) return null;
    return new FeelTime(hour, minute, second, nanosecond, zone);
  }

  /** The time so many nanoseconds after midnight, counted on over midnight. */
  static fromNanoseconds(nanoseconds: bigint, zone: Zone | null): FeelTime {
    const ofDay = ((nanoseconds % DAY) + DAY) % DAY;
    const seconds = Number(ofDay / SECOND);
    const rest = Number(ofDay % SECOND);
    return new FeelTime(Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60, rest, zone);
  }

  /** Reads `08:30:00`, fractions of a second and a zone behind it; null for anything else. */
  static parse(text: string): FeelTime | null {
    const match = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,50}))?([Zz@+-].*)?$/.exec(text);
    if (!match) return null;
    const zone = match[5] ? parseZone(match[5]) : null;
    if (match[5] && !zone) return null;
    const nanosecond = Number((match[4] ?? "").slice(0, 9).padEnd(9, "0"));
    // 24:00:00 is midnight as ISO 8601 writes the end of a day.
    const hour = match[1] === "24" && match[2] === "00" && match[3] === "00" && nanosecond === 0 ? 0 : Number(match[1]);
    return FeelTime.of(hour, Number(match[2]), Number(match[3]), nanosecond, zone);
  }

  get secondOfDay(): number {
    return this.hour * 3600 + this.minute * 60 + this.second;
  }

  /** Nanoseconds since midnight in its own zone. */
  get nanoseconds(): bigint {
    return BigInt(this.secondOfDay) * SECOND + BigInt(this.nanosecond);
  }

  /** Offset from UTC in seconds, on 1970-01-01 where it changes over the year; null without a zone. */
  get offset(): number | null {
    return this.zone && offsetOfLocal(this.zone, this.secondOfDay);
  }

  /** Nanoseconds after midnight UTC, to compare with. */
  get instant(): bigint {
    return this.nanoseconds - BigInt(this.offset ?? 0) * SECOND;
  }

  toString(): string {
    const fraction = this.nanosecond ? `.${String(this.nanosecond).padStart(9, "0").replace(/0+$/, "")}` : "";
    return `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${fraction}${this.zone?.text ?? ""}`;
  }
}
