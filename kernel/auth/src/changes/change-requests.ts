import {
  type ActorRef,
  type ChangeRequest,
  JinshuiError,
  type LocalText,
  SECURITY_PERMISSION,
} from "@jinshui/contracts";
import {
  type Actor,
  canonicalJson,
  type Database,
  newId,
  once,
  pageOf,
  type Reader,
  type Row,
  type Transaction,
  type Where,
} from "@jinshui/storage";
import { createHash } from "node:crypto";
import { noted } from "../noted.js";

/** How long a request can be decided. */
const DAYS = 7;

/** One kind of change that takes two persons. `P`: its payload, as JSON. */
export interface ChangeKind<P> {
  /** What the change is, for those who decide. */
  summary(payload: P, reader: Reader): Promise<LocalText>;
  /** The change line by line, where the summary can't hold it. */
  lines?(payload: P, reader: Reader): Promise<LocalText[]>;
  /** Who gains by it, where somebody does: they can't decide on it. */
  beneficiaries?(payload: P): readonly string[];
  /** Refuses what can't be; asked when it is proposed and again when it takes effect. */
  check(payload: P, bureau: string, reader: Reader): Promise<void>;
  /** Makes it so; the resource it is about, for the audit trail. */
  apply(tx: Transaction, payload: P, bureau: string): Promise<string>;
}

/** Who asks for a change and why; `key` makes it safe to repeat. */
export interface Proposing {
  actor: Actor;
  reason: string;
  key: string | undefined;
}

/** Changes that one person asks for and another agrees to. Kinds are told by those who know them. */
export class ChangeRequests {
  readonly #kinds = new Map<string, ChangeKind<never>>();

  constructor(
    readonly database: Database,
    readonly clock: () => number,
    /** Called after a change has taken effect. */
    readonly changed: () => Promise<void>,
  ) {}

  /** Adds a kind and returns what proposes one. */
  kind<P>(name: string, kind: ChangeKind<P>): (payload: P, by: Proposing) => Promise<string> {
    this.#kinds.set(name, kind);
    return (payload, by) => this.#propose(name, kind, payload, by);
  }

  #propose<P>(name: string, kind: ChangeKind<P>, payload: P, { actor, reason, key }: Proposing): Promise<string> {
    const hash = createHash("sha256").update(canonicalJson({ name, payload, reason })).digest("hex");
    return once(this.database, { caller: `change/${actor.id}`, key }, hash, async (tx) => {
      await kind.check(payload, actor.bureau, tx);
      const id = newId();
      const summary = await kind.summary(payload, tx);
      await tx.insert("change_request", {
        id,
        bureau: actor.bureau,
        kind: name,
        payload,
        summary,
        reason,
        state: "pending",
        proposed_by: refOf(actor),
        proposed_at: tx.time,
        expires_at: new Date(this.clock() + DAYS * 86_400_000).toISOString(),
      });
      audit(tx, actor, { action: "propose-change", change: id, after: { kind: name, payload, reason } });
      return id;
    });
  }

  /**
   * Agrees to a request or refuses it.
   * @throws JinshuiError `forbidden` for who asked or gains by it, `conflict` when it is decided already or has expired.
   */
  async decide(
    actor: Actor,
    { id, approve, reason }: { id: string; approve: boolean; reason?: string },
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.#pending(tx, actor, id);
      const why = this.#obstacle(row, actor);
      if (why !== undefined)
        throw new JinshuiError("forbidden", `${actor.name} can't decide on this change: ${why}`, {
          details: { reason: why, change: id },
        });
      const known = this.#kinds.get(String(row["kind"]));
      if (!known) throw new JinshuiError("conflict", `Nobody knows changes of kind ${String(row["kind"])}`);
      const payload = row["payload"] as never;
      const resource = approve
        ? await known.check(payload, actor.bureau, tx).then(() => known.apply(tx, payload, actor.bureau))
        : undefined;
      await this.#close(tx, actor, row, { state: approve ? "approved" : "refused", decision: reason, resource });
    });
    if (approve) await this.changed();
  }

  /** Takes one's own request back. */
  async withdraw(actor: Actor, id: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const row = await this.#pending(tx, actor, id);
      if ((row["proposed_by"] as ActorRef).id !== actor.id)
        throw new JinshuiError("forbidden", "Only who asked for a change takes it back", {
          details: { reason: "not-proposer", change: id },
        });
      await this.#close(tx, actor, row, { state: "withdrawn" });
    });
  }

  async list(
    actor: Actor,
    { state, ...page }: { state?: string; limit?: number; cursor?: string },
  ): Promise<{ changes: ChangeRequest[]; nextCursor?: string; total: number }> {
    const now = new Date(this.clock()).toISOString();
    const where: Where = { bureau: actor.bureau, ...stateWhere(state, now) };
    const { rows, nextCursor } = await pageOf(this.database, "change_request", where, ["-proposed_at", "-id"], page);
    return {
      changes: rows.map((row) => requestOf(row, now, this.#obstacle(row, actor) === undefined)),
      ...(nextCursor === undefined ? {} : { nextCursor }),
      total: await this.database.count("change_request", where),
    };
  }

  /** A request line by line, of the bureau of who asks. */
  async lines(actor: Actor, id: string): Promise<LocalText[]> {
    const row = await this.database.findOne("change_request", { id, bureau: actor.bureau });
    if (!row) throw missing(id, actor.bureau);
    const kind = this.#kinds.get(String(row["kind"]));
    return (await kind?.lines?.(row["payload"] as never, this.database)) ?? [row["summary"] as LocalText];
  }

  /** Why somebody can't decide on a request. */
  #obstacle(row: Row, actor: Actor): string | undefined {
    if (!actor.permissions.has(SECURITY_PERMISSION)) return "lacks-permission";
    if ((row["proposed_by"] as ActorRef).id === actor.id) return "own-request";
    const kind = this.#kinds.get(String(row["kind"]));
    return kind?.beneficiaries?.(row["payload"] as never).includes(actor.id) ? "own-benefit" : undefined;
  }

  async #pending(tx: Transaction, actor: Actor, id: string): Promise<Row> {
    const row = await tx.findOneForUpdate("change_request", { id, bureau: actor.bureau });
    if (!row) throw missing(id, actor.bureau);
    const state = stateOf(row, new Date(this.clock()).toISOString());
    if (state !== "pending")
      throw new JinshuiError("conflict", `Change request ${id} is ${state}`, {
        details: { reason: "decided", change: id, state },
      });
    return row;
  }

  async #close(
    tx: Transaction,
    actor: Actor,
    row: Row,
    { state, decision, resource }: { state: string; decision?: string | undefined; resource?: string | undefined },
  ): Promise<void> {
    const id = String(row["id"]);
    await tx.update("change_request", { id }, { state, decision, decided_by: refOf(actor), decided_at: tx.time });
    audit(tx, actor, {
      action: `change-${state}`,
      change: id,
      before: { proposedBy: row["proposed_by"], reason: row["reason"] },
      after: { kind: row["kind"], payload: row["payload"], decision, resource },
    });
  }
}

function missing(id: string, bureau: string): JinshuiError {
  return new JinshuiError("not-found", `There is no change request ${id} in ${bureau}`, { details: { change: id } });
}

function stateOf(row: Row, now: string): ChangeRequest["state"] {
  const state = row["state"] as ChangeRequest["state"];
  return state === "pending" && String(row["expires_at"]) <= now ? "expired" : state;
}

function stateWhere(state: string | undefined, now: string): Where {
  if (state === undefined) return {};
  if (state === "pending") return { state, expires_at: { gt: now } };
  if (state === "expired") return { state: "pending", expires_at: { lte: now } };
  return { state };
}

function requestOf(row: Row, now: string, decidable: boolean): ChangeRequest {
  const state = stateOf(row, now);
  return {
    id: String(row["id"]),
    kind: String(row["kind"]),
    summary: row["summary"] as LocalText,
    reason: String(row["reason"]),
    state,
    proposedBy: row["proposed_by"] as ActorRef,
    proposedAt: String(row["proposed_at"]),
    expiresAt: String(row["expires_at"]),
    decidable: state === "pending" && decidable,
    ...(row["decided_by"] === undefined ? {} : { decidedBy: row["decided_by"] as ActorRef }),
    ...(row["decided_at"] === undefined ? {} : { decidedAt: String(row["decided_at"]) }),
    ...(row["decision"] === undefined ? {} : { decision: String(row["decision"]) }),
  };
}

function audit(
  tx: Transaction,
  actor: Actor,
  { action, change, before, after }: { action: string; change: string; before?: unknown; after: unknown },
): void {
  noted(tx, { bureau: actor.bureau, actor: refOf(actor), action, resource: `change/${change}`, before, after });
}

function refOf({ id, name }: ActorRef): ActorRef {
  return { id, name };
}
