import { type Log, silent } from "@jinshui/bus";
import type { CollectionDefinition, FormatDefinition, Handlers, StorageApi } from "@jinshui/contracts";
import type { Access } from "../access.js";
import { AuditTrail } from "../audit/trail.js";
import { Backfills } from "../backfill/backfills.js";
import type { Database } from "../database/database.js";
import { fileHandlers } from "../files/file-handlers.js";
import type { FileStore } from "../files/file-store.js";
import { type TransferLimits, transferLimits } from "../transfer/limits.js";
import { Transfers } from "../transfer/transfers.js";
import { recordHolds } from "./attachments.js";
import type { Storage } from "./caller.js";
import { tableOf } from "./columns.js";
import { checkDataVersion, FIRST, noteDataVersion } from "./data-version.js";
import { Formats } from "./formats.js";
import { readOperations } from "./operations-read.js";
import { transferOperations } from "./operations-transfer.js";
import { writeOperations } from "./operations-write.js";
import { CollectionRegistry, collectionsOf } from "./registry.js";
import { SerialNumbers } from "./serial-numbers.js";

/** The storage API: rights of every call are plugin ∩ person ∩ bureau ∩ row ∩ field, checked here and nowhere else. */
export class StorageService implements Storage {
  readonly collections = new CollectionRegistry();
  readonly formats = new Formats();
  readonly numbers: SerialNumbers;
  readonly trail: AuditTrail;
  readonly handlers: Handlers<StorageApi>;
  readonly #backfills: Backfills;
  readonly #transfers: Transfers;

  constructor(
    readonly database: Database,
    readonly access: Access,
    readonly files: FileStore,
    log: Log = silent,
    readonly limits: TransferLimits = transferLimits(),
  ) {
    this.#backfills = new Backfills(database, log);
    this.numbers = new SerialNumbers(database);
    this.#transfers = new Transfers(this, limits, log);
    this.trail = new AuditTrail(database, log);
    files.canRead = recordHolds(this);
    this.handlers = {
      ...readOperations(this),
      ...writeOperations(this),
      ...transferOperations(this, this.#transfers),
      ...fileHandlers(this),
    };
  }

  /**
   * @throws JinshuiError `conflict` for collections that what is stored could not be brought to, and for data that a newer
   * version of the plugin has written and this one can't read. Changes nothing.
   */
  async checkCollections(plugin: string, definitions: CollectionDefinition[], data = FIRST): Promise<void> {
    await checkDataVersion(this.database, plugin, data);
    await this.database.checkTables(definitions.map((definition) => tableOf(plugin, definition)));
  }

  /**
   * Makes a plugin's formats and collections known and their tables exist. Records that are there already are brought to what
   * the definitions say afterwards, in the background.
   * @throws JinshuiError `conflict` as `checkCollections` does.
   */
  async ensureCollections(
    plugin: string,
    definitions: CollectionDefinition[],
    formats: readonly FormatDefinition[] = [],
    data = FIRST,
  ): Promise<void> {
    await checkDataVersion(this.database, plugin, data);
    this.formats.set(plugin, formats);
    const collections = collectionsOf(plugin, definitions, this.formats);
    this.collections.check(collections);
    await this.database.ensureTables(
      collections.flatMap(({ table, search }) => [table, ...(search ? [search.table] : [])]),
    );
    await noteDataVersion(this.database, plugin, data);
    this.collections.set(plugin, collections);
    await this.#backfills.set(plugin, collections);
    await this.#transfers.resume();
  }

  /** Resolves when all records are what the definitions say. */
  backfilled(): Promise<void> {
    return this.#backfills.settled();
  }

  /** Resolves when no import or export waits or goes on. */
  transferred(): Promise<void> {
    return this.#transfers.settled();
  }

  /** Ends what goes on in the background; the next start goes on with it. */
  async stop(): Promise<void> {
    await Promise.all([this.#backfills.stop(), this.#transfers.stop()]);
  }
}
