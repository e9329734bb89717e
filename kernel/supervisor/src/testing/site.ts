import {
  type Auth,
  type BusCredential,
  gatewayGrant,
  kernelCredentials,
  kernelGrant,
  openAuth,
  openBusAuthority,
  openBusKeeper,
  type OrganisationConfig,
  Seal,
  withRecentSignIn,
} from "@jinshui/auth";
import { config as organisation, context, PASSWORD } from "@jinshui/auth/testing";
import { type Bus, connectBus, RateLimit, type RespondOptions, silent } from "@jinshui/bus";
import { startTestServer } from "@jinshui/bus/testing";
import {
  type Api,
  authApi,
  type BureauConfig,
  type Handlers,
  isJinshuiError,
  storageApi,
  supervisorApi,
  workflowApi,
} from "@jinshui/contracts";
import { openSignatures } from "@jinshui/signature";
import { audited, AuditTrail, type Database, FileStore, startRelay, StorageService } from "@jinshui/storage";
import { sqliteDatabase } from "@jinshui/storage/testing";
import { openWorkflow } from "@jinshui/workflow";
import type { ApiVersions } from "../api-versions.js";
import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Timings } from "../plugin-runner.js";
import type { InstalledPackage } from "../releases.js";
import { PLUGIN_RATE } from "../sandbox/plugin-rate.js";
import { supervisorHandlers } from "../service.js";
import { Supervisor } from "../supervisor.js";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** The kernel's parts on a private bus and database, with plugins in a folder of the test's own. */
export interface TestSite {
  root: string;
  supervisor: Supervisor;
  database: Database;
  auth: Auth;
  gateway: Bus;
  /** The credential a plugin's process was given last. */
  stolen(plugin: string): Promise<BusCredential>;
  /** Calls the supervisor as a person. */
  admin(person?: string): Promise<{ bureau: string; call: { actor: string; timeoutMs: number } }>;
  /** Calls an operation of a plugin over the bus: asks for the route, then goes it; again when the plugin has just been exchanged. */
  callPlugin(
    op: string,
    input: unknown,
    options?: { person?: string; plugin?: string },
  ): Promise<Record<string, unknown>>;
}

interface SiteOptions {
  /** Which bureaus have the plugins enabled in their files. */
  enabledIn?: string[];
  /** Which plugins; the probe alone when absent. */
  plugins?: string[];
  timings?: Partial<Timings>;
  /** Versions of the kernel's APIs that are served besides those of this kernel, and what serves them. */
  apis?: ApiVersions;
  serve?: (storage: Bus) => Promise<unknown>;
  /** Plugins that allow it share a process. */
  shares?: boolean;
  /** Writes plugins below the folder given; versions as installed from packages go to `../packages/<id>/<version>`. */
  prepare(plugins: string): Promise<void>;
}

/** Starts a site; what was opened is closed by `teardown`, last first. */
export async function startSite(
  teardown: (close: () => Promise<void>) => void,
  { enabledIn = [], plugins = ["probe"], timings = {}, shares = false, apis, serve, prepare }: SiteOptions,
): Promise<TestSite> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-site-"));
  teardown(() => rm(root, { recursive: true, force: true }));
  await chmod(root, 0o711); // plugins have users of their own
  await prepare(join(root, "plugins"));
  const authority = await openBusAuthority(join(root, "keys"));
  const minted = new Map<string, BusCredential>();
  const mint = authority.mint.bind(authority);
  authority.mint = async (grant) => {
    const credential = await mint(grant);
    minted.set(grant.name, credential);
    return credential;
  };
  const serverLog = join(root, "bus.log");
  const server = await startTestServer(`log_file: "${serverLog}"\n${await authority.serverConfig()}`);
  teardown(() => server.stop());
  const { database, close } = await sqliteDatabase();
  teardown(close);
  const connect = async (part: string): Promise<Bus> => {
    const credentials = await kernelCredentials(authority, part === "gateway" ? gatewayGrant : kernelGrant(part));
    const bus = await connectBus({ servers: server.url, caller: part, credentials });
    teardown(() => bus.drain());
    return bus;
  };

  const config = siteConfig(enabledIn, plugins);
  const trail = new AuditTrail(database, silent);
  const auth = await openAuth({
    database,
    trail,
    config,
    keysFolder: join(root, "keys"),
  });
  const watcher: { supervisor?: Supervisor } = {};
  const watched: RespondOptions = {
    limit: new RateLimit(PLUGIN_RATE),
    onMisuse: (misuse) => watcher.supervisor?.misuse(misuse),
  };
  const guarded = <A extends Api>(api: A, handlers: Handlers<A>): Handlers<A> =>
    audited(api, withRecentSignIn(api, handlers, auth.access.tokens), trail);
  await (await connect("auth")).serve(authApi, guarded(authApi, auth.handlers), watched);
  const storageBus = await connect("storage");
  await storageBus.ensureStreams();
  const relay = startRelay({
    database,
    bus: storageBus,
    log: silent,
    bureaus: config.bureaus.map(({ bureau }) => bureau),
  });
  teardown(() => relay.stop());
  const files = new FileStore(database, join(root, "files"), { origin: () => "", log: silent });
  const storage = new StorageService(database, auth.access, files);
  teardown(() => storage.stop());
  await storageBus.serve(storageApi, guarded(storageApi, storage.handlers), watched);
  await serve?.(storageBus);
  const bus = await connect("supervisor");
  const keeper = await openBusKeeper({
    authority,
    servers: server.url,
    log: silent,
    keep: () => Promise.resolve(),
  });
  teardown(() => keeper.close());
  const supervisor = new Supervisor({
    keeper,
    trail,
    seal: await Seal.open(join(root, "keys"), "plugin-settings.key"),
    serverLog,
    site: root,
    database,
    bus,
    servers: server.url,
    authority,
    auth,
    storage,
    bureaus: config.bureaus,
    pluginFolders: [join(root, "plugins")],
    packages: {
      releases: () => packagesIn(join(root, "packages")),
      problemOf: () => Promise.resolve(undefined),
    },
    readable: [join(ROOT, "node_modules"), join(ROOT, "sdk"), join(ROOT, "package.json")],
    log: silent,
    timings,
    ...(apis ? { apis } : {}),
    ...(shares
      ? { sharedHost: { main: join(ROOT, "sdk/plugin/dist/shared-host.js"), folders: [join(root, "plugins")] } }
      : {}),
  });
  watcher.supervisor = supervisor;
  const signatures = await openSignatures({ database, auth, keysFolder: join(root, "keys") });
  const workflow = await openWorkflow({ database, auth, signatures, files, enablement: supervisor, log: silent });
  await (await connect("workflow")).serve(workflowApi, guarded(workflowApi, workflow.handlers), watched);
  await bus.serve(supervisorApi, guarded(supervisorApi, supervisorHandlers(supervisor)), watched);
  await supervisor.start(workflow.definitions);
  teardown(() => supervisor.stop());
  workflow.clockwork.start();
  teardown(() => workflow.clockwork.stop());
  const gateway = await connect("gateway");

  const signIn = async (
    username: string,
  ): Promise<(audience: string) => Promise<{ bureau: string; token: string }>> => {
    const { session } = await auth.handlers.signIn({ username, password: PASSWORD, address: "127.0.0.1" }, context());
    return async (audience) => {
      const { profile, token } = await auth.handlers.authenticate({ session, audience }, context());
      return { bureau: profile.bureau, token };
    };
  };
  const signedIn = new Map<string, ReturnType<typeof signIn>>();
  const tokenOf = async (person: string, audience: string): Promise<{ bureau: string; token: string }> => {
    const session = signedIn.get(person) ?? signIn(person);
    signedIn.set(person, session);
    return (await session)(audience);
  };

  const callPlugin = async (
    op: string,
    input: unknown,
    person: string,
    plugin: string,
    tries: number,
  ): Promise<Record<string, unknown>> => {
    const asked = await tokenOf(person, "gateway");
    const { token } = await tokenOf(person, plugin);
    const call = { actor: asked.token, timeoutMs: 15_000 };
    const { version } = await gateway.client(supervisorApi, asked.bureau).route({ plugin, op }, call);
    try {
      return (await gateway.plugin(asked.bureau, plugin, version)(op, input, { actor: token })) as Record<
        string,
        unknown
      >;
    } catch (error) {
      // nobody took it: the plugin went away between route and request, and the next route waits for its return
      if (tries > 1 && isJinshuiError(error) && error.message.startsWith("Nobody serves"))
        return callPlugin(op, input, person, plugin, tries - 1);
      throw error;
    }
  };
  return {
    root,
    supervisor,
    database,
    auth,
    gateway,
    stolen: (plugin) => {
      const credential = minted.get(plugin);
      return credential ? Promise.resolve(credential) : Promise.reject(new Error(`${plugin} has none`));
    },
    async admin(person = "sunjie") {
      const { bureau, token } = await tokenOf(person, "gateway");
      return { bureau, call: { actor: token, timeoutMs: 20_000 } };
    },
    callPlugin: (op, input, { person = "lixia", plugin = "probe" } = {}) => callPlugin(op, input, person, plugin, 3),
  };
}

function packagesIn(root: string): InstalledPackage[] {
  if (!existsSync(root)) return [];
  return readdirSync(root).flatMap((plugin) =>
    readdirSync(join(root, plugin)).map((version) => ({ plugin, version, folder: join(root, plugin, version) })),
  );
}

/** The organisation of the auth tests; 繁昌 below 芜湖, with an administrator of its own. */
function siteConfig(enabledIn: string[], ids: string[]): OrganisationConfig {
  const plugins = Object.fromEntries(ids.map((id) => [id, { enabled: true }]));
  const bureaus = organisation.bureaus.map((bureau): BureauConfig => ({
    ...bureau,
    ...(bureau.bureau === "fanchang" ? { parent: "wuhu" } : {}),
    plugins: enabledIn.includes(bureau.bureau) ? plugins : {},
  }));
  const administrator = {
    username: "qianjun",
    name: "钱军",
    bureau: "fanchang",
    department: "data-centre",
    positions: [{ position: "system-administrator" }],
  };
  return {
    ...organisation,
    bureaus,
    ...(organisation.demo
      ? { demo: { ...organisation.demo, people: [...organisation.demo.people, administrator] } }
      : {}),
  };
}
