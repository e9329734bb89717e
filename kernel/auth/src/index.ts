export { AccessControl, type Catalogue } from "./access-control.js";
export { type BusAuthority, type BusCredential, type BusGrant, openBusAuthority } from "./bus/authority.js";
export { gatewayGrant, kernelGrant, pluginGrant, type PluginGrants } from "./bus/grants.js";
export { type BusKeeper, openBusKeeper } from "./bus/keeper.js";
export { type AuthOptions, type Auth, openAuth } from "./open-auth.js";
export { Organisation, type OrganisationConfig, type Person } from "./people/organisation.js";
export { withRecentSignIn } from "./session/recent-sign-in.js";
export type { OneTimePassword } from "./people/accounts.js";
