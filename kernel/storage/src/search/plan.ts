import { columnOf } from "../collections/columns.js";
import type { Database } from "../database/database.js";
import type { Matching, TextQuery } from "../database/full-text.js";
import type { TableDefinition, Where } from "../database/table.js";
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
  /** The same in groups without overlap, the best first: text in the title; text in another field; all words; pinyin. */
  ranks: readonly Rank[];
}

/** Looked up when it is its turn: common words fill a page with titles before all that hold them have to be listed. */
type Rank = (database: Database) => Promise<Where>;

/** So many records are looked at one by one: it takes 10 ms, and finds more. */
const SMALL = 2_000;
/** So many records that hold all words are looked at for the text itself. */
const FEW = 1_000;
const NOTHING: Where = { id: { in: [] } };

/** Plans a search, in the given way if a list that began in it goes on; nothing when the text is empty. */
export async function searchPlan(
  database: Database,
  { table: { name: records }, search }: { table: TableDefinition; search?: SearchIndex },
  input: string,
  way?: SearchWay,
): Promise<SearchPlan | undefined> {
  const query = searchQuery(input);
  if (!query) return undefined;
  if (!search) return { way: "records", where: NOTHING, ranks: [] };
  const chosen = way ?? ((await isBest(database, search)) ? "index" : "records");
  return chosen === "index" && query.all ? byIndex(records, search, query, query.all) : byRecords(search, query);
}

async function isBest(database: Database, search: SearchIndex): Promise<boolean> {
  if (!search.ready) return false;
  search.large ||= (await database.countTo(SMALL + 1, search.table.name, {})) > SMALL;
  return search.large;
}

function byIndex(records: string, search: SearchIndex, query: SearchQuery, all: TextQuery): SearchPlan {
  const { pinyin, short = all } = query;
  const titled = { column: "title", contains: query.normal };
  const untitled = { ...titled, not: true };
  const others = once((database) => byText(database, records, search, query, all));
  return {
    way: "index",
    where: matching(search, pinyin ? { or: [all, pinyin] } : all),
    ranks: [
      always(matching(search, short, titled)),
      async (database) => (await others(database)).text,
      async (database) => (await others(database)).words,
      ...(pinyin
        ? [
            async (database: Database) => ({
              and: [matching(search, pinyin, untitled), (await others(database)).beyond],
            }),
          ]
        : []),
    ],
  };
}

/** What is left when the text is not in the title. */
interface Others {
  /** The text is in another field. */
  text: Where;
  /** All words are somewhere. */
  words: Where;
  /** Neither, of what has not the text in its title. */
  beyond: Where;
}

/** Looks at each record that holds all words but not the text in its title for the text, when they are few enough. */
async function byText(
  database: Database,
  records: string,
  search: SearchIndex,
  query: SearchQuery,
  all: TextQuery,
): Promise<Others> {
  const untitled = { column: "title", contains: query.normal, not: true };
  const { table } = search;
  const found = await database.find(table.name, {
    where: { doc: { matching: { table: table.name, column: "tokens", key: "doc", query: all, text: untitled } } },
    columns: ["record"],
    limit: FEW + 1,
  });
  if (found.length > FEW) {
    const matched = matching(search, all, untitled);
    const beyond = { not: matching(search, all) };
    if (query.isWord) return { text: matched, words: NOTHING, beyond };
    // too many to be listed here: the database looks at them, which takes it longer
    const text = holds(search, query.text, query.normal);
    return { text: { and: [matched, text] }, words: { and: [matched, { not: text }] }, beyond };
  }
  const ids = found.map((row) => String(row["record"]));
  const beyond = { not: { id: { in: ids } } };
  if (query.isWord || ids.length === 0) return { text: { id: { in: ids } }, words: NOTHING, beyond };
  const where = { and: [{ id: { in: ids } }, holds(search, query.text, query.normal)] };
  const texts = new Set((await database.find(records, { where, columns: ["id"] })).map((row) => String(row["id"])));
  return { text: { id: { in: [...texts] } }, words: { id: { in: ids.filter((id) => !texts.has(id)) } }, beyond };
}

function once<T>(work: (database: Database) => Promise<T>): (database: Database) => Promise<T> {
  let result: Promise<T> | undefined;
  return (database) => (result ??= work(database));
}

function always(where: Where): Rank {
  return () => Promise.resolve(where);
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
    ranks: [
      title,
      { and: [text, { not: title }] },
      { and: [words, { not: text }] },
      ...pinyin.map((sounds): Where => ({ and: [sounds, { not: text }, { not: words }] })),
    ].map(always),
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
