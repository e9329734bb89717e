import type { ActorRef, Recalculation } from "@jinshui/contracts";
import { failpoint } from "@jinshui/bus";
import type { Database, Row, Transaction } from "@jinshui/storage";
import type { Deadlines } from "./deadlines.js";

/** Matters of one look; the clock's other work comes between. */
const PAGE = 50;

/** Brings the open deadlines of bureaus in step with their calendars, matter by matter, in the background. */
export class Recalculations {
  constructor(
    readonly database: Database,
    readonly deadlines: Deadlines,
  ) {}

  /** Asks for it with the change of the calendar; one that is under way begins anew. */
  async request(tx: Transaction, bureaus: readonly string[], by?: ActorRef): Promise<void> {
    for (const bureau of bureaus) {
      const total = await tx.count("wf_instance", { bureau, ended_at: null });
      const values = {
        requested_at: tx.time,
        by: by ?? null,
        position: null,
        done: 0,
        total,
        changed: 0,
        finished_at: null,
      };
      if (await tx.findOneForUpdate("wf_recalculation", { bureau }))
        await tx.update("wf_recalculation", { bureau }, values);
      else await tx.insertUnlessRaced("wf_recalculation", { bureau, ...values });
    }
  }

  async of(bureau: string): Promise<Recalculation | undefined> {
    const row = await this.database.findOne("wf_recalculation", { bureau });
    if (!row) return undefined;
    const [by, finishedAt] = [row["by"] as ActorRef | undefined, row["finished_at"]];
    return {
      requestedAt: String(row["requested_at"]),
      ...(by ? { by } : {}),
      done: Number(row["done"]),
      total: Number(row["total"]),
      changed: Number(row["changed"]),
      ...(typeof finishedAt === "string" ? { finishedAt } : {}),
    };
  }

  /** Does the next page of what was asked for first; tells whether there was anything to do. */
  async step(guard: (tx: Transaction) => Promise<void>): Promise<boolean> {
    const [job] = await this.database.find("wf_recalculation", {
      where: { finished_at: null },
      orderBy: ["requested_at", "bureau"],
      limit: 1,
    });
    if (!job) return false;
    const position = job["position"];
    const matters = await this.database.find("wf_instance", {
      where: {
        bureau: String(job["bureau"]),
        ended_at: null,
        ...(typeof position === "string" ? { id: { gt: position } } : {}),
      },
      orderBy: ["id"],
      columns: ["id"],
      limit: PAGE,
    });
    for (const { id } of matters) if (!(await this.#one(job, String(id), guard))) return true;
    if (matters.length < PAGE)
      await this.database.transaction(async (tx) => {
        await guard(tx);
        await tx.update("wf_recalculation", sameJob(job), { finished_at: tx.time });
      });
    return true;
  }

  /** One matter and how far that brings the job, in one transaction; false when the job has begun anew meanwhile. */
  async #one(job: Row, id: string, guard: (tx: Transaction) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      await guard(tx);
      failpoint("deadline-recalculation");
      // the instance is locked first, as every command does
      const instance = await tx.findOneForUpdate("wf_instance", { id });
      const now = await tx.findOneForUpdate("wf_recalculation", sameJob(job));
      if (!now) return false;
      const by = now["by"] as ActorRef | undefined;
      const changed =
        instance && (instance["ended_at"] ?? null) === null
          ? await this.deadlines.recalculate(tx, instance, { cause: "calendar", ...(by ? { by } : {}) })
          : 0;
      await tx.update("wf_recalculation", sameJob(job), {
        position: id,
        done: Number(now["done"]) + 1,
        changed: Number(now["changed"]) + changed,
      });
      return true;
    });
  }
}

function sameJob(job: Row): { bureau: string; requested_at: string } {
  return { bureau: String(job["bureau"]), requested_at: String(job["requested_at"]) };
}
