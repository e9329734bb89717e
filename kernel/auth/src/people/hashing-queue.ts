import { JinshuiError } from "@jinshui/contracts";
import { availableParallelism } from "node:os";

/** One thread of libuv's four stays free for files, whatever happens at the door. */
const AT_ONCE = Math.min(3, availableParallelism());
/** Some seconds of work: whoever comes later is better told to come again. */
const MAX_WAITING = 300;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Does work that keeps a processor busy when its turn comes, first come first served: a crowd at the door neither slows down
 * those in front nor the rest of the kernel.
 * @throws JinshuiError `unavailable` when too many wait.
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running += 1;
  else {
    if (waiting.length >= MAX_WAITING)
      throw new JinshuiError("unavailable", "Too many sign in at the same time", { retryAfterMs: 2_000 });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    // the place goes to the next one
    if (next) next();
    else running -= 1;
  }
}
