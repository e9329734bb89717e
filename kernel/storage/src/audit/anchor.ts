import { canonicalJson } from "@jinshui/contracts";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GENESIS, sha256 } from "../audit-hash.js";

/** The head of a bureau's audit chain at one moment, signed, and linked to the anchor before. */
export interface Anchor {
  bureau: string;
  /** 1, 2, 3 … for each bureau and signer. */
  number: number;
  /** ISO in UTC. */
  at: string;
  /** The chain's last entry and its hash. */
  seq: number;
  hash: string;
  /** Hash of the anchor before. */
  previous: string;
  /** Id of the key that signed it. */
  signer: string;
  /** Ed25519 over the canonical JSON of all the above, base64url. */
  signature: string;
}

/** The key pair a kernel signs anchors with; the private half is absent for who only checks. */
export interface AnchorKey {
  id: string;
  publicKey: KeyObject;
  privateKey?: KeyObject;
}

/** Opens the key in a file, which is made once and readable by its owner only. */
export async function openAnchorKey(file: string): Promise<AnchorKey> {
  const pem = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (pem !== undefined) return readAnchorKey(pem);
  const { privateKey } = generateKeyPairSync("ed25519");
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
  return keyOf(createPublicKey(privateKey), privateKey);
}

/** A private or public key in PEM. */
export function readAnchorKey(pem: string | Buffer): AnchorKey {
  const isPrivate = pem.includes("PRIVATE KEY");
  return keyOf(createPublicKey(pem), isPrivate ? createPrivateKey(pem) : undefined);
}

/** Puts the public key beside the anchors, for whoever takes a copy of them. */
export async function publishAnchorKey(folder: string, key: AnchorKey): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(publicKeyFile(folder), publicPem(key));
}

/** Where the public key lies in a folder of anchors. */
export function publicKeyFile(folder: string): string {
  return join(folder, "audit-anchor.pub.pem");
}

/** The public key as text. */
export function publicPem(key: AnchorKey): string {
  return key.publicKey.export({ type: "spki", format: "pem" }).toString();
}

function keyOf(publicKey: KeyObject, privateKey?: KeyObject): AnchorKey {
  const id = createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 16);
  return { id, publicKey, ...(privateKey ? { privateKey } : {}) };
}

/** Makes the anchor after `last`. */
export function signAnchor(
  key: AnchorKey,
  head: Pick<Anchor, "bureau" | "at" | "seq" | "hash">,
  last: Anchor | undefined,
): Anchor {
  if (!key.privateKey) throw new Error("an anchor is signed with the private key");
  const { bureau, at, seq, hash } = head;
  const unsigned = {
    bureau,
    number: (last?.number ?? 0) + 1,
    at,
    seq,
    hash,
    previous: last ? anchorHash(last) : GENESIS,
    signer: key.id,
  };
  const signature = sign(null, Buffer.from(canonicalJson(unsigned)), key.privateKey).toString("base64url");
  return { ...unsigned, signature };
}

/** Whether the key's owner has signed exactly this. */
export function isSigned({ signature, ...unsigned }: Anchor, key: AnchorKey): boolean {
  return verify(null, Buffer.from(canonicalJson(unsigned)), key.publicKey, Buffer.from(signature, "base64url"));
}

/** What the next anchor links to. */
export function anchorHash(anchor: Anchor): string {
  return sha256(canonicalJson(anchor));
}
