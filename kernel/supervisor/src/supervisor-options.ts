import type { Auth, BusAuthority, BusKeeper, Seal } from "@jinshui/auth";
import type { Bus, Log } from "@jinshui/bus";
import type { BureauConfig } from "@jinshui/contracts";
import type { AuditTrail, Database, StorageService } from "@jinshui/storage";
import type { ApiVersions } from "./api-versions.js";
import type { Trials } from "./packages/trials.js";
import type { Timings } from "./plugin-runner.js";
import type { PackageSource } from "./releases.js";

/** What a supervisor works with. */
export interface SupervisorOptions {
  database: Database;
  bus: Bus;
  servers: string;
  authority: BusAuthority;
  keeper: BusKeeper;
  trail: AuditTrail;
  /** Seals secrets among the settings of plugins. */
  seal: Seal;
  /** Log of the site's own nats-server, if it has one. */
  serverLog?: string;
  /** Tells sites on one host apart. */
  site: string;
  auth: Auth;
  storage: StorageService;
  bureaus: BureauConfig[];
  pluginFolders: string[];
  /** Folders every plugin may read: shared modules. */
  readable: string[];
  /** Conditions of package exports that hold in plugins' processes. */
  conditions?: readonly string[];
  /** What was installed from packages. */
  packages?: PackageSource;
  apis?: ApiVersions;
  /** Main module of processes that plugins share, and the folders with plugins; absent where each has its own. */
  sharedHost?: { main: string; folders: readonly string[] };
  /** Whether packages do what they promise. */
  trials?: Trials;
  /** No plugin is started, whatever is wanted: for a look at what is wrong. */
  safeMode?: boolean;
  log: Log;
  timings?: Partial<Timings>;
}
