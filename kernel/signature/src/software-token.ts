import type { Seal } from "@jinshui/auth";
import { JinshuiError } from "@jinshui/contracts";
import { newId, type Reader, type Transaction } from "@jinshui/storage";
import { constants, generateKeyPair, sign } from "node:crypto";
import { promisify } from "node:util";
import { type Mechanism, MECHANISMS, type NewTokenKey, type SigningToken, type TokenKey } from "./port.js";
import { generateSm2, signSm2 } from "./sm2.js";

const RSA_BITS = 3_072;
const PAGE = 500;
const generatePair = promisify(generateKeyPair);

/** Keys in the database, each sealed with the site's key for its owner: moved to somebody else's it does not open. */
export class SoftwareToken implements SigningToken {
  constructor(readonly seal: Seal) {}

  async keys(slot: string, reader: Reader): Promise<TokenKey[]> {
    const rows = await reader.find("signing_key", { where: { slot }, orderBy: ["id"] });
    return rows.map(({ id, mechanism }) => ({ id: String(id), mechanism: mechanism as Mechanism }));
  }

  async generate(slot: string, mechanism: Mechanism): Promise<NewTokenKey> {
    const id = newId();
    const { privateKey, publicKey } = await makePair(mechanism);
    const sealed = this.seal.close(privateKey, place(slot, id));
    return {
      id,
      mechanism,
      publicKey,
      async keep(tx) {
        await tx.insert("signing_key", { id, slot, mechanism, private_key: sealed });
      },
    };
  }

  async sign(slot: string, key: string, mechanism: Mechanism, data: Uint8Array, reader: Reader): Promise<Buffer> {
    const row = await reader.findOne("signing_key", { id: key, slot, mechanism });
    if (!row)
      throw new JinshuiError("signature-refused", `There is no ${mechanism} key ${key} in slot ${slot}`, {
        details: { reason: "no-signing-key" },
      });
    const privateKey = this.seal.open(String(row["private_key"]), place(slot, key));
    switch (mechanism) {
      case MECHANISMS.sm2:
        return signSm2(data, privateKey);
      case MECHANISMS.ed25519:
        return sign(null, data, privateKey);
      case MECHANISMS.rsa:
        return sign("sha256", data, { key: privateKey, ...PSS });
    }
  }

  async destroy(slot: string, key: string, tx: Transaction): Promise<void> {
    await tx.remove("signing_key", { id: key, slot });
  }
}

/** Seals all private keys anew, with the key and cipher of now. */
export async function resealSigningKeys(tx: Transaction, seal: Seal): Promise<void> {
  for (let after = ""; ;) {
    const rows = await tx.find("signing_key", { where: { id: { gt: after } }, orderBy: ["id"], limit: PAGE });
    for (const row of rows) {
      after = String(row["id"]);
      const sealed = seal.renewed(String(row["private_key"]), place(String(row["slot"]), after));
      await tx.update("signing_key", { id: after }, { private_key: sealed });
    }
    if (rows.length < PAGE) return;
  }
}

/** Padding of RSA signatures: PSS with a salt as long as the digest. */
export const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };

async function makePair(mechanism: Mechanism): Promise<{ privateKey: string; publicKey: Buffer }> {
  if (mechanism === MECHANISMS.sm2) return generateSm2();
  const { privateKey, publicKey } =
    mechanism === MECHANISMS.rsa
      ? await generatePair("rsa", { modulusLength: RSA_BITS })
      : await generatePair("ed25519");
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "der" }),
  };
}

function place(slot: string, key: string): string {
  return `${slot}/${key}`;
}
