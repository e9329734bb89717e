import { type DataVersion, JinshuiError } from "@jinshui/contracts";
import type { Database, Reader } from "../database/database.js";

/** What a plugin that does not say has. */
export const FIRST: DataVersion = { version: 1, readableFrom: 1 };
/** Bureaus may have different versions of a plugin, each with records of its own; this one stands for all. */
const ALL = ["*"];

/** @throws JinshuiError `conflict` when a newer version of the plugin has written what this one can't read, in one of the bureaus. */
export async function checkDataVersion(
  reader: Reader,
  plugin: string,
  { version }: DataVersion,
  bureaus: readonly string[] = ALL,
): Promise<void> {
  const [known] = await reader.find("plugin_data_version", {
    where: { plugin, bureau: { in: [...new Set([...bureaus, ...ALL])] }, readable_from: { gt: version } },
    orderBy: ["-readable_from"],
    limit: 1,
  });
  if (!known) return;
  const [written, readableFrom] = [Number(known["version"]), Number(known["readable_from"])];
  throw new JinshuiError(
    "conflict",
    `The data of ${plugin} is of version ${written} and can be read from version ${readableFrom} on; this version of the ` +
      `plugin knows ${version}. Install a newer one, or restore a backup from before the upgrade`,
    { details: { plugin, version, written, readableFrom } },
  );
}

/** Notes which data a plugin is about to write in bureaus; what an older version of it brings does not count back. */
export async function noteDataVersion(
  database: Database,
  plugin: string,
  data: DataVersion,
  bureaus: readonly string[] = ALL,
): Promise<void> {
  for (const bureau of bureaus) await noteIn(database, plugin, bureau, data);
}

async function noteIn(
  database: Database,
  plugin: string,
  bureau: string,
  { version, readableFrom }: DataVersion,
): Promise<void> {
  const known = await database.findOne("plugin_data_version", { plugin, bureau });
  if (known && Number(known["version"]) >= version && Number(known["readable_from"]) >= readableFrom) return;
  await database.transaction(
    async (tx) => {
      const row = await tx.findOneForUpdate("plugin_data_version", { plugin, bureau });
      const newest = {
        version: Math.max(version, Number(row?.["version"] ?? 1)),
        readable_from: Math.max(readableFrom, Number(row?.["readable_from"] ?? 1)),
        at: tx.time,
      };
      if (row) await tx.update("plugin_data_version", { plugin, bureau }, newest);
      else await tx.insertUnlessRaced("plugin_data_version", { plugin, bureau, ...newest });
    },
    { essential: true },
  );
}
