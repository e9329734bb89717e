import type { LockedAccount, Refusals } from "@jinshui/auth";
import type { AlarmRule, AuditVerification, SiteState } from "@jinshui/contracts";

/** An audit entry as the rules see it. */
export interface SecurityEntry {
  id: number;
  at: string;
  actor: { id: string; name: string };
  address: string | undefined;
  action: string;
  resource: string;
  result: string;
  reason: string | undefined;
  before: Readonly<Record<string, unknown>>;
  after: Readonly<Record<string, unknown>>;
}

/** What rules look at: a bureau at one moment. */
export interface Facts {
  /** Milliseconds since the epoch. */
  now: number;
  /** Entries of the last quarter of an hour that may matter, oldest first. */
  entries: readonly SecurityEntry[];
  /** Ids of sign-ins from an address that the person has not had for 90 days. */
  strange: ReadonlySet<number>;
  locked: readonly LockedAccount[];
  /** Of the last day. */
  refusals: readonly Refusals[];
  /** Positions of which nobody may hold two. */
  administrators: ReadonlySet<string>;
  /** The last look at the audit chain that came to its end. */
  verification: AuditVerification | undefined;
  /** The chain contradicts its last anchor, or anchors are missing. */
  contradicted: boolean;
  /** Of the site, for the bureau that runs it. */
  site:
    | (Pick<SiteState, "diskShort" | "plugins" | "backup"> & {
        anchorsInTime: boolean;
        databaseWarnings: SiteState["database"]["warnings"];
        busLosses: readonly { stream: string; losses: number }[];
      })
    | undefined;
}

/** That a rule holds, and for what. */
export interface Finding {
  cause: string;
  /** When it was so last. */
  at: string;
  facts: Record<string, string | number>;
  /** Filter of `audit.list`. */
  entries?: Record<string, string>;
}

/** What raises an alarm: data, and one pure function. */
export interface Rule {
  id: AlarmRule;
  level: "critical" | "warning";
  /** After it was acknowledged the same cause is told again: when something new happens, once a day while it lasts, or never. */
  again: "anew" | "daily" | "never";
  find(facts: Facts): Finding[];
}

/** Entries by what they have in common, in the order in which they come. */
export function grouped(
  entries: readonly SecurityEntry[],
  key: (entry: SecurityEntry) => string | undefined,
): Map<string, [SecurityEntry, ...SecurityEntry[]]> {
  const groups = new Map<string, [SecurityEntry, ...SecurityEntry[]]>();
  for (const entry of entries) {
    const name = key(entry);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(entry);
    else groups.set(name, [entry]);
  }
  return groups;
}

/** The last of some entries. */
export function last(entries: readonly [SecurityEntry, ...SecurityEntry[]]): SecurityEntry {
  return entries.at(-1) ?? entries[0];
}
