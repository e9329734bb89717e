import type { Log } from "@jinshui/bus";
import { JinshuiError } from "@jinshui/contracts";
import { statfs } from "node:fs/promises";

/** Below which free space nothing is written any more. */
export interface DiskLimits {
  minFreePercent: number;
  minFreeMb: number;
}

/** What a file system says of itself; `node:fs` in production. */
export type ReadSpace = (path: string) => Promise<{ bavail: number; blocks: number; bsize: number }>;

export interface DiskMarkOptions {
  limits: DiskLimits;
  log: Log;
  /** How often the volumes are looked at; at most half of how long writing may stay refused after space was made. */
  everyMs?: number;
  readSpace?: ReadSpace;
}

const RETRY_AFTER_MS = 15_000;

interface Shortage {
  path: string;
  freeMb: number;
  freePercent: number;
}

/**
 * Watches the volumes that a site writes to and refuses writing before they are full: a database that meets a full disk ends
 * itself or hangs. Writing works again by itself once there is space.
 */
export class DiskMark {
  readonly #paths = new Set<string>();
  readonly #unreadable = new Set<string>();
  #shortage: Shortage | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly options: DiskMarkOptions) {}

  /** Watches the volume of one more folder, beginning now. */
  async watch(path: string): Promise<void> {
    this.#paths.add(path);
    await this.look();
    const look = (): void => void this.look();
    this.#timer ??= setInterval(look, this.options.everyMs ?? 5_000).unref();
  }

  /** Folders that are watched. */
  get paths(): string[] {
    return [...this.#paths];
  }

  /** Why nothing may be written now. */
  get reason(): string | undefined {
    const short = this.#shortage;
    return short && `${short.path} has ${short.freeMb} MB (${short.freePercent} %) free`;
  }

  /** @throws JinshuiError `insufficient-storage` while a volume is below the mark. */
  check(): void {
    if (!this.#shortage) return;
    const { minFreeMb, minFreePercent } = this.options.limits;
    throw new JinshuiError(
      "insufficient-storage",
      `${this.reason ?? ""}; nothing is written below ${minFreeMb} MB or ${minFreePercent} %: free some space`,
      { retryable: true, retryAfterMs: RETRY_AFTER_MS, details: { ...this.#shortage, minFreeMb, minFreePercent } },
    );
  }

  /** Looks at all volumes. One that can't be read is no reason to refuse work, but is told once. */
  async look(): Promise<void> {
    const { limits, log, readSpace = statfs } = this.options;
    let shortage: Shortage | undefined;
    for (const path of this.#paths) {
      const space = await readSpace(path).catch((error: unknown) => {
        if (!this.#unreadable.has(path)) log.warn({ path, error: String(error) }, "free space can't be read");
        this.#unreadable.add(path);
      });
      if (!space || space.blocks === 0) continue;
      this.#unreadable.delete(path);
      const freeMb = Math.floor((space.bavail * space.bsize) / 1_048_576);
      const freePercent = Math.floor((space.bavail * 1_000) / space.blocks) / 10;
      if (freeMb < limits.minFreeMb || freePercent < limits.minFreePercent) shortage ??= { path, freeMb, freePercent };
    }
    if (shortage && !this.#shortage)
      log.error({ alarm: "disk", ...shortage }, "disk is nearly full: writing is refused");
    if (!shortage && this.#shortage) log.info({ path: this.#shortage.path }, "there is space again: writing goes on");
    this.#shortage = shortage;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
