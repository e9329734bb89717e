import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { Authenticator } from "nats";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** An Ed25519 private key in PKCS #8 up to its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
/** Two bytes of kind, the key, two of a checksum. */
const SEED_BYTES = 36;

/**
 * Signs with the key in an nkey seed (`SU…`, `SA…`), as Node.js does it: the libraries do it in JavaScript, which a kernel with its
 * many connections feels at its start.
 * @throws Error when it is no seed.
 */
export function nkeySign(seed: string, data: Uint8Array): Buffer {
  return sign(null, data, keyOf(seed));
}

/** Shows a bus credential to a server that asks for one; what `credential` gives may have been renewed meanwhile. */
export function authenticatorOf(credential: () => { jwt: string; seed: string }): Authenticator {
  return (nonce) => {
    const { jwt, seed } = credential();
    return { jwt, sig: nkeySign(seed, Buffer.from(nonce ?? "")).toString("base64url") };
  };
}

function keyOf(seed: string): KeyObject {
  const bytes = base32(/^S[A-Z2-7]+$/.test(seed) ? seed : "");
  if (bytes.length !== SEED_BYTES) throw new Error("this is no seed of an nkey");
  return createPrivateKey({ key: Buffer.concat([PKCS8, bytes.subarray(2, 34)]), format: "der", type: "pkcs8" });
}

function base32(text: string): Buffer {
  const bytes: number[] = [];
  let [bits, held] = [0, 0];
  for (const character of text) {
    held = (held << 5) | BASE32.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}
