import { encodeAccount, encodeOperator, encodeUser } from "@nats-io/jwt";
import { createAccount, createOperator, createUser, fromSeed, type KeyPair } from "@nats-io/nkeys";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

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
}

/** Mints bus credentials and knows what a server needs to trust them. */
export interface BusAuthority {
  /** Lines for nats-server's configuration: operator, system account, resolver. */
  readonly serverConfig: string;
  mint(grant: BusGrant): Promise<BusCredential>;
}

const UNLIMITED = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };

/**
 * Opens the site's bus authority; keys are made once and kept in `folder`, readable by the owner only. An operator signs two
 * accounts (the site's with JetStream, and the server's own); a signing key of the site's account signs every credential.
 */
export async function openBusAuthority(folder: string): Promise<BusAuthority> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const operator = await key(folder, "bus-operator", createOperator);
  const account = await key(folder, "bus-account", createAccount);
  const system = await key(folder, "bus-system", createAccount);
  const signer = await key(folder, "bus-signer", createAccount);
  const [operatorJwt, accountJwt, systemJwt] = await Promise.all([
    encodeOperator("jinshui", operator, { system_account: system.getPublicKey() }),
    encodeAccount(
      "JINSHUI",
      account,
      {
        limits: { ...UNLIMITED, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
        signing_keys: [signer.getPublicKey()],
      },
      { signer: operator },
    ),
    encodeAccount("SYS", system, { limits: UNLIMITED }, { signer: operator }),
  ]);
  return {
    serverConfig: [
      `operator: ${operatorJwt}`,
      `system_account: ${system.getPublicKey()}`,
      "resolver: MEMORY",
      `resolver_preload: { ${account.getPublicKey()}: ${accountJwt}, ${system.getPublicKey()}: ${systemJwt} }`,
    ].join("\n"),
    async mint(grant) {
      const user = createUser();
      const jwt = await encodeUser(
        grant.name,
        user,
        signer,
        {
          issuer_account: account.getPublicKey(),
          pub: { allow: grant.publish },
          sub: { allow: [...grant.subscribe, `_INBOX_${grant.name}.>`] },
          resp: { max: 1, ttl: 60_000_000_000 },
          subs: -1,
          data: -1,
          payload: -1,
        },
        grant.ttlSeconds === undefined ? {} : { exp: Math.floor(Date.now() / 1_000) + grant.ttlSeconds },
      );
      return { jwt, seed: new TextDecoder().decode(user.getSeed()) };
    },
  };
}

async function key(folder: string, name: string, create: () => KeyPair): Promise<KeyPair> {
  const file = join(folder, `${name}.nk`);
  try {
    return fromSeed(new TextEncoder().encode((await readFile(file, "utf8")).trim()));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const made = create();
  await writeFile(file, new TextDecoder().decode(made.getSeed()), { mode: 0o600 });
  await chmod(file, 0o600);
  return made;
}
