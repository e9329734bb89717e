import { Type, type Static } from "typebox";
import { administrationOps } from "./administration-ops.js";
import { archiveOps } from "./archive-ops.js";
import { defineApi, op } from "./api.js";
import { calendarOps, Timeliness } from "./calendar-ops.js";
import { figureOps } from "./figure-ops.js";
import { formOps } from "./form-ops.js";
import { FormSchema } from "./form.js";
import { handOverOps } from "./hand-over-ops.js";
import { HistoryEntry, Incident } from "./history.js";
import { copyOps } from "./copy-ops.js";
import { Notice } from "./notice.js";
import { officeOps } from "./office-ops.js";
import { jobOps } from "./job-ops.js";
import { LinkedInstance } from "./linked-instance.js";
import { messageOps } from "./message-ops.js";
import { processOps } from "./process-ops.js";
import { RoundTask, TASK_OPERATIONS, TASK_PARTS, TaskDraft } from "./task-parts.js";
import { SignatureCheck, SignedContent, SigningCertificate } from "./signature-api.js";
import { trialOps } from "./trial-ops.js";
import { usageOps } from "./usage-ops.js";
import { DefinitionSummary, PositionStep, ProcessProblem } from "./definition-summary.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

const Variables = Type.Record(Type.String(), Type.Unknown());
const page = { limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) };
const paged = { nextCursor: Type.Optional(Cursor), total: Type.Integer() };

/** What people can do with a task, by the ids that a process names in `jinshui:actions`; a site has a title for each. */
export const TASK_ACTION_IDS = [
  "complete",
  "approve",
  "submit",
  "handover",
  "confirm",
  "return",
  "reject",
  "withdraw",
] as const;
export type TaskActionId = (typeof TASK_ACTION_IDS)[number];

/** A button of a task page. */
export const TaskAction = Type.Object({
  id: Name,
  title: LocalText,
  tone: Type.Enum(["primary", "default", "danger"]),
  opinion: Type.Enum(["required", "optional", "none"]),
  /** Whether it takes the signature of who does it. */
  signed: Type.Optional(Type.Boolean()),
});
export type TaskAction = Static<typeof TaskAction>;

export const TaskSummary = Type.Object({
  id: Id,
  version: Type.Integer(),
  instance: Id,
  number: Type.String(),
  /** Title of the matter, e.g. `设备领用:台式计算机 2 台`. */
  title: Type.String(),
  definition: Id,
  definitionTitle: LocalText,
  element: Type.String(),
  step: Type.String(),
  applicant: ActorRef,
  applicantDepartment: Type.Optional(Type.String()),
  /** `planned`: others come first. */
  state: Type.Enum(["planned", "open", "completed", "cancelled"]),
  part: Type.Optional(Type.Enum(TASK_PARTS)),
  assignee: Type.Optional(ActorRef),
  /** Whether it can be approved together with others: without a signature, by who asks. */
  approvable: Type.Optional(Type.Boolean()),
  /** Whose position makes an open task that of the person who asks, where it is only lent (委托). */
  onBehalfOf: Type.Optional(ActorRef),
  arrivedAt: Instant,
  dueAt: Type.Optional(Instant),
  /** How the time stands: now, or when the task was finished. Absent without a deadline. */
  timeliness: Type.Optional(Timeliness),
  completedAt: Type.Optional(Instant),
  action: Type.Optional(Type.String()),
});
export type TaskSummary = Static<typeof TaskSummary>;

export const InstanceSummary = Type.Object({
  id: Id,
  number: Type.String(),
  title: Type.String(),
  definition: Id,
  definitionTitle: LocalText,
  state: Type.Enum(["active", "completed", "cancelled", "incident"]),
  applicant: ActorRef,
  startedAt: Instant,
  endedAt: Type.Optional(Instant),
  /** By when the whole matter is to be done, where its process has a limit and its clock runs. */
  dueAt: Type.Optional(Instant),
  timeliness: Type.Optional(Timeliness),
  /** Names of the steps that wait now. */
  steps: Type.Array(Type.String()),
});
export type InstanceSummary = Static<typeof InstanceSummary>;

/** A matter with everything its page shows. */
export const InstanceDetail = Type.Object({
  ...InstanceSummary.properties,
  /** The matter that called this one, and those it has called, the newest 50. */
  parent: Type.Optional(LinkedInstance),
  children: Type.Array(LinkedInstance),
  version: Type.Integer(),
  variables: Variables,
  forms: Type.Array(FormSchema),
  history: Type.Array(HistoryEntry),
  signatures: Type.Array(SignatureCheck),
  /** Element ids where tokens wait now, and where they were. */
  activeElements: Type.Array(Type.String()),
  passedElements: Type.Array(Type.String()),
  incidents: Type.Array(Incident),
  /** Open tasks that the actor may act on. */
  mine: Type.Array(Id),
  /** Whether the actor may end it before its time. */
  cancellable: Type.Boolean(),
  /** Stands still until an administrator resumes it. */
  suspended: Type.Boolean(),
  /** Whether the actor may suspend and resume it. */
  suspendable: Type.Boolean(),
  /** Whether the actor may remind those whose turn it is. */
  urgeable: Type.Boolean(),
  /** Tasks that the actor has finished and may take back. */
  takeable: Type.Array(Id),
  /** Since when and why the clock stands. */
  stopped: Type.Optional(Type.Object({ since: Instant, reason: Type.String(), resumable: Type.Boolean() })),
  /** Whether the actor may stop the clock, or let it go on. */
  clock: Type.Boolean(),
  tasks: Type.Array(TaskSummary),
});
export type InstanceDetail = Static<typeof InstanceDetail>;

const Completion = Type.Object(
  {
    id: Id,
    version: Type.Integer(),
    action: Name,
    opinion: Type.Optional(Type.String({ maxLength: 2000 })),
    values: Variables,
  },
  { additionalProperties: false },
);

/** That somebody signs what `prepareSignature` showed. */
const Agreement = Type.Object(
  { certificate: Id, sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) },
  { additionalProperties: false },
);

/** Matters, tasks, archive and notices. */
export const workflowApi = defineApi("workflow", 1, {
  ...handOverOps,
  ...officeOps,
  ...copyOps,
  ...usageOps,
  ...calendarOps,
  ...formOps,
  /** Matters of enabled plugins and of the bureau itself; `startable` tells whether the actor may start it. */
  definitions: op({
    effect: "read",
    http: { method: "GET", path: "/matters" },
    actor: "required",
    input: Type.Object({ startable: Type.Optional(Type.Boolean()), ...page }, { additionalProperties: false }),
    output: Type.Object({ definitions: Type.Array(DefinitionSummary), ...paged }),
  }),
  /** One definition with its BPMN and the form it starts with. */
  definition: op({
    effect: "read",
    http: { method: "GET", path: "/matters/:id" },
    actor: "required",
    input: Type.Object({ id: Id }, { additionalProperties: false }),
    output: Type.Object({
      ...DefinitionSummary.properties,
      xml: Type.String(),
      startEvent: Type.String(),
      form: Type.Optional(FormSchema),
      problems: Type.Array(ProcessProblem),
    }),
  }),
  /** Which steps positions do in the matters of the bureau; `limit` and `total` count matters, a page has all steps of its own. */
  positionSteps: op({
    effect: "read",
    http: { method: "GET", path: "/position-steps" },
    actor: "required",
    input: Type.Object({ position: Type.Optional(Name), ...page }, { additionalProperties: false }),
    output: Type.Object({ steps: Type.Array(PositionStep), ...paged }),
  }),
  /** Imports BPMN into the bureau (permission `site.processes`); `commit: false` only reports. It takes the bureau's published forms that it names. Nothing is deployed when there is an error. A `draft` can be tried and starts nothing until it is released. */
  importDefinition: op({
    effect: "write",
    http: { method: "POST", path: "/matters/import" },
    actor: "required",
    input: Type.Object(
      {
        xml: Type.String({ maxLength: 450_000 }),
        fileName: Type.String({ maxLength: 200 }),
        commit: Type.Boolean(),
        draft: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      processes: Type.Array(
        Type.Object({
          key: Type.String(),
          title: Type.String(),
          elements: Type.Integer(),
          problems: Type.Array(ProcessProblem),
          /** What the bureau has under this key before the import; deploying replaces it for new matters. */
          replaces: Type.Optional(Type.Object({ title: Type.String(), version: Type.Integer() })),
          definition: Type.Optional(Id),
        }),
      ),
      problems: Type.Array(ProcessProblem),
    }),
  }),
  start: op({
    effect: "write",
    http: { method: "POST", path: "/matters/:definition/instances" },
    actor: "required",
    input: Type.Object({ definition: Id, values: Variables }, { additionalProperties: false }),
    output: InstanceSummary,
  }),
  /** `mine`: started by the actor; otherwise the bureau's (permission `site.instances`). */
  instances: op({
    effect: "read",
    http: { method: "GET", path: "/instances" },
    actor: "required",
    input: Type.Object(
      {
        mine: Type.Boolean(),
        state: Type.Optional(Type.String()),
        search: Type.Optional(Type.String({ maxLength: 100 })),
        ...page,
      },
      { additionalProperties: false },
    ),
    output: Type.Object({ instances: Type.Array(InstanceSummary), ...paged }),
  }),
  /** For the applicant, everybody who had a task in it, and holders of `site.instances`. */
  instance: op({
    effect: "read",
    http: { method: "GET", path: "/instances/:id" },
    actor: "required",
    input: Type.Object({ id: Id }, { additionalProperties: false }),
    output: InstanceDetail,
  }),
  /** The drawing of an instance's definition, as BPMN 2.0 XML with diagram data. */
  diagram: op({
    effect: "read",
    http: { method: "GET", path: "/instances/:id/diagram" },
    actor: "required",
    input: Type.Object({ id: Id }, { additionalProperties: false }),
    output: Type.Object({ xml: Type.String() }),
  }),
  /** `todo`: open and the actor's to do (assigned to, or a candidate by position); `done`: completed by the actor. */
  tasks: op({
    effect: "read",
    http: { method: "GET", path: "/tasks" },
    actor: "required",
    input: Type.Object(
      {
        kind: Type.Enum(["todo", "done"]),
        /** Of what is to do: as it came (default), or by when it is due, without a deadline last. */
        sort: Type.Optional(Type.Enum(["arrived", "due"])),
        search: Type.Optional(Type.String({ maxLength: 100 })),
        ...page,
      },
      { additionalProperties: false },
    ),
    output: Type.Object({
      tasks: Type.Array(TaskSummary),
      ...paged,
      overdue: Type.Integer(),
      dueToday: Type.Integer(),
    }),
  }),
  task: op({
    effect: "read",
    http: { method: "GET", path: "/tasks/:id" },
    actor: "required",
    input: Type.Object({ id: Id }, { additionalProperties: false }),
    output: Type.Object({
      ...TaskSummary.properties,
      /** Whether the actor may act on it now. */
      mine: Type.Boolean(),
      /** Whether who does it only reads the form. */
      readOnly: Type.Optional(Type.Boolean()),
      /** What the actor has kept of the form without finishing the task. */
      draft: Type.Optional(TaskDraft),
      /** What the actor may do with it besides its actions. */
      operations: Type.Array(Type.Enum(TASK_OPERATIONS)),
      /** All tasks of this step, where there are several, in their order. */
      round: Type.Optional(Type.Array(RoundTask)),
      /** That brought the process. */
      plugin: Type.Optional(Name),
      form: Type.Optional(FormSchema),
      values: Variables,
      actions: Type.Array(TaskAction),
      history: Type.Array(HistoryEntry),
      signatures: Type.Array(SignatureCheck),
      activeElements: Type.Array(Type.String()),
      passedElements: Type.Array(Type.String()),
    }),
  }),
  claim: op({
    effect: "write",
    http: { method: "POST", path: "/tasks/:id/claim" },
    actor: "required",
    input: Type.Object({ id: Id, version: Type.Integer() }, { additionalProperties: false }),
    output: TaskSummary,
  }),
  release: op({
    effect: "write",
    http: { method: "POST", path: "/tasks/:id/release" },
    actor: "required",
    input: Type.Object({ id: Id, version: Type.Integer() }, { additionalProperties: false }),
    output: TaskSummary,
  }),
  /**
   * What would be signed if the task were finished like this, and by which certificate; `sha256` is of its canonical JSON. 409
   * `signature-refused` for who has no certificate in force; else as `complete`.
   */
  prepareSignature: op({
    effect: "read",
    http: { method: "POST", path: "/tasks/:id/signature" },
    actor: "required",
    input: Completion,
    output: Type.Object({ content: SignedContent, sha256: Type.String(), certificate: SigningCertificate }),
  }),
  /** Finishes a task (claiming it on the way when nobody has); 409 `task-taken` / `task-closed` / `stale-version`, 400 `invalid-form` with `details.problems: FormProblem[]`; 400 `signature-required`, 409 `signature-refused` where the step takes a signature. */
  complete: op({
    effect: "write",
    http: { method: "POST", path: "/tasks/:id/complete" },
    actor: "required",
    input: Type.Object(
      { ...Completion.properties, signature: Type.Optional(Agreement) },
      { additionalProperties: false },
    ),
    output: Type.Object({ task: TaskSummary, instance: InstanceSummary }),
  }),
  ...archiveOps,
  ...figureOps,
  notices: op({
    effect: "read",
    http: { method: "GET", path: "/notices" },
    actor: "required",
    input: Type.Object({ ...page }, { additionalProperties: false }),
    output: Type.Object({ notices: Type.Array(Notice), unread: Type.Integer(), nextCursor: Type.Optional(Cursor) }),
  }),
  readNotices: op({
    effect: "write",
    http: { method: "POST", path: "/notices/read" },
    actor: "required",
    input: Type.Object({ ids: Type.Array(Id, { minItems: 1, maxItems: 200 }) }, { additionalProperties: false }),
    output: Type.Object({ unread: Type.Integer() }),
  }),
  /** A failed job's retry, from the matter's page (permission `site.instances`). */
  retryJob: op({
    effect: "write",
    http: { method: "POST", path: "/instances/:instance/jobs/retry" },
    actor: "required",
    input: Type.Object({ instance: Id, element: Type.String() }, { additionalProperties: false }),
    output: InstanceSummary,
  }),
  /**
   * Ends a matter before its time; it is archived as it stands. For administrators (permission `site.instances`), and for the
   * applicant as long as nobody else has finished a step.
   */
  cancelInstance: op({
    effect: "write",
    http: { method: "POST", path: "/instances/:id/cancel" },
    actor: "required",
    input: Type.Object(
      { id: Id, reason: Type.String({ minLength: 1, maxLength: 2000 }) },
      { additionalProperties: false },
    ),
    output: InstanceSummary,
  }),
  ...jobOps,
  ...messageOps,
  ...administrationOps,
  ...processOps,
  ...trialOps,
});
export type WorkflowApi = typeof workflowApi;

/** Namespace of our attributes in BPMN files (prefix `jinshui`). */
export const BPMN_NAMESPACE = "http://jinshui.cn/schema/bpmn/1.0";
