import type { LocalText, ProcessUsage } from "@jinshui/contracts";

/** A matter that a bureau has to handle. */
export interface Matter {
  code: string;
  title: LocalText;
  group: string;
  /** Key of the process for it; absent while nobody has made one. */
  process?: string;
}

/**
 * How far a matter has come: it is handled by its process; that is there and was never used; it is not there in this bureau; there is
 * none. `unlisted` is a process whose matter the catalogue does not name.
 */
export const STATUSES = ["in-use", "never-used", "not-enabled", "missing", "unlisted"] as const;
export type Status = (typeof STATUSES)[number];

/** A line of the catalogue. */
export interface Line {
  code: string;
  title: LocalText;
  group: string;
  status: Status;
  usage?: ProcessUsage;
}

/** Holds the matters that there are against the processes that the bureau has. */
export function gapAnalysis(matters: readonly Matter[], processes: readonly ProcessUsage[]): Line[] {
  const byKey = new Map(processes.map((process) => [process.key, process]));
  const listed = new Set(matters.map(({ process }) => process));
  const lines = matters.map(({ code, title, group, process }): Line => {
    const usage = process === undefined ? undefined : byKey.get(process);
    if (!usage) return { code, title, group, status: process === undefined ? "missing" : "not-enabled" };
    return { code, title, group, usage, status: usage.instances > 0 ? "in-use" : "never-used" };
  });
  const others = processes
    .filter(({ key }) => !listed.has(key))
    .map((usage): Line => ({
      code: usage.code ?? "",
      title: usage.title,
      group: usage.group ?? "",
      status: "unlisted",
      usage,
    }));
  return [...lines, ...others];
}

/** The share of the listed matters that are handled by a process, in percent with one digit; nothing without matters. */
export function shareInUse(lines: readonly Line[]): string | undefined {
  const listed = lines.filter(({ status }) => status !== "unlisted");
  if (listed.length === 0) return undefined;
  return ((listed.filter(({ status }) => status === "in-use").length / listed.length) * 100).toFixed(1);
}
