export { renewAuthority, resealAuthority } from "./authority.js";
export { openSignatures, type Signatures } from "./open-signature.js";
export { type Mechanism, MECHANISMS, type NewTokenKey, type SigningToken, type TokenKey } from "./port.js";
export { resealSigningKeys } from "./software-token.js";
export { SIGNATURE_TABLES } from "./tables.js";
export { type Signed, type Verdict, Verifier } from "./verify.js";
export type { Entry, Fact, SignedDocument } from "./document/document.js";
