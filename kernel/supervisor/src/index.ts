export { offersIn } from "./offers.js";
export { PackageIntake } from "./packages/intake.js";
export { PackageStore } from "./packages/store.js";
export type { InstalledPlugin } from "./installed-plugin.js";
export { Trials } from "./packages/trials.js";
export { openTrust } from "./packages/trust.js";
export { PLUGIN_RATE } from "./sandbox/plugin-rate.js";
export { supervisorHandlers } from "./service.js";
export { Supervisor, type SupervisorOptions } from "./supervisor.js";
