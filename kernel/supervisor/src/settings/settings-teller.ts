import type { DeliveredSettings } from "@jinshui/contracts";

export interface TellerOptions {
  /** What is set in a bureau by now; nothing for a plugin without settings. */
  settingsIn: (bureau: string) => Promise<DeliveredSettings | undefined>;
  /** Gives it to the process. */
  give: (bureau: string, settings: DeliveredSettings) => Promise<unknown>;
  /** Called when the process did not take it. */
  failed: (bureau: string, error: unknown) => void;
}

/** Tells one process what is set, until it has taken it. */
export class SettingsTeller {
  /** Bureaus whose settings the process has not taken. */
  readonly #untold = new Set<string>();

  constructor(readonly options: TellerOptions) {}

  /** What a process is started with. */
  async first(bureaus: readonly string[]): Promise<Record<string, DeliveredSettings>> {
    this.#untold.clear();
    const found: Record<string, DeliveredSettings> = {};
    for (const bureau of bureaus) {
      const settings = await this.options.settingsIn(bureau);
      if (settings) found[bureau] = settings;
    }
    return found;
  }

  /** Gives it now. @throws Error when the process does not take it. */
  async tell(bureau: string): Promise<void> {
    const settings = await this.options.settingsIn(bureau);
    if (settings) await this.options.give(bureau, settings);
    this.#untold.delete(bureau);
  }

  /** The same; what is not taken is told again by `retry`. */
  async offer(bureau: string): Promise<void> {
    await this.tell(bureau).catch((error: unknown) => {
      this.#untold.add(bureau);
      this.options.failed(bureau, error);
    });
  }

  retry(): void {
    for (const bureau of this.#untold) void this.offer(bureau);
  }
}
