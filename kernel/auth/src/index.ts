export { AccessControl, type Catalogue } from "./access-control.js";
export { type BusAuthority, type BusCredential, type BusGrant, openBusAuthority } from "./bus/authority.js";
export { gatewayGrant, kernelGrant, pluginGrant, type PluginGrants } from "./bus/grants.js";
export { type AuthOptions, type Auth, openAuth } from "./open-auth.js";
export { Organisation, type OrganisationConfig, type Person } from "./people/organisation.js";
