import type { LocalText } from "@jinshui/contracts";
import { language, local } from "@jinshui/web";

/** In the order in which people look for them. */
export function byTitle<T extends { title: LocalText }>(list: readonly T[]): T[] {
  return [...list].sort((one, other) => local(one.title).localeCompare(local(other.title), language()));
}
