import {
  type Context,
  JinshuiError,
  KERNEL_CALLERS,
  type LocalText,
  type Permission,
  type Profile,
} from "@jinshui/contracts";
import { type Access, type Actor, identify, type ResolvedCall } from "@jinshui/storage";
import type { Organisation, Person } from "./people/organisation.js";
import type { ActorTokens } from "./session/actor-tokens.js";

/** What plugins bring to the question who may do what. */
export interface Catalogue {
  permissions: ReadonlyMap<string, readonly Permission[]>;
  /** Enabled plugins by bureau. */
  enabled: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Rights follow positions: of the kernel (base.yaml) and of the plugins enabled in the bureau. */
export class AccessControl implements Access {
  #catalogue: Catalogue = { permissions: new Map(), enabled: new Map() };

  constructor(
    readonly organisation: Organisation,
    readonly tokens: ActorTokens,
  ) {}

  setCatalogue(catalogue: Catalogue): void {
    this.#catalogue = catalogue;
  }

  isEnabled(plugin: string, bureau: string): boolean {
    return this.#catalogue.enabled.get(bureau)?.has(plugin) === true;
  }

  async resolve({ caller, bureau, actor }: Pick<Context, "caller" | "bureau" | "actor">): Promise<ResolvedCall> {
    const plugin = this.#plugin(caller, bureau);
    if (actor === undefined) return plugin === undefined ? {} : { plugin };
    const claims = await this.tokens.check(actor, caller);
    const { sub: id, name, address, session, onBehalfOf } = claims;
    identify({
      actor: { id, name },
      ...(onBehalfOf ? { onBehalfOf } : {}),
      client: { ...(address === undefined ? {} : { address }), ...(session === undefined ? {} : { session }) },
    });
    if (claims.bureau !== bureau)
      throw new JinshuiError("forbidden", `${claims.name} of ${claims.bureau} can't act in ${bureau}`);
    const person = await this.organisation.person(claims.sub);
    if (!person) throw new JinshuiError("session-expired", "The person of this session no longer exists");
    return { ...(plugin === undefined ? {} : { plugin }), actor: this.actor(person) };
  }

  async acting(call: { caller: string; bureau: string; person: string }): Promise<ResolvedCall> {
    const plugin = this.#plugin(call.caller, call.bureau);
    const person = await this.organisation.person(call.person);
    if (person?.bureau !== call.bureau)
      throw new JinshuiError("forbidden", `${call.person} is no person of ${call.bureau} any more`);
    return { ...(plugin === undefined ? {} : { plugin }), actor: this.actor(person) };
  }

  below(bureau: string): string[] {
    return this.organisation.bureausBelow(bureau);
  }

  actor(person: Person): Actor {
    return {
      id: person.id,
      name: person.name,
      bureau: person.bureau,
      department: person.department,
      departmentTitle: this.organisation.departmentTitle(person.bureau, person.department)["zh-CN"],
      positions: person.positions,
      departments: this.organisation.withBelow(person.bureau, [
        person.department,
        ...person.positions.map(({ department }) => department),
      ]),
      permissions: this.permissions(person),
    };
  }

  profile(person: Person): Profile {
    const { organisation } = this;
    const title = organisation.bureau(person.bureau)?.title ?? { "zh-CN": person.bureau };
    return {
      id: person.id,
      name: person.name,
      username: person.username,
      bureau: person.bureau,
      bureauTitle: title,
      department: person.department,
      departmentTitle: organisation.departmentTitle(person.bureau, person.department),
      positions: person.positions.map((held) => ({
        id: held.id,
        title: organisation.positionTitle(held.id),
        department: held.department,
        departmentTitle: organisation.departmentTitle(person.bureau, held.department),
      })),
      permissions: [...this.permissions(person)].sort(),
    };
  }

  permissions(person: Person): Set<string> {
    const held = new Set(person.positions.map(({ id }) => id));
    const own = [...held].flatMap((id) => this.organisation.config.site.positions[id]?.permissions ?? []);
    const brought = this.#permissionsIn(person.bureau).filter(({ positions }) => positions.some((id) => held.has(id)));
    return new Set([...own, ...brought.map(({ id }) => id)]);
  }

  /** Whether the actor may do it, and the position that gives or would give it. */
  explain(actor: Actor, permission: string): { allowed: boolean; reason: string } {
    const givers = [
      ...Object.entries(this.organisation.config.site.positions)
        .filter(([, position]) => position.permissions?.includes(permission))
        .map(([id]) => id),
      ...(this.#permissionsIn(actor.bureau).find(({ id }) => id === permission)?.positions ?? []),
    ];
    const held = actor.positions.find(({ id }) => givers.includes(id));
    if (held) return { allowed: true, reason: `${actor.name} holds ${held.id}` };
    return {
      allowed: false,
      reason:
        givers.length === 0
          ? `no position in ${actor.bureau} gives ${permission}`
          : `it takes one of: ${givers.join(", ")}`,
    };
  }

  /** The plugin that calls, if it is one. */
  #plugin(caller: string, bureau: string): string | undefined {
    if (KERNEL_CALLERS.includes(caller)) return undefined;
    if (this.isEnabled(caller, bureau)) return caller;
    throw new JinshuiError("not-enabled", `${caller} is not enabled in ${bureau}`, {
      details: { plugin: caller, bureau },
    });
  }

  #permissionsIn(bureau: string): { id: string; title: LocalText; positions: string[] }[] {
    const overrides = this.organisation.bureau(bureau)?.permissions ?? {};
    return [...(this.#catalogue.enabled.get(bureau) ?? [])]
      .flatMap((plugin) => this.#catalogue.permissions.get(plugin) ?? [])
      .map(({ id, title, positions }) => ({ id, title, positions: overrides[id] ?? positions ?? [] }));
  }
}
