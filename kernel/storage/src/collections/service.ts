import type { CollectionDefinition, FormatDefinition, Handlers, StorageApi } from "@jinshui/contracts";
import type { Access } from "../access.js";
import type { Database } from "../database/database.js";
import { fileHandlers } from "../files/file-handlers.js";
import type { FileStore } from "../files/file-store.js";
import { recordHolds } from "./attachments.js";
import type { Storage } from "./caller.js";
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
  readonly handlers: Handlers<StorageApi>;

  constructor(
    readonly database: Database,
    readonly access: Access,
    readonly files: FileStore,
  ) {
    this.numbers = new SerialNumbers(database);
    files.canRead = recordHolds(this);
    this.handlers = {
      ...readOperations(this),
      ...writeOperations(this),
      ...transferOperations(this),
      ...fileHandlers(this),
    };
  }

  /** Makes a plugin's formats and collections known and their tables exist. */
  async ensureCollections(
    plugin: string,
    definitions: CollectionDefinition[],
    formats: readonly FormatDefinition[] = [],
  ): Promise<void> {
    this.formats.set(plugin, formats);
    const collections = collectionsOf(plugin, definitions, this.formats);
    this.collections.check(collections);
    await this.database.ensureTables(collections.map(({ table }) => table));
    this.collections.set(plugin, collections);
  }
}
