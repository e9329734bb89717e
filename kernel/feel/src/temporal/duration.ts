import { DAY, SECOND } from "./time.js";

/** Months a years and months duration may have, either way. */
const MOST_MONTHS = 12 * 1_999_999_999;
const MOST_DAYS = 2n * 366n * 1_999_999_999n;

/** A years and months duration. */
export class FeelMonthsDuration {
  readonly type = "years and months duration";

  constructor(readonly months: number) {}

  /** Null when it is longer than time itself. */
  static of(months: number): FeelMonthsDuration | null {
    return Number.isInteger(months) && Math.abs(months) <= MOST_MONTHS ? new FeelMonthsDuration(months + 0) : null;
  }

  /** Reads `P1Y2M`; null for anything else. */
  static parse(text: string): FeelMonthsDuration | null {
    const match = /^(-?)P(?=\d)(?:(\d{1,12})Y)?(?:(\d{1,12})M)?$/.exec(text);
    if (!match) return null;
    const size = Number(match[2] ?? 0) * 12 + Number(match[3] ?? 0);
    return FeelMonthsDuration.of(match[1] ? -size : size);
  }

  toString(): string {
    const size = Math.abs(this.months);
    const years = Math.floor(size / 12) ? `${Math.floor(size / 12)}Y` : "";
    const months = size % 12 || !years ? `${size % 12}M` : "";
    return `${this.months < 0 ? "-" : ""}P${years}${months}`;
  }
}

/** A days and time duration, to the nanosecond. */
export class FeelDaysDuration {
  readonly type = "days and time duration";

  constructor(readonly nanoseconds: bigint) {}

  /** Null when it is longer than time itself. */
  static of(nanoseconds: bigint): FeelDaysDuration | null {
    const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
    return size <= MOST_DAYS * DAY ? new FeelDaysDuration(nanoseconds) : null;
  }

  /** Reads `P1DT2H3M4.5S`; null for anything else. */
  static parse(text: string): FeelDaysDuration | null {
    const pattern =
      /^(-?)P(?!$)(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{1,50}))?S)?)?$/;
    const match = pattern.exec(text);
    if (!match) return null;
    const part = (index: number): bigint => BigInt(match[index] ?? "0");
    const seconds = part(2) * 86_400n + part(3) * 3600n + part(4) * 60n + part(5);
    const size = seconds * SECOND + BigInt((match[6] ?? "").slice(0, 9).padEnd(9, "0"));
    return FeelDaysDuration.of(match[1] ? -size : size);
  }

  toString(): string {
    const size = this.nanoseconds < 0n ? -this.nanoseconds : this.nanoseconds;
    const seconds = size / SECOND;
    const fraction =
      size % SECOND
        ? `.${String(size % SECOND)
            .padStart(9, "0")
            .replace(/0+$/, "")}`
        : "";
    const part = (value: bigint, unit: string): string => (value ? `${value}${unit}` : "");
    const days = part(seconds / 86_400n, "D");
    const rest = fraction || seconds % 60n ? `${seconds % 60n}${fraction}S` : "";
    const time = part((seconds / 3600n) % 24n, "H") + part((seconds / 60n) % 60n, "M") + rest;
    return `${this.nanoseconds < 0n ? "-" : ""}P${days}${time ? `T${time}` : days ? "" : "T0S"}`;
  }
}
