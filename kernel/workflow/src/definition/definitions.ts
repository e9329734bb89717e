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
import { type Database, newId, type Reader, type Row, type Transaction } from "@jinshui/storage";
import { createHash } from "node:crypto";

/** A definition ready to run. */
export interface Definition extends DefinitionSummary {
  bureau: string;
  model: ProcessModel;
  forms: FormSchema[];
  xml: string;
  sha256: string;
  problems: ProcessProblem[];
}

/** Process definitions: read, checked, versioned. Running instances keep the version they started with. */
export class Definitions {
  readonly #cache = new Map<string, Definition>();

  constructor(
    readonly database: Database,
    readonly knowsPosition: (id: string) => boolean,
  ) {}

  /** Deploys a plugin's processes; an unchanged file keeps its version. Throws `invalid-process` naming every error. */
  async deployPlugin(
    plugin: string,
    files: { file: string; xml: string }[],
    forms: FormSchema[],
    jobs: readonly string[],
  ): Promise<void> {
    const keys: string[] = [];
    for (const { file, xml } of files) {
      const { processes, problems } = await this.check(xml, forms, jobs);
      const errors = [...problems, ...processes.flatMap((process) => process.problems)].filter(
        ({ severity }) => severity === "error",
      );
      if (errors.length > 0) {
        throw new JinshuiError(
          "invalid-process",
          `${plugin}/${file}: ${errors.map((problem) => problemText(problem, "en")).join("; ")}`,
          { details: { file, problems: errors } },
        );
      }
      for (const process of processes) {
        keys.push(process.model.id);
        await this.database.transaction((tx) => this.deploy(tx, { bureau: "*", plugin, xml, forms, process }), {
          essential: true,
        });
      }
    }
    await this.database.transaction(
      (tx) =>
        tx.update(
          "wf_definition",
          { plugin, latest: true, ...(keys.length > 0 ? { not: { process_key: { in: keys } } } : {}) },
          { latest: false },
        ),
      { essential: true },
    );
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
   * Stores one process, checked and without errors, as the newest version of its key, unless it is that already.
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
    }: { bureau: string; plugin?: string; xml: string; forms: FormSchema[]; process: CheckedProcess },
  ): Promise<string> {
    const sha256 = createHash("sha256").update(xml).update(JSON.stringify(forms)).digest("hex");
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
    if (newest?.["sha256"] === sha256) {
      if (newest["latest"] !== true) await tx.update("wf_definition", { id: String(newest["id"]) }, { latest: true });
      return String(newest["id"]);
    }
    const id = newId();
    await tx.update("wf_definition", { bureau, process_key: process.model.id, latest: true }, { latest: false });
    await tx.insert("wf_definition", {
      id,
      bureau,
      plugin,
      process_key: process.model.id,
      version: Number(newest?.["version"] ?? 0) + 1,
      latest: true,
      title: [...process.title].slice(0, 200).join(""),
      description: process.model.documentation,
      xml,
      model: process.model,
      forms,
      problems: process.problems,
      sha256,
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
  return {
    id: String(row["id"]),
    bureau: String(row["bureau"]),
    key: String(row["process_key"]),
    version: Number(row["version"]),
    title: { "zh-CN": String(row["title"]) },
    ...(plugin === undefined ? {} : { plugin }),
    ...(typeof description === "string" ? { description } : {}),
    startable: true,
    deployedAt: String(row["deployed_at"]),
    model: row["model"] as ProcessModel,
    forms: row["forms"] as FormSchema[],
    xml: String(row["xml"]),
    sha256: String(row["sha256"]),
    problems: row["problems"] as ProcessProblem[],
  };
}
