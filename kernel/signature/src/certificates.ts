import { type ActorRef, JinshuiError, type SignatureAlgorithm, type SigningCertificate } from "@jinshui/contracts";
import { newId, type Reader, type Row, type Transaction } from "@jinshui/storage";
import * as x509 from "@peculiar/x509";
import type { Authority } from "./authority.js";
import { MECHANISMS, type SigningToken } from "./port.js";
import type { Signed } from "./verify.js";

const RENEWABLE_MS = 60 * 86_400_000;
const DEFAULT_VALIDITY_MS = 3 * 365 * 86_400_000;

/** Whose key it is. */
export interface Owner extends ActorRef {
  bureau: string;
}

/** Keys of people with their certificates. A person has one in force at most. */
export class Certificates {
  constructor(
    readonly token: SigningToken,
    readonly authority: Authority,
    readonly bureauTitle: (bureau: string) => string,
    readonly validityMs: number = DEFAULT_VALIDITY_MS,
  ) {}

  /** A new key and certificate; they are there when `keep` is done, and say so. */
  async make(
    { id: person, name, bureau }: Owner,
    algorithm: SignatureAlgorithm,
  ): Promise<{ id: string; serial: string; keep: (tx: Transaction) => Promise<void> }> {
    const key = await this.token.generate(person, MECHANISMS[algorithm]);
    const subject = { name, organisation: this.bureauTitle(bureau) };
    const certificate = await this.authority.issue(subject, key.publicKey, this.validityMs);
    const id = newId();
    return {
      id,
      serial: certificate.serialNumber,
      async keep(tx) {
        await key.keep(tx);
        await tx.insert("signing_certificate", {
          id,
          bureau,
          person,
          signing_key: key.id,
          algorithm,
          serial: certificate.serialNumber,
          certificate: Buffer.from(certificate.rawData).toString("base64"),
          not_after: certificate.notAfter.toISOString(),
          issued_at: tx.time,
        });
      },
    };
  }

  /** What a person signs with now, if anything. */
  async inForce(reader: Reader, person: string, now: string): Promise<Row | undefined> {
    const [row] = await reader.find("signing_certificate", {
      where: { person, revoked_at: null, not_after: { gt: now } },
      orderBy: ["-issued_at", "-id"],
      limit: 1,
    });
    return row;
  }

  /**
   * Signs with a person's certificate in force.
   * @throws JinshuiError `signature-refused` when it is not theirs or no longer in force.
   */
  async sign(tx: Transaction, person: string, id: string, data: Uint8Array): Promise<Signed> {
    const row = await tx.findOneForUpdate("signing_certificate", { id, person });
    const ended = row && obstacle(row, tx.time);
    const reason = ended === undefined ? "no-certificate" : `certificate-${ended}`;
    if (!row || ended !== undefined)
      throw new JinshuiError("signature-refused", `Certificate ${id} can't be signed with: ${reason}`, {
        details: { reason },
      });
    const mechanism = MECHANISMS[row["algorithm"] as SignatureAlgorithm];
    const signature = await this.token.sign(person, String(row["signing_key"]), mechanism, data, tx);
    return { mechanism, certificate: String(row["certificate"]), signature: signature.toString("base64") };
  }

  /** Ends a certificate and destroys its key. */
  async revoke(tx: Transaction, row: Row, by: ActorRef, reason: string): Promise<void> {
    await tx.update("signing_certificate", { id: String(row["id"]) }, { revoked_at: tx.time, revoked_by: by, reason });
    await this.token.destroy(String(row["person"]), String(row["signing_key"]), tx);
  }
}

/** Why nothing can be signed with a certificate at a time. */
function obstacle(row: Row, now: string): string | undefined {
  if (row["revoked_at"] !== undefined) return "revoked";
  return String(row["not_after"]) <= now ? "expired" : undefined;
}

/** A certificate as its owner sees it. */
export function describedCertificate(row: Row, now: string): SigningCertificate {
  const certificate = new x509.X509Certificate(Buffer.from(String(row["certificate"]), "base64"));
  const state = obstacle(row, now) ?? "valid";
  return {
    id: String(row["id"]),
    person: String(row["person"]),
    algorithm: row["algorithm"] as SignatureAlgorithm,
    serial: certificate.serialNumber,
    subject: certificate.subject,
    issuer: certificate.issuer,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    state: state as SigningCertificate["state"],
    renewable: state === "valid" && Date.parse(String(row["not_after"])) - Date.parse(now) < RENEWABLE_MS,
    pem: certificate.toString("pem"),
    ...(row["revoked_at"] === undefined ? {} : { revokedAt: String(row["revoked_at"]) }),
    ...(row["reason"] === undefined ? {} : { reason: String(row["reason"]) }),
  };
}
