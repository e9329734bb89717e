import smCrypto from "sm-crypto-v2";

const { sm2 } = smCrypto;

/** SubjectPublicKeyInfo of an SM2 key up to its point: id-ecPublicKey, curve 1.2.156.10197.1.301 (GM/T 0006). */
const PREFIX = Buffer.from("3059301306072a8648ce3d020106082a811ccf5501822d034200", "hex");

/** A new key pair: the private key as hexadecimal, the public one as SubjectPublicKeyInfo. */
export function generateSm2(): { privateKey: string; publicKey: Buffer } {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { privateKey, publicKey: Buffer.concat([PREFIX, Buffer.from(publicKey, "hex")]) };
}

/** Signs with SM2 and SM3 under the usual user id (GB/T 32918.2, GM/T 0009); DER. */
export function signSm2(data: Uint8Array, privateKey: string): Buffer {
  return Buffer.from(sm2.doSignature(data, privateKey, { hash: true, der: true }), "hex");
}

/** Whether a signature is one of this key over this data; anything that is no signature is not. */
export function verifySm2(data: Uint8Array, signature: Uint8Array, publicKey: Buffer): boolean {
  try {
    const point = publicKey.subarray(PREFIX.length).toString("hex");
    return sm2.doVerifySignature(data, Buffer.from(signature).toString("hex"), point, { hash: true, der: true });
  } catch {
    return false;
  }
}

/** Whether a SubjectPublicKeyInfo is of an SM2 key. */
export function isSm2(publicKey: Buffer): boolean {
  return publicKey.subarray(0, PREFIX.length).equals(PREFIX);
}
