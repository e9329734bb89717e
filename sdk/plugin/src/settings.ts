import { type DeliveredSettings, JinshuiError } from "@jinshui/contracts";
import type { InjectionToken } from "tsyringe";

/** What is set of the plugin in the call's bureau; it changes while the plugin runs, so it is read where it is used. */
export interface Settings<T extends object = Record<string, unknown>> {
  /**
   * Values by name, with defaults; secrets in clear, which are not for answers, records or logs.
   * @throws JinshuiError `not-configured` while they don't fit the plugin's schema, e.g. because one that it requires was never set.
   */
  readonly values: Readonly<T>;
  /** Rises with every change; 0: nothing was ever set. */
  readonly version: number;
}
export const Settings: InjectionToken<Settings> = Symbol.for("jinshui.settings");

/** What the supervisor has told of settings, by bureau. */
export class SettingsStore {
  readonly #told = new Map<string, DeliveredSettings>();

  constructor(readonly plugin: string) {}

  /** Takes what was told; false when it is known, or older than what is known. */
  take(bureau: string, settings: DeliveredSettings): boolean {
    const known = this.#told.get(bureau);
    if (known && known.version >= settings.version) return false;
    this.#told.set(bureau, settings);
    return known !== undefined;
  }

  /** As handlers in this bureau see them. */
  of(bureau: string): Settings {
    const found = (): DeliveredSettings => {
      const told = this.#told.get(bureau);
      if (told) return told;
      throw new JinshuiError(
        "not-configured",
        `${this.plugin} names no settings in its manifest (contributes.settings)`,
      );
    };
    const { plugin } = this;
    return {
      get values() {
        const { values, problems } = found();
        if (problems.length === 0) return values;
        throw new JinshuiError(
          "not-configured",
          `${plugin} has to be set up in ${bureau} first: ${problems.join("; ")}`,
          { details: { plugin, bureau, settings: problems } },
        );
      },
      get version() {
        return found().version;
      },
    };
  }
}
