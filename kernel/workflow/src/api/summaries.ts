import type {
  ActorRef,
  ArchiveSummary,
  DefinitionSummary,
  InstanceSummary,
  LocalText,
  Notice,
  RetentionClass,
  TaskSummary,
  Timeliness,
} from "@jinshui/contracts";
import type { Actor, Row } from "@jinshui/storage";
import { NO_MATTER } from "../calendar/year-watch.js";
import { timelinessOf } from "../calendar/timeliness.js";
import type { Definition } from "../definition/definitions.js";
import type { ArchiveContent } from "../archiving/archive-content.js";
import { catalogueEntry } from "../definition/documents.js";
import { positionFor } from "../runtime/candidacy.js";

const optional = <K extends string>(key: K, value: unknown): Partial<Record<K, string>> =>
  value === undefined || value === null ? {} : ({ [key]: String(value) } as Record<K, string>);

/** By when it is due, and how the time stands: now, or at its end. */
function deadlineOf(row: Row, ended: unknown): { dueAt?: string; timeliness?: Timeliness } {
  const timeliness = timelinessOf(row, typeof ended === "string" ? ended : new Date().toISOString());
  return { ...optional("dueAt", row["due_at"]), ...(timeliness ? { timeliness } : {}) };
}

export function definitionSummary(definition: Definition, startable: boolean): DefinitionSummary {
  const { id, key, version, title, plugin, description, deployedAt, model } = definition;
  return {
    id,
    key,
    version,
    title,
    ...(plugin === undefined ? {} : { plugin }),
    ...(description === undefined ? {} : { description }),
    ...catalogueEntry(model),
    startable,
    deployedAt,
  };
}

export function instanceSummary(row: Row, definitionTitle: LocalText): InstanceSummary {
  return {
    id: String(row["id"]),
    number: String(row["number"]),
    title: String(row["title"]),
    definition: String(row["definition"]),
    definitionTitle,
    state: row["status"] as InstanceSummary["state"],
    applicant: row["applicant"] as ActorRef,
    startedAt: String(row["started_at"]),
    ...optional("endedAt", row["ended_at"]),
    ...deadlineOf(row, row["ended_at"]),
    steps: row["steps"] as string[],
  };
}

/** A task as the actor sees it. */
export function taskSummary(row: Row, instance: Row, definitionTitle: LocalText, actor: Actor): TaskSummary {
  const onBehalfOf = row["state"] === "open" ? positionFor(actor, row)?.onBehalfOf : undefined;
  const state = instance["state"] as { variables?: { applicant?: { departmentTitle?: string } } } | undefined;
  return {
    id: String(row["id"]),
    version: Number(row["version"]),
    instance: String(row["instance"]),
    number: String(instance["number"]),
    title: String(instance["title"]),
    definition: String(instance["definition"]),
    definitionTitle,
    element: String(row["element"]),
    step: String(row["step"]),
    applicant: instance["applicant"] as ActorRef,
    ...optional(
      "applicantDepartment",
      instance["applicant_department"] ?? state?.variables?.applicant?.departmentTitle,
    ),
    state: row["state"] as TaskSummary["state"],
    ...(optional("part", row["part"]) as Pick<TaskSummary, "part">),
    ...(row["assignee"] === undefined || row["assignee"] === null ? {} : { assignee: row["assignee"] as ActorRef }),
    ...(onBehalfOf ? { onBehalfOf } : {}),
    arrivedAt: String(row["arrived_at"]),
    ...deadlineOf(row, row["completed_at"]),
    ...optional("completedAt", row["completed_at"]),
    ...optional("action", row["action"]),
  };
}

export function archiveSummary(row: Row): ArchiveSummary {
  const content = row["content"] as ArchiveContent;
  return {
    id: String(row["id"]),
    instance: content.instance,
    number: content.number,
    title: content.title,
    definitionTitle: content.definition.title,
    state: content.status === "cancelled" ? "cancelled" : "completed",
    applicant: content.applicant,
    startedAt: content.startedAt,
    endedAt: content.endedAt,
    sha256: String(row["sha256"]),
    retention: row["retention"] as RetentionClass,
    ...optional("retainUntil", row["retain_until"]),
    held: row["hold"] !== undefined,
    ...optional("disposedAt", row["disposed_at"]),
  };
}

export function notice(row: Row): Notice {
  return {
    id: String(row["id"]),
    kind: row["kind"] as Notice["kind"],
    title: String(row["title"]),
    ...optional("step", row["step"]),
    ...optional("task", row["task"]),
    ...(row["instance"] === NO_MATTER ? {} : { instance: String(row["instance"]) }),
    at: String(row["at"]),
    read: row["is_read"] === true,
  };
}
