import { JinshuiError } from "@jinshui/contracts";
import type { Reader, Row, Transaction } from "@jinshui/storage";
import { Secret, TOTP } from "otpauth";
import type { Seal } from "../seal/seal.js";

const STEP_SECONDS = 30;
/** Steps before and after the present one that are taken: clocks of phones differ. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const PAGE = 500;
const PENDING_MS = 15 * 60_000;

/** Authenticator apps (TOTP, RFC 6238): six digits of which each is taken once. */
export class AuthenticatorApps {
  constructor(
    readonly seal: Seal,
    /** The site's name, as apps show it. */
    readonly issuer: string,
    readonly clock: () => number,
  ) {}

  /** When the person's app was added and last used; nothing when there is none. */
  async find(reader: Reader, person: string): Promise<{ addedAt: string; usedAt?: string } | undefined> {
    const row = await reader.findOne("totp", { person });
    if (row?.["secret"] === undefined) return undefined;
    const { added_at: addedAt, used_at: usedAt } = row;
    return { addedAt: String(addedAt), ...(usedAt === undefined ? {} : { usedAt: String(usedAt) }) };
  }

  /** A new secret, which replaces the one in use once `confirm` has seen a code of it. */
  async begin(tx: Transaction, person: { id: string; username: string }): Promise<{ secret: string; uri: string }> {
    const secret = new Secret({ size: SECRET_BYTES });
    const values = {
      pending: this.seal.close(secret.base32, person.id),
      pending_until: new Date(this.clock() + PENDING_MS).toISOString(),
    };
    if (await tx.findOneForUpdate("totp", { person: person.id }))
      await tx.update("totp", { person: person.id }, values);
    else await tx.insert("totp", { person: person.id, ...values });
    return {
      secret: secret.base32,
      uri: new TOTP({ issuer: this.issuer, label: person.username, secret }).toString(),
    };
  }

  /** Takes the pending secret into use. @throws JinshuiError `second-factor-failed` unless the code is of it. */
  async confirm(tx: Transaction, person: string, code: string): Promise<void> {
    const row = await tx.findOneForUpdate("totp", { person });
    const isOpen = row?.["pending"] !== undefined && Date.parse(String(row["pending_until"])) > this.clock();
    const step = isOpen ? this.#stepOf(String(row["pending"]), person, code) : undefined;
    if (step === undefined) throw wrongCode();
    const { pending: secret } = row ?? {};
    const none = { pending: null, pending_until: null };
    await tx.update("totp", { person }, { ...none, secret, added_at: tx.time, used_at: tx.time, last_step: step });
  }

  /** Uses a code up. @throws JinshuiError `second-factor-failed` for a wrong one and one that was used before. */
  async use(tx: Transaction, person: string, code: string): Promise<void> {
    const row = await tx.findOneForUpdate("totp", { person });
    const step = row?.["secret"] === undefined ? undefined : this.#stepOf(String(row["secret"]), person, code);
    if (step === undefined || step <= Number(row?.["last_step"] ?? 0)) throw wrongCode();
    const secret = this.seal.renewed(String(row?.["secret"]), person);
    await tx.update("totp", { person }, { secret, last_step: step, used_at: tx.time });
  }

  async remove(tx: Transaction, person: string): Promise<number> {
    return tx.remove("totp", { person });
  }

  /** The step that a code belongs to. */
  #stepOf(sealed: string, person: string, code: string): number | undefined {
    const token = code.replaceAll(/\s/g, "");
    if (!/^\d{6}$/.test(token)) return undefined;
    const totp = new TOTP({ secret: Secret.fromBase32(this.seal.open(sealed, person)), period: STEP_SECONDS });
    const timestamp = this.clock();
    const delta = totp.validate({ token, timestamp, window: WINDOW });
    return delta === null ? undefined : totp.counter({ timestamp }) + delta;
  }
}

/** Seals all secrets anew, with the key and cipher of now. */
export async function resealAuthenticators(tx: Transaction, seal: Seal): Promise<void> {
  for (let after = ""; ;) {
    const rows = await tx.find("totp", { where: { person: { gt: after } }, orderBy: ["person"], limit: PAGE });
    for (const row of rows) {
      after = String(row["person"]);
      const anew = (["secret", "pending"] as const).flatMap((column) =>
        row[column] === undefined ? [] : [[column, seal.renewed(String(row[column]), after)]],
      );
      await tx.update("totp", { person: after }, Object.fromEntries(anew) as Row);
    }
    if (rows.length < PAGE) return;
  }
}

function wrongCode(): JinshuiError {
  return new JinshuiError("second-factor-failed", "The code is wrong, too old or was used before", {
    details: { method: "totp" },
  });
}
