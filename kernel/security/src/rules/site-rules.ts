import type { Facts, Finding, Rule } from "../facts.js";

const here = ({ now }: Facts): string => new Date(now).toISOString();

/** The audit chain was changed behind the kernel's back. */
const auditBroken: Rule = {
  id: "audit-broken",
  level: "critical",
  again: "daily",
  find(facts) {
    const { contradicted, verification } = facts;
    const [problem] = verification?.problems ?? [];
    if (!contradicted && !problem) return [];
    return [
      {
        cause: "chain",
        at: here(facts),
        facts: {
          kind: problem?.kind ?? "contradicts-anchor",
          ...(problem?.seq === undefined ? {} : { seq: problem.seq }),
        },
      },
    ];
  },
};

/** Nobody would know whether what was written since was rewritten. */
const anchorOverdue: Rule = {
  id: "anchor-overdue",
  level: "critical",
  again: "daily",
  find: (facts) => (facts.site?.anchorsInTime === false ? [{ cause: "anchors", at: here(facts), facts: {} }] : []),
};

const diskLow: Rule = {
  id: "disk-low",
  level: "critical",
  again: "daily",
  find: (facts) =>
    facts.site?.diskShort === undefined
      ? []
      : [{ cause: "disk", at: here(facts), facts: { reason: facts.site.diskShort } }],
};

const databaseLoses: Rule = {
  id: "database-loses",
  level: "critical",
  again: "daily",
  find: (facts) =>
    (facts.site?.databaseWarnings ?? [])
      .filter(({ losesCommits }) => losesCommits)
      .map(({ variable, value, wanted }) => ({
        cause: variable,
        at: here(facts),
        facts: { variable, value, wanted },
      })),
};

/** The bus has forgotten messages, which were sent again. */
const busLost: Rule = {
  id: "bus-lost",
  level: "warning",
  again: "never",
  find: (facts) =>
    (facts.site?.busLosses ?? [])
      .filter(({ losses }) => losses > 0)
      .map(({ stream, losses }): Finding => ({
        cause: `${stream}/${losses}`,
        at: here(facts),
        facts: { stream, losses },
      })),
};

const pluginQuarantined: Rule = {
  id: "plugin-quarantined",
  level: "warning",
  again: "daily",
  find: (facts) =>
    (facts.site?.plugins ?? [])
      .filter(({ state }) => state === "quarantined")
      .map(({ id, title }) => ({
        cause: id,
        at: here(facts),
        facts: { plugin: title["zh-CN"], id },
        entries: { resource: `plugin/${id}` },
      })),
};

/** Nobody could bring back what is lost now. Sites without any backup have it on their overview. */
const backupOverdue: Rule = {
  id: "backup-overdue",
  level: "critical",
  again: "daily",
  find(facts) {
    const { state, finishedAt = "", maxHours = 0 } = facts.site?.backup ?? { state: "none" };
    if (state === "none" || state === "fine") return [];
    return [{ cause: "backup", at: here(facts), facts: { kind: state, finishedAt, maxHours } }];
  },
};

/** Another system has not been told of events for a day, and is left alone. */
const webhookPaused: Rule = {
  id: "webhook-paused",
  level: "warning",
  again: "anew",
  find: ({ entries }) =>
    entries
      .filter(({ action }) => action === "webhook-gave-up")
      .map(({ resource, at, after }) => ({
        cause: resource,
        at,
        facts: { title: String(after["title"]), kind: String(after["reason"]) },
        entries: { resource },
      })),
};

/** Rules about the state of the site. */
export const siteRules: readonly Rule[] = [
  auditBroken,
  anchorOverdue,
  diskLow,
  databaseLoses,
  busLost,
  pluginQuarantined,
  backupOverdue,
  webhookPaused,
];
