import type { RetentionClass } from "@jinshui/contracts";
import { dayInChina } from "@jinshui/storage";

const RETENTIONS: readonly RetentionClass[] = ["permanent", "30", "10"];

/** What a process says of the archive of its matters by `jinshui:retention` and `jinshui:archive`; ten years where it says nothing. */
export function retentionOf(extensions: Readonly<Record<string, string>>): RetentionClass | "none" {
  if (extensions["archive"] === "none") return "none";
  return RETENTIONS.find((one) => one === extensions["retention"]) ?? "10";
}

/** When a period of retention has ended: it begins with the year after the one in which the matter ended, in China. */
export function retainUntil(retention: RetentionClass, endedAt: string): string | undefined {
  if (retention === "permanent") return undefined;
  const year = Number(dayInChina(endedAt).slice(0, 4)) + 1 + Number(retention);
  return new Date(`${year}-01-01T00:00:00+08:00`).toISOString();
}
