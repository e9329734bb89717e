import { type Finding, type Facts, grouped, last, type Rule, type SecurityEntry } from "../facts.js";

const REFUSED_TIMES = 3;
const MANY_RECORDS = 5_000;
const MANY_EXPORTS = 5;
const MANY_REFUSALS = 10;
const PLUGIN_REFUSALS = 3;

/** Somebody came to be an administrator, or a position to have a right of the kernel. */
const administratorMade: Rule = {
  id: "administrator-made",
  level: "critical",
  again: "anew",
  find: (facts) =>
    facts.entries
      .filter((entry) => entry.action === "change-approved" && givesPower(entry, facts))
      .map((entry) => {
        const { kind, payload } = entry.after as { kind: string; payload: Record<string, string> };
        const { position = "", permission = "" } = payload;
        const { name = "" } = (entry.before["proposedBy"] ?? {}) as { name?: string };
        return {
          cause: entry.resource,
          at: entry.at,
          facts: { kind, position, permission, proposedBy: name, decidedBy: entry.actor.name },
          entries: { resource: entry.resource },
        };
      }),
};

function givesPower({ after }: SecurityEntry, { administrators }: Facts): boolean {
  const payload = (after["payload"] ?? {}) as { position?: string; permission?: string };
  if (after["kind"] === "hold-position") return administrators.has(payload.position ?? "");
  return after["kind"] === "grant-permission" && payload.permission?.startsWith("site.") === true;
}

/** The same two do not agree again and again: one of them wants what should not be, or the other is in the way. */
const refusedAgain: Rule = {
  id: "refused-again",
  level: "warning",
  again: "anew",
  find: ({ refusals }) =>
    refusals
      .filter(({ count }) => count >= REFUSED_TIMES)
      .map(({ proposedBy, decidedBy, count, lastAt }) => ({
        cause: `${proposedBy.id} ${decidedBy.id}`,
        at: lastAt,
        facts: { proposedBy: proposedBy.name, decidedBy: decidedBy.name, count },
        entries: { action: "change-refused", actor: decidedBy.id },
      })),
};

/** Somebody takes many records out, at once or in pieces. */
const manyRecords: Rule = {
  id: "many-records",
  level: "warning",
  again: "anew",
  find({ entries }) {
    const exports = entries.filter(({ action, result }) => action === "export" && result === "ok");
    return [...grouped(exports, ({ actor }) => actor.id)].flatMap(([id, group]): Finding[] => {
      const records = group.reduce((sum, { after }) => sum + Number(after["count"] ?? 0), 0);
      if (records < MANY_RECORDS && group.length < MANY_EXPORTS) return [];
      const { actor, at } = last(group);
      return [
        {
          cause: id,
          at,
          facts: { name: actor.name, records, exports: group.length },
          entries: { actor: id, action: "export", from: group[0].at },
        },
      ];
    });
  },
};

/** Somebody tries door after door. */
const manyRefusals: Rule = {
  id: "many-refusals",
  level: "warning",
  again: "anew",
  find({ entries }) {
    const denied = entries.filter(
      ({ result, actor, action }) => result === "denied" && action !== "sign-in-failed" && !isPlugin(actor.id),
    );
    return [...grouped(denied, ({ actor }) => actor.id)]
      .filter(([, group]) => group.length >= MANY_REFUSALS)
      .map(([id, group]) => ({
        cause: id,
        at: last(group).at,
        facts: { name: last(group).actor.name, count: group.length },
        entries: { actor: id, result: "denied", from: group[0].at },
      }));
  },
};

/** A plugin tries what its manifest did not ask for. */
const pluginDenied: Rule = {
  id: "plugin-denied",
  level: "critical",
  again: "anew",
  find({ entries }) {
    const denied = entries.filter(({ result }) => result === "denied");
    return [...grouped(denied, ({ actor }) => (isPlugin(actor.id) ? actor.id : undefined))]
      .filter(([, group]) => group.length >= PLUGIN_REFUSALS)
      .map(([id, group]) => ({
        cause: id,
        at: last(group).at,
        facts: { plugin: id.slice("plugin:".length), count: group.length },
        entries: { actor: id, result: "denied", from: group[0].at },
      }));
  },
};

function isPlugin(actor: string): boolean {
  return actor.startsWith("plugin:");
}

/** The scanner found a virus. */
const virusFound: Rule = {
  id: "virus-found",
  level: "critical",
  again: "never",
  find: ({ entries }) =>
    entries
      .filter(({ action }) => action === "file.quarantine")
      .map(({ resource, at, after }) => ({
        cause: resource,
        at,
        facts: {
          file: typeof after["name"] === "string" ? after["name"] : resource,
          signature: typeof after["signature"] === "string" ? after["signature"] : "",
        },
        entries: { resource },
      })),
};

/** Rules about what people and plugins do with their rights. */
export const rightsRules: readonly Rule[] = [
  administratorMade,
  refusedAgain,
  manyRecords,
  manyRefusals,
  pluginDenied,
  virusFound,
];
