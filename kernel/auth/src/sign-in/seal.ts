import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals small secrets that must be read again (AES-256-GCM), each for one place: moved elsewhere it does not open. */
export class Seal {
  private constructor(readonly key: Buffer) {}

  /** Opens a key of the site, which is made once and kept in `folder`. */
  static async open(folder: string, name = "second-factors.key"): Promise<Seal> {
    const file = join(folder, name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const key = await readFile(file).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      const made = randomBytes(KEY_BYTES);
      await writeFile(file, made, { mode: 0o600, flag: "wx" });
      return made;
    });
    return new Seal(key);
  }

  /** `place`: what the secret belongs to, e.g. a person's id. */
  close(secret: string, place: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
  }

  /** @throws Error when it was sealed with another key, for another place, or was changed. */
  open(sealed: string, place: string): string {
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  }
}
