import type { Auth } from "@jinshui/auth";
import { type Context, JinshuiError } from "@jinshui/contracts";
import type { Actor } from "@jinshui/storage";

/** Who may look after plugins, and where. */
export interface Administration {
  /** The person behind a call. @throws JinshuiError `sign-in-required`. */
  actorOf: (context: Context) => Promise<Actor>;
  /** The same, with `site.plugins`. @throws JinshuiError `forbidden` without. */
  administrator: (context: Context) => Promise<Actor>;
  /** The city's administrator looks after all bureaus, a county's after its own. */
  bureausOf: (actor: Actor) => string[];
  /** All the actor looks after. @throws JinshuiError `not-found` when one of `bureaus` is not among them. */
  requireBureaus: (actor: Actor, bureaus: readonly string[]) => string[];
}

export function administrationOf({ access, organisation }: Pick<Auth, "access" | "organisation">): Administration {
  const actorOf = async (context: Context): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    return actor;
  };
  const bureausOf = (actor: Actor): string[] => {
    const own = organisation.bureau(actor.bureau);
    return organisation
      .bureaus()
      .filter(({ bureau }) => (own && own.parent === undefined) || bureau === actor.bureau)
      .map(({ bureau }) => bureau);
  };
  return {
    actorOf,
    bureausOf,
    async administrator(context) {
      const actor = await actorOf(context);
      if (!actor.permissions.has("site.plugins"))
        throw new JinshuiError("forbidden", `${actor.name} lacks site.plugins`, {
          details: { permissions: ["site.plugins"] },
        });
      return actor;
    },
    requireBureaus(actor, bureaus) {
      const own = bureausOf(actor);
      const other = bureaus.find((bureau) => !own.includes(bureau));
      if (other === undefined) return own;
      throw new JinshuiError("not-found", `There is no bureau ${other} for ${actor.name}`, {
        details: { bureau: other },
      });
    },
  };
}
