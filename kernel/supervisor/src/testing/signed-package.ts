import { type PackageSignature, SIGNATURE_FILE, signatureFileText, signedText } from "@jinshui/contracts";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { keyIdOf, type PackageTrust, type TrustedKey } from "../packages/trust.js";
import { archiveLimits } from "../packages/archive.js";
import { archiveOf, sha256Of } from "./tar-archive.js";

export type PackageFiles = Record<string, string | Buffer>;

/** A key pair as a maker of plugins has it. */
export interface SigningKey {
  id: string;
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export function signingKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return { id: keyIdOf(publicKey), privateKey, publicKey };
}

/** A site that trusts these keys. */
export function trusting(keys: readonly SigningKey[], change: Partial<PackageTrust & TrustedKey> = {}): PackageTrust {
  const trusted = keys.map(({ id, publicKey }): TrustedKey => ({
    id,
    title: { "zh-CN": "市局信息中心" },
    publicKey,
    revoked: change.revoked ?? false,
    ...(change.notAfter === undefined ? {} : { notAfter: change.notAfter }),
  }));
  return {
    keys: new Map(trusted.map((key) => [key.id, key])),
    allowsUnsigned: change.allowsUnsigned ?? false,
    limits: archiveLimits(),
    ...(change.catalogue ? { catalogue: change.catalogue } : {}),
  };
}

const title = { "zh-CN": "用车登记" };

/** A plugin that is data only, so that it needs no build. */
export function tripsManifest(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: "trips",
    schema: 1,
    title,
    requires: { apis: { storage: "^1.0" } },
    grants: { apis: ["storage"] },
    contributes: {
      permissions: [{ id: "trips.own", title: { "zh-CN": "登记用车" }, positions: ["clerk"] }],
      views: [{ id: "trips", kind: "collection", collection: "trip", title, permission: "trips.own" }],
      menu: [{ view: "trips", group: "administration" }],
      collections: "collections/",
    },
    ...change,
  };
}

/** Its files. */
export function tripsFiles(version = "1.0.0", manifest = tripsManifest()): PackageFiles {
  const trip = {
    name: "trip",
    title,
    fields: { purpose: { type: "string", title: { "zh-CN": "事由" } } },
    display: { title: "purpose", list: ["purpose"] },
    permissions: { read: ["trips.own"], write: ["trips.own"] },
  };
  return {
    "package.json": JSON.stringify({ name: "@example/trips", version, type: "module", jinshui: manifest }),
    "collections/trip.json": JSON.stringify(trip),
    "README.md": "# 用车登记\n",
  };
}

/** The files with a signature over them; `change` is what the signature says instead. */
export function signed(files: PackageFiles, key: SigningKey, change: Partial<PackageSignature> = {}): PackageFiles {
  const {
    name = "",
    version,
    jinshui,
  } = JSON.parse(String(files["package.json"])) as {
    name?: string;
    version: string;
    jinshui: { id?: string };
  };
  const hashes = Object.entries(files).map(([path, content]): [string, string] => [path, sha256Of(content)]);
  const content = {
    schema: 1 as const,
    plugin: jinshui.id ?? name,
    version,
    files: Object.fromEntries(hashes),
    keyId: key.id,
    algorithm: "Ed25519" as const,
    signedAt: "2026-11-27T01:00:00.000Z",
    ...change,
  };
  const signature = sign(undefined, Buffer.from(signedText(content)), key.privateKey).toString("base64");
  return { ...files, [SIGNATURE_FILE]: signatureFileText({ ...content, signature }) };
}

/** An archive of the files with a signature over them. */
export function signedPackage(files: PackageFiles, key: SigningKey, change: Partial<PackageSignature> = {}): Buffer {
  return archiveOf(signed(files, key, change));
}
