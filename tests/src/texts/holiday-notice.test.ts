import type { HolidayRange } from "@jinshui/contracts";
import test from "ava";
import { join } from "node:path";
import { root } from "../site-files.js";

interface ReadNotice {
  ranges: HolidayRange[];
  unread: string[];
}

/** The General Office's notices as they were published. */
const NOTICES: Record<number, string> = {
  2023: `经国务院批准，现将2023年元旦、春节等节日放假调休日期的具体安排通知如下。
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。`,
  2024: `一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。`,
  2025: `一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。`,
};

const importing = import(join(root, "shell/.tsc/pages/calendar/read-notice.js")) as Promise<{
  readNotice: (text: string, year: number) => ReadNotice;
}>;

/** Days that are not what their weekday says. */
function unusual(days: Iterable<{ day: string; kind: string }>, year: number): string[] {
  return [...days]
    .filter(({ day, kind }) => (new Date(day).getUTCDay() % 6 === 0) === (kind === "work"))
    .filter(({ day }) => day.startsWith(String(year)))
    .map(({ day, kind }) => `${day} ${kind}`)
    .sort();
}

test("the notices of the last years, pasted as published, make the days that everybody had", async (t) => {
  const { readNotice } = await importing;
  const { announcedYears } = (await import(join(root, "kernel/workflow/dist/calendar/announced-days.js"))) as {
    announcedYears: () => Map<number, { day: string; kind: string }[]>;
  };
  const known = announcedYears();
  for (const [year, text] of Object.entries(NOTICES).map(([key, text]): [number, string] => [Number(key), text])) {
    const { ranges, unread } = readNotice(text, year);
    t.deepEqual(unread, []);
    const days = ranges.flatMap(({ from, to, kind }) => {
      const list: { day: string; kind: string }[] = [];
      for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000)
        list.push({ day: new Date(time).toISOString().slice(0, 10), kind });
      return list;
    });
    t.deepEqual(unusual(days, year), unusual(known.get(year) ?? [], year), String(year));
  }
});

test("a line with dates that says neither days off nor work is named, and one without dates is passed over", async (t) => {
  const { readNotice } = await importing;
  const { ranges, unread } = readNotice("国务院办公厅\n清明节：4月4日另行通知\n端午节放假：详见附件\n6月1日", 2027);
  t.deepEqual(ranges, []);
  t.deepEqual(unread, ["清明节：4月4日另行通知", "6月1日"]);
});
