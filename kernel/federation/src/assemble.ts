import type { Clients } from "./clients/clients.js";
import { Artifacts } from "./artifacts.js";
import { SigningKeys } from "./clients/signing-keys.js";
import { federationHandlers, type HandlerParts } from "./handlers.js";
import { Identities } from "./identities.js";
import { AccessTokens } from "./machine/access-tokens.js";
import { BusCredentials } from "./machine/bus-credentials.js";
import { ClientGrants } from "./machine/client-grants.js";
import { Machines } from "./machine/machines.js";
import type { Federation, FederationOptions } from "./open-federation.js";
import { Interactions } from "./provider/interactions.js";
import { apiAudience, openProvider, PROVIDER_PATH, serve } from "./provider/open-provider.js";
import { Visits } from "./provider/visits.js";
import { SCIM_ROOT } from "./scim/protocol.js";
import { Scim } from "./scim/scim.js";
import { SourceSignIn } from "./sources/source-sign-in.js";
import { Sources } from "./sources/sources.js";

/** Puts the parts together; the libraries behind them are loaded with this file. */
export async function assemble(options: FederationOptions, clients: Clients, origin: string): Promise<Federation> {
  const { database, auth, trail, config, configs, keysFolder, cookieKey, log } = options;
  const keys = await SigningKeys.open(keysFolder);
  const artifacts = new Artifacts(database);
  const grants = new ClientGrants(database);
  const identities = new Identities(database);
  const visits = new Visits(auth);
  const provider = openProvider({ auth, artifacts, clients, grants, keys, visits, origin, cookieKey, trail, log });
  const tokens = new AccessTokens(keys, origin + PROVIDER_PATH, apiAudience(origin));
  const machines = new Machines(auth, clients, grants, tokens, trail);
  const onBus = new BusCredentials({ access: auth.access, ...options.bus });
  const interactions = new Interactions(provider, clients, visits);
  const sources = await Sources.open({ auth, identities, config, configs, origin, log });
  if (sources.directories.size > 0) auth.signIn.outside = sources;
  const signIn = new SourceSignIn(auth, sources, identities, artifacts, trail);
  const sourceTitle: HandlerParts["sourceTitle"] = (bureau, id) =>
    auth.organisation.bureau(bureau)?.federation?.sources?.find((source) => source.id === id)?.title;
  const scim = new Scim({ database, auth, identities, machines, trail, log, root: origin + SCIM_ROOT });
  const handle = serve(provider, origin);
  return {
    handlers: federationHandlers({
      ...{ database, auth, clients, grants, machines, identities, sourceTitle },
      takeBack: (client) => onBus.end(client),
    }),
    busHandlers: onBus.handlers(),
    edge: {
      provider(request, response, visit) {
        visits.begin(request, visit);
        handle(request, response);
      },
      interactions: {
        begin(request, response, visit) {
          visits.begin(request, visit);
          return interactions.begin(request, response);
        },
        question(request, response, visit) {
          visits.begin(request, visit);
          return interactions.question(request, response);
        },
        answer(request, response, visit, answer) {
          visits.begin(request, visit);
          return interactions.answer(request, response, answer);
        },
      },
      sources: signIn,
      scim: (request) => scim.handle(request),
    },
    issuers: [...sources.issuers].map(([id, { source }]) => ({ id, title: source.title })),
    async sweep() {
      await artifacts.sweep();
    },
  };
}
