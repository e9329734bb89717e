import {
  type DefinitionSummary,
  type FormSchema,
  JinshuiError,
  type ProcessProblem,
  TASK_ACTION_IDS,
} from "@jinshui/contracts";
import type { ProcessModel, Problem } from "@jinshui/engine";
import { problemText } from "@jinshui/engine/problem-texts";
import { type CheckedProcess, checkFile } from "@jinshui/engine/site-check";
import { type Database, newId, type Reader, type Row, type Transaction, type Where } from "@jinshui/storage";
import { catalogueEntry } from "./documents.js";
import { checkedMark, contentDigest, deployedFiles, processFile } from "./process-file.js";

/** A definition ready to run. */
export interface Definition extends DefinitionSummary {
  bureau: string;
  model: ProcessModel;
  forms: FormSchema[];
  xml: string;
  sha256: string;
  problems: ProcessProblem[];
}

/** Processes of a version of a plugin, and the bureaus that have this version; absent: all that no other version names. */
export interface PluginProcesses {
  processes: readonly { file: string; xml: string }[];
  forms: FormSchema[];
  jobs: readonly string[];
  bureaus?: readonly string[];
}

/** A process of a plugin: deployed already, or yet to be. */
type DeployedPart =
  | { id: string; key: string }
  | { key: string; xml: string; forms: FormSchema[]; process: CheckedProcess; mark: string };

/** Process definitions: read, checked, versioned. Running instances keep the version they started with. */
export class Definitions {
  readonly #cache = new Map<string, Definition>();
  /** Definitions of a plugin by bureau, where its version was named. */
  readonly #current = new Map<string, ReadonlyMap<string, string[]>>();

  constructor(
    readonly database: Database,
    readonly knowsPosition: (id: string) => boolean,
  ) {}

  /**
   * Deploys a plugin's processes: of all its versions that are in use, the newest last. An unchanged file keeps its version.
   * @throws JinshuiError `invalid-process` naming every error.
   */
  async deployPlugin(plugin: string, versions: readonly PluginProcesses[]): Promise<void> {
    const checked: { keys: string[]; bureaus: readonly string[] | undefined; parts: DeployedPart[] }[] = [];
    for (const { processes, forms, jobs, bureaus } of versions) {
      const files = processes.map((process) => processFile(process, forms));
      // of several versions each is the latest in turn
      const deployed = versions.length > 1 ? undefined : await deployedFiles(this.database, plugin, files, jobs);
      const parts: DeployedPart[] = [];
      for (const { file, xml, forms: own, sha256 } of files) {
        const known = deployed?.get(sha256);
        if (known) {
          parts.push(...known);
          continue;
        }
        const found = await this.#checked(plugin, file, xml, own, jobs);
        const mark = checkedMark(found.length, jobs);
        for (const process of found) parts.push({ key: process.model.id, xml, forms: own, process, mark });
      }
      checked.push({ keys: parts.map(({ key }) => key), parts, bureaus });
    }
    // nothing is deployed while anything is wrong
    const current = new Map<string, string[]>();
    for (const { parts, bureaus } of checked) {
      const ids = await this.#deployAll(plugin, parts);
      for (const bureau of bureaus ?? []) current.set(bureau, ids);
    }
    this.#current.set(plugin, current);
    const keys = checked.at(-1)?.keys ?? [];
    const gone: Where = {
      plugin,
      latest: true,
      ...(keys.length > 0 ? { not: { process_key: { in: keys } } } : {}),
    };
    if ((await this.database.count("wf_definition", gone)) > 0)
      await this.database.transaction((tx) => tx.update("wf_definition", gone, { latest: false }), {
        essential: true,
      });
  }

  /** Deploys what is new, in one transaction; what stands in the database already costs nothing. */
  async #deployAll(plugin: string, parts: readonly DeployedPart[]): Promise<string[]> {
    if (parts.every((part) => "id" in part)) return parts.map(({ id }) => id);
    return this.database.transaction(
      async (tx) => {
        const ids: string[] = [];
        for (const part of parts)
          ids.push("id" in part ? part.id : await this.deploy(tx, { bureau: "*", plugin, ...part }));
        return ids;
      },
      { essential: true },
    );
  }

  async #checked(
    plugin: string,
    file: string,
    xml: string,
    forms: FormSchema[],
    jobs: readonly string[],
  ): Promise<CheckedProcess[]> {
    const { processes, problems } = await this.check(xml, forms, jobs);
    const errors = [...problems, ...processes.flatMap((process) => process.problems)].filter(
      ({ severity }) => severity === "error",
    );
    if (errors.length === 0) return processes;
    throw new JinshuiError(
      "invalid-process",
      `${plugin}/${file}: ${errors.map((problem) => problemText(problem, "en")).join("; ")}`,
      { details: { file, problems: errors } },
    );
  }

  /** What a bureau can start: its own definitions, and of each of these plugins those of the version it has. */
  startable(bureau: string, plugins: readonly string[]): Where {
    const named = plugins.flatMap((plugin) => {
      const ids = this.#current.get(plugin)?.get(bureau);
      return ids ? [{ plugin, ids }] : [];
    });
    const others = plugins.filter((plugin) => !named.some((each) => each.plugin === plugin));
    return {
      or: [
        { bureau, latest: true },
        { bureau: "*", latest: true, plugin: { in: others } },
        { bureau: "*", id: { in: named.flatMap(({ ids }) => ids) } },
      ],
    };
  }

  /** Everything a file holds, and what is wrong with it; `problems` concern the file as a whole. */
  async check(
    xml: string,
    forms: FormSchema[],
    jobs: readonly string[],
  ): Promise<{ processes: CheckedProcess[]; problems: Problem[] }> {
    return checkFile(xml, {
      forms: forms.map(({ id }) => id),
      jobs,
      actions: TASK_ACTION_IDS,
      knowsPosition: this.knowsPosition,
    });
  }

  /**
   * Stores one process, checked and without errors, as the newest version of its key, unless it is that already; a `draft` is kept beside what runs.
   * @throws JinshuiError `conflict` when the key is somebody else's in this bureau.
   */
  async deploy(
    tx: Transaction,
    {
      bureau,
      plugin,
      xml,
      forms,
      process,
      mark,
      draft = false,
    }: {
      bureau: string;
      plugin?: string;
      xml: string;
      forms: FormSchema[];
      process: CheckedProcess;
      mark?: string;
      draft?: boolean;
    },
  ): Promise<string> {
    const sha256 = contentDigest(xml, forms);
    const [newest] = await tx.find("wf_definition", {
      where: { bureau, process_key: process.model.id },
      orderBy: ["-version"],
      limit: 1,
    });
    const other =
      newest?.["plugin"] === plugin && bureau !== "*"
        ? await tx.findOne("wf_definition", { bureau: "*", process_key: process.model.id, latest: true })
        : newest;
    if (other && other["plugin"] !== plugin) {
      throw new JinshuiError(
        "conflict",
        `Process ${process.model.id} belongs to ${String(other["plugin"] ?? "the bureau")} already`,
        { details: { process: process.model.id } },
      );
    }
    // of a plugin also one from before: versions come and go, and two may be in use
    const same =
      bureau !== "*" || newest?.["sha256"] === sha256
        ? newest
        : await tx.findOne("wf_definition", { bureau, process_key: process.model.id, sha256 });
    const known = same?.["sha256"] === sha256 ? String(same["id"]) : undefined;
    if (known !== undefined && (draft || (same?.["latest"] === true && same["checked"] === mark))) return known;
    if (!draft)
      await tx.update("wf_definition", { bureau, process_key: process.model.id, latest: true }, { latest: false });
    if (known !== undefined) {
      await tx.update(
        "wf_definition",
        { id: known },
        { latest: true, draft: false, ...(mark === undefined ? {} : { checked: mark }) },
      );
      return known;
    }
    const id = newId();
    await tx.insert("wf_definition", {
      id,
      bureau,
      plugin,
      process_key: process.model.id,
      version: Number(newest?.["version"] ?? 0) + 1,
      latest: !draft,
      draft,
      title: [...process.title].slice(0, 200).join(""),
      description: process.model.documentation,
      xml,
      model: process.model,
      forms,
      problems: process.problems,
      sha256,
      checked: mark,
      deployed_at: tx.time,
    });
    return id;
  }

  /** What a bureau itself has under a key, if anything. */
  async newest(bureau: string, key: string): Promise<{ title: string; version: number } | undefined> {
    const row = await this.database.findOne("wf_definition", { bureau, process_key: key, latest: true });
    return row && { title: String(row["title"]), version: Number(row["version"]) };
  }

  /** A definition by its id; definitions never change, so they are kept in memory. */
  async get(id: string, reader: Reader = this.database): Promise<Definition> {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const row = await reader.findOne("wf_definition", { id });
    if (!row)
      throw new JinshuiError("not-found", `There is no process definition ${id}`, { details: { definition: id } });
    const definition = toDefinition(row);
    if (this.#cache.size > 500) this.#cache.clear();
    this.#cache.set(id, definition);
    return definition;
  }
}

function toDefinition(row: Row): Definition {
  const plugin = row["plugin"] === undefined ? undefined : String(row["plugin"]);
  const description = row["description"];
  const model = row["model"] as ProcessModel;
  const { en } = model.extensions;
  return {
    id: String(row["id"]),
    bureau: String(row["bureau"]),
    key: String(row["process_key"]),
    version: Number(row["version"]),
    title: { "zh-CN": String(row["title"]), ...(en === undefined ? {} : { en }) },
    ...(plugin === undefined ? {} : { plugin }),
    ...(typeof description === "string" ? { description } : {}),
    ...catalogueEntry(model),
    startable: true,
    deployedAt: String(row["deployed_at"]),
    model,
    forms: row["forms"] as FormSchema[],
    xml: String(row["xml"]),
    sha256: String(row["sha256"]),
    problems: row["problems"] as ProcessProblem[],
  };
}
