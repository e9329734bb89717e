import {
  type Context,
  type Handlers,
  JinshuiError,
  KERNEL_CALLERS,
  type LocalText,
  type WorkflowApi,
} from "@jinshui/contracts";
import {
  type Access,
  type Actor,
  type Database,
  type FileStore,
  onceByKey,
  pageOf,
  type Transaction,
  type Where,
} from "@jinshui/storage";
import { administrationHandlers } from "../administration/handlers.js";
import type { Definitions } from "../definition/definitions.js";
import { formHandlers } from "../forms/handlers.js";
import { importHandlers } from "./import-definition.js";
import { followPositions } from "../runtime/candidacy.js";
import type { CommandContext } from "../runtime/instance.js";
import { dayOf, instantAt } from "../calendar/zoned-day.js";
import type { Jobs } from "../runtime/jobs.js";
import { readTasksAhead } from "../runtime/lock-task.js";
import { MATTER_FILES } from "../runtime/form-files.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Enablement } from "../enablement.js";
import type { Signatures } from "@jinshui/signature";
import { shownContent } from "../signing/sign-task.js";
import { Matters, requireStartable } from "./matters.js";
import { pageByDue } from "./page-by-due.js";
import { searchWhere } from "./search-where.js";
import { Queries } from "./queries.js";
import { usageHandlers } from "./usage.js";
import { processHandlers } from "./processes.js";
import { calendarHandlers } from "./calendars.js";
import { clockHandlers } from "./clocks.js";
import { handOverHandlers } from "./hand-over.js";
import { officeHandlers } from "./office.js";
import { messageHandlers } from "./messages.js";
import { repairHandlers } from "./repair.js";
import type { Organisation } from "@jinshui/auth";
import type { FigureRows } from "../figures/figure-rows.js";
import { figureHandlers } from "./figures.js";
import { archiveHandlers } from "./archives.js";
import { notice } from "./summaries.js";
import { trialHandlers } from "../trials/handlers.js";
import { taskDetail } from "./task-detail.js";

/** The workflow API. */
export function workflowHandlers(parts: {
  database: Database;
  access: Access;
  /** Refuses a call whose person has not proven lately who they are. */
  requireRecent: (context: Context) => Promise<void>;
  definitions: Definitions;
  runtime: Runtime;
  jobs: Jobs;
  signatures: Signatures;
  files: FileStore;
  figures: FigureRows;
  organisation: Organisation;
  bureauTitle: (bureau: string) => string;
  positionTitle: (position: string) => LocalText;
  enablement: Enablement;
  calendar: Pick<
    Parameters<typeof calendarHandlers>[0],
    "calendars" | "editor" | "recalculations" | "titleOf" | "below"
  >;
}): Handlers<WorkflowApi> {
  const {
    database,
    access,
    requireRecent,
    definitions,
    runtime,
    jobs,
    signatures,
    files,
    bureauTitle,
    positionTitle,
    enablement,
    calendar,
  } = parts;
  const { figures: rows, organisation } = parts;
  const queries = new Queries(database, definitions, signatures);
  const matters = new Matters(database, definitions, enablement);
  // whoever may see a matter may read the files that its forms hold
  files.letRead(async ({ actor }, { collection, record }, reader) => {
    const row = collection === MATTER_FILES && actor ? await reader.findOne("wf_instance", { id: record }) : undefined;
    return actor !== undefined && row !== undefined && queries.maySee(actor, row, reader);
  });

  const actorOf = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };
  /** Who asks, with the inbox that belongs to the positions held now. */
  const clerkOf = async (context: Context): Promise<Actor> => {
    const actor = await actorOf(context);
    await followPositions(database, actor);
    return actor;
  };
  const requirePermission = (actor: Actor, permission: string): void => {
    if (!actor.permissions.has(permission))
      throw new JinshuiError("forbidden", `${actor.name} lacks ${permission}`, {
        details: { permissions: [permission] },
      });
  };
  const pluginOf = async (context: Context): Promise<string> => {
    const { plugin } = await access.resolve({ caller: context.caller, bureau: context.bureau });
    if (plugin === undefined || KERNEL_CALLERS.includes(plugin))
      throw new JinshuiError("forbidden", "Only the plugin that brought the process reports on its jobs");
    return plugin;
  };
  const write = <T>(context: Context, who: string, input: unknown, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    onceByKey(database, context, who, input, work);

  const { assignment, deadlines } = runtime;
  const command = (tx: Transaction): CommandContext => ({ tx, trace: "", assignment, deadlines });

  return {
    ...matters.handlers(actorOf),
    ...messageHandlers({ database, access, pluginOf }),
    ...administrationHandlers({ database, definitions, queries, actorOf, requirePermission, write, command }),

    async start({ definition: id, values }, context) {
      const actor = await actorOf(context);
      const definition = await matters.requireReleased(actor, id);
      requireStartable(definition, actor);
      const instance = await write(context, actor.id, { id, values }, (tx) =>
        runtime.start(tx, { actor, trace: context.traceId }, definition, values),
      );
      return queries.instanceSummary(instance);
    },

    async instances(input, context) {
      const actor = await actorOf(context);
      if (!input.mine) requirePermission(actor, "site.instances");
      const where: Where = {
        and: [
          {
            bureau: actor.bureau,
            ...(input.mine ? { applicant_id: actor.id } : {}),
            ...(input.state === undefined ? {} : { status: input.state }),
          },
          ...searchWhere(input.search, ["title", "number"]),
        ],
      };
      const page = await pageOf(database, "wf_instance", where, ["-started_at", "-id"], input);
      return {
        instances: await queries.instanceSummaries(page.rows),
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
        total: await database.count("wf_instance", where),
      };
    },

    async instance({ id }, context) {
      const actor = await actorOf(context);
      return queries.instanceDetail(await queries.requireInstance(actor, id), actor);
    },

    async diagram({ id }, context) {
      const row = await queries.requireInstance(await actorOf(context), id);
      return { xml: (await definitions.get(String(row["definition"]))).xml };
    },

    async tasks(input, context) {
      const actor = await clerkOf(context);
      const now = new Date().toISOString();
      const open: Where = { person: actor.id, visible: true };
      const [overdue, dueToday] = await Promise.all([
        database.count("wf_candidate", { ...open, due_at: { lt: now } }),
        database.count("wf_candidate", { ...open, due_at: { gte: now, lt: endOfDay(now) } }),
      ]);
      if (input.kind === "done") {
        const done: Where = { and: [{ completed_by: actor.id }, ...searchWhere(input.search, ["search_text"])] };
        const page = await pageOf(database, "wf_task", done, ["-completed_at", "-id"], input);
        const tasks = await queries.taskSummaries(
          page.rows.map((row) => String(row["id"])),
          actor,
        );
        return {
          tasks,
          ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
          total: await database.count("wf_task", done),
          overdue,
          dueToday,
        };
      }
      const where: Where = { and: [open, ...searchWhere(input.search, ["search_text"])] };
      const page =
        input.sort === "due"
          ? await pageByDue(database, where, input)
          : await pageOf(database, "wf_candidate", where, ["arrived_at", "task"], input);
      const tasks = await queries.taskSummaries(
        page.rows.map((row) => String(row["task"])),
        actor,
      );
      return {
        tasks,
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
        total: await database.count("wf_candidate", where),
        overdue,
        dueToday,
      };
    },

    async task({ id }, context) {
      return taskDetail({ database, queries, signatures }, await clerkOf(context), id);
    },

    async claim({ id, version }, context) {
      const actor = await clerkOf(context);
      await write(context, actor.id, { id, version }, (tx) =>
        runtime.assign(tx, { actor, trace: context.traceId }, id, version, true),
      );
      return one(await queries.taskSummaries([id], actor));
    },

    async release({ id, version }, context) {
      const actor = await clerkOf(context);
      await write(context, actor.id, { id, version }, (tx) =>
        runtime.assign(tx, { actor, trace: context.traceId }, id, version, false),
      );
      return one(await queries.taskSummaries([id], actor));
    },

    async prepareSignature(input, context) {
      const actor = await clerkOf(context);
      return database.transaction(async (tx) => {
        const content = await runtime.contentToSign(tx, { actor, trace: context.traceId }, input);
        if (!content)
          throw new JinshuiError("invalid-request", `${input.action} takes no signature here`, {
            details: { action: input.action },
          });
        return shownContent(tx, signatures, actor, content);
      });
    },

    async complete(input, context) {
      const actor = await clerkOf(context);
      // nobody else signs for a person: not a plugin, and not whoever finds the browser open
      if (input.signature) await requireSigner(context, requireRecent);
      let answer: Awaited<ReturnType<typeof queries.taskWithInstance>> | undefined;
      const complete = async (tx: Transaction): Promise<void> => {
        await runtime.complete(tx, { actor, trace: context.traceId }, input);
        const finished = await queries.taskWithInstance(input.id, actor, tx);
        tx.afterCommit(() => (answer = finished));
      };
      await onceByKey(database, context, actor.id, input, complete, {
        batched: { read: readTasksAhead, key: input.id },
      });
      // one that was finished under this key before has not been finished again
      return answer ?? queries.taskWithInstance(input.id, actor);
    },

    ...archiveHandlers({
      database,
      queries,
      signatures,
      files,
      enablement,
      actorOf,
      pluginOf,
      requirePermission,
      bureauTitle,
      write,
    }),

    ...figureHandlers({ database, definitions, rows, files, organisation, actorOf, requirePermission, write }),

    async notices(input, context) {
      const actor = await actorOf(context);
      const page = await pageOf(database, "wf_notice", { person: actor.id }, ["-at", "-id"], input);
      return {
        notices: page.rows.map(notice),
        unread: await database.count("wf_notice", { person: actor.id, is_read: false }),
        ...(page.nextCursor === undefined ? {} : { nextCursor: page.nextCursor }),
      };
    },

    async readNotices({ ids }, context) {
      const actor = await actorOf(context);
      await database.transaction((tx) =>
        tx.update("wf_notice", { person: actor.id, id: { in: ids } }, { is_read: true }),
      );
      return { unread: await database.count("wf_notice", { person: actor.id, is_read: false }) };
    },

    ...processHandlers({ database, definitions, matters, actorOf, requirePermission }),
    ...importHandlers({ matters, definitions, actorOf, requirePermission, write }),
    ...formHandlers({ database, definitions, actorOf, requirePermission, write }),
    ...trialHandlers({ database, definitions, assignment, deadlines, actorOf, requirePermission, write }),
    ...usageHandlers({ database, matters, actorOf, requirePermission, positionTitle }),
    ...handOverHandlers({ database, runtime, actorOf, requirePermission, write }),
    ...officeHandlers({ database, runtime, queries, clerkOf, requirePermission }),
    ...calendarHandlers({ database, ...calendar, actorOf, write }),
    ...clockHandlers({ deadlines: runtime.deadlines, queries, actorOf, requirePermission, write }),
    ...repairHandlers({ runtime, queries, actorOf, requirePermission, write }),

    async findJob({ job }, context) {
      const found = await database.findOne("wf_job", {
        id: job,
        plugin: await pluginOf(context),
        bureau: context.bureau,
      });
      return { open: found?.["state"] === "open" };
    },

    async completeJob({ job, variables }, context) {
      const plugin = await pluginOf(context);
      await database.transaction((tx) => jobs.complete(tx, plugin, context.bureau, job, variables, context.traceId));
      return {};
    },

    async failJob({ job, message, retryable }, context) {
      const plugin = await pluginOf(context);
      await database.transaction((tx) =>
        jobs.fail(tx, plugin, context.bureau, job, { message, retryable }, context.traceId),
      );
      return {};
    },
  };
}

/** @throws JinshuiError `forbidden` for a plugin, `sign-in-again` for a person whose last proof is too old. */
async function requireSigner(context: Context, requireRecent: (context: Context) => Promise<void>): Promise<void> {
  if (!KERNEL_CALLERS.includes(context.caller))
    throw new JinshuiError("forbidden", `${context.caller} can't sign in a person's name`);
  await requireRecent(context);
}

function one<T>(list: T[]): T {
  const [first] = list;
  if (first === undefined) throw new JinshuiError("not-found", "It is no longer there");
  return first;
}

/** Midnight after `now` in China. */
function endOfDay(now: string): string {
  return new Date(instantAt(dayOf(Date.parse(now)) + 1, 0)).toISOString();
}
