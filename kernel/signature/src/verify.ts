import { type SignatureAlgorithm, SIGNATURE_ALGORITHMS, type SignatureFault } from "@jinshui/contracts";
import type { Reader } from "@jinshui/storage";
import * as x509 from "@peculiar/x509";
import { createPublicKey, verify } from "node:crypto";
import { authorityCertificates } from "./authority.js";
import { MECHANISMS } from "./port.js";
import { isSm2, verifySm2 } from "./sm2.js";
import { PSS } from "./software-token.js";

/** A signature with what it takes to check it later. */
export interface Signed {
  mechanism: string;
  /** DER as base64. */
  certificate: string;
  /** Base64. */
  signature: string;
}

/** What is known of who signed; `fault` when the signature does not hold. */
export interface Verdict {
  fault?: SignatureFault;
  /** The person the certificate was issued to. */
  person?: string;
  algorithm?: SignatureAlgorithm;
  serial?: string;
  subject?: string;
}

/** Checks signatures of this site's people: the certificate as of when it was signed, then the signature itself. */
export class Verifier {
  #trusted: Promise<x509.X509Certificate[]> | undefined;

  /** `folder`: where the site's keys are; the certificates of its authorities are all that is read there. */
  constructor(readonly folder: string) {}

  async check(reader: Reader, signed: Signed, data: Uint8Array, at: string): Promise<Verdict> {
    const certificate = parse(signed.certificate);
    const algorithm = SIGNATURE_ALGORITHMS.find((known) => MECHANISMS[known] === signed.mechanism);
    if (!certificate || !algorithm) return { fault: "certificate" };
    const { subject, serialNumber: serial } = certificate;
    const known = { algorithm, serial, subject };
    const row = await reader.findOne("signing_certificate", { serial, certificate: signed.certificate });
    if (!row || !(await this.#issued(certificate))) return { ...known, fault: "certificate" };
    const verdict = { ...known, person: String(row["person"]) };
    const time = Date.parse(at);
    if (!(time >= certificate.notBefore.getTime() && time <= certificate.notAfter.getTime()))
      return { ...verdict, fault: "expired" };
    if (row["revoked_at"] !== undefined && Date.parse(String(row["revoked_at"])) <= time)
      return { ...verdict, fault: "revoked" };
    const publicKey = Buffer.from(certificate.publicKey.rawData);
    const holds = holdsFor(algorithm, data, Buffer.from(signed.signature, "base64"), publicKey);
    return holds ? verdict : { ...verdict, fault: "signature" };
  }

  /** Whether this site issued a certificate. */
  async #issued(certificate: x509.X509Certificate): Promise<boolean> {
    const known = await (this.#trusted ??= authorityCertificates(this.folder));
    if (known.length === 0) this.#trusted = undefined;
    for (const { subject, publicKey } of known) {
      if (certificate.issuer !== subject) continue;
      if (await certificate.verify({ publicKey, signatureOnly: true }).catch(() => false)) return true;
    }
    return false;
  }
}

/** Whether a signature is one of this key over this data. */
function holdsFor(algorithm: SignatureAlgorithm, data: Uint8Array, signature: Buffer, publicKey: Buffer): boolean {
  if (isSm2(publicKey) !== (algorithm === "sm2")) return false;
  if (algorithm === "sm2") return verifySm2(data, signature, publicKey);
  const key = createPublicKey({ key: publicKey, format: "der", type: "spki" });
  if (key.asymmetricKeyType !== algorithm) return false;
  return algorithm === "ed25519"
    ? verify(null, data, key, signature)
    : verify("sha256", data, { key, ...PSS }, signature);
}

function parse(der: string): x509.X509Certificate | undefined {
  try {
    return new x509.X509Certificate(Buffer.from(der, "base64"));
  } catch {
    return undefined;
  }
}
