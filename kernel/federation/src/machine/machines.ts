import type { Auth } from "@jinshui/auth";
import { JinshuiError } from "@jinshui/contracts";
import type { Clients, Machine } from "../clients/clients.js";
import type { AccessTokens } from "./access-tokens.js";
import type { ClientGrants } from "./client-grants.js";
import { permissionsBy } from "./scopes.js";

/** Machines that act: who they are by their tokens, and what they may do at this moment. */
export class Machines {
  constructor(
    readonly auth: Auth,
    readonly clients: Clients,
    readonly grants: ClientGrants,
    readonly tokens: AccessTokens,
  ) {}

  /**
   * The machine behind a token and what it may do by an API: what the token names, as far as it is granted now.
   * @throws JinshuiError `session-expired` for no token of ours or a client that has ended, `forbidden` for one without a right to the API.
   */
  async admitted(token: string, api: string): Promise<{ machine: Machine; permissions: string[] }> {
    const { client, scopes } = await this.tokens.check(token);
    const machine = await this.clients.machine(client);
    if (!machine) throw new JinshuiError("session-expired", `There is no client ${client} any more`);
    const granted = new Set(await this.grants.of(machine));
    const permissions = permissionsBy(
      scopes.filter((scope) => granted.has(scope)),
      api,
    );
    if (!permissions)
      throw new JinshuiError("forbidden", `Client ${client} has no scope ${api}:… that is granted`, {
        details: { permissions: [`${api}:…`], title: machine.title },
      });
    return { machine, permissions };
  }

  /** An actor token for the machine, with which `audience` may act for it. */
  async actorToken(
    token: string,
    api: string,
    { audience, address }: { audience: string; address?: string },
  ): Promise<{ id: string; bureau: string; token: string }> {
    const { machine, permissions } = await this.admitted(token, api);
    const { id, name, bureau } = actorOf(machine);
    const origin = { permissions, ...(address === undefined ? {} : { address }) };
    return { id, bureau, token: await this.auth.access.tokens.mint({ id, name, bureau }, audience, origin) };
  }
}

/** A machine as the audit trail names it. */
export function actorOf({ id, title, bureau }: Machine): { id: string; name: string; bureau: string } {
  return { id: `client:${id}`, name: title["zh-CN"], bureau };
}
