export { createGateway, type Gateway } from "./gateway.js";
export type { FileEdge, GatewayOptions, SiteInfo } from "./options.js";
