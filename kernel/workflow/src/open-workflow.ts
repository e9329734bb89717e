import type { Auth } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import type { Handlers, WorkflowApi } from "@jinshui/contracts";
import type { Signatures } from "@jinshui/signature";
import { type Database, type FileStore, newId } from "@jinshui/storage";
import { workflowHandlers } from "./api/service.js";
import { classifyArchives } from "./archiving/archive-columns.js";
import { CalendarEditor } from "./calendar/calendar-editor.js";
import { Calendars } from "./calendar/calendars.js";
import { Deadlines } from "./calendar/deadlines.js";
import { Recalculations } from "./calendar/recalculations.js";
import { Reminders } from "./calendar/reminders.js";
import { YearWatch } from "./calendar/year-watch.js";
import { Definitions } from "./definition/definitions.js";
import type { Enablement } from "./enablement.js";
import { FigureClock } from "./figures/figure-clock.js";
import { FigureRows } from "./figures/figure-rows.js";
import { FIGURE_TABLES } from "./figures/tables.js";
import { Assignment } from "./runtime/assignment.js";
import { Clockwork } from "./runtime/clockwork.js";
import { Jobs } from "./runtime/jobs.js";
import { Deliveries } from "./links/deliveries.js";
import { PositionWatch } from "./runtime/position-watch.js";
import { Runtime } from "./runtime/runtime.js";
import { WORKFLOW_TABLES } from "./tables.js";

export interface Workflow {
  handlers: Handlers<WorkflowApi>;
  definitions: Definitions;
  /** Timers and the repetition of jobs; runs between `start` and `stop`. */
  clockwork: Clockwork;
  /** Keeps the figures in step; runs as the clockwork does. */
  figures: FigureClock;
  /** Calls, messages and signals between instances; runs between `start` and `stop`. */
  deliveries: Deliveries;
  /** How many tasks wait for a person, alone or among others. */
  openTasks(person: string): Promise<number>;
}

/** Makes the tables exist and returns the parts, ready to be served. */
export async function openWorkflow({
  database,
  auth,
  signatures,
  files,
  enablement,
  log,
  instance = newId(),
}: {
  database: Database;
  auth: Auth;
  signatures: Signatures;
  /** Where documents wait for those who asked for them. */
  files: FileStore;
  enablement: Enablement;
  log: Log;
  /** This kernel's id for the clock's lease, the same after a restart; a new one when absent. */
  instance?: string;
}): Promise<Workflow> {
  await database.ensureTables([...WORKFLOW_TABLES, ...FIGURE_TABLES]);
  await classifyArchives(database);
  const definitions = new Definitions(database, (id) => auth.organisation.hasPosition(id));
  const assignment = new Assignment(auth.organisation);
  const figures = new FigureRows(database, definitions);
  const { organisation } = auth;
  const calendars = new Calendars(database, (bureau) => organisation.bureau(bureau)?.parent);
  const deadlines = new Deadlines(calendars);
  const recalculations = new Recalculations(database, deadlines);
  const below = (bureau: string): string[] => organisation.bureausBelow(bureau);
  const bureaus = (): string[] => organisation.bureaus().map(({ bureau }) => bureau);
  // years that a new version of the software knows
  if (await calendars.open())
    await database.transaction((tx) => recalculations.request(tx, bureaus()), { essential: true });
  const runtime = new Runtime(database, definitions, assignment, signatures, deadlines, files);
  const jobs = new Jobs(database, definitions, assignment, enablement, deadlines);
  return {
    handlers: workflowHandlers({
      database,
      access: auth.access,
      requireRecent: ({ actor, caller }) => auth.access.tokens.requireRecent(actor, caller),
      definitions,
      runtime,
      jobs,
      signatures,
      files,
      figures,
      organisation: auth.organisation,
      positionTitle: (id) => auth.organisation.positionTitle(id),
      bureauTitle: (id) => auth.organisation.bureau(id)?.title["zh-CN"] ?? id,
      enablement,
      calendar: {
        calendars,
        editor: new CalendarEditor(calendars, recalculations, below),
        recalculations,
        titleOf: (bureau) => organisation.bureau(bureau)?.title,
        below,
      },
    }),
    definitions,
    clockwork: new Clockwork(
      {
        database,
        runtime,
        jobs,
        reminders: new Reminders(deadlines, assignment, definitions),
        recalculations,
        yearWatch: new YearWatch(database, calendars, assignment, bureaus),
        positionWatch: new PositionWatch(database, assignment),
        log,
      },
      instance,
    ),
    deliveries: new Deliveries(
      { database, definitions, enablement, log, context: (tx) => ({ tx, trace: "", assignment, deadlines }) },
      instance,
    ),
    figures: new FigureClock(database, figures, log, instance),
    openTasks: (person) => database.count("wf_candidate", { person, visible: true }),
  };
}
