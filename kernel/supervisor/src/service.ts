import {
  type Context,
  type Contributions,
  type Handlers,
  JinshuiError,
  type PluginStatus,
  type SupervisorApi,
} from "@jinshui/contracts";
import type { Actor } from "@jinshui/storage";
import { assetUrl } from "./installed-plugin.js";
import { packageHandlers } from "./packages/handlers.js";
import type { PackageIntake } from "./packages/intake.js";
import { offersIn } from "./offers.js";
import type { Supervisor } from "./supervisor.js";

/** A request waits so long for a plugin that is just being started or exchanged. */
const ROUTE_WAIT_MS = 5_000;

/** The supervisor API; `intake` where the site takes packages. */
export function supervisorHandlers(supervisor: Supervisor, intake?: PackageIntake): Handlers<SupervisorApi> {
  const { access, organisation } = supervisor.options.auth;

  const actorOf = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };
  const administrator = async (context: Context): Promise<Actor> => {
    const actor = await actorOf(context);
    if (!actor.permissions.has("site.plugins"))
      throw new JinshuiError("forbidden", `${actor.name} lacks site.plugins`, {
        details: { permissions: ["site.plugins"] },
      });
    return actor;
  };
  /** The city's administrator looks after all bureaus, a county's after its own. */
  const bureausOf = (actor: Actor): string[] => {
    const own = organisation.bureau(actor.bureau);
    return organisation
      .bureaus()
      .filter(({ bureau }) => (own && own.parent === undefined) || bureau === actor.bureau)
      .map(({ bureau }) => bureau);
  };

  /** Bureaus somebody looks after, this one among them. */
  const requireOwn = (actor: Actor, bureau: string): string[] => {
    const own = bureausOf(actor);
    if (own.includes(bureau)) return own;
    throw new JinshuiError("not-found", `There is no bureau ${bureau} for ${actor.name}`, { details: { bureau } });
  };

  const status = (id: string, bureaus: string[], withLog = false): PluginStatus => {
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
    return {
      id,
      version: plugin.version,
      title: manifest?.title ?? { "zh-CN": id },
      ...(manifest?.description ? { description: manifest.description } : {}),
      state,
      bureaus: bureaus.map((bureau) => ({
        bureau,
        title: organisation.bureau(bureau)?.title ?? { "zh-CN": bureau },
        ...supervisor.wanted.desired.of(bureau, id),
        ...versionsIn(bureau),
      })),
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
    async contributions(_input, context) {
      const actor = await actorOf(context);
      const plugins = supervisor.enabledPlugins(actor.bureau).flatMap((id): Contributions["plugins"] => {
        const plugin = supervisor.releaseIn(id, actor.bureau) ?? supervisor.releases.require(id);
        const manifest = plugin.content?.manifest;
        if (!manifest) return [];
        const views = (manifest.contributes.views ?? []).filter(
          ({ permission }) => permission === undefined || actor.permissions.has(permission),
        );
        const module = manifest.web ? assetUrl(plugin, manifest.web.module) : undefined;
        return [
          {
            id,
            version: plugin.version,
            title: manifest.title,
            state: supervisor.stateOf(id),
            ...(module === undefined ? {} : { module }),
            views,
            menu: (manifest.contributes.menu ?? []).filter(({ view }) => views.some((visible) => visible.id === view)),
          },
        ];
      });
      return { revision: supervisor.revision, plugins };
    },

    async plugins({ log }, context) {
      const actor = await administrator(context);
      const bureaus = bureausOf(actor);
      await supervisor.discover();
      const isAbove = organisation.bureau(actor.bureau)?.parent === undefined;
      const catalogue = intake?.store.trust.catalogue?.href;
      return {
        plugins: supervisor.releases
          .ids()
          .sort()
          .map((id) => status(id, bureaus, id === log)),
        ...(supervisor.options.safeMode === true ? { safeMode: true } : {}),
        ...(intake && isAbove ? { packages: catalogue === undefined ? {} : { catalogue } } : {}),
      };
    },

    async setEnabled({ plugin, bureau, enabled }, context) {
      const actor = await administrator(context);
      const bureaus = requireOwn(actor, bureau);
      await supervisor.setEnabled(plugin, bureau, enabled, { id: actor.id, name: actor.name }, context.traceId);
      return status(plugin, bureaus);
    },

    async setVersion({ plugin, version, bureaus }, context) {
      const actor = await administrator(context);
      const own = bureausOf(actor);
      for (const bureau of bureaus) requireOwn(actor, bureau);
      await supervisor.setVersion(plugin, version, bureaus, { id: actor.id, name: actor.name }, context.traceId);
      return status(plugin, own);
    },

    async restart({ plugin }, context) {
      const actor = await administrator(context);
      await supervisor.restart(plugin, actor.bureau, { id: actor.id, name: actor.name }, context.traceId);
      return status(plugin, bureausOf(actor));
    },

    async storedData({ plugin, bureau }, context) {
      requireOwn(await administrator(context), bureau);
      return { collections: await supervisor.purges.counts(plugin, bureau) };
    },

    async proposePurge({ plugin, bureau, name, reason }, context) {
      const actor = await administrator(context);
      requireOwn(actor, bureau);
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
      if (!supervisor.enabledPlugins(context.bureau).includes(plugin)) {
        throw new JinshuiError("not-enabled", `${plugin} is not enabled in ${context.bureau}`, {
          details: { plugin, bureau: context.bureau },
        });
      }
      const provided = supervisor.releaseIn(plugin, context.bureau)?.content?.manifest.provides?.ops[op];
      if (!provided)
        throw new JinshuiError("not-found", `${plugin} has no operation ${op}`, { details: { plugin, op } });
      if (provided.permission !== undefined && !actor?.permissions.has(provided.permission)) {
        throw new JinshuiError("forbidden", `${plugin}.${op} takes ${provided.permission}`, {
          details: { permissions: [provided.permission] },
        });
      }
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
