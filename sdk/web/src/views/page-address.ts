/** Ways to look at the records of a collection. */
export type Shape = "list" | "board" | "calendar" | "charts";

/** Where somebody is on a collection's page: all of it stands in the address, so that links, back and reload lead there. */
export interface PageAddress {
  mode: "list" | "new" | "import" | "export";
  /** How the records are shown. */
  as: Shape;
  /** The day a calendar is open at; today when absent. */
  at?: string | undefined;
  /** How much of a calendar is shown; a month when absent. */
  span?: "week" | "agenda" | undefined;
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
const SHAPES = ["board", "calendar", "charts"] as const;
const SPANS = ["week", "agenda"] as const;
const FILTER = "filter.";

/** Reads the query of an address; what it does not know, it leaves out. */
export function readAddress(query: string): PageAddress {
  const params = new URLSearchParams(query);
  const filters = [...params].filter(([name]) => name.startsWith(FILTER));
  return {
    mode: MODES.find((mode) => mode === params.get("mode")) ?? "list",
    as: SHAPES.find((shape) => shape === params.get("as")) ?? "list",
    at: /^\d{4}-\d{2}-\d{2}$/.exec(params.get("at") ?? "")?.[0],
    span: SPANS.find((span) => span === params.get("span")),
    record: params.get("record") ?? undefined,
    removed: params.has("removed"),
    search: params.get("search") ?? "",
    filter: Object.fromEntries(filters.map(([name, value]) => [name.slice(FILTER.length), value])),
    sort: params.get("sort")?.split(","),
  };
}

/** The query that {@link readAddress} reads; empty for the page as it opens. */
export function writeAddress(address: PageAddress): string {
  const { mode, as, at, span, record, removed, search, filter, sort } = address;
  const params = new URLSearchParams();
  if (mode !== "list") params.set("mode", mode);
  if (as !== "list") params.set("as", as);
  if (at !== undefined) params.set("at", at);
  if (span !== undefined) params.set("span", span);
  if (removed) params.set("removed", "");
  if (search !== "") params.set("search", search);
  for (const [name, value] of Object.entries(filter)) params.set(FILTER + name, value);
  if (sort) params.set("sort", sort.join(","));
  if (record !== undefined) params.set("record", record);
  return params.size === 0 ? "" : `?${params.toString()}`;
}
