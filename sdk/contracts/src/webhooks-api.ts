import { Type, type Static } from "typebox";
import { defineApi, op } from "./api.js";
import { ActorRef, Cursor, Id, Instant, Limit, LocalText, Name } from "./text.js";

const closed = { additionalProperties: false };
const Reason = Type.String({ minLength: 2, maxLength: 200 });
const Title = Type.String({ minLength: 2, maxLength: 60 });
const administered = { callers: "kernel", actor: "required" } as const;
const page = { limit: Type.Optional(Limit), cursor: Type.Optional(Cursor) };
const paged = { nextCursor: Type.Optional(Cursor), total: Type.Integer() };

/** `<source>.<name>`, e.g. `workflow.instance-completed`. */
export const EventName = Type.String({ pattern: "^[a-z0-9-]{1,40}\\.[a-z0-9-]{1,40}$" });

/** Longest body that an inbound hook takes, in bytes: as a text within a message it may be twice as long. */
export const MAX_INBOUND_BYTES = 204_800;

/** What sources of inbound events are called on the bus: no plugin and no part of the kernel has such a name. */
export const OUTSIDE_SOURCE = "ext-";

/**
 * Where another system is told of events. `new`: agreed to, but nobody has its secret yet; `paused`: by an administrator, or by
 * the kernel after a day of failures (`failing`) or an answer 410 (`gone`). Nothing is sent of what happens before it is active
 * or while it is paused.
 */
export const Webhook = Type.Object({
  id: Id,
  title: Type.String(),
  url: Type.String(),
  events: Type.Array(EventName),
  state: Type.Enum(["new", "active", "paused"]),
  pausedBecause: Type.Optional(Type.Enum(["administrator", "failing", "gone"])),
  createdAt: Instant,
  createdBy: ActorRef,
  lastSuccessAt: Type.Optional(Instant),
  failingSince: Type.Optional(Instant),
  /** Until when the secret before the present one is used beside it. */
  formerSecretUntil: Type.Optional(Instant),
  /** Deliveries that are to be tried again, and those that were given up. */
  pending: Type.Integer(),
  dead: Type.Integer(),
});
export type Webhook = Static<typeof Webhook>;

/** One event on its way to one webhook. `dead`: given up after a day of trying; it can be sent again. */
export const Delivery = Type.Object({
  id: Id,
  /** Of the event; also the `webhook-id` of every try. */
  event: Type.String(),
  name: EventName,
  state: Type.Enum(["pending", "delivered", "dead"]),
  attempts: Type.Integer(),
  createdAt: Instant,
  /** When it is tried next. */
  nextAt: Type.Optional(Instant),
  doneAt: Type.Optional(Instant),
  /** Of the last try: the answer's status, or why there was none, in English as logged. */
  status: Type.Optional(Type.Integer()),
  error: Type.Optional(Type.String()),
  durationMs: Type.Optional(Type.Integer()),
});
export type Delivery = Static<typeof Delivery>;

/** Where another system tells us of events: they come onto the bus as `jinshui.event.<bureau>.ext-<source>.<name>`. */
export const InboundHook = Type.Object({
  id: Id,
  title: Type.String(),
  /** On the bus, with `ext-` in front. */
  source: Type.String(),
  /** Names of events it may tell of. */
  names: Type.Array(Name),
  state: Type.Enum(["new", "active"]),
  /** Where it posts to, below the site's address. */
  path: Type.String(),
  createdAt: Instant,
  createdBy: ActorRef,
  lastReceivedAt: Type.Optional(Instant),
  formerSecretUntil: Type.Optional(Instant),
});
export type InboundHook = Static<typeof InboundHook>;

const Secret = Type.Object({
  /** `whsec_` and 32 bytes in base64, as Standard Webhooks has it. Kept sealed here and never shown again. */
  secret: Type.String(),
  /** Until when the secret before this one is used beside it. */
  formerUntil: Type.Optional(Instant),
});

/**
 * Events from and to other systems by HTTP, of the caller's bureau. Webhooks are proposed by who has `site.people` and agreed to by
 * who has `site.security`; both see them and may pause or remove them.
 */
export const webhooksApi = defineApi("webhooks", 1, {
  /** The events that other systems can be told of. */
  eventTypes: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/webhooks/event-types" },
    input: Type.Object({}, closed),
    output: Type.Object({ types: Type.Array(Type.Object({ name: EventName, title: LocalText })) }),
  }),
  webhooks: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/webhooks" },
    input: Type.Object(page, closed),
    output: Type.Object({ webhooks: Type.Array(Webhook), ...paged }),
  }),
  /**
   * Asks that another system be told of events; takes effect when a second person agrees, and begins with the first secret. 400
   * `invalid-request` with `details.reason` for an address that can't be: `no-web-address`, `no-tls`, `private-address`.
   */
  propose: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/webhooks" },
    input: Type.Object(
      {
        title: Title,
        url: Type.String({ minLength: 8, maxLength: 500 }),
        events: Type.Array(EventName, { minItems: 1, maxItems: 50, uniqueItems: true }),
        reason: Reason,
      },
      closed,
    ),
    output: Type.Object({ change: Id }),
  }),
  /** A new secret. The one before signs beside it for a day, so that the receiver can change over. */
  renewSecret: op({
    ...administered,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/webhooks/:webhook/secret" },
    input: Type.Object({ webhook: Id }, closed),
    output: Secret,
  }),
  /** Pauses one, or lets it go on with what is pending. */
  setPaused: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/webhooks/:webhook/paused" },
    input: Type.Object({ webhook: Id, paused: Type.Boolean() }, closed),
    output: Type.Object({}),
  }),
  /** Ends one, with its deliveries. */
  remove: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/webhooks/:webhook/remove" },
    input: Type.Object({ webhook: Id, reason: Reason }, closed),
    output: Type.Object({}),
  }),
  /** Deliveries of the last 30 days, of those that arrived of the last seven; the newest first. */
  deliveries: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/webhooks/:webhook/deliveries" },
    input: Type.Object(
      { webhook: Id, state: Type.Optional(Type.Enum(["pending", "delivered", "dead"])), ...page },
      closed,
    ),
    output: Type.Object({ deliveries: Type.Array(Delivery), ...paged }),
  }),
  /** Sends an event again, under the same id: at once, and then as if it were new. */
  resend: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/webhooks/:webhook/deliveries/:delivery/resend" },
    input: Type.Object({ webhook: Id, delivery: Id }, closed),
    output: Type.Object({}),
  }),
  inboundHooks: op({
    ...administered,
    effect: "read",
    http: { method: "GET", path: "/inbound-hooks" },
    input: Type.Object(page, closed),
    output: Type.Object({ hooks: Type.Array(InboundHook), ...paged }),
  }),
  /** Asks that another system may tell us of events; takes effect when a second person agrees. `source`: without `ext-`. */
  proposeInbound: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/inbound-hooks" },
    input: Type.Object(
      {
        title: Title,
        source: Type.String({ pattern: "^[a-z][a-z0-9-]{0,34}[a-z0-9]$" }),
        names: Type.Array(Name, { minItems: 1, maxItems: 50, uniqueItems: true }),
        reason: Reason,
      },
      closed,
    ),
    output: Type.Object({ change: Id }),
  }),
  /** A new secret; the one before is taken beside it for a day. */
  renewInboundSecret: op({
    ...administered,
    effect: "write",
    recent: true,
    http: { method: "POST", path: "/inbound-hooks/:hook/secret" },
    input: Type.Object({ hook: Id }, closed),
    output: Secret,
  }),
  removeInbound: op({
    ...administered,
    effect: "write",
    http: { method: "POST", path: "/inbound-hooks/:hook/remove" },
    input: Type.Object({ hook: Id, reason: Reason }, closed),
    output: Type.Object({}),
  }),
  /**
   * What came to an inbound hook: a CloudEvent 1.0 in its structured mode, signed as Standard Webhooks has it. 401
   * `signature-invalid` for another signature or one older than five minutes, 404 for no such hook, 403 for an event it may not
   * tell of. The same event again has no effect; another one under its id is 422.
   */
  receive: op({
    effect: "write",
    callers: "kernel",
    input: Type.Object(
      {
        hook: Type.String({ maxLength: 40 }),
        id: Type.String({ maxLength: 200 }),
        timestamp: Type.String({ maxLength: 20 }),
        signature: Type.String({ maxLength: 1_000 }),
        /** As it came. */
        body: Type.String({ maxLength: MAX_INBOUND_BYTES }),
        address: Type.String({ maxLength: 60 }),
      },
      closed,
    ),
    output: Type.Object({
      /** The event's id on the bus. */
      event: Type.String(),
      duplicate: Type.Boolean(),
    }),
  }),
});
export type WebhooksApi = typeof webhooksApi;

/** A CloudEvent 1.0 that another system sends; the last part of its type is the event's name on the bus. */
export const OutsideEvent = Type.Object({
  specversion: Type.Literal("1.0"),
  id: Type.String({ minLength: 1, maxLength: 200 }),
  source: Type.String({ minLength: 1, maxLength: 500 }),
  type: Type.String({ minLength: 1, maxLength: 200 }),
  time: Type.Optional(Instant),
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  datacontenttype: Type.Optional(Type.Literal("application/json")),
  data: Type.Optional(Type.Unknown()),
});
export type OutsideEvent = Static<typeof OutsideEvent>;
