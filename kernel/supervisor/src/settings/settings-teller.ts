import { type DeliveredSettings, isSecret, type SettingsSchema } from "@jinshui/contracts";

/** A shorter secret would blacken what is none. */
const MIN_SECRET = 4;

export interface TellerOptions {
  schema: SettingsSchema | undefined;
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

  /** Secrets that the process was told in its life, as they may stand in a line. */
  readonly #secrets = new Set<string>();

  constructor(readonly options: TellerOptions) {}

  /** What a process is started with. */
  async first(bureaus: readonly string[]): Promise<Record<string, DeliveredSettings>> {
    this.#untold.clear();
    const found: Record<string, DeliveredSettings> = {};
    for (const bureau of bureaus) {
      const settings = await this.#settingsIn(bureau);
      if (settings) found[bureau] = settings;
    }
    return found;
  }

  /** Gives it now. @throws Error when the process does not take it. */
  async tell(bureau: string): Promise<void> {
    const settings = await this.#settingsIn(bureau);
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

  /** A line of the process as it may be kept and shown: careless code writes down what it should not. */
  withoutSecrets(line: string): string {
    let shown = line;
    for (const secret of this.#secrets) shown = shown.replaceAll(secret, "•••");
    return shown;
  }

  async #settingsIn(bureau: string): Promise<DeliveredSettings | undefined> {
    const settings = await this.options.settingsIn(bureau);
    for (const [name, setting] of Object.entries(this.options.schema?.properties ?? {})) {
      const secret = isSecret(setting) ? settings?.values[name] : undefined;
      if (typeof secret !== "string" || secret.length < MIN_SECRET) continue;
      this.#secrets.add(secret).add(JSON.stringify(secret).slice(1, -1));
    }
    return settings;
  }
}
