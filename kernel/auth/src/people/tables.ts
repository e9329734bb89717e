import type { TableDefinition } from "@jinshui/storage";

/** People, the organisation and sessions. */
export const AUTH_TABLES: TableDefinition[] = [
  {
    name: "person",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      username: { type: "string", length: 40, nullable: false },
      name: { type: "string", length: 60, nullable: false },
      /** Initials and pinyin of the name, by which people are found. */
      name_sound: { type: "string", length: 300 },
      department: { type: "id", nullable: false },
      password_hash: { type: "string", length: 200, nullable: false },
      disabled: { type: "boolean" },
      /** Why: `left`, or `unused` for a long time. */
      disabled_for: { type: "id" },
      /** The last day of somebody who leaves. */
      last_day: { type: "string", length: 10 },
      created_at: { type: "instant", nullable: false },
      password_at: { type: "instant" },
      /** Until when a password that others know is good for choosing one's own. */
      one_time_until: { type: "instant" },
      signed_in_at: { type: "instant" },
    },
    unique: { username: ["username"] },
    indexes: { bureau: ["bureau", "name"] },
  },
  {
    // how often people, departments or what people hold were changed
    name: "organisation_change",
    primaryKey: ["id"],
    columns: { id: { type: "id" }, count: { type: "integer", nullable: false } },
  },
  {
    /** A department during a period; a change begins a new row. Days are texts, which sort. */
    name: "department",
    primaryKey: ["bureau", "id", "from_day"],
    columns: {
      bureau: { type: "id" },
      id: { type: "id" },
      from_day: { type: "string", length: 10 },
      until_day: { type: "string", length: 10 },
      title: { type: "json", nullable: false },
      parent: { type: "id" },
    },
  },
  {
    /** What was held before holdings had dates; taken over once. */
    name: "held_position",
    primaryKey: ["person", "position", "department"],
    columns: {
      person: { type: "id" },
      position: { type: "id" },
      department: { type: "id" },
      bureau: { type: "id", nullable: false },
    },
  },
  {
    name: "holding",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      person: { type: "id", nullable: false },
      position: { type: "id", nullable: false },
      department: { type: "id", nullable: false },
      from_day: { type: "string", length: 10 },
      until_day: { type: "string", length: 10 },
      acting: { type: "boolean" },
    },
    indexes: { person: ["person"], position: ["bureau", "position"] },
  },
  {
    name: "delegation",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      from_person: { type: "id", nullable: false },
      to_person: { type: "id", nullable: false },
      /** List of positions; all when absent. */
      positions: { type: "json" },
      since_day: { type: "string", length: 10, nullable: false },
      until_day: { type: "string", length: 10, nullable: false },
      reason: { type: "string", length: 200, nullable: false },
      created_at: { type: "instant", nullable: false },
      ended_at: { type: "instant" },
    },
    indexes: { to: ["to_person", "until_day"], from: ["from_person", "until_day"], bureau: ["bureau", "created_at"] },
  },
  {
    /** What a bureau has given to a position, or taken from it, against what configuration and manifests say. */
    name: "position_permission",
    primaryKey: ["bureau", "position", "permission"],
    columns: {
      bureau: { type: "id" },
      position: { type: "id" },
      permission: { type: "string", length: 100 },
      granted: { type: "boolean", nullable: false },
    },
  },
  {
    /** What positions have to do. */
    name: "duty",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      position: { type: "id", nullable: false },
      version: { type: "integer", nullable: false },
      title: { type: "json", nullable: false },
      basis: { type: "string", length: 200 },
      matter: { type: "string", length: 100 },
      days: { type: "integer" },
    },
    indexes: { position: ["bureau", "position", "id"] },
  },
  {
    name: "change_request",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      bureau: { type: "id", nullable: false },
      kind: { type: "id", nullable: false },
      payload: { type: "json", nullable: false },
      summary: { type: "json", nullable: false },
      reason: { type: "string", length: 200, nullable: false },
      state: { type: "id", nullable: false },
      /** Who gains by it and so can't decide, where there is one. */
      proposed_by: { type: "json", nullable: false },
      proposed_at: { type: "instant", nullable: false },
      expires_at: { type: "instant", nullable: false },
      decided_by: { type: "json" },
      decided_at: { type: "instant" },
      decision: { type: "string", length: 200 },
    },
    indexes: { state: ["bureau", "state", "proposed_at"], time: ["bureau", "proposed_at"] },
  },
  {
    name: "session",
    primaryKey: ["secret_hash"],
    columns: {
      secret_hash: { type: "string", length: 64 },
      person: { type: "id", nullable: false },
      created_at: { type: "instant", nullable: false },
      used_at: { type: "instant", nullable: false },
      expires_at: { type: "instant", nullable: false },
      /** What the session is called where its secret must not be. */
      mark: { type: "id" },
      address: { type: "string", length: 60 },
      agent: { type: "string", length: 100 },
      /** When the person last proved who they are. */
      confirmed_at: { type: "instant" },
    },
    indexes: { person: ["person"], expiry: ["expires_at"], mark: ["mark"] },
  },
  {
    name: "former_password",
    primaryKey: ["id"],
    columns: {
      id: { type: "id" },
      person: { type: "id", nullable: false },
      password_hash: { type: "string", length: 200, nullable: false },
      replaced_at: { type: "instant", nullable: false },
    },
    indexes: { person: ["person", "replaced_at"] },
  },
  {
    /** An authenticator app: `secret` is sealed; what waits for its first code stands beside it. */
    name: "totp",
    primaryKey: ["person"],
    columns: {
      person: { type: "id" },
      secret: { type: "string", length: 200 },
      added_at: { type: "instant" },
      used_at: { type: "instant" },
      /** The last code's step of 30 seconds: no code of it or before is taken again. */
      last_step: { type: "integer" },
      pending: { type: "string", length: 200 },
      pending_until: { type: "instant" },
    },
  },
  {
    name: "passkey",
    primaryKey: ["id"],
    columns: {
      /** Hash of the credential's id, which may be long. */
      id: { type: "string", length: 64 },
      person: { type: "id", nullable: false },
      credential: { type: "text", nullable: false },
      public_key: { type: "text", nullable: false },
      counter: { type: "integer", nullable: false },
      transports: { type: "json" },
      name: { type: "string", length: 40, nullable: false },
      host: { type: "string", length: 255, nullable: false },
      origin: { type: "string", length: 300, nullable: false },
      added_at: { type: "instant", nullable: false },
      used_at: { type: "instant" },
    },
    indexes: { person: ["person"] },
  },
  {
    /** Challenges for passkeys, each good for one answer. */
    name: "passkey_challenge",
    primaryKey: ["hash"],
    columns: {
      hash: { type: "string", length: 64 },
      person: { type: "id", nullable: false },
      expires_at: { type: "instant", nullable: false },
    },
    indexes: { expiry: ["expires_at"] },
  },
  {
    name: "sign_in_failure",
    primaryKey: ["subject"],
    columns: {
      subject: { type: "string", length: 110 },
      failures: { type: "integer", nullable: false },
      first_at: { type: "instant", nullable: false },
      locked_until: { type: "instant" },
    },
  },
];
