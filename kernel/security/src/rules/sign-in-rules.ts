import { grouped, last, type Rule } from "../facts.js";

const MANY_FAILURES = 10;
const FAILURES_MS = 10 * 60_000;
/** From ten in the evening to six in the morning, in China. */
const NIGHT = { from: 22, until: 6 };

/** Somebody tries passwords from one address. */
const manyFailures: Rule = {
  id: "many-failures",
  level: "critical",
  again: "anew",
  find({ now, entries }) {
    const since = new Date(now - FAILURES_MS).toISOString();
    const failed = entries.filter(({ action, at }) => action === "sign-in-failed" && at >= since);
    return [...grouped(failed, ({ address }) => address)]
      .filter(([, group]) => group.length >= MANY_FAILURES)
      .map(([address, group]) => ({
        cause: address,
        at: last(group).at,
        facts: { address, count: group.length, names: new Set(group.map(({ resource }) => resource)).size },
        entries: { action: "sign-in-failed", address, from: group[0].at },
      }));
  },
};

/** Five failures have closed an account. */
const accountLocked: Rule = {
  id: "account-locked",
  level: "warning",
  again: "anew",
  find: ({ locked }) =>
    locked.map(({ person, username, since, until }) => ({
      cause: username,
      at: since,
      facts: { name: person.name, username, until },
      entries: { action: "sign-in-failed", resource: `person/${username}` },
    })),
};

/** Somebody comes in at night from where they never were. */
const strangeSignIn: Rule = {
  id: "strange-sign-in",
  level: "warning",
  again: "anew",
  find: ({ entries, strange }) =>
    entries
      .filter(({ id, action, at }) => action === "sign-in" && strange.has(id) && isAtNight(at))
      .map(({ actor, address = "", at }) => ({
        cause: `${actor.id} ${address}`,
        at,
        facts: { name: actor.name, address, at },
        entries: { actor: actor.id, from: at },
      })),
};

/** A session is used from another address than before. */
const sessionMoved: Rule = {
  id: "session-moved",
  level: "warning",
  again: "anew",
  find: ({ entries }) =>
    [...grouped(entries, ({ action, actor }) => (action === "session-moved" ? actor.id : undefined))].map(
      ([id, group]) => {
        const { actor, address = "", before, at } = last(group);
        return {
          cause: id,
          at,
          facts: { name: actor.name, from: text(before["address"]), to: address },
          entries: { actor: id, action: "session-moved" },
        };
      },
    ),
};

/** Rules about who comes in. */
export const signInRules: readonly Rule[] = [manyFailures, accountLocked, strangeSignIn, sessionMoved];

/** Whether an instant lies in the night, in China. */
export function isAtNight(at: string): boolean {
  const hour = new Date(Date.parse(at) + 8 * 3_600_000).getUTCHours();
  return hour >= NIGHT.from || hour < NIGHT.until;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
