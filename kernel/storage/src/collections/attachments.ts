import { isJinshuiError, JinshuiError } from "@jinshui/contracts";
import type { Transaction } from "../database/transaction.js";
import type { CanRead } from "../files/file-store.js";
import type { Storage } from "./caller.js";
import type { Collection } from "./registry.js";
import { fieldRights, rowScope, standing, type Standing } from "./rights.js";

/** Files as records hold them. */
export type Attachments = Pick<Storage["files"], "readFor" | "link" | "unlink">;

/** Whoever may see the field of a record may read the files it holds. */
export function recordHolds({ access, collections }: Pick<Storage, "access" | "collections">): CanRead {
  return async (call, link, reader) => {
    const collection = collections.of(undefined, link.bureau).find(({ id }) => id === link.collection);
    if (!collection || !rowScope(call, collection, "read")) return false;
    const caller = { bureau: link.bureau, caller: call.plugin ?? "" };
    const { reach } = standing(access, collection, call, caller, "read", "all");
    if (fieldRights(collection, call).hidden.has(link.field)) return false;
    const where = { and: [reach, { id: link.record, live: true }] };
    return (await reader.findOne(collection.table.name, where)) !== undefined;
  };
}

/**
 * Ties the files of a record to it, and unties those it no longer holds. A removed record keeps its own: it may come back.
 * @throws JinshuiError `invalid-request` for a file the caller could not read without the record.
 */
export async function tieAttachments(
  tx: Transaction,
  files: Attachments,
  { collection, call }: Standing,
  { id, bureau }: { id: string; bureau: string },
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Promise<void> {
  for (const [field, { type }] of Object.entries(collection.definition.fields)) {
    if (type !== "attachments" || !(field in after)) continue;
    const link = { bureau, collection: collection.id, record: id, field };
    const [had, has] = [idsIn(before[field]), idsIn(after[field])];
    for (const file of has.filter((candidate) => !had.includes(candidate))) {
      await files.readFor(call, file, bureau, tx).catch(notThere(collection, field));
      await files.link(tx, { ...link, file });
    }
    for (const file of had.filter((candidate) => !has.includes(candidate))) await files.unlink(tx, { ...link, file });
  }
}

function idsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function notThere({ id, definition }: Collection, field: string): (error: unknown) => never {
  return (error) => {
    if (!isJinshuiError(error) || error.code !== "not-found") throw error;
    throw new JinshuiError("invalid-request", `${id}: ${field} refers to a file that is not there`, {
      details: { fields: [{ field, title: definition.fields[field]?.title, code: "reference" }] },
      cause: error,
    });
  };
}
