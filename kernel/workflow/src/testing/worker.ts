import { isJinshuiError } from "@jinshui/contracts";
import { openDatabase } from "@jinshui/storage";
import { WorkflowSite } from "./site.js";

/** Acknowledged commands, one a line: `start <instance>`, `complete <task>` or `job <job>`. */
const acknowledge = (line: string): void => void process.stdout.write(`${line}\n`);

const item = { id: "i1", title: "台式机" };

/** Somebody who does whatever comes, one thing after the other, until the process ends. */
async function clerk(site: WorkflowSite, round: number): Promise<never> {
  for (let turn = round; ; turn += 1) {
    try {
      await step(site, turn);
    } catch (error) {
      // others were faster: that is what they are here for
      if (!isJinshuiError(error) || error.status >= 500) throw error;
    }
  }
}

async function step(site: WorkflowSite, turn: number): Promise<void> {
  const act = async (name: string, action: string, values: Record<string, unknown> = {}): Promise<void> => {
    const [task] = await site.inbox(name);
    if (!task) return;
    const input = { id: task.id, version: task.version, action, opinion: "可", values };
    await site.handlers.complete(input, await site.as(name));
    acknowledge(`complete ${task.id}`);
  };
  switch (turn % 5) {
    case 0:
      acknowledge(`start ${await site.start({ reason: `第${turn}件` })}`);
      break;
    case 1:
      await act("wanggang", turn % 3 === 0 ? "return" : "approve");
      break;
    case 2:
      await act("lixia", "submit", { reason: "改过" });
      break;
    case 3:
      await act("zhaomin", "handover", { item });
      break;
    case 4: {
      const job = await site.db.database.findOne("wf_job", { state: "open" });
      if (!job) break;
      await site.handlers.completeJob({ job: String(job["id"]), variables: {} }, site.plugin);
      acknowledge(`job ${String(job["id"])}`);
    }
  }
}

const url = process.argv[2] ?? "";
const database = await openDatabase(url);
const site = await WorkflowSite.open({ url, database, close: () => database.close() });
acknowledge("ready");
await Promise.all([0, 1, 2, 3, 4, 6].map((round) => clerk(site, round)));
