import { columnOf } from "../collections/columns.js";
import type { Database } from "../database/database.js";
import type { Matching, TextQuery } from "../database/full-text.js";
import type { Where } from "../database/table.js";
import { type SearchQuery, searchQuery } from "./query.js";
import type { SearchIndex } from "./search-index.js";

/**
 * How a search is carried out. `records`: the fields of every record are looked at, which finds any part of any text. `index`:
 * finds any part of a short text, and words of a long one.
 */
export type SearchWay = "records" | "index";

/** Conditions of a search. */
export interface SearchPlan {
  way: SearchWay;
  /** All that is found. */
  where: Where;
  /** The same without overlap, the best first: text in the title; text in another field; all words; pinyin. */
  groups: readonly RankGroup[];
}

/** Records of one rank, or of two that are looked up together: those that fulfil `first` before the others. */
interface RankGroup {
  /** 0 is the best. */
  rank: number;
  where: Where;
  first?: Where;
}

/** So many records are looked at one by one: it takes 10 ms, and finds more. */
const SMALL = 2_000;
const NOTHING: Where = { id: { in: [] } };

/** Plans a search, in the given way if a list that began in it goes on; nothing when the text is empty. */
export async function searchPlan(
  database: Database,
  { search }: { search?: SearchIndex },
  input: string,
  way?: SearchWay,
): Promise<SearchPlan | undefined> {
  const query = searchQuery(input);
  if (!query) return undefined;
  if (!search) return { way: "records", where: NOTHING, groups: [] };
  const chosen = way ?? ((await isBest(database, search)) ? "index" : "records");
  return chosen === "index" && query.all ? byIndex(search, query, query.all) : byRecords(search, query);
}

async function isBest(database: Database, search: SearchIndex): Promise<boolean> {
  if (!search.ready) return false;
  search.large ||= (await database.countTo(SMALL + 1, search.table.name, {})) > SMALL;
  return search.large;
}

function byIndex(search: SearchIndex, query: SearchQuery, all: TextQuery): SearchPlan {
  const { pinyin, short = all } = query;
  const titled = { column: "title", contains: query.normal };
  const untitled = { ...titled, not: true };
  return {
    way: "index",
    where: matching(search, pinyin ? { or: [all, pinyin] } : all),
    groups: [
      { rank: 0, where: matching(search, short, titled) },
      {
        rank: 1,
        where: matching(search, all, untitled),
        // who holds the one word holds the text
        ...(query.isWord ? {} : { first: holds(search, query.text, query.normal) }),
      },
      ...(pinyin
        ? [{ rank: 3, where: { and: [matching(search, pinyin, untitled), { not: matching(search, all) }] } }]
        : []),
    ],
  };
}

function byRecords(search: SearchIndex, query: SearchQuery): SearchPlan {
  const text = holds(search, query.text, query.normal);
  const title = search.title === undefined ? NOTHING : inFields([search.title], query.text, query.normal);
  const { ready } = search;
  // what only the index knows: full-width letters, pinyin
  const indexed = ready && query.all ? [matching(search, query.all)] : [];
  const pinyin = ready && query.pinyin ? [matching(search, query.pinyin)] : [];
  const words: Where = { or: [{ and: query.words.map((word) => holds(search, word)) }, ...indexed] };
  return {
    way: "records",
    where: { or: [text, words, ...pinyin] },
    groups: [
      title,
      { and: [text, { not: title }] },
      { and: [words, { not: text }] },
      ...pinyin.map((sounds): Where => ({ and: [sounds, { not: text }, { not: words }] })),
    ].map((where, rank) => ({ rank, where })),
  };
}

/** Records with one of these texts in one of their searched fields. */
function holds({ short, long }: SearchIndex, ...texts: string[]): Where {
  return inFields([...short, ...long], ...texts);
}

function inFields(names: readonly string[], ...texts: string[]): Where {
  const different = [...new Set(texts.map((text) => text.toLowerCase()))];
  return { or: names.flatMap((name) => different.map((text) => ({ [columnOf(name)]: { contains: text } }))) };
}

function matching({ table }: SearchIndex, query: TextQuery, text?: Matching["text"]): Where {
  return { id: { matching: { table: table.name, column: "tokens", key: "record", query, ...(text ? { text } : {}) } } };
}
