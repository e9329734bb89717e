import type { AccountWatch, Organisation } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import { type AuditVerifications, busLosses, type Database, Lease } from "@jinshui/storage";
import type { Alarms } from "./alarms.js";
import { AuditWindow } from "./audit-window.js";
import type { Facts, Rule } from "./facts.js";
import { RULES } from "./rules/all-rules.js";
import type { SiteWatch } from "./site-watch.js";

const EVERY_MS = 10_000;
/** Two kernels watch one site; the other takes over when this one has not for so long. */
const LEASE_MS = 30_000;
const DAY_MS = 86_400_000;

export interface WatcherOptions {
  database: Database;
  organisation: Organisation;
  accounts: AccountWatch;
  verifications: AuditVerifications;
  alarms: Alarms;
  site: SiteWatch;
  log: Log;
  /** Tells this kernel from others. */
  owner: string;
  clock?: () => number;
  rules?: readonly Rule[];
}

/** Looks at every bureau each ten seconds and raises what the rules find. */
export class Watcher {
  readonly #windows = new Map<string, AuditWindow>();
  readonly #lease: Lease;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(readonly options: WatcherOptions) {
    this.#lease = new Lease(options.database, "alarms", options.owner, LEASE_MS);
  }

  start(): void {
    const round = (): void => {
      this.#round = this.#round.then(() => this.look()).catch((error: unknown) => this.#failed(error));
    };
    round();
    this.#timer = setInterval(round, EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
    await this.#lease.release();
  }

  /** One look at all bureaus, if no other kernel has it in hand. */
  async look(): Promise<void> {
    if (!(await this.#lease.hold())) return;
    const { organisation, log } = this.options;
    for (const { bureau } of organisation.bureaus())
      await this.#lookAt(bureau).catch((error: unknown) =>
        log.error({ err: error, bureau }, "alarms could not be looked for"),
      );
  }

  async #lookAt(bureau: string): Promise<void> {
    const { alarms, log, rules = RULES } = this.options;
    const facts = await this.#facts(bureau);
    for (const rule of rules) {
      for (const finding of rule.find(facts)) {
        const isNew = await alarms.raise(bureau, rule, finding);
        const { cause, facts: about } = finding;
        if (isNew) log.warn({ alarm: rule.id, level: rule.level, bureau, cause, ...about }, "alarm raised");
      }
    }
  }

  async #facts(bureau: string): Promise<Facts> {
    const { database, organisation, accounts, verifications, site, clock = Date.now } = this.options;
    const now = clock();
    const window = this.#windows.get(bureau) ?? new AuditWindow(database, bureau);
    this.#windows.set(bureau, window);
    await window.read(now);
    const { inTime, contradicted } = site.anchors();
    const runsSite = organisation.bureau(bureau)?.parent === undefined;
    const diskShort = site.diskShort();
    return {
      now,
      entries: window.entries,
      strange: window.strange,
      locked: await accounts.locked(bureau),
      refusals: await accounts.refusals(bureau, new Date(now - DAY_MS).toISOString()),
      administrators: new Set(organisation.config.site.separations?.flat() ?? []),
      verification: (await verifications.latest(bureau, 2)).find(({ state }) => state === "done"),
      contradicted: contradicted.has(bureau),
      site: runsSite
        ? {
            anchorsInTime: inTime,
            databaseWarnings: site.databaseWarnings,
            busLosses: await busLosses(database),
            plugins: site.plugins(),
            backup: await site.backup(),
            ...(diskShort === undefined ? {} : { diskShort }),
          }
        : undefined,
    };
  }

  #failed(error: unknown): void {
    this.options.log.error({ err: error }, "alarms could not be looked for; trying again");
  }
}
