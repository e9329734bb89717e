const DURATION = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Whether a text is an ISO 8601 duration. */
export function isDuration(text: string): boolean {
  return DURATION.test(text) && /\d/.test(text);
}

/** `start` plus an ISO 8601 duration, in UTC; months and years move the calendar and stop at its last day. */
export function addDuration(start: string, duration: string): string | undefined {
  const parts = DURATION.exec(duration);
  if (!parts || !/\d/.test(duration)) return undefined;
  const sign = parts[1] === "-" ? -1 : 1;
  const [years, months, weeks, days, hours, minutes, seconds] = parts.slice(2).map((part) => sign * Number(part ?? 0));
  const date = new Date(start);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + (years ?? 0) * 12 + (months ?? 0));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  const time =
    date.getTime() +
    ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 +
    (seconds ?? 0) * 1_000;
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : undefined;
}

/** The instant behind an ISO 8601 date or date-time; without an offset it is taken as UTC. */
export function toInstant(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?(@.*)?$/.test(text)) return undefined;
  const [plain = ""] = text.split("@", 1);
  const time = Date.parse(/T.*(Z|[+-]\d{2}:\d{2})$/.test(plain) || !plain.includes("T") ? plain : `${plain}Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
