import { failpoint, type Log } from "@jinshui/bus";
import { isJinshuiError } from "@jinshui/contracts";
import { startPoints } from "@jinshui/engine";
import { type Database, DueLoop, Lease, type Row, type Transaction, untilFirst } from "@jinshui/storage";
import type { Definition, Definitions } from "../definition/definitions.js";
import { plainStart } from "../definition/plain-start.js";
import type { Enablement } from "../enablement.js";
import type { CommandContext } from "../runtime/instance.js";
import { runCommand } from "../runtime/instance-run.js";
import { later } from "../runtime/later.js";
import { loadInstance } from "../runtime/load-instance.js";
import { startInstance } from "../runtime/start-instance.js";
import { type Parcel, send, type Sender } from "./parcels.js";

const BATCH = 100;
/** How soon what could not be delivered is tried again, if it is not put off. */
const AGAIN_MS = 1_000;
const POSTPONE_MS = 30_000;
/** Instances that call one another, before it is taken for an endless circle. */
const MAX_DEPTH = 50;

export interface DeliveryParts {
  database: Database;
  definitions: Definitions;
  enablement: Enablement;
  /** What a command is done with, beside the transaction. */
  context: (tx: Transaction) => CommandContext;
  log: Log;
}

/** Delivers parcels between instances, in the order of their sending, while this process holds the lease. */
export class Deliveries {
  readonly #loop: DueLoop;
  readonly #lease: Lease;

  constructor(
    readonly parts: DeliveryParts,
    instance: string,
  ) {
    this.#lease = new Lease(parts.database, "workflow-parcels", instance, 10_000);
    this.#loop = new DueLoop({
      database: parts.database,
      tables: ["wf_parcel"],
      paceMs: 0,
      look: () => this.#look(),
      failed: (error) => parts.log.warn({ error: String(error) }, "parcels between matters could not be looked at"),
    });
  }

  start(): void {
    this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#lease.release();
  }

  async #look(): Promise<number | undefined> {
    if (await this.step()) return 0;
    if (!this.#lease.isHeld) return undefined;
    const { database } = this.parts;
    const [next] = await database.find("wf_parcel", {
      where: { next_at: { ne: null } },
      orderBy: ["next_at"],
      columns: ["next_at"],
      limit: 1,
    });
    return untilFirst([next?.["next_at"]], (await database.now()).toISOString(), AGAIN_MS);
  }

  /** Delivers what is due; tells whether there may be more. */
  async step(): Promise<boolean> {
    const { database, log } = this.parts;
    if (!(await this.#lease.hold())) return false;
    const now = (await database.now()).toISOString();
    const due = await database.find("wf_parcel", {
      where: { next_at: { lte: now } },
      orderBy: ["next_at", "id"],
      limit: BATCH,
    });
    let done = 0;
    for (const row of due) {
      try {
        failpoint("parcel-taken");
        await this.#deliver(row);
        done += 1;
      } catch (error) {
        log.error({ parcel: row["id"], err: error }, "a parcel between matters could not be delivered; again later");
        if (!this.#lease.isHeld) return false;
        if (isJinshuiError(error) && error.retryable) continue;
        await database.transaction((tx) =>
          tx.update("wf_parcel", { id: String(row["id"]) }, { next_at: later(tx.time, POSTPONE_MS) }),
        );
      }
    }
    const expired = { next_at: null, expires_at: { lte: now } };
    if (await database.findOne("wf_parcel", expired))
      await database.transaction((tx) => tx.remove("wf_parcel", expired));
    return done === BATCH;
  }

  async #deliver(row: Row): Promise<void> {
    const id = String(row["id"]);
    const bureau = String(row["bureau"]);
    const parcel = row["content"] as Parcel;
    await this.parts.database.transaction(async (tx) => {
      await this.#lease.guard(tx);
      // the instance is locked before the parcel goes, as every command locks it first
      const isTaken = await this.#open(tx, bureau, parcel);
      if (isTaken) await tx.remove("wf_parcel", { id });
      else await tx.update("wf_parcel", { id }, { next_at: null });
    });
  }

  /** Does what a parcel says; false for a message that nobody waits for yet. */
  async #open(tx: Transaction, bureau: string, parcel: Parcel): Promise<boolean> {
    switch (parcel.kind) {
      case "call":
        await this.#call(tx, bureau, parcel);
        return true;
      case "command":
      case "cancel":
        await this.#command(tx, parcel);
        return true;
      case "message":
        return this.#message(tx, bureau, parcel);
      case "signal":
        await this.#signal(tx, bureau, parcel);
        return true;
      case "start": {
        const definition = await this.parts.definitions.get(parcel.definition, tx);
        const { startEvent, variables } = parcel;
        await startInstance(this.parts.context(tx), definition, {
          applicant: applicantOf(parcel.sender, bureau),
          values: variables,
          startEvent,
        });
        return true;
      }
    }
  }

  async #command(tx: Transaction, parcel: Extract<Parcel, { kind: "command" | "cancel" }>): Promise<void> {
    const instance = await loadInstance(tx, this.parts.definitions, parcel.instance);
    if (instance.state?.status !== "active") return;
    const command = parcel.kind === "cancel" ? ({ type: "cancel", reason: parcel.reason } as const) : parcel.command;
    const wait =
      command.type === "complete-call"
        ? command.call
        : command.type === "throw" || command.type === "message"
          ? command.wait
          : undefined;
    // what it waited for is over
    if (wait !== undefined && !instance.state.waits[wait]) return;
    await runCommand(this.parts.context(tx), instance, command);
  }

  async #call(tx: Transaction, bureau: string, parcel: Extract<Parcel, { kind: "call" }>): Promise<void> {
    const { caller, call, process, version, idVariable, variables, sender } = parcel;
    const calling = await loadInstance(tx, this.parts.definitions, caller);
    if (calling.state?.status !== "active" || !calling.state.waits[call]) return;
    const depth = Number(calling.row["depth"] ?? 0) + 1;
    const definition = await this.#definition(tx, bureau, process, version);
    const startEvent = definition && plainStart(definition.model);
    const fail = (message: string): Promise<string> =>
      send(tx, bureau, {
        kind: "command",
        instance: caller,
        command: { type: "throw", wait: call, kind: "error", message },
      });
    if (!definition || startEvent === undefined) {
      await fail(`没有可以调用的流程 ${process}${version === undefined ? "" : ` 第 ${version} 版`}`);
      return;
    }
    if (depth > MAX_DEPTH) {
      await fail(`流程相互调用超过 ${MAX_DEPTH} 层`);
      return;
    }
    const id = await startInstance(this.parts.context(tx), definition, {
      applicant: applicantOf(sender, bureau),
      values: variables,
      startEvent,
      caller: { id: caller, call, depth },
    });
    if (idVariable !== undefined)
      await runCommand(this.parts.context(tx), calling, { type: "set-variables", variables: { [idVariable]: id } });
  }

  /** To who has waited longest; else a process that begins with it begins. */
  async #message(tx: Transaction, bureau: string, parcel: Extract<Parcel, { kind: "message" }>): Promise<boolean> {
    const { name, correlation, variables, sender } = parcel;
    const waiting = await tx.find("wf_subscription", {
      where: { bureau, kind: "message", name, ...(correlation === undefined ? { correlation: null } : {}) },
      orderBy: ["id"],
    });
    for (const subscription of waiting) {
      if (subscription["correlation"] !== undefined && subscription["correlation"] !== correlation) continue;
      if (!reaches(sender, name, subscription["plugin"])) continue;
      const instance = await loadInstance(tx, this.parts.definitions, String(subscription["instance"]));
      const wait = String(subscription["wait"]);
      if (instance.state?.status !== "active" || !instance.state.waits[wait]) continue;
      // one that is suspended takes it when it goes on
      if (instance.state.suspended) return false;
      await runCommand(this.parts.context(tx), instance, { type: "message", wait, variables });
      return true;
    }
    for (const { definition, startEvent } of await this.#starts(tx, bureau, "message", name, sender)) {
      await startInstance(this.parts.context(tx), definition, {
        applicant: applicantOf(sender, bureau),
        values: variables,
        startEvent,
      });
      return true;
    }
    return false;
  }

  /** To all who wait, and to processes that begin with it: a parcel for each, so that each is done once. */
  async #signal(
    tx: Transaction,
    bureau: string,
    { name, variables, sender }: Extract<Parcel, { kind: "signal" }>,
  ): Promise<void> {
    const waiting = await tx.find("wf_subscription", { where: { bureau, kind: "signal", name }, orderBy: ["id"] });
    const instances = waiting.filter((subscription) => reaches(sender, name, subscription["plugin"]));
    for (const instance of new Set(instances.map((subscription) => String(subscription["instance"]))))
      await send(tx, bureau, { kind: "command", instance, command: { type: "signal", name, variables } });
    for (const { definition, startEvent } of await this.#starts(tx, bureau, "signal", name, sender))
      await send(tx, bureau, { kind: "start", definition: definition.id, startEvent, variables, sender });
  }

  /** Processes of the bureau that begin with a message or signal. */
  async #starts(
    tx: Transaction,
    bureau: string,
    kind: "message" | "signal",
    name: string,
    sender: Sender,
  ): Promise<{ definition: Definition; startEvent: string }[]> {
    const { definitions, enablement } = this.parts;
    const found: { definition: Definition; startEvent: string }[] = [];
    const rows = await tx.find("wf_definition", {
      where: definitions.startable(bureau, enablement.enabledPlugins(bureau)),
      orderBy: ["process_key", "id"],
      columns: ["id"],
    });
    for (const { id } of rows) {
      const definition = await definitions.get(String(id), tx);
      const start = startPoints(definition.model).find(({ event }) => event.kind === kind && event.name === name);
      if (start && reaches(sender, name, definition.plugin)) found.push({ definition, startEvent: start.element });
    }
    return found;
  }

  async #definition(
    tx: Transaction,
    bureau: string,
    key: string,
    version: string | undefined,
  ): Promise<Definition | undefined> {
    const { definitions, enablement } = this.parts;
    const plugins = enablement.enabledPlugins(bureau);
    const where =
      version === undefined
        ? { and: [{ process_key: key }, definitions.startable(bureau, plugins)] }
        : { process_key: key, version: Number(version), or: [{ bureau }, { bureau: "*", plugin: { in: plugins } }] };
    const row = await tx.findOne("wf_definition", where);
    return row && definitions.get(String(row["id"]), tx);
  }
}

/**
 * Whether a sender may reach a process: a bureau's own send to all and take from all; a plugin's reach that plugin's, and others
 * by names that begin with its id.
 */
function reaches({ plugin }: Sender, name: string, receiver: unknown): boolean {
  return plugin === undefined || receiver === undefined || receiver === plugin || name.startsWith(`${plugin}.`);
}

function applicantOf(
  { applicant, department = "", departmentTitle = "" }: Sender,
  bureau: string,
): Parameters<typeof startInstance>[2]["applicant"] {
  return { id: applicant.id, name: applicant.name, bureau, department, departmentTitle };
}
