import type { AuthApi, Handlers, OrganisationApi } from "@jinshui/contracts";
import type { AuditTrail, Database } from "@jinshui/storage";
import { AccessControl } from "./access-control.js";
import { ChangeRequests } from "./changes/change-requests.js";
import { Grants } from "./grants.js";
import { organisationHandlers } from "./organisation-service.js";
import { Organisation, type OrganisationConfig } from "./people/organisation.js";
import { AUTH_TABLES } from "./people/tables.js";
import { authHandlers } from "./service.js";
import { ActorTokens } from "./session/actor-tokens.js";
import { SignInFailures } from "./session/failures.js";
import { Sessions } from "./session/sessions.js";

export interface AuthOptions {
  database: Database;
  trail: AuditTrail;
  config: OrganisationConfig;
  /** Where keys are kept, readable by the owner only. */
  keysFolder: string;
  /** Milliseconds since the epoch; the system's clock when absent. */
  clock?: () => number;
}

/** Identity and rights, ready to be served. */
export interface Auth {
  access: AccessControl;
  organisation: Organisation;
  handlers: Handlers<AuthApi>;
  organisationHandlers: Handlers<OrganisationApi>;
}

/** Makes the tables exist, puts demo people in and returns the parts. */
export async function openAuth({ database, trail, config, keysFolder, clock = Date.now }: AuthOptions): Promise<Auth> {
  await database.ensureTables(AUTH_TABLES);
  const organisation = new Organisation(database, config, clock);
  await organisation.open();
  const grants = new Grants(database);
  await grants.load();
  const access = new AccessControl(organisation, await ActorTokens.open(keysFolder, clock), grants);
  const changes = new ChangeRequests(database, clock, () => access.changed());
  const rules = {
    idleMs: (config.site.session?.idleMinutes ?? 30) * 60_000,
    absoluteMs: (config.site.session?.absoluteHours ?? 12) * 3_600_000,
  };
  const sessions = new Sessions(database, rules, clock);
  const failures = new SignInFailures(database, clock);
  return {
    access,
    organisation,
    handlers: authHandlers({ database, organisation, access, sessions, failures, trail }),
    organisationHandlers: organisationHandlers({ database, access, changes }),
  };
}
