import { type Auth, noted } from "@jinshui/auth";
import {
  type Context,
  type Handlers,
  JinshuiError,
  PEOPLE_PERMISSION,
  type PluginOperations,
  SECURITY_PERMISSION,
  type WebhooksApi,
} from "@jinshui/contracts";
import { type Actor, type AuditTrail, type Database, pageOf, type Row, type Transaction } from "@jinshui/storage";
import { openInboundHook, openWebhook } from "./changes.js";
import { eventTypes } from "./event-names.js";
import type { Inbound } from "./inbound/inbound.js";
import type { Addresses } from "./outgoing/addresses.js";
import { deliveryOf, inboundHookOf, webhookOf } from "./rows.js";
import type { Secrets } from "./secrets.js";

export interface HandlerParts {
  database: Database;
  auth: Pick<Auth, "access" | "changes">;
  trail: AuditTrail;
  secrets: Secrets;
  addresses: Addresses;
  inbound: Inbound;
  /** What a bureau's plugins offer. */
  offers: (bureau: string) => readonly PluginOperations[];
  /** Resolves when events are being pulled: only then may a webhook become active, or it would miss the first. */
  ready: () => Promise<void>;
  /** Called after webhooks have changed. */
  changed: () => void;
}

const NEWEST_FIRST = ["-created_at", "-id"];

/** The API of webhooks. */
export function webhookHandlers(parts: HandlerParts): Handlers<WebhooksApi> {
  const { database, auth, trail, secrets, addresses, inbound, offers, ready, changed } = parts;
  const { access, changes } = auth;
  const typesOf = (bureau: string): ReturnType<typeof eventTypes> => eventTypes(offers(bureau));
  const proposeWebhook = changes.kind("open-webhook", openWebhook(addresses, typesOf, changed));
  const proposeInbound = changes.kind("open-inbound-hook", openInboundHook());

  const administrator = async (context: Context, ...permissions: string[]): Promise<Actor> => {
    const { actor } = await access.resolve(context);
    if (!actor) throw new JinshuiError("sign-in-required", "This needs a signed-in person");
    if (!permissions.some((permission) => access.check(actor, permission)))
      access.require(actor, permissions[0] ?? PEOPLE_PERMISSION);
    return actor;
  };
  const either = (context: Context): Promise<Actor> => administrator(context, PEOPLE_PERMISSION, SECURITY_PERMISSION);
  /** Changes a row of the actor's bureau, and writes down who did it. */
  const change = <T>(
    { id: by, name, bureau }: Actor,
    { table, id }: { table: Table; id: string },
    action: string,
    work: (tx: Transaction, row: Row) => Promise<{ after: object; answer: T }>,
  ): Promise<T> =>
    database.transaction(async (tx) => {
      const row = await tx.findOneForUpdate(table, { id, bureau });
      if (!row) throw missing(table, id, bureau);
      const { after, answer } = await work(tx, row);
      const resource = `${KINDS[table]}/${id}`;
      noted(tx, { bureau, actor: { id: by, name }, action, resource, after: { title: row["title"], ...after } });
      tx.afterCommit(changed);
      return answer;
    });

  return {
    async eventTypes(_input, context) {
      return { types: typesOf((await either(context)).bureau) };
    },

    async webhooks(page, context) {
      const { bureau } = await either(context);
      const { rows, nextCursor } = await pageOf(database, "webhook", { bureau }, NEWEST_FIRST, page);
      const now = new Date().toISOString();
      const counted = rows.map(async (row) => {
        const count = (state: string): Promise<number> =>
          database.countTo(1_000, "webhook_delivery", { webhook: String(row["id"]), state });
        return webhookOf(row, { pending: await count("pending"), dead: await count("dead") }, now);
      });
      return {
        webhooks: await Promise.all(counted),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("webhook", { bureau }),
      };
    },

    async propose({ reason, ...wanted }, context) {
      const actor = await administrator(context, PEOPLE_PERMISSION);
      const payload = { ...wanted, by: { id: actor.id, name: actor.name } };
      return { change: await proposeWebhook(payload, { actor, reason, key: context.idempotencyKey }) };
    },

    async renewSecret({ webhook: id }, context) {
      const actor = await administrator(context, PEOPLE_PERMISSION);
      await ready();
      return change(actor, { table: "webhook", id }, "renew-webhook-secret", async (tx, row) => {
        const first = row["state"] === "new" ? { state: "active", active_since: tx.time } : {};
        return { after: {}, answer: await secrets.renew(tx, "webhook", row, first) };
      });
    },

    async setPaused({ webhook: id, paused }, context) {
      const actor = await either(context);
      return change(actor, { table: "webhook", id }, paused ? "pause-webhook" : "resume-webhook", async (tx, row) => {
        if (row["state"] === "new")
          throw new JinshuiError("conflict", `Webhook ${id} has no secret yet`, { details: { reason: "no-secret" } });
        const values = paused
          ? { state: "paused", paused_because: "administrator" }
          : { state: "active", paused_because: null, failing_since: null, active_since: tx.time };
        if ((row["state"] === "paused") !== paused) await tx.update("webhook", { id }, values);
        return { after: {}, answer: {} };
      });
    },

    async remove({ webhook: id, reason }, context) {
      const actor = await either(context);
      return change(actor, { table: "webhook", id }, "remove-webhook", async (tx, { url, events }) => {
        await tx.remove("webhook", { id });
        await tx.remove("webhook_delivery", { webhook: id });
        return { after: { url, events, reason }, answer: {} };
      });
    },

    async deliveries({ webhook, state, ...page }, context) {
      const { bureau } = await either(context);
      if (!(await database.findOne("webhook", { id: webhook, bureau }))) throw missing("webhook", webhook, bureau);
      const where = { webhook, ...(state === undefined ? {} : { state }) };
      const { rows, nextCursor } = await pageOf(database, "webhook_delivery", where, NEWEST_FIRST, page);
      return {
        deliveries: rows.map(deliveryOf),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.countTo(10_000, "webhook_delivery", where),
      };
    },

    async resend({ webhook: id, delivery }, context) {
      const actor = await either(context);
      return change(actor, { table: "webhook", id }, "resend-webhook", async (tx) => {
        const where = { id: delivery, webhook: id };
        const row = await tx.findOneForUpdate("webhook_delivery", where);
        if (!row) throw new JinshuiError("not-found", `Webhook ${id} has no delivery ${delivery}`, { details: where });
        await tx.update("webhook_delivery", where, { state: "pending", attempts: 0, next_at: tx.time, done_at: null });
        return { after: { event: row["event"], name: row["name"] }, answer: {} };
      });
    },

    async inboundHooks(page, context) {
      const { bureau } = await either(context);
      const { rows, nextCursor } = await pageOf(database, "inbound_hook", { bureau }, NEWEST_FIRST, page);
      const now = new Date().toISOString();
      return {
        hooks: rows.map((row) => inboundHookOf(row, now)),
        ...(nextCursor === undefined ? {} : { nextCursor }),
        total: await database.count("inbound_hook", { bureau }),
      };
    },

    async proposeInbound({ reason, ...wanted }, context) {
      const actor = await administrator(context, PEOPLE_PERMISSION);
      const payload = { ...wanted, by: { id: actor.id, name: actor.name } };
      return { change: await proposeInbound(payload, { actor, reason, key: context.idempotencyKey }) };
    },

    async renewInboundSecret({ hook: id }, context) {
      const actor = await administrator(context, PEOPLE_PERMISSION);
      return change(actor, { table: "inbound_hook", id }, "renew-inbound-secret", async (tx, row) => ({
        after: {},
        answer: await secrets.renew(tx, "inbound_hook", row, { state: "active" }),
      }));
    },

    async removeInbound({ hook: id, reason }, context) {
      const actor = await either(context);
      return change(actor, { table: "inbound_hook", id }, "remove-inbound-hook", async (tx, { source, names }) => {
        await tx.remove("inbound_hook", { id });
        await tx.remove("inbound_event", { hook: id });
        return { after: { source, names, reason }, answer: {} };
      });
    },

    receive(input, { traceId }) {
      return inbound.receive(input, async (hook, reason) => {
        const entry = {
          bureau: String(hook["bureau"]),
          actor: { id: "anonymous", name: String(hook["title"]) },
          client: { address: input.address },
          action: "inbound-event-refused",
          resource: `inbound-hook/${String(hook["id"])}`,
          result: "denied" as const,
          reason,
          trace: traceId,
        };
        // the trail has logged what it could not write; the sender is to hear why it was refused
        await trail.audit(entry).catch(() => undefined);
      });
    },
  };
}

type Table = "webhook" | "inbound_hook";
const KINDS: Record<Table, string> = { webhook: "webhook", inbound_hook: "inbound-hook" };

function missing(table: Table, id: string, bureau: string): JinshuiError {
  return new JinshuiError("not-found", `There is no ${KINDS[table]} ${id} in ${bureau}`, {
    details: { [KINDS[table]]: id },
  });
}
