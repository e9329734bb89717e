import type { Auth, OrganisationConfig } from "@jinshui/auth";
import type { Log } from "@jinshui/bus";
import { type BusApi, type FederationApi, type Handlers, JinshuiError, type LocalText } from "@jinshui/contracts";
import type { AuditTrail, Database } from "@jinshui/storage";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Clients } from "./clients/clients.js";
import { isLoopback } from "./clients/redirects.js";
import type { Visit } from "./provider/visits.js";
import type { BusCredentialOptions } from "./machine/bus-credentials.js";
import type { ScimAnswer, ScimRequest } from "./scim/protocol.js";
import type { Returning } from "./sources/source-sign-in.js";
import { FEDERATION_TABLES } from "./tables.js";

export interface FederationOptions {
  database: Database;
  auth: Auth;
  trail: AuditTrail;
  config: OrganisationConfig;
  /** Where the configuration's secret files are. */
  configs: string;
  keysFolder: string;
  cookieKey: Buffer;
  /** Where browsers and other systems reach the site; absent when nobody has said so. */
  origin: string | undefined;
  log: Log;
  /** Who mints and takes back credentials of the bus, and where other systems reach it. */
  bus: Omit<BusCredentialOptions, "access">;
}

/** What is open of federation: parts of it are there where the configuration wants them. */
export interface Federation {
  handlers: Handlers<FederationApi>;
  busHandlers: Handlers<BusApi>;
  /** What stands in front, for the gateway. */
  edge: FederationEdge;
  /** Issuers elsewhere that people may sign in with. */
  issuers: { id: string; title: LocalText }[];
  /** Removes what has expired; to be run now and then. */
  sweep(): Promise<void>;
}

/** Federation as browsers and other systems see it; the gateway passes requests on. */
export interface FederationEdge {
  /** Serves what is asked of the OpenID provider, below `/oidc`. */
  provider(request: IncomingMessage, response: ServerResponse, visit: Visit): void;
  interactions: {
    begin(request: IncomingMessage, response: ServerResponse, visit: Visit): Promise<string>;
    question(request: IncomingMessage, response: ServerResponse, visit: Visit): Promise<object>;
    answer(
      request: IncomingMessage,
      response: ServerResponse,
      visit: Visit,
      answer: { agreed: boolean },
    ): Promise<string>;
  };
  /** People who prove who they are by an issuer elsewhere. */
  sources: {
    begin(id: string, next: string): Promise<{ location: string; departure: string }>;
    finish(id: string, returning: Returning): Promise<{ secret: string; expiresAt: string; next: string }>;
  };
  /** Answers what is asked below `/scim/v2`. */
  scim(request: ScimRequest): Promise<ScimAnswer>;
}

/**
 * Opens what the site wants of federation; `undefined` when no client is registered and no source configured.
 * @throws JinshuiError `invalid-file` for a configuration that can't be, `unavailable` without an address of the site that holds.
 */
export async function openFederation(options: FederationOptions): Promise<Federation | undefined> {
  const { database, config, configs } = options;
  await database.ensureTables(FEDERATION_TABLES);
  const clients = new Clients(database, config);
  await clients.open(configs);
  const hasSources = config.bureaus.some(({ federation }) => (federation?.sources ?? []).length > 0);
  if (!hasSources && (await clients.count()) === 0) return undefined;
  const origin = knownOrigin(options.origin, config.site.production === true);
  const { assemble } = await import("./assemble.js");
  return assemble(options, clients, origin);
}

/** Tokens name the site by its address: one that is not known, or that others could take, is none. */
function knownOrigin(origin: string | undefined, production: boolean): string {
  const url = origin === undefined ? undefined : new URL(origin);
  if (url && (!production || url.protocol === "https:" || isLoopback(url.hostname))) return url.origin;
  throw new JinshuiError(
    "unavailable",
    `Other systems can't know this site as ${origin ?? "nothing"}: name its https address in signIn.origin of configs/base.yaml`,
  );
}
