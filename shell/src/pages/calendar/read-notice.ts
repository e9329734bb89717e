import type { HolidayRange } from "@jinshui/contracts";

/** What a notice says, and the lines with dates that could not be read. */
export interface ReadNotice {
  ranges: HolidayRange[];
  unread: string[];
}

const DATE = /(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日/;
const RANGE = new RegExp(`${DATE.source}(?:[至到—–~～-]${DATE.source})?`, "g");

/**
 * Reads the General Office's notice of a year's holidays as it is published: `一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日
 * （周日）上班。` One holiday a line; a date without a year is of the notice's, one without a month of the month before it.
 */
export function readNotice(text: string, year: number): ReadNotice {
  const ranges: HolidayRange[] = [];
  const unread: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const plain = line.replace(/（[^）]*）|\([^)]*\)|\s/g, "");
    const [, name = "", body = ""] = /^(?:[一二三四五六七八九十]+、)?([^：:]{1,40})[：:](.+)$/.exec(plain) ?? [];
    if (!new RegExp(DATE.source).test(plain)) continue;
    const found = name === "" ? [] : holiday(name, body, year);
    if (found.length === 0) unread.push(line.trim());
    ranges.push(...found);
  }
  return { ranges, unread };
}

function holiday(name: string, body: string, year: number): HolidayRange[] {
  const ranges: HolidayRange[] = [];
  let month = 1;
  for (const part of body.split(/[，,。；;]/)) {
    const kind = part.includes("上班") ? "work" : /放假|休息|调休|连休/.test(part) ? "rest" : undefined;
    if (!kind) continue;
    for (const found of part.matchAll(RANGE)) {
      const [, fromYear, fromMonth, fromDay, toYear, toMonth, toDay] = found.map((group) =>
        (group as string | undefined) === undefined ? undefined : Number(group),
      );
      month = fromMonth ?? month;
      const from = day(fromYear ?? year, month, fromDay ?? 1);
      month = toMonth ?? month;
      const to = toDay === undefined ? from : day(toYear ?? year, month, toDay);
      ranges.push({ name, from, to, kind });
    }
  }
  return ranges;
}

function day(year: number, month: number, date: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
}
