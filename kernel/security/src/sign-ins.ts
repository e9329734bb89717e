import type { AccountWatch } from "@jinshui/auth";
import type { OpInput, OpOutput, SecurityApi, SignInRecord } from "@jinshui/contracts";
import { type Database, DEFAULT_LIMIT, type Row, searchAudit, type Where } from "@jinshui/storage";

/** Why somebody is refused who has failed too often: no guess of its own. */
export const LOCKED_OUT = "too-many-requests";
/** The audit entries of each outcome. */
const OUTCOMES: Record<SignInRecord["outcome"], Where> = {
  ok: { action: "sign-in" },
  failed: { action: "sign-in-failed", reason: { ne: LOCKED_OUT } },
  "locked-out": { action: "sign-in-failed", reason: LOCKED_OUT },
  again: { action: "sign-in-again" },
  out: { action: "sign-out" },
  moved: { action: "session-moved" },
};
const ACTIONS = ["sign-in", "sign-in-failed", "sign-in-again", "sign-out", "session-moved"];

/** Attempts to sign in and what became of sessions, out of the audit trail. */
export async function findSignIns(
  { database, accounts }: { database: Database; accounts: AccountWatch },
  bureau: string,
  input: OpInput<SecurityApi, "signIns">,
): Promise<OpOutput<SecurityApi, "signIns">> {
  const { who, outcome, address, from, to, limit = DEFAULT_LIMIT, cursor } = input;
  const { rows, ...rest } = await searchAudit(database, {
    bureau,
    from: from === undefined ? undefined : new Date(from).toISOString(),
    to: to === undefined ? undefined : new Date(to).toISOString(),
    filter: {
      and: [
        outcome === undefined ? { action: { in: ACTIONS } } : OUTCOMES[outcome],
        { address },
        who === undefined ? {} : await about(accounts, bureau, who),
      ],
    },
    limit,
    cursor,
  });
  return { signIns: rows.map(described), ...rest };
}

/** Of people who are called so: what they did, and what was tried in their names. */
async function about(accounts: AccountWatch, bureau: string, who: string): Promise<Where> {
  const people = await accounts.found(bureau, who);
  const names = new Set([who, ...people.map(({ username }) => username)]);
  return {
    or: [
      { actor_id: { in: people.map(({ id }) => id) } },
      { action: "sign-in-failed", resource: { in: [...names].map((name) => `person/${name}`) } },
    ],
  };
}

function described(row: Row): SignInRecord {
  const { at, action, reason, address, session, actor_id: id, actor_name: name } = row;
  const isRefused = action === "sign-in-failed";
  const agent = (row["after_value"] as { agent?: unknown } | undefined)?.agent;
  return {
    at: String(at),
    outcome: outcomeOf(String(action), reason),
    ...(isRefused
      ? { username: String(row["resource"]).replace(/^person\//, "") }
      : { person: { id: String(id), name: String(name) } }),
    ...(reason === undefined ? {} : { reason: String(reason) }),
    ...(address === undefined ? {} : { address: String(address) }),
    ...(typeof agent === "string" ? { agent } : {}),
    ...(session === undefined ? {} : { session: String(session) }),
  };
}

function outcomeOf(action: string, reason: unknown): SignInRecord["outcome"] {
  if (action === "sign-in-failed") return reason === LOCKED_OUT ? "locked-out" : "failed";
  const found = Object.entries(OUTCOMES).find(([, where]) => where["action"] === action);
  return (found?.[0] ?? "ok") as SignInRecord["outcome"];
}
