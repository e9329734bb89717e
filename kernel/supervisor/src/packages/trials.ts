import { isJinshuiError, JinshuiError, type Trial } from "@jinshui/contracts";
import type { InstalledPlugin } from "../installed-plugin.js";
import type { PackageStore } from "./store.js";

/** Callers wait no longer for a trial than leaves them time for what they came for. */
const PATIENCE_MS = 9_000;

export interface TrialsOptions {
  store: PackageStore;
  /** Of this kernel: another one tries anew. */
  kernel: string;
  /** Starts a site with a plugin and those it asks for, and says what did not come out. */
  tryOut: (plugin: InstalledPlugin, required: InstalledPlugin[]) => Promise<string[]>;
}

/** Trials of packages: their cases have to come out once on this kernel before they are enabled anywhere. */
export class Trials {
  readonly #running = new Map<string, Promise<string[]>>();
  readonly #failed = new Map<string, string[]>();

  constructor(readonly options: TrialsOptions) {}

  /** How the trial of a package has come out so far. */
  of({ id, version, content, packaged }: InstalledPlugin): Trial | undefined {
    const cases = packaged === true ? (content?.contracts ?? []).reduce((sum, file) => sum + file.cases.length, 0) : 0;
    if (cases === 0) return undefined;
    const key = `${id} ${version}`;
    const failures = this.#failed.get(key) ?? [];
    if (this.#running.has(key)) return { state: "running", cases, failures: [] };
    if (failures.length > 0) return { state: "failed", cases, failures };
    return this.#hasPassed(id, version) ? { state: "passed", cases, failures } : undefined;
  }

  /** Tries a package unless it has passed already; a trial that failed is repeated. */
  async start(plugin: InstalledPlugin, required: InstalledPlugin[]): Promise<string[]> {
    const { id, version } = plugin;
    const key = `${id} ${version}`;
    if (this.#hasPassed(id, version) || (plugin.content?.contracts.length ?? 0) === 0 || plugin.packaged !== true)
      return [];
    const known = this.#running.get(key);
    if (known) return known;
    const { store, kernel, tryOut } = this.options;
    const trial = tryOut(plugin, required)
      .then(async (failures) => {
        if (failures.length > 0) this.#failed.set(key, failures);
        else {
          this.#failed.delete(key);
          await store.notePassed(id, version, kernel);
        }
        return failures;
      })
      .finally(() => this.#running.delete(key));
    this.#running.set(key, trial);
    return trial;
  }

  /**
   * Waits for the trial of a package.
   * @throws JinshuiError `package-refused` when its cases did not come out, `in-progress` when that takes longer than callers wait.
   */
  async require(plugin: InstalledPlugin, required: InstalledPlugin[]): Promise<void> {
    const { id, version } = plugin;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const slow = new JinshuiError("in-progress", `${id} ${version} is still being tried`, {
        details: { plugin: id, version },
        retryable: true,
        retryAfterMs: 3_000,
      });
      timer = setTimeout(() => reject(slow), PATIENCE_MS);
    });
    const failures = await Promise.race([this.start(plugin, required).catch(unfit), late]).finally(() =>
      clearTimeout(timer),
    );
    const [first] = failures;
    if (first !== undefined)
      throw new JinshuiError("package-refused", `${id} ${version} does not do what it promises: ${first}`, {
        details: { plugin: id, version, problems: failures.map((message) => ({ code: "trial", message })) },
      });
  }

  #hasPassed(id: string, version: string): boolean {
    return this.options.store.passedOn(id, version) === this.options.kernel;
  }
}

/** A trial that could not be held is no reason against the plugin's author, but nobody knows what it does. */
function unfit(error: unknown): string[] {
  if (isJinshuiError(error)) throw error;
  return [error instanceof Error ? error.message : String(error)];
}
