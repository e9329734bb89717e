import { Postponed, silent } from "@jinshui/bus";
import { JinshuiError, type PluginDelivery, type Schedule, type ScheduledRun } from "@jinshui/contracts";
import { dueAfter, timingFault } from "@jinshui/contracts/schedule-times";
import type { Database, Row } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import test from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { SUPERVISOR_TABLES } from "../tables.js";
import { ScheduleClock, type ScheduledWork } from "./schedule-clock.js";

const title = { "zh-CN": "定时" };
const nightly: Schedule = { id: "nightly", title, cron: "0 2 * * *" };

/** A kernel that hands runs to `take`. */
function kernel(
  database: Database,
  owner: string,
  wanted: () => ScheduledWork[],
  take: (run: ScheduledRun) => Promise<void> = () => Promise.resolve(),
): ScheduleClock {
  const deliver = ({ body }: PluginDelivery): Promise<void> => take(body as ScheduledRun);
  return new ScheduleClock({ database, log: silent, owner, wanted, receiver: () => ({ deliver }) });
}

const work = (schedule: Schedule, bureau = "wuhu"): ScheduledWork => ({ plugin: "night", bureau, schedule });

/** Makes a schedule due so many seconds ago. */
async function dueSince(database: Database, seconds: number): Promise<string> {
  const dueAt = new Date((await database.now()).getTime() - seconds * 1_000).toISOString();
  await database.transaction((tx) => tx.update("plugin_schedule", {}, { due_at: dueAt }));
  return dueAt;
}

async function until(fits: () => boolean, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !fits(); await sleep(50)) if (Date.now() > end) throw new Error("waited in vain");
}

async function runs(database: Database): Promise<Row[]> {
  return database.find("schedule_run", { orderBy: ["due_at", "bureau"] });
}

async function settled(clock: ScheduleClock, database: Database, ms = 12_000): Promise<Row[]> {
  for (const end = Date.now() + ms; ; await sleep(50)) {
    await clock.tick();
    const found = await runs(database);
    if (found.length > 0 && found.every(({ state }) => state !== "open")) return found;
    if (Date.now() > end) throw new Error(`still open: ${JSON.stringify(found)}`);
  }
}

eachDatabase(
  "a time that has come is run once in each bureau, whichever of two kernels leads, also when one takes over",
  async (t, { database }) => {
    await database.ensureTables(SUPERVISOR_TABLES);
    const every: Schedule = { id: "often", title, everySeconds: 1 };
    const done: string[] = [];
    const take = async ({ id, bureau, dueAt }: ScheduledRun): Promise<void> => {
      await sleep(20);
      done.push(`${bureau} ${dueAt} ${id}`);
    };
    const wanted = (): ScheduledWork[] => [work(every, "wuhu"), work(every, "fanchang")];
    const [one, two] = [kernel(database, "one", wanted, take), kernel(database, "two", wanted, take)];
    one.start();
    two.start();
    await until(() => done.length >= 4);
    const before = done.length;
    await one.stop(); // gives the lease up: the other goes on at once
    await until(() => done.length >= before + 4);
    await two.stop();
    const times = done.map((line) => line.split(" ").slice(0, 2).join(" "));
    t.is(new Set(times).size, times.length, "none twice");
    const kept = (await runs(database)).filter(({ state }) => state === "done");
    t.deepEqual(kept.map(({ bureau, due_at: dueAt, id }) => [bureau, dueAt, id].join(" ")).sort(), done.toSorted());
    t.deepEqual([...new Set(kept.map((row) => row["bureau"]))].sort(), ["fanchang", "wuhu"]);
  },
);

eachDatabase(
  "times missed while no kernel ran become one run, or none where the manifest says skip",
  async (t, { database }) => {
    await database.ensureTables(SUPERVISOR_TABLES);
    const skipped: Schedule = { ...nightly, id: "strict", missed: "skip" };
    const handed: string[] = [];
    const clock = kernel(
      database,
      "one",
      () => [work(nightly), work(skipped)],
      ({ schedule }) => {
        handed.push(schedule);
        return Promise.resolve();
      },
    );
    await clock.tick();
    t.deepEqual(await runs(database), [], "nothing is due yet");
    const dueAt = await dueSince(database, 3 * 86_400);
    const found = await settled(clock, database);
    t.deepEqual(found.map((row) => [row["schedule"], row["state"], row["reason"], row["due_at"]]).sort(), [
      ["nightly", "done", undefined, dueAt],
      ["strict", "skipped", "missed", dueAt],
    ]);
    t.deepEqual(handed, ["nightly"]);
    const now = await database.now();
    for (const row of await database.find("plugin_schedule"))
      t.is(row["due_at"], dueAfter(nightly, now)?.toISOString(), "the next time is ahead");
    await clock.stop();
  },
);

eachDatabase(
  "a run that fails is tried again, twice; then it has failed for all to see; what is no use is not repeated",
  async (t, { database }) => {
    await database.ensureTables(SUPERVISOR_TABLES);
    const tries: number[] = [];
    let failing: (attempt: number) => Error | undefined = (attempt) => (attempt < 3 ? new Error("not yet") : undefined);
    const clock = kernel(
      database,
      "one",
      () => [work(nightly)],
      async ({ attempt }) => {
        tries.push(attempt);
        const error = failing(attempt);
        if (error) throw error;
        return Promise.resolve();
      },
    );
    await clock.tick();
    await dueSince(database, 1);
    t.like((await settled(clock, database))[0], { state: "done", attempt: 3 });
    t.deepEqual(tries, [1, 2, 3]);

    failing = () => new JinshuiError("conflict", "the other system says no");
    await database.transaction((tx) => tx.remove("schedule_run", {}));
    await dueSince(database, 1);
    t.like((await settled(clock, database))[0], { state: "failed", attempt: 1, problem: "the other system says no" });
    t.like((await database.find("audit_entry", { where: { action: "schedule-failed" } }))[0], {
      bureau: "wuhu",
      resource: "plugin/night",
      result: "failed",
      reason: "conflict",
    });
    t.is(
      (await database.find("outbox", { where: { subject: "jinshui.event.wuhu.supervisor.schedule-failed" } })).length,
      1,
    );

    failing = () => new Postponed(500);
    await database.transaction((tx) => tx.remove("schedule_run", {}));
    await dueSince(database, 1);
    t.like((await settled(clock, database))[0], { state: "failed", attempt: 3, problem: "its process ended" });
    await clock.stop();
  },
);

eachDatabase(
  "while a run is open the next time is left out, and a kernel that takes over goes on with it",
  async (t, { database }) => {
    await database.ensureTables(SUPERVISOR_TABLES);
    let fail: (error: Error) => void = () => undefined;
    const held = new Promise<void>((_, reject) => (fail = reject));
    const one = kernel(
      database,
      "one",
      () => [work(nightly)],
      () => held,
    );
    await one.tick();
    await dueSince(database, 2);
    await one.tick();
    await dueSince(database, 1);
    await one.tick();
    t.deepEqual(
      (await runs(database)).map(({ state, reason }) => [state, reason]),
      [
        ["open", undefined],
        ["skipped", "still-running"],
      ],
    );
    // the first kernel stands still; its lease and its claim run out
    await database.transaction(async (tx) => {
      await tx.update("lease", { name: "schedules" }, { lease_until: "1970-01-01T00:00:00.000Z" });
      await tx.update("schedule_run", { state: "open" }, { next_at: tx.time });
    });
    const attempts: number[] = [];
    const two = kernel(
      database,
      "two",
      () => [work(nightly)],
      ({ attempt }) => {
        attempts.push(attempt);
        return Promise.resolve();
      },
    );
    t.like((await settled(two, database))[0], { state: "done", attempt: 2 });
    t.deepEqual(attempts, [2]);
    fail(new Error("came late"));
    await one.stop();
    const [kept] = await runs(database);
    t.deepEqual(
      [kept?.["state"], kept?.["attempt"], kept?.["problem"], kept?.["next_at"]],
      ["done", 2, undefined, undefined],
      "what came late changes nothing",
    );
    await two.stop();
  },
);

eachDatabase(
  "what is switched off leaves no time, and its open run is closed; on again it begins anew",
  async (t, { database }) => {
    await database.ensureTables(SUPERVISOR_TABLES);
    let on = true;
    const clock = new ScheduleClock({
      database,
      log: silent,
      owner: "one",
      wanted: () => (on ? [work(nightly)] : []),
      receiver: () => undefined,
    });
    await clock.tick();
    await dueSince(database, 1);
    await clock.tick();
    t.like((await runs(database))[0], { state: "open", attempt: 0 }, "no process is there, so it waits");
    on = false;
    await clock.tick();
    t.is(await database.count("plugin_schedule"), 0);
    t.like((await runs(database))[0], { state: "skipped", reason: "switched-off" });
    on = true;
    await clock.tick();
    const [row] = await database.find("plugin_schedule");
    t.is(row?.["due_at"], dueAfter(nightly, await database.now())?.toISOString());
    t.is((await runs(database)).length, 1);
    await clock.stop();
  },
);

eachDatabase(
  "another rule for the time is taken at once, and of a schedule's runs the last two hundred are kept",
  async (t, { database }) => {
    await database.ensureTables(SUPERVISOR_TABLES);
    let schedule = nightly;
    const clock = kernel(database, "one", () => [work(schedule)]);
    await clock.tick();
    const old = Array.from({ length: 230 }, (_, index) => ({
      id: `r${index}`,
      bureau: "wuhu",
      plugin: "night",
      schedule: "nightly",
      due_at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
      state: "done",
      attempt: 1,
    }));
    await database.transaction((tx) => tx.insert("schedule_run", old));
    schedule = { ...nightly, cron: "30 3 * * *" };
    await clock.tick();
    t.is(
      (await database.find("plugin_schedule"))[0]?.["due_at"],
      dueAfter(schedule, await database.now())?.toISOString(),
    );
    t.is(await database.count("schedule_run"), 200);
    t.is((await runs(database))[0]?.["id"], "r30");
    await clock.stop();
  },
);

test("times are those of China unless another zone is named; intervals are the same for everybody", (t) => {
  const at = (timing: Partial<Schedule>, time: string): string | undefined =>
    dueAfter(timing, new Date(time))?.toISOString();
  t.is(at({ cron: "0 2 * * *" }, "2026-03-01T00:00:00Z"), "2026-03-01T18:00:00.000Z");
  t.is(at({ cron: "0 2 * * *", timezone: "UTC" }, "2026-03-01T00:00:00Z"), "2026-03-01T02:00:00.000Z");
  t.is(at({ cron: "30 8 * * 1-5" }, "2026-03-06T01:00:00Z"), "2026-03-09T00:30:00.000Z", "Friday to Monday");
  t.is(at({ cron: "0 0 29 2 *" }, "2026-03-01T00:00:00Z"), "2028-02-28T16:00:00.000Z");
  t.is(at({ everySeconds: 900 }, "2026-03-01T00:00:00Z"), "2026-03-01T00:15:00.000Z", "never at once");
  t.is(at({ everySeconds: 900 }, "2026-03-01T00:14:59.999Z"), "2026-03-01T00:15:00.000Z");
  t.is(timingFault({ cron: "0 2 * * *" }), undefined);
  t.regex(timingFault({ cron: "61 2 * * *" }) ?? "", /61 2/);
  t.regex(timingFault({ cron: "0 2 * * *", timezone: "Asia/Wuhu" }) ?? "", /Wuhu/);
  t.regex(timingFault({ cron: "0 0 30 2 *" }) ?? "", /never due/);
  t.regex(timingFault({}) ?? "", /either/);
  t.regex(timingFault({ everySeconds: 5, timezone: "UTC" }) ?? "", /"cron" only/);
});
