/** Code of the error for a writer that has waited too long. It is not tried again: the queue would be no shorter. */
export const QUEUE_TOO_LONG = "JINSHUI_QUEUE";

/** Lets one writer in at a time, in the order they came; who waits longer than the limit gets an error. */
export class WriteLock {
  #held = false;
  readonly #waiting: { enter: () => void; timer: NodeJS.Timeout }[] = [];

  constructor(readonly limitMs = 4_500) {}

  /** Resolves with the function that gives the lock back. */
  acquire(): Promise<() => void> {
    if (!this.#held) {
      this.#held = true;
      return Promise.resolve(this.#releaser());
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(
          this.#waiting.findIndex((entry) => entry.timer === timer),
          1,
        );
        reject(
          Object.assign(new Error(`database is locked for more than ${this.limitMs} ms`), { code: QUEUE_TOO_LONG }),
        );
      }, this.limitMs);
      this.#waiting.push({ enter: () => resolve(this.#releaser()), timer });
    });
  }

  #releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (!next) this.#held = false;
      else {
        clearTimeout(next.timer);
        next.enter();
      }
    };
  }
}
