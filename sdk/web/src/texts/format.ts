import { t } from "./text.js";

const ZONE = "Asia/Shanghai";
const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "short" });

/** `2026-11-23 15:04`, China time. */
export function dateTime(instant: string | undefined): string {
  return instant === undefined ? "" : parts.format(new Date(instant));
}

/** `11-23 15:04`, or with the year when it is another. */
export function shortDateTime(instant: string | undefined): string {
  const text = dateTime(instant);
  return text.startsWith(dateTime(new Date().toISOString()).slice(0, 5)) ? text.slice(5) : text;
}

/** An amount of 分 as `4,500.00`. */
export function money(fen: number): string {
  return (fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

export interface Remaining {
  text: string;
  tone: "ok" | "warn" | "error";
}

/** What is left until a deadline, in words: overdue, today with the time, or days. */
export function remaining(dueAt: string | undefined, now = Date.now()): Remaining | undefined {
  if (dueAt === undefined) return undefined;
  const ms = Date.parse(dueAt) - now;
  const hours = Math.abs(ms) / 3_600_000;
  if (ms < 0)
    return {
      text:
        hours < 24
          ? t("due.overdueHours", { n: Math.max(1, Math.floor(hours)) })
          : t("due.overdueDays", { n: Math.floor(hours / 24) }),
      tone: "error",
    };
  if (dateTime(dueAt).slice(0, 10) === dateTime(new Date(now).toISOString()).slice(0, 10))
    return { text: t("due.today", { time: dateTime(dueAt).slice(11) }), tone: "warn" };
  return {
    text: hours < 24 ? t("due.hours", { n: Math.ceil(hours) }) : t("due.days", { n: Math.floor(hours / 24) }),
    tone: hours < 24 ? "warn" : "ok",
  };
}

/** A size as `12 KB` or `3.4 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
