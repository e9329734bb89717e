import { JinshuiError } from "@jinshui/contracts";
import type { Database, Row, Transaction } from "@jinshui/storage";
import { RESERVED_VARIABLES } from "../definition/reserved-variables.js";
import type { Definitions } from "../definition/definitions.js";
import type { Enablement } from "../enablement.js";
import type { Deadlines } from "../calendar/deadlines.js";
import type { Assignment } from "./assignment.js";
import { addHistory, type LoadedInstance, stepName } from "./instance.js";
import { runCommand } from "./instance-run.js";
import { MAX_ATTEMPTS, RESEND_MS, resendAt, retryAt, sendJob } from "./job-rows.js";
import { later } from "./later.js";
import { loadInstance } from "./load-instance.js";

/** What plugins report on the jobs of their processes, and the messages that ask them to. */
export class Jobs {
  constructor(
    readonly database: Database,
    readonly definitions: Definitions,
    readonly assignment: Assignment,
    readonly enablement: Enablement,
    readonly deadlines: Deadlines,
  ) {}

  /** A plugin's report on a job of its own; the second report of the same job changes nothing. */
  async complete(
    tx: Transaction,
    plugin: string,
    bureau: string,
    id: string,
    variables: Record<string, unknown>,
    trace: string,
  ): Promise<void> {
    const reserved = RESERVED_VARIABLES.filter((key) => key in variables);
    if (reserved.length > 0)
      throw new JinshuiError("invalid-request", `A job can't set ${reserved.join(", ")}`, {
        details: { variables: reserved },
      });
    const { job, instance } = await this.#job(tx, { id, plugin, bureau });
    if (job["state"] !== "open") return;
    const by = { id: `plugin:${plugin}`, name: plugin };
    await tx.update("wf_job", { id }, { state: "done", next_at: null });
    tx.audit({ bureau, actor: by, action: "complete-job", resource: `job/${id}`, after: { variables }, trace });
    await addHistory(tx, String(job["instance"]), {
      at: tx.time,
      type: "job-completed",
      by,
      element: String(job["element"]),
      step: stepName(instance.definition, String(job["element"])),
    });
    await runCommand({ tx, trace, assignment: this.assignment, deadlines: this.deadlines }, instance, {
      type: "complete-job",
      job: String(job["engine_job"]),
      variables,
    });
  }

  /** A plugin's report that an attempt failed: the next one is planned, or an administrator is told. */
  async fail(
    tx: Transaction,
    plugin: string,
    bureau: string,
    id: string,
    failure: { message: string; retryable: boolean },
    trace: string,
  ): Promise<void> {
    const { job, instance } = await this.#job(tx, { id, plugin, bureau });
    if (job["state"] !== "open") return;
    const attempt = Number(job["attempt"]);
    if (failure.retryable && attempt < MAX_ATTEMPTS) {
      await tx.update("wf_job", { id }, { attempt: attempt + 1, resent: 0, next_at: retryAt(tx.time, attempt) });
      return;
    }
    await tx.update("wf_job", { id }, { state: "failed", next_at: null });
    tx.audit({
      bureau,
      actor: { id: `plugin:${plugin}`, name: plugin },
      action: "fail-job",
      resource: `job/${id}`,
      after: { message: failure.message },
      trace,
    });
    await runCommand({ tx, trace, assignment: this.assignment, deadlines: this.deadlines }, instance, {
      type: "fail-job",
      job: String(job["engine_job"]),
      message: failure.message,
    });
  }

  /** Sends a job's message again; while its plugin is switched off in the bureau, the job waits. */
  async resend(id: string, guard?: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.database.transaction(async (tx) => {
      await guard?.(tx);
      const { job, instance } = await this.#job(tx, { id });
      if (job["state"] !== "open") return;
      if (!this.enablement.enabledPlugins(String(job["bureau"])).includes(String(job["plugin"]))) {
        await tx.update("wf_job", { id }, { next_at: later(tx.time, RESEND_MS) });
        return;
      }
      const resent = Number(job["resent"] ?? 0) + 1;
      await tx.update("wf_job", { id }, { resent, next_at: resendAt(tx.time, resent) });
      sendJob(tx, job, instance);
    });
  }

  /** A job as it stands now that its instance is locked. */
  async #job(
    tx: Transaction,
    where: { id: string; plugin?: string; bureau?: string },
  ): Promise<{ job: Row; instance: LoadedInstance }> {
    const found = await tx.findOne("wf_job", where);
    const instance = found && (await loadInstance(tx, this.definitions, String(found["instance"])));
    const job = await tx.findOne("wf_job", where);
    if (!job || !instance)
      throw new JinshuiError("not-found", `There is no job ${where.id} of ${where.plugin ?? "any plugin"}`, {
        details: { job: where.id },
      });
    return { job, instance };
  }
}
