import type { Auth, OrganisationConfig, OutsidePasswords } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import { type BureauFederation, isJinshuiError, JinshuiError } from "@jinshui/contracts";
import type { Row } from "@jinshui/storage";
import { createHash } from "node:crypto";
import type { Identities } from "../identities.js";
import { LdapDirectory } from "./ldap-directory.js";
import { OidcIssuer } from "./oidc-issuer.js";

type Source = NonNullable<BureauFederation["sources"]>[number];
const USERNAME = /^[a-z][a-z0-9.-]{1,39}$/;

/** A person that a source has named. */
interface Named {
  externalId: string;
  name?: string | undefined;
  username?: string | undefined;
}

export interface SourceParts {
  auth: Auth;
  identities: Identities;
  config: OrganisationConfig;
  configs: string;
  origin: string;
  log: Log;
}

/** Where people of a bureau may prove elsewhere who they are. */
export class Sources implements OutsidePasswords {
  readonly #bureaus = new Map<string, string>();
  readonly #sources = new Map<string, Source>();
  readonly #directories = new Map<string, LdapDirectory>();
  readonly #issuers = new Map<string, OidcIssuer>();

  private constructor(readonly parts: SourceParts) {}

  /** Opens what is configured. @throws JinshuiError `invalid-file` for two of one id, and for what is not safe. */
  static async open(parts: SourceParts): Promise<Sources> {
    const sources = new Sources(parts);
    for (const { bureau, federation } of parts.config.bureaus)
      for (const source of federation?.sources ?? []) await sources.#add(bureau, source);
    return sources;
  }

  async #add(bureau: string, source: Source): Promise<void> {
    const { configs, origin, log, auth } = this.parts;
    const { id, createIn } = source;
    if (this.#sources.has(id))
      throw new JinshuiError("invalid-file", `Two sources of the configuration are called ${id}`);
    if (createIn !== undefined) auth.organisation.departments.require(bureau, createIn, {});
    this.#sources.set(id, source);
    this.#bureaus.set(id, bureau);
    if (source.kind === "ldap") this.#directories.set(id, await LdapDirectory.open(source, configs, log));
    else this.#issuers.set(id, await OidcIssuer.open(source, configs, origin));
  }

  /** Those that people go to with their browsers. */
  get issuers(): ReadonlyMap<string, OidcIssuer> {
    return this.#issuers;
  }

  get directories(): ReadonlyMap<string, LdapDirectory> {
    return this.#directories;
  }

  bureau(source: string): string {
    return this.#bureaus.get(source) ?? "";
  }

  async check(person: Row, password: string): Promise<boolean | undefined> {
    const linked = await this.parts.identities.of(String(person["id"]));
    const identity = linked.find(({ source }) => this.#directories.has(source));
    const directory = identity && this.#directories.get(identity.source);
    if (!directory) return undefined;
    const found = await directory.check(String(person["username"]), password);
    // a user name that was given to somebody else there is not this person
    return found?.externalId === identity.externalId;
  }

  async admit(username: string, password: string): Promise<boolean> {
    for (const [id, directory] of this.#directories) {
      if (directory.source.createIn === undefined || !USERNAME.test(username)) continue;
      const found = await directory.check(username, password);
      if (!found) continue;
      // who is known under another name, or has left, is not made once more
      if ((await this.parts.identities.person(id, found.externalId)) !== undefined) return false;
      return (await this.create(id, { ...found, username })) !== undefined;
    }
    return false;
  }

  /** Makes a person without positions, where the source may; `undefined` where it may not or the user name is taken. */
  async create(id: string, { externalId, name, username }: Named): Promise<string | undefined> {
    const source = this.#sources.get(id);
    const department = source?.createIn;
    if (department === undefined) return undefined;
    const { auth, identities } = this.parts;
    const known = username?.toLowerCase() ?? "";
    const taken = USERNAME.test(known)
      ? known
      : `x-${createHash("sha256").update(externalId).digest("hex").slice(0, 16)}`;
    const person = {
      bureau: this.bureau(id),
      department,
      username: taken,
      name: name?.slice(0, 60) || taken,
    };
    const by = { id: `source:${id}`, name: source?.title["zh-CN"] ?? id };
    try {
      const made = await auth.accounts.add(person, by, (tx, made) =>
        identities.link(tx, { person: made, source: id, externalId }),
      );
      return made.person;
    } catch (error) {
      if (isJinshuiError(error) && error.code === "not-unique") return undefined;
      throw error;
    }
  }
}
