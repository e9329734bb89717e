import type { Bus } from "@jinshui/bus";
import type { PluginManifest } from "@jinshui/contracts";
import type { Database, StorageService } from "@jinshui/storage";
import type { Definitions } from "@jinshui/workflow";
import { registerDeliveries } from "./deliveries.js";
import type { Placement } from "./wanted.js";

/** What takes the data of plugins. */
export interface Recipients {
  database: Database;
  bus: Bus;
  storage: StorageService;
  definitions: Definitions | undefined;
}

/** Hands what a plugin's versions bring, the oldest first, to storage, workflow and the bus. */
export async function deployVersions(
  { database, bus, storage, definitions }: Recipients,
  id: string,
  wanted: readonly Placement[],
): Promise<void> {
  const versions = wanted.flatMap(({ plugin: { content }, bureaus }) => (content ? [{ content, bureaus }] : []));
  await storage.deploy(
    id,
    versions.map(({ content: { collections, formats, manifest }, bureaus }) => ({
      collections,
      formats,
      bureaus,
      ...(manifest.data ? { data: manifest.data } : {}),
    })),
  );
  await definitions?.deployPlugin(
    id,
    versions.map(({ content: { processes, forms, manifest }, bureaus }) => ({
      processes,
      forms,
      jobs: manifest.contributes.jobs ?? [],
      bureaus,
    })),
  );
  const manifests = versions.map(({ content }): PluginManifest => content.manifest);
  await registerDeliveries(database, bus, id, manifests);
}
