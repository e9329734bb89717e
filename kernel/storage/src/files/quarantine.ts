import { type ActorRef, JinshuiError, type QuarantinedFile } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import type { Row } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";
import { afterCursor, cursorAfter, DEFAULT_LIMIT } from "../page.js";
import type { BlobFolder } from "./blob-folder.js";

const ORDER = ["-stored_at", "sha256"];

/** Who decides on a file in quarantine, for which bureaus, and why. */
interface Decision {
  bureaus: readonly string[];
  actor: ActorRef;
  reason: string;
  trace: string;
}

/** Contents in which the scanner found a virus: nobody gets them until an administrator has looked. */
export class Quarantine {
  constructor(
    readonly database: Database,
    readonly folder: BlobFolder,
  ) {}

  /** Files of these bureaus, by their contents, newest first; a page is so many contents with all their files. */
  async list(
    bureaus: readonly string[],
    { limit = DEFAULT_LIMIT, cursor }: { limit?: number; cursor?: string },
  ): Promise<{ files: QuarantinedFile[]; nextCursor?: string }> {
    const infected = { state: "infected" };
    const blobs = await this.database.find("file_blob", {
      where: cursor === undefined ? infected : { and: [infected, afterCursor(cursor, ORDER)] },
      orderBy: ORDER,
      limit: limit + 1,
    });
    const page = blobs.slice(0, limit);
    const rows = await this.database.find("file", {
      where: { sha256: { in: page.map(({ sha256 }) => String(sha256)) }, bureau: { in: [...bureaus] } },
      orderBy: ["-created_at", "id"],
    });
    const last = page.at(-1);
    return {
      files: page.flatMap((blob) => rows.filter(({ sha256 }) => sha256 === blob["sha256"]).map(described(blob))),
      ...(blobs.length > limit && last ? { nextCursor: cursorAfter(last, ORDER) } : {}),
    };
  }

  /** Lets a content out that was taken for a virus by mistake; whoever might read its files before may again. */
  async release(file: string, decision: Decision): Promise<void> {
    await this.#decide(file, decision, "file.release", async (tx, sha256) => {
      // nothing serves it before the commit, and the next start puts it back when that fails
      await this.folder.release(sha256);
      await tx.update("file_blob", { sha256 }, { state: "clean" });
    });
  }

  /**
   * Removes a content for good. Its files keep their names in the records that hold them, and the same content is still refused
   * at the door.
   */
  async remove(file: string, decision: Decision): Promise<void> {
    await this.#decide(file, decision, "file.destroy", async (tx, sha256) => {
      await this.folder.remove(sha256);
      await tx.update("file_blob", { sha256 }, { state: "removed" });
    });
  }

  /** @throws JinshuiError `not-found`, `forbidden` when others' bureaus hold the same content. */
  async #decide(
    file: string,
    { bureaus, actor, reason, trace }: Decision,
    action: string,
    work: (tx: Transaction, sha256: string) => Promise<void>,
  ): Promise<void> {
    await this.database.transaction(
      async (tx) => {
        const known = await tx.findOne("file", { id: file, bureau: { in: [...bureaus] } });
        const sha256 = String(known?.["sha256"]);
        const blob = await tx.findOneForUpdate("file_blob", { sha256 });
        if (!known || blob?.["state"] !== "infected")
          throw new JinshuiError("not-found", `There is no file ${file} in quarantine`, { details: { file } });
        const files = await tx.find("file", { where: { sha256 } });
        const other = files.find(({ bureau }) => !bureaus.includes(String(bureau)));
        if (other)
          throw new JinshuiError("forbidden", `Another bureau has a file with the content of ${file} as well`, {
            details: { file },
          });
        await work(tx, sha256);
        for (const { id, bureau, name } of files) {
          tx.audit({
            bureau: String(bureau),
            actor,
            action,
            resource: `file/${String(id)}`,
            before: { state: "infected", signature: blob["signature"] },
            after: { name, sha256, reason },
            trace,
          });
        }
      },
      // to free space is what may be wanted
      { essential: true },
    );
  }
}

const described =
  ({ signature }: Row) =>
  (row: Row): QuarantinedFile => ({
    file: String(row["id"]),
    bureau: String(row["bureau"]),
    name: String(row["name"]),
    size: Number(row["size"]),
    sha256: String(row["sha256"]),
    signature: String(signature),
    uploadedBy: String(row["created_by"]),
    uploadedAt: String(row["created_at"]),
  });
