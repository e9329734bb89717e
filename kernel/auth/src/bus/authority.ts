import { encodeAccount, encodeOperator, encodeUser } from "@nats-io/jwt";
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from "@nats-io/nkeys";
import { MAX_MESSAGE_BYTES } from "@jinshui/contracts";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemGrant } from "./grants.js";
import { nativePair } from "./native-pair.js";

/** What a credential may do on the bus: allow-lists only. */
export interface BusGrant {
  /** The caller token it is for; also its inbox prefix `_INBOX_<name>`. */
  name: string;
  publish: string[];
  subscribe: string[];
  /** Absent: does not expire (parts of the kernel; their keys die with the process). */
  ttlSeconds?: number;
}

export interface BusCredential {
  jwt: string;
  seed: string;
  /** Public key of the credential: what the server calls its holder by. */
  id: string;
}

/** Mints bus credentials, takes them back, and knows what a server needs to trust them. */
export interface BusAuthority {
  /** Lines for nats-server's configuration: operator, system account, resolver; with what is revoked by now. */
  serverConfig(): Promise<string>;
  mint(grant: BusGrant): Promise<BusCredential>;
  /** A credential of the server's own account, to tell it of revocations and hear of connections. */
  mintSystem(): Promise<BusCredential>;
  /** The site's account by name, and its claims with what is revoked by now: what a server is told. */
  readonly account: string;
  accountClaims(): Promise<string>;
  /** Takes credentials back. A server that is told the account's claims then ends their connections and refuses them. */
  revoke(ids: readonly string[]): void;
}

const UNLIMITED = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };
/** Room for headers beside the largest body; a server closes the connection of who sends more. */
const MAX_PAYLOAD = MAX_MESSAGE_BYTES + 64 * 1024;
/** Far more than any plugin with many operations in many bureaus has. */
const MAX_SUBSCRIPTIONS = 5_000;
/** A revocation is kept for a little longer than any credential lives. */
const KEPT_SECONDS = 2 * 3_600;
/** In place of a credential's id: all that were issued until then. */
const ALL = "*";

/**
 * Opens the site's bus authority; keys are made once and kept in `folder`, readable by the owner only. An operator signs two
 * accounts (the site's with JetStream, and the server's own); a signing key of the site's account signs every credential. What an
 * earlier kernel has issued is refused.
 */
export async function openBusAuthority(folder: string): Promise<BusAuthority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const operator = await key(folder, "bus-operator", createOperator);
  const account = await key(folder, "bus-account", createAccount);
  const system = await key(folder, "bus-system", createAccount);
  const signer = await key(folder, "bus-signer", createAccount);
  return new Authority({ operator, account, system, signer });
}

class Authority implements BusAuthority {
  readonly #revoked = new Map<string, number>([[ALL, seconds() - 1]]);
  // signing takes milliseconds
  #fixed: Promise<[string, string]> | undefined;
  #claims: Promise<string> | undefined;

  constructor(readonly keys: Record<"operator" | "account" | "system" | "signer", KeyPair>) {}

  get account(): string {
    return this.keys.account.getPublicKey();
  }

  async serverConfig(): Promise<string> {
    const [operatorJwt, systemJwt] = await (this.#fixed ??= this.#encodeFixed());
    const system = this.keys.system.getPublicKey();
    return [
      `operator: ${operatorJwt}`,
      `system_account: ${system}`,
      "resolver: MEMORY",
      `resolver_preload: { ${this.account}: ${await this.accountClaims()}, ${system}: ${systemJwt} }`,
    ].join("\n");
  }

  #encodeFixed(): Promise<[string, string]> {
    const { operator, system } = this.keys;
    return Promise.all([
      encodeOperator("jinshui", operator, { system_account: system.getPublicKey() }),
      encodeAccount("SYS", system, { limits: UNLIMITED }, { signer: operator }),
    ]);
  }

  accountClaims(): Promise<string> {
    return (this.#claims ??= this.#encodeClaims());
  }

  #encodeClaims(): Promise<string> {
    const { operator, account, signer } = this.keys;
    return encodeAccount(
      "JINSHUI",
      account,
      {
        limits: { ...UNLIMITED, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
        signing_keys: [signer.getPublicKey()],
        revocations: Object.fromEntries(this.#revoked),
      },
      { signer: operator },
    );
  }

  revoke(ids: readonly string[]): void {
    for (const [id, at] of this.#revoked) if (id !== ALL && at < seconds() - KEPT_SECONDS) this.#revoked.delete(id);
    for (const id of ids) this.#revoked.set(id, seconds());
    this.#claims = undefined;
  }

  mint(grant: BusGrant): Promise<BusCredential> {
    return mintUser(grant, this.keys.signer, { issuer_account: this.account });
  }

  mintSystem(): Promise<BusCredential> {
    return mintUser(systemGrant(this.account), this.keys.system, {});
  }
}

async function mintUser(grant: BusGrant, signer: KeyPair, issuer: { issuer_account?: string }): Promise<BusCredential> {
  const user = nativePair(createUser());
  const isShortLived = grant.ttlSeconds !== undefined;
  const jwt = await encodeUser(
    grant.name,
    user,
    signer,
    {
      ...issuer,
      // an empty list would allow everything
      pub: grant.publish.length === 0 ? { deny: [">"] } : { allow: grant.publish },
      sub: { allow: [...grant.subscribe, `_INBOX_${grant.name}.>`] },
      resp: { max: 1, ttl: 60_000_000_000 },
      subs: isShortLived ? MAX_SUBSCRIPTIONS : -1,
      data: -1,
      payload: isShortLived ? MAX_PAYLOAD : -1,
      allowed_connection_types: ["STANDARD"],
    },
    isShortLived ? { exp: seconds() + (grant.ttlSeconds ?? 0) } : {},
  );
  return { jwt, seed: new TextDecoder().decode(user.getSeed()), id: user.getPublicKey() };
}

const seconds = (): number => Math.floor(Date.now() / 1_000);

async function key(folder: string, name: string, create: () => KeyPair): Promise<KeyPair> {
  const file = join(folder, `${name}.nk`);
  try {
    return nativePair(fromSeed(new TextEncoder().encode((await readFile(file, "utf8")).trim())));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const made = create();
  await writeFile(file, new TextDecoder().decode(made.getSeed()), { mode: 0o600 });
  await chmod(file, 0o600);
  return nativePair(made);
}
