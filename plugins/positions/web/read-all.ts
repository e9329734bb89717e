import type { PageInput, PageOf } from "@jinshui/web";

const LIMIT = 200;

/** Reads a list to its end. For what is small: positions, duties, the people of one bureau. */
export async function readAll<T>(read: (page: PageInput) => Promise<PageOf<T>>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? { limit: LIMIT } : { limit: LIMIT, cursor });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}
