/** Something that takes messages until it is drained. */
export interface Service {
  /** Takes no more messages and resolves when those taken are answered. */
  drain(): Promise<void>;
}

/** Counts running work so that a drain can wait for it. */
export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  async run(work: () => Promise<void>): Promise<void> {
    this.#count += 1;
    try {
      await work();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Drains a subscription; one that the server has refused is closed already. */
export async function drained(subscription: { isClosed(): boolean; drain(): Promise<void> }): Promise<void> {
  if (!subscription.isClosed()) await subscription.drain();
}
