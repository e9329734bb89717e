import { openSql } from "./sql.mjs";
import { copyMatters, openTasks } from "./matters.mjs";
import { forTask } from "./written.mjs";

/**
 * A copy of the site's database, with its tables and indexes and the matters in it, that the driver alone writes to.
 * @param {() => Promise<string>} newUrl Of an empty database beside the site's.
 */
export async function openRawPeer(site, newUrl, tables) {
  const url = await newUrl();
  if (site.sql.kind === "sqlite") await site.sql.all(`VACUUM INTO '${url.slice("sqlite:".length)}'`);
  else {
    const [own, theirs] = [site.url, url].map((each) => new URL(each).pathname.slice(1));
    for (const name of tables) {
      await site.sql.all(`CREATE TABLE ${theirs}.${name} LIKE ${own}.${name}`);
      await site.sql.all(`INSERT INTO ${theirs}.${name} SELECT * FROM ${own}.${name}`);
    }
  }
  return openSql(url);
}

/** Where the numbers of the peer's own copies begin. */
let from = 1_000_000;

/** Readies what so many completions write, of matters that nobody has touched yet, so that making it is not measured. */
export async function readyCompletions(sql, written, count) {
  from = await copyMatters(sql, "running", from, count);
  return (await openTasks(sql, count)).map((target) => forTask(written, target));
}

/** Completions a second, so many to a transaction, on as many connections as the clients would fill; the same statements one by one. */
export async function rawRate(sql, ready, { clients, batch, seconds }) {
  const lanes = Math.max(1, Math.min(sql.connections, Math.floor(clients / batch)));
  const started = performance.now();
  let done = 0;
  const lane = async () => {
    while (performance.now() - started < seconds * 1000 && ready.length > 0) {
      const many = ready.splice(0, batch);
      await sql.transaction(async (run) => {
        for (const completion of many) for (const { sql: text, values } of completion) await run(text, values);
      });
      done += many.length;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (done * 1000) / (performance.now() - started);
}
