import { type AccountApi, type AuthApi, type Handlers, JinshuiError, type OrganisationApi } from "@jinshui/contracts";
import type { AuditTrail, Database } from "@jinshui/storage";
import { AccessControl } from "./access-control.js";
import { ChangeRequests } from "./changes/change-requests.js";
import { Grants } from "./grants.js";
import { organisationHandlers } from "./organisation-service.js";
import { AccountWatch } from "./people/account-watch.js";
import { Accounts } from "./people/accounts.js";
import { Organisation, type OrganisationConfig } from "./people/organisation.js";
import type { OpenFile } from "./people/people-import-handlers.js";
import { AUTH_TABLES } from "./people/tables.js";
import { Seal } from "./seal/seal.js";
import { authHandlers } from "./service.js";
import { ActorTokens } from "./session/actor-tokens.js";
import { SignInFailures } from "./session/failures.js";
import { Sessions } from "./session/sessions.js";
import { accountHandlers } from "./sign-in/account-handlers.js";
import { AuthenticatorApps } from "./sign-in/authenticator-apps.js";
import { OwnPasswords } from "./sign-in/own-passwords.js";
import { Passkeys } from "./sign-in/passkeys.js";
import { signInPolicy } from "./sign-in/policy.js";
import { SecondFactors } from "./sign-in/second-factors.js";
import { SignIn } from "./sign-in/sign-in.js";

export interface AuthOptions {
  database: Database;
  trail: AuditTrail;
  config: OrganisationConfig;
  /** Where keys are kept, readable by the owner only. */
  keysFolder: string;
  /** Milliseconds since the epoch; the system's clock when absent. */
  clock?: () => number;
  /** How many tasks wait for a person; none when absent. */
  openTasks?: (person: string) => Promise<number>;
  /** Opens uploaded files, for imports of people; there are none when absent. */
  openFile?: OpenFile;
}

/** Identity and rights, ready to be served. */
export interface Auth {
  access: AccessControl;
  organisation: Organisation;
  accounts: Accounts;
  sessions: Sessions;
  /** Changes that take two persons; other parts of the kernel add kinds of their own. */
  changes: ChangeRequests;
  signIn: SignIn;
  watch: AccountWatch;
  handlers: Handlers<AuthApi>;
  accountHandlers: Handlers<AccountApi>;
  organisationHandlers: Handlers<OrganisationApi>;
  /** Disables accounts that nobody has used for as long as the policy says; to be run each day. */
  disableUnused(): Promise<void>;
}

/** Makes the tables exist, puts demo people in and returns the parts. */
export async function openAuth(options: AuthOptions): Promise<Auth> {
  const { database, trail, config, keysFolder, clock = Date.now, openTasks = () => Promise.resolve(0) } = options;
  const openFile: OpenFile =
    options.openFile ?? ((_, file) => Promise.reject(new JinshuiError("not-found", `There is no file ${file}`)));
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
  const policy = signInPolicy(config.site);
  const title = config.site.site.title["zh-CN"];
  const sessions = new Sessions(database, rules, clock);
  const failures = new SignInFailures(database, clock);
  const passwords = new OwnPasswords(database, policy, clock);
  const seal = await Seal.open(keysFolder, "second-factors.key", config.site.crypto?.cipher);
  const apps = new AuthenticatorApps(seal, title, clock);
  const passkeys = new Passkeys(database, title, clock, policy.origin);
  const factors = new SecondFactors(database, apps, passkeys, policy.secondFactor);
  const accounts = new Accounts(database, organisation, sessions, factors, clock);
  const parts = { database, organisation, access, sessions, failures, passwords, factors, trail, clock };
  const signIn = new SignIn(parts);
  return {
    access,
    organisation,
    accounts,
    sessions,
    changes,
    signIn,
    watch: new AccountWatch(database, organisation, sessions, policy, clock),
    handlers: authHandlers({ ...parts, signIn }),
    accountHandlers: accountHandlers({ ...parts, signIn }),
    organisationHandlers: organisationHandlers({ database, access, changes, accounts, openTasks, openFile }),
    async disableUnused() {
      if (policy.unusedMs === undefined) return;
      const disabled = await accounts.disableUnused(policy.unusedMs);
      if (disabled.length > 0) await access.changed();
    },
  };
}
