import type { Seal } from "@jinshui/auth";
import {
  type ActorRef,
  type DeliveredSettings,
  isSecret,
  JinshuiError,
  type PluginSettings as Shown,
  settingDefaults,
  type SettingsSchema,
  type SettingValues,
} from "@jinshui/contracts";
import { problems } from "@jinshui/contracts/validate";
import type { Database, Reader, Row, Transaction } from "@jinshui/storage";
import { isDeepStrictEqual } from "node:util";

/** Text of all values of a plugin in a bureau, so that they fit into one message together with everything else in it. */
const MAX_LENGTH = 100_000;

/** Whose settings. */
export interface Place {
  plugin: string;
  bureau: string;
}

/** A change that somebody asks for. */
export interface Change {
  /** The version that was read. */
  version: number;
  values: SettingValues;
  /** `null` removes one; those left out stay. */
  secrets: Readonly<Record<string, string | null>>;
}

/** What is kept; may be of another version of the plugin. */
interface Kept {
  version: number;
  values: SettingValues;
  /** Sealed, by name. */
  secrets: Record<string, string>;
  changedAt?: string;
  changedBy?: string;
}

/**
 * What is set of plugins in bureaus. Kept as it was set, whatever the schema of the version that comes or goes: what that does not
 * know stays, and what does not fit it is told and delivered as a problem.
 */
export class PluginSettings {
  constructor(
    readonly database: Database,
    readonly seal: Seal,
  ) {}

  /** What the form shows. */
  async shown(place: Place, release: string, schema: SettingsSchema): Promise<Shown> {
    return this.#show(place, release, schema, await this.#kept(this.database, place));
  }

  /** What a process gets. */
  async delivered(place: Place, schema: SettingsSchema): Promise<DeliveredSettings> {
    const kept = await this.#kept(this.database, place);
    const { values, problems: found } = this.#whole(place, schema, kept);
    return { version: kept.version, values, problems: found.map(({ key, message }) => `${key} ${message}`) };
  }

  /**
   * Sets all values of a bureau; the trail gets them before and after, and of secrets only which were changed.
   * @throws JinshuiError `stale-version`, `invalid-request`.
   */
  async set(
    tx: Transaction,
    place: Place,
    { release, schema, by, trace }: { release: string; schema: SettingsSchema; by: ActorRef; trace: string },
    change: Change,
  ): Promise<Shown> {
    const row = await tx.findOneForUpdate("plugin_setting", { ...place });
    const before = read(row);
    const next = this.#changed(place, schema, before, change);
    const { problems: found } = this.#whole(place, schema, next);
    const length = JSON.stringify(next).length;
    if (length > MAX_LENGTH)
      found.push({ key: "", message: `must have ${MAX_LENGTH} characters in all, not ${length}` });
    if (found.length > 0)
      throw new JinshuiError(
        "invalid-request",
        `Settings of ${place.plugin}: ${found.map(({ key, message }) => `${key} ${message}`).join("; ")}`,
        {
          details: { plugin: place.plugin, problems: found.map(({ key, message }) => ({ path: `/${key}`, message })) },
        },
      );
    const changed = Object.keys(change.secrets).filter((name) => next.secrets[name] !== before.secrets[name]);
    // sent again, or nothing changed: it is as it was asked for
    if (isDeepStrictEqual(next.values, before.values) && changed.length === 0)
      return this.#show(place, release, schema, before);
    if (before.version !== change.version)
      throw new JinshuiError(
        "stale-version",
        `Settings of ${place.plugin} in ${place.bureau} are ${before.version} by now, not ${change.version}`,
        { details: { version: before.version, changedBy: before.changedBy, changedAt: before.changedAt } },
      );
    next.version = before.version + 1;
    Object.assign(next, { changedAt: tx.time, changedBy: by.name });
    const { version, values, secrets } = next;
    const written = { version, values_set: values, secrets, at: tx.time, by_name: by.name };
    if (row) await tx.update("plugin_setting", { ...place }, written);
    else await tx.insertUnlessRaced("plugin_setting", { ...place, ...written });
    tx.audit({
      bureau: place.bureau,
      actor: by,
      action: "set-settings",
      resource: `plugin/${place.plugin}`,
      before: knownTo(schema, before.values),
      after: { ...knownTo(schema, values), ...(changed.length > 0 ? { changedSecrets: changed } : {}) },
      trace,
    });
    return this.#show(place, release, schema, next);
  }

  async #kept(reader: Reader, place: Place): Promise<Kept> {
    const [row] = await reader.find("plugin_setting", { where: { ...place }, limit: 1 });
    return read(row);
  }

  /** What is asked for, beside what only other versions of the plugin know. */
  #changed(place: Place, schema: SettingsSchema, before: Kept, { values, secrets }: Change): Kept {
    const { properties } = schema;
    const unknown = Object.entries(before.values).filter(([name]) => properties[name] === undefined);
    const sealed = { ...before.secrets };
    for (const [name, secret] of Object.entries(secrets)) {
      const setting = properties[name];
      if (!setting || !isSecret(setting)) throw misplaced(place, name, "is no secret");
      if (secret === null) delete sealed[name];
      else if (this.#open(place, name, sealed[name]) !== secret)
        sealed[name] = this.seal.close(secret, placeOf(place, name));
    }
    for (const name of Object.keys(values)) {
      const setting = properties[name];
      if (!setting) throw misplaced(place, name, "is no setting of it");
      // never among what everybody may read
      if (isSecret(setting)) throw misplaced(place, name, "is a secret");
    }
    return { version: before.version, values: { ...Object.fromEntries(unknown), ...values }, secrets: sealed };
  }

  #show(place: Place, release: string, schema: SettingsSchema, kept: Kept): Shown {
    const { version, values, secrets, changedAt, changedBy } = kept;
    const isKnownSecret = (name: string): boolean => {
      const setting = schema.properties[name];
      return setting !== undefined && isSecret(setting);
    };
    return {
      ...place,
      release,
      schema,
      version,
      values: knownTo(schema, values),
      secrets: Object.keys(secrets).filter(isKnownSecret),
      problems: this.#whole(place, schema, kept).problems,
      ...(changedAt === undefined ? {} : { changedAt }),
      ...(changedBy === undefined ? {} : { changedBy }),
    };
  }

  /** Everything as the schema sees it: defaults, what was set, and secrets in clear. */
  #whole(
    place: Place,
    schema: SettingsSchema,
    kept: Kept,
  ): { values: SettingValues; problems: { key: string; message: string }[] } {
    const values = { ...settingDefaults(schema), ...knownTo(schema, kept.values) };
    for (const [name, setting] of Object.entries(schema.properties)) {
      const secret = isSecret(setting) ? this.#open(place, name, kept.secrets[name]) : undefined;
      if (secret !== undefined) values[name] = secret;
    }
    const found = problems(schema, values).map(({ path, message }) => {
      const missing = path === "" ? /'(\w+)'/.exec(message)?.[1] : undefined;
      return missing === undefined
        ? { key: path.split("/")[1] ?? "", message }
        : { key: missing, message: "must be there" };
    });
    return { values, problems: found };
  }

  /** Nothing for one that is not there, or was sealed by a key that is gone: it has to be set again. */
  #open(place: Place, name: string, sealed: string | undefined): string | undefined {
    try {
      return sealed === undefined ? undefined : this.seal.open(sealed, placeOf(place, name));
    } catch {
      return undefined;
    }
  }
}

/** Seals all secrets with the present key. */
export async function resealSettings(tx: Transaction, seal: Seal): Promise<void> {
  for (const row of await tx.findForUpdate("plugin_setting", {})) {
    const { plugin, bureau } = row;
    const place = { plugin: String(plugin), bureau: String(bureau) };
    const secrets = Object.entries(read(row).secrets).map(([name, sealed]) => [
      name,
      seal.renewed(sealed, placeOf(place, name)),
    ]);
    await tx.update("plugin_setting", place, { secrets: Object.fromEntries(secrets) });
  }
}

/** What a secret is sealed for: moved to another plugin, bureau or name it does not open. */
function placeOf({ plugin, bureau }: Place, name: string): string {
  return `plugin-setting/${bureau}/${plugin}/${name}`;
}

function read(row: Row | undefined): Kept {
  if (!row) return { version: 0, values: {}, secrets: {} };
  return {
    version: Number(row["version"]),
    values: row["values_set"] as SettingValues,
    secrets: row["secrets"] as Record<string, string>,
    changedAt: String(row["at"]),
    changedBy: String(row["by_name"]),
  };
}

/** Without what another version of the plugin knew, and what has become a secret since. */
function knownTo({ properties }: SettingsSchema, values: SettingValues): SettingValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => {
      const setting = properties[name];
      return setting !== undefined && !isSecret(setting);
    }),
  );
}

function misplaced({ plugin }: Place, name: string, why: string): JinshuiError {
  return new JinshuiError("invalid-request", `Settings of ${plugin}: "${name}" ${why}`, {
    details: { plugin, problems: [{ path: `/${name}`, message: why }] },
  });
}
