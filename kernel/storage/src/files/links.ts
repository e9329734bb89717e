import { JinshuiError } from "@jinshui/contracts";
import type { Reader } from "../database/database.js";
import type { Transaction } from "../database/transaction.js";

/** A field of a record that holds a file. */
export interface FileLink {
  bureau: string;
  file: string;
  /** `<plugin>.<collection>`. */
  collection: string;
  record: string;
  field: string;
}

/** Ties a file of the bureau to a record; once is as good as twice. The file's row is locked: the sweep may be at it. */
export async function insertLink(tx: Transaction, { bureau, file, ...place }: FileLink): Promise<void> {
  const row = await tx.findOneForUpdate("file", { id: file, bureau });
  if (!row) throw new JinshuiError("not-found", `There is no file ${file}`, { details: { file } });
  if (await tx.findOne("file_link", { file, ...place })) return;
  await tx.insert("file_link", { bureau, file, ...place, at: tx.time });
  await tx.update("file", { id: file }, { unlinked_at: null });
}

/** Unties it; without another record it goes a day later. */
export async function removeLink(tx: Transaction, { bureau, file, ...place }: FileLink): Promise<void> {
  await tx.findOneForUpdate("file", { id: file, bureau });
  await tx.remove("file_link", { bureau, file, ...place });
  if ((await tx.count("file_link", { file })) === 0)
    await tx.update("file", { id: file, bureau }, { unlinked_at: tx.time });
}

/** The records a file is tied to. */
export async function linksOf(reader: Reader, file: string): Promise<FileLink[]> {
  const rows = await reader.find("file_link", { where: { file }, orderBy: ["collection", "record", "field"] });
  return rows.map((row) => ({
    bureau: String(row["bureau"]),
    file,
    collection: String(row["collection"]),
    record: String(row["record"]),
    field: String(row["field"]),
  }));
}
