import type { Auth, Person } from "@jinshui/auth";
import type { IncomingMessage } from "node:http";

/** Who stands behind a request of a browser, as the gateway knows it. */
export interface Visit {
  /** Secret of the session, from its cookie. */
  session?: string;
  address: string;
  /** Takes the session's cookie away. */
  clearSession(): void;
}

/** Somebody who is signed in here. */
export interface Visitor {
  person: Person;
  /** Mark of the session. */
  mark: string;
  /** When they last proved who they are, in milliseconds. */
  confirmedAt: number;
}

/** The visits that requests belong to; the provider's hooks know nothing but the request. */
export class Visits {
  readonly #visits = new WeakMap<IncomingMessage, Visit>();

  constructor(readonly auth: Auth) {}

  begin(request: IncomingMessage, visit: Visit): void {
    this.#visits.set(request, visit);
  }

  of(request: IncomingMessage): Visit | undefined {
    return this.#visits.get(request);
  }

  /** Who is signed in in the browser that asks. */
  async visitor(request: IncomingMessage): Promise<Visitor | undefined> {
    const session = this.of(request)?.session;
    if (session === undefined) return undefined;
    const open = await this.auth.sessions.find(session).catch(() => undefined);
    const person = open && (await this.auth.organisation.person(open.person));
    return open && person ? { person, mark: open.mark, confirmedAt: open.confirmedAt } : undefined;
  }
}
