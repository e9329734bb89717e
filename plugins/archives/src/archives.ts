import { inject, isJinshuiError, job, type Job, JinshuiError, plugin, Workflow } from "@jinshui/plugin";

interface Outcome {
  outcome: { done: boolean; reason: string };
}

/** Carries out what was agreed to: the kernel looks itself which archives are meant, and who agreed. */
@plugin()
export class Archives {
  constructor(@inject(Workflow) private readonly workflow: Workflow) {}

  /** Lets the applicant read the archives until the day that was asked for. */
  @job("lend-archives")
  async lend({ id, variables }: Job): Promise<Outcome> {
    const until = variables["until"];
    if (typeof until !== "string") throw new JinshuiError("invalid-request", "There is no day until which to lend");
    return told(() => this.workflow.lendArchives({ job: id, variable: "numbers", until: until.slice(0, 10) }));
  }

  /** Removes the content of the archives that two people agreed to. */
  @job("dispose-archives")
  async dispose({ id, variables }: Job): Promise<Outcome> {
    const reason = String(variables["reason"] ?? "");
    return told(() => this.workflow.disposeArchives({ job: id, variable: "numbers", reason }));
  }
}

/** What the kernel refuses for good becomes the matter's outcome, so that people can correct the list. */
async function told(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return { outcome: { done: true, reason: "" } };
  } catch (error) {
    if (isJinshuiError(error) && !error.retryable && ["conflict", "forbidden", "invalid-request"].includes(error.code))
      return { outcome: { done: false, reason: reasonOf(error) } };
    throw error;
  }
}

function reasonOf({ code, details }: JinshuiError): string {
  const archives = (details as { archives?: string[] } | undefined)?.archives ?? [];
  switch (code) {
    case "conflict":
      return `不能办理：${archives.join("、")}（没有此档案、保管期未满、暂缓销毁或内容已销毁）`;
    case "forbidden":
      return "同意的不足两人，或清单在同意后改过";
    default:
      return "清单中没有档案编号，或超过 500 件";
  }
}
