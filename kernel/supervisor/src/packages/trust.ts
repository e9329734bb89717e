import { JinshuiError, type LocalText, type PluginPackagesConfig } from "@jinshui/contracts";
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { archiveLimits, type ArchiveLimits } from "./archive.js";

/** A key that may sign packages. */
export interface TrustedKey {
  id: string;
  title: LocalText;
  publicKey: KeyObject;
  /** Last day, in China, on which packages with its signature are taken. */
  notAfter?: string;
  revoked: boolean;
}

/** Whose packages a site takes, and from where. */
export interface PackageTrust {
  keys: ReadonlyMap<string, TrustedKey>;
  allowsUnsigned: boolean;
  catalogue?: URL;
  limits: ArchiveLimits;
}

/**
 * Reads the keys of a site; paths are relative to `folder`.
 * @throws JinshuiError `invalid-file` for what is no Ed25519 key, or has another id than it is given.
 */
export async function openTrust(
  { keys = [], unsigned = "refuse", catalogue, maxMegabytes }: PluginPackagesConfig,
  folder: string,
): Promise<PackageTrust> {
  const trusted = new Map<string, TrustedKey>();
  for (const { id, title, publicKey, notAfter, revoked = false } of keys) {
    if (trusted.has(id)) wrong(id, "is there twice");
    const pem = publicKey.includes("-----BEGIN")
      ? publicKey
      : await readFile(resolve(folder, publicKey), "utf8").catch(() =>
          wrong(id, `names ${publicKey}, which can't be read`),
        );
    const key = parsed(id, pem);
    if (keyIdOf(key) !== id) wrong(id, `is the key ${keyIdOf(key)}`);
    trusted.set(id, { id, title, publicKey: key, revoked, ...(notAfter === undefined ? {} : { notAfter }) });
  }
  return {
    keys: trusted,
    allowsUnsigned: unsigned === "allow",
    limits: archiveLimits(maxMegabytes),
    ...(catalogue === undefined ? {} : { catalogue: new URL(catalogue) }),
  };
}

/** First 16 hexadecimal digits of the SHA-256 over the key's SubjectPublicKeyInfo. */
export function keyIdOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex")
    .slice(0, 16);
}

function parsed(id: string, pem: string): KeyObject {
  // a private key would give its public one, but has no place in a configuration
  if (/PRIVATE KEY/.test(pem)) wrong(id, "is a private key: name the public one");
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // told below
  }
  return wrong(id, "is no Ed25519 key in PEM");
}

function wrong(id: string, what: string): never {
  throw new JinshuiError("invalid-file", `configs/base.yaml: pluginPackages.keys: ${id} ${what}`);
}
