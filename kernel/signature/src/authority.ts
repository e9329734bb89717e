import "reflect-metadata";
import type { Seal } from "@jinshui/auth";
import type { SiteState } from "@jinshui/contracts";
import * as x509 from "@peculiar/x509";
import { createHash, randomBytes, webcrypto } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;
const YEAR_MS = 365 * 86_400_000;
const AUTHORITY_YEARS = 20;
const DOCUMENT_YEARS = 10;
const AUTHORITY = "signing-authority";
const DOCUMENT = "document-signing";
/** Certificates of the present authority and of former ones, by their names. */
const AUTHORITIES = /^signing-authority(-[0-9a-f]{16})?[.]crt$/;

/** A certificate of the site's own with the key behind it. */
export interface SiteKey {
  certificate: x509.X509Certificate;
  privateKey: webcrypto.CryptoKey;
}

/** Who a certificate is for. */
export interface Subject {
  name: string;
  organisation: string;
}

/**
 * The site's certificate authority, and the key it signs documents with. Both lie in the folder of keys: certificates open, so that
 * who can write to the database can't put another authority in their place, private keys sealed.
 */
export class Authority {
  #root: Promise<SiteKey> | undefined;
  #document: Promise<SiteKey> | undefined;

  constructor(
    readonly folder: string,
    readonly seal: Seal,
    readonly title: string,
  ) {}

  /** Signs certificates; made when it is first needed. */
  root(): Promise<SiteKey> {
    return (this.#root ??= this.#open(AUTHORITY, async (keys) => {
      const name = nameOf({ name: `${this.title} 签名证书`, organisation: this.title });
      return x509.X509CertificateGenerator.createSelfSigned({
        serialNumber: newSerial(),
        name,
        ...period(AUTHORITY_YEARS * YEAR_MS),
        keys,
        signingAlgorithm: RSA,
        extensions: [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ],
      });
    }));
  }

  /** Signs documents in the site's name; made when the first is signed. */
  document(): Promise<SiteKey> {
    return (this.#document ??= this.#open(DOCUMENT, async ({ publicKey }) => {
      const subject = { name: `${this.title} 文书签章`, organisation: this.title };
      const spki = Buffer.from(await webcrypto.subtle.exportKey("spki", publicKey));
      return this.issue(subject, spki, DOCUMENT_YEARS * YEAR_MS);
    }));
  }

  /** A certificate for a public key (SubjectPublicKeyInfo), in force from now on. */
  async issue(subject: Subject, publicKey: Buffer, validityMs: number): Promise<x509.X509Certificate> {
    const { certificate, privateKey } = await this.root();
    return x509.X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject: nameOf(subject),
      issuer: certificate.subjectName,
      ...period(validityMs),
      publicKey: new Uint8Array(publicKey),
      signingKey: privateKey,
      signingAlgorithm: RSA,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation, true),
      ],
    });
  }

  async #open(
    name: string,
    certify: (keys: webcrypto.CryptoKeyPair) => Promise<x509.X509Certificate>,
  ): Promise<SiteKey> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const [certificateFile, keyFile] = [join(this.folder, `${name}.crt`), join(this.folder, `${name}.key`)];
    const known = await readCertificate(certificateFile);
    if (known) {
      const sealed = await readFile(keyFile, "utf8");
      const pkcs8 = Buffer.from(this.seal.open(sealed, name), "base64");
      const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, RSA, false, ["sign"]);
      return { certificate: known, privateKey };
    }
    const keys = await webcrypto.subtle.generateKey(
      { ...RSA, modulusLength: 3_072, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ["sign", "verify"],
    );
    const certificate = await certify(keys);
    const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    // the certificate comes last: with it the pair is complete
    await writeFile(keyFile, this.seal.close(pkcs8, name), { mode: 0o600 });
    await chmod(keyFile, 0o600);
    await writeFile(certificateFile, certificate.toString("pem"), { mode: 0o644 });
    return { certificate, privateKey: keys.privateKey };
  }
}

/** SHA-256 of a certificate, as people compare it. */
export function fingerprint(certificate: x509.X509Certificate): string {
  return createHash("sha256").update(Buffer.from(certificate.rawData)).digest("hex");
}

function nameOf({ name, organisation }: Subject): x509.Name {
  return new x509.Name([{ CN: [name] }, { O: [organisation] }]);
}

function period(validityMs: number): { notBefore: Date; notAfter: Date } {
  // certificates count in seconds: what is signed in this one lies within
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  return { notBefore: new Date(now), notAfter: new Date(now + validityMs) };
}

/** 127 random bits, positive and not zero. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** Certificates of the authority whose keys lie in a folder and of those before it; none where nothing was signed yet. */
export async function authorityCertificates(folder: string): Promise<x509.X509Certificate[]> {
  const names = (await readdir(folder)).filter((name) => AUTHORITIES.test(name));
  const certificates = await Promise.all(names.map((name) => readCertificate(join(folder, name))));
  return certificates.filter((certificate) => certificate !== undefined);
}

/**
 * A new authority, which issues from now on. The certificate of the one before stays, for what was signed with its certificates and
 * still will be; its key goes, and so does the one for documents, whose certificate it issued.
 */
export async function renewAuthority(folder: string, seal: Seal, title: string): Promise<void> {
  const file = join(folder, `${AUTHORITY}.crt`);
  for (const part of ["crt", "key"]) await rm(join(folder, `${DOCUMENT}.${part}`), { force: true });
  const former = await readCertificate(file);
  if (former) await rename(file, join(folder, `${AUTHORITY}-${fingerprint(former).slice(0, 16)}.crt`));
  await new Authority(folder, seal, title).root();
}

/** Seals the private keys of a folder anew, with the key and cipher of now. */
export async function resealAuthority(folder: string, seal: Seal): Promise<void> {
  for (const name of [AUTHORITY, DOCUMENT]) {
    const file = join(folder, `${name}.key`);
    const sealed = await readIfThere(file);
    if (sealed === undefined) continue;
    await writeFile(`${file}.new`, seal.renewed(sealed, name), { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  }
}

/** When the site's own certificates end, as far as they have been made. */
export async function siteCertificates(folder: string): Promise<SiteState["certificates"]> {
  const files = { authority: AUTHORITY, documents: DOCUMENT } as const;
  const found: SiteState["certificates"] = [];
  for (const kind of ["authority", "documents"] as const) {
    const certificate = await readCertificate(join(folder, `${files[kind]}.crt`));
    if (certificate) found.push({ kind, notAfter: certificate.notAfter.toISOString() });
  }
  return found;
}

async function readCertificate(file: string): Promise<x509.X509Certificate | undefined> {
  const pem = await readIfThere(file);
  return pem === undefined ? undefined : new x509.X509Certificate(pem);
}

function readIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}
