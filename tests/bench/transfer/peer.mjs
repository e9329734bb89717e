import { createReadStream, createWriteStream } from "node:fs";
import { setImmediate } from "node:timers/promises";
import Excel from "@protobi/exceljs";
import Sqlite from "better-sqlite3";
import { createConnection } from "mysql2/promise";
import { rawDriver } from "../storage/peers.mjs";

/**
 * The same work without us, in a process of its own: `node peer.mjs <database> import <file>` reads the workbook with exceljs
 * and writes as many records, audit and outbox rows by the driver; `… export <file>` reads them and writes a workbook.
 */
const [, , url, kind, file] = process.argv;
const BATCH = 500;
const startedMs = performance.now();
let rows = 0;
if (kind === "import") {
  const raw = await rawDriver({ kind: url.startsWith("sqlite:") ? "sqlite" : "mariadb", url });
  const book = new Excel.stream.xlsx.WorkbookReader(createReadStream(file), {
    sharedStrings: "cache",
    worksheets: "emit",
  });
  let pending = 0;
  for await (const sheet of book)
    for await (const row of sheet) {
      if (row.number === 1) continue;
      rows += 1;
      pending += 1;
      if (pending < BATCH) continue;
      await raw.insertMany(pending);
      pending = 0;
    }
  if (pending > 0) await raw.insertMany(pending);
  await raw.close();
} else {
  const book = new Excel.stream.xlsx.WorkbookWriter({ stream: createWriteStream(file), useStyles: true });
  const sheet = book.addWorksheet("发票");
  for await (const record of records(url)) {
    sheet.addRow(Object.values(record).slice(7)).commit();
    rows += 1;
    if (rows % 1_000 === 0) await setImmediate();
  }
  await sheet.commit();
  await book.commit();
}
const { user, system } = process.cpuUsage();
const seconds = (performance.now() - startedMs) / 1_000;
console.log(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, peakMb: process.resourceUsage().maxRSS / 1e3, rows }),
);

async function* records(place) {
  if (place.startsWith("sqlite:")) {
    const database = new Sqlite(place.slice("sqlite:".length));
    yield* database.prepare("SELECT * FROM raw_record").iterate();
    database.close();
    return;
  }
  const connection = await createConnection({ uri: place });
  yield* connection.connection.query("SELECT * FROM raw_record").stream();
  await connection.end();
}
