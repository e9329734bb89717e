import type { Filter } from "@jinshui/contracts";
import type { KnownCollection } from "./known-collection.js";
import type { PageAddress } from "./page-address.js";

/** What a page asks the kernel for: the same for a list, for its other shapes and for an export. */
export interface ListQuery {
  filter?: Filter;
  search?: string;
}

/** Search and filters of an address, with further conditions of one's own. */
export function listQuery({ definition }: KnownCollection, address: PageAddress, ...conditions: Filter[]): ListQuery {
  const { filter, search } = address;
  const chosen = Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [
      name,
      definition.fields[name]?.type === "boolean" ? value === "true" : value,
    ]),
  );
  const all = [...(Object.keys(chosen).length > 0 ? [chosen] : []), ...conditions];
  const [only] = all;
  return {
    ...(only === undefined ? {} : { filter: all.length === 1 ? only : { and: all } }),
    ...(search === "" ? {} : { search }),
  };
}
