import { isJinshuiError, type OpInput, type WorkflowApi } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { CalendarEditor } from "../calendar/calendar-editor.js";
import { Calendars } from "../calendar/calendars.js";
import { deadlineOf } from "../calendar/deadline.js";
import { Recalculations } from "../calendar/recalculations.js";
import { isWorkday } from "../calendar/working-calendar.js";
import { yearIsKnown, YearWatch } from "../calendar/year-watch.js";
import { dayNumber } from "../calendar/zoned-day.js";
import { codeOf, WorkflowSite } from "../testing/site.js";

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? (error.details?.["reason"] ?? error.code) : String(error)),
  );

/** What a notice for a year that nobody knows yet could say. */
const NOTICE: Omit<OpInput<WorkflowApi, "importCalendarYear">, "version" | "commit"> = {
  bureau: "wuhu",
  year: 2027,
  notice: "国办发明电〔2026〕9号",
  ranges: [
    { name: "元旦", from: "2027-01-01", to: "2027-01-03", kind: "rest" },
    { name: "春节", from: "2027-02-05", to: "2027-02-11", kind: "rest" },
    { name: "春节", from: "2027-02-14", to: "2027-02-14", kind: "work" },
  ],
};

eachDatabase("everybody reads the calendar, administrators change it, and who was faster is told", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  const [clerk, administrator] = [await site.as("lixia"), await site.as("sunjie")];
  const { days, total } = await handlers.calendarDays({ bureau: "wuhu", year: 2026, limit: 200 }, clerk);
  t.is(total, 39, "33 days off and 6 working weekends");
  t.deepEqual(
    days.find(({ day }) => day === "2026-10-10"),
    { day: "2026-10-10", kind: "work", name: "国庆节" },
  );
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await handlers.calendarDays(
      { bureau: "wuhu", year: 2026, limit: 10, ...(cursor === undefined ? {} : { cursor }) },
      clerk,
    );
    pages.push(...page.days.map(({ day }) => day));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  t.deepEqual(
    pages,
    days.map(({ day }) => day),
  );
  const set = { bureau: "wuhu", version: 0, days: [{ day: "2026-03-04", kind: "rest" as const, name: "搬迁" }] };
  t.is(await codeOf(handlers.setCalendarDays(set, clerk)), "forbidden");
  t.is(await codeOf(handlers.setCalendarDays({ ...set, bureau: "fanchang" }, administrator)), "not-found");
  t.is(await codeOf(handlers.calendar({ bureau: "nowhere" }, clerk)), "not-found");
  const both = await Promise.all([
    codeOf(handlers.setCalendarDays(set, administrator)),
    codeOf(handlers.setCalendarDays(set, await site.as("sunjie"))),
  ]);
  t.deepEqual(both.sort(), ["ok", "stale-version"]);
  const after = await handlers.calendarDays({ bureau: "wuhu", year: 2026, limit: 200 }, clerk);
  t.deepEqual(
    after.days.find(({ day }) => day === "2026-03-04"),
    {
      day: "2026-03-04",
      kind: "rest",
      name: "搬迁",
      source: "wuhu",
      inherited: "work",
    },
  );
  const calendar = await handlers.calendar({ bureau: "wuhu" }, administrator);
  t.like(calendar, { version: 1, editable: true, ownHours: false });
  t.false((await handlers.calendar({ bureau: "wuhu" }, clerk)).editable);
  t.is(calendar.years.at(0), 2004);
  t.is(await db.database.count("audit_entry", { action: "set-calendar-days" }), 1);
});

eachDatabase("what no calendar can have is refused", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { handlers } = site;
  const context = await site.as("sunjie");
  const days = (...list: OpInput<WorkflowApi, "setCalendarDays">["days"]): Promise<string> =>
    codeOf(handlers.setCalendarDays({ bureau: "wuhu", version: 0, days: list }, context));
  t.is(await days({ day: "2026-02-30", kind: "rest" }), "invalid-request");
  t.is(await days({ day: "2026-03-04", kind: "rest" }, { day: "2026-03-04", kind: "work" }), "invalid-request");
  t.is(await days({ day: "2026-03-04", kind: "rest", hours: [{ from: "08:00", to: "12:00" }] }), "invalid-request");
  const hours = (...list: { from: string; to: string }[]): Promise<unknown> =>
    reasonOf(
      handlers.setCalendarHours({ bureau: "wuhu", version: 0, hours: [{ from: "2026-01-01", hours: list }] }, context),
    );
  t.is(await hours({ from: "12:00", to: "08:00" }), "hours");
  t.is(await hours({ from: "08:00", to: "12:00" }, { from: "11:00", to: "17:00" }), "hours");
  const ranges = (from: string, to: string): Promise<unknown> =>
    reasonOf(
      handlers.importCalendarYear(
        { ...NOTICE, version: 0, commit: true, ranges: [{ name: "元旦", from, to, kind: "rest" }] },
        context,
      ),
    );
  t.is(await ranges("2027-01-03", "2027-01-01"), "range");
  t.is(await ranges("2026-05-01", "2026-05-03"), "range");
  t.is(await ranges("2027-01-01", "2027-12-31"), "range");
  t.is((await handlers.calendar({ bureau: "wuhu" }, context)).version, 0, "nothing was changed");
});

eachDatabase(
  "a notice is looked at before it is taken over, and makes provisional deadlines certain",
  async (t, db) => {
    const site = await WorkflowSite.open(db);
    const { handlers } = site;
    const context = await site.as("sunjie");
    const compute = { bureau: "wuhu", start: "2026-12-31T01:00:00.000Z", amount: 1, unit: "working-days" as const };
    t.like(await handlers.computeDeadline(compute, context), {
      dueAt: "2027-01-01T09:30:00.000Z",
      provisionalYears: [2027],
    });
    const dry = await handlers.importCalendarYear({ ...NOTICE, version: 0, commit: false }, context);
    t.deepEqual(
      dry.changes.map(({ day, before, after }) => `${day} ${before} ${after}`),
      [
        "2027-01-01 work rest",
        ...["05", "08", "09", "10", "11"].map((day) => `2027-02-${day} work rest`),
        "2027-02-14 rest work",
      ],
    );
    t.is((await handlers.calendar({ bureau: "wuhu" }, context)).version, 0);
    const { version, changes } = await handlers.importCalendarYear({ ...NOTICE, version: 0, commit: true }, context);
    t.deepEqual(changes, dry.changes);
    t.like(await handlers.computeDeadline(compute, context), {
      dueAt: "2027-01-04T09:30:00.000Z",
      provisionalYears: [],
    });
    await handlers.setCalendarDays(
      { bureau: "wuhu", version, days: [{ day: "2027-02-12", kind: "rest", name: "本局停电" }] },
      context,
    );
    const corrected = await handlers.importCalendarYear(
      { ...NOTICE, version: version + 1, commit: true, ranges: NOTICE.ranges.slice(0, 2) },
      context,
    );
    t.deepEqual(
      corrected.changes.map(({ day, after }) => `${day} ${after}`),
      ["2027-02-14 rest"],
      "what the notice said before and no longer says is gone",
    );
    const { days } = await handlers.calendarDays({ bureau: "wuhu", year: 2027, limit: 200 }, context);
    t.truthy(days.find(({ name }) => name === "本局停电"));
  },
);

eachDatabase("a county follows the city but for its own entries", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const calendars = new Calendars(db.database, (bureau) => (bureau === "fanchang" ? "wuhu" : undefined));
  const recalculations = new Recalculations(db.database, site.workflow.clockwork.parts.runtime.deadlines);
  const editor = new CalendarEditor(calendars, recalculations, (bureau) => (bureau === "wuhu" ? ["fanchang"] : []));
  const person = await site.auth.organisation.person(
    String((await db.database.findOne("person", { username: "sunjie" }))?.["id"]),
  );
  if (!person) throw new Error("sunjie is gone");
  const actor = site.auth.access.actor(person);
  const works = async (bureau: string, day: string): Promise<boolean> =>
    isWorkday(await calendars.of(bureau), dayNumber(day));
  const set = (bureau: string, version: number, day: string, kind: "work" | "rest" | "inherit"): Promise<number> =>
    db.database.transaction((tx) => editor.setDays(tx, { actor, trace: "", bureau, version }, [{ day, kind }]));
  await set("wuhu", 0, "2026-03-04", "rest");
  t.deepEqual([await works("wuhu", "2026-03-04"), await works("fanchang", "2026-03-04")], [false, false]);
  await set("fanchang", 0, "2026-03-04", "work");
  await set("fanchang", 1, "2026-03-06", "rest");
  t.deepEqual([await works("wuhu", "2026-03-04"), await works("fanchang", "2026-03-04")], [false, true]);
  t.deepEqual([await works("wuhu", "2026-03-06"), await works("fanchang", "2026-03-06")], [true, false]);
  await set("wuhu", 1, "2026-03-04", "inherit");
  await set("fanchang", 2, "2026-03-04", "inherit");
  t.true(await works("fanchang", "2026-03-04"));
  await db.database.transaction((tx) =>
    editor.setHours(tx, { actor, trace: "", bureau: "wuhu", version: 2 }, [
      { from: "2026-01-01", hours: [{ from: "09:00", to: "17:00" }] },
      { from: "2026-06-01", hours: [{ from: "08:00", to: "16:00" }] },
    ]),
  );
  const due = async (start: string): Promise<string | undefined> =>
    deadlineOf(await calendars.of("fanchang"), start, { amount: 1, unit: "working-days" })?.dueAt;
  t.is(await due("2026-03-02T01:00:00.000Z"), "2026-03-03T09:00:00.000Z");
  t.is(await due("2026-06-01T01:00:00.000Z"), "2026-06-02T08:00:00.000Z");
});

eachDatabase("administrators hear once of a year that nobody has told, until somebody does", async (t, db) => {
  const site = await WorkflowSite.open(db);
  const { runtime, database } = site.workflow.clockwork.parts;
  const calendars = new Calendars(database, (bureau) => (bureau === "fanchang" ? "wuhu" : undefined));
  const open = (now: string): YearWatch => {
    const clocked = { ...database, now: () => Promise.resolve(new Date(now)) };
    clocked.transaction = database.transaction.bind(database);
    return new YearWatch(clocked, calendars, runtime.assignment, () => ["wuhu", "fanchang"]);
  };
  const pass = (): Promise<void> => Promise.resolve();
  const notices = async (): Promise<number> =>
    (await site.handlers.notices({}, await site.as("sunjie"))).notices.filter(
      ({ kind, instance }) => kind === "calendar-missing" && instance === undefined,
    ).length;
  await open("2026-11-30T10:00:00Z").look(pass);
  t.is(await notices(), 0, "it may still be told in time");
  for (let count = 0; count < 2; count += 1) await open("2026-12-01T10:00:00Z").look(pass);
  t.is(await notices(), 1);
  await database.transaction((tx) => yearIsKnown(tx, 2027));
  t.is(await notices(), 0);
});
