import { ALARM_RULES, type AlarmRule } from "@jinshui/contracts";
import test from "ava";
import type { Facts, SecurityEntry } from "../facts.js";
import { RULES } from "./all-rules.js";

// half past ten in the evening in China
const NOW = Date.parse("2026-11-23T14:30:00Z");
const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();
const zhao = { id: "u1", name: "赵敏" };
const sun = { id: "u2", name: "孙杰" };

let ids = 0;
function entry(fields: Partial<SecurityEntry>): SecurityEntry {
  ids += 1;
  return {
    id: ids,
    at: ago(1),
    actor: zhao,
    address: "10.0.0.8",
    action: "update",
    resource: "x/1",
    result: "ok",
    reason: undefined,
    before: {},
    after: {},
    ...fields,
  };
}
const times = (count: number, fields: Partial<SecurityEntry>): SecurityEntry[] =>
  Array.from({ length: count }, () => entry(fields));
const failed = { action: "sign-in-failed", result: "denied", resource: "person/zhaomin" };
const approved = (payload: object, kind = "hold-position"): SecurityEntry =>
  entry({ action: "change-approved", after: { kind, payload }, before: { proposedBy: sun } });

const quiet: Facts = {
  now: NOW,
  entries: [],
  strange: new Set(),
  locked: [],
  refusals: [],
  administrators: new Set(["system-administrator", "security-administrator"]),
  verification: undefined,
  contradicted: false,
  site: {
    anchorsInTime: true,
    databaseWarnings: [],
    busLosses: [{ stream: "EVENTS", losses: 0 }],
    plugins: [],
    backup: { state: "none" },
  },
};
const site = (fields: Partial<NonNullable<Facts["site"]>>): Partial<Facts> => ({
  site: { ...(quiet.site as NonNullable<Facts["site"]>), ...fields },
});
const found = (facts: Partial<Facts>): string[] =>
  RULES.flatMap((rule) => rule.find({ ...quiet, ...facts }).map(({ cause }) => `${rule.id} ${cause}`));

const night = entry({ action: "sign-in" });
const day = entry({ action: "sign-in", at: "2026-11-23T06:00:00.000Z" });
const warning = { variable: "sync_binlog", value: "0", wanted: "1" };
const plugin = { id: "asset", title: { "zh-CN": "设备" } };
const refusals = (count: number): Partial<Facts> => ({
  refusals: [{ proposedBy: sun, decidedBy: zhao, count, lastAt: ago(3) }],
});
const verification = (problems: { kind: "edited"; seq: number }[]): Partial<Facts> => ({
  verification: {
    ...{ id: "v", state: "done", startedAt: ago(2), finishedAt: ago(1), startedBy: zhao },
    ...{ entries: 9, total: 9, anchors: 1, problems },
  },
});

/** For each rule what raises it, as which cause, and what is nearly the same and does not. */
const CASES: Record<AlarmRule, { raised: Partial<Facts>; as: string[]; not: Partial<Facts>[] }> = {
  "many-failures": {
    raised: { entries: times(10, failed) },
    as: ["10.0.0.8"],
    not: [
      { entries: times(9, failed) },
      { entries: [...times(5, failed), ...times(5, { ...failed, address: "10.0.0.9" })] },
      { entries: times(10, { ...failed, at: ago(11) }) },
    ],
  },
  "account-locked": {
    raised: { locked: [{ person: zhao, username: "zhaomin", since: ago(1), until: ago(-14) }] },
    as: ["zhaomin"],
    not: [{ entries: times(4, failed) }],
  },
  "strange-sign-in": {
    raised: { entries: [night], strange: new Set([night.id]) },
    as: ["u1 10.0.0.8"],
    not: [{ entries: [night] }, { entries: [day], strange: new Set([day.id]) }],
  },
  "session-moved": {
    raised: { entries: times(2, { action: "session-moved", before: { address: "10.0.0.7" } }) },
    as: ["u1"],
    not: [{ entries: [entry({ action: "sign-out" })] }],
  },
  "administrator-made": {
    raised: {
      entries: [
        { ...approved({ position: "system-administrator" }), resource: "change/1" },
        { ...approved({ position: "clerk", permission: "site.files" }, "grant-permission"), resource: "change/2" },
      ],
    },
    as: ["change/1", "change/2"],
    not: [
      { entries: [approved({ position: "clerk" })] },
      { entries: [approved({ position: "clerk", permission: "asset.view" }, "grant-permission")] },
      { entries: [{ ...approved({ position: "system-administrator" }), action: "propose-change" }] },
    ],
  },
  "refused-again": { raised: refusals(3), as: ["u2 u1"], not: [refusals(2)] },
  "many-records": {
    raised: {
      entries: [
        ...times(2, { action: "export", after: { count: 2_500 } }),
        ...times(5, { action: "export", actor: sun, after: { count: 1 } }),
      ],
    },
    as: ["u1", "u2"],
    not: [
      { entries: times(2, { action: "export", after: { count: 2_400 } }) },
      { entries: [entry({ action: "export", result: "failed", after: { count: 9_000 } })] },
    ],
  },
  "virus-found": {
    raised: { entries: [entry({ action: "file.quarantine", resource: "file/7", after: { name: "报表.xlsx" } })] },
    as: ["file/7"],
    not: [{ entries: [entry({ action: "file.release", resource: "file/7" })] }],
  },
  "many-refusals": {
    raised: { entries: times(10, { result: "denied" }) },
    as: ["u1"],
    not: [{ entries: times(9, { result: "denied" }) }, { entries: times(10, { result: "failed" }) }],
  },
  "plugin-denied": {
    raised: { entries: times(3, { result: "denied", actor: { id: "plugin:asset", name: "asset" } }) },
    as: ["plugin:asset"],
    not: [{ entries: times(2, { result: "denied", actor: { id: "plugin:asset", name: "asset" } }) }],
  },
  "plugin-quarantined": {
    raised: site({ plugins: [{ ...plugin, state: "quarantined" }] }),
    as: ["asset"],
    not: [site({ plugins: [{ ...plugin, state: "running" }] })],
  },
  "audit-broken": {
    raised: { contradicted: true },
    as: ["chain"],
    not: [verification([])],
  },
  "anchor-overdue": { raised: site({ anchorsInTime: false }), as: ["anchors"], not: [{ site: undefined }] },
  "disk-low": { raised: site({ diskShort: "/data has 90 MB free" }), as: ["disk"], not: [{ site: undefined }] },
  "database-loses": {
    raised: site({ databaseWarnings: [{ ...warning, losesCommits: true }] }),
    as: ["sync_binlog"],
    not: [site({ databaseWarnings: [{ ...warning, losesCommits: false }] })],
  },
  "bus-lost": {
    raised: site({ busLosses: [{ stream: "EVENTS", losses: 2 }] }),
    as: ["EVENTS/2"],
    not: [site({ busLosses: [{ stream: "EVENTS", losses: 0 }] })],
  },
  "backup-overdue": {
    raised: site({ backup: { state: "late", maxHours: 26 } }),
    as: ["backup"],
    not: [site({ backup: { state: "fine" } }), site({ backup: { state: "none" } })],
  },
  "webhook-paused": {
    raised: { entries: [entry({ action: "webhook-gave-up", resource: "webhook/7", after: { reason: "failing" } })] },
    as: ["webhook/7"],
    not: [{ entries: [entry({ action: "pause-webhook", resource: "webhook/7" })] }],
  },
};

// checklist: 32
test("each of eighteen rules finds what it is for, and nothing else does", (t) => {
  t.deepEqual(RULES.map(({ id }) => id).sort(), [...ALARM_RULES].sort());
  t.deepEqual(found({}), []);
  for (const [rule, { raised, as, not }] of Object.entries(CASES)) {
    t.deepEqual(
      found(raised),
      as.map((cause) => `${rule} ${cause}`),
      rule,
    );
    for (const facts of not) t.deepEqual(found(facts), [], `${rule}: ${JSON.stringify(facts).slice(0, 200)}`);
  }
});

test("what a verification found is told with its place", (t) => {
  const rule = RULES.find(({ id }) => id === "audit-broken");
  const [finding] = rule?.find({ ...quiet, ...verification([{ kind: "edited", seq: 7 }]) }) ?? [];
  t.deepEqual(finding?.facts, { kind: "edited", seq: 7 });
});
