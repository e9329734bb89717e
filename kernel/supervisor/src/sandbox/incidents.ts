import type { Log } from "@jinshui/bus";
import type { AuditTrail } from "@jinshui/storage";

/**
 * What a plugin tried or did that no honest one does.
 * - `bus-denied`: a subject, or a size, that its credential does not allow
 * - `bus-connections`: more connections than it needs
 * - `flood`: requests far above the rate that anybody may send
 * - `foreign-reply`: a request whose answer was to go to somebody else
 * - `kernel-only`: an operation that is not for plugins
 * - `host-denied`: files, programs, threads, as far as its own log tells of it
 * - `network-denied`: a connection to anything but the bus
 * - `memory`: more memory than its manifest asks for
 * - `unresponsive`: neither answered nor ended
 */
export type IncidentKind =
  | "bus-denied"
  | "bus-connections"
  | "flood"
  | "foreign-reply"
  | "kernel-only"
  | "host-denied"
  | "network-denied"
  | "memory"
  | "unresponsive";

export interface IncidentOptions {
  trail: AuditTrail;
  log: Log;
  /** Bureaus whose auditors are to know: where the plugin is on. */
  bureausOf: (plugin: string) => string[];
  /** For how long repetitions are counted before they are written. Default 10,000. */
  windowMs?: number;
}

interface Noted {
  plugin: string;
  kind: IncidentKind;
  detail: string;
  more: number;
}

/** So many different things of one plugin are written out within a window; what comes on top is counted. */
const MAX_DETAILS = 50;
const REST = "…";

/** Writes incidents of plugins to the audit trail and the log: the first of a kind at once, repetitions as a number. */
export class Incidents {
  readonly #noted = new Map<string, Noted>();
  readonly #timer: NodeJS.Timeout;

  constructor(readonly options: IncidentOptions) {
    this.#timer = setInterval(() => this.#count(), options.windowMs ?? 10_000);
    this.#timer.unref();
  }

  note(plugin: string, kind: IncidentKind, detail: string): void {
    const own = [...this.#noted.values()].filter((noted) => noted.plugin === plugin);
    const shown = own.length < MAX_DETAILS ? detail.slice(0, 200) : REST;
    const key = `${plugin} ${kind} ${shown}`;
    const known = this.#noted.get(key);
    if (known) known.more += 1;
    else {
      this.#noted.set(key, { plugin, kind, detail: shown, more: 0 });
      this.#write({ plugin, kind, detail: shown, more: 1 });
    }
  }

  /** Writes what was only counted so far. */
  stop(): void {
    clearInterval(this.#timer);
    this.#count();
  }

  #count(): void {
    for (const noted of this.#noted.values()) if (noted.more > 0) this.#write(noted);
    this.#noted.clear();
  }

  #write({ plugin, kind, detail, more }: Noted): void {
    const { trail, log, bureausOf } = this.options;
    log.warn({ plugin, kind, detail, times: more }, "a plugin did what no plugin may");
    for (const bureau of bureausOf(plugin))
      // the trail itself logs what it could not write
      void trail
        .audit({
          bureau,
          actor: { id: `plugin:${plugin}`, name: plugin },
          caller: plugin,
          action: `plugin.${kind}`,
          resource: `plugin/${plugin}`,
          result: "denied",
          reason: kind,
          after: { detail, times: more },
        })
        .catch(() => undefined);
  }
}
