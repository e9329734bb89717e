import { SEAL_CIPHERS, type SealCipher } from "@jinshui/contracts";
import { randomBytes } from "node:crypto";
import { CIPHERS, NONCE_BYTES } from "./ciphers.js";
import { openRing, type RingKey } from "./key-ring.js";

/**
 * Seals small secrets that must be read again, each for one place: moved elsewhere it does not open. The envelope names cipher and
 * key (`sm4-gcm.1a2b3c4d.<base64>`), so that what was sealed by another cipher or before a renewal stays readable; one without names
 * is of AES-256-GCM.
 */
export class Seal {
  private constructor(
    readonly cipher: SealCipher,
    /** The present key first. */
    readonly keys: readonly [RingKey, ...RingKey[]],
  ) {}

  /** Opens a key of the site, which is made once and kept in `folder`. `cipher`: what is sealed from now on. */
  static async open(folder: string, name: string, cipher: SealCipher = "aes-256-gcm"): Promise<Seal> {
    const [present, ...replaced] = await openRing(folder, name);
    if (!present) throw new Error(`${name} was made and is not there`);
    return new Seal(cipher, [present, ...replaced]);
  }

  /** `place`: what the secret belongs to, e.g. a person's id. */
  close(secret: string, place: string): string {
    const [{ id, key }] = this.keys;
    const nonce = randomBytes(NONCE_BYTES);
    const sealed = CIPHERS[this.cipher].seal(key, nonce, Buffer.from(place), Buffer.from(secret));
    return [this.cipher, id, Buffer.concat([nonce, sealed]).toString("base64")].join(".");
  }

  /** @throws Error when it was sealed with another key, for another place, or was changed. */
  open(sealed: string, place: string): string {
    const { cipher, keys, content } = this.#envelope(sealed);
    const bytes = Buffer.from(content, "base64");
    const [nonce, rest] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
    let failure: unknown = new Error("it was sealed with a key that is not here");
    for (const { key } of keys) {
      try {
        return CIPHERS[cipher].open(key, nonce, Buffer.from(place), rest).toString("utf8");
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  /** The same secret as it would be sealed now; unchanged when it is already. @throws Error as `open` does. */
  renewed(sealed: string, place: string): string {
    const [{ id }] = this.keys;
    return sealed.startsWith(`${this.cipher}.${id}.`) ? sealed : this.close(this.open(sealed, place), place);
  }

  #envelope(sealed: string): { cipher: SealCipher; keys: readonly RingKey[]; content: string } {
    const [name, id, content] = sealed.split(".");
    const cipher = SEAL_CIPHERS.find((known) => known === name);
    if (cipher && content !== undefined) return { cipher, keys: this.keys.filter((one) => one.id === id), content };
    return { cipher: "aes-256-gcm", keys: this.keys, content: sealed };
  }
}
