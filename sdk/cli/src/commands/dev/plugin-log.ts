import { supervisorApi } from "@jinshui/contracts";
import type { SiteClient } from "../../site-client.js";
import { t } from "../../texts.js";

const LOOK_MS = 1_000;

/** Shows what a plugin's process writes, and when it fails, until `stop`. */
export class PluginLog {
  readonly #shown = new Set<string>();
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    readonly plugin: string,
    readonly site: () => SiteClient,
    readonly print: (line: string) => void,
  ) {}

  start(): void {
    void this.#look().finally(() => {
      if (!this.#stopped) this.#timer = setTimeout(() => this.start(), LOOK_MS);
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Prints lines that have come since; those of an earlier process too, once. */
  show(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#shown.has(line)) continue;
      this.#shown.add(line);
      this.print(`  ${inWords(line)}`);
    }
  }

  async #look(): Promise<void> {
    try {
      const { plugins } = await this.site().client(supervisorApi).plugins({ log: this.plugin });
      const found = plugins.find(({ id }) => id === this.plugin);
      this.show(found?.log ?? []);
      const problem = found?.problem;
      if (problem !== undefined && problem !== this.#problem)
        this.print(t("dev.problem", { plugin: this.plugin, state: found?.state, problem }));
      this.#problem = problem;
    } catch {
      // the site is away, or the session is over: the next change says so
    }
  }
}

/** A line of the log as people read it. */
function inWords(line: string): string {
  try {
    const { msg = "", err } = JSON.parse(line) as { msg?: string; err?: { stack?: string; message?: string } };
    return [msg, err?.stack ?? err?.message].filter((text) => text !== undefined && text !== "").join("\n  ");
  } catch {
    return line;
  }
}
