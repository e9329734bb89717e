import type { Log } from "@jinshui/bus";
import { JinshuiError, type LdapSource } from "@jinshui/contracts";
import { BusyError, Client, type Entry, EqualityFilter, ResultCodeError, UnavailableError } from "ldapts";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isLoopback } from "../clients/redirects.js";
import { readSecretFile } from "../clients/secret.js";

const CONNECT_MS = 3_000;
const ANSWER_MS = 5_000;
/** Attributes with bytes that are no text, in small letters. */
const BINARY = new Set(["objectguid", "objectsid", "ms-ds-consistencyguid"]);

/** Somebody as a directory knows them. */
export interface DirectoryPerson {
  /** Of the attribute that never changes; bytes as hexadecimal digits. */
  externalId: string;
  name: string;
}

/** A directory that says whether passwords are right: it looks the person up and then binds as them. */
export class LdapDirectory {
  private constructor(
    readonly source: LdapSource,
    readonly ca: string | undefined,
    readonly bindPassword: string | undefined,
    readonly log: Log,
  ) {}

  /** Reads the files of a source. @throws JinshuiError `invalid-file` where passwords would travel in clear. */
  static async open(source: LdapSource, configs: string, log: Log): Promise<LdapDirectory> {
    const { id, url, startTls, caFile, bindPasswordFile } = source;
    const { protocol, hostname } = new URL(url);
    if (protocol === "ldap:" && startTls !== true && !isLoopback(hostname))
      throw new JinshuiError("invalid-file", `Source ${id} would send passwords in clear: use ldaps:// or startTls`);
    const ca = caFile === undefined ? undefined : await readFile(resolve(configs, caFile), "utf8");
    const password = bindPasswordFile === undefined ? undefined : await readSecretFile(configs, bindPasswordFile);
    return new LdapDirectory(source, ca, password, log);
  }

  /**
   * The person whose user name and password these are.
   * @throws JinshuiError `unavailable` when the directory does not answer or does not let us search.
   */
  async check(username: string, password: string): Promise<DirectoryPerson | undefined> {
    // a bind without a password is anonymous: it succeeds and proves nothing
    if (password === "") return undefined;
    const { url, startTls } = this.source;
    const tls = this.ca === undefined ? {} : { ca: this.ca };
    const isTls = url.startsWith("ldaps:");
    const client = new Client({
      url,
      timeout: ANSWER_MS,
      connectTimeout: CONNECT_MS,
      ...(isTls ? { tlsOptions: tls } : {}),
    });
    try {
      if (startTls === true) await client.startTLS(tls);
      const entry = await this.#find(client, username);
      if (!entry || !(await fits(client, entry.dn, password))) return undefined;
      return this.#personOf(entry);
    } catch (cause) {
      this.log.warn({ err: cause, source: this.source.id }, "a directory does not answer");
      throw new JinshuiError("unavailable", `The directory ${this.source.id} does not answer`, {
        details: { reason: "directory-silent", source: this.source.title },
        cause,
      });
    } finally {
      await client.unbind().catch(() => undefined);
    }
  }

  async #find(client: Client, username: string): Promise<Entry | undefined> {
    const { bindDn, baseDn, usernameAttribute = "uid" } = this.source;
    if (bindDn !== undefined) await client.bind(bindDn, this.bindPassword ?? "");
    const { searchEntries } = await client.search(baseDn, {
      scope: "sub",
      // its value is written as it is: nothing in it is a part of the filter
      filter: new EqualityFilter({ attribute: usernameAttribute, value: username }),
      attributes: [this.#idAttribute, this.#nameAttribute, "cn"],
      sizeLimit: 2,
      timeLimit: ANSWER_MS / 1_000,
      explicitBufferAttributes: [this.#idAttribute],
    });
    const [entry, other] = searchEntries;
    if (!other) return entry;
    this.log.warn(
      { source: this.source.id, username },
      "a directory has two entries of one user name: neither may sign in",
    );
    return undefined;
  }

  #personOf(entry: Entry): DirectoryPerson | undefined {
    const id = first(entry[this.#idAttribute]);
    if (id === undefined) return undefined;
    const name = [entry[this.#nameAttribute], entry["cn"]].map(first).find((value) => value !== undefined);
    const coding = BINARY.has(this.#idAttribute.toLowerCase()) ? "hex" : "utf8";
    return { externalId: id.toString(coding), name: name?.toString("utf8") ?? "" };
  }

  get #idAttribute(): string {
    return this.source.idAttribute ?? "entryUUID";
  }

  get #nameAttribute(): string {
    return this.source.nameAttribute ?? "displayName";
  }
}

/** Whether a directory takes the password; whatever it answers but that it can't answer now is no. */
async function fits(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password);
    return true;
  } catch (error) {
    if (error instanceof ResultCodeError && !(error instanceof BusyError || error instanceof UnavailableError))
      return false;
    throw error;
  }
}

function first(value: Entry[string] | undefined): Buffer | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one.length === 0 ? undefined : Buffer.from(one as string);
}
