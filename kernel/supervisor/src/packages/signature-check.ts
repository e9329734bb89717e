import {
  PackageSignature,
  type PackageProblem,
  SIGNATURE_FILE,
  signatureFileText,
  signedText,
} from "@jinshui/contracts";
import { problems } from "@jinshui/contracts/validate";
import { dayInChina } from "@jinshui/storage";
import { verify } from "node:crypto";
import type { UnpackedFile } from "./archive.js";
import type { PackageTrust, TrustedKey } from "./trust.js";

/** What a package says of its origin, and what of that does not hold. */
export interface SignatureCheck {
  /** Whose signature holds; nothing when there is none or it does not. */
  key?: TrustedKey;
  /** What is signed; nothing when that can't be read. */
  signature?: PackageSignature;
  problems: PackageProblem[];
}

/** Checks a package's signature: its key, the signature itself, and that the files are exactly those that were signed. */
export function checkSignature(
  files: ReadonlyMap<string, UnpackedFile>,
  signatureFile: string | undefined,
  trust: PackageTrust,
  now = new Date(),
): SignatureCheck {
  if (signatureFile === undefined)
    return { problems: trust.allowsUnsigned ? [] : [{ code: "unsigned", message: "Nobody has signed the package" }] };
  const signature = readSignature(signatureFile);
  if (!signature)
    return {
      problems: [
        { code: "signature-unreadable", message: `${SIGNATURE_FILE} is not as it was written`, file: SIGNATURE_FILE },
      ],
    };
  const { keyId } = signature;
  const key = trust.keys.get(keyId);
  if (!key)
    return {
      signature,
      problems: [
        { code: "unknown-key", message: `Signed with the key ${keyId}, which is not trusted`, details: { keyId } },
      ],
    };
  if (!verify(undefined, Buffer.from(signedText(signature)), key.publicKey, Buffer.from(signature.signature, "base64")))
    return {
      signature,
      problems: [
        { code: "signature-wrong", message: `The signature is not that of the key ${keyId}`, details: { keyId } },
      ],
    };
  return {
    key,
    signature,
    problems: [...withdrawn(key, dayInChina(now.toISOString())), ...differing(files, signature)],
  };
}

/** Why a key's signatures are not taken (any more). `day`: today, for new packages. */
export function withdrawn({ id, title, notAfter, revoked }: TrustedKey, day?: string): PackageProblem[] {
  const details = { keyId: id, signer: title["zh-CN"], ...(notAfter === undefined ? {} : { notAfter }) };
  if (revoked) return [{ code: "key-revoked", message: `The key ${id} has been revoked`, details }];
  return day !== undefined && notAfter !== undefined && day > notAfter
    ? [{ code: "key-expired", message: `The key ${id} was good until ${notAfter}`, details }]
    : [];
}

function differing(files: ReadonlyMap<string, UnpackedFile>, signature: PackageSignature): PackageProblem[] {
  const signed = new Map(Object.entries(signature.files));
  const found: PackageProblem[] = [];
  for (const [file, { sha256 }] of files) {
    if (file === SIGNATURE_FILE) continue;
    if (!signed.has(file)) found.push({ code: "file-added", message: `${file} is not among what was signed`, file });
    else if (signed.get(file) !== sha256)
      found.push({ code: "file-changed", message: `${file} is not what was signed`, file });
  }
  for (const file of signed.keys())
    if (!files.has(file)) found.push({ code: "file-missing", message: `${file} was signed and is missing`, file });
  return found.slice(0, 20);
}

/** The signature, if the file is just what `signatureFileText` makes of it: any other text for the same value is a change. */
function readSignature(text: string): PackageSignature | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (problems(PackageSignature, value).length > 0) return undefined;
  const signature = value as PackageSignature;
  const bytes = Buffer.from(signature.signature, "base64");
  const isCanonical = signatureFileText(signature) === text && bytes.toString("base64") === signature.signature;
  return isCanonical ? signature : undefined;
}
