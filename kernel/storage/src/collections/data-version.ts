import { type DataVersion, JinshuiError } from "@jinshui/contracts";
import type { Database, Reader } from "../database/database.js";

/** What a plugin that does not say has. */
export const FIRST: DataVersion = { version: 1, readableFrom: 1 };

/** @throws JinshuiError `conflict` when a newer version of the plugin has written what this one can't read. */
export async function checkDataVersion(reader: Reader, plugin: string, { version }: DataVersion): Promise<void> {
  const known = await reader.findOne("plugin_data", { plugin });
  const readableFrom = Number(known?.["readable_from"] ?? 1);
  if (version >= readableFrom) return;
  const written = Number(known?.["version"]);
  throw new JinshuiError(
    "conflict",
    `The data of ${plugin} is of version ${written} and can be read from version ${readableFrom} on; this version of the ` +
      `plugin knows ${version}. Install a newer one, or restore a backup from before the upgrade`,
    { details: { plugin, version, written, readableFrom } },
  );
}

/** Notes which data a plugin is about to write; what an older version of it brings does not count back. */
export async function noteDataVersion(
  database: Database,
  plugin: string,
  { version, readableFrom }: DataVersion,
): Promise<void> {
  const known = await database.findOne("plugin_data", { plugin });
  if (known && Number(known["version"]) >= version && Number(known["readable_from"]) >= readableFrom) return;
  await database.transaction(
    async (tx) => {
      const row = await tx.findOneForUpdate("plugin_data", { plugin });
      const newest = {
        version: Math.max(version, Number(row?.["version"] ?? 1)),
        readable_from: Math.max(readableFrom, Number(row?.["readable_from"] ?? 1)),
        at: tx.time,
      };
      if (row) await tx.update("plugin_data", { plugin }, newest);
      else await tx.insertUnlessRaced("plugin_data", { plugin, ...newest });
    },
    { essential: true },
  );
}
