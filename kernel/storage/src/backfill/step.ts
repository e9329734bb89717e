import type { Collection } from "../collections/registry.js";
import type { Row, Where } from "../database/table.js";
import type { Transaction } from "../database/transaction.js";

/** Something that existing records lack after a definition, or the kernel, has changed. */
export interface BackfillStep {
  /** Its name in the journal. */
  name: string;
  /** What records must have been brought to; nothing when the collection does not need the step. */
  version(collection: Collection): string | undefined;
  /** The records that it is about. */
  where: Where;
  /**
   * Brings some records, which are locked, to that version. Must give the same result when it is done again, and leave what
   * was written by the new definition as it is.
   */
  run(tx: Transaction, collection: Collection, rows: readonly Row[]): Promise<void>;
  /** Told when all records have been brought to the version, at every start. */
  done?(collection: Collection): void;
}
