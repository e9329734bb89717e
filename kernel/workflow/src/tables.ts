import type { TableDefinition } from "@jinshui/storage";
import { FORM_TABLES } from "./forms/form-tables.js";
import { LINK_TABLES } from "./links/link-tables.js";
import { TRIAL_TABLES } from "./trials/trial-tables.js";
import { CALENDAR_TABLES } from "./calendar/calendar-tables.js";

/** Definitions, instances and everything that hangs on them. */
export const WORKFLOW_TABLES: TableDefinition[] = [
  {
    name: "wf_definition",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      /** `*` for a plugin's, which every bureau that enables the plugin sees. */
      bureau: { type: "id", nullable: false },
      plugin: { type: "id" },
      process_key: { type: "string", length: 100, nullable: false },
      version: { type: "integer", nullable: false },
      latest: { type: "boolean", nullable: false },
      title: { type: "string", length: 200, nullable: false },
      description: { type: "text" },
      xml: { type: "text", nullable: false },
      model: { type: "json", nullable: false },
      forms: { type: "json", nullable: false },
      problems: { type: "json", nullable: false },
      sha256: { type: "string", length: 64, nullable: false },
      /** What it was checked with (`checkedMark`); absent in what was deployed before there was this, and in a bureau's own. */
      checked: { type: "string", length: 60 },
      deployed_at: { type: "instant", nullable: false },
      /** Imported for trials only, until it is released. */
      draft: { type: "boolean" },
    },
    unique: { version: ["bureau", "process_key", "version"] },
    indexes: { latest: ["latest", "bureau", "title"] },
  },
  {
    name: "wf_instance",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      number: { type: "string", length: 40, nullable: false },
      title: { type: "string", length: 300, nullable: false },
      definition: { type: "id", nullable: false },
      version: { type: "integer", nullable: false },
      status: { type: "id", nullable: false },
      state: { type: "json", nullable: false },
      steps: { type: "json", nullable: false },
      applicant: { type: "json", nullable: false },
      applicant_id: { type: "id", nullable: false },
      /** Title of the applicant's department; older rows have it in their state only. */
      applicant_department: { type: "string" },
      started_at: { type: "instant", nullable: false },
      ended_at: { type: "instant" },
      /** When somebody last reminded those whose turn it is. */
      urged_at: { type: "instant" },
      /** The instance that called it, by which of its waits, and how many have called one another up to it. */
      parent: { type: "id" },
      parent_call: { type: "id" },
      depth: { type: "integer" },
      /** How long the matter may take (`TimeLimit`), and what follows; no day while its clock stands. */
      time_limit: { type: "json" },
      due_at: { type: "instant" },
      warn_at: { type: "instant" },
      provisional_years: { type: "json" },
    },
    unique: { number: ["bureau", "number"] },
    indexes: {
      mine: ["applicant_id", "started_at"],
      bureau: ["bureau", "started_at"],
      open: ["bureau", "ended_at", "id"],
      parent: ["parent", "parent_call"],
      definition: ["bureau", "definition", "ended_at", "id"],
    },
  },
  {
    name: "wf_event",
    primaryKey: ["instance", "seq"],
    columns: {
      instance: { type: "id" },
      seq: { type: "integer" },
      at: { type: "instant" },
      events: { type: "json", nullable: false },
    },
  },
  {
    name: "wf_task",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      instance: { type: "id", nullable: false },
      engine_task: { type: "id", nullable: false },
      element: { type: "string", length: 200, nullable: false },
      step: { type: "string", length: 200, nullable: false },
      version: { type: "integer", nullable: false },
      state: { type: "id", nullable: false },
      assignee: { type: "json" },
      arrived_at: { type: "instant", nullable: false },
      due_at: { type: "instant" },
      time_limit: { type: "json" },
      warn_at: { type: "instant" },
      provisional_years: { type: "json" },
      /** The clock of the matter stands while it is open; its own runs on. */
      stops_clock: { type: "boolean" },
      completed_at: { type: "instant" },
      completed_by: { type: "id" },
      action: { type: "id" },
      /** Department in which whoever finished it did. */
      done_in: { type: "id" },
      /** The position that makes people candidates, in `department` where that is given; absent: the applicant's own step. */
      position: { type: "id" },
      department: { type: "id" },
      applicant_id: { type: "id" },
      search_text: { type: "string", length: 500 },
      /** What it is for its step: absent, the step itself; else see `TaskPart`. */
      part: { type: "id" },
      /** Ids of tasks that come before this one: until they are finished it is `planned`. */
      waits_for: { type: "json" },
      /** Only this person does it, or who stands in for them. */
      person: { type: "id" },
      /** People who may not do it, since they have done a step that is to be kept apart. */
      excluded: { type: "json" },
      opinion: { type: "text" },
      /** In whose name it was finished, where a position was lent. */
      completed_for: { type: "id" },
      /** Who has added it to its step. */
      added_by: { type: "id" },
      /** The number of the command that finished it, as in `wf_event`. */
      seq: { type: "integer" },
    },
    indexes: {
      instance: ["instance", "arrived_at"],
      done: ["completed_by", "completed_at"],
      position: ["bureau", "state", "position"],
    },
  },
  {
    name: "wf_candidate",
    primaryKey: ["person", "task"],
    columns: {
      person: { type: "id" },
      task: { type: "id" },
      instance: { type: "id", nullable: false },
      visible: { type: "boolean", nullable: false },
      arrived_at: { type: "instant", nullable: false },
      due_at: { type: "instant" },
      search_text: { type: "string", length: 500, nullable: false },
    },
    indexes: {
      inbox: ["person", "visible", "arrived_at"],
      due: ["person", "visible", "due_at"],
      task: ["task"],
      instance: ["instance", "person"],
    },
  },
  {
    /** A matter that somebody was sent to read. */
    name: "wf_copy",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      person: { type: "id", nullable: false },
      instance: { type: "id", nullable: false },
      step: { type: "string", length: 200 },
      by: { type: "json" },
      note: { type: "string", length: 200 },
      at: { type: "instant", nullable: false },
      read_at: { type: "instant" },
      search_text: { type: "string", length: 500, nullable: false },
    },
    indexes: { person: ["person", "at"], instance: ["instance", "person"] },
  },
  {
    /** What somebody has filled in of an open task, for them alone. */
    name: "wf_draft",
    primaryKey: ["task", "person"],
    columns: {
      task: { type: "id" },
      person: { type: "id" },
      values: { type: "json", nullable: false },
      opinion: { type: "text" },
      /** What the form held when it was kept, as a hash: whether it has changed since. */
      basis: { type: "string", length: 64, nullable: false },
      saved_at: { type: "instant", nullable: false },
    },
  },
  {
    /** The positions of a person when the candidates of open tasks were last brought in step with them. */
    name: "wf_candidacy",
    primaryKey: ["person"],
    columns: { person: { type: "id" }, positions: { type: "string", length: 64, nullable: false } },
  },
  {
    name: "wf_job",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      plugin: { type: "id", nullable: false },
      instance: { type: "id", nullable: false },
      engine_job: { type: "id", nullable: false },
      element: { type: "string", length: 200, nullable: false },
      type: { type: "id", nullable: false },
      state: { type: "id", nullable: false },
      attempt: { type: "integer", nullable: false },
      /** How often this attempt's message was sent again. */
      resent: { type: "integer" },
      /** When the message is sent again if nobody has reported by then. */
      next_at: { type: "instant" },
    },
    indexes: { due: ["state", "next_at"], instance: ["instance"] },
  },
  {
    name: "wf_timer",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      instance: { type: "id", nullable: false },
      engine_timer: { type: "id", nullable: false },
      element: { type: "string", length: 200, nullable: false },
      due_at: { type: "instant", nullable: false },
    },
    indexes: { due: ["due_at"], instance: ["instance"] },
  },
  {
    name: "wf_history",
    primaryKey: ["id"],
    columns: {
      id: { type: "serial" },
      instance: { type: "id", nullable: false },
      entry: { type: "json", nullable: false },
    },
    indexes: { instance: ["instance", "id"] },
  },
  {
    /** The signature under a finished task. */
    name: "wf_signature",
    primaryKey: ["task"],
    columns: {
      task: { type: "id" },
      instance: { type: "id", nullable: false },
      /** The number of the command that finished the task, as in `wf_event`. */
      seq: { type: "integer", nullable: false },
      signed_at: { type: "instant", nullable: false },
      /** The signed text: canonical JSON. */
      content: { type: "text", nullable: false },
      mechanism: { type: "string", length: 40, nullable: false },
      certificate: { type: "text", nullable: false },
      signature: { type: "text", nullable: false },
    },
    indexes: { instance: ["instance", "seq"] },
  },
  {
    name: "wf_archive",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      instance: { type: "id", nullable: false },
      search_text: { type: "string", length: 500, nullable: false },
      content: { type: "json", nullable: false },
      sha256: { type: "string", length: 64, nullable: false },
      ended_at: { type: "instant", nullable: false },
      /** Key of the process. */
      matter: { type: "string", length: 100 },
      applicant_id: { type: "id" },
      retention: { type: "id" },
      /** Absent: for good. */
      retain_until: { type: "instant" },
      /** Why it must be kept whatever its retention says: `{ by, at, reason }`. */
      hold: { type: "json" },
      disposed_at: { type: "instant" },
      /** Who agreed to its disposal, when, why, and in which matter. */
      disposal: { type: "json" },
    },
    unique: { instance: ["instance"] },
    indexes: {
      bureau: ["bureau", "ended_at"],
      retention: ["bureau", "retention", "retain_until"],
    },
  },
  {
    /** That somebody may read an archive until a day. */
    name: "wf_archive_loan",
    primaryKey: ["archive", "person"],
    columns: {
      archive: { type: "id" },
      person: { type: "id" },
      until: { type: "instant", nullable: false },
      /** The matter in which it was lent. */
      instance: { type: "id", nullable: false },
    },
    indexes: { person: ["person", "until"] },
  },
  {
    name: "wf_notice",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      person: { type: "id", nullable: false },
      kind: { type: "id", nullable: false },
      title: { type: "string", length: 300, nullable: false },
      step: { type: "string", length: 200 },
      task: { type: "id" },
      instance: { type: "id", nullable: false },
      at: { type: "instant", nullable: false },
      is_read: { type: "boolean", nullable: false },
    },
    indexes: { person: ["person", "at"], task: ["task"] },
  },
  {
    name: "wf_sequence",
    primaryKey: ["bureau", "year"],
    columns: { bureau: { type: "id" }, year: { type: "integer" }, last: { type: "integer", nullable: false } },
  },
  ...CALENDAR_TABLES,
  ...FORM_TABLES,
  ...LINK_TABLES,
  ...TRIAL_TABLES,
];
