import { isJinshuiError } from "@jinshui/contracts";
import { CONNECTION } from "@jinshui/web";

/** Tried again after this even when nothing says that the connection is back: not every break of it is noticed. */
const AGAIN_MS = 10_000;

/**
 * Sends now, or as soon as the server can be reached again; `waits` hears when that begins and ends. `send` is called anew each
 * time, with one idempotency key, so that it has one effect. @throws what `send` throws; its `offline` once `signal` gives up.
 */
export async function sendWhenConnected<T>(
  send: () => Promise<T>,
  waits: (isWaiting: boolean) => void,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!isJinshuiError(error) || error.code !== "offline" || signal.aborted) throw error;
      waits(true);
      await connected(signal);
      waits(false);
      if (signal.aborted) throw error;
    }
  }
}

/** Until the connection is back, or nobody waits any more. */
function connected(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const timer = setTimeout(() => done(), AGAIN_MS);
    const done = (): void => {
      clearTimeout(timer);
      over.abort();
      resolve();
    };
    const heard = (event: Event): void => {
      if ((event as CustomEvent<boolean>).detail) done();
    };
    window.addEventListener(CONNECTION, heard, { signal: over.signal });
    window.addEventListener("online", done, { signal: over.signal });
    signal.addEventListener("abort", done, { signal: over.signal });
  });
}
