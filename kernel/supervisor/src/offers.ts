import type { PluginOperations } from "@jinshui/contracts";
import type { PluginContent } from "@jinshui/contracts/plugin-folder";
import type { Supervisor } from "./supervisor.js";

/** What the plugins of a bureau offer to others, by their files. */
export function offersIn(
  supervisor: Pick<Supervisor, "enabledPlugins" | "releaseIn">,
  bureau: string,
): PluginOperations[] {
  return supervisor.enabledPlugins(bureau).flatMap((id) => {
    const content = supervisor.releaseIn(id, bureau)?.content;
    return content ? [offersOf(id, content)] : [];
  });
}

function offersOf(id: string, { manifest, collections, schemas }: PluginContent): PluginOperations {
  const ops = Object.entries(manifest.provides?.ops ?? {}).flatMap(([name, { v: version, effect, permission }]) => {
    const schema = schemas[name];
    return schema ? [[name, { version, effect, ...(permission === undefined ? {} : { permission }), ...schema }]] : [];
  });
  return {
    id,
    title: manifest.title,
    permissions: manifest.contributes.permissions ?? [],
    collections: collections.map(({ name, title }) => ({ name, title })),
    ops: Object.fromEntries(ops) as PluginOperations["ops"],
  };
}
