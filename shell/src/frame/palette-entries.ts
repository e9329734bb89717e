import { type Contributions, type DefinitionSummary, type Profile, workflowApi } from "@jinshui/contracts";
import { announce, client, local, pageAddress, t } from "@jinshui/web";
import { navigation } from "./nav-items.js";
import type { PaletteEntry } from "./palette-search.js";
import { pluginExport, type ShownPlugin } from "./plugin-module.js";
import { go } from "./router.js";

type Command = ShownPlugin["commands"][number];

/** What a plugin's command is called with. */
interface CommandContext {
  /** Goes to another page of the shell. */
  go: typeof go;
  /** Says in a line that something was done. */
  announce: typeof announce;
}

/** Everything that a person can go to, start, or have done from anywhere. */
export function paletteEntries(
  profile: Profile | undefined,
  contributions: Contributions,
  federated: boolean,
  startable: readonly DefinitionSummary[],
): PaletteEntry[] {
  const pages = navigation(profile, contributions, federated).flatMap(([group, items]) =>
    items.map(({ path, title }) => entry(path, title, t(`group.${group}`), () => go(path))),
  );
  const account = entry("/account", t("nav.account"), t("frame.me"), () => go("/account"));
  const starts = startable.map(({ id, title }) =>
    entry(`start ${id}`, t("start.title", { title: local(title) }), t("nav.start"), () => go(`/start/${id}`)),
  );
  const commands = contributions.plugins.flatMap((plugin) =>
    plugin.commands.flatMap((command): PaletteEntry[] => {
      const act = actOf(plugin, command, startable);
      if (!act) return [];
      const key = `${plugin.id} ${command.id}`;
      return [{ ...entry(key, local(command.title), local(plugin.title), act), keywords: command.keywords ?? [] }];
    }),
  );
  return [...commands, ...pages, account, ...starts];
}

function entry(key: string, title: string, hint: string, act: PaletteEntry["act"]): PaletteEntry {
  return { key, title, hint, keywords: [], act };
}

/** What a command does; nothing for one that starts what this person may not. */
function actOf(
  plugin: ShownPlugin,
  { view, query, process, run }: Command,
  startable: readonly DefinitionSummary[],
): PaletteEntry["act"] | undefined {
  if (view !== undefined) return () => go(pageAddress(`/p/${plugin.id}/${view}`, query ?? {}));
  if (process !== undefined) {
    const definition = startable.find(({ plugin: owner, key }) => owner === plugin.id && key === process);
    return definition && (() => go(`/start/${definition.id}`));
  }
  if (run === undefined) return undefined;
  return async () => {
    const work = await pluginExport<(context: CommandContext) => unknown>(plugin, run);
    await work({ go, announce });
  };
}

/** What the person may start; none while it can't be told. */
export async function readStartable(): Promise<DefinitionSummary[]> {
  const found = await client(workflowApi)
    .definitions({ startable: true, limit: 200 })
    .catch(() => undefined);
  return found?.definitions ?? [];
}
