/** What is to be done with a request: served, refused with an answer, or let fall. */
export type Verdict = "serve" | "refuse" | "drop";

export interface RateLimitOptions {
  /** Callers that are not limited. */
  exempt: readonly string[];
  /** Requests a second that a caller may send for long. */
  perSecond: number;
  /** Requests a caller may send at once after a quiet second or two. */
  burst: number;
  /** So many refused within a second are no mistake any more. */
  flood: number;
}

interface Account {
  tokens: number;
  at: number;
  /** Refused since `second` began. */
  refused: number;
  second: number;
}

/** Refusals a second that are answered: beyond, an answer costs more than it tells. */
const MAX_ANSWERED = 1_000;

/**
 * A token bucket for each caller, shared by all that a process serves. Decided from the subject alone, before a request costs
 * anything; synchronous, since it stands in front of every request.
 */
export class RateLimit {
  readonly #accounts = new Map<string, Account>();

  constructor(readonly options: RateLimitOptions) {}

  isExempt(caller: string): boolean {
    return this.options.exempt.includes(caller);
  }

  /** Counts a request; `isFlood` is said once for each second of it. */
  take(caller: string, now = performance.now()): { verdict: Verdict; isFlood: boolean } {
    const { perSecond, burst, flood } = this.options;
    if (this.isExempt(caller)) return { verdict: "serve", isFlood: false };
    const account = this.#accounts.get(caller) ?? { tokens: burst, at: now, refused: 0, second: now };
    this.#accounts.set(caller, account);
    account.tokens = Math.min(burst, account.tokens + ((now - account.at) / 1_000) * perSecond);
    account.at = now;
    if (account.tokens >= 1) {
      account.tokens -= 1;
      return { verdict: "serve", isFlood: false };
    }
    if (now - account.second >= 1_000) Object.assign(account, { second: now, refused: 0 });
    account.refused += 1;
    return { verdict: account.refused > MAX_ANSWERED ? "drop" : "refuse", isFlood: account.refused === flood };
  }
}
