import type { Auth } from "@jinshui/auth";
import { config, context, PASSWORD, testAuth } from "@jinshui/auth/testing";
import { connectBus, silent } from "@jinshui/bus";
import { startTestServer } from "@jinshui/bus/testing";
import type { Context, Handlers, PluginOperations, WebhooksApi } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { startRelay } from "@jinshui/storage";
import { mkdtemp } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openWebhooks, type Webhooks } from "./open-webhooks.js";

interface Teardown {
  teardown(end: () => Promise<void> | void): void;
}

/** A request as a receiver got it. */
export interface Got {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Another system that is told of events; `answer` is what it says, `delayMs` how long it takes. */
export class Receiver {
  readonly got: Got[] = [];
  answer = 204;
  delayMs = 0;
  url = "";

  static async open(t: Teardown): Promise<Receiver> {
    const receiver = new Receiver();
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        receiver.got.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
        setTimeout(
          () => response.writeHead(receiver.answer, { location: "http://127.0.0.1:1/" }).end(),
          receiver.delayMs,
        );
      });
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    t.teardown(() => {
      server.closeAllConnections();
      server.close();
    });
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    return receiver;
  }

  /** Waits until so many requests have come. */
  async until(count: number): Promise<void> {
    for (const end = Date.now() + 10_000; this.got.length < count; await sleep(20))
      if (Date.now() > end) throw new Error(`${this.got.length} of ${count} requests came`);
  }
}

const CARS: PluginOperations = {
  id: "cars",
  title: { "zh-CN": "用车" },
  permissions: [],
  collections: [{ name: "trip", title: { "zh-CN": "用车台账" } }],
  ops: {},
};

/** The time, which goes on by itself and which tests move. */
class Clock {
  aheadMs = 0;

  get now(): number {
    return Date.now() + this.aheadMs;
  }
}

/** Webhooks on a real database and a real bus, with a clock that tests move. */
export async function webhookSite(t: Teardown, db: TestDatabase) {
  const { database } = db;
  const site = { webhooks: { allow: ["127.0.0.0/8"] } };
  const { auth, trail, clock: authClock } = await testAuth(db, site);
  authClock.now = Date.now();
  const clock = new Clock();
  const server = await startTestServer();
  t.teardown(() => server.stop());
  const bus = await connectBus({ servers: server.url, caller: "webhooks" });
  t.teardown(() => bus.drain());
  await bus.ensureStreams();
  const relay = startRelay({ database, bus, log: silent, bureaus: ["wuhu", "fanchang"] });
  t.teardown(() => relay.stop());
  const keysFolder = await mkdtemp(join(tmpdir(), "jinshui-webhooks-"));
  const open = (owner = "one"): Promise<Webhooks> =>
    openWebhooks({
      ...{ database, auth, trail, bus, keysFolder, owner, log: silent },
      config: { ...config, site: { ...config.site, ...site } },
      offers: () => [CARS],
      clock: () => clock.now,
    });
  const webhooks = await open();
  await webhooks.start();
  t.teardown(() => webhooks.stop());
  return { database, auth, clock, bus, webhooks, people: new People(auth, webhooks.handlers), event: eventOf(db) };
}

/** Publishes an event by the outbox. */
function eventOf({ database }: TestDatabase) {
  return (source: string, name: string, data: unknown, bureau = "wuhu"): Promise<string> =>
    database.transaction((tx) => Promise.resolve(tx.event({ bureau, source, name, data }).id));
}

/** Administrators who ask and agree. */
class People {
  constructor(
    readonly auth: Auth,
    readonly handlers: Handlers<WebhooksApi>,
  ) {}

  async as(username: string): Promise<Context> {
    const { auth } = this;
    const { session } = await auth.handlers.signIn({ username, password: PASSWORD, address: "10.1.2.3" }, context());
    const { token, profile } = await auth.handlers.authenticate({ session, audience: "gateway" }, context());
    return context({ actor: token, bureau: profile.bureau });
  }

  async agree(change: string): Promise<void> {
    await this.auth.organisationHandlers.decideChange({ change, approve: true }, await this.as("qianli"));
  }

  /** A webhook that is active, with its secret. */
  async webhook(url: string, events = ["cars.trip-changed"]): Promise<{ id: string; secret: string }> {
    const sunjie = await this.as("sunjie");
    const { change } = await this.handlers.propose({ title: "报表系统", url, events, reason: "报表需要" }, sunjie);
    await this.agree(change);
    const id = (await this.handlers.webhooks({}, sunjie)).webhooks[0]?.id ?? "";
    return { id, ...(await this.handlers.renewSecret({ webhook: id }, sunjie)) };
  }
}
