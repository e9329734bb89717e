import { ask, parsedArguments, signIn, SITE_OPTIONS, type SiteClient, t, UsageError } from "@jinshui/cli";
import { type BureauConfig, type BureauLock, type PluginStatus, supervisorApi } from "@jinshui/contracts";
import { rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readConfiguration } from "../configuration.js";

/** Something that files say and the running site has otherwise. */
interface Difference {
  kind: "enable" | "disable" | "version" | "missing" | "other-content";
  plugin: string;
  bureau: string;
  from?: string;
  to?: string;
}

/** `config lock|plan|apply`: the files of a site against what runs; the rights are those of who signs in. */
export async function configCommand(verb: "lock" | "plan" | "apply", args: string[], root: string): Promise<number> {
  const options = { ...SITE_OPTIONS, configs: { type: "string" }, yes: { type: "boolean" } } as const;
  const { values, positionals: words } = parsedArguments(args, options);
  if (words.length > 0) throw new UsageError(t("admin.words", { words: words.join(" ") }));
  const { configs, yes, ...site } = values;
  const folder = resolve(configs ?? join(root, "configs"));
  const { bureaus } = readConfiguration(folder, false);
  const client = await signIn(site);
  try {
    const { plugins } = await client.client(supervisorApi).plugins({});
    if (verb === "lock") return await lock(bureaus, plugins, join(folder, "bureaus"));
    const differences = compare(bureaus, plugins);
    for (const difference of differences) process.stdout.write(`${lineOf(difference)}\n`);
    if (differences.length === 0) process.stdout.write(`${t("config.same")}\n`);
    const impossible = differences.filter(({ kind }) => kind === "missing" || kind === "other-content");
    if (verb === "plan" || differences.length === 0 || impossible.length > 0) return differences.length > 0 ? 1 : 0;
    if (yes !== true && !/^(y|yes|是)$/i.test(await ask(t("config.agree")))) return 1;
    return await apply(client, differences);
  } finally {
    await client.signOut();
  }
}

/** Writes the exact versions that bureaus have, a file for each that the person sees; whole or not at all. */
async function lock(bureaus: BureauConfig[], plugins: PluginStatus[], folder: string): Promise<number> {
  for (const { bureau } of bureaus) {
    const enabled = plugins.flatMap(({ id, versions, bureaus: places }) => {
      const place = places.find((each) => each.bureau === bureau);
      if (!place?.enabled) return [];
      const sha256 = versions.find(({ version }) => version === place.version)?.installed?.sha256;
      return [[id, { version: place.version, ...(sha256 === undefined ? {} : { sha256 }) }] as const];
    });
    if (!plugins.some(({ bureaus: places }) => places.some((place) => place.bureau === bureau))) continue;
    const content: BureauLock = { plugins: Object.fromEntries(enabled.sort(([a], [b]) => (a < b ? -1 : 1))) };
    const file = join(folder, `${bureau}.lock.json`);
    await writeFile(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`);
    await rename(`${file}.new`, file);
    process.stdout.write(`${t("config.locked", { file, n: enabled.length })}\n`);
  }
  return 0;
}

/** What would have to change for the site to be as its files say, in the order in which it can be done. */
function compare(bureaus: BureauConfig[], plugins: PluginStatus[]): Difference[] {
  const found: Difference[] = [];
  for (const { bureau, plugins: wanted, locked = {} } of bureaus) {
    const isSeen = plugins.some(({ bureaus: places }) => places.some((place) => place.bureau === bureau));
    if (!isSeen) continue;
    for (const [plugin, { enabled }] of Object.entries(wanted))
      if (enabled && !plugins.some(({ id }) => id === plugin)) found.push({ kind: "missing", plugin, bureau });
    for (const { id: plugin, versions, bureaus: places } of plugins) {
      const place = places.find((each) => each.bureau === bureau);
      if (!place) continue;
      const enabled = wanted[plugin]?.enabled === true;
      const { version, sha256 } = locked[plugin] ?? {};
      const installed = versions.find((each) => each.version === version);
      if (enabled && version !== undefined) {
        if (!installed) found.push({ kind: "missing", plugin, bureau, to: version });
        else if (sha256 !== undefined && installed.installed?.sha256 !== sha256)
          found.push({ kind: "other-content", plugin, bureau, to: version });
        else if (place.version !== version)
          found.push({ kind: "version", plugin, bureau, from: place.version, to: version });
      }
      if (enabled !== place.enabled) found.push({ kind: enabled ? "enable" : "disable", plugin, bureau });
    }
  }
  return found;
}

function lineOf({ kind, plugin, bureau, from, to }: Difference): string {
  return t(`config.${kind}`, { plugin, bureau, from, to: to ?? "" }).trimEnd();
}

/** Makes the changes; those that wait for others (a plugin that asks for another) are tried again after them. */
async function apply(client: SiteClient, differences: Difference[]): Promise<number> {
  const supervisor = client.client(supervisorApi);
  let left = differences;
  for (let before = Infinity; left.length > 0 && left.length < before;) {
    before = left.length;
    const failed: [Difference, unknown][] = [];
    for (const difference of left) {
      const { kind, plugin, bureau, to = "" } = difference;
      try {
        if (kind === "version") await supervisor.setVersion({ plugin, version: to, bureaus: [bureau] });
        else await supervisor.setEnabled({ plugin, bureau, enabled: kind === "enable" });
        process.stdout.write(`${t("config.done", { line: lineOf(difference) })}\n`);
      } catch (error) {
        failed.push([difference, error]);
      }
    }
    left = failed.map(([difference]) => difference);
    if (left.length === before && failed[0]) throw failed[0][1];
  }
  return 0;
}
