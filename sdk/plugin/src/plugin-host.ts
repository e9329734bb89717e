import "reflect-metadata";
import { type Bus, connectBus, type Log, readTraceparent, type Service } from "@jinshui/bus";
import {
  authApi,
  type CloudEvent,
  type DeliveredSettings,
  isJinshuiError,
  type Job,
  JinshuiError,
  parsePluginSubject,
  type PluginDelivery,
  type ScheduledRun,
  storageApi,
  subject as subjects,
  supervisorApi,
  workflowApi,
} from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { readPlugin, type PluginContent } from "@jinshui/contracts/plugin-folder";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { container, type DependencyContainer } from "tsyringe";
import { boundClient, type CallScope } from "./bound-client.js";
import type { PluginCall } from "./call.js";
import { type Handler, handlersOf } from "./decorators.js";
import { Plugins, pluginsFor } from "./plugins.js";
import { Settings, type SettingsStore } from "./settings.js";
import { Auth, Logger, Storage, Workflow } from "./tokens.js";

/** A class marked with `@plugin()`. */
export type ServiceClass = new (...args: never[]) => object;
const JOB_TIMEOUT_MS = 25_000;
const REPORT_TIMEOUT_MS = 5_000;

/** What a plugin's process is given to run with. */
export interface HostOptions {
  servers: string;
  /** Tells this run of the process apart from another one. */
  run: string;
  /** Absent on a bus that asks for none. */
  credentials?: () => { jwt: string; seed: string };
  folder: string;
  bureaus: string[];
  /** What is known of settings; shared by all connections of a process. */
  settings: SettingsStore;
  log: Log;
  /** How long a job may take, in ms; 25 s when absent. */
  jobMs?: number;
  /** The supervisor wants the process to finish its work and end. */
  onDrain(): void;
}

/** Serves one plugin's class on the bus: operations per bureau, jobs and events; owns the orderly end. */
export class PluginHost {
  /** Calls since the start, and those among them that failed by the plugin's own fault. */
  readonly figures = { calls: 0, failures: 0 };
  readonly #services = new Map<string, Service[]>();
  #deliveries: Service | undefined;
  readonly #jobs = new Map<string, Promise<void>>();
  #turn: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  private constructor(
    readonly bus: Bus,
    readonly service: ServiceClass,
    readonly content: PluginContent,
    readonly settings: SettingsStore,
    readonly log: Log,
    readonly jobMs: number,
  ) {}

  /** Connects, subscribes for the bureaus given, and tells the supervisor. */
  static async start(service: ServiceClass, options: HostOptions): Promise<PluginHost> {
    const content = readOwn(options.folder);
    const { manifest } = content;
    const handlers = handlersOf(service);
    checkHandlers(content, handlers);
    const bus = await connectBus({
      servers: options.servers,
      caller: manifest.id,
      log: options.log,
      ...(options.credentials ? { credentials: options.credentials } : {}),
    });
    const host = new PluginHost(bus, service, content, options.settings, options.log, options.jobMs ?? JOB_TIMEOUT_MS);
    const control = (verb: string): string => subjects.control(manifest.id, verb, options.run);
    await bus.respond(control("bureaus"), undefined, async (input) => {
      await host.setBureaus((input as { bureaus: string[] }).bureaus);
      return {};
    });
    await bus.respond(control("settings"), undefined, (input) => {
      const { bureau, settings } = input as { bureau: string; settings: DeliveredSettings };
      if (options.settings.take(bureau, settings)) host.#settingsChanged(bureau);
      return Promise.resolve({});
    });
    await bus.respond(control("health"), undefined, () => Promise.resolve({ ...host.figures }));
    await bus.respond(control("drain"), undefined, () => {
      setImmediate(() => options.onDrain());
      return Promise.resolve({});
    });
    await host.setBureaus(options.bureaus);
    // of two connections, while the credential is renewed, one gets it
    host.#deliveries = await bus.respond(control("deliver"), manifest.id, async (input) => {
      await host.#take(input as PluginDelivery);
      return {};
    });
    await bus.request(control("ready"), { pid: process.pid, version: content.version });
    return host;
  }

  /** Serves just these bureaus from now on; requests under way elsewhere are finished. One change at a time. */
  setBureaus(bureaus: string[]): Promise<void> {
    const turn = this.#turn.then(() => this.#change(bureaus));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Bureaus served now. */
  get bureaus(): string[] {
    return [...this.#services.keys()];
  }

  /** Takes nothing more, finishes what it has taken and closes the connection. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    // deliveries first: what comes for a bureau no longer served would count as heard
    await this.#deliveries?.drain();
    await this.setBureaus([]);
    await this.bus.drain();
  }

  async #change(bureaus: string[]): Promise<void> {
    for (const [bureau, services] of this.#services) {
      if (bureaus.includes(bureau)) continue;
      this.#services.delete(bureau);
      await Promise.all(services.map((service) => service.drain()));
    }
    for (const bureau of bureaus)
      if (!this.#services.has(bureau)) this.#services.set(bureau, await this.#serve(bureau));
  }

  async #serve(bureau: string): Promise<Service[]> {
    const { id, provides, server } = this.content.manifest;
    const ops = Object.entries(provides?.ops ?? {});
    return Promise.all(
      ops.map(([name, { v }]) =>
        this.bus.respond(
          subjects.plugin(bureau, id, v, name, "*"),
          id,
          async (input, request) => {
            const { caller } = parsePluginSubject(request.subject);
            const schema = this.content.schemas[name];
            const scope: CallScope = { ...request, bureau };
            const call: PluginCall = {
              bureau,
              caller,
              hasActor: request.actor !== undefined,
              traceId: request.traceId,
              signal: request.signal,
              ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }),
            };
            const output = await this.#run(
              "op",
              name,
              scope,
              checked(schema?.input ?? {}, input, `${id}.${name}`),
              call,
            ).catch((error: unknown) => {
              throw this.#boxed(error, name);
            });
            return checked(schema?.output ?? {}, output, `Answer of ${id}.${name}`, "plugin-failed");
          },
          { concurrency: server?.concurrency ?? 32 },
        ),
      ),
    );
  }

  async #take({ kind, name, body, subject, traceparent }: PluginDelivery): Promise<void> {
    if (kind === "job") await this.#job(body as Job, traceparent);
    else if (kind === "schedule") await this.#scheduled(name, body as ScheduledRun, traceparent);
    else await this.#event(name, body as CloudEvent, subject);
  }

  /** Copies of a job that arrive together run once. */
  async #job(job: Job, traceparent: string): Promise<void> {
    // switched off here: workflow sends the job again until somebody reports on it
    if (!this.#services.has(job.bureau)) return;
    const running = this.#jobs.get(job.id) ?? this.#doJob(job, traceparent).finally(() => this.#jobs.delete(job.id));
    this.#jobs.set(job.id, running);
    await running;
  }

  async #doJob(job: Job, trace: string): Promise<void> {
    // done already: after a loss of the bus a week's messages come again
    if (!(await this.#report(job).findJob({ job: job.id })).open) return;
    const { traceparent, traceId } = readTraceparent(trace);
    const signal = AbortSignal.timeout(this.jobMs);
    const scope: CallScope = {
      bureau: job.bureau,
      traceparent,
      signal,
      deadline: performance.now() + this.jobMs,
      idempotencyKey: job.id,
    };
    const call: PluginCall = {
      bureau: job.bureau,
      caller: "workflow",
      hasActor: false,
      traceId,
      signal,
      idempotencyKey: job.id,
    };
    let variables: unknown;
    try {
      variables = await inTime(this.#run("job", job.type, scope, job, call), signal, job.type);
    } catch (error) {
      await this.#failJob(job, error);
      return;
    }
    try {
      await this.#report(job).completeJob({ job: job.id, variables: (variables ?? {}) as Record<string, unknown> });
    } catch (error) {
      if (!isJinshuiError(error) || error.retryable) throw error;
      await this.#failJob(job, error); // what it returned can't be taken, and never will be
    }
  }

  async #failJob(job: Job, error: unknown): Promise<void> {
    if (isJinshuiError(error) && error.code === "not-enabled") return; // switched off while it ran: it comes again
    this.log.error({ job: job.id, type: job.type, err: error }, "job failed");
    await this.#report(job).failJob({
      job: job.id,
      message: messageOf(error).slice(0, 2_000),
      retryable: !isJinshuiError(error) || error.retryable,
    });
  }

  /** Reports have time of their own: a job that used up its time must be able to say so. */
  #report(job: Job): Workflow {
    return boundClient(this.bus, workflowApi, { bureau: job.bureau, deadline: performance.now() + REPORT_TIMEOUT_MS });
  }

  async #scheduled(name: string, run: ScheduledRun, trace: string): Promise<void> {
    const { id, bureau } = run;
    if (!this.#services.has(bureau))
      throw new JinshuiError("not-enabled", `${this.content.manifest.id} is not enabled in ${bureau}`);
    await this.#perform("schedule", name, { bureau, caller: "supervisor", id, trace }, run);
  }

  async #event(name: string, event: CloudEvent, subject: string): Promise<void> {
    const [, , bureau = "", caller = ""] = subject.split(".");
    if (!this.#services.has(bureau)) return;
    await this.#perform("event", name, { bureau, caller, id: event.id, trace: event.traceparent }, event);
  }

  /** Does what the kernel has handed over, for nobody, under the message's own id. */
  async #perform(
    kind: Handler["kind"],
    name: string,
    { bureau, caller, id, trace }: { bureau: string; caller: string; id: string; trace: string | undefined },
    input: unknown,
  ): Promise<void> {
    const { traceparent, traceId } = readTraceparent(trace);
    const signal = AbortSignal.timeout(JOB_TIMEOUT_MS);
    const deadline = performance.now() + JOB_TIMEOUT_MS;
    const scope: CallScope = { bureau, traceparent, signal, deadline, idempotencyKey: id };
    const call: PluginCall = { bureau, caller, hasActor: false, traceId, signal, idempotencyKey: id };
    await this.#run(kind, name, scope, input, call).catch((error: unknown) => {
      this.log.error({ id, name, err: error }, `${kind} failed`);
      // the kernel notes why, should it fail for good
      throw isJinshuiError(error) ? error : new JinshuiError("plugin-failed", messageOf(error), { cause: error });
    });
  }

  /** The supervisor does not wait for what the plugin makes of it. */
  #settingsChanged(bureau: string): void {
    if (!handlersOf(this.service).some(({ kind }) => kind === "settings") || !this.#services.has(bureau)) return;
    const signal = AbortSignal.timeout(JOB_TIMEOUT_MS);
    const { traceparent, traceId } = readTraceparent(undefined);
    const scope: CallScope = { bureau, traceparent, signal, deadline: performance.now() + JOB_TIMEOUT_MS };
    const call: PluginCall = { bureau, caller: "supervisor", hasActor: false, traceId, signal };
    void this.#run("settings", "changed", scope, undefined, call).catch((error: unknown) =>
      this.log.error({ bureau, err: error }, "the handler of changed settings failed"),
    );
  }

  async #run(
    kind: Handler["kind"],
    name: string,
    scope: CallScope,
    input: unknown,
    call: PluginCall,
  ): Promise<unknown> {
    const handler = requireHandler(handlersOf(this.service), kind, name);
    this.figures.calls += 1;
    const own = container.createChildContainer();
    try {
      this.#provide(own, scope);
      const service = own.resolve(this.service as new () => Record<string, (...given: unknown[]) => Promise<unknown>>);
      const given = kind === "settings" ? [call] : [input, call];
      return await service[handler.method]?.(...given);
    } catch (error) {
      if (!isJinshuiError(error)) this.figures.failures += 1;
      throw error;
    } finally {
      await own.dispose();
    }
  }

  #provide(own: DependencyContainer, scope: CallScope): void {
    // a client is made for who asks for it: most ask for one
    own.register(Storage, { useFactory: () => boundClient(this.bus, storageApi, scope) });
    own.register(Workflow, { useFactory: () => boundClient(this.bus, workflowApi, scope) });
    own.register(Auth, { useFactory: () => boundClient(this.bus, authApi, scope) });
    own.register(Plugins, {
      useFactory: () => pluginsFor(this.content.manifest.id, boundClient(this.bus, supervisorApi, scope)),
    });
    own.register(Settings, { useValue: this.settings.of(scope.bureau) });
    own.register(Logger, { useValue: this.log });
  }

  /** What a plugin throws without meaning it is `plugin-failed`; its text goes to the log only. */
  #boxed(error: unknown, name: string): unknown {
    if (isJinshuiError(error)) return error;
    this.log.error({ op: name, err: error }, "operation failed");
    return new JinshuiError("plugin-failed", `${this.content.manifest.id}.${name} failed; see the plugin's log`, {
      details: { plugin: this.content.manifest.id, op: name },
    });
  }
}

function readOwn(folder: string): PluginContent {
  const { content, problems } = readPlugin({
    read: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined),
    list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : []),
  });
  if (!content || problems.length > 0)
    throw new JinshuiError(
      "invalid-file",
      `the plugin's manifest does not fit: ${problems[0]?.file ?? ""} ${problems[0]?.message ?? ""}`,
    );
  return content;
}

/** Manifest and code name the same things, or the plugin does not start. */
function checkHandlers({ manifest }: PluginContent, handlers: Handler[]): void {
  const named: Record<Handler["kind"], readonly string[]> = {
    op: Object.keys(manifest.provides?.ops ?? {}),
    job: manifest.contributes.jobs ?? [],
    event: manifest.grants.events?.subscribe ?? [],
    schedule: (manifest.contributes.schedules ?? []).map(({ id }) => id),
    settings: manifest.contributes.settings === undefined ? [] : ["changed"],
  };
  // who reads settings where they are used need not hear of changes
  for (const kind of ["op", "job", "event", "schedule"] as const)
    for (const name of named[kind]) requireHandler(handlers, kind, name);
  for (const { kind, name, method } of handlers) {
    if (!named[kind].includes(name))
      throw new JinshuiError("not-found", `${method} has ${decorator(kind, name)}, but the manifest does not name it`);
  }
}

function requireHandler(handlers: Handler[], kind: Handler["kind"], name: string): Handler {
  const handler = handlers.find((candidate) => candidate.kind === kind && candidate.name === name);
  if (!handler)
    throw new JinshuiError(
      "not-found",
      `the manifest names the ${kind} "${name}", but no method has ${decorator(kind, name)}`,
    );
  return handler;
}

function decorator(kind: Handler["kind"], name: string): string {
  return kind === "settings" ? "@onSettings()" : `@${kind === "event" ? "on" : kind}("${name}")`;
}

/**
 * What a handler returns. One that never returns is left to itself when its time is over: nobody would else hear that the job
 * failed, and copies of it would wait for it for ever.
 */
function inTime<T>(work: Promise<T>, signal: AbortSignal, type: string): Promise<T> {
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () =>
      reject(new JinshuiError("timeout", `${type} 未在规定时间内完成 · it did not finish in time`)),
    ),
  );
  return Promise.race([work, late]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
