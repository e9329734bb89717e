import type { Timeliness } from "@jinshui/contracts";
import type { Row } from "@jinshui/storage";

/**
 * How the time of a task or a matter stands at an instant: green, yellow in its last third, red when it is over.
 *
 * @param row with `due_at`, `warn_at`, `time_limit` and `provisional_years`.
 */
export function timelinessOf(row: Row, at: string): Timeliness | undefined {
  const [due, warn] = [text(row["due_at"]), text(row["warn_at"])];
  // with a limit and without a day its clock stands
  if (due === undefined)
    return row["time_limit"] === undefined || row["time_limit"] === null ? undefined : { state: "stopped" };
  const years = row["provisional_years"] as number[] | undefined | null;
  return {
    state: at > due ? "red" : warn !== undefined && at >= warn ? "yellow" : "green",
    ...(warn === undefined ? {} : { warnAt: warn }),
    ...(years && years.length > 0 ? { provisionalYears: years } : {}),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
