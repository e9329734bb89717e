import { type KnownCollection, shownColumns, visibleFields } from "./known-collection.js";

/** Widths of a column that people choose from; as wide as its content when absent. */
export const WIDTHS = ["narrow", "medium", "wide"] as const;

export interface Column {
  name: string;
  width?: (typeof WIDTHS)[number];
}

/** Search, filters and order under a name. */
export interface SavedFilter {
  name: string;
  /** As in the page's address. */
  query: string;
}

/** What a person has chosen for a list; kept in this browser, for each person. */
export interface ListPreferences {
  /** The collection's own columns when absent. */
  columns?: Column[] | undefined;
  filters: SavedFilter[];
}

const key = (person: string, collection: string): string => `jinshui.list.${person}.${collection}`;

export function readListPreferences(person: string, collection: string): ListPreferences {
  try {
    const kept = JSON.parse(localStorage.getItem(key(person, collection)) ?? "{}") as Partial<ListPreferences>;
    return { ...kept, filters: kept.filters ?? [] };
  } catch {
    return { filters: [] };
  }
}

export function keepListPreferences(person: string, collection: string, preferences: ListPreferences): void {
  localStorage.setItem(key(person, collection), JSON.stringify(preferences));
}

/** Fields that may be columns. */
export function possibleColumns(known: KnownCollection): string[] {
  return visibleFields(known)
    .filter(([, { type }]) => type !== "json")
    .map(([name]) => name);
}

/** Columns as chosen, without fields that are gone or hidden; the collection's own when none is left. */
export function columnsOf(known: KnownCollection, chosen: readonly Column[] | undefined): Column[] {
  const possible = new Set(possibleColumns(known));
  const left = (chosen ?? []).filter(({ name }) => possible.has(name));
  return left.length > 0 ? left : shownColumns(known).map((name) => ({ name }));
}
