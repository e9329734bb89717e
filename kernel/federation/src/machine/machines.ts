import type { Auth } from "@jinshui/auth";
import { JinshuiError } from "@jinshui/contracts";
import type { AuditEntry, AuditTrail } from "@jinshui/storage";
import type { Clients, Machine } from "../clients/clients.js";
import type { AccessTokens } from "./access-tokens.js";
import type { ClientGrants } from "./client-grants.js";
import { permissionsBy } from "./scopes.js";

/** Where a request comes from, for the audit trail. */
interface Origin {
  address?: string;
  /** Of a request that the bus does not carry. */
  trace?: string;
}

/** Machines that act: who they are by their tokens, and what they may do at this moment. */
export class Machines {
  constructor(
    readonly auth: Auth,
    readonly clients: Clients,
    readonly grants: ClientGrants,
    readonly tokens: AccessTokens,
    readonly trail: AuditTrail,
  ) {}

  /**
   * The machine behind a token and what it may do by an API: what the token names, as far as it is granted now. One that tries
   * what it lacks, `needed` where that is one permission, leaves an entry in its bureau's trail.
   * @throws JinshuiError `session-expired` for no token of ours or a client that has ended, `forbidden` for one without a right to the API.
   */
  async admitted(
    token: string,
    api: string,
    { needed, ...from }: Origin & { needed?: string },
  ): Promise<{ machine: Machine; permissions: string[] }> {
    const { client, scopes } = await this.tokens.check(token);
    const machine = await this.clients.machine(client);
    if (!machine) throw new JinshuiError("session-expired", `There is no client ${client} any more`);
    const granted = new Set(await this.grants.of(machine));
    const permissions = permissionsBy(
      scopes.filter((scope) => granted.has(scope)),
      api,
    );
    if (permissions && (needed === undefined || permissions.includes(needed))) return { machine, permissions };
    const lacking = `${api}:${needed ?? "…"}`;
    await this.#noteRefused(machine, lacking, scopes, from);
    throw new JinshuiError("forbidden", `Client ${client} has no scope ${lacking} that is granted`, {
      details: { permissions: [lacking], title: machine.title },
    });
  }

  async #noteRefused(
    machine: Machine,
    lacking: string,
    shown: readonly string[],
    { address, trace }: Origin,
  ): Promise<void> {
    const { id, name, bureau } = actorOf(machine);
    const entry: AuditEntry = {
      ...{ bureau, actor: { id, name }, caller: "gateway" },
      ...{ action: "client-lacks-scope", resource: `client/${machine.id}`, result: "denied", reason: "forbidden" },
      after: { lacking, shown },
      ...(address === undefined ? {} : { client: { address } }),
      ...(trace === undefined ? {} : { trace }),
    };
    // the trail has logged what it could not write; the machine is to hear why it was refused
    await this.trail.audit(entry).catch(() => undefined);
  }

  /** An actor token for the machine, with which `audience` may act for it. */
  async actorToken(
    token: string,
    api: string,
    { audience, ...from }: Origin & { audience: string },
  ): Promise<{ id: string; bureau: string; token: string }> {
    const { machine, permissions } = await this.admitted(token, api, from);
    const { address } = from;
    const { id, name, bureau } = actorOf(machine);
    const origin = { permissions, ...(address === undefined ? {} : { address }) };
    return { id, bureau, token: await this.auth.access.tokens.mint({ id, name, bureau }, audience, origin) };
  }
}

/** A machine as the audit trail names it. */
export function actorOf({ id, title, bureau }: Machine): { id: string; name: string; bureau: string } {
  return { id: `client:${id}`, name: title["zh-CN"], bureau };
}
