import {
  type Contributions,
  type Handlers,
  JinshuiError,
  type PluginStatus,
  type SupervisorApi,
} from "@jinshui/contracts";
import { pinyinOf } from "@jinshui/storage";
import { administrationOf } from "./administration.js";
import { assetUrl } from "./installed-plugin.js";
import { packageHandlers } from "./packages/handlers.js";
import type { PackageIntake } from "./packages/intake.js";
import { offersIn } from "./offers.js";
import { pointHandlers, requireOp } from "./points/point-handlers.js";
import { failedSchedulesIn, scheduleHandlers } from "./schedules/schedule-handlers.js";
import { settingsHandlers, settingsIn } from "./settings/settings-handlers.js";
import type { Supervisor } from "./supervisor.js";

/** A request waits so long for a plugin that is just being started or exchanged. */
const ROUTE_WAIT_MS = 5_000;

/** The supervisor API; `intake` where the site takes packages. */
export function supervisorHandlers(supervisor: Supervisor, intake?: PackageIntake): Handlers<SupervisorApi> {
  const { access, organisation } = supervisor.options.auth;
  const administration = administrationOf(supervisor.options.auth);
  const { actorOf, administrator, bureausOf } = administration;

  const status = async (id: string, bureaus: string[], withLog = false): Promise<PluginStatus> => {
    const plugin = supervisor.releases.require(id);
    const runner = supervisor.runner(id);
    const versionsIn = (
      bureau: string,
    ): Pick<PluginStatus["bureaus"][number], "version" | "previous" | "rolledBack"> => {
      const { previous, rolledBack } = supervisor.wanted.versions.of(bureau, id) ?? {};
      return {
        version: supervisor.releaseIn(id, bureau)?.version ?? plugin.version,
        ...(previous === undefined ? {} : { previous }),
        ...(rolledBack ? { rolledBack } : {}),
      };
    };
    const state = supervisor.stateOf(id);
    const problem = supervisor.problemOf(id);
    const manifest = plugin.content?.manifest;
    const inBureaus = bureaus.map(async (bureau) => ({
      bureau,
      title: organisation.bureau(bureau)?.title ?? { "zh-CN": bureau },
      ...supervisor.wanted.desired.of(bureau, id),
      ...versionsIn(bureau),
      ...(await settingsIn(supervisor, { plugin: id, bureau })),
      ...(await failedSchedulesIn(supervisor, { plugin: id, bureau })),
    }));
    return {
      id,
      version: plugin.version,
      title: manifest?.title ?? { "zh-CN": id },
      ...(manifest?.description ? { description: manifest.description } : {}),
      state,
      bureaus: await Promise.all(inBureaus),
      versions: supervisor.releases.versions(id).map((each) => {
        const {
          version,
          packaged,
          problems: [first],
        } = each;
        const trial = supervisor.options.trials?.of(each);
        const release = packaged === true ? intake?.store.release(id, version) : undefined;
        return {
          version,
          folder: packaged !== true,
          ...(first ? { problem: `${first.file}: ${first.message}` } : {}),
          ...(trial ? { trial } : {}),
          ...(release
            ? {
                installed: {
                  sha256: release.sha256,
                  at: release.installedAt,
                  by: release.installedBy,
                  ...(release.signedBy === undefined ? {} : { signedBy: release.signedBy }),
                },
              }
            : {}),
        };
      }),
      restarts: runner?.state.restarts ?? 0,
      ...(runner?.process && state === "running" ? { startedAt: runner.process.startedAt } : {}),
      ...(runner?.process?.pid === undefined || state !== "running" ? {} : { pid: runner.process.pid }),
      ...(runner?.memoryMb === undefined || state !== "running" ? {} : { memoryMb: runner.memoryMb }),
      ...(runner?.protection && state === "running" ? { protection: runner.protection } : {}),
      ...(problem === undefined || state === "running" ? {} : { problem }),
      ...(withLog || state === "failed" || state === "quarantined"
        ? { log: runner?.process?.log.slice(-40) ?? [] }
        : {}),
    };
  };

  return {
    ...settingsHandlers(supervisor, administration),
    ...scheduleHandlers(supervisor, administration),
    ...pointHandlers(supervisor),

    async contributions(_input, context) {
      const actor = await actorOf(context);
      const plugins = supervisor.enabledPlugins(actor.bureau).flatMap((id): Contributions["plugins"] => {
        const plugin = supervisor.releaseIn(id, actor.bureau) ?? supervisor.releases.require(id);
        const manifest = plugin.content?.manifest;
        if (!manifest) return [];
        const { contributes } = manifest;
        const visible = <T extends { permission?: string }>(all: readonly T[] = []): T[] =>
          all.filter(({ permission }) => permission === undefined || actor.permissions.has(permission));
        const views = visible(contributes.views);
        const module = manifest.web ? assetUrl(plugin, manifest.web.module) : undefined;
        return [
          {
            id,
            version: plugin.version,
            title: manifest.title,
            state: supervisor.stateOf(id),
            ...(module === undefined ? {} : { module }),
            views,
            menu: (contributes.menu ?? []).filter(({ view }) => views.some(({ id: shown }) => shown === view)),
            widgets: visible(contributes.widgets),
            commands: visible(contributes.commands).filter(
              ({ view }) => view === undefined || views.some(({ id: shown }) => shown === view),
            ),
            taskForms: contributes.taskForms ?? [],
          },
        ];
      });
      return { revision: supervisor.revision, plugins };
    },

    pinyin({ texts }) {
      return Promise.resolve({ sounds: texts.map((text) => pinyinOf(text.toLowerCase())) });
    },

    async plugins({ log }, context) {
      const actor = await administrator(context);
      const bureaus = bureausOf(actor);
      await supervisor.discover();
      const isAbove = organisation.bureau(actor.bureau)?.parent === undefined;
      const catalogue = intake?.store.trust.catalogue?.href;
      return {
        plugins: await Promise.all(
          supervisor.releases
            .ids()
            .sort()
            .map((id) => status(id, bureaus, id === log)),
        ),
        ...(supervisor.options.safeMode === true ? { safeMode: true } : {}),
        ...(intake && isAbove ? { packages: catalogue === undefined ? {} : { catalogue } } : {}),
      };
    },

    async setEnabled({ plugin, bureau, enabled }, context) {
      const actor = await administrator(context);
      const bureaus = administration.requireBureaus(actor, [bureau]);
      await supervisor.setEnabled(plugin, bureau, enabled, { id: actor.id, name: actor.name }, context.traceId);
      return status(plugin, bureaus);
    },

    async setVersion({ plugin, version, bureaus }, context) {
      const actor = await administrator(context);
      const own = administration.requireBureaus(actor, bureaus);
      await supervisor.setVersion(plugin, version, bureaus, { id: actor.id, name: actor.name }, context.traceId);
      return status(plugin, own);
    },

    async restart({ plugin }, context) {
      const actor = await administrator(context);
      await supervisor.restart(plugin, actor.bureau, { id: actor.id, name: actor.name }, context.traceId);
      return status(plugin, bureausOf(actor));
    },

    async storedData({ plugin, bureau }, context) {
      administration.requireBureaus(await administrator(context), [bureau]);
      return { collections: await supervisor.purges.counts(plugin, bureau) };
    },

    async proposePurge({ plugin, bureau, name, reason }, context) {
      const actor = await administrator(context);
      administration.requireBureaus(actor, [bureau]);
      const { title } = supervisor.releases.require(plugin).content?.manifest ?? {};
      if (![plugin, title?.["zh-CN"], title?.en].includes(name.trim()))
        throw new JinshuiError("invalid-request", `"${name}" is not what the plugin is called`, {
          details: { field: "name", reason: "other-name" },
        });
      return {
        change: await supervisor.purges.propose({ plugin, bureau }, { actor, reason, key: context.idempotencyKey }),
      };
    },

    ...packageHandlers({
      supervisor,
      intake,
      administrator,
      bureausOf,
      status,
    }),

    operations(_input, { bureau }) {
      return Promise.resolve({ plugins: offersIn(supervisor, bureau) });
    },

    async route({ plugin, op }, context) {
      const { actor } = await access.resolve(context);
      const provided = requireOp(supervisor, { bureau: context.bureau, plugin, op }, actor);
      const waitMs = Math.min(ROUTE_WAIT_MS, context.deadline - performance.now() - 500);
      const state = await supervisor.settled(plugin, waitMs);
      if (state !== "running")
        throw new JinshuiError("plugin-failed", `${plugin} is ${state}`, {
          details: { plugin, state },
          retryable: true,
          retryAfterMs: 1_000,
        });
      return {
        version: provided.v,
        effect: provided.effect,
        ...(provided.permission === undefined ? {} : { permission: provided.permission }),
      };
    },
  };
}
