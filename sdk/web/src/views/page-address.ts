/** Where somebody is on a collection's page: all of it stands in the address, so that links, back and reload lead there. */
export interface PageAddress {
  mode: "list" | "new" | "import" | "export";
  /** The record that is open beside the list. */
  record?: string | undefined;
  /** Shows removed records instead of those that are there. */
  removed: boolean;
  search: string;
  filter: Record<string, string>;
  /** The collection's own order when absent. */
  sort?: string[] | undefined;
}

const MODES = ["new", "import", "export"] as const;
const FILTER = "filter.";

/** Reads the query of an address; what it does not know, it leaves out. */
export function readAddress(query: string): PageAddress {
  const params = new URLSearchParams(query);
  const filters = [...params].filter(([name]) => name.startsWith(FILTER));
  return {
    mode: MODES.find((mode) => mode === params.get("mode")) ?? "list",
    record: params.get("record") ?? undefined,
    removed: params.has("removed"),
    search: params.get("search") ?? "",
    filter: Object.fromEntries(filters.map(([name, value]) => [name.slice(FILTER.length), value])),
    sort: params.get("sort")?.split(","),
  };
}

/** The query that {@link readAddress} reads; empty for the page as it opens. */
export function writeAddress({ mode, record, removed, search, filter, sort }: PageAddress): string {
  const params = new URLSearchParams();
  if (mode !== "list") params.set("mode", mode);
  if (removed) params.set("removed", "");
  if (search !== "") params.set("search", search);
  for (const [name, value] of Object.entries(filter)) params.set(FILTER + name, value);
  if (sort) params.set("sort", sort.join(","));
  if (record !== undefined) params.set("record", record);
  return params.size === 0 ? "" : `?${params.toString()}`;
}
