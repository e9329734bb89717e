import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { table } from "./harness.mjs";
import { openLibraries } from "./search/library.mjs";
import { textMaker } from "./search/texts.mjs";

/**
 * Full-text search through the storage service: the best 20 of so many documents, on SQLite and MariaDB, against LIKE in the
 * same rounds. `top` does not count (`total: "none"`), `list` counts to 10,000 as the list of a collection does. Of each query
 * the best round counts, since other work on the machine only adds to it; p95 is over queries, "any" over all rounds of them.
 * Ends with 1 when the p95 of `top` is above the limit. `--documents 10000` is quicker; `--json` prints one object.
 */
const LIMIT_MS = 50;
/** Queries by kind; each is asked as often as the others. */
const QUERIES = {
  rare: ["芜湖", "契约", "注册会计师", "高原反应"],
  common: ["发票", "税务局", "增值税", "纳税人"],
  "two words": ["发票 查询", "契税 减免", "税务局 芜湖", "风险 评估"],
  "words run together": ["增值税发票查询", "出口退税政策", "企业所得税优惠"],
  phrase: ["一户式查询", "户式查", "稽查风险", "发票申报"],
  pinyin: ["yhscx", "zzsfp", "qiye", "swj"],
  "part of a number": ["WH-2005", "WH-2011-00", "2007-0123", "wh-2009-4999"],
  nothing: ["犇骉麤", "不存在的话语", "zzzzq"],
};

const { values: given } = parseArgs({
  options: { documents: { type: "string" }, rounds: { type: "string" }, json: { type: "boolean" } },
});
const documents = Number(given.documents ?? 100_000);
const rounds = Number(given.rounds ?? 7);
const say = given.json ? () => undefined : console.log;
const make = textMaker();
const [{ model: processor }] = cpus();
const machine = { node: process.version, processor, cores: cpus().length, load: loadavg()[0] };
say(`Node ${machine.node}, ${machine.cores} cores, ${machine.processor}, load ${machine.load.toFixed(1)}`);

const { libraries, close } = await openLibraries();
const results = [];
const writing = [];
try {
  for (const [database, library] of Object.entries(libraries)) {
    say(`… ${database}`);
    const few = Array.from({ length: 2_000 }, (_, index) => make(index));
    const without = await library.write("plain", few);
    const startedMs = performance.now();
    for (let start = 0; start < documents; start += 5_000)
      await library.write(
        "article",
        Array.from({ length: Math.min(5_000, documents - start) }, (_, index) => make(start + index)),
      );
    const seconds = (performance.now() - startedMs) / 1000;
    writing.push({
      database,
      seconds,
      perSecond: documents / seconds,
      without,
      ratio: without / (documents / seconds),
    });
    for (const [kind, texts] of Object.entries(QUERIES)) results.push(await measure(database, library, kind, texts));
  }
} finally {
  await close();
}

say(`\nDocuments written a second, 500 in a transaction, with and without an index`);
say(
  table(
    ["", "seconds for all", "with", "without", "ratio"],
    writing.map((row) => [row.database, row.seconds, row.perSecond, row.without, times(row.ratio)]),
  ),
);
say(`\nMilliseconds of a search of ${documents.toLocaleString("en")} documents; ratio: LIKE to top, of p50`);
const HEAD = ["queries", "hits", "top p50", "top p95", "any p95", "list p50", "list p95", "LIKE p50", "ratio"];
say(
  table(
    ["", ...HEAD],
    results.map(({ database, kind, hits, topMs, listMs, likeMs, anyMs }) => [
      ...[database, kind, hits, topMs.p50, topMs.p95, anyMs.p95, listMs.p50, listMs.p95, likeMs.p50],
      times(likeMs.p50 / topMs.p50),
    ]),
  ),
);
const limits = Object.keys(libraries).map((database) => {
  const all = results.filter((row) => row.database === database).flatMap(({ best }) => best);
  return { name: `${database}: p95 of the best 20, ms`, value: quantile(all, 0.95), limit: LIMIT_MS };
});
for (const { name, value, limit } of limits)
  say(`${value <= limit ? "met" : "missed"}: ${name}: ${value.toFixed(1)}, limit ${limit}`);
if (given.json) console.log(JSON.stringify({ bench: "search", machine, documents, writing, results, limits }));
process.exitCode = limits.every(({ value, limit }) => value <= limit) ? 0 : 1;

async function measure(database, library, kind, texts) {
  const best = { top: [], list: [], like: [] };
  const any = [];
  let hits = 0;
  for (const text of texts) {
    const rows = { top: [], list: [], like: [] };
    const ask = async (list, search) => {
      const startedMs = performance.now();
      const { total = 0 } = await search();
      list.push(performance.now() - startedMs);
      hits = Math.max(hits, total);
    };
    for (let round = 0; round < rounds; round += 1) {
      await ask(rows.top, () => library.find(text, { total: "none" }));
      await ask(rows.list, () => library.find(text));
      // slow, and always alike
      if (round < 2) await ask(rows.like, () => library.like(text, { total: "none" }));
    }
    for (const name of ["top", "list", "like"]) best[name].push(Math.min(...rows[name]));
    any.push(...rows.top.slice(1));
  }
  const both = (values) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95) });
  const ms = { topMs: both(best.top), anyMs: both(any), listMs: both(best.list), likeMs: both(best.like) };
  return { database, kind, hits, ...ms, best: best.top };
}

function quantile(values, share) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function times(ratio) {
  return `× ${ratio >= 10 ? Math.round(ratio) : Number(ratio.toPrecision(2))}`;
}
