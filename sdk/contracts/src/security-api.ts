import { Type, type Static } from "typebox";
import { SessionInfo } from "./account-api.js";
import { defineApi, op } from "./api.js";
import { QuarantinedFile } from "./file.js";
import { PluginState } from "./supervisor-api.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

/** Sees how secure the bureau is and answers alarms; given to security and audit administrators. */
export const ALARMS_PERMISSION = "site.alarms";

/** What the kernel raises alarms about. */
export const ALARM_RULES = [
  "many-failures",
  "account-locked",
  "strange-sign-in",
  "session-moved",
  "administrator-made",
  "refused-again",
  "many-records",
  "virus-found",
  "many-refusals",
  "plugin-denied",
  "plugin-quarantined",
  "audit-broken",
  "anchor-overdue",
  "disk-low",
  "database-loses",
  "bus-lost",
  "backup-overdue",
  "webhook-paused",
] as const;
export type AlarmRule = (typeof ALARM_RULES)[number];

/** Something that an administrator has to look at. One for each rule and cause while it is open. */
export const Alarm = Type.Object({
  id: Id,
  rule: Type.Enum([...ALARM_RULES]),
  level: Type.Enum(["critical", "warning"]),
  state: Type.Enum(["open", "acknowledged"]),
  /** What tells it from others of its rule: an address, a user name, a plugin. */
  cause: Type.String(),
  /** What happened, for the rule's text: names and numbers. */
  facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  firstAt: Instant,
  lastAt: Instant,
  /** How often it was found anew while it was open. */
  count: Type.Integer(),
  /** The audit entries it was found in, as a filter of `audit.list`. */
  entries: Type.Optional(Type.Record(Type.String(), Type.String())),
  acknowledgedBy: Type.Optional(ActorRef),
  acknowledgedAt: Type.Optional(Instant),
  note: Type.Optional(Type.String()),
});
export type Alarm = Static<typeof Alarm>;

/** What may be wrong with an account. */
export const ACCOUNT_CONCERNS = [
  "locked",
  "password-ending",
  "one-time-password",
  "no-second-factor",
  "unused",
] as const;
export type AccountConcern = (typeof ACCOUNT_CONCERNS)[number];

const AccountInQuestion = Type.Object({
  id: Id,
  name: Type.String(),
  username: Type.String(),
  departmentTitle: LocalText,
  /** Until when it is locked, when the password runs out, or when it was last used. */
  at: Type.Optional(Instant),
});
export type AccountInQuestion = Static<typeof AccountInQuestion>;

/** The certificate that somebody signs with, when it ends soon. */
const EndingCertificate = Type.Object({ person: ActorRef, serial: Type.String(), notAfter: Instant });
export type EndingCertificate = Static<typeof EndingCertificate>;

/** An attempt to sign in, or the end of a session. */
export const SignInRecord = Type.Object({
  at: Instant,
  outcome: Type.Enum(["ok", "failed", "locked-out", "again", "out", "moved"]),
  person: Type.Optional(ActorRef),
  /** As it was typed in, where nobody came in. */
  username: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  address: Type.Optional(Type.String()),
  agent: Type.Optional(Type.String()),
  session: Type.Optional(Type.String()),
});
export type SignInRecord = Static<typeof SignInRecord>;

/** What the operator's backup job said last (`backup` in `configs/base.yaml`). */
export const BackupState = Type.Object({
  /** `none`: nobody has set one up; `late`: the last is older than `maxHours`; `unreadable`: no report, or none that holds. */
  state: Type.Enum(["none", "fine", "late", "failed", "unreadable"]),
  finishedAt: Type.Optional(Instant),
  bytes: Type.Optional(Type.Integer({ minimum: 0 })),
  maxHours: Type.Optional(Type.Integer()),
});
export type BackupState = Static<typeof BackupState>;

/** The parts of the site, for the bureau that runs it. */
export const SiteState = Type.Object({
  kernel: Type.Object({ version: Type.String(), startedAt: Instant, unready: Type.Array(Type.String()) }),
  bus: Type.Object({
    version: Type.String(),
    /** How published messages survive a power cut; `none`: they may not. */
    durability: Type.Enum(["A", "B", "C", "none"]),
    /** How often the bus has lost its memory and was filled again. */
    losses: Type.Integer(),
  }),
  database: Type.Object({
    kind: Type.Enum(["sqlite", "mysql"]),
    /** Settings that are not as they should be. */
    warnings: Type.Array(
      Type.Object({
        variable: Type.String(),
        value: Type.String(),
        wanted: Type.String(),
        losesCommits: Type.Boolean(),
      }),
    ),
  }),
  /** Why nothing may be written, when the disk is nearly full. */
  diskShort: Type.Optional(Type.String()),
  plugins: Type.Array(Type.Object({ id: Name, title: LocalText, state: PluginState })),
  backup: BackupState,
  /** The site's own certificates, as far as they have been needed: its authority, and what it signs documents with. */
  certificates: Type.Array(Type.Object({ kind: Type.Enum(["authority", "documents"]), notAfter: Instant })),
});
export type SiteState = Static<typeof SiteState>;

const closed = { additionalProperties: false };
const Count = Type.Integer({ minimum: 0 });
const page = { limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) };
const paged = { nextCursor: Type.Optional(Cursor), total: Type.Integer() };
const watching = { callers: "kernel", actor: "required" } as const;

/** How secure the caller's bureau is: figures, sign-ins, sessions, alarms. Everything takes `site.alarms`. */
export const securityApi = defineApi("security", 1, {
  /** Figures of today, each of which has a list; `site` for the bureau that runs it. */
  overview: op({
    ...watching,
    effect: "read",
    http: { method: "GET", path: "/security/overview" },
    input: Type.Object({}, closed),
    output: Type.Object({
      /** Since midnight in China; counted to 10,000. */
      failedSignIns: Count,
      openAlarms: Count,
      criticalAlarms: Count,
      accounts: Type.Object(Object.fromEntries(ACCOUNT_CONCERNS.map((concern) => [concern, Count]))),
      policy: Type.Object({
        /** Whether passwords grow old, and whether second factors are off, offered or required. */
        passwordDays: Type.Optional(Type.Integer()),
        secondFactor: Type.Enum(["off", "offered", "required"]),
      }),
      /** Certificates of people that end within 30 days. */
      endingCertificates: Count,
      /** Counted to 200. */
      quarantined: Count,
      audit: Type.Object({
        entries: Count,
        anchoredAt: Type.Optional(Instant),
        /** Whether the last anchors came in time. */
        anchorsInTime: Type.Boolean(),
        verifiedAt: Type.Optional(Instant),
        /** Of the last verification. */
        whole: Type.Optional(Type.Boolean()),
      }),
      site: Type.Optional(SiteState),
    }),
  }),
  /** The accounts behind a figure. */
  accounts: op({
    ...watching,
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/security/accounts" },
    input: Type.Object({ concern: Type.Enum([...ACCOUNT_CONCERNS]), ...page }, closed),
    output: Type.Object({ accounts: Type.Array(AccountInQuestion), ...paged }),
  }),
  /** Certificates of the bureau's people that end within 30 days, the next one first. */
  certificates: op({
    ...watching,
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/security/certificates" },
    input: Type.Object(page, closed),
    output: Type.Object({ certificates: Type.Array(EndingCertificate), ...paged }),
  }),
  /** Files of the bureau in which a virus was found, newest first. */
  quarantined: op({
    ...watching,
    effect: "read",
    http: { method: "GET", path: "/security/quarantined" },
    input: Type.Object(page, closed),
    output: Type.Object({ files: Type.Array(QuarantinedFile), nextCursor: Type.Optional(Cursor) }),
  }),
  /** Attempts to sign in, newest first. A look at many entries may stop early: `searchedTo` says how far it came. */
  signIns: op({
    ...watching,
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/security/sign-ins" },
    input: Type.Object(
      {
        /** A user name or part of a person's name. */
        who: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
        outcome: Type.Optional(SignInRecord.properties.outcome),
        address: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
        from: Type.Optional(Instant),
        to: Type.Optional(Instant),
        ...page,
      },
      closed,
    ),
    output: Type.Object({
      signIns: Type.Array(SignInRecord),
      nextCursor: Type.Optional(Cursor),
      searchedTo: Type.Optional(Instant),
    }),
  }),
  /** Sessions of the bureau that go on, latest used first; `account.endSession` ends one. */
  openSessions: op({
    ...watching,
    effect: "read",
    audited: true,
    http: { method: "GET", path: "/security/sessions" },
    input: Type.Object(page, closed),
    output: Type.Object({
      sessions: Type.Array(Type.Object({ ...SessionInfo.properties, person: ActorRef })),
      ...paged,
    }),
  }),
  /** Alarms of the bureau, latest first; new ones are told by the event `security.alarm-raised`. */
  alarms: op({
    ...watching,
    effect: "read",
    http: { method: "GET", path: "/security/alarms" },
    input: Type.Object({ state: Type.Optional(Alarm.properties.state), ...page }, closed),
    output: Type.Object({ alarms: Type.Array(Alarm), ...paged }),
  }),
  /** Says that somebody has looked and what came of it; 409 `conflict` when another was first. */
  acknowledge: op({
    ...watching,
    effect: "write",
    http: { method: "POST", path: "/security/alarms/:alarm/acknowledge" },
    input: Type.Object({ alarm: Id, note: Type.String({ minLength: 2, maxLength: 300 }) }, closed),
    output: Alarm,
  }),
});
export type SecurityApi = typeof securityApi;
