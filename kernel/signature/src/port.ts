import type { SignatureAlgorithm } from "@jinshui/contracts";
import type { Reader, Transaction } from "@jinshui/storage";

/**
 * What keys do, by the names of PKCS#11 v3.1 (`CKM_…`). The standard has none for SM2 with SM3: makers of modules use numbers above
 * `CKM_VENDOR_DEFINED`, and the driver of a module maps this name to its own.
 */
export const MECHANISMS = {
  sm2: "CKM_VENDOR_SM2_SM3",
  ed25519: "CKM_EDDSA",
  rsa: "CKM_SHA256_RSA_PKCS_PSS",
} as const satisfies Record<SignatureAlgorithm, string>;
export type Mechanism = (typeof MECHANISMS)[SignatureAlgorithm];

/** A private key in a token, as far as it may be seen. */
export interface TokenKey {
  /** `CKA_ID`. */
  id: string;
  mechanism: Mechanism;
}

/** A key that was just made; it stays when `keep` is done. */
export interface NewTokenKey extends TokenKey {
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer;
  keep(tx: Transaction): Promise<void>;
}

/**
 * Where private keys live and what they do there: the part of PKCS#11 that is needed. A slot is a person. The software token keeps
 * its keys in the database, so calls bring the transaction they belong to; a hardware module has no use for it.
 */
export interface SigningToken {
  /** `C_FindObjects` */
  keys(slot: string, reader: Reader): Promise<TokenKey[]>;
  /** `C_GenerateKeyPair` */
  generate(slot: string, mechanism: Mechanism): Promise<NewTokenKey>;
  /** `C_Sign`; the mechanism hashes. @throws JinshuiError `signature-refused` when the slot has no such key. */
  sign(slot: string, key: string, mechanism: Mechanism, data: Uint8Array, reader: Reader): Promise<Buffer>;
  /** `C_DestroyObject` */
  destroy(slot: string, key: string, tx: Transaction): Promise<void>;
}
