import type { ActorRef } from "@jinshui/contracts";
import { AsyncLocalStorage } from "node:async_hooks";

/** Where a person sits: both are the gateway's word, signed into the actor token. */
export interface AuditClient {
  address?: string;
  /** Mark of the session; leads from an entry to its sign-in, not to the session's secret. */
  session?: string;
}

/** What is known of the request that is being served. */
export interface ServedRequest {
  bureau: string;
  /** The bus's word: `gateway`, a part of the kernel or a plugin. */
  caller: string;
  trace: string;
  /** Known once the actor token has been checked. */
  actor?: ActorRef;
  onBehalfOf?: ActorRef;
  client?: AuditClient;
}

const requests = new AsyncLocalStorage<ServedRequest>();

/** Serves a request: audit entries made meanwhile know its caller and client without being told. */
export function serving<T>(request: ServedRequest, work: () => T): T {
  return requests.run(request, work);
}

export function servedRequest(): ServedRequest | undefined {
  return requests.getStore();
}

/** Tells the request being served, if any, who acts in it; whoever checks actor tokens calls this. */
export function identify(who: Pick<ServedRequest, "actor" | "onBehalfOf" | "client">): void {
  const request = requests.getStore();
  if (request) Object.assign(request, who);
}
