import { JinshuiError } from "@jinshui/contracts";
import { type Database, newId, type Row, type Transaction } from "@jinshui/storage";
import { hashPassword, isOutdated, passwordFits } from "../people/passwords.js";
import { passwordRefusals } from "./password-check.js";
import type { SignInPolicy } from "./policy.js";
import type { Use } from "./second-factors.js";

/** Passwords that people choose: when they must, whether they may, and what was before. Rows are those of `person`. */
export class OwnPasswords {
  constructor(
    readonly database: Database,
    readonly policy: SignInPolicy,
    readonly clock: () => number,
  ) {}

  /** Why another password must be chosen before anything else; `over`: the time for that is over, too. */
  due(row: Row): "one-time" | "expired" | "over" | undefined {
    const { one_time_until: until, password_at: since, created_at: created } = row;
    const now = this.clock();
    if (until !== undefined) return Date.parse(String(until)) > now ? "one-time" : "over";
    const { maxAgeMs } = this.policy;
    if (maxAgeMs === undefined) return undefined;
    return Date.parse(String(since ?? created)) + maxAgeMs > now ? undefined : "expired";
  }

  /** What must be written at a sign-in: the new password where one is due, a better hash where the old one is weak. */
  async renew(row: Row, password: string, next: string | undefined): Promise<Use> {
    const reason = this.due(row);
    if (reason !== undefined) {
      if (next !== undefined) return this.replace(row, next);
      throw new JinshuiError("new-password-required", "The password is good for choosing another one only", {
        details: { reason, rules: this.policy.rules },
      });
    }
    const { id, stored } = keyOf(row);
    if (!isOutdated(stored)) return () => Promise.resolve();
    const better = await hashPassword(password);
    // another sign-in may have replaced it meanwhile
    return async (tx) => {
      await tx.update("person", { id, password_hash: stored }, { password_hash: better });
    };
  }

  /** Checks a new password; what it returns writes it. @throws JinshuiError `password-refused` with all reasons. */
  async replace(row: Row, next: string): Promise<Use> {
    const { rules } = this.policy;
    const { id, stored } = keyOf(row);
    const { username, name } = row;
    const reasons = passwordRefusals(next, { username: String(username), name: String(name) }, this.policy);
    if (reasons.length === 0 && (await this.#wasUsed(row, next))) reasons.push("used-before");
    if (reasons.length > 0)
      throw new JinshuiError("password-refused", `The new password is refused: ${reasons.join(", ")}`, {
        details: { reasons, rules },
      });
    const fresh = await hashPassword(next);
    return async (tx) => {
      const values = { password_hash: fresh, password_at: new Date(this.clock()).toISOString(), one_time_until: null };
      // the one that was checked, not one that came between
      if ((await tx.update("person", { id, password_hash: stored }, values)) === 0)
        throw new JinshuiError("conflict", "The password was changed meanwhile", { details: { reason: "changed" } });
      await this.#keep(tx, row);
    };
  }

  /** A password never follows itself; further ones are compared as far as the policy remembers. */
  async #wasUsed(row: Row, next: string): Promise<boolean> {
    const former = await this.database.find("former_password", {
      where: { person: String(row["id"]) },
      orderBy: ["-replaced_at", "-id"],
      limit: Math.max(1, this.policy.rules.remembered),
    });
    const hashes = [row, ...former.slice(0, Math.max(0, this.policy.rules.remembered - 1))];
    for (const { password_hash: hash } of hashes) if (await passwordFits(String(hash), next)) return true;
    return false;
  }

  async #keep(tx: Transaction, { id, password_hash }: Row): Promise<void> {
    const { remembered } = this.policy.rules;
    if (remembered === 0) return;
    await tx.insert("former_password", {
      id: newId(),
      person: id,
      password_hash,
      replaced_at: new Date(this.clock()).toISOString(),
    });
    const kept = await tx.find("former_password", {
      where: { person: String(id) },
      orderBy: ["-replaced_at", "-id"],
      columns: ["id"],
    });
    const old = kept.slice(remembered).map((row) => String(row["id"]));
    if (old.length > 0) await tx.remove("former_password", { id: { in: old } });
  }
}

/** The person, and the hash that is to be replaced. */
function keyOf({ id, password_hash: stored }: Row): { id: string; stored: string } {
  return { id: String(id), stored: String(stored) };
}
