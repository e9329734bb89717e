import type { Where } from "@jinshui/storage";

/** A condition for each word of a search. */
export function searchWhere(search: string | undefined, columns: string[]): Where[] {
  const words = (search ?? "")
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  return words.map((word) => ({ or: columns.map((column) => ({ [column]: { contains: word } })) }));
}
