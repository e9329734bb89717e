import { type MigratedInstance, workflowApi } from "@jinshui/contracts";
import { client } from "@jinshui/web";

/** Matters with problems or notes that are kept for showing. */
const MAX_SHOWN = 200;

/** What is asked of every running matter of a version. */
export interface MigrationPlan {
  from: string;
  to: string;
  mapping: Record<string, string>;
}

/** How far a run over the matters of a version is, and what it found. */
export interface MigrationResult {
  commit: boolean;
  done: number;
  total: number;
  /** Moved, or in a dry run those that can be. */
  fit: number;
  /** Those with problems, and those with notes. */
  told: MigratedInstance[];
  /** How many more there were to tell of than `told` holds. */
  untold: number;
  finished: boolean;
}

/** Goes through all running matters of a version, a page at a time, telling after each how far it is; stops between two pages. */
export async function runMigration(
  plan: MigrationPlan,
  options: { commit: boolean; reason?: string; signal: AbortSignal; tell: (result: MigrationResult) => void },
): Promise<void> {
  const { commit, reason, signal, tell } = options;
  let result: MigrationResult = { commit, done: 0, total: 0, fit: 0, told: [], untold: 0, finished: false };
  let cursor: string | undefined;
  do {
    const page = await client(workflowApi).migrateInstances({
      ...plan,
      commit,
      ...(reason === undefined ? {} : { reason }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    cursor = page.nextCursor;
    const told = page.instances.filter(({ problems, unwatched }) => problems.length + unwatched.length > 0);
    const room = MAX_SHOWN - result.told.length;
    const done = result.done + page.instances.length;
    result = {
      commit,
      done,
      // of those that are moved the kernel counts no more
      total: Math.max(result.total, page.total, done),
      fit: result.fit + page.instances.filter(({ problems, moved }) => (commit ? moved : problems.length === 0)).length,
      told: [...result.told, ...told.slice(0, room)],
      untold: result.untold + Math.max(0, told.length - room),
      finished: cursor === undefined,
    };
    tell(result);
  } while (cursor !== undefined && !signal.aborted);
}
