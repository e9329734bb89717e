import { JinshuiError } from "@jinshui/contracts";
import ipaddr from "ipaddr.js";
import { lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/** Where webhooks may go: public addresses, and networks of the site's own that its configuration names. */
export class Addresses {
  readonly #own: readonly Range[];

  /** `allowed`: CIDR ranges. @throws JinshuiError `invalid-file` for what is none. */
  constructor(allowed: readonly string[]) {
    this.#own = allowed.map(rangeOf);
  }

  /** Whether an address is of the site's own networks that are named. */
  isOwn(address: string): boolean {
    const parsed = ipaddr.process(address);
    return this.#own.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }

  /** All that is not public is inside: private and local networks, this machine, and what may hide an IPv4 address. */
  isAllowed(address: string): boolean {
    return this.isOwn(address) || ipaddr.process(address).range() === "unicast";
  }

  /** Looks a host up and gives only what is allowed: what is connected to is what was checked. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      const allowed = error ? [] : found.filter(({ address }) => this.isAllowed(address));
      const [first] = allowed;
      if (error || !first) callback(error ?? new Error(`${host} is at no address that webhooks may go to`), "", 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };

  /**
   * Refuses an address that can't be a webhook's. A host name is looked up at each delivery, whatever it was when it was proposed.
   * @throws JinshuiError `invalid-request` with `details.reason`.
   */
  require(text: string): URL {
    const url = URL.parse(text);
    const refuse = (reason: string, message: string): JinshuiError =>
      new JinshuiError("invalid-request", `${text} can't be a webhook's address: ${message}`, {
        details: { field: "url", url: text, reason },
      });
    if (!url || !["http:", "https:"].includes(url.protocol) || url.hash !== "" || url.username + url.password !== "")
      throw refuse("no-web-address", "it is no web address, or has a fragment or a user name");
    const host = hostOf(url);
    const isAddress = isIP(host) !== 0;
    if (isAddress ? !this.isAllowed(host) : /^localhost\.?$/i.test(host))
      throw refuse("private-address", "it is of this machine or of a network that webhooks.allow does not name");
    if (url.protocol === "http:" && !(isAddress && this.isOwn(host)))
      throw refuse("no-tls", "only addresses of the site's own networks may be without TLS");
    return url;
  }
}

/** The host of an address, an IPv6 one without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function rangeOf(text: string): Range {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  throw new JinshuiError("invalid-file", `webhooks.allow: ${text} is no range of addresses, e.g. 10.20.0.0/16`);
}
