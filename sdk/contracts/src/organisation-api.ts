import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { CALENDAR_PERMISSION, CLOCK_PERMISSION } from "./calendar-ops.js";
import { positionOps } from "./position-ops.js";
import { peopleImportOps } from "./people-import-ops.js";
import { peopleOps } from "./people-ops.js";
import { TRIAL_PERMISSION } from "./trial-ops.js";
import { ActorRef, Cursor, Day, Id, Instant, Limit, LocalText, Name } from "./text.js";

/** Adds, changes and removes people and departments: gives nobody a right. */
export const PEOPLE_PERMISSION = "site.people";
/** Decides on what gives rights. */
export const SECURITY_PERMISSION = "site.security";

/** The kernel's own permissions; plugins bring theirs in their manifests. */
export const SITE_PERMISSIONS: Readonly<Record<string, LocalText>> = {
  "site.plugins": { "zh-CN": "管理插件", en: "Manage plugins" },
  "site.processes": { "zh-CN": "导入和发布流程", en: "Import and publish processes" },
  [TRIAL_PERMISSION]: { "zh-CN": "业务测试：试办流程、保存场景", en: "Try processes and keep scenarios" },
  "site.instances": { "zh-CN": "查看和处置本局全部办件", en: "See and handle all matters of the bureau" },
  "site.archives": { "zh-CN": "查看本局全部档案", en: "See all archives of the bureau" },
  "site.figures": { "zh-CN": "查看本局考核指标", en: "See the figures of the bureau" },
  "site.figures-below": { "zh-CN": "查看下级局考核指标", en: "See the figures of bureaus below" },
  [CALENDAR_PERMISSION]: { "zh-CN": "维护工作日历", en: "Keep the working calendar" },
  [CLOCK_PERMISSION]: { "zh-CN": "暂停和恢复办件计时", en: "Stop and resume the clock of matters" },
  "site.files": { "zh-CN": "管理文件", en: "Manage files" },
  [PEOPLE_PERMISSION]: { "zh-CN": "管理机构和人员", en: "Manage the organisation and people" },
  [SECURITY_PERMISSION]: { "zh-CN": "审核授权", en: "Decide on rights" },
  "site.audit": { "zh-CN": "查阅审计记录", en: "Read the audit trail" },
  "site.alarms": { "zh-CN": "查看安全状况、处理告警", en: "Watch over security and answer alarms" },
};

/** A department during a period; both days belong to it. */
export const Department = Type.Object({
  id: Name,
  title: LocalText,
  parent: Type.Optional(Name),
  /** Absent: always so. */
  from: Type.Optional(Day),
  /** Absent: without end. */
  until: Type.Optional(Day),
});
export type Department = Static<typeof Department>;

/** That a person holds a position in a department, from a day to a day. */
export const Holding = Type.Object({
  id: Id,
  person: Id,
  position: Name,
  positionTitle: LocalText,
  department: Name,
  departmentTitle: LocalText,
  from: Type.Optional(Day),
  until: Type.Optional(Day),
  /** In place of its holder for a while (代理). */
  acting: Type.Boolean(),
});
export type Holding = Static<typeof Holding>;

/** That one person does the work of another's positions for a while (委托). */
export const Delegation = Type.Object({
  id: Id,
  from: ActorRef,
  to: ActorRef,
  /** All of them when absent. */
  positions: Type.Optional(Type.Array(Name)),
  since: Day,
  until: Day,
  reason: Type.String(),
  /** When it was ended before its time. */
  endedAt: Type.Optional(Instant),
});
export type Delegation = Static<typeof Delegation>;

/** A change that takes effect when a second person agrees. */
export const ChangeRequest = Type.Object({
  id: Id,
  /** What is asked for: `hold-position`, `hold-positions`, `grant-permission`, `reset-second-factor`. */
  kind: Name,
  /** In words, for those who decide. */
  summary: LocalText,
  reason: Type.String(),
  state: Type.Enum(["pending", "approved", "refused", "withdrawn", "expired"]),
  proposedBy: ActorRef,
  proposedAt: Instant,
  /** Until when it can be decided. */
  expiresAt: Instant,
  decidedBy: Type.Optional(ActorRef),
  decidedAt: Type.Optional(Instant),
  decision: Type.Optional(Type.String()),
  /** Whether the one who asks may decide on it. */
  decidable: Type.Boolean(),
});
export type ChangeRequest = Static<typeof ChangeRequest>;

const Reason = Type.String({ minLength: 2, maxLength: 200 });
const Changed = Type.Object({ change: Id });
const closed = { additionalProperties: false };

/** Departments, positions and who holds them, of the caller's bureau. Each change is told by the event `organisation.changed`. */
export const organisationApi = defineApi("organisation", 1, {
  ...positionOps,
  ...peopleOps,
  ...peopleImportOps,
  /** Departments and positions as they are, were or will be on a day; today when absent. */
  structure: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation" },
    input: Type.Object({ day: Type.Optional(Day) }, closed),
    output: Type.Object({
      departments: Type.Array(Department),
      positions: Type.Array(Type.Object({ id: Name, title: LocalText })),
      /** Positions of which nobody may hold two. */
      separations: Type.Array(Type.Array(Name)),
    }),
  }),
  /**
   * Makes a department, or changes its title and parent from a day on; earlier days keep what was. Takes `site.people`.
   * @throws 400 `invalid-request` for a parent that is not there then or below it.
   */
  setDepartment: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "PUT", path: "/organisation/departments/:department" },
    input: Type.Object(
      { department: Name, title: LocalText, parent: Type.Optional(Name), from: Type.Optional(Day) },
      closed,
    ),
    output: Department,
  }),
  /**
   * Its last day. Takes `site.people`.
   * @throws 409 `still-used` while people or departments would be left in it afterwards; `details` names them.
   */
  endDepartment: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/departments/:department/end" },
    input: Type.Object({ department: Name, until: Day }, closed),
    output: Type.Object({}),
  }),
  /** Who held, holds or will hold a position on a day. */
  holders: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/positions/:position/holders" },
    input: Type.Object({ position: Name, day: Type.Optional(Day) }, closed),
    output: Type.Object({ holders: Type.Array(Type.Object({ person: ActorRef, holding: Holding })) }),
  }),
  /** Who holds what on a day, in one department or in the whole bureau; by department and position. */
  members: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/members" },
    input: Type.Object(
      {
        day: Type.Optional(Day),
        department: Type.Optional(Name),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      members: Type.Array(Type.Object({ person: ActorRef, holding: Holding })),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /** Everything a person held, holds and will hold, latest first. */
  holdings: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/people/:person/holdings" },
    input: Type.Object({ person: Id }, closed),
    output: Type.Object({ holdings: Type.Array(Holding) }),
  }),
  /**
   * Asks that a person hold a position; takes effect when somebody with `site.security` agrees. Takes `site.people`.
   * @throws 409 `conflict` when the person would hold positions that must be apart.
   */
  proposeHolding: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/people/:person/holdings" },
    input: Type.Object(
      {
        person: Id,
        position: Name,
        department: Name,
        from: Type.Optional(Day),
        until: Type.Optional(Day),
        acting: Type.Optional(Type.Boolean()),
        reason: Reason,
      },
      closed,
    ),
    output: Changed,
  }),
  /** The last day of a holding, or at once when absent; what takes rights away needs no second person. */
  endHolding: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/holdings/:holding/end" },
    input: Type.Object({ holding: Id, until: Type.Optional(Day), reason: Reason }, closed),
    output: Type.Object({}),
  }),
  /** Gives a permission to the holders of a position, or takes it from them. Taking it needs no second person. */
  proposePermission: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/positions/:position/permissions" },
    input: Type.Object(
      { position: Name, permission: Type.String({ maxLength: 100 }), granted: Type.Boolean(), reason: Reason },
      closed,
    ),
    output: Type.Object({ change: Type.Optional(Id) }),
  }),
  /** What waits for a second person, and what was decided; newest first. */
  changes: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/changes" },
    input: Type.Object(
      {
        state: Type.Optional(ChangeRequest.properties.state),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      changes: Type.Array(ChangeRequest),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
  /**
   * Agrees to a change, which takes effect with it, or refuses it. Takes `site.security` and another person than the one
   * who asked and the one it is for.
   */
  decideChange: op({
    effect: "write",
    recent: true,
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/changes/:change/decide" },
    input: Type.Object(
      { change: Id, approve: Type.Boolean(), reason: Type.Optional(Type.String({ maxLength: 200 })) },
      closed,
    ),
    output: Type.Object({}),
  }),
  /** Takes one's own request back. */
  withdrawChange: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/changes/:change/withdraw" },
    input: Type.Object({ change: Id }, closed),
    output: Type.Object({}),
  }),
  /** Has a colleague do the work of one's positions for a while, with the rights of them. */
  delegate: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/delegations" },
    input: Type.Object(
      {
        to: Id,
        positions: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 50 })),
        since: Day,
        until: Day,
        reason: Reason,
      },
      closed,
    ),
    output: Delegation,
  }),
  /** Ends a delegation at once: who gave it, who received it, or somebody with `site.security`. */
  endDelegation: op({
    effect: "write",
    callers: "kernel",
    actor: "required",
    http: { method: "POST", path: "/organisation/delegations/:delegation/end" },
    input: Type.Object({ delegation: Id }, closed),
    output: Type.Object({}),
  }),
  /**
   * One's own, given and received; `person` those of somebody else, `all` those of the bureau, both for `site.security` and
   * `site.people`. Newest first.
   */
  delegations: op({
    effect: "read",
    callers: "kernel",
    actor: "required",
    http: { method: "GET", path: "/organisation/delegations" },
    input: Type.Object(
      {
        all: Type.Optional(Type.Boolean()),
        person: Type.Optional(Id),
        limit: Type.Optional(Limit),
        cursor: Type.Optional(Cursor),
      },
      closed,
    ),
    output: Type.Object({
      delegations: Type.Array(Delegation),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
    }),
  }),
});
export type OrganisationApi = typeof organisationApi;
