const two = (value: number): string => String(value).padStart(2, "0");

/** Years FEEL knows, before and after the beginning of the calendar. */
const FURTHEST_YEAR = 999_999_999;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Days of a month, 1 to 12. */
const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** A day of the proleptic Gregorian calendar. */
export class FeelDate {
  readonly type = "date";

  constructor(
    readonly year: number,
    readonly month: number,
    readonly day: number,
  ) {}

  /** Null when there is no such day. */
  static of(year: number, month: number, day: number): FeelDate | null {
    if (![year, month, day].every(Number.isInteger) || Math.abs(year) > FURTHEST_YEAR) return null;
    if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
    return new FeelDate(year, month, day);
  }

  /** The day that is so many days after 1970-01-01. */
  static fromEpochDay(epochDay: number): FeelDate | null {
    // Days are counted from 0000-03-01, so the leap day is the last of its year; eras have 400 years.
    const shifted = epochDay + 719_468;
    const era = Math.floor(shifted / 146_097);
    const dayOfEra = shifted - era * 146_097;
    const yearOfEra = Math.floor(
      (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
    );
    const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
    const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
    const day = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
    const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    return FeelDate.of(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day);
  }

  /** Reads `2026-07-28`, years of more digits and years before 0; null for anything else. */
  static parse(text: string): FeelDate | null {
    const match = /^(-?)(\d{4}|[1-9]\d{4,8})-(\d\d)-(\d\d)$/.exec(text);
    return match && FeelDate.of(Number(match[2]) * (match[1] ? -1 : 1), Number(match[3]), Number(match[4]));
  }

  /** Days since 1970-01-01. */
  get epochDay(): number {
    const year = this.month <= 2 ? this.year - 1 : this.year;
    const era = Math.floor(year / 400);
    const yearOfEra = year - era * 400;
    const fromMarch = this.month + (this.month > 2 ? -3 : 9);
    const dayOfYear = Math.floor((153 * fromMarch + 2) / 5) + this.day - 1;
    const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
    return era * 146_097 + dayOfEra - 719_468;
  }

  /** 1 for Monday to 7 for Sunday. */
  get weekday(): number {
    return ((((this.epochDay + 3) % 7) + 7) % 7) + 1;
  }

  /** The last day of a shorter month takes the place of a day it does not have. */
  plusMonths(months: number): FeelDate | null {
    const total = this.year * 12 + this.month - 1 + months;
    const year = Math.floor(total / 12);
    const month = total - year * 12 + 1;
    return FeelDate.of(year, month, Math.min(this.day, daysInMonth(year, month)));
  }

  toString(): string {
    const year = String(Math.abs(this.year)).padStart(4, "0");
    return `${this.year < 0 ? "-" : ""}${year}-${two(this.month)}-${two(this.day)}`;
  }
}
