import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { ActorRef, Cursor, Id, Instant, Limit, Name } from "./text.js";

/** How people can sign: SM2 with SM3 (GB/T 32918), Ed25519 (RFC 8032), RSA with SHA-256 and PSS (RFC 8017). */
export const SIGNATURE_ALGORITHMS = ["sm2", "ed25519", "rsa"] as const;
export const SignatureAlgorithm = Type.Enum([...SIGNATURE_ALGORITHMS]);
export type SignatureAlgorithm = Static<typeof SignatureAlgorithm>;

/** A person's certificate; the private key behind it never leaves the kernel. */
export const SigningCertificate = Type.Object({
  id: Id,
  person: Id,
  algorithm: SignatureAlgorithm,
  /** Hexadecimal. */
  serial: Type.String(),
  subject: Type.String(),
  issuer: Type.String(),
  notBefore: Instant,
  notAfter: Instant,
  state: Type.Enum(["valid", "expired", "revoked"]),
  revokedAt: Type.Optional(Instant),
  /** Why it was revoked, in the words of who did; `superseded` when it was renewed. */
  reason: Type.Optional(Type.String()),
  /** Whether it ends soon enough to be renewed without asking again. */
  renewable: Type.Boolean(),
  pem: Type.String(),
});
export type SigningCertificate = Static<typeof SigningCertificate>;

/**
 * What somebody signs with a step of a matter; as canonical JSON (RFC 8785) it is what the signature is made over.
 */
export const SignedContent = Type.Object({
  format: Type.Literal("jinshui.signature/1"),
  bureau: Name,
  process: Type.Object({ key: Type.String(), version: Type.Integer(), sha256: Type.String() }),
  instance: Type.Object({ id: Id, number: Type.String() }),
  task: Type.Object({ id: Id, element: Type.String(), step: Type.String() }),
  /** All fields of the step's form as they stand with it. */
  values: Type.Record(Type.String(), Type.Unknown()),
  action: Name,
  opinion: Type.String(),
  signer: ActorRef,
  /** The position by which it is done; absent for the applicant's own step. */
  position: Type.Optional(Type.Object({ id: Name, title: Type.String(), department: Type.String() })),
  /** Whose position it is, where that person has lent it (委托). */
  onBehalfOf: Type.Optional(ActorRef),
  /** When it was signed, by the kernel's clock; not there yet in what is shown beforehand. */
  at: Type.Optional(Instant),
});
export type SignedContent = Static<typeof SignedContent>;

/**
 * Why a signature does not hold: it is not there; it does not fit its content; the certificate is not of this site, was revoked before or
 * not in force; or what is stored of the form, the opinion, the step or the archive is not what was signed.
 */
export const SignatureFault = Type.Enum([
  "missing",
  "signature",
  "certificate",
  "revoked",
  "expired",
  "form",
  "opinion",
  "step",
  "archive",
]);
export type SignatureFault = Static<typeof SignatureFault>;

/** A signature under a finished step, checked anew whenever it is read. */
export const SignatureCheck = Type.Object({
  task: Id,
  valid: Type.Boolean(),
  fault: Type.Optional(SignatureFault),
  signer: Type.Optional(ActorRef),
  onBehalfOf: Type.Optional(ActorRef),
  at: Type.Optional(Instant),
  algorithm: Type.Optional(SignatureAlgorithm),
  serial: Type.Optional(Type.String()),
  subject: Type.Optional(Type.String()),
});
export type SignatureCheck = Static<typeof SignatureCheck>;

const closed = { additionalProperties: false };
const own = { callers: "kernel", actor: "required" } as const;
const CertificateId = Type.Object({ certificate: Id }, closed);

/** Signing keys of people and their certificates. */
export const signatureApi = defineApi("signature", 1, {
  /** One's own, newest first, and how far a request for a key is; those of another person of the bureau take `site.security`. */
  certificates: op({
    ...own,
    effect: "read",
    http: { method: "GET", path: "/signature/certificates" },
    input: Type.Object(
      { person: Type.Optional(Id), limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) },
      closed,
    ),
    output: Type.Object({
      certificates: Type.Array(SigningCertificate),
      nextCursor: Type.Optional(Cursor),
      total: Type.Integer(),
      /** A key that was agreed to and waits for its owner to make it. */
      granted: Type.Optional(Type.Object({ algorithm: SignatureAlgorithm, until: Instant })),
      /** A request that nobody has decided yet. */
      requested: Type.Boolean(),
    }),
  }),
  /** Asks for a key of one's own; 409 `conflict` while there is one, or a request. Somebody with `site.security` decides. */
  requestKey: op({
    ...own,
    effect: "write",
    http: { method: "POST", path: "/signature/requests" },
    input: Type.Object(
      { algorithm: SignatureAlgorithm, reason: Type.String({ minLength: 2, maxLength: 200 }) },
      closed,
    ),
    output: Type.Object({ change: Id }),
  }),
  /** Makes the key that was agreed to, and its certificate; 409 `conflict` when none was. */
  makeKey: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/signature/keys" },
    input: Type.Object({}, closed),
    output: SigningCertificate,
  }),
  /** A new key and certificate in place of one's own that ends within 60 days. */
  renewKey: op({
    ...own,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/signature/certificates/:certificate/renew" },
    input: CertificateId,
    output: SigningCertificate,
  }),
  /** Ends one's own certificate at once, or with `site.security` another's of the bureau; its key is destroyed. */
  revokeKey: op({
    ...own,
    effect: "write",
    http: { method: "POST", path: "/signature/certificates/:certificate/revoke" },
    input: Type.Object({ certificate: Id, reason: Type.String({ minLength: 2, maxLength: 200 }) }, closed),
    output: Type.Object({}),
  }),
  /** The site's own certificates, by which others check signatures and documents. */
  authority: op({
    ...own,
    effect: "read",
    http: { method: "GET", path: "/signature/authority" },
    input: Type.Object({}, closed),
    output: Type.Object({ subject: Type.String(), notAfter: Instant, sha256: Type.String(), pem: Type.String() }),
  }),
});
export type SignatureApi = typeof signatureApi;
