import { silent } from "@jinshui/bus";
import { parsedArguments, t, UsageError } from "@jinshui/cli";
import { type Database, FileStore, openDatabase, type Row } from "@jinshui/storage";
import { archivePackage, type PackageFault, verifyPackage, WORKFLOW_TABLES } from "@jinshui/workflow";
import { createWriteStream } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";

import { storeOf } from "./arguments.js";

/** `jinshui archive export`: writes an archive of a site's own data as one file. */
export async function archiveExport(args: string[], root: string): Promise<number> {
  const text = { type: "string" } as const;
  const { values, positionals } = parsedArguments(args, { bureau: text, out: text, data: text, database: text });
  const [number] = positionals;
  if (number === undefined) throw new UsageError(t("archive.number"));
  const { data, database: url } = storeOf(values, root);
  const database = await openDatabase(url);
  try {
    await database.ensureTables(WORKFLOW_TABLES);
    const row = await archiveOf(database, number, values.bureau);
    if (row["disposed_at"] !== undefined) throw new UsageError(t("archive.gone", { number, at: row["disposed_at"] }));
    const files = new FileStore(database, join(data, "files"), { origin: () => "", log: silent });
    const file = resolve(values.out ?? ".", `${number}.zip`);
    await pipeline(await archivePackage(row, files), createWriteStream(file, { flags: "wx" }));
    process.stdout.write(`${t("archive.written", { file, number, seal: row["sha256"] })}\n`);
    return 0;
  } finally {
    await database.close();
  }
}

/** `jinshui archive verify`: 0 it is what was sealed, 1 it is not; what is thrown says why it could not be looked at. */
export async function archiveVerify(args: string[]): Promise<number> {
  const { values, positionals } = parsedArguments(args, { seal: { type: "string" }, json: { type: "boolean" } });
  const [file] = positionals;
  if (file === undefined) throw new UsageError(t("archive.file"));
  const { manifest, faults } = await verifyPackage(resolve(file), values.seal);
  if (values.json === true) process.stdout.write(`${JSON.stringify({ file, manifest, faults })}\n`);
  else if (manifest && faults.length === 0) {
    const { number, title, seal, parts } = manifest;
    process.stdout.write(`${t("archive.whole", { number, title, seal, parts: parts.length })}\n`);
  } else process.stdout.write(`${[...faults.map(lineOf), t("archive.faults", { n: faults.length })].join("\n")}\n`);
  return faults.length === 0 ? 0 : 1;
}

/** @throws UsageError where there is none, or more than one. */
async function archiveOf(database: Database, number: string, bureau: string | undefined): Promise<Row> {
  const instances = await database.find("wf_instance", {
    where: { number, ...(bureau === undefined ? {} : { bureau }) },
    columns: ["id"],
  });
  const rows = await database.find("wf_archive", {
    where: { instance: { in: instances.map(({ id }) => String(id)) } },
  });
  const [row, ...others] = rows;
  if (!row) throw new UsageError(t("archive.none", { number }));
  if (others.length > 0)
    throw new UsageError(t("archive.several", { number, bureaus: rows.map((each) => each["bureau"]).join(", ") }));
  return row;
}

function lineOf({ kind, path }: PackageFault): string {
  return t(`archive.fault.${kind}`, path === undefined ? {} : { path });
}
