import { nkeySign } from "@jinshui/bus";
import type { KeyPair } from "@nats-io/nkeys";

/** The same pair of keys, which signs as Node.js does and makes its keys once: the library makes them anew each time. */
export function nativePair(pair: KeyPair): KeyPair {
  const seed = new TextDecoder().decode(pair.getSeed());
  let publicKey: string | undefined;
  let privateKey: Uint8Array | undefined;
  const own = Object.create(pair) as KeyPair;
  own.getPublicKey = () => (publicKey ??= pair.getPublicKey());
  own.getPrivateKey = () => (privateKey ??= pair.getPrivateKey());
  own.sign = (input) => new Uint8Array(nkeySign(seed, input));
  return own;
}
