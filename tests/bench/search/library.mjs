import { Buffer } from "node:buffer";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore, openDatabase, StorageService } from "../../../kernel/storage/dist/index.js";
import { DURABLE } from "../storage/site.mjs";
import { startMariaDb } from "../../../kernel/storage/dist/testing/maria-db.js";

const field = (type, title, more = {}) => ({ type, title: { "zh-CN": title }, ...more });
const article = (name, search) => ({
  name,
  title: { "zh-CN": "文章" },
  fields: {
    title: field("string", "标题"),
    code: field("string", "编号"),
    body: field("text", "正文"),
    issued: field("date", "日期"),
  },
  indexes: [["issued"]],
  display: { title: "title", list: ["title"], ...search, sort: ["-issued"] },
  permissions: { read: ["site.read"], write: ["site.write"] },
});
const searched = article("article", { search: ["title", "code", "body"] });
/** Without a searched field there is no index. */
const unsearched = article("plain", { search: [] });
const nobody = { below: () => [], resolve: async () => ({ plugin: "bench" }) };
const context = () => ({
  bureau: "wuhu",
  caller: "bench",
  op: "bench",
  traceparent: "",
  traceId: "bench",
  deadline: Infinity,
  signal: AbortSignal.timeout(600_000),
});

/**
 * Storage services on a database of each kind that is there, by its name.
 * @returns {Promise<{ libraries: Record<string, Library>, close: () => Promise<void> }>}
 */
export async function openLibraries() {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
  // as configs/deploy sets it: with the server's default of 128 MB for pages, searches read the index from the disk
  const maria = await startMariaDb(DURABLE);
  const urls = { sqlite: `sqlite:${join(folder, "site.sqlite")}`, ...(maria ? { mariadb: await maria.url() } : {}) };
  const libraries = {};
  for (const [name, url] of Object.entries(urls)) libraries[name] = await Library.open(url);
  return {
    libraries,
    async close() {
      for (const library of Object.values(libraries)) await library.close();
      await maria?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

class Library {
  static async open(url) {
    const library = new Library();
    library.database = await openDatabase(url);
    const files = new FileStore(library.database, "/nowhere", Buffer.from(""), () => "");
    library.service = new StorageService(library.database, nobody, files);
    await library.service.deploy("bench", [{ collections: [searched, unsearched] }]);
    return library;
  }

  /** Writes articles, 500 in a transaction; how many a second. */
  async write(collection, articles) {
    const startedMs = performance.now();
    for (let start = 0; start < articles.length; start += 500) {
      const operations = articles
        .slice(start, start + 500)
        .map((values) => ({ op: "insert", collection: `bench.${collection}`, values }));
      await this.service.handlers.transact({ operations }, context());
    }
    return (articles.length * 1000) / (performance.now() - startedMs);
  }

  /** A page of what is found, the best first, as the list of a collection asks for it. */
  find(search, more = {}) {
    return this.service.handlers.find({ collection: "bench.article", search, limit: 20, ...more }, context());
  }

  /** The same page by LIKE alone, with no rank: what was done before there was an index. */
  like(search, more = {}) {
    const filter = { or: ["title", "code", "body"].map((name) => ({ [name]: { contains: search } })) };
    return this.service.handlers.find({ collection: "bench.article", filter, limit: 20, ...more }, context());
  }

  async close() {
    await this.service.stop();
    await this.database.close();
  }
}
