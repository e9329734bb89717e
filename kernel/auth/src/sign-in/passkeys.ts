import { isJinshuiError, JinshuiError, type SecondFactors } from "@jinshui/contracts";
import { type Database, type Reader, type Row, type Transaction } from "@jinshui/storage";
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { createHash } from "node:crypto";

const CHALLENGE_MS = 2 * 60_000;

/** Passkeys and security keys (WebAuthn), bound to the host that they were made for. */
export class Passkeys {
  constructor(
    readonly database: Database,
    readonly title: string,
    readonly clock: () => number,
    /** Where browsers reach the site; what pages say when absent. */
    readonly origin: string | undefined,
  ) {}

  async list(reader: Reader, person: string): Promise<SecondFactors["passkeys"]> {
    const rows = await reader.find("passkey", { where: { person }, orderBy: ["added_at", "id"] });
    return rows.map(({ id, name, added_at: addedAt, used_at: usedAt }) => ({
      id: String(id),
      name: String(name),
      addedAt: String(addedAt),
      ...(usedAt === undefined ? {} : { usedAt: String(usedAt) }),
    }));
  }

  /** What a browser makes a passkey with. */
  async beginAdding(person: { id: string; username: string; name: string }, origin: string): Promise<object> {
    const host = this.#hostOf(origin);
    const rows = await this.database.find("passkey", { where: { person: person.id, host } });
    const options = await generateRegistrationOptions({
      rpName: this.title,
      rpID: host,
      userID: new TextEncoder().encode(person.id),
      userName: person.username,
      userDisplayName: person.name,
      attestationType: "none",
      excludeCredentials: rows.map(describe),
      authenticatorSelection: { residentKey: "discouraged", userVerification: "preferred" },
      timeout: CHALLENGE_MS,
    });
    await this.#remember(options.challenge, person.id);
    return options;
  }

  /** Keeps the passkey that a browser made. @throws JinshuiError `second-factor-failed`. */
  async add(
    person: string,
    { name, origin, response }: { name: string; origin: string; response: object },
  ): Promise<{ id: string; write(tx: Transaction): Promise<void> }> {
    const host = this.#hostOf(origin);
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: (challenge) => this.#take(challenge, person),
      expectedOrigin: origin,
      expectedRPID: host,
      requireUserVerification: false,
    }).catch(refuse);
    if (!verified) throw refused();
    const { credential } = registrationInfo;
    const id = hashOf(credential.id);
    return {
      id,
      write: (tx) =>
        tx
          .insert("passkey", {
            id,
            person,
            credential: credential.id,
            public_key: Buffer.from(credential.publicKey).toString("base64"),
            counter: credential.counter,
            transports: credential.transports ?? [],
            name,
            host,
            origin,
            added_at: tx.time,
          })
          .catch((error: unknown) => {
            throw isJinshuiError(error) && error.code === "not-unique" ? refused(error) : error;
          }),
    };
  }

  /** What a browser signs in with at a host; nothing when the person has no passkey there. */
  async beginUsing(person: string, host: string | undefined): Promise<object | undefined> {
    const rows = host === undefined ? [] : await this.database.find("passkey", { where: { person, host } });
    if (rows.length === 0 || host === undefined) return undefined;
    const options = await generateAuthenticationOptions({
      rpID: host,
      allowCredentials: rows.map(describe),
      userVerification: "preferred",
      timeout: CHALLENGE_MS,
    });
    await this.#remember(options.challenge, person);
    return options;
  }

  /** Checks the browser's answer; what it returns notes the use. @throws JinshuiError `second-factor-failed`. */
  async use(person: string, answer: object): Promise<(tx: Transaction) => Promise<void>> {
    const response = answer as AuthenticationResponseJSON;
    const id = hashOf(String(response.id));
    const row = await this.database.findOne("passkey", { id, person });
    if (!row) throw refused();
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => this.#take(challenge, person),
      expectedOrigin: String(row["origin"]),
      expectedRPID: String(row["host"]),
      credential: {
        id: String(row["credential"]),
        publicKey: new Uint8Array(Buffer.from(String(row["public_key"]), "base64")),
        counter: Number(row["counter"]),
      },
      requireUserVerification: false,
    }).catch(refuse);
    if (!verified) throw refused();
    return async (tx) => {
      const values = { counter: authenticationInfo.newCounter, used_at: tx.time };
      if ((await tx.update("passkey", { id, person }, values)) === 0) throw refused();
    };
  }

  remove(tx: Transaction, person: string, id?: string): Promise<number> {
    return tx.remove("passkey", { person, ...(id === undefined ? {} : { id }) });
  }

  /** The host of a page, which must be the site's. */
  #hostOf(origin: string): string {
    const url = URL.parse(origin);
    const secure = url?.protocol === "https:" || url?.hostname === "localhost";
    if (url === null || !secure || url.origin !== origin || (this.origin !== undefined && this.origin !== origin))
      throw new JinshuiError("invalid-request", `Passkeys can't be made at ${origin}`, {
        details: { field: "origin", reason: "wrong-origin", origin: this.origin },
      });
    return url.hostname;
  }

  async #remember(challenge: string, person: string): Promise<void> {
    const now = this.clock();
    await this.database.transaction(
      async (tx) => {
        await tx.remove("passkey_challenge", { expires_at: { lte: new Date(now).toISOString() } });
        const expires = new Date(now + CHALLENGE_MS).toISOString();
        await tx.insert("passkey_challenge", { hash: hashOf(challenge), person, expires_at: expires });
      },
      { essential: true },
    );
  }

  /** Whether the challenge is one of this person that nobody has answered. */
  async #take(challenge: string, person: string): Promise<boolean> {
    const now = new Date(this.clock()).toISOString();
    const open = { hash: hashOf(challenge), person, expires_at: { gt: now } };
    return (await this.database.transaction((tx) => tx.remove("passkey_challenge", open), { essential: true })) === 1;
  }
}

function describe(row: Row): { id: string; transports: AuthenticatorTransport[] } {
  return { id: String(row["credential"]), transports: (row["transports"] ?? []) as AuthenticatorTransport[] };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function refused(cause?: unknown): JinshuiError {
  return new JinshuiError("second-factor-failed", "The passkey's answer is not one that was asked for", {
    details: { method: "passkey" },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The library throws plain errors for whatever is wrong with an answer. */
function refuse(cause: unknown): never {
  throw refused(cause);
}
