import { type Auth, Seal } from "@jinshui/auth";
import type { Handlers, SignatureApi, SigningCertificate, SiteState } from "@jinshui/contracts";
import type { Database, Reader, Transaction } from "@jinshui/storage";
import { Authority, siteCertificates } from "./authority.js";
import { Certificates, describedCertificate } from "./certificates.js";
import { addDemoKeys } from "./demo-keys.js";
import { type Ending, endingCertificates } from "./ending.js";
import type { SignedDocument } from "./document/document.js";
import { Press } from "./document/press.js";
import type { SigningToken } from "./port.js";
import { signatureHandlers } from "./service.js";
import { SoftwareToken } from "./software-token.js";
import { SIGNATURE_TABLES } from "./tables.js";
import { type Signed, type Verdict, Verifier } from "./verify.js";

/** Signatures, ready to be made and checked; what is signed is the caller's affair. */
export interface Signatures {
  handlers: Handlers<SignatureApi>;
  authority: Authority;
  /** The certificate a person signs with now, if there is one. */
  certificateOf(reader: Reader, person: string): Promise<SigningCertificate | undefined>;
  /** @throws JinshuiError `signature-refused` when the certificate is not theirs or no longer in force. */
  sign(tx: Transaction, person: string, certificate: string, data: Uint8Array): Promise<Signed>;
  /** Whether a signature holds that was made at a time. */
  check(reader: Reader, signed: Signed, data: Uint8Array, at: string): Promise<Verdict>;
  /** Certificates of a bureau's people that end before a time. */
  ending(bureau: string, before: string, page: { limit?: number; cursor?: string }): Promise<Ending>;
  /** The site's own certificates, as far as they have been made. */
  siteCertificates(): Promise<SiteState["certificates"]>;
  /** A document as a PDF that the site has signed. */
  document(document: SignedDocument, signal?: AbortSignal): Promise<Buffer>;
}

/** Makes the tables exist, gives demo people their keys and returns the parts. */
export async function openSignatures(options: {
  database: Database;
  auth: Auth;
  /** Where the site's keys are kept, readable by the owner only. */
  keysFolder: string;
  /** Where the keys of people are; the software token when absent. */
  token?: SigningToken;
  /** How long certificates of people are in force; three years when absent. */
  validityMs?: number;
}): Promise<Signatures> {
  const { database, auth, keysFolder, validityMs } = options;
  const { access, changes, organisation } = auth;
  await database.ensureTables(SIGNATURE_TABLES);
  const seal = await Seal.open(keysFolder, "signing.key", organisation.config.site.crypto?.cipher);
  const authority = new Authority(keysFolder, seal, organisation.config.site.site.title["zh-CN"]);
  const token = options.token ?? new SoftwareToken(seal);
  const bureauTitle = (id: string): string => organisation.bureau(id)?.title["zh-CN"] ?? id;
  const certificates = new Certificates(token, authority, bureauTitle, validityMs);
  const press = new Press(authority);
  const verifier = new Verifier(keysFolder);
  const { demo } = organisation.config;
  if (demo) await addDemoKeys(database, demo, certificates);
  return {
    handlers: signatureHandlers({ database, access, changes, certificates, authority }),
    authority,
    async certificateOf(reader, person) {
      const now = new Date().toISOString();
      const row = await certificates.inForce(reader, person, now);
      return row && describedCertificate(row, now);
    },
    ending: (bureau, before, page) => endingCertificates({ database, organisation }, bureau, before, page),
    siteCertificates: () => siteCertificates(keysFolder),
    sign: (tx, person, certificate, data) => certificates.sign(tx, person, certificate, data),
    document: (document, signal) => press.print(document, signal),
    check: (reader, signed, data, at) => verifier.check(reader, signed, data, at),
  };
}
