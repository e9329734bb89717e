export { openSignatures, type Signatures } from "./open-signature.js";
export { type Mechanism, MECHANISMS, type NewTokenKey, type SigningToken, type TokenKey } from "./port.js";
export type { Signed, Verdict } from "./verify.js";
export type { Entry, Fact, SignedDocument } from "./document/document.js";
