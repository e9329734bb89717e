import "reflect-metadata";
import {
  type Auth,
  type BusAuthority,
  type BusKeeper,
  gatewayGrant,
  kernelCredentials,
  kernelGrant,
  openAuth,
  openBusAuthority,
  openBusKeeper,
  type OrganisationConfig,
  Seal,
} from "@jinshui/auth";
import { type Bus, connectBus, type Log } from "@jinshui/bus";
import { type Federation, openFederation } from "@jinshui/federation";
import { createGateway, type Gateway } from "@jinshui/gateway";
import {
  AuditTrail,
  clamd,
  type Database,
  DiskMark,
  fileLimits,
  FileStore,
  openDatabase,
  StorageService,
  transferLimits,
} from "@jinshui/storage";
import { openSignatures, type Signatures } from "@jinshui/signature";
import { openTrust, PackageIntake, PackageStore, Supervisor, Trials } from "@jinshui/supervisor";
import { openWorkflow, type Workflow } from "@jinshui/workflow";
import { ContainerModule, type ServiceIdentifier } from "inversify";
import { join } from "node:path";
import { type DataFolder, SETTINGS_KEY } from "./data-folder.js";
import { linkSdk, PACKAGES } from "./package-folder.js";
import { runtimeConditions } from "./plugin-runtime.js";
import { tryOut } from "./trial.js";
import type { KernelOptions } from "./options.js";
import { type NatsServer, startNatsServer } from "./nats-server.js";

const token = <T>(name: string): ServiceIdentifier<T> => Symbol.for(`jinshui.kernel.${name}`);

/** What the kernel is composed of. Each is made once, when first asked for. */
export const TOKEN = {
  options: token<KernelOptions>("options"),
  config: token<OrganisationConfig>("config"),
  data: token<DataFolder>("data"),
  log: token<Log>("log"),
  version: token<string>("version"),
  /** Where people reach the site; known once the gateway listens. */
  origin: token<{ url: string }>("origin"),
  database: token<Database>("database"),
  disk: token<DiskMark>("disk"),
  authority: token<BusAuthority>("authority"),
  nats: token<NatsServer>("nats"),
  keeper: token<BusKeeper>("keeper"),
  /** A connection that speaks as one part of the kernel. */
  connect: token<(part: string) => Promise<Bus>>("connect"),
  auth: token<Auth>("auth"),
  trail: token<AuditTrail>("trail"),
  files: token<FileStore>("files"),
  storage: token<StorageService>("storage"),
  signatures: token<Signatures>("signatures"),
  workflow: token<Workflow>("workflow"),
  packages: token<PackageStore>("packages"),
  intake: token<PackageIntake>("intake"),
  supervisor: token<Supervisor>("supervisor"),
  gateway: token<Gateway>("gateway"),
  /** Other systems and directories; nothing where the site has none. */
  federation: token<Federation | undefined>("federation"),
  unready: token<() => Promise<string[]>>("unready"),
};

const PRODUCTION_LIMITS = { minFreePercent: 10, minFreeMb: 2_048 };
/** A demo on somebody's own machine must not stop at a disk that is fuller than a server's would be. */
const TRIAL_LIMITS = { minFreePercent: 2, minFreeMb: 256 };

function diskLimits({ site }: OrganisationConfig): { minFreePercent: number; minFreeMb: number } {
  return { ...(site.production === true ? PRODUCTION_LIMITS : TRIAL_LIMITS), ...site.disk };
}

/** Database, audit trail, files and collections. */
export const storageModule = new ContainerModule(({ bind }) => {
  bind<DiskMark>(TOKEN.disk)
    .toDynamicValue(async (c) => {
      const limits = diskLimits(c.get<OrganisationConfig>(TOKEN.config));
      const disk = new DiskMark({ limits, log: c.get<Log>(TOKEN.log) });
      await disk.watch(c.get<DataFolder>(TOKEN.data).path);
      return disk;
    })
    .inSingletonScope();
  bind<Database>(TOKEN.database)
    .toDynamicValue(async (c) => {
      const { database } = c.get<KernelOptions>(TOKEN.options);
      const disk = await c.getAsync<DiskMark>(TOKEN.disk);
      return openDatabase(database ?? `sqlite:${c.get<DataFolder>(TOKEN.data).at("site.sqlite")}`, { disk });
    })
    .inSingletonScope();
  bind<AuditTrail>(TOKEN.trail)
    .toDynamicValue(async (c) => new AuditTrail(await c.getAsync<Database>(TOKEN.database), c.get<Log>(TOKEN.log)))
    .inSingletonScope();
  bind<FileStore>(TOKEN.files)
    .toDynamicValue(async (c) => {
      const data = c.get<DataFolder>(TOKEN.data);
      const origin = c.get<{ url: string }>(TOKEN.origin);
      const site = c.get<OrganisationConfig>(TOKEN.config);
      const config = site.site.files ?? {};
      return new FileStore(await c.getAsync<Database>(TOKEN.database), data.at("files"), {
        limits: fileLimits(config, diskLimits(site).minFreeMb),
        origin: () => origin.url,
        log: c.get<Log>(TOKEN.log),
        ...(config.origin === undefined ? {} : { downloads: config.origin }),
        ...(config.clamd
          ? { scanner: { scan: clamd(config.clamd.address), required: config.clamd.required ?? true } }
          : {}),
      });
    })
    .inSingletonScope();
  bind<StorageService>(TOKEN.storage)
    .toDynamicValue(async (c) => {
      const auth = await c.getAsync<Auth>(TOKEN.auth);
      return new StorageService(
        await c.getAsync<Database>(TOKEN.database),
        auth.access,
        await c.getAsync<FileStore>(TOKEN.files),
        c.get<Log>(TOKEN.log),
        transferLimits(c.get<OrganisationConfig>(TOKEN.config).site.transfers),
      );
    })
    .inSingletonScope();
});

/** The bus: authority, embedded server, connections. */
export const busModule = new ContainerModule(({ bind }) => {
  bind<BusAuthority>(TOKEN.authority)
    .toDynamicValue((c) => openBusAuthority(c.get<DataFolder>(TOKEN.data).at("keys")))
    .inSingletonScope();
  bind<NatsServer>(TOKEN.nats)
    .toDynamicValue(async (c) => {
      const authority = await c.getAsync<BusAuthority>(TOKEN.authority);
      return startNatsServer({
        folder: c.get<DataFolder>(TOKEN.data).at("nats"),
        accounts: await authority.serverConfig(),
        log: c.get<Log>(TOKEN.log),
      });
    })
    .inSingletonScope();
  bind<BusKeeper>(TOKEN.keeper)
    .toDynamicValue(async (c) => {
      const nats = await c.getAsync<NatsServer>(TOKEN.nats);
      return openBusKeeper({
        authority: await c.getAsync<BusAuthority>(TOKEN.authority),
        servers: nats.servers,
        log: c.get<Log>(TOKEN.log),
        keep: (accounts) => nats.keep(accounts),
      });
    })
    .inSingletonScope();
  bind<(part: string) => Promise<Bus>>(TOKEN.connect)
    .toDynamicValue(async (c) => {
      const authority = await c.getAsync<BusAuthority>(TOKEN.authority);
      const { servers } = await c.getAsync<NatsServer>(TOKEN.nats);
      return async (part: string) => {
        const credentials = await kernelCredentials(authority, part === "gateway" ? gatewayGrant : kernelGrant(part));
        return connectBus({ servers, caller: part, credentials, log: c.get<Log>(TOKEN.log) });
      };
    })
    .inSingletonScope();
});

/** People, rights, sessions. */
export const authModule = new ContainerModule(({ bind }) => {
  bind<Auth>(TOKEN.auth)
    .toDynamicValue(async (c) =>
      openAuth({
        database: await c.getAsync<Database>(TOKEN.database),
        trail: await c.getAsync<AuditTrail>(TOKEN.trail),
        config: c.get<OrganisationConfig>(TOKEN.config),
        keysFolder: c.get<DataFolder>(TOKEN.data).at("keys"),
        openTasks: async (person) => (await c.getAsync<Workflow>(TOKEN.workflow)).openTasks(person),
        openFile: async (call, file, bureau) =>
          (await c.getAsync<FileStore>(TOKEN.files)).contentFor(call, file, bureau),
      }),
    )
    .inSingletonScope();
});

/** Other systems and directories. */
export const federationModule = new ContainerModule(({ bind }) => {
  bind<Federation | undefined>(TOKEN.federation)
    .toDynamicValue(async (c) => {
      const config = c.get<OrganisationConfig>(TOKEN.config);
      const { configs, host, port } = c.get<KernelOptions>(TOKEN.options);
      const data = c.get<DataFolder>(TOKEN.data);
      const local = port !== 0 && ["127.0.0.1", "localhost"].includes(host) ? `http://127.0.0.1:${port}` : undefined;
      return openFederation({
        database: await c.getAsync<Database>(TOKEN.database),
        auth: await c.getAsync<Auth>(TOKEN.auth),
        trail: await c.getAsync<AuditTrail>(TOKEN.trail),
        config,
        configs,
        keysFolder: data.at("keys"),
        cookieKey: await data.secret("federation-cookies"),
        origin: config.site.signIn?.origin ?? local,
        log: c.get<Log>(TOKEN.log),
        bus: {
          authority: await c.getAsync<BusAuthority>(TOKEN.authority),
          keeper: await c.getAsync<BusKeeper>(TOKEN.keeper),
          servers: [config.site.bus?.address ?? (await c.getAsync<NatsServer>(TOKEN.nats)).servers],
        },
      });
    })
    .inSingletonScope();
});

/** Signing keys of people, and signatures. */
export const signatureModule = new ContainerModule(({ bind }) => {
  bind<Signatures>(TOKEN.signatures)
    .toDynamicValue(async (c) =>
      openSignatures({
        database: await c.getAsync<Database>(TOKEN.database),
        auth: await c.getAsync<Auth>(TOKEN.auth),
        keysFolder: c.get<DataFolder>(TOKEN.data).at("keys"),
      }),
    )
    .inSingletonScope();
});

/** Processes. It asks the supervisor which plugins a bureau has; the supervisor gets it when it starts. */
export const workflowModule = new ContainerModule(({ bind }) => {
  bind<Workflow>(TOKEN.workflow)
    .toDynamicValue(async (c) => {
      const supervisor = await c.getAsync<Supervisor>(TOKEN.supervisor);
      return openWorkflow({
        database: await c.getAsync<Database>(TOKEN.database),
        auth: await c.getAsync<Auth>(TOKEN.auth),
        signatures: await c.getAsync<Signatures>(TOKEN.signatures),
        files: await c.getAsync<FileStore>(TOKEN.files),
        enablement: supervisor,
        log: c.get<Log>(TOKEN.log),
        instance: await c.get<DataFolder>(TOKEN.data).instance(),
      });
    })
    .inSingletonScope();
});

/** Plugins. */
export const supervisorModule = new ContainerModule(({ bind }) => {
  bind<PackageStore>(TOKEN.packages)
    .toDynamicValue(async (c) => {
      const options = c.get<KernelOptions>(TOKEN.options);
      const { site } = c.get<OrganisationConfig>(TOKEN.config);
      const trust = await openTrust(site.pluginPackages ?? {}, options.configs);
      const folder = c.get<DataFolder>(TOKEN.data).at(PACKAGES);
      const store = await PackageStore.open(await c.getAsync<Database>(TOKEN.database), folder, trust);
      await linkSdk(join(options.root, "sdk"), folder);
      return store;
    })
    .inSingletonScope();
  bind<PackageIntake>(TOKEN.intake)
    .toDynamicValue(async (c) => {
      const supervisor = await c.getAsync<Supervisor>(TOKEN.supervisor);
      const database = await c.getAsync<Database>(TOKEN.database);
      return new PackageIntake({
        store: await c.getAsync<PackageStore>(TOKEN.packages),
        surroundings: () => ({
          plugins: supervisor.inUse(),
          checkData: (plugin) => supervisor.checkStored(plugin),
        }),
        note: (write) =>
          database.transaction((tx) => {
            write(tx);
            return Promise.resolve();
          }),
      });
    })
    .inSingletonScope();
  bind<Supervisor>(TOKEN.supervisor)
    .toDynamicValue(async (c) => {
      const options = c.get<KernelOptions>(TOKEN.options);
      const config = c.get<OrganisationConfig>(TOKEN.config);
      const connect = await c.getAsync<(part: string) => Promise<Bus>>(TOKEN.connect);
      const nats = await c.getAsync<NatsServer>(TOKEN.nats);
      const packages = await c.getAsync<PackageStore>(TOKEN.packages);
      const packageModules = join(packages.folder, "node_modules");
      return new Supervisor({
        database: await c.getAsync<Database>(TOKEN.database),
        bus: await connect("supervisor"),
        servers: nats.servers,
        authority: await c.getAsync<BusAuthority>(TOKEN.authority),
        keeper: await c.getAsync<BusKeeper>(TOKEN.keeper),
        trail: await c.getAsync<AuditTrail>(TOKEN.trail),
        seal: await Seal.open(c.get<DataFolder>(TOKEN.data).at("keys"), SETTINGS_KEY, config.site.crypto?.cipher),
        ...(nats.log === undefined ? {} : { serverLog: nats.log }),
        site: await c.get<DataFolder>(TOKEN.data).instance(),
        auth: await c.getAsync<Auth>(TOKEN.auth),
        storage: await c.getAsync<StorageService>(TOKEN.storage),
        bureaus: config.bureaus,
        pluginFolders: [...config.site.plugins.map((folder) => join(options.root, folder)), ...(options.plugins ?? [])],
        safeMode: options.safeMode === true,
        packages,
        readable: [
          join(options.root, "node_modules"),
          join(options.root, "sdk"),
          // pages that check and simulate processes bundle it
          join(options.root, "kernel/engine"),
          join(options.root, "package.json"),
          packageModules,
          ...(options.modules ?? []),
        ],
        conditions: runtimeConditions(options.root),
        ...(config.site.pluginProcesses === "shared"
          ? {
              sharedHost: {
                main: join(options.root, "sdk", "plugin", "dist", "shared-host.js"),
                folders: [...config.site.plugins.map((folder) => join(options.root, folder)), packages.folder],
              },
            }
          : {}),
        trials: new Trials({
          store: packages,
          kernel: c.get<string>(TOKEN.version),
          tryOut: (plugin, required) => tryOut(plugin, required, { root: options.root, modules: [packageModules] }),
        }),
        log: c.get<Log>(TOKEN.log),
      });
    })
    .inSingletonScope();
});

/** The HTTP edge. */
export const gatewayModule = new ContainerModule(({ bind }) => {
  bind<Gateway>(TOKEN.gateway)
    .toDynamicValue(async (c) => {
      const { site, bureaus, demo } = c.get<OrganisationConfig>(TOKEN.config);
      const options = c.get<KernelOptions>(TOKEN.options);
      const supervisor = await c.getAsync<Supervisor>(TOKEN.supervisor);
      const connect = await c.getAsync<(part: string) => Promise<Bus>>(TOKEN.connect);
      const federation = await c.getAsync<Federation | undefined>(TOKEN.federation);
      const accounts = demo?.people
        .filter((person) => person.shown !== undefined)
        .map(({ username, name, bureau, shown = "" }) => ({ username, name, bureau, description: shown }));
      return createGateway({
        bus: await connect("gateway"),
        log: c.get<Log>(TOKEN.log),
        site: {
          title: site.site.title,
          bureaus: bureaus.map(({ bureau, title }) => ({ id: bureau, title })),
          ...(federation ? { federated: true } : {}),
          ...(federation && federation.issuers.length > 0 ? { sources: federation.issuers } : {}),
          ...(demo ? { demo: { password: demo.password, accounts: accounts ?? [] } } : {}),
        },
        version: c.get<string>(TOKEN.version),
        ...(site.signIn?.origin === undefined ? {} : { origin: site.signIn.origin }),
        ...(site.signIn?.proxy === undefined ? {} : { proxy: site.signIn.proxy }),
        files: await c.getAsync<FileStore>(TOKEN.files),
        packages: await c.getAsync<PackageIntake>(TOKEN.intake),
        ...(federation ? { federation: federation.edge } : {}),
        ...(site.files?.origin === undefined ? {} : { downloads: site.files.origin }),
        assetPath: (plugin, version, path) => supervisor.assetPath(plugin, version, path),
        sourceMaps: site.production !== true,
        shellFolder: join(options.root, "shell", "dist"),
        unready: c.get<() => Promise<string[]>>(TOKEN.unready),
      });
    })
    .inSingletonScope();
});
