import {
  type ActorRef,
  type Api,
  type Context,
  type Handlers,
  isJinshuiError,
  KERNEL_CALLERS,
  type Op,
} from "@jinshui/contracts";
import { type ServedRequest, serving } from "./request.js";
import type { AuditTrail } from "./trail.js";

type Handler = (input: unknown, context: Context) => Promise<unknown>;

/**
 * The handlers of an API with an audit entry for each refused write, each refused token and each call, refused or not, of an
 * operation that is marked `audited`. Entries which the handlers themselves make know who called, and from where.
 */
export function audited<A extends Api>(api: A, handlers: Handlers<A>, trail: AuditTrail): Handlers<A> {
  const wrapped = Object.entries(api.ops).map(([name, op]) => [
    name,
    auditedHandler(`${api.name}.${name}`, op, handlers[name as keyof A["ops"]] as Handler, trail),
  ]);
  return Object.fromEntries(wrapped) as Handlers<A>;
}

function auditedHandler(action: string, op: Op, handler: Handler, trail: AuditTrail): Handler {
  return (input, context) => {
    const { bureau, caller, traceId: trace } = context;
    const request: ServedRequest = { bureau, caller, trace };
    return serving(request, async () => {
      const note = (outcome: { result: "ok" | "denied" | "failed"; reason?: string }): Promise<void> =>
        trail.audit({
          bureau,
          actor: actorOf(request),
          action,
          resource: resourceOf(action, input),
          ...read(op, input),
          ...outcome,
        });
      let output: unknown;
      try {
        output = await handler(input, context);
      } catch (error) {
        const reason = isJinshuiError(error) ? error.code : "internal";
        const isRefused = isJinshuiError(error) && (error.status === 403 || isOutOfPlace(reason, caller));
        const result = isRefused ? "denied" : "failed";
        const isWanted = result === "denied" ? op.effect === "write" || isTokenRefused(request, context) : false;
        // the trail has logged what it could not write; the caller is to hear why it was refused
        if (isWanted || op.audited === true) await note({ result, reason }).catch(() => undefined);
        throw error;
      }
      if (op.audited === true) await note({ result: "ok" });
      return output;
    });
  };
}

/** A plugin presents a token that has expired, or acts where it is not enabled; the gateway meets with both when people just come late. */
function isOutOfPlace(reason: string, caller: string): boolean {
  return !KERNEL_CALLERS.includes(caller) && ["session-expired", "not-enabled"].includes(reason);
}

/** Somebody's token was presented by another, or made up. */
function isTokenRefused(request: ServedRequest, context: Context): boolean {
  return context.actor !== undefined && request.actor === undefined;
}

function actorOf({ actor, caller }: ServedRequest): ActorRef {
  if (actor) return actor;
  return KERNEL_CALLERS.includes(caller) ? { id: "anonymous", name: caller } : { id: `plugin:${caller}`, name: caller };
}

/** What was asked for in a read, such as the filters of an export. Of a refused write only the place is kept, never the content. */
function read(op: Op, input: unknown): { after?: unknown } {
  return op.effect === "read" ? { after: input } : {};
}

function resourceOf(action: string, input: unknown): string {
  const { collection, id, plugin } = input as Record<string, unknown>;
  const kind = [collection, plugin === undefined ? undefined : "plugin"].find((part) => typeof part === "string");
  return [kind ?? action.split(".")[0], id ?? plugin].filter((part) => typeof part === "string").join("/");
}
