import "reflect-metadata";
import { type Bus, connectBus, type Log, newTraceparent, readTraceparent, type Service } from "@jinshui/bus";
import { type Api, authApi, type Call, type Client, type CloudEvent, isJinshuiError, type Job, JinshuiError, parsePluginSubject, storageApi, STREAM, subject as subjects, workflowApi } from "@jinshui/contracts";
import { checked } from "@jinshui/contracts/validate";
import { readPlugin, type PluginContent } from "@jinshui/contracts/plugin-folder";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { container, type DependencyContainer } from "tsyringe";
import type { PluginCall } from "./call.js";
import { type Handler, handlersOf } from "./decorators.js";
import { Auth, Logger, Storage, Workflow } from "./tokens.js";

type ServiceClass = new (...args: never[]) => object;
const JOB_TIMEOUT_MS = 25_000;

export interface HostOptions {
  servers: string;
  credentials: () => { jwt: string; seed: string };
  folder: string;
  bureaus: string[];
  log: Log;
}

/** What the call's clients hand along. */
interface CallScope extends Pick<Call, "actor" | "traceparent" | "idempotencyKey" | "signal"> {
  bureau: string;
  deadline: number;
}

/** Serves one plugin's class on the bus: operations per bureau, jobs and events; owns the orderly end. */
export class PluginHost {
  readonly #services = new Map<string, Service[]>();
  readonly #pulls: Service[] = [];

  private constructor(
    readonly bus: Bus,
    readonly service: ServiceClass,
    readonly content: PluginContent,
    readonly log: Log,
  ) {}

  /** Connects, subscribes for the bureaus given, and tells the supervisor. */
  static async start(service: ServiceClass, options: HostOptions): Promise<PluginHost> {
    const content = readOwn(options.folder);
    const { manifest } = content;
    const handlers = handlersOf(service);
    for (const name of Object.keys(manifest.provides?.ops ?? {})) requireHandler(handlers, "op", name);
    for (const name of manifest.contributes.jobs ?? []) requireHandler(handlers, "job", name);
    const bus = await connectBus({ servers: options.servers, caller: manifest.id, credentials: options.credentials, log: options.log });
    const host = new PluginHost(bus, service, content, options.log);
    const control = (verb: string): string => subjects.control(manifest.id, verb);
    await bus.respond(control("bureaus"), undefined, async (input) => {
      await host.setBureaus((input as { bureaus: string[] }).bureaus);
      return {};
    });
    await bus.respond(control("health"), undefined, () => Promise.resolve({ memoryMb: Math.round(process.memoryUsage.rss() / 1_048_576) }));
    await bus.respond(control("drain"), undefined, () => {
      setImmediate(() => void host.stop().then(() => process.exit(0)));
      return Promise.resolve({});
    });
    await host.setBureaus(options.bureaus);
    if (handlers.some(({ kind }) => kind === "job")) host.#pulls.push(await bus.consume(STREAM.jobs, manifest.id, (body) => host.#job(body as Job)));
    if (handlers.some(({ kind }) => kind === "event")) host.#pulls.push(await bus.consume(STREAM.events, manifest.id, (body, { subject }) => host.#event(body as CloudEvent, subject)));
    await bus.request(control("ready"), { pid: process.pid, version: content.version });
    return host;
  }

  /** Serves just these bureaus from now on; requests under way elsewhere are finished. */
  async setBureaus(bureaus: string[]): Promise<void> {
    for (const [bureau, services] of this.#services) {
      if (bureaus.includes(bureau)) continue;
      this.#services.delete(bureau);
      await Promise.all(services.map((service) => service.drain()));
    }
    for (const bureau of bureaus) if (!this.#services.has(bureau)) this.#services.set(bureau, await this.#serve(bureau));
  }

  async stop(): Promise<void> {
    await this.setBureaus([]);
    await Promise.all(this.#pulls.map((pull) => pull.drain()));
    await this.bus.drain();
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
            const call: PluginCall = { bureau, caller, hasActor: request.actor !== undefined, traceId: request.traceId, signal: request.signal, ...(request.idempotencyKey === undefined ? {} : { idempotencyKey: request.idempotencyKey }) };
            const output = await this.#run("op", name, scope, checked(schema?.input ?? {}, input, `${id}.${name}`), call).catch((error: unknown) => {
              throw this.#boxed(error, name);
            });
            return checked(schema?.output ?? {}, output, `Answer of ${id}.${name}`, "plugin-failed");
          },
          { concurrency: server?.concurrency ?? 32 },
        ),
      ),
    );
  }

  async #job(job: Job): Promise<void> {
    const { traceparent, traceId } = readTraceparent(newTraceparent());
    const signal = AbortSignal.timeout(JOB_TIMEOUT_MS);
    const scope: CallScope = { bureau: job.bureau, traceparent, signal, deadline: performance.now() + JOB_TIMEOUT_MS, idempotencyKey: job.id };
    const workflow = this.#client(workflowApi, { ...scope, idempotencyKey: `${job.id}/report` });
    try {
      const variables = await this.#run("job", job.type, scope, job, { bureau: job.bureau, caller: "workflow", hasActor: false, traceId, signal, idempotencyKey: job.id } satisfies PluginCall);
      await workflow.completeJob({ job: job.id, variables: (variables ?? {}) as Record<string, unknown> });
    } catch (error) {
      // switched off meanwhile: the job waits and is sent again
      if (isJinshuiError(error) && (error.code === "not-enabled" || error.code === "unavailable" || error.code === "timeout")) throw error;
      this.log.error({ job: job.id, type: job.type, err: error }, "job failed");
      await workflow.failJob({ job: job.id, message: (error instanceof Error ? error.message : String(error)).slice(0, 2_000), retryable: !isJinshuiError(error) || error.retryable });
    }
  }

  async #event(event: CloudEvent, subject: string): Promise<void> {
    const [, , bureau = "", source = "", name = ""] = subject.split(".");
    if (!this.#services.has(bureau) || !handlersOf(this.service).some((handler) => handler.kind === "event" && handler.name === `${source}.${name}`)) return;
    const { traceparent, traceId } = readTraceparent(event.traceparent);
    const signal = AbortSignal.timeout(JOB_TIMEOUT_MS);
    const scope: CallScope = { bureau, traceparent, signal, deadline: performance.now() + JOB_TIMEOUT_MS, idempotencyKey: event.id };
    await this.#run("event", `${source}.${name}`, scope, event, { bureau, caller: source, hasActor: false, traceId, signal, idempotencyKey: event.id } satisfies PluginCall);
  }

  async #run(kind: Handler["kind"], name: string, scope: CallScope, input: unknown, call: PluginCall): Promise<unknown> {
    const handler = requireHandler(handlersOf(this.service), kind, name);
    const own = container.createChildContainer();
    try {
      this.#provide(own, scope);
      const service = own.resolve(this.service as new () => Record<string, (input: unknown, call: PluginCall) => Promise<unknown>>);
      return await service[handler.method]?.(input, call);
    } finally {
      await own.dispose();
    }
  }

  #provide(own: DependencyContainer, scope: CallScope): void {
    own.register(Storage, { useValue: this.#client(storageApi, scope) });
    own.register(Workflow, { useValue: this.#client(workflowApi, scope) });
    own.register(Auth, { useValue: this.#client(authApi, scope) });
    own.register(Logger, { useValue: this.log });
  }

  /**
   * A client bound to the call: its person, its trace, its remaining time. Each write gets a key of its own made of the
   * call's and its place in it, so a repeated job repeats no effect.
   */
  #client<A extends Api>(api: A, scope: CallScope): Client<A> {
    const client = this.bus.client(api, scope.bureau);
    let writes = 0;
    const bound = Object.entries(api.ops).map(([name, { effect }]) => {
      const call = (input: never, own: Call = {}): Promise<unknown> => {
        const key = effect === "write" && scope.idempotencyKey !== undefined ? `${scope.idempotencyKey}/${name}-${(writes += 1)}` : undefined;
        return (client[name as keyof A["ops"]] as (input: never, call: Call) => Promise<unknown>)(input, {
          timeoutMs: Math.max(1, scope.deadline - performance.now()),
          ...(scope.signal ? { signal: scope.signal } : {}),
          ...(scope.actor === undefined ? {} : { actor: scope.actor }),
          ...(scope.traceparent === undefined ? {} : { traceparent: scope.traceparent }),
          ...(key === undefined ? {} : { idempotencyKey: key }),
          ...own,
        });
      };
      return [name, call];
    });
    return Object.fromEntries(bound) as Client<A>;
  }

  /** What a plugin throws without meaning it is `plugin-failed`; its text goes to the log only. */
  #boxed(error: unknown, name: string): unknown {
    if (isJinshuiError(error)) return error;
    this.log.error({ op: name, err: error }, "operation failed");
    return new JinshuiError("plugin-failed", `${this.content.manifest.id}.${name} failed; see the plugin's log`, { details: { plugin: this.content.manifest.id, op: name } });
  }
}

function readOwn(folder: string): PluginContent {
  const { content, problems } = readPlugin({
    read: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined),
    list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : []),
  });
  if (!content || problems.length > 0) throw new JinshuiError("invalid-file", `the plugin's manifest does not fit: ${problems[0]?.file ?? ""} ${problems[0]?.message ?? ""}`);
  return content;
}

function requireHandler(handlers: Handler[], kind: Handler["kind"], name: string): Handler {
  const handler = handlers.find((candidate) => candidate.kind === kind && candidate.name === name);
  if (!handler) throw new JinshuiError("not-found", `the manifest names the ${kind} "${name}", but no method has @${kind === "event" ? "on" : kind}("${name}")`);
  return handler;
}
