import type { Log } from "@jinshui/bus";
import type { ActorRef, AuditVerification } from "@jinshui/contracts";
import type { Database } from "../database/database.js";
import { newId } from "../database/ids.js";
import type { Row } from "../database/table.js";
import type { AnchorKey } from "./anchor.js";
import { anchorFile } from "./anchor-file.js";
import { verifyAudit } from "./verify.js";

const BEAT_MS = 1_000;
/** A look that has not moved for so long is over: its kernel has ended. */
const SILENT_MS = 60_000;

/** Looks at whole audit chains on demand, one at a time for each bureau, and remembers what was found. */
export class AuditVerifications {
  #stopped = false;
  readonly #running = new Set<Promise<void>>();

  constructor(
    readonly database: Database,
    readonly log: Log,
    /** Where the anchors are and the key they are signed with. */
    readonly anchors: { folder: string; key: AnchorKey },
  ) {}

  /** Begins to look at a bureau's chain, or returns the look that is under way. */
  async start(bureau: string, by: ActorRef): Promise<AuditVerification> {
    const head = await this.database.findOne("audit_chain", { bureau });
    const { row, isNew } = await this.database.transaction(
      async (tx) => {
        // the chain's row is the bureau's lock: two who ask at once get one look
        await tx.findOneForUpdate("audit_chain", { bureau });
        const [last] = await tx.find("audit_verification", { where: { bureau }, orderBy: ["-started_at"], limit: 1 });
        if (last && stateOf(last, tx.time) === "running") return { row: last, isNew: false };
        const begun: Row = {
          id: newId(),
          bureau,
          state: "running",
          started_at: tx.time,
          beat_at: tx.time,
          started_by: by,
          entries: 0,
          total: Number(head?.["seq"] ?? 0),
          anchors: 0,
          problems: [],
        };
        await tx.insert("audit_verification", begun);
        tx.audit({ bureau, actor: by, action: "verify-audit", resource: `verification/${String(begun["id"])}` });
        return { row: begun, isNew: true };
      },
      { essential: true },
    );
    if (isNew) this.#follow(this.#look(String(row["id"]), bureau));
    return described(row, String(row["beat_at"]));
  }

  /** The latest looks at a bureau's chain, latest first. */
  async latest(bureau: string, limit: number): Promise<AuditVerification[]> {
    const where = { bureau };
    const rows = await this.database.find("audit_verification", { where, orderBy: ["-started_at", "-id"], limit });
    const now = (await this.database.now()).toISOString();
    return rows.map((row) => described(row, now));
  }

  /** Breaks off what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  #follow(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  async #look(id: string, bureau: string): Promise<void> {
    const set = (values: Row): Promise<unknown> =>
      this.database.transaction((tx) => tx.update("audit_verification", { id }, { ...values, beat_at: tx.time }), {
        essential: true,
      });
    let beat = performance.now();
    try {
      const { folder, key } = this.anchors;
      const report = await verifyAudit(this.database, {
        bureau,
        anchors: { file: anchorFile(folder, bureau), key },
        progress: async (entries) => {
          if (this.#stopped) throw new Error("the kernel stops");
          if (performance.now() - beat < BEAT_MS) return;
          beat = performance.now();
          await set({ entries });
        },
      });
      const { entries, anchors, problems } = report;
      await this.database.transaction(
        (tx) =>
          tx.update(
            "audit_verification",
            { id },
            { state: "done", entries, anchors, problems, beat_at: tx.time, finished_at: tx.time },
          ),
        { essential: true },
      );
      if (problems.length > 0) this.log.error({ bureau, problems }, "the audit chain or its anchors are not whole");
    } catch (error) {
      if (!this.#stopped) this.log.error({ err: error, bureau }, "the audit chain could not be looked at");
      await set({ state: this.#stopped ? "broken-off" : "failed" }).catch(() => undefined);
    }
  }
}

function stateOf(row: Row, now: string): AuditVerification["state"] {
  const state = row["state"] as AuditVerification["state"];
  const isSilent = Date.parse(now) - Date.parse(String(row["beat_at"])) > SILENT_MS;
  return state === "running" && isSilent ? "broken-off" : state;
}

function described(row: Row, now: string): AuditVerification {
  const finishedAt = row["finished_at"];
  return {
    id: String(row["id"]),
    state: stateOf(row, now),
    startedAt: String(row["started_at"]),
    ...(finishedAt === undefined ? {} : { finishedAt: String(finishedAt) }),
    startedBy: row["started_by"] as ActorRef,
    entries: Number(row["entries"]),
    total: Number(row["total"]),
    anchors: Number(row["anchors"]),
    problems: row["problems"] as AuditVerification["problems"],
  };
}
