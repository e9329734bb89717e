import { Type, type Static } from "typebox";
import { canonicalJson } from "./canonical-json.js";
import type { PluginPackage } from "./manifest.js";
import { Instant, Name } from "./text.js";

/** Folder of an archive below which all files of a package are. */
export const PACKAGE_ROOT = "package";
/** File of a package that says who vouches for it. */
export const SIGNATURE_FILE = "jinshui.signature.json";
/** File of a package that lists what it brings along of others, as CycloneDX. */
export const SBOM_FILE = "sbom.cdx.json";

/** SHA-256 in hexadecimal. */
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
/** First 16 hexadecimal digits of the SHA-256 over a public key's SubjectPublicKeyInfo (DER). */
export const KeyId = Type.String({ pattern: "^[0-9a-f]{16}$" });

/** `jinshui.signature.json`: Ed25519 over the canonical JSON of everything but `signature`. */
export const PackageSignature = Type.Object(
  {
    schema: Type.Literal(1),
    plugin: Name,
    version: Type.String({ maxLength: 60 }),
    /** Each file of the package but this one, by its path below the root, with its hash. */
    files: Type.Record(Type.String(), Sha256),
    keyId: KeyId,
    algorithm: Type.Literal("Ed25519"),
    signedAt: Instant,
    /** In base64. */
    signature: Type.String({ pattern: "^[A-Za-z0-9+/]{86}==$" }),
  },
  { additionalProperties: false },
);
export type PackageSignature = Static<typeof PackageSignature>;

/** The text that is signed. */
export function signedText(content: Omit<PackageSignature, "signature"> & { signature?: string }): string {
  return canonicalJson({ ...content, signature: undefined });
}

/** The file as it must stand in the package, byte for byte: so no byte of it can be changed unnoticed. */
export function signatureFileText(signature: PackageSignature): string {
  return `${canonicalJson(signature)}\n`;
}

/** Files and folders that a package takes from a plugin's folder; not all of them need be there. */
export function packedPaths({ jinshui, files = [] }: PluginPackage & { files?: string[] }): string[] {
  const { server, web, contributes, provides } = jinshui;
  const { collections, formats, processes, forms, locales, settings } = contributes;
  const paths = [
    "package.json",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    ...files.filter((path) => !/[*!]/.test(path)),
    ...[server?.main, web?.module].map((path) => path && topOf(path)),
    ...[collections, formats, processes, forms, locales, settings, provides?.contracts],
    ...Object.values(provides?.points ?? {}),
    ...Object.values(provides?.ops ?? {}).flatMap(({ input, output }) => [input, output]),
  ];
  const plain = paths.flatMap((path) => (path === undefined ? [] : [path.replace(/^\.\//, "").replace(/\/$/, "")]));
  return [...new Set(plain)].filter((path) => path !== "").sort();
}

/** A module imports its neighbours: the whole folder goes along, unless it is the plugin's own. */
function topOf(path: string): string {
  return path.replace(/^\.\//, "").split("/")[0] ?? path;
}
