export { Clients } from "./clients/clients.js";
export { SigningKeys } from "./clients/signing-keys.js";
export { type Federation, type FederationEdge, type FederationOptions, openFederation } from "./open-federation.js";
export { FEDERATION_TABLES } from "./tables.js";
