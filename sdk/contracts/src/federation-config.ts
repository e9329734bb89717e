import { Type, type Static } from "typebox";
import { LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };
/** An address without fragment, which is compared as it is written. */
const Address = Type.String({ pattern: "^https?://[^\\s#*]+$", maxLength: 500 });
const Path = Type.String({ minLength: 1, maxLength: 500 });
/** Of a system, not of a person: up to 32 characters. */
const ClientId = Type.String({ pattern: "^[a-z][a-z0-9-]{1,31}$" });

/** How a client proves who it is: the digest of its secret, or a file that holds the secret (32 characters at least). */
const Secret = {
  /** SHA-256 of the secret, in hexadecimal digits. */
  secretSha256: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$" })),
  /** Relative to the configuration folder, or absolute. */
  secretFile: Type.Optional(Path),
};

/** Another system whose users sign in with us. */
export const SignInClient = Type.Object(
  {
    id: ClientId,
    title: LocalText,
    ...Secret,
    /** A program that can't keep a secret, such as a page: proves itself by PKCE only. */
    public: Type.Optional(Type.Boolean()),
    /** Where people may be sent back to; compared character by character. */
    redirectUris: Type.Array(Address, { minItems: 1, maxItems: 20 }),
    /** Where people may be sent after they have signed out. */
    postLogoutRedirectUris: Type.Optional(Type.Array(Address, { maxItems: 20 })),
    /** Of the bureau itself: people are not asked whether it may know who they are. */
    trusted: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type SignInClient = Static<typeof SignInClient>;

/** APIs of the kernel that machines may call by HTTP, with scopes `<api>:<permission>`. */
export const MACHINE_APIS: readonly string[] = ["auth", "storage", "workflow", "organisation", "supervisor", "bus"];

/** What a machine may ask for: an API and a permission, e.g. `storage:asset-tracking.view`; by `bus`, an event to hear of. */
export const ClientScope = Type.String({ pattern: "^[a-z0-9-]{1,40}:[a-z0-9-]+(\\.[a-z0-9-]+)+$", maxLength: 100 });

/** A program of an integrator that acts in one bureau by itself. */
export const MachineClient = Type.Object(
  {
    id: ClientId,
    title: LocalText,
    ...Secret,
    /** What it may ask for; it has it once administrators have granted it. */
    scopes: Type.Array(ClientScope, { minItems: 1, maxItems: 50, uniqueItems: true }),
    /** Source whose identities its SCIM `externalId` are; those of its own when absent. */
    source: Type.Optional(Name),
  },
  closed,
);
export type MachineClient = Static<typeof MachineClient>;

/** What is common to places where people of a bureau may prove elsewhere who they are. */
const SourceFields = {
  id: Name,
  title: LocalText,
  /**
   * The department of people who sign in for the first time and nobody knows; they get no position. Absent: nobody is made,
   * an administrator links people to their identity.
   */
  createIn: Type.Optional(Name),
};

/** A directory that checks passwords for people linked to it. */
export const LdapSource = Type.Object(
  {
    kind: Type.Literal("ldap"),
    ...SourceFields,
    /** `ldaps://host:636`, or `ldap://host:389` with `startTls`; without encryption only on this machine. */
    url: Type.String({ pattern: "^ldaps?://[^/\\s]+$" }),
    startTls: Type.Optional(Type.Boolean()),
    /** Certificate authorities to trust instead of the system's, as a PEM file. */
    caFile: Type.Optional(Path),
    /** Who searches; anonymous when absent. */
    bindDn: Type.Optional(Type.String({ minLength: 1 })),
    bindPasswordFile: Type.Optional(Path),
    baseDn: Type.String({ minLength: 1 }),
    /** Attribute with the user name: `uid`; Active Directory: `sAMAccountName`. */
    usernameAttribute: Type.Optional(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9-]*$" })),
    /** Attribute that never changes and is never given again: `entryUUID`; Active Directory: `objectGUID`. */
    idAttribute: Type.Optional(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9-]*$" })),
    /** Attribute with the person's name: `displayName`. */
    nameAttribute: Type.Optional(Type.String({ pattern: "^[A-Za-z][A-Za-z0-9-]*$" })),
  },
  closed,
);
export type LdapSource = Static<typeof LdapSource>;

/** An OpenID Connect issuer that people of the bureau may sign in with. */
export const OidcSource = Type.Object(
  {
    kind: Type.Literal("oidc"),
    ...SourceFields,
    issuer: Address,
    clientId: Type.String({ minLength: 1, maxLength: 200 }),
    clientSecretFile: Type.Optional(Path),
    /** Besides `openid profile`. */
    scopes: Type.Optional(Type.Array(Type.String({ pattern: "^[!-~]+$" }))),
    /** The issuer asks for a second factor itself, so that ours is not needed besides. */
    assuresSecondFactor: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type OidcSource = Static<typeof OidcSource>;

/** Part `federation` of `configs/base.yaml`. */
export const SiteFederation = Type.Object({ clients: Type.Array(SignInClient) }, closed);
export type SiteFederation = Static<typeof SiteFederation>;

/** Part `federation` of a bureau's file. */
export const BureauFederation = Type.Object(
  {
    clients: Type.Optional(Type.Array(MachineClient)),
    sources: Type.Optional(Type.Array(Type.Union([LdapSource, OidcSource]))),
  },
  closed,
);
export type BureauFederation = Static<typeof BureauFederation>;
