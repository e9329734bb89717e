import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { memoryFlags } from "../../kernel/host/launch/workspace.mjs";
// not by the index: that belongs to ava
import { startMariaDb } from "../../kernel/storage/dist/testing/maria-db.js";
import { table } from "./harness.mjs";
import { DURABLE } from "./storage/site.mjs";
import { writeInvoices } from "./transfer/invoices.mjs";

/**
 * Import and export of a large list, each in a process of its own, against a library and the database's driver alone in the same
 * run: `npm run bench:transfer [-- --rows 100000] [--database sqlite|mariadb]`. Seconds are those of the clock and, as others
 * may be at work on the machine, those the process had on its processors. Ends with 1 when a limit is missed.
 */
const { values: given } = parseArgs({ options: { rows: { type: "string" }, database: { type: "string" } } });
const rows = Number(given.rows ?? 100_000);
const run = promisify(execFile);
const LIMITS = {
  "import .xlsx": { seconds: 30, peakMb: 300 },
  "export .xlsx": { seconds: 20, peakMb: 300 },
  "export .csv": { seconds: 20, peakMb: 300 },
};

async function child(script, ...args) {
  const path = fileURLToPath(new URL(`transfer/${script}`, import.meta.url));
  const { stdout } = await run(process.execPath, [...memoryFlags, path, ...args], { maxBuffer: 1024 ** 2 });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const folder = await mkdtemp(join(tmpdir(), "jinshui-bench-"));
const file = join(folder, "invoices.xlsx");
await writeInvoices(file, rows);
const maria = given.database === "sqlite" ? undefined : await startMariaDb(DURABLE);
const missed = [];
for (const kind of given.database ? [given.database] : ["sqlite", "mariadb"]) {
  if (kind === "mariadb" && !maria) {
    console.log("mariadb-server is not installed: left out");
    continue;
  }
  const url = async (name) => (kind === "sqlite" ? `sqlite:${join(folder, `${name}.sqlite`)}` : await maria.url());
  const [ours, peers] = [await url("ours"), await url("peers")];
  const store = join(folder, `files-${kind}`);
  const results = {
    "exceljs and the driver: import": await child("peer.mjs", peers, "import", file),
    "import .xlsx": await child("worker.mjs", ours, store, "import", file),
    "exceljs and the driver: export": await child("peer.mjs", peers, "export", join(folder, "peer.xlsx")),
    "export .xlsx": await child("worker.mjs", ours, store, "export", "xlsx"),
    "export .csv": await child("worker.mjs", ours, store, "export", "csv"),
  };
  const lines = Object.entries(results).map(([name, { seconds, cpu, peakMb }]) => {
    const limit = LIMITS[name];
    const met = !limit || (seconds <= (limit.seconds * rows) / 100_000 && peakMb <= limit.peakMb);
    if (!met) missed.push(`${kind}: ${name}`);
    const said = limit ? `${met ? "" : "MISSED "}≤ ${limit.seconds} s, ${limit.peakMb} MB` : "";
    const peer = results[`exceljs and the driver: ${name.split(" ")[0]}`];
    return [name, seconds, cpu, limit ? cpu / peer.cpu : undefined, peakMb, said];
  });
  console.log(`\n${kind}, ${rows} rows of 12 cells`);
  console.log(table(["", "s", "s of processor", "ratio", "peak MB", "limit"], lines));
}
await maria?.stop();
await rm(folder, { recursive: true, force: true });
console.log(missed.length > 0 ? `\nmissed: ${missed.join(", ")}` : "\nall limits are met");
process.exit(missed.length > 0 ? 1 : 0);
