import { setTimeout as sleep } from "node:timers/promises";

const LOOK_MS = 50;

/**
 * Waits until something holds, looking twenty times a second.
 * @param timeoutMs Longest wait, 10 s when absent.
 * @throws Error when it does not hold by then, with what the last look has thrown.
 */
export async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  let cause: unknown;
  for (const end = Date.now() + timeoutMs; Date.now() < end; await sleep(LOOK_MS)) {
    try {
      if (await holds()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`did not come to hold within ${timeoutMs / 1_000} s`, { cause });
}
