import { type Auth, type ChangeKind, noted, requirePerson } from "@jinshui/auth";
import {
  type Context,
  type FederationApi,
  type Handlers,
  JinshuiError,
  type LocalText,
  PEOPLE_PERMISSION,
  SECURITY_PERMISSION,
} from "@jinshui/contracts";
import type { Actor, Database, Reader, Transaction } from "@jinshui/storage";
import type { Clients } from "./clients/clients.js";
import type { Identities } from "./identities.js";
import type { ClientGrants } from "./machine/client-grants.js";
import type { Machines } from "./machine/machines.js";
import { requireScope, scopeTitle } from "./machine/scopes.js";

export interface HandlerParts {
  database: Database;
  auth: Auth;
  clients: Clients;
  grants: ClientGrants;
  machines: Machines;
  identities: Identities;
  /** Takes back what a client has on the bus. */
  takeBack: (client: string) => Promise<void>;
  /** Title of a bureau's source, if it has it. */
  sourceTitle: (bureau: string, source: string) => LocalText | undefined;
}

/** The federation API. */
export function federationHandlers(parts: HandlerParts): Handlers<FederationApi> {
  const { database, auth, clients, grants, machines, identities } = parts;
  const { access, changes, organisation } = auth;
  const proposeGrant = changes.kind("grant-client", grantClient(parts));
  const proposeIdentity = changes.kind("link-identity", linkIdentity(parts));

  const administrator = async (context: Context, ...permissions: string[]): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    if (!permissions.some((permission) => access.check(actor, permission)))
      access.require(actor, permissions[0] ?? PEOPLE_PERMISSION);
    return actor;
  };
  const note = (tx: Transaction, { id, name, bureau }: Actor, action: string, resource: string, after: object): void =>
    noted(tx, { bureau, actor: { id, name }, action, resource, after });

  return {
    authenticateClient: ({ token, api, ...to }) => machines.actorToken(token, api, to),

    async clients(_input, context) {
      const { bureau } = await administrator(context, PEOPLE_PERMISSION, SECURITY_PERMISSION);
      const own = (await clients.list(bureau)).filter((client) => client.kind === "machine");
      const described = own.map(async (client) => {
        const { id, title, scopes } = client;
        const titles = Object.fromEntries(scopes.map((scope) => [scope, scopeTitle(access, scope)]));
        return { id, title, scopes: [...scopes], titles, granted: await grants.of(client) };
      });
      return { clients: await Promise.all(described) };
    },

    async proposeClientGrant({ client, scopes, reason }, context) {
      const actor = await administrator(context, PEOPLE_PERMISSION);
      return { change: await proposeGrant({ client, scopes }, { actor, reason, key: context.idempotencyKey }) };
    },

    async withdrawClientGrant({ client, scopes, reason }, context) {
      const actor = await administrator(context, SECURITY_PERMISSION, PEOPLE_PERMISSION);
      await requireMachine(clients, client, actor.bureau);
      await database.transaction(async (tx) => {
        await grants.remove(tx, client, scopes);
        note(tx, actor, "withdraw-client-grant", `client/${client}`, { scopes, reason });
      });
      await parts.takeBack(client);
      return {};
    },

    async sources(_input, context) {
      const { bureau } = await administrator(context, PEOPLE_PERMISSION, SECURITY_PERMISSION);
      const sources = organisation.bureau(bureau)?.federation?.sources ?? [];
      return { sources: sources.map(({ id, title, kind }) => ({ id, title, kind })) };
    },

    async identities({ person }, context) {
      const { bureau } = await administrator(context, PEOPLE_PERMISSION, SECURITY_PERMISSION);
      await requirePerson(organisation, person, bureau);
      const found = await identities.of(person);
      return { identities: found.map((identity) => ({ person, ...identity })) };
    },

    async proposeIdentity({ reason, ...payload }, context) {
      const actor = await administrator(context, PEOPLE_PERMISSION);
      return { change: await proposeIdentity(payload, { actor, reason, key: context.idempotencyKey }) };
    },

    async removeIdentity({ person, source }, context) {
      const actor = await administrator(context, SECURITY_PERMISSION, PEOPLE_PERMISSION);
      await requirePerson(organisation, person, actor.bureau);
      await database.transaction(async (tx) => {
        if ((await identities.unlink(tx, person, source)) === 0)
          throw new JinshuiError("not-found", `${source} does not know ${person}`, { details: { person, source } });
        await auth.sessions.end(tx, person);
        note(tx, actor, "remove-identity", `person/${person}`, { source });
      });
      return {};
    },
  };
}

interface GrantPayload {
  client: string;
  scopes: string[];
}

/** That a machine come to have what it may ask for. */
function grantClient({ auth, clients, grants }: HandlerParts): ChangeKind<GrantPayload> {
  return {
    async summary({ client, scopes }, reader) {
      const machine = await clients.machine(client, reader);
      const title: LocalText = machine?.title ?? { "zh-CN": client };
      const titles = scopes.map((scope) => scopeTitle(auth.access, scope));
      return {
        "zh-CN": `系统接口“${title["zh-CN"]}”获得授权：${titles.map((what) => what["zh-CN"]).join("、")}`,
        en: `The client ${title.en ?? title["zh-CN"]} gets: ${titles.map((what) => what.en).join(", ")}`,
      };
    },
    async check({ client, scopes }, bureau, reader) {
      const machine = await requireMachine(clients, client, bureau, reader);
      const unknown = scopes.find((scope) => !machine.scopes.includes(scope));
      if (unknown !== undefined)
        throw new JinshuiError("invalid-request", `Client ${client} is not registered for ${unknown}`, {
          details: { field: "scopes", scope: unknown, reason: "unregistered-scope" },
        });
      for (const scope of scopes) requireScope(auth.access, bureau, scope);
    },
    async apply(tx, { client, scopes }, bureau) {
      await grants.add(tx, { client, bureau, scopes });
      return `client/${client}`;
    },
  };
}

interface IdentityPayload {
  person: string;
  source: string;
  externalId: string;
}

/** That whoever a source knows sign in as a person. */
function linkIdentity({ auth, identities, sourceTitle }: HandlerParts): ChangeKind<IdentityPayload> {
  return {
    async summary({ person, source, externalId }, reader) {
      const { name, bureau } = await requirePerson(auth.organisation, person, undefined, reader);
      const title = sourceTitle(bureau, source) ?? { "zh-CN": source };
      return {
        "zh-CN": `${name}可用“${title["zh-CN"]}”中的身份 ${externalId} 登录`,
        en: `${name} signs in as ${externalId} of ${title.en ?? title["zh-CN"]}`,
      };
    },
    beneficiaries: ({ person }) => [person],
    async check({ person, source, externalId }, bureau, reader) {
      await requirePerson(auth.organisation, person, bureau, reader);
      if (!sourceTitle(bureau, source))
        throw new JinshuiError("invalid-request", `${bureau} has no source ${source}`, {
          details: { field: "source", source, reason: "unknown-source" },
        });
      const other = await identities.person(source, externalId, reader);
      if (other !== undefined)
        throw new JinshuiError("not-unique", `${source} means somebody by ${externalId} already`, {
          details: { field: "externalId", source, value: externalId },
        });
    },
    async apply(tx, payload) {
      await identities.link(tx, payload);
      await auth.sessions.end(tx, payload.person);
      return `person/${payload.person}`;
    },
  };
}

async function requireMachine(clients: Clients, id: string, bureau: string, reader?: Reader) {
  const machine = await clients.machine(id, reader);
  if (machine?.bureau !== bureau)
    throw new JinshuiError("not-found", `There is no client ${id} in ${bureau}`, { details: { client: id } });
  return machine;
}
