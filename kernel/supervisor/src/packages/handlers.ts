import { type Context, type Handlers, JinshuiError, type PluginStatus, type SupervisorApi } from "@jinshui/contracts";
import type { Actor } from "@jinshui/storage";
import type { Supervisor } from "../supervisor.js";
import type { Bringer, PackageIntake } from "./intake.js";

interface PackageOptions {
  supervisor: Supervisor;
  intake: PackageIntake | undefined;
  /** @throws JinshuiError unless the caller manages plugins. */
  administrator: (context: Context) => Promise<Actor>;
  /** Bureaus whose plugins somebody manages. */
  bureausOf: (actor: Actor) => string[];
  status: (plugin: string, bureaus: string[]) => Promise<PluginStatus>;
}

type PackageOps = "announcePackage" | "inspectPackage" | "fetchPackage" | "installPackage" | "removePackage";

/** Operations on packages: what is installed is there for the whole site, so only the bureau above all others decides. */
export function packageHandlers(options: PackageOptions): Pick<Handlers<SupervisorApi>, PackageOps> {
  const { supervisor, administrator, bureausOf, status } = options;

  const take = async (context: Context): Promise<{ intake: PackageIntake; by: Bringer; bureaus: string[] }> => {
    const actor = await administrator(context);
    const own = supervisor.options.auth.organisation.bureau(actor.bureau);
    if (own?.parent !== undefined)
      throw new JinshuiError("forbidden", `Packages are installed by ${own.parent}, not by ${actor.bureau}`, {
        details: { bureau: own.parent },
      });
    if (!options.intake) throw new JinshuiError("not-found", "This site takes no packages");
    const by = { actor: { id: actor.id, name: actor.name }, bureau: actor.bureau, trace: context.traceId };
    return { intake: options.intake, by, bureaus: bureausOf(actor) };
  };

  return {
    async announcePackage(_input, context) {
      const { intake, by } = await take(context);
      return { package: await intake.announce(by), maxBytes: intake.maxBytes };
    },

    async inspectPackage({ package: id }, context) {
      return (await take(context)).intake.report(id);
    },

    async fetchPackage({ url }, context) {
      const { intake, by } = await take(context);
      return intake.report(await intake.bring(url, by));
    },

    async installPackage({ package: id, consent, allowDowngrade = false }, context) {
      const { intake, by, bureaus } = await take(context);
      const { plugin, version } = await intake.install(id, { consent, allowDowngrade }, by);
      await supervisor.discover();
      supervisor.tryOut(plugin, version);
      return status(plugin, bureaus);
    },

    async removePackage({ plugin, version }, context) {
      const { intake, by } = await take(context);
      await intake.remove(plugin, version, () => supervisor.wanted.usersOf(plugin, version), by);
      await supervisor.discover();
      return {};
    },
  };
}
