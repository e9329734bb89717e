import { readdir, rm, stat } from "node:fs/promises";
import type { Database } from "../database/database.js";
import type { BlobFolder } from "./blob-folder.js";
import type { Tickets } from "./tickets.js";

const HOUR_MS = 3_600_000;
/** Files no record refers to. */
const UNLINKED_MS = 24 * HOUR_MS;
/** Infected ones are evidence, and what was removed of them is to be known again. */
const QUARANTINE_MS = 30 * 24 * HOUR_MS;
/** Uploads nobody goes on with; finished ones are remembered as long for whoever lost the answer. */
export const UPLOAD_LIFE_MS = 24 * HOUR_MS;
/** What lies on the disk without a row may be just coming. */
const GRACE_MS = HOUR_MS;

interface Swept {
  database: Database;
  folder: BlobFolder;
  tickets: Tickets;
}

/** Removes what nobody needs: files without a record, uploads left off, tickets, and what a crash left on the disk. */
export async function sweepFiles(swept: Swept): Promise<void> {
  await swept.tickets.sweep();
  await unlinkedFiles(swept);
  await oldUploads(swept);
  await leftovers(swept);
}

async function unlinkedFiles({ database, folder }: Swept): Promise<void> {
  let last = "";
  for (;;) {
    const rows = await database.find("file", {
      where: { unlinked_at: { lt: ago(UNLINKED_MS) }, id: { gt: last } },
      orderBy: ["id"],
      limit: 200,
    });
    for (const { id, sha256 } of rows) await removeUnlinked(database, folder, String(id), String(sha256));
    if (rows.length < 200) return;
    last = String(rows.at(-1)?.["id"]);
  }
}

async function removeUnlinked(database: Database, folder: BlobFolder, id: string, sha256: string): Promise<void> {
  const gone = await database.transaction(
    async (tx) => {
      // the content first, as in uploads: two that lock the same rows in another order would wait for each other
      const blob = await tx.findOneForUpdate("file_blob", { sha256 });
      const file = await tx.findOneForUpdate("file", { id });
      const limit = ["infected", "removed"].includes(String(blob?.["state"])) ? QUARANTINE_MS : UNLINKED_MS;
      if (!file || file["unlinked_at"] === undefined || String(file["unlinked_at"]) >= ago(limit)) return false;
      await tx.remove("file", { id });
      if ((await tx.count("file", { sha256 })) > 0) return false;
      await tx.remove("file_blob", { sha256 });
      return true;
    },
    { essential: true },
  );
  if (gone) await removeOrphan(database, folder, sha256);
}

/** Removes a content without a row, holding the place of that row meanwhile so that the same content can't come in. */
async function removeOrphan(database: Database, folder: BlobFolder, sha256: string): Promise<void> {
  await database.transaction(
    async (tx) => {
      if (await tx.findOneForUpdate("file_blob", { sha256 })) return;
      await tx.insert("file_blob", { sha256, size: 0, state: "removing", stored_at: tx.time });
      await folder.remove(sha256);
      await tx.remove("file_blob", { sha256 });
    },
    { essential: true },
  );
}

async function oldUploads({ database, folder }: Swept): Promise<void> {
  const rows = await database.find("file_upload", {
    where: { touched_at: { lt: ago(UPLOAD_LIFE_MS) } },
    columns: ["id"],
    limit: 1_000,
  });
  for (const { id } of rows) {
    await database.transaction((tx) => tx.remove("file_upload", { id: String(id) }), { essential: true });
    await rm(folder.incoming(String(id)), { force: true });
  }
}

/** Once a crash has cut something off: halves of uploads, contents whose row was never written. */
async function leftovers({ database, folder }: Swept): Promise<void> {
  for (const name of await readdir(folder.incoming(""))) {
    const path = folder.incoming(name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs > Date.now() - GRACE_MS || (await database.findOne("file_upload", { id: name }))) continue;
    await rm(path, { force: true });
  }
  for await (const { sha256, at } of folder.stored()) {
    if (at > Date.now() - GRACE_MS || (await database.findOne("file_blob", { sha256 }))) continue;
    const file = await database.findOne("file", { sha256 });
    if (file) await adopt(database, sha256, Number(file["size"]));
    else await removeOrphan(database, folder, sha256);
  }
}

/** Files of an older kernel have no row for their content. */
async function adopt(database: Database, sha256: string, size: number): Promise<void> {
  await database.transaction((tx) => tx.insert("file_blob", { sha256, size, state: "unscanned", stored_at: tx.time }), {
    essential: true,
  });
}

function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}
