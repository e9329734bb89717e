import { MACHINE_CALLER } from "./bus-api.js";
import { collectionProblems, isPattern } from "./check-collection.js";
import { CollectionDefinition } from "./collection.js";
import { ContractCases } from "./contract-cases.js";
import { FormSchema } from "./form.js";
import { FormatDefinition } from "./format.js";
import { type PluginManifest, PluginPackage } from "./manifest.js";
import { KERNEL_CALLERS } from "./envelope.js";
import { pluginProblem, type PluginProblem, type PluginProblemCode } from "./plugin-problem.js";
import { SITE_PERMISSIONS } from "./organisation-api.js";
import { OUTSIDE_SOURCE } from "./webhooks-api.js";
import { contributedProblems } from "./check-contributed.js";
import { ScenarioFile } from "./scenario.js";
import { SettingsSchema } from "./settings.js";
import { problems } from "./validate.js";

export { PLUGIN_PROBLEMS, type PluginProblem, type PluginProblemCode } from "./plugin-problem.js";

/** How the check reads a plugin's folder; paths are relative to it. */
export interface PluginFiles {
  /** Text of a file, or nothing when it is not there. */
  read(path: string): string | undefined;
  /** Names in a folder, empty when it is not there. */
  list(path: string): string[];
}

/** Everything a plugin is, as data. */
export interface PluginContent {
  name: string;
  version: string;
  manifest: PluginManifest;
  collections: CollectionDefinition[];
  formats: FormatDefinition[];
  forms: FormSchema[];
  processes: { file: string; xml: string }[];
  /** Ways through the processes, for trial runs. */
  scenarios: ScenarioFile[];
  /** Cases of provided operations. */
  contracts: ContractCases[];
  /** Input and output schemas of provided operations by op. */
  schemas: Record<string, { input: object; output: object }>;
  settings?: SettingsSchema;
  /** Schemas of entries by the name of the point. */
  points: Record<string, object>;
}

/** What was found in a plugin's folder. */
export interface ReadPlugin {
  /** Absent when the manifest itself is broken. */
  content?: PluginContent;
  problems: PluginProblem[];
  /** Names of collections, formats and forms whose files are there and could not be read. */
  unread: ReadonlySet<string>;
}

/** Reads a plugin without running its code, and says everything that does not fit. */
export function readPlugin(files: PluginFiles): ReadPlugin {
  const found: PluginProblem[] = [];
  const unread = new Set<string>();
  const manifestJson = json(files, "package.json", found);
  if (manifestJson === undefined) return { problems: found, unread };
  found.push(...schemaProblems(PluginPackage, manifestJson, "package.json"));
  if (found.length > 0) return { problems: found, unread };
  const { name, version, jinshui: manifest } = manifestJson as PluginPackage;
  const content: PluginContent = {
    name,
    version,
    manifest,
    collections: [],
    formats: [],
    forms: [],
    processes: [],
    scenarios: [],
    contracts: [],
    schemas: {},
    points: {},
  };
  const { contributes } = manifest;
  for (const file of jsonFiles(files, contributes.collections)) read(file, CollectionDefinition, content.collections);
  for (const file of jsonFiles(files, contributes.formats)) read(file, FormatDefinition, content.formats);
  for (const file of jsonFiles(files, contributes.forms)) read(file, FormSchema, content.forms);
  for (const file of jsonFiles(files, contributes.scenarios)) read(file, ScenarioFile, content.scenarios);
  for (const file of jsonFiles(files, manifest.provides?.contracts)) read(file, ContractCases, content.contracts);
  for (const file of listed(files, contributes.processes, ".bpmn"))
    content.processes.push({ file, xml: files.read(file) ?? "" });
  for (const [op, provided] of Object.entries(manifest.provides?.ops ?? {})) {
    const input = json(files, provided.input, found);
    const output = json(files, provided.output, found);
    if (input && output) content.schemas[op] = { input, output };
  }
  for (const [point, file] of Object.entries(manifest.provides?.points ?? {})) {
    const schema = json(files, file, found);
    if (schema) content.points[point] = schema;
  }
  const settings: SettingsSchema[] = [];
  if (contributes.settings !== undefined) read(contributes.settings, SettingsSchema, settings);
  if (settings[0]) content.settings = settings[0];
  found.push(...crossChecks(content, files, unread));
  return { content, problems: found, unread };

  function read<T>(file: string, schema: object, into: T[]): void {
    const value = json(files, file, found);
    const wrong = value === undefined ? [] : schemaProblems(schema, value, file);
    found.push(...wrong);
    if (value !== undefined && wrong.length === 0) into.push(value as T);
    else for (const name of namesOf(file, value)) unread.add(name);
  }
}

/** What others may call the content of a file: as it says itself, or as the file is called. */
function namesOf(file: string, value: object | undefined): string[] {
  const { name, id } = (value ?? {}) as { name?: unknown; id?: unknown };
  const own = (file.split("/").at(-1) ?? "").replace(/\.json$/, "");
  return [own, name, id].filter((text): text is string => typeof text === "string");
}

function crossChecks(content: PluginContent, files: PluginFiles, unread: ReadonlySet<string>): PluginProblem[] {
  const { manifest, collections, forms } = content;
  const found: PluginProblem[] = [];
  const fail = (file: string, code: PluginProblemCode, params: Record<string, string>): void =>
    void found.push(pluginProblem(file, code, params));
  if (KERNEL_CALLERS.includes(manifest.id)) fail("package.json", "kernel-name", { id: manifest.id });
  const beginning = [OUTSIDE_SOURCE, MACHINE_CALLER].find((taken) => manifest.id.startsWith(taken));
  if (beginning !== undefined) fail("package.json", "outside-name", { id: manifest.id, beginning });
  const { data } = manifest;
  if (data && data.readableFrom > data.version)
    fail("package.json", "data-version", { version: String(data.version), readableFrom: String(data.readableFrom) });
  const { permissions = [], views = [], menu = [] } = manifest.contributes;
  const own = `${manifest.id}.`;
  for (const { id } of permissions) if (!id.startsWith(own)) fail("package.json", "foreign-permission", { id, own });
  const known = new Set(permissions.map(({ id }) => id));
  const names = new Set(collections.map(({ name }) => name));
  for (const view of views) {
    if (view.kind === "collection" && !names.has(view.collection ?? "") && !unread.has(view.collection ?? ""))
      fail("package.json", "view-collection", { view: view.id, collection: view.collection ?? "" });
    if (view.kind === "element" && (view.element === undefined || !manifest.web))
      fail("package.json", "view-element", { view: view.id });
    if (view.permission !== undefined && !known.has(view.permission) && !(view.permission in SITE_PERMISSIONS))
      fail("package.json", "view-permission", { view: view.id, permission: view.permission });
  }
  for (const { view } of menu) if (!views.some(({ id }) => id === view)) fail("package.json", "menu-view", { view });
  for (const file of [manifest.server?.main, manifest.web?.module]) {
    if (file !== undefined && files.read(file) === undefined) fail(file, "not-built", {});
  }
  const formats = new Set(content.formats.map(({ name }) => name));
  // its own too: their full name is as good as the short one
  const plugins = new Set([manifest.id, ...Object.keys(manifest.requires.plugins ?? {})]);
  for (const definition of collections) {
    const file = `${manifest.contributes.collections ?? ""}${definition.name}.json`;
    for (const { code, params } of collectionProblems(definition, {
      permissions: known,
      collections,
      formats,
      plugins,
      unread,
    }))
      fail(file, code, params);
  }
  for (const { name, pattern, example } of content.formats) {
    const file = `${manifest.contributes.formats ?? ""}${name}.json`;
    if (!isPattern(pattern.source)) fail(file, "format-pattern", { pattern: pattern.source });
    else if (!new RegExp(`^(?:${pattern.source})$`, "u").test(example)) fail(file, "format-example", { example });
  }
  const { ops = {}, contracts: place = "" } = manifest.provides ?? {};
  for (const { op } of content.contracts) if (!(op in ops)) fail(place, "cases-of-op", { op });
  found.push(...contributedProblems(content, unread));
  const ids = forms.map(({ id }) => id);
  for (const id of new Set(ids))
    if (ids.filter((other) => other === id).length > 1) fail("forms", "form-twice", { id });
  return found;
}

function json(files: PluginFiles, file: string, found: PluginProblem[]): object | undefined {
  const text = files.read(file);
  if (text === undefined) {
    found.push(pluginProblem(file, "missing-file"));
    return undefined;
  }
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    found.push(pluginProblem(file, "not-json", { reason: error instanceof Error ? error.message : String(error) }));
    return undefined;
  }
}

function schemaProblems(schema: object, value: unknown, file: string): PluginProblem[] {
  return problems(schema, value).map(({ path, message }) =>
    pluginProblem(file, "schema", { path: path || "/", reason: message }),
  );
}

function listed(files: PluginFiles, folder: string | undefined, ending: string): string[] {
  if (folder === undefined) return [];
  const base = folder.endsWith("/") ? folder : `${folder}/`;
  return files
    .list(base)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => base + name);
}

function jsonFiles(files: PluginFiles, folder: string | undefined): string[] {
  return listed(files, folder, ".json");
}
