import {
  type Handlers,
  JinshuiError,
  type PluginStatus,
  type SettingsSchema,
  type SupervisorApi,
} from "@jinshui/contracts";
import type { Administration } from "../administration.js";
import type { Supervisor } from "../supervisor.js";
import type { Place } from "./plugin-settings.js";

/** What people set of plugins. */
export function settingsHandlers(
  supervisor: Supervisor,
  { administrator, requireBureaus }: Administration,
): Pick<Handlers<SupervisorApi>, "settings" | "setSettings"> {
  return {
    async settings({ plugin, bureau }, context) {
      requireBureaus(await administrator(context), [bureau]);
      const place = { plugin, bureau };
      const { release, schema } = schemaIn(supervisor, place);
      return supervisor.settings.shown(place, release, schema);
    },

    async setSettings({ plugin, bureau, secrets = {}, ...change }, context) {
      const actor = await administrator(context);
      requireBureaus(actor, [bureau]);
      const place = { plugin, bureau };
      const by = { id: actor.id, name: actor.name };
      const about = { ...schemaIn(supervisor, place), by, trace: context.traceId };
      const shown = await supervisor.options.database.transaction((tx) =>
        supervisor.settings.set(tx, place, about, { ...change, secrets }),
      );
      await Promise.all(supervisor.runners(plugin).map((runner) => runner.tellSettings(bureau)));
      return shown;
    },
  };
}

/** Whether what is set of a plugin in a bureau fits the version there; nothing for one without settings. */
export async function settingsIn(
  supervisor: Supervisor,
  place: Place,
): Promise<Pick<PluginStatus["bureaus"][number], "settings">> {
  const schema = releaseIn(supervisor, place)?.content?.settings;
  if (!schema) return {};
  const { problems } = await supervisor.settings.delivered(place, schema);
  return { settings: problems.length === 0 ? "fit" : "unfit" };
}

function releaseIn(supervisor: Supervisor, { plugin, bureau }: Place): ReturnType<Supervisor["releaseIn"]> {
  return supervisor.releaseIn(plugin, bureau) ?? supervisor.releases.get(plugin);
}

function schemaIn(supervisor: Supervisor, place: Place): { release: string; schema: SettingsSchema } {
  const found = releaseIn(supervisor, place);
  if (!found?.content?.settings)
    throw new JinshuiError("not-found", `${place.plugin} has no settings`, { details: { plugin: place.plugin } });
  return { release: found.version, schema: found.content.settings };
}
