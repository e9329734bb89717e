import type { CollectionDefinition, LocalText } from "@jinshui/contracts";
import { tableOf } from "../collections/columns.js";
import type { Database } from "../database/database.js";
import { removeLink } from "../files/links.js";
import { searchIndexOf } from "../search/search-index.js";

/** How much a bureau has in a collection, what was removed and can be restored included. */
export interface Stored {
  /** `<plugin>.<collection>`. */
  collection: string;
  title: LocalText;
  records: number;
}

/** What a bureau has stored in collections of a plugin, whether that runs or not. */
export async function countStored(
  database: Database,
  plugin: string,
  collections: readonly CollectionDefinition[],
  bureau: string,
): Promise<Stored[]> {
  const counted: Stored[] = [];
  for (const definition of collections) {
    const table = tableOf(plugin, definition);
    await database.ensureTables([table]);
    const records = await database.count(table.name, { bureau });
    counted.push({ collection: `${plugin}.${definition.name}`, title: definition.title, records });
  }
  return counted;
}

/**
 * Removes up to `limit` records of a bureau for good, each with its words in the search and its ties to files; how many. Numbers that
 * were given stay given, and the audit trail keeps what it has.
 */
export async function purgeSome(
  database: Database,
  plugin: string,
  definition: CollectionDefinition,
  bureau: string,
  limit: number,
): Promise<number> {
  const table = tableOf(plugin, definition);
  const search = searchIndexOf(table.name, definition)?.table;
  await database.ensureTables(search ? [table, search] : [table]);
  return database.transaction(
    async (tx) => {
      const rows = await tx.find(table.name, { where: { bureau }, columns: ["id"], orderBy: ["id"], limit });
      const ids = rows.map(({ id }) => String(id));
      if (ids.length === 0) return 0;
      const collection = `${plugin}.${definition.name}`;
      const links = await tx.find("file_link", { where: { collection, record: { in: ids } } });
      for (const link of links)
        await removeLink(tx, {
          bureau,
          collection,
          file: String(link["file"]),
          record: String(link["record"]),
          field: String(link["field"]),
        });
      if (search) await tx.remove(search.name, { record: { in: ids } });
      return tx.remove(table.name, { bureau, id: { in: ids } });
    },
    { essential: true },
  );
}
