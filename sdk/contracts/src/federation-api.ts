import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { ClientScope } from "./federation-config.js";
import { Id, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };
const Reason = Type.String({ minLength: 2, maxLength: 200 });
const Scopes = Type.Array(ClientScope, { minItems: 1, maxItems: 50, uniqueItems: true });
const administered = { callers: "kernel", actor: "required" } as const;

/** A machine client of a bureau: what it may ask for, and what it has. */
export const ClientInfo = Type.Object({
  id: Type.String(),
  title: LocalText,
  scopes: Type.Array(ClientScope),
  /** What each scope allows, in words. */
  titles: Type.Record(Type.String(), LocalText),
  granted: Type.Array(ClientScope),
});
export type ClientInfo = Static<typeof ClientInfo>;

/** Who somebody is in another directory. */
export const Identity = Type.Object({ person: Id, source: Name, externalId: Type.String() });
export type Identity = Static<typeof Identity>;

/** Other systems and directories; served where a site has any. */
export const federationApi = defineApi("federation", 1, {
  /** Turns a machine's access token into an actor token with what it may do by `api`; 401 when it is none of ours or over. */
  authenticateClient: op({
    effect: "read",
    callers: "kernel",
    input: Type.Object(
      {
        token: Type.String({ maxLength: 8_000 }),
        /** Name of the API, or of the plugin. */
        api: Name,
        audience: Name,
        address: Type.Optional(Type.String({ maxLength: 60 })),
      },
      closed,
    ),
    output: Type.Object({ id: Type.String(), bureau: Name, token: Type.String() }),
  }),
  /** Machine clients of the caller's bureau; takes `site.people` or `site.security`. */
  clients: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/federation/clients" },
    input: Type.Object({}, closed),
    output: Type.Object({ clients: Type.Array(ClientInfo) }),
  }),
  /** Asks that a client get what it may ask for; takes effect when a second person agrees. Takes `site.people`. */
  proposeClientGrant: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/federation/clients/:client/grant" },
    input: Type.Object({ client: Type.String({ maxLength: 32 }), scopes: Scopes, reason: Reason }, closed),
    output: Type.Object({ change: Id }),
  }),
  /** Takes from a client what it has, at once. Takes `site.people` or `site.security`. */
  withdrawClientGrant: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/federation/clients/:client/withdraw" },
    input: Type.Object({ client: Type.String({ maxLength: 32 }), scopes: Scopes, reason: Reason }, closed),
    output: Type.Object({}),
  }),
  /** Where people of the caller's bureau may prove elsewhere who they are. Takes `site.people` or `site.security`. */
  sources: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/federation/sources" },
    input: Type.Object({}, closed),
    output: Type.Object({
      sources: Type.Array(Type.Object({ id: Name, title: LocalText, kind: Type.Enum(["ldap", "oidc"]) })),
    }),
  }),
  /** Who people are elsewhere. Takes `site.people` or `site.security`. */
  identities: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/federation/people/:person/identities" },
    input: Type.Object({ person: Id }, closed),
    output: Type.Object({ identities: Type.Array(Identity) }),
  }),
  /**
   * Asks that whoever a source knows by `externalId` sign in as a person; takes effect when a second person agrees. Takes
   * `site.people`.
   */
  proposeIdentity: op({
    ...administered,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/federation/people/:person/identities" },
    input: Type.Object(
      { person: Id, source: Name, externalId: Type.String({ minLength: 1, maxLength: 200 }), reason: Reason },
      closed,
    ),
    output: Type.Object({ change: Id }),
  }),
  /** Ends that at once, and the person's sessions. Takes `site.people` or `site.security`. */
  removeIdentity: op({
    ...administered,
    effect: "write",
    http: { method: "DELETE", path: "/federation/people/:person/identities/:source" },
    input: Type.Object({ person: Id, source: Name }, closed),
    output: Type.Object({}),
  }),
});
export type FederationApi = typeof federationApi;
