import type { Filter } from "@jinshui/contracts";
import type { Reader } from "../database/database.js";
import type { Where } from "../database/table.js";
import { columnOf } from "./columns.js";
import { pathsIn, toWhere } from "./filter.js";
import type { Standing } from "./rights.js";

/** The rows that a list, a count or a sum is about: what the caller reaches ∩ the filter ∩ the search. */
export async function conditions(
  reader: Reader,
  standing: Standing,
  input: { filter?: Filter; search?: string; removed?: boolean },
): Promise<Where> {
  const parts: Where[] = [standing.reach, { live: input.removed ? null : true }];
  if (input.filter) parts.push(toWhere(standing, input.filter, await pathsIn(reader, standing, input.filter)));
  const search = input.search?.trim() ?? "";
  if (search !== "") parts.push(...searched(standing, search));
  return { and: parts };
}

function searched({ collection, fields }: Standing, text: string): Where[] {
  const { display } = collection.definition;
  const names = (display.search ?? [display.title]).filter(
    (name) => !fields.hidden.has(name) && !fields.masked.has(name),
  );
  if (names.length === 0) return [{ id: { in: [] } }];
  return text.split(/\s+/).map((word) => ({ or: names.map((name) => ({ [columnOf(name)]: { contains: word } })) }));
}
