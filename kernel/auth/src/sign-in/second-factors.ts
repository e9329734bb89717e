import { JinshuiError, type SecondFactors as Described } from "@jinshui/contracts";
import type { Database, Reader, Transaction } from "@jinshui/storage";
import type { Person } from "../people/organisation.js";
import type { AuthenticatorApps } from "./authenticator-apps.js";
import type { Passkeys } from "./passkeys.js";
import type { SignInPolicy } from "./policy.js";

/** What is shown besides the password, and at which host. */
export interface Shown {
  code?: string;
  passkey?: object;
  host?: string;
}

/** Writes down that a factor was used; to be run in the transaction of what it opens. */
export type Use = (tx: Transaction) => Promise<void>;

/** The second factors of people: what is asked for, and whether what is shown will do. */
export class SecondFactors {
  constructor(
    readonly database: Database,
    readonly apps: AuthenticatorApps,
    readonly passkeys: Passkeys,
    readonly policy: SignInPolicy["secondFactor"],
  ) {}

  async of(reader: Reader, person: string): Promise<Described> {
    const totp = await this.apps.find(reader, person);
    const passkeys = await this.passkeys.list(reader, person);
    return { policy: this.policy, passkeys, ...(totp ? { totp } : {}) };
  }

  /**
   * Checks the second factor of somebody whose password was right.
   * @throws JinshuiError `second-factor-required`, `second-factor-enrolment-required`, `second-factor-failed`; the latter also
   * from what it returns.
   */
  async check(person: Person, { code, passkey, host }: Shown): Promise<Use> {
    if (this.policy === "off") return () => Promise.resolve();
    const { totp, passkeys } = await this.of(this.database, person.id);
    if (!totp && passkeys.length === 0) return this.#enrol(person, code);
    if (passkey) return this.passkeys.use(person.id, passkey);
    if (code !== undefined) return (tx) => this.apps.use(tx, person.id, code);
    const options = await this.passkeys.beginUsing(person.id, host);
    throw new JinshuiError("second-factor-required", "A second factor is needed besides the password", {
      details: {
        methods: [...(totp ? ["totp"] : []), ...(options ? ["passkey"] : [])],
        ...(options ? { passkey: options } : {}),
      },
    });
  }

  /** @throws JinshuiError `second-factor-required` where somebody who was not asked for a second factor would have to be. */
  async requireNone(person: string): Promise<void> {
    if (this.policy === "off") return;
    const { totp, passkeys } = await this.of(this.database, person);
    if (this.policy === "required" || totp || passkeys.length > 0)
      throw new JinshuiError("second-factor-required", "Sign in with the password and the second factor", {
        details: { methods: [] },
      });
  }

  async #enrol(person: Person, code: string | undefined): Promise<Use> {
    if (this.policy === "offered") return () => Promise.resolve();
    if (code !== undefined) return (tx) => this.apps.confirm(tx, person.id, code);
    const begun = await this.database.transaction((tx) => this.apps.begin(tx, person), { essential: true });
    throw new JinshuiError("second-factor-enrolment-required", "This site requires a second factor: set one up", {
      details: begun,
    });
  }

  /** @throws JinshuiError `conflict` when nothing would be left where something is required. */
  async requireLeft(tx: Transaction, person: string): Promise<void> {
    const { totp, passkeys } = await this.of(tx, person);
    if (this.policy === "required" && !totp && passkeys.length === 0)
      throw new JinshuiError("conflict", "The last second factor stays: this site requires one", {
        details: { reason: "last-second-factor" },
      });
  }

  async removeAll(tx: Transaction, person: string): Promise<void> {
    await this.apps.remove(tx, person);
    await this.passkeys.remove(tx, person);
  }
}
