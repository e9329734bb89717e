import {
  type BureauConfig,
  JinshuiError,
  type LocalText,
  type MachineClient,
  type SignInClient,
} from "@jinshui/contracts";
import type { OrganisationConfig } from "@jinshui/auth";
import type { Database, Reader, Row } from "@jinshui/storage";
import { requireRedirects } from "./redirects.js";
import { configuredDigest, newSecret, secretDigest } from "./secret.js";

/** A system whose users sign in with us. */
export interface SignInSystem {
  kind: "sign-in";
  id: string;
  title: LocalText;
  secretSha256?: string;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  trusted: boolean;
}

/** A program that acts in a bureau by itself. */
export interface Machine {
  kind: "machine";
  id: string;
  title: LocalText;
  secretSha256?: string;
  bureau: string;
  scopes: readonly string[];
  source?: string;
}

export type Client = SignInSystem | Machine;
type Settings = Omit<SignInClient, "id" | "title"> | Omit<MachineClient, "id" | "title">;

/** Registered clients: those of configuration files, and those registered by command, which the database has. */
export class Clients {
  readonly #configured = new Map<string, Client>();

  constructor(
    readonly database: Database,
    readonly config: OrganisationConfig,
  ) {}

  /** Reads the configured ones. @throws JinshuiError `invalid-file` for what can't be. */
  async open(folder: string): Promise<void> {
    const { site, bureaus } = this.config;
    const rules = { production: site.production === true };
    for (const client of site.federation?.clients ?? []) {
      const secret = await configuredDigest(folder, client);
      this.#configure(signInSystem(client, secret, rules));
    }
    for (const { bureau, federation } of bureaus)
      for (const client of federation?.clients ?? [])
        this.#configure(machine(client, await configuredDigest(folder, client), bureau));
  }

  #configure(client: Client): void {
    if (this.#configured.has(client.id))
      throw new JinshuiError("invalid-file", `Two clients of the configuration are called ${client.id}`);
    this.#configured.set(client.id, client);
  }

  /** How many there are. */
  async count(): Promise<number> {
    return this.#configured.size + (await this.database.count("federation_client"));
  }

  /** `reader`: the transaction that asks, so that it needs no second connection. */
  async find(id: string, reader: Reader = this.database): Promise<Client | undefined> {
    const row = this.#configured.has(id) ? undefined : await reader.findOne("federation_client", { id });
    return row ? this.#ofRow(row) : this.#configured.get(id);
  }

  async machine(id: string, reader?: Reader): Promise<Machine | undefined> {
    const client = await this.find(id, reader);
    return client?.kind === "machine" && this.#hasBureau(client.bureau) ? client : undefined;
  }

  /** All, configured ones first; `bureau`: its machines only. */
  async list(bureau?: string): Promise<Client[]> {
    const rows = await this.database.find("federation_client", { orderBy: ["id"], limit: 1_000 });
    const all = [...this.#configured.values(), ...rows.map((row) => this.#ofRow(row))];
    return bureau === undefined ? all : all.filter((client) => client.kind === "machine" && client.bureau === bureau);
  }

  /** Registers one; its secret, which is kept nowhere. @throws JinshuiError `not-unique` for an id that is taken. */
  async add(
    client: { id: string; title: LocalText; bureau?: string } & Settings,
    by: { id: string; name: string },
  ): Promise<string | undefined> {
    const { id, title, bureau, ...settings } = client;
    if (await this.find(id)) throw new JinshuiError("not-unique", `There is a client ${id} already`);
    if (bureau !== undefined && !this.#hasBureau(bureau))
      throw new JinshuiError("invalid-request", `There is no bureau ${bureau}`);
    const secret = "public" in settings && settings.public ? undefined : newSecret();
    const row: Row = {
      id,
      title,
      settings,
      ...(bureau === undefined ? {} : { bureau }),
      ...(secret === undefined ? {} : { secret_sha256: secretDigest(secret) }),
    };
    this.#ofRow(row);
    await this.database.transaction(async (tx) => {
      await tx.insert("federation_client", { ...row, created_at: tx.time });
      tx.audit({ ...this.#about(row, by), action: "add-client", after: { title, ...settings } });
    });
    return secret;
  }

  /** A new secret; the old one is of no use any more. */
  async renewSecret(id: string, by: { id: string; name: string }): Promise<string> {
    const secret = newSecret();
    await this.database.transaction(async (tx) => {
      const row = await tx.findOneForUpdate("federation_client", { id });
      if (!row) throw notRegistered(id);
      await tx.update("federation_client", { id }, { secret_sha256: secretDigest(secret) });
      tx.audit({ ...this.#about(row, by), action: "renew-client-secret" });
    });
    return secret;
  }

  /** Ends one, with what it was granted. */
  async remove(id: string, by: { id: string; name: string }): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await tx.findOneForUpdate("federation_client", { id });
      if (!row) throw notRegistered(id);
      await tx.remove("federation_client", { id });
      await tx.remove("federation_grant", { client: id });
      tx.audit({ ...this.#about(row, by), action: "remove-client", before: { title: row["title"] } });
    });
  }

  #about(row: Row, actor: { id: string; name: string }): { bureau: string; actor: typeof actor; resource: string } {
    const bureau = String(row["bureau"] ?? this.config.bureaus[0]?.bureau);
    return { bureau, actor, resource: `client/${String(row["id"])}` };
  }

  #ofRow(row: Row): Client {
    const { id, title, settings, bureau, secret_sha256: digest } = row;
    const client = { ...(settings as object), id: String(id), title: title as LocalText };
    const secret = digest === undefined ? undefined : String(digest);
    if (bureau !== undefined) return machine(client as MachineClient, secret, String(bureau));
    const production = this.config.site.production === true;
    return signInSystem(client as SignInClient, secret, { production });
  }

  #hasBureau(id: string): boolean {
    return this.config.bureaus.some(({ bureau }: BureauConfig) => bureau === id);
  }
}

function signInSystem(
  { id, title, redirectUris, postLogoutRedirectUris = [], trusted = false, ...client }: SignInClient,
  secret: string | undefined,
  rules: { production: boolean },
): SignInSystem {
  if ((secret === undefined) !== (client.public === true))
    throw new JinshuiError("invalid-file", `Client ${id} needs either a secret or public: true`);
  requireRedirects(id, [...redirectUris, ...postLogoutRedirectUris], rules);
  const addresses = { redirectUris, postLogoutRedirectUris };
  return {
    kind: "sign-in",
    id,
    title,
    ...addresses,
    trusted,
    ...(secret === undefined ? {} : { secretSha256: secret }),
  };
}

function machine({ id, title, scopes, source }: MachineClient, secret: string | undefined, bureau: string): Machine {
  if (secret === undefined) throw new JinshuiError("invalid-file", `Client ${id} of ${bureau} needs a secret`);
  return {
    kind: "machine",
    id,
    title,
    bureau,
    scopes,
    secretSha256: secret,
    ...(source === undefined ? {} : { source }),
  };
}

function notRegistered(id: string): JinshuiError {
  return new JinshuiError("not-found", `No client ${id} was registered by command; the configuration has its own`);
}
