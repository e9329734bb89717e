import {
  type ActorClaims,
  type ActorRef,
  type Context,
  JinshuiError,
  KERNEL_CALLERS,
  type LocalText,
  type Permission,
  type Profile,
  SITE_PERMISSIONS,
} from "@jinshui/contracts";
import { type Access, type Actor, identify, type ResolvedCall } from "@jinshui/storage";
import type { Grants } from "./grants.js";
import type { Organisation, Person } from "./people/organisation.js";
import { requirePosition } from "./people/requirements.js";
import type { ActorTokens } from "./session/actor-tokens.js";

/** What plugins bring to the question who may do what: permissions of the plugins that a bureau has, by bureau and plugin. */
export type Catalogue = ReadonlyMap<string, ReadonlyMap<string, readonly Permission[]>>;

/** Whether somebody may do something, and the ground for it in words. */
export interface Decision {
  allowed: boolean;
  reason: LocalText;
  /** The person whose right it is, where it is another's. */
  onBehalfOf?: ActorRef;
}

/** A permission of a bureau and the positions that give it. */
export interface Rule {
  permission: string;
  title: LocalText;
  positions: readonly string[];
}

/**
 * Rights follow positions: what configuration gives them (the kernel's permissions), what manifests propose or the bureau's
 * configuration says instead, and on top of both what the bureau has decided (`Grants`).
 */
export class AccessControl implements Access {
  #catalogue: Catalogue = new Map();
  /** What follows from catalogue and grants, until one of them changes. */
  readonly #rules = new Map<string, ReadonlyMap<string, Rule>>();
  #actors = new WeakMap<Person, Actor>();

  constructor(
    readonly organisation: Organisation,
    readonly tokens: ActorTokens,
    readonly grants: Grants,
  ) {}

  setCatalogue(catalogue: Catalogue): void {
    this.#catalogue = catalogue;
    this.#forget();
  }

  /** Whoever changes people, departments or grants calls this after the commit. */
  async changed(): Promise<void> {
    await this.organisation.changed();
    await this.grants.load();
    this.#forget();
  }

  #forget(): void {
    this.#rules.clear();
    this.#actors = new WeakMap();
  }

  isEnabled(plugin: string, bureau: string): boolean {
    return this.#catalogue.get(bureau)?.has(plugin) === true;
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
    const by = plugin === undefined ? {} : { plugin };
    if (claims.permissions) return { ...by, actor: machine(claims, claims.permissions) };
    const person = await this.organisation.known(claims.sub);
    if (!person) throw new JinshuiError("session-expired", "The person of this session no longer exists");
    return { ...by, actor: this.actor(person) };
  }

  async acting(call: { caller: string; bureau: string; person: string }): Promise<ResolvedCall> {
    const plugin = this.#plugin(call.caller, call.bureau);
    const person = await this.organisation.known(call.person);
    if (person?.bureau !== call.bureau)
      throw new JinshuiError("forbidden", `${call.person} is no person of ${call.bureau} any more`);
    return { ...(plugin === undefined ? {} : { plugin }), actor: this.actor(person) };
  }

  below(bureau: string): string[] {
    return this.organisation.bureausBelow(bureau);
  }

  actor(person: Person): Actor {
    const known = this.#actors.get(person) ?? this.#actorOf(person);
    this.#actors.set(person, known);
    return known;
  }

  #actorOf(person: Person): Actor {
    const { departments } = this.organisation;
    const { permissions, delegated } = this.#permissionsOf(person);
    return {
      id: person.id,
      name: person.name,
      bureau: person.bureau,
      department: person.department,
      departmentTitle: departments.title(person.bureau, person.department)["zh-CN"],
      positions: person.positions,
      departments: departments.withBelow(person.bureau, [
        person.department,
        ...person.positions.map(({ department }) => department),
      ]),
      permissions,
      ...(delegated.size > 0 ? { delegated } : {}),
    };
  }

  profile(person: Person): Profile {
    const { organisation } = this;
    const { departments } = organisation;
    const title = organisation.bureau(person.bureau)?.title ?? { "zh-CN": person.bureau };
    return {
      id: person.id,
      name: person.name,
      username: person.username,
      bureau: person.bureau,
      bureauTitle: title,
      department: person.department,
      departmentTitle: departments.title(person.bureau, person.department),
      positions: person.positions.map((held) => ({
        ...held,
        title: organisation.positionTitle(held.id),
        departmentTitle: departments.title(person.bureau, held.department),
      })),
      permissions: [...this.#permissionsOf(person).permissions].sort(),
    };
  }

  /**
   * The one question of rights outside of records: whether somebody may do something. A look into a set, no call and no
   * database; what it says goes by the rights of the request.
   */
  check(actor: Actor, permission: string): boolean {
    const allowed = actor.permissions.has(permission);
    const onBehalfOf = allowed ? actor.delegated?.get(permission) : undefined;
    if (onBehalfOf) identify({ onBehalfOf });
    return allowed;
  }

  /** @throws JinshuiError `forbidden`, which names the permission. */
  require(actor: Actor, permission: string): void {
    if (this.check(actor, permission)) return;
    throw new JinshuiError("forbidden", `${actor.name} lacks ${permission}`, {
      details: { permissions: [permission], title: this.permissionTitle(permission) },
    });
  }

  /** Whether the actor may do it, and the position that gives or would give it. */
  explain(actor: Actor, permission: string): Decision {
    const titles = (ids: readonly string[], language: "zh-CN" | "en"): string =>
      ids
        .map((id) => this.organisation.positionTitle(id))
        .map((title) => title[language] ?? title["zh-CN"])
        .join(language === "en" ? ", " : "、");
    const givers = this.rules(actor.bureau).get(permission)?.positions ?? [];
    const held = actor.positions.find(({ id }) => givers.includes(id));
    if (held) {
      const where = this.organisation.departments.title(actor.bureau, held.department);
      const of = held.onBehalfOf;
      return {
        allowed: true,
        reason: {
          "zh-CN": `${actor.name}${of ? `受${of.name}委托，代行` : "担任"}${where["zh-CN"]}${titles([held.id], "zh-CN")}`,
          en: `${actor.name} holds ${titles([held.id], "en")}${of ? ` for ${of.name}` : ""}`,
        },
        ...(of ? { onBehalfOf: of } : {}),
      };
    }
    return {
      allowed: false,
      reason:
        givers.length === 0
          ? { "zh-CN": "本局没有岗位具有此权限", en: `no position in ${actor.bureau} gives ${permission}` }
          : { "zh-CN": `需担任：${titles(givers, "zh-CN")}`, en: `it takes one of: ${titles(givers, "en")}` },
    };
  }

  permissionTitle(permission: string): LocalText {
    const brought = [...this.#catalogue.values()]
      .flatMap((plugins) => [...plugins.values()].flat())
      .find(({ id }) => id === permission);
    return SITE_PERMISSIONS[permission] ?? brought?.title ?? { "zh-CN": permission };
  }

  /**
   * Whether a bureau may give a permission to a position by itself.
   * @throws JinshuiError `invalid-request` for a position or permission that is not there, `conflict` for one that only
   * positions which must be apart have: whoever could give it on could undo their separation.
   */
  requireGrantable(position: string, permission: string, bureau: string): void {
    requirePosition(this.organisation, position);
    if (!this.rules(bureau).has(permission))
      throw new JinshuiError("invalid-request", `There is no permission "${permission}" in ${bureau}`, {
        details: { field: "permission", permission, reason: "unknown-permission" },
      });
    if (this.organisation.separation.rules.flat().includes(position) || this.isAdministrators(permission))
      throw new JinshuiError("conflict", `${permission} is not for ${position}: administrators stay apart`, {
        details: {
          reason: "separation",
          position: this.organisation.positionTitle(position),
          other: this.permissionTitle(permission),
        },
      });
  }

  /** Whether only positions which must be apart have a permission by configuration. */
  isAdministrators(permission: string): boolean {
    const apart = new Set(this.organisation.separation.rules.flat());
    const configured = Object.entries(this.organisation.config.site.positions)
      .filter(([, { permissions }]) => permissions?.includes(permission))
      .map(([id]) => id);
    return configured.length > 0 && configured.every((id) => apart.has(id));
  }

  /** The permissions there are in a bureau, by id. */
  rules(bureau: string): ReadonlyMap<string, Rule> {
    const rules = this.#rules.get(bureau) ?? this.#rulesOf(bureau);
    this.#rules.set(bureau, rules);
    return rules;
  }

  #rulesOf(bureau: string): ReadonlyMap<string, Rule> {
    const { positions } = this.organisation.config.site;
    const own = Object.entries(SITE_PERMISSIONS).map(([id, title]) => ({
      id,
      title,
      configured: Object.keys(positions).filter((position) => positions[position]?.permissions?.includes(id)),
    }));
    const overrides = this.organisation.bureau(bureau)?.permissions ?? {};
    const brought = [...(this.#catalogue.get(bureau)?.values() ?? [])]
      .flat()
      .map(({ id, title, positions: proposed }) => ({ id, title, configured: overrides[id] ?? proposed ?? [] }));
    const decided = this.grants.of(bureau);
    return new Map(
      [...own, ...brought].map(({ id, title, configured }) => {
        const about = decided.filter(({ permission }) => permission === id);
        const added = about.filter(({ granted }) => granted).map(({ position }) => position);
        const taken = new Set(about.filter(({ granted }) => !granted).map(({ position }) => position));
        const givers = [...new Set([...configured, ...added])].filter((position) => !taken.has(position));
        return [id, { permission: id, title, positions: givers }];
      }),
    );
  }

  #permissionsOf({ bureau, positions }: Person): { permissions: Set<string>; delegated: Map<string, ActorRef> } {
    const permissions = new Set<string>();
    const delegated = new Map<string, ActorRef>();
    for (const { permission, positions: givers } of this.rules(bureau).values()) {
      // own positions come first
      const held = positions.find(({ id }) => givers.includes(id));
      if (!held) continue;
      permissions.add(permission);
      if (held.onBehalfOf) delegated.set(permission, held.onBehalfOf);
    }
    return { permissions, delegated };
  }

  /** The plugin that calls, if it is one. */
  #plugin(caller: string, bureau: string): string | undefined {
    if (KERNEL_CALLERS.includes(caller)) return undefined;
    if (this.isEnabled(caller, bureau)) return caller;
    throw new JinshuiError("not-enabled", `${caller} is not enabled in ${bureau}`, {
      details: { plugin: caller, bureau },
    });
  }
}

/** A machine: it holds no positions and belongs to no department, so what is told by these is not for it. */
function machine({ sub: id, name, bureau }: ActorClaims, permissions: readonly string[]): Actor {
  const nowhere = { department: "", departmentTitle: "", positions: [], departments: [] };
  return { id, name, bureau, ...nowhere, permissions: new Set(permissions) };
}
