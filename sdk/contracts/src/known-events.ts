import { Type, type TSchema } from "typebox";
import { CollectionId } from "./query.js";
import { Id, Instant, type LocalText } from "./text.js";

/** What is known of a kind of event. */
export interface KnownEvent {
  title: LocalText;
  /** Its `data`, as it is on the bus. */
  data: TSchema;
  /** Other systems may be told of it, without those parts of its data that say to whom of us it is addressed. */
  outside: boolean;
}

/** Parts of an event's data that say which people it is for, or which right it takes to hear of it; nobody else gets them. */
const addressed = {
  users: Type.Optional(Type.Array(Type.String())),
  permissions: Type.Optional(Type.Array(Type.String())),
};

const matter = { instance: Id, number: Type.String(), title: Type.String(), ...addressed };
const task = { ...matter, task: Id, step: Type.String() };

const kind = (chinese: string, english: string, data: Record<string, TSchema>, outside: boolean): KnownEvent => ({
  title: { "zh-CN": chinese, en: english },
  data: Type.Object(data),
  outside,
});

/** The events of the kernel, by `<source>.<name>`. Those of records are `<plugin>.<collection>-changed`; see `recordChanged`. */
export const KERNEL_EVENTS: Readonly<Record<string, KnownEvent>> = {
  "workflow.task-created": kind("产生待办", "A task was made", task, true),
  "workflow.task-claimed": kind("待办已签收", "A task was claimed", task, true),
  "workflow.task-released": kind("待办已退签", "A task was released", task, true),
  "workflow.task-handed-over": kind("待办已交接", "A task was handed over", task, true),
  "workflow.task-completed": kind("待办已办理", "A task was completed", { ...task, action: Type.String() }, true),
  "workflow.task-cancelled": kind("待办已取消", "A task was cancelled", task, true),
  "workflow.instance-completed": kind("办件已办结", "A matter was finished", matter, true),
  "workflow.instance-cancelled": kind("办件已终止", "A matter was cancelled", matter, true),
  "workflow.notices-changed": kind("通知有变化", "Notices have changed", addressed, false),
  "organisation.changed": kind("机构、岗位或授权有变化", "The organisation has changed", { what: Type.String() }, true),
  "supervisor.plugins-changed": kind("插件有变化", "Plugins have changed", {}, true),
  "storage.file-infected": kind(
    "文件发现病毒",
    "A file holds a virus",
    { file: Id, name: Type.String(), signature: Type.String(), ...addressed },
    false,
  ),
  "storage.message-dead": kind(
    "消息多次处理失败",
    "A message was put aside",
    { consumer: Type.String(), event: Type.String() },
    false,
  ),
  "security.alarm-raised": kind(
    "产生告警",
    "An alarm was raised",
    { alarm: Id, rule: Type.String(), level: Type.String(), ...addressed },
    false,
  ),
  "security.alarm-acknowledged": kind("告警已确认", "An alarm was acknowledged", { alarm: Id, ...addressed }, false),
  "kernel.audit-anchored": kind(
    "审计链已锚定",
    "An audit chain was anchored",
    { bureau: Type.String(), at: Instant, seq: Type.Integer(), hash: Type.String() },
    false,
  ),
};

/** The event that a record was written: `<plugin>.<collection>-changed`, one for each version of it. */
export const recordChanged: KnownEvent = kind(
  "记录有变化",
  "A record has changed",
  { collection: CollectionId, id: Id, version: Type.Integer(), action: Type.String() },
  true,
);

/** Whether machines may hear of an event on the bus, where its data is as it is: it must not say for whom of us it is. */
export function isHeardOutside(name: string): boolean {
  const known = KERNEL_EVENTS[name];
  const { properties = {} } = (known?.data ?? {}) as { properties?: object };
  return known?.outside === true && !("users" in properties);
}

/** An event's data as it may leave the site: without whom of us it is for. */
export function dataOutside(data: unknown): unknown {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return data;
  const { users: _users, permissions: _permissions, ...rest } = data as Record<string, unknown>;
  return rest;
}
