/**
 * Does work that many hints may ask for: one at a time, and once more after it for all that ask meanwhile. What was asked for is so
 * done with what is known then, and a page that hears of much reads no faster than it gets answers. The work shows its own errors.
 */
export function oneAtATime(work: () => Promise<unknown>): () => void {
  let asked = false;
  let busy = false;
  const run = async (): Promise<void> => {
    busy = true;
    while (asked) {
      asked = false;
      await work().catch(() => undefined);
    }
    busy = false;
  };
  return () => {
    asked = true;
    if (!busy) void run();
  };
}
