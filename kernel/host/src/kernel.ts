import { type Auth, type BusKeeper, type OrganisationConfig, withRecentSignIn } from "@jinshui/auth";
import { type Bus, type Log, RateLimit, type RespondOptions } from "@jinshui/bus";
import {
  accountApi,
  type Api,
  auditApi,
  authApi,
  busApi,
  federationApi,
  type Handlers,
  organisationApi,
  signatureApi,
  securityApi,
  isJinshuiError,
  JinshuiError,
  storageApi,
  supervisorApi,
  webhooksApi,
  workflowApi,
} from "@jinshui/contracts";
import type { Federation } from "@jinshui/federation";
import type { Gateway } from "@jinshui/gateway";
import {
  type Anchoring,
  audited,
  auditHandlers,
  type AuditTrail,
  AuditVerifications,
  type Database,
  type DiskMark,
  type FileStore,
  openAnchorKey,
  type ServerWarning,
  startAnchoring,
  startAuditLinker,
  startRelay,
  type StorageService,
} from "@jinshui/storage";
import type { Signatures } from "@jinshui/signature";
import { offersIn, type PackageIntake, PLUGIN_RATE, type Supervisor, supervisorHandlers } from "@jinshui/supervisor";
import { openWebhooks } from "@jinshui/webhooks";
import type { Workflow } from "@jinshui/workflow";
import { Container } from "inversify";
import { relative } from "node:path";
import { readConfiguration } from "./configuration.js";
import { ANCHOR_KEY, DataFolder } from "./data-folder.js";
import { chooseDurability, type Durability } from "./durability.js";
import { checkPort } from "./check-port.js";
import { openLog } from "./log.js";
import {
  authModule,
  busModule,
  federationModule,
  gatewayModule,
  signatureModule,
  storageModule,
  supervisorModule,
  TOKEN,
  workflowModule,
} from "./modules.js";
import type { NatsServer } from "./nats-server.js";
import type { KernelOptions } from "./options.js";
import { openWay } from "./package-folder.js";
import { watchSecurity } from "./watch-security.js";

const HOUR_MS = 3_600_000;
export const VERSION = "0.1.0";

/** A running kernel. */
export interface Kernel {
  url: string;
  config: OrganisationConfig;
  supervisor: Supervisor;
  /** Settings of the database server that are not as they should be. */
  warnings: readonly ServerWarning[];
  /** How published messages survive a power cut. */
  durability: Pick<Durability, "profile" | "reason">;
  /** Finishes what runs, ends all children and closes everything. Asking twice is the same as once. */
  stop(): Promise<void>;
}

/** Starts everything in order: data, database, bus, services, plugins, and last the door. What was begun is undone on failure. */
export async function startKernel(options: KernelOptions): Promise<Kernel> {
  const config = readConfiguration(options.configs, options.demo);
  await checkPort(options.port, options.host);
  const data = await DataFolder.take(options.data, options.fresh);
  const log = openLog(data.at("kernel.log"), options.console);
  const closing: (() => Promise<void>)[] = [() => data.release()];
  const stop = once(async () => {
    for (const close of closing.reverse())
      await close().catch((error: unknown) => log.error({ error: String(error) }, "closing failed"));
    log.info({}, "kernel stopped");
  });
  try {
    const kernel = await compose(options, config, data, log, closing);
    return { ...kernel, config, stop };
  } catch (error) {
    if (!isJinshuiError(error)) log.error({ err: error }, "kernel did not start");
    await stop();
    throw error;
  }
}

async function compose(
  options: KernelOptions,
  config: OrganisationConfig,
  data: DataFolder,
  log: Log,
  closing: (() => Promise<void>)[],
): Promise<Omit<Kernel, "config" | "stop">> {
  const container = new Container();
  const origin = { url: `http://127.0.0.1:${options.port}` };
  const connections: Bus[] = [];
  let started = false;
  container.bind(TOKEN.options).toConstantValue(options);
  container.bind(TOKEN.config).toConstantValue(config);
  container.bind(TOKEN.data).toConstantValue(data);
  container.bind(TOKEN.log).toConstantValue(log);
  container.bind(TOKEN.version).toConstantValue(VERSION);
  container.bind(TOKEN.origin).toConstantValue(origin);
  container
    .bind(TOKEN.unready)
    .toConstantValue(async () => [...(started ? [] : ["starting"]), ...(await unready(database, connections))]);
  container.load(
    storageModule,
    busModule,
    authModule,
    federationModule,
    signatureModule,
    workflowModule,
    supervisorModule,
    gatewayModule,
  );

  const database = await container.getAsync<Database>(TOKEN.database);
  closing.push(() => database.close());
  for (const { variable, value, wanted, why, losesCommits } of database.warnings)
    log.warn({ variable, value, wanted, losesCommits, error: why }, `database: ${variable} is ${value}, not ${wanted}`);
  const lossy = database.warnings.filter(({ losesCommits }) => losesCommits).map(({ variable }) => variable);
  if (config.site.production === true && lossy.length > 0)
    throw new JinshuiError(
      "unavailable",
      `A production site does not start on a database that may lose commits: ${lossy.join(", ")}; see configs/deploy`,
    );
  const nats = await container.getAsync<NatsServer>(TOKEN.nats);
  closing.push(() => nats.stop());
  const keeper = await container.getAsync<BusKeeper>(TOKEN.keeper);
  closing.push(() => keeper.close());
  const connect = await container.getAsync<(part: string) => Promise<Bus>>(TOKEN.connect);
  const bus = async (part: string): Promise<Bus> => {
    const connection = await connect(part);
    connections.push(connection);
    closing.push(() => connection.drain());
    return connection;
  };

  const auth = await container.getAsync<Auth>(TOKEN.auth);
  const trail = await container.getAsync<AuditTrail>(TOKEN.trail);
  const watcher: { supervisor?: Supervisor } = {};
  const watched: RespondOptions = {
    limit: new RateLimit(PLUGIN_RATE),
    onMisuse: (misuse) => watcher.supervisor?.misuse(misuse),
  };
  const { anchoring, verifications, stop: stopAudit } = await startAudit(options, config, database, data, log);
  closing.push(stopAudit);
  const guarded = <A extends Api>(api: A, handlers: Handlers<A>): Handlers<A> =>
    audited(api, withRecentSignIn(api, handlers, auth.access.tokens), trail);
  await (await bus("auth")).serve(authApi, guarded(authApi, auth.handlers), { ...watched, concurrency: 128 });
  await (
    await bus("account")
  ).serve(accountApi, guarded(accountApi, auth.accountHandlers), { ...watched, concurrency: 32 });
  const organisation = guarded(organisationApi, auth.organisationHandlers);
  await (await bus("organisation")).serve(organisationApi, organisation, { ...watched, concurrency: 32 });
  closing.push(startRepeating(() => auth.disableUnused(), log));
  const federation = await container.getAsync<Federation | undefined>(TOKEN.federation);
  if (federation) {
    const handlers = guarded(federationApi, federation.handlers);
    await (await bus("federation")).serve(federationApi, handlers, { concurrency: 64 });
    await (await bus("bus")).serve(busApi, guarded(busApi, federation.busHandlers), { ...watched, concurrency: 16 });
    closing.push(startRepeating(() => federation.sweep(), log, HOUR_MS));
  }
  const storageBus = await bus("storage");
  const instance = await data.instance();
  const durability = await chooseDurability({
    ...(nats.store === undefined ? {} : { store: nats.store, syncsAlways: nats.syncsAlways === true }),
    serverVersion: storageBus.serverVersion,
    declared: config.site.bus ?? {},
  });
  log.info({ profile: durability.profile, reason: durability.reason }, "durability of the bus");
  if (config.site.production === true && durability.profile === "none")
    throw new JinshuiError("unavailable", `A production site does not start like this: ${durability.reason}`);
  await storageBus.ensureStreams();
  const relay = startRelay({
    database,
    bus: storageBus,
    log,
    bureaus: config.bureaus.map(({ bureau }) => bureau),
    settle: durability.settle,
    instance,
  });
  closing.push(() => relay.stop());
  const files = await container.getAsync<FileStore>(TOKEN.files);
  await files.start();
  closing.push(() => files.stop());
  const storage = await container.getAsync<StorageService>(TOKEN.storage);
  closing.push(() => storage.stop());
  await storageBus.serve(storageApi, guarded(storageApi, storage.handlers), { ...watched, concurrency: 128 });
  const collections = (plugin: string) => storage.collections.of(plugin);
  const auditing = auditHandlers({ database, access: auth.access, verifications, collections });
  await (await bus("audit")).serve(auditApi, guarded(auditApi, auditing), watched);

  const supervisor = await container.getAsync<Supervisor>(TOKEN.supervisor);
  watcher.supervisor = supervisor;
  closing.push(() => supervisor.options.bus.drain());
  await supervisor.load();
  const signatures = await container.getAsync<Signatures>(TOKEN.signatures);
  await (
    await bus("signature")
  ).serve(signatureApi, guarded(signatureApi, signatures.handlers), { ...watched, concurrency: 32 });
  const workflow = await container.getAsync<Workflow>(TOKEN.workflow);
  await (
    await bus("workflow")
  ).serve(workflowApi, guarded(workflowApi, workflow.handlers), { ...watched, concurrency: 128 });
  const intake = await container.getAsync<PackageIntake>(TOKEN.intake);
  const plugins = guarded(supervisorApi, supervisorHandlers(supervisor, intake));
  await supervisor.options.bus.serve(supervisorApi, plugins, watched);

  const security = await watchSecurity({
    database,
    auth,
    files,
    supervisor,
    signatures,
    configs: options.configs,
    verifications,
    anchoring,
    disk: await container.getAsync<DiskMark>(TOKEN.disk),
    bus: { version: storageBus.serverVersion, durability: durability.profile },
    version: VERSION,
    unready: container.get(TOKEN.unready),
    log,
    instance,
  });
  await (
    await bus("security")
  ).serve(securityApi, guarded(securityApi, security.handlers), { ...watched, concurrency: 16 });

  const webhookBus = await bus("webhooks");
  const webhooks = await openWebhooks({
    ...{ database, auth, trail, config, log, bus: webhookBus, keysFolder: data.at("keys"), owner: instance },
    offers: (bureau) => offersIn(supervisor, bureau),
  });
  await webhookBus.serve(webhooksApi, guarded(webhooksApi, webhooks.handlers), { ...watched, concurrency: 32 });
  closing.push(startRepeating(() => webhooks.sweep(), log, HOUR_MS));

  const gateway = await container.getAsync<Gateway>(TOKEN.gateway);
  const port = await gateway.listen(options.port, options.host);
  origin.url = `http://127.0.0.1:${port}`;
  closing.push(() => gateway.close());
  await openWay(data.path);
  await supervisor.start(workflow.definitions);
  workflow.clockwork.start();
  workflow.deliveries.start();
  security.watcher.start();
  await webhooks.start();
  closing.push(
    () => webhooks.stop(),
    () => security.watcher.stop(),
    () => supervisor.stop(),
    () => workflow.deliveries.stop(),
    () => workflow.clockwork.stop(),
  );
  started = true;
  log.info({ url: origin.url, plugins: supervisor.releases.ids() }, "kernel serves");
  return {
    url: options.host === "127.0.0.1" ? origin.url : `http://${options.host}:${port}`,
    supervisor,
    warnings: database.warnings,
    durability,
  };
}

/** Links and anchors the audit chains while the kernel runs; `stop` anchors what came last. */
async function startAudit(
  options: KernelOptions,
  config: OrganisationConfig,
  database: Database,
  data: DataFolder,
  log: Log,
): Promise<{ anchoring: Anchoring; verifications: AuditVerifications; stop: () => Promise<void> }> {
  const key = await openAnchorKey(data.at("keys", ANCHOR_KEY));
  if (config.site.production === true && !relative(data.at(), options.anchors).startsWith(".."))
    log.warn(
      { anchors: options.anchors },
      "audit anchors lie in the data folder: who can write to it can rewrite both; name another volume with --anchors",
    );
  const linker = startAuditLinker({ database, log });
  const anchoring = await startAnchoring({ database, folder: options.anchors, key, log });
  const verifications = new AuditVerifications(database, log, { folder: options.anchors, key });
  return {
    anchoring,
    verifications,
    async stop() {
      await verifications.stop();
      await linker.stop();
      await anchoring.stop();
    },
  };
}

/** Does something now and each day, or as often as is said; returns the way to stop. */
function startRepeating(work: () => Promise<void>, log: Log, everyMs = 24 * HOUR_MS): () => Promise<void> {
  let running = Promise.resolve();
  const run = (): void => {
    running = work().catch((error: unknown) => log.error({ err: error }, "daily work failed"));
  };
  run();
  const timer = setInterval(run, everyMs);
  return () => {
    clearInterval(timer);
    return running;
  };
}

async function unready(database: Database | undefined, connections: Bus[]): Promise<string[]> {
  if (!database) return ["database: opening"];
  const answered = await Promise.allSettled([database.ping(), ...connections.map((connection) => connection.ping())]);
  const reasons = answered.map((result, index) =>
    result.status === "fulfilled" ? "" : index === 0 ? "database: does not answer" : "bus: does not answer",
  );
  return [...new Set(reasons.filter((reason) => reason !== ""))];
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
