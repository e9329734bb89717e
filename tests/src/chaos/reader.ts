import { type Database, openDatabase, type Row } from "@jinshui/storage";
import { auditProblems } from "@jinshui/storage/testing";
import { WORKFLOW_TABLES } from "@jinshui/workflow/testing";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosClient } from "./chaos-client.js";
import { BUREAU } from "./chaos-files.js";
import type { LeaseSeen, Snapshot } from "./snapshot.js";

/** How many matters are read one by one through the API. */
const SHOWN = 40;

/** Looks at the database beside the kernels. */
export class Reader {
  readonly leases: LeaseSeen[] = [];
  #watching = true;
  #watch: Promise<void> = Promise.resolve();

  private constructor(
    readonly url: string,
    readonly database: Database,
  ) {}

  static async open(url: string): Promise<Reader> {
    const database = await openDatabase(url);
    // the kernel has made them: this says only what they hold
    await database.ensureTables(WORKFLOW_TABLES);
    return new Reader(url, database);
  }

  /** Rows of one of the plugin's collections, as they lie in the database. */
  async #collected(name: "effect" | "heard"): Promise<Row[]> {
    const { sequelize } = this.database as unknown as { sequelize: { query(sql: string): Promise<[Row[], unknown]> } };
    const [rows] = await sequelize.query(`SELECT * FROM c_chaos__${name}`);
    // columns of fields are called `f_<field>`
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column.replace(/^f_/, ""), value])),
    );
  }

  /** Notes who holds which lease, as long as the run lasts; while the database is away it waits. */
  watch(): void {
    this.#watch = (async () => {
      for (; this.#watching; await sleep(100)) {
        const rows = await this.database.find("lease", {}).catch(() => [] as Row[]);
        for (const { name, owner, fence } of rows) {
          const seen = { name: String(name), owner: String(owner), fence: Number(fence) };
          const last = this.leases.findLast((lease) => lease.name === seen.name);
          if (last?.owner !== seen.owner || last.fence !== seen.fence) this.leases.push(seen);
        }
      }
    })();
  }

  /** How many matters have not ended. */
  open(): Promise<number> {
    return this.database.count("wf_instance", { ended_at: null });
  }

  /** Waits until nothing is on its way: outbox, jobs, timers, parcels, what the plugin is to hear. @throws Error when it does not end. */
  async settled(limitMs: number): Promise<void> {
    let state = "";
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(200)) {
      const { database } = this;
      const told = await database.count("outbox", {
        subject: `jinshui.event.${BUREAU}.workflow.task-completed`,
      });
      const waiting = {
        unpublished: await database.count("outbox", { published_at: null }),
        jobs: await database.count("wf_job", { state: "open" }),
        timers: await database.count("wf_timer"),
        parcels: await database.count("wf_parcel", { next_at: { ne: null } }),
        unheard: Math.max(0, told - (await this.#collected("heard")).length),
      };
      if (Object.values(waiting).every((count) => count === 0)) return;
      state = JSON.stringify(waiting);
    }
    throw new Error(`it did not come to rest: ${state}`);
  }

  /** Reads everything, from the database and through the API. */
  async snapshot(person: ChaosClient, outsider: ChaosClient): Promise<Snapshot> {
    this.#watching = false;
    await this.#watch;
    const { database } = this;
    const all = (table: string, ...orderBy: string[]): Promise<Row[]> => database.find(table, { orderBy });
    const instances = await all("wf_instance", "number");
    const shown: Record<string, string> = {};
    const leaks: string[] = [];
    const url = person.urls()[0] ?? "";
    for (const row of instances.slice(-SHOWN)) {
      const id = String(row["id"]);
      shown[id] = (await person.ask(url, "instance", { id }, randomUUID())).state;
      const seen = await outsider.ask(url, "instance", { id }, randomUUID()).catch(() => undefined);
      if (seen) leaks.push(`matter ${id}`);
    }
    const list = await outsider.ask(url, "instances", { mine: false }, randomUUID());
    if (list.total > 0) leaks.push(`${list.total} matters in a list`);
    const definitions = await database.find("wf_definition", { columns: ["id", "model"] });
    return {
      instances,
      facts: await all("wf_event", "instance", "seq"),
      tasks: await all("wf_task", "id"),
      candidates: await all("wf_candidate", "task"),
      jobs: await all("wf_job", "id"),
      timers: await all("wf_timer", "id"),
      history: await all("wf_history", "id"),
      outbox: await all("outbox", "seq"),
      audits: await all("audit_entry", "id"),
      effects: await this.#collected("effect"),
      heard: await this.#collected("heard"),
      deadLetters: await database.find("dead_letter", {}),
      models: Object.fromEntries(
        definitions.map((row) => [
          String(row["id"]),
          (row["model"] as { elements: Snapshot["models"][string] }).elements,
        ]),
      ),
      leases: this.leases,
      auditProblems: (await auditProblems(database, BUREAU)).map((problem) => JSON.stringify(problem)),
      shown,
      leaks,
    };
  }

  async close(): Promise<void> {
    this.#watching = false;
    await this.#watch;
    await this.database.close();
  }
}
