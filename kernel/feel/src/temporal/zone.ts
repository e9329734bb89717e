/** A time zone: an offset from UTC in seconds, or the name of an IANA zone. */
export interface Zone {
  /** As written: `Z`, `+08:00` or `@Asia/Shanghai`. */
  readonly text: string;
  readonly offset?: number;
  readonly name?: string;
}

/** Coordinated universal time. */
export const UTC: Zone = { text: "Z", offset: 0 };

const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(name: string): Intl.DateTimeFormat | null {
  let format = formats.get(name);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat("en-US", {
        timeZone: name,
        hourCycle: "h23",
        era: "short",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
    } catch {
      format = null;
    }
    if (formats.size > 1000) formats.clear();
    formats.set(name, format);
  }
  return format;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** The zone of an offset in seconds; null beyond 18 hours. */
export function offsetZone(seconds: number): Zone | null {
  if (!Number.isInteger(seconds) || Math.abs(seconds) > 18 * 3600) return null;
  if (seconds === 0) return UTC;
  const size = Math.abs(seconds);
  const rest = size % 60 ? `:${two(size % 60)}` : "";
  const text = `${seconds < 0 ? "-" : "+"}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}${rest}`;
  return { text, offset: seconds };
}

/** Reads `Z`, `+08:00`, `-03:30:10` and `@Asia/Shanghai`; null for anything else. */
export function parseZone(text: string): Zone | null {
  if (text === "Z" || text === "z") return UTC;
  if (text.startsWith("@")) {
    const name = text.slice(1);
    return /^[A-Za-z]/.test(name) && formatOf(name) ? { text, name } : null;
  }
  const match = /^([+-])(\d\d):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (!match) return null;
  const size = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return offsetZone(match[1] === "-" ? -size : size);
}

const FURTHEST = 8.64e12 - 86_400;

/** Offset of a zone in seconds at an instant given in seconds since 1970 in UTC. */
export function offsetAt(zone: Zone, epochSeconds: number): number {
  if (zone.offset !== undefined) return zone.offset;
  const format = formatOf(zone.name ?? "UTC");
  if (!format) return 0;
  const seconds = Math.max(-FURTHEST, Math.min(FURTHEST, Math.floor(epochSeconds)));
  const part: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(seconds * 1000)) part[type] = value;
  const year = part["era"] === "BC" ? 1 - Number(part["year"]) : Number(part["year"]);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(part["month"]) - 1, Number(part["day"]));
  local.setUTCHours(Number(part["hour"]), Number(part["minute"]), Number(part["second"]));
  return Math.round(local.getTime() / 1000) - seconds;
}

/** Offset of a zone for a local time, given as if it were UTC; the earlier instant where clocks were set back. */
export function offsetOfLocal(zone: Zone, localSeconds: number): number {
  if (zone.offset !== undefined) return zone.offset;
  const before = offsetAt(zone, localSeconds - 86_400);
  if (offsetAt(zone, localSeconds - before) === before) return before;
  const after = offsetAt(zone, localSeconds + 86_400);
  return offsetAt(zone, localSeconds - after) === after ? after : before;
}
