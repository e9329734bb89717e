import type { AccessControl, BusAuthority, BusKeeper } from "@jinshui/auth";
import { type BusApi, type Handlers, inboxOf, JinshuiError, MACHINE_CALLER, subject } from "@jinshui/contracts";

const SECONDS = 600;
const MACHINE = /^client:/;

export interface BusCredentialOptions {
  access: AccessControl;
  authority: Pick<BusAuthority, "mint">;
  keeper: Pick<BusKeeper, "revoke">;
  /** Where other systems reach the bus. */
  servers: readonly string[];
}

/** Credentials of machines on the bus: each hears of the events it was granted, and says nothing. */
export class BusCredentials {
  readonly #given = new Map<string, { id: string; until: number }[]>();

  constructor(readonly options: BusCredentialOptions) {}

  handlers(): Handlers<BusApi> {
    const { access, authority, servers } = this.options;
    return {
      credential: async (_input, context) => {
        const { actor } = await access.resolve(context);
        if (!actor || !MACHINE.test(actor.id))
          throw new JinshuiError("forbidden", "Only machines get a credential of the bus", {
            details: { permissions: ["bus:…"], title: { "zh-CN": "消息总线", en: "the bus" } },
          });
        const client = actor.id.replace(MACHINE, "");
        const caller = MACHINE_CALLER + client;
        const subjects = [...actor.permissions].map((name) => {
          const [source = "", event = ""] = name.split(".");
          return subject.event(actor.bureau, source, event);
        });
        const until = Date.now() + SECONDS * 1_000;
        const { jwt, seed, id } = await authority.mint({
          name: caller,
          publish: [],
          subscribe: subjects,
          ttlSeconds: SECONDS,
        });
        const others = (this.#given.get(client) ?? []).filter((given) => given.until > Date.now());
        this.#given.set(client, [...others, { id, until }]);
        const expiresAt = new Date(until).toISOString();
        return { servers: [...servers], jwt, seed, inboxPrefix: inboxOf(caller), subjects, expiresAt };
      },
    };
  }

  /** Takes back what a machine has: it asks again, and gets what it may have by then. */
  async end(client: string): Promise<void> {
    const given = this.#given.get(client) ?? [];
    this.#given.delete(client);
    if (given.length > 0) await this.options.keeper.revoke(given.map(({ id }) => id));
  }
}
