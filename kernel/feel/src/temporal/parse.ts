import { FeelDate } from "./date.js";
import { FeelDateTime } from "./date-time.js";
import { FeelDaysDuration, FeelMonthsDuration } from "./duration.js";
import { FeelTime } from "./time.js";

/** Reads what may stand behind `@`: a date, a time, both, or a duration; null for anything else. */
export function parseTemporal(
  text: string,
): FeelDate | FeelTime | FeelDateTime | FeelMonthsDuration | FeelDaysDuration | null {
  return FeelDate.parse(text) ?? FeelDateTime.parse(text) ?? parseDuration(text) ?? FeelTime.parse(text);
}

/** Reads either kind of duration. */
export const parseDuration = (text: string): FeelMonthsDuration | FeelDaysDuration | null =>
  FeelMonthsDuration.parse(text) ?? FeelDaysDuration.parse(text);
