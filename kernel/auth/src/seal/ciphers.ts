import type { SealCipher } from "@jinshui/contracts";
import smCrypto from "sm-crypto-v2";
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";

const { sm4 } = smCrypto;

/** Bytes of the random number that each sealing begins with. */
export const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SM4_KEY_BYTES = 16;

/** Encryption that shows every change. `place` is what the secret belongs to; it is bound to it and not part of what is sealed. */
interface Aead {
  /** The tag of 16 bytes, then the content. */
  seal(key: Buffer, nonce: Buffer, place: Buffer, content: Buffer): Buffer;
  /** @throws Error for another key, another place, and whatever was changed. */
  open(key: Buffer, nonce: Buffer, place: Buffer, sealed: Buffer): Buffer;
}

/** How secrets can be sealed, by the name in their envelope; a key has 32 bytes whatever the cipher. */
export const CIPHERS: Readonly<Record<SealCipher, Aead>> = {
  "aes-256-gcm": {
    seal(key, nonce, place, content) {
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(place);
      const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
      return Buffer.concat([cipher.getAuthTag(), sealed]);
    },
    open(key, nonce, place, sealed) {
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(place)
        .setAuthTag(sealed.subarray(0, TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(TAG_BYTES)), decipher.final()]);
    },
  },
  // GB/T 32907 in the mode of RFC 8998; the OpenSSL of Node.js has SM4, but not in this mode
  "sm4-gcm": {
    seal(key, nonce, place, content) {
      return sealSm4(sm4Key(key), nonce, place, content);
    },
    open(key, nonce, place, sealed) {
      return openSm4(sm4Key(key), nonce, place, sealed);
    },
  },
};

/** SM4-GCM under a key of 16 bytes: the tag, then the content. */
export function sealSm4(key: Buffer, iv: Buffer, associatedData: Buffer, content: Buffer): Buffer {
  const { output, tag } = sm4.encrypt(content, key, { mode: "gcm", iv, associatedData, output: "string" });
  if (tag === undefined) throw new Error("SM4-GCM gave no tag");
  return Buffer.concat([Buffer.from(tag, "hex"), Buffer.from(output, "hex")]);
}

/** What `sealSm4` has sealed. @throws Error for another key or whatever was changed. */
export function openSm4(key: Buffer, iv: Buffer, associatedData: Buffer, sealed: Buffer): Buffer {
  if (sealed.length < TAG_BYTES) throw new Error("what is sealed with SM4-GCM has a tag of 16 bytes");
  const [tag, content] = [sealed.subarray(0, TAG_BYTES), sealed.subarray(TAG_BYTES)];
  return Buffer.from(sm4.decrypt(content, key, { mode: "gcm", iv, associatedData, tag, output: "array" }));
}

/** SM4 takes 16 bytes: derived, so that one key never serves two ciphers. */
function sm4Key(key: Buffer): Buffer {
  return Buffer.from(hkdfSync("sm3", key, "", "jinshui sm4-gcm", SM4_KEY_BYTES));
}
