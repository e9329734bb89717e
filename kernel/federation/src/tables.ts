import type { TableDefinition } from "@jinshui/storage";

/** Clients that were registered by command, what machines were granted, who people are elsewhere, and what lives for a while. */
export const FEDERATION_TABLES: TableDefinition[] = [
  {
    /** Registered by command; those of configuration files stand beside them. */
    name: "federation_client",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      /** Of a machine; absent for a system whose users sign in with us. */
      bureau: { type: "id" },
      title: { type: "json", nullable: false },
      secret_sha256: { type: "string", length: 64 },
      /** `redirectUris` and such, or `scopes`, as in the configuration. */
      settings: { type: "json", nullable: false },
      created_at: { type: "instant", nullable: false },
    },
  },
  {
    name: "federation_grant",
    primaryKey: ["client", "scope"],
    columns: {
      client: { type: "id" },
      scope: { type: "string", length: 100 },
      bureau: { type: "id", nullable: false },
    },
  },
  {
    /** Who a source means by an external id. */
    name: "person_identity",
    primaryKey: ["source", "external_id"],
    columns: {
      source: { type: "id" },
      external_id: { type: "string", length: 200 },
      person: { type: "id", nullable: false },
      created_at: { type: "instant", nullable: false },
    },
    unique: { person: ["person", "source"] },
  },
  {
    /** Codes, tokens, sessions and interactions of the OpenID provider, and sign-ins elsewhere that are under way. */
    name: "federation_artifact",
    primaryKey: ["kind", "id_hash"],
    columns: {
      kind: { type: "id" },
      /** Of what its holder shows: who reads the table can show nothing. */
      id_hash: { type: "string", length: 64 },
      payload: { type: "json", nullable: false },
      grant_id: { type: "string", length: 64 },
      uid: { type: "string", length: 64 },
      /** Mark of the session that a grant ends with. */
      session_mark: { type: "id" },
      consumed_at: { type: "instant" },
      expires_at: { type: "instant", nullable: false },
    },
    indexes: { grant: ["grant_id"], uid: ["uid"], expiry: ["expires_at"] },
  },
];
