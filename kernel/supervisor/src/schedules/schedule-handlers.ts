import {
  type Handlers,
  JinshuiError,
  type PluginStatus,
  type Schedule,
  type ScheduleRun,
  type SupervisorApi,
} from "@jinshui/contracts";
import { type Database, onceByKey, pageOf, type Row } from "@jinshui/storage";
import type { Administration } from "../administration.js";
import type { Supervisor } from "../supervisor.js";
import { newRun } from "./schedule-clock.js";

interface Place {
  plugin: string;
  bureau: string;
}

/** What administrators see of schedules. */
export function scheduleHandlers(
  supervisor: Supervisor,
  { administrator, requireBureaus }: Administration,
): Pick<Handlers<SupervisorApi>, "schedules" | "scheduleRuns" | "runSchedule"> {
  const { database } = supervisor.options;
  const requireSchedule = ({ plugin, bureau, schedule: id }: Place & { schedule: string }): void => {
    if (!schedulesIn(supervisor, { plugin, bureau }).some((schedule) => schedule.id === id))
      throw new JinshuiError("not-found", `${plugin} has no schedule ${id}`, { details: { plugin, schedule: id } });
  };
  return {
    async schedules(place, context) {
      requireBureaus(await administrator(context), [place.bureau]);
      const due = await database.find("plugin_schedule", { where: { ...place } });
      const schedules = schedulesIn(supervisor, place).map(async (schedule) => {
        const last = await lastRun(database, place, schedule.id);
        const dueAt = due.find((row) => row["schedule"] === schedule.id)?.["due_at"];
        return { ...schedule, ...(dueAt === undefined ? {} : { dueAt: String(dueAt) }), ...(last ? { last } : {}) };
      });
      return { schedules: await Promise.all(schedules) };
    },

    async scheduleRuns({ plugin, bureau, schedule, ...page }, context) {
      requireBureaus(await administrator(context), [bureau]);
      requireSchedule({ plugin, bureau, schedule });
      const where = { plugin, bureau, schedule };
      const { rows, nextCursor } = await pageOf(database, "schedule_run", where, ["-due_at", "id"], page);
      return { runs: rows.map(runOf), ...(nextCursor === undefined ? {} : { nextCursor }) };
    },

    async runSchedule(place, context) {
      const actor = await administrator(context);
      requireBureaus(actor, [place.bureau]);
      requireSchedule(place);
      const { plugin, bureau, schedule } = place;
      return onceByKey(database, context, actor.id, place, async (tx) => {
        if (!supervisor.enabledPlugins(bureau).includes(plugin))
          throw new JinshuiError("not-enabled", `${plugin} is not enabled in ${bureau}`, {
            details: { plugin, bureau },
          });
        // one who asks at the same time waits here
        await tx.findOneForUpdate("plugin_schedule", { ...place });
        if (await tx.findOne("schedule_run", { ...place, state: "open" }))
          throw new JinshuiError("in-progress", `A run of ${plugin}.${schedule} is still open in ${bureau}`);
        const row: Row = { ...place, ...newRun(tx.time), next_at: tx.time };
        await tx.insert("schedule_run", row);
        const by = { id: actor.id, name: actor.name };
        const after = { schedule };
        tx.audit({
          bureau,
          actor: by,
          action: "run-schedule",
          resource: `plugin/${plugin}`,
          after,
          trace: context.traceId,
        });
        return runOf(row);
      });
    },
  };
}

/** Schedules whose last run failed; nothing for a plugin without schedules. */
export async function failedSchedulesIn(
  supervisor: Supervisor,
  place: Place,
): Promise<Pick<PluginStatus["bureaus"][number], "failedSchedules">> {
  const schedules = schedulesIn(supervisor, place);
  if (schedules.length === 0) return {};
  const failed: string[] = [];
  for (const { id } of schedules) {
    const [run] = await supervisor.options.database.find("schedule_run", {
      where: { ...place, schedule: id, state: { in: ["done", "failed"] } },
      orderBy: ["-due_at"],
      limit: 1,
    });
    if (run?.["state"] === "failed") failed.push(id);
  }
  return { failedSchedules: failed };
}

function schedulesIn(supervisor: Supervisor, { plugin, bureau }: Place): readonly Schedule[] {
  const installed = supervisor.releaseIn(plugin, bureau) ?? supervisor.releases.get(plugin);
  return installed?.content?.manifest.contributes.schedules ?? [];
}

async function lastRun(database: Database, place: Place, schedule: string): Promise<ScheduleRun | undefined> {
  const where = { ...place, schedule };
  const [row] = await database.find("schedule_run", { where, orderBy: ["-due_at"], limit: 1 });
  return row && runOf(row);
}

function runOf(row: Row): ScheduleRun {
  const optional = { startedAt: "started_at", finishedAt: "finished_at", reason: "reason", problem: "problem" };
  return {
    id: String(row["id"]),
    schedule: String(row["schedule"]),
    dueAt: String(row["due_at"]),
    state: row["state"] as ScheduleRun["state"],
    attempt: Number(row["attempt"]),
    ...(Object.fromEntries(
      Object.entries(optional).flatMap(([name, column]) =>
        row[column] === undefined || row[column] === null ? [] : [[name, row[column]]],
      ),
    ) as Pick<ScheduleRun, "startedAt" | "finishedAt" | "reason" | "problem">),
  };
}
