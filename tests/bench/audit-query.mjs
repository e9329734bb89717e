import Database from "better-sqlite3";
import { createConnection } from "mysql2/promise";
import { loadavg } from "node:os";
import { join } from "node:path";
import { URLSearchParams } from "node:url";
import { parseArgs } from "node:util";
import { startMariaDb } from "../../kernel/storage/dist/testing/maria-db.js";
import { TestSite } from "../../sdk/testing/dist/index.js";
import { table } from "./harness.mjs";
import { DURABLE } from "./storage/site.mjs";

/**
 * Searches of an audit trail of so many entries of a year, through HTTP as an auditor's page asks, on SQLite and MariaDB. Rows
 * are put in by the database itself. Counted is each request; "partial" are those that stopped before they had enough or had
 * seen everything, which say how far they came. Ends with 1 when the p95 of all requests is above the limit.
 * `--rows 5000000` is what is promised; `--json` prints one object.
 */
const LIMIT_MS = 1_000;
const DAYS = 365;
const END = Date.now() - 60_000;
const { values: given } = parseArgs({
  options: { rows: { type: "string" }, rounds: { type: "string" }, json: { type: "boolean" } },
});
const rows = Number(given.rows ?? 500_000);
const rounds = Number(given.rounds ?? 12);
const say = given.json ? () => undefined : console.log;
const stepMs = (DAYS * 86_400_000) / rows;
const at = (share) => new Date(END - DAYS * 86_400_000 * (1 - share)).toISOString();

/** Columns by a row's number `n`, in SQL of either database: `||` for joining texts is set for both. */
const ENTRY = {
  bureau: "CASE WHEN n % 5 = 4 THEN 'fanchang' ELSE 'wuhu' END",
  seq: "n + 100000000",
  actor_id: "'u' || (n % 701)",
  actor_name: "'陈晓' || (n % 701)",
  caller: "CASE WHEN n % 3 = 0 THEN 'asset-tracking' ELSE 'gateway' END",
  address: "'10.0.' || (n % 13) || '.' || (n % 211)",
  session: "'0123456789abcdef'",
  action:
    "CASE WHEN n % 100000 = 7 THEN 'deploy' WHEN n % 1000 = 3 THEN 'export' WHEN n % 12 = 1 THEN 'sign-in' WHEN n % 5 = 0 THEN 'insert' ELSE 'update' END",
  resource: "CASE WHEN n % 12 = 1 THEN 'person/u' || (n % 701) ELSE 'asset-tracking.equipment/' || (n % 20011) END",
  result: "CASE WHEN n % 400 = 0 THEN 'denied' ELSE 'ok' END",
  before_value: '\'{"state":"idle","keeper":"u1","price":499900}\'',
  after_value: '\'{"state":"issued","keeper":"u2","price":499900,"place":"办公室"}\'',
  trace: "'0123456789abcdef0123456789abcdef'",
  digest: "'0000000000000000000000000000000000000000000000000000000000000000'",
  previous_hash: "'0000000000000000000000000000000000000000000000000000000000000000'",
  hash: "'0000000000000000000000000000000000000000000000000000000000000000'",
};

/** What auditors ask, with other values each time. */
const QUESTIONS = {
  "the newest": () => ({}),
  "a day": (round) => ({ from: at(round / 20), to: at(round / 20 + 1 / DAYS) }),
  "a person": (round) => ({ actor: `u${round * 31}` }),
  "a person's exports": (round) => ({ actor: `u${round * 17 + 3}`, action: "export" }),
  "one record": (round) => ({ resource: `asset-tracking.equipment/${round * 997}` }),
  "records of a kind": () => ({ resource: "asset-tracking.equipment/*" }),
  "one action": () => ({ action: "export" }),
  "a rare action": () => ({ action: "deploy" }),
  "what was denied": () => ({ result: "denied" }),
  "an address": (round) => ({ address: `10.0.${round % 13}.${(round * 7) % 211}` }),
  "an address and a rare action": (round) => ({ address: `10.0.${round % 13}.9`, action: "deploy" }),
  "what is not there": () => ({ action: "nothing-like-it" }),
  "the same a month long": () => ({ action: "nothing-like-it", from: at(0.5), to: at(0.58) }),
};

const results = [];
for (const [name, open] of Object.entries({ sqlite: openSqlite, mariadb: openMaria })) {
  const store = await open();
  if (!store) {
    say(`${name} is not installed`);
    continue;
  }
  try {
    say(`… ${name}`);
    await ask(name, store.site);
  } finally {
    await store.close();
  }
}

async function ask(database, site) {
  const auditor = await site.signIn("majing");
  for (const [question, input] of Object.entries(QUESTIONS)) {
    const ms = [];
    let partial = 0;
    for (let round = 0; round < rounds; round += 1) {
      let cursor;
      // the first page and the one after it
      for (let page = 0; page < 2; page += 1) {
        const query = new URLSearchParams({ ...input(round), limit: "50", ...(cursor ? { cursor } : {}) });
        const startedMs = performance.now();
        const response = await auditor.send("GET", `/api/v1/audit?${query}`);
        const answer = await response.json();
        if (!response.ok) throw new Error(`${question}: ${JSON.stringify(answer)}`);
        ms.push(performance.now() - startedMs);
        if (answer.searchedTo !== undefined) partial += 1;
        cursor = answer.nextCursor;
        if (cursor === undefined) break;
      }
    }
    results.push({ database, question, ms, partial });
  }
}

const quantile = (values, share) => {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};
say(`\nMilliseconds of a page of 50 of ${rows.toLocaleString("en")} entries, load ${loadavg()[0].toFixed(1)}`);
say(
  table(
    ["", "database", "p50", "p95", "most", "partial"],
    results.map(({ database, question, ms, partial }) => [
      ...[question, database, quantile(ms, 0.5), quantile(ms, 0.95), Math.max(...ms)],
      partial === 0 ? "" : `${partial} of ${ms.length}`,
    ]),
  ),
);
const limits = [...new Set(results.map(({ database }) => database))].map((database) => {
  const all = results.filter((row) => row.database === database).flatMap(({ ms }) => ms);
  return { name: `${database}: p95 of all searches, ms`, value: quantile(all, 0.95), limit: LIMIT_MS };
});
for (const { name, value, limit } of limits)
  say(`${value <= limit ? "met" : "missed"}: ${name}: ${value.toFixed(0)}, limit ${limit}`);
if (given.json) console.log(JSON.stringify({ bench: "audit-query", rows, results, limits }));
process.exitCode = limits.every(({ value, limit }) => value <= limit) ? 0 : 1;

function statement(numbers, time) {
  const columns = { at: time, ...ENTRY };
  const names = Object.keys(columns).map((column) => `\`${column}\``);
  return `INSERT INTO audit_entry (${names.join(", ")}) SELECT ${Object.values(columns).join(", ")} FROM ${numbers}`;
}

async function openSqlite() {
  const site = await TestSite.start();
  const database = new Database(join(site.data, "site.sqlite"));
  database.pragma("busy_timeout = 60000");
  const numbers = `(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows}) SELECT n FROM numbers)`;
  const time = `strftime('%Y-%m-%dT%H:%M:%fZ', ${END / 1000 - DAYS * 86_400} + n * ${stepMs / 1000}, 'unixepoch')`;
  database.exec(statement(numbers, time).replaceAll("`", '"'));
  database.exec("ANALYZE");
  database.close();
  return { site, close: () => site.stop() };
}

async function openMaria() {
  const maria = await startMariaDb(DURABLE);
  if (!maria) return undefined;
  const url = await maria.url();
  const site = await TestSite.start({ database: url });
  const connection = await createConnection({ uri: url, timezone: "Z" });
  await connection.query("SET time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')");
  const begin = END / 1000 - DAYS * 86_400;
  const time = `DATE_FORMAT(FROM_UNIXTIME(${begin.toFixed(3)} + n * ${(stepMs / 1000).toFixed(6)}), '%Y-%m-%dT%H:%i:%s.000Z')`;
  for (let start = 1; start <= rows; start += 100_000) {
    const end = Math.min(rows, start + 99_999);
    await connection.query(statement(`(SELECT seq AS n FROM seq_${start}_to_${end}) AS numbers`, time));
  }
  await connection.query("ANALYZE TABLE audit_entry");
  await connection.end();
  return {
    site,
    async close() {
      await site.stop();
      await maria.stop();
    },
  };
}
