import { isJinshuiError, type PluginStatus, supervisorApi } from "@jinshui/contracts";
import { type FSWatcher, statSync, watch } from "node:fs";
import { join, relative } from "node:path";
import { readArguments } from "../../arguments.js";
import { signIn, type SiteClient, SITE_OPTIONS } from "../../site-client.js";
import { t } from "../../texts.js";
import { UsageError } from "../../usage-error.js";
import { findProblems, hasErrors } from "../check.js";
import { findingLine } from "../check/finding.js";
import { readFolder } from "../plugin-folder.js";
import { build } from "./build.js";
import { allOf, type Change, changeOf, watchedFolders } from "./changes.js";
import { PluginLog } from "./plugin-log.js";

/** Editors write a file in several steps. */
const SETTLE_MS = 60;

/**
 * `dev`: builds after every change, says what does not fit, and has the running site take the plugin anew, without a request
 * being lost; what can't be built, does not fit or does not start leaves what runs as it is. Ends with Ctrl-C.
 */
export async function dev(args: string[]): Promise<number> {
  const { values, words } = readArguments(args, { ...SITE_OPTIONS, bureau: { type: "string" } });
  const { folder, content } = readFolder(words[0] ?? ".");
  if (!content) throw new UsageError(t("folder.noPlugin", { folder }));
  const session = await signIn(values);
  const development = new Development(folder, content.manifest.id, session);
  const all = allOf(content.manifest);
  await development.prepare(all, values["bureau"]);
  await development.change(...all);
  development.watch();
  print(t("dev.watching", { folder }));
  await new Promise<void>((resolve) => process.once("SIGINT", resolve));
  await development.stop();
  return 0;
}

/** A plugin that is being worked on, and the site that runs it. */
class Development {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #pending = new Set<Change>();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> | undefined;
  readonly #log: PluginLog;

  constructor(
    readonly folder: string,
    readonly plugin: string,
    private site: SiteClient,
  ) {
    this.#log = new PluginLog(plugin, () => this.site, print);
  }

  /** Makes sure that the site knows the plugin, and switches it on where that was asked for. */
  async prepare(all: readonly Change[], bureau: string | undefined): Promise<void> {
    const supervisor = this.site.client(supervisorApi);
    const { plugins } = await supervisor.plugins({});
    const found = plugins.find(({ id }) => id === this.plugin);
    if (!found) throw new UsageError(t("dev.unknown", { plugin: this.plugin, folder: this.folder }));
    if (bureau !== undefined) {
      // a plugin that is not built yet can't be switched on
      await this.#build(new Set(all));
      await supervisor.restart({ plugin: this.plugin }).catch(() => undefined);
      await supervisor.setEnabled({ plugin: this.plugin, bureau, enabled: true });
    } else if (!found.bureaus.some(({ enabled }) => enabled)) print(t("dev.nowhere", { plugin: this.plugin }));
  }

  watch(): void {
    this.#log.start();
    this.#rewatch();
  }

  async stop(): Promise<void> {
    for (const watcher of this.#watchers.values()) watcher.close();
    clearTimeout(this.#timer);
    this.#log.stop();
    await this.#turn;
    await this.site.signOut().catch(() => undefined);
  }

  /** Takes up changes: one after another, and those that come meanwhile together. */
  change(...changes: Change[]): Promise<void> {
    for (const change of changes) this.#pending.add(change);
    this.#turn ??= this.#work().finally(() => (this.#turn = undefined));
    return this.#turn;
  }

  async #work(): Promise<void> {
    while (this.#pending.size > 0) {
      const changes = new Set(this.#pending);
      this.#pending.clear();
      await this.#renew(changes).catch((error: unknown) => complain(this.#refusal(error)));
    }
  }

  /** Folders may have come or gone: those that are there are watched from now on. */
  #rewatch(): void {
    const { content } = readFolder(this.folder);
    const wanted = (content ? watchedFolders(content.manifest) : ["src", "web"]).map((path) => join(this.folder, path));
    const there = [this.folder, ...wanted.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory())];
    for (const [path, watcher] of this.#watchers) {
      if (there.includes(path)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
    for (const path of there.filter((each) => !this.#watchers.has(each))) {
      const recursive = path !== this.folder; // not what was built, nor the dependencies
      this.#watchers.set(
        path,
        watch(path, { recursive }, (_event, name) => this.#changed(path, name)),
      );
    }
  }

  #changed(base: string, name: string | null): void {
    if (name === null) return;
    if (base === this.folder) this.#rewatch();
    const path = relative(this.folder, join(base, name));
    const { content } = readFolder(this.folder);
    // while the manifest can't be read nothing else can be told
    const change = content ? changeOf(path, content.manifest) : path === "package.json" ? "data" : undefined;
    if (change === undefined) return;
    this.#pending.add(change);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.change(), SETTLE_MS);
  }

  async #build(changes: ReadonlySet<Change>): Promise<boolean> {
    const failed = await build(this.folder, changes);
    for (const { program, output } of failed) complain(`${output.trimEnd()}\n${t("dev.failed", { program })}`);
    return failed.length === 0;
  }

  async #renew(changes: ReadonlySet<Change>): Promise<void> {
    const began = performance.now();
    if (!(await this.#build(changes))) return;
    const built = performance.now();
    const findings = await findProblems(this.folder);
    for (const finding of findings) complain(findingLine(finding));
    if (hasErrors(findings)) {
      complain(t("dev.unfit"));
      return;
    }
    const { state, problem, log = [] } = await this.#restart();
    this.#log.show(log);
    if (problem !== undefined) complain(t("dev.problem", { plugin: this.plugin, state, problem }));
    const seconds = (from: number, to: number): string => ((to - from) / 1_000).toFixed(1);
    const now = performance.now();
    print(
      t("dev.renewed", {
        plugin: this.plugin,
        state,
        seconds: seconds(began, now),
        building: seconds(began, built),
        taking: seconds(built, now),
      }),
    );
  }

  /** The session may be over, after a long lunch: then it is opened again. */
  async #restart(): Promise<PluginStatus> {
    const restart = (): Promise<PluginStatus> => this.site.client(supervisorApi).restart({ plugin: this.plugin });
    try {
      return await restart();
    } catch (error) {
      if (!isJinshuiError(error) || error.status !== 401) throw error;
      this.site = await this.site.again();
      return restart();
    }
  }

  #refusal(error: unknown): string {
    if (!isJinshuiError(error)) return String(error);
    const { log = [] } = (error.details ?? {}) as { log?: string[] };
    this.#log.show(log);
    return t("dev.kept", { plugin: this.plugin, message: error.message });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
