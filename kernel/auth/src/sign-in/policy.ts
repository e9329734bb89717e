import type { PasswordRules, SiteConfig } from "@jinshui/contracts";

/** Longest password that is taken. */
const MAX_LENGTH = 200;

/** How people of a site sign in. */
export interface SignInPolicy {
  rules: PasswordRules;
  /** In small letters. */
  words: readonly string[];
  maxAgeMs: number | undefined;
  secondFactor: "off" | "offered" | "required";
  unusedMs: number | undefined;
  /** Where browsers reach the site, if the configuration says so. */
  origin: string | undefined;
}

const DAY_MS = 86_400_000;
/** What 等保三级 asks for; each may be set otherwise. */
const LEVEL_3 = { complexity: true, maxAgeDays: 90, remembered: 5, secondFactor: "required", unusedDays: 90 } as const;

export function signInPolicy({ protection, signIn }: Pick<SiteConfig, "protection" | "signIn">): SignInPolicy {
  const chosen = { ...(protection === "level-3" ? LEVEL_3 : {}), ...signIn };
  const days = (count: number | undefined): number | undefined => (count === undefined ? undefined : count * DAY_MS);
  return {
    rules: {
      minLength: chosen.minLength ?? 12,
      maxLength: MAX_LENGTH,
      complexity: chosen.complexity ?? false,
      remembered: chosen.remembered ?? 0,
    },
    words: (chosen.words ?? []).map((word) => word.toLowerCase()),
    maxAgeMs: days(chosen.maxAgeDays),
    secondFactor: chosen.secondFactor ?? "offered",
    unusedMs: days(chosen.unusedDays),
    origin: chosen.origin,
  };
}
