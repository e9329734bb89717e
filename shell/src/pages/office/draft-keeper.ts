import { type OpOutput, type WorkflowApi, workflowApi } from "@jinshui/contracts";
import { client, readDraft, writeDraft } from "@jinshui/web";

/** How long after the last key a draft goes to the kernel. */
const DELAY_MS = 1_500;

/** What is kept of a task that is not finished. */
export interface Kept {
  values: Record<string, unknown>;
  opinion?: string;
}

/**
 * Keeps what is typed into a task's form where it is found again on another computer; in the browser itself the form keeps it
 * already. A draft that can't be kept disturbs nobody: it is tried again with the next key.
 */
export class DraftKeeper {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pending: (() => Promise<void>) | undefined;

  /** `saved`: told when, ISO instant. */
  constructor(readonly saved: (at: string) => void) {}

  /** Puts what was kept where the form looks for it, unless this browser has something newer. */
  restore({ id, draft, mine }: OpOutput<WorkflowApi, "task">): void {
    const key = `task/${id}`;
    if (!draft || !mine || readDraft(key) !== undefined || Object.keys(draft.values).length === 0) return;
    writeDraft(key, draft.values);
  }

  enter(id: string, kept: () => Kept): void {
    clearTimeout(this.#timer);
    this.#pending = () => this.save(id, kept()).catch(() => undefined);
    this.#timer = setTimeout(() => void this.flush(), DELAY_MS);
  }

  /** Sends what waits at once. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const pending = this.#pending;
    this.#pending = undefined;
    await pending?.();
  }

  async save(id: string, kept: Kept): Promise<void> {
    clearTimeout(this.#timer);
    this.#pending = undefined;
    this.saved((await client(workflowApi).saveDraft({ id, ...kept })).savedAt);
  }

  /** What was finished needs no draft any more. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#pending = undefined;
  }
}
