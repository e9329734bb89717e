import { readZipParts } from "@jinshui/storage";
import { createHash } from "node:crypto";
import { contentHash } from "./archive-content.js";
import { contentOf } from "./archive-parts.js";
import { type ArchiveManifest, MANIFEST, readManifest } from "./manifest.js";

/** Texts beyond this are no part of an archive of ours. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** What is wrong with an archive as a file. */
export interface PackageFault {
  kind: "manifest" | "missing" | "changed" | "added" | "seal";
  /** The part that is meant; absent where it is the whole. */
  path?: string;
}

export interface PackageReport {
  manifest?: ArchiveManifest;
  faults: PackageFault[];
}

/**
 * Checks an archive by itself, without the site it comes from: each part against the manifest, the manifest against its own
 * hash, and the parts together against the seal. Whoever makes all of it anew is found by `seal`, as the site's audit trail or
 * a printed document tells it.
 * @throws JinshuiError `invalid-file` where it is no archive file at all.
 */
export async function verifyPackage(path: string, seal?: string): Promise<PackageReport> {
  const texts = new Map<string, string>();
  const found = new Map<string, { bytes: number; sha256: string }>();
  for await (const part of readZipParts(path)) {
    const hash = createHash("sha256");
    const kept: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of await part.content()) {
      hash.update(chunk);
      bytes += chunk.length;
      if (part.path.endsWith(".json") && bytes <= MAX_TEXT_BYTES) kept.push(chunk);
    }
    found.set(part.path, { bytes, sha256: hash.digest("hex") });
    if (part.path.endsWith(".json")) texts.set(part.path, Buffer.concat(kept).toString("utf8"));
  }
  const manifest = readManifest(texts.get(MANIFEST) ?? "");
  if (!manifest) return { faults: [{ kind: "manifest" }] };
  return { manifest, faults: [...partFaults(manifest, found), ...sealFaults(manifest, texts, seal)] };
}

function partFaults(
  { parts }: ArchiveManifest,
  found: ReadonlyMap<string, { bytes: number; sha256: string }>,
): PackageFault[] {
  const named = new Set(parts.map(({ path }) => path));
  return [
    ...parts.flatMap(({ path, bytes, sha256 }): PackageFault[] => {
      const is = found.get(path);
      if (!is) return [{ kind: "missing", path }];
      return is.bytes === bytes && is.sha256 === sha256 ? [] : [{ kind: "changed", path }];
    }),
    ...[...found.keys()]
      .filter((path) => path !== MANIFEST && !named.has(path))
      .map((path): PackageFault => ({ kind: "added", path })),
  ];
}

function sealFaults(
  manifest: ArchiveManifest,
  texts: ReadonlyMap<string, string>,
  seal: string | undefined,
): PackageFault[] {
  const content = contentOf(texts);
  const files = new Map(manifest.parts.map(({ path, sha256 }) => [path, sha256]));
  const holds =
    content !== undefined &&
    contentHash(content) === manifest.seal &&
    (seal === undefined || manifest.seal === seal) &&
    // the seal covers the hashes of the files, not what the manifest says of them
    (content.attachments ?? []).every(({ sha256 }) => files.get(`attachments/${sha256}`) === sha256);
  return holds ? [] : [{ kind: "seal" }];
}
