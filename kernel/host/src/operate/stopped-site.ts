import { type Auth, openAuth, type OrganisationConfig } from "@jinshui/auth";
import { AuditTrail, type Database, openDatabase } from "@jinshui/storage";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { readConfiguration } from "../configuration.js";
import { DataFolder } from "../data-folder.js";
import { openLog } from "../log.js";

/** Who operates a site, for the audit trail. */
export interface Operator {
  id: string;
  name: string;
}

/** Where a site is; what is absent lies where `npm start` has it. */
export interface SitePlace {
  data?: string;
  database?: string;
  configs?: string;
}

/** A stopped site, opened. */
export interface StoppedSite {
  auth: Auth;
  database: Database;
  config: OrganisationConfig;
  /** Where the configuration's files are. */
  configs: string;
  data: DataFolder;
  keysFolder: string;
}

/** Whoever may write the data folder is the operator. */
export function operator(): Operator {
  const { username } = userInfo();
  return { id: `operator:${username}`, name: username };
}

/** Does something with a site that nobody else uses meanwhile. @throws JinshuiError `conflict` while a kernel runs on its data. */
export async function onStoppedSite(
  place: SitePlace,
  root: string,
  work: (site: StoppedSite) => Promise<void>,
): Promise<void> {
  const configs = resolve(place.configs ?? join(root, "configs"));
  const config = readConfiguration(configs, false);
  const data = await DataFolder.take(resolve(place.data ?? join(root, ".data")), false);
  try {
    const database = await openDatabase(place.database ?? `sqlite:${data.at("site.sqlite")}`);
    try {
      const trail = new AuditTrail(database, openLog(data.at("kernel.log"), false));
      const keysFolder = data.at("keys");
      const auth = await openAuth({ database, trail, config, keysFolder });
      await work({ auth, database, config, configs, data, keysFolder });
    } finally {
      await database.close();
    }
  } finally {
    await data.release();
  }
}
