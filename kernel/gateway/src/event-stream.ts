import type { CloudEvent } from "@jinshui/contracts";
import type Router from "@koa/router";
import { createSession, type Session } from "better-sse";
import type { GatewayOptions } from "./options.js";
import { authenticate } from "./sign-in.js";

interface Listener {
  session: Session;
  profile: { id: string; bureau: string; permissions?: readonly string[] };
  end(): void;
}

const MAX_PER_PERSON = 12;
const CHECK_MS = 4_000;

/** Hints to open pages that something has changed; the pages then read it with their own rights. */
export class EventStream {
  readonly #listeners = new Set<Listener>();

  constructor(readonly options: GatewayOptions) {
    options.bus.subscribe("jinshui.event.>", (body, subject) => this.#pass(body as CloudEvent, subject));
  }

  routes(router: Router): void {
    router.get("/api/v1/events", async (context) => {
      const { profile } = await authenticate(this.options, context);
      const mine = [...this.#listeners].filter((listener) => listener.profile.id === profile.id);
      if (mine.length >= MAX_PER_PERSON) mine[0]?.end();
      context.respond = false;
      context.res.statusCode = 200; // koa begins with 404 and is told to keep out from here on
      context.res.setHeader("X-Accel-Buffering", "no");
      const session = await createSession(context.req, context.res, { keepAlive: 15_000, retry: 1_000 });
      const listener: Listener = { session, profile, end: () => void context.res.end() };
      this.#listeners.add(listener);
      // a session that was ended elsewhere must not go on listening
      const check = setInterval(
        () =>
          void authenticate(this.options, context).then(
            // who has lost a right hears no more of what takes it
            (now) => (listener.profile = now.profile),
            (error: { status?: number }) => error.status === 401 && context.res.end(),
          ),
        CHECK_MS,
      );
      session.once("disconnected", () => {
        clearInterval(check);
        this.#listeners.delete(listener);
      });
      session.push({ name: "hello", data: {} });
    });
  }

  close(): void {
    for (const listener of this.#listeners) listener.end();
  }

  #pass(event: CloudEvent, subject: string): void {
    const [, , bureau = "", source = "", name = ""] = subject.split(".");
    const data = (event.data ?? {}) as { users?: string[]; permissions?: string[] } & Record<string, unknown>;
    const { users, permissions, ...rest } = data;
    for (const { session, profile } of this.#listeners) {
      if (profile.bureau !== bureau || (users && !users.includes(profile.id)) || !session.isConnected) continue;
      if (permissions && !permissions.some((permission) => profile.permissions?.includes(permission))) continue;
      session.push({ name: `${source}.${name}`, data: rest });
    }
  }
}
