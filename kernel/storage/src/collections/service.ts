import { type Log, silent } from "@jinshui/bus";
import type { CollectionDefinition, DataVersion, FormatDefinition, Handlers, StorageApi } from "@jinshui/contracts";
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
import { CollectionRegistry, collectionsOf, type Defined, tablesOf } from "./registry.js";
import { SerialNumbers } from "./serial-numbers.js";

/** What a version of a plugin keeps, and the bureaus that have this version; absent: all that no other version names. */
export interface PluginData {
  collections: CollectionDefinition[];
  formats?: readonly FormatDefinition[];
  data?: DataVersion;
  bureaus?: readonly string[];
}

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
    files.letRead(recordHolds(this));
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
  async checkCollections(plugin: string, { collections, data = FIRST, bureaus }: PluginData): Promise<void> {
    await checkDataVersion(this.database, plugin, data, bureaus);
    await this.database.checkTables(collections.map((definition) => tableOf(plugin, definition)));
  }

  /**
   * Makes a plugin's formats and collections known and their tables exist: of all its versions that are in use, the newest
   * last. Records that are there already are brought to what the newest says afterwards, in the background.
   * @throws JinshuiError `conflict` as `checkCollections` does.
   */
  async deploy(plugin: string, versions: readonly PluginData[]): Promise<void> {
    for (const { data = FIRST, bureaus } of versions) await checkDataVersion(this.database, plugin, data, bureaus);
    const defined = versions.map(({ collections, formats = [], bureaus }): Defined => {
      this.formats.set(plugin, formats);
      return { collections: collectionsOf(plugin, collections, this.formats), ...(bureaus ? { bureaus } : {}) };
    });
    for (const { collections } of defined) this.collections.check(collections);
    await this.database.ensureTables(tablesOf(defined));
    for (const { data = FIRST, bureaus } of versions) await noteDataVersion(this.database, plugin, data, bureaus);
    this.collections.set(plugin, defined);
    await this.#backfills.set(plugin, this.collections.of(plugin));
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
