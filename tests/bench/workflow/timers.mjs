import { spawn } from "node:child_process";
import { once } from "node:events";
import { loadavg } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { newId } from "../../../kernel/storage/dist/index.js";
import { sqliteDatabase } from "../../../kernel/storage/dist/testing/index.js";
import { startMariaDb } from "../../../kernel/storage/dist/testing/maria-db.js";
import { WorkflowSite } from "../../../kernel/workflow/dist/testing/site.js";
import { bpmn, flow } from "../../../kernel/workflow/dist/testing/processes.js";

/**
 * So many timers that are due in the same second, with the clockworks of two kernels in processes of their own competing for them.
 * Each leads to a task with a candidate, its notice and its event, as timers do. Counted is the time from their second until the
 * last has fired, and how often each did. Ends with 1 when it takes longer than the limit, or one fired twice or not at all.
 * `--timers 10000` is what is promised; `--json` prints one object.
 */
const LIMIT_MS = 30_000;
const CLOCKS = 2;
const WORKER = new URL("../../../kernel/workflow/dist/testing/timer-worker.js", import.meta.url).pathname;
const PROCESS = bpmn(
  "reminded",
  `<startEvent id="s"/><intermediateCatchEvent id="w"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent><userTask id="u" jinshui:position="section-chief" jinshui:within="department"/><endEvent id="e"/>${flow("s", "w")}${flow("w", "u")}${flow("u", "e")}`,
);

const { values: given } = parseArgs({ options: { timers: { type: "string" }, json: { type: "boolean" } } });
const timers = Number(given.timers ?? 10_000);
const say = given.json ? () => undefined : console.log;

const results = {};
for (const [name, open] of Object.entries({ sqlite: openSqlite, mariadb: openMaria })) {
  const store = await open();
  if (!store) {
    say(`${name} is not installed`);
    continue;
  }
  try {
    results[name] = await measure(store.db);
    say(`${name}: ${JSON.stringify(results[name])}`);
  } finally {
    await store.close();
  }
}
if (given.json) console.log(JSON.stringify({ timers, clocks: CLOCKS, limitMs: LIMIT_MS, load: loadavg()[0], results }));
const isGood = ({ ms, firedOnce }) => ms <= LIMIT_MS && firedOnce === timers;
process.exitCode = Object.values(results).every(isGood) ? 0 : 1;

async function openSqlite() {
  const db = await sqliteDatabase();
  return { db, close: () => db.close() };
}

async function openMaria() {
  const server = await startMariaDb();
  if (!server) return undefined;
  const db = await server.database();
  return { db, close: () => db.close().then(() => server.stop()) };
}

async function measure(db) {
  const site = await WorkflowSite.open(db);
  await site.deploy([PROCESS]);
  const first = await site.start({}, "reminded");
  await copy(db.database, first);
  const kernels = Array.from({ length: CLOCKS }, () =>
    spawn(process.execPath, [WORKER, db.url, "--tell"], { stdio: ["ignore", "pipe", "inherit"] }),
  );
  try {
    await Promise.all(kernels.map((kernel) => once(createInterface(kernel.stdout), "line")));
    const due = new Date((await db.database.now()).getTime() + 3_000);
    await db.database.transaction((tx) => tx.update("wf_timer", {}, { due_at: due.toISOString() }));
    let left = timers;
    for (const end = Date.now() + 5 * LIMIT_MS; left > 0 && Date.now() < end; await sleep(100))
      left = await db.database.count("wf_timer");
    const ms = (await db.database.now()).getTime() - due.getTime();
    const firedOnce = await countFiredOnce(db.database);
    return { ms, perSecond: Math.round((timers * 1000) / ms), firedOnce, left };
  } finally {
    for (const kernel of kernels) kernel.kill();
    await Promise.all(kernels.map((kernel) => once(kernel, "exit")));
  }
}

/** Makes as many matters of one as are wanted, all waiting at the timer. */
async function copy(database, id) {
  const tables = { wf_instance: "id", wf_event: "instance", wf_timer: "instance", wf_history: "instance" };
  const rows = {};
  for (const [table, column] of Object.entries(tables))
    rows[table] = await database.find(table, { where: { [column]: id } });
  for (let made = 1; made < timers;) {
    const count = Math.min(500, timers - made);
    const ids = Array.from({ length: count }, () => newId());
    await database.transaction(async (tx) => {
      const copies = (table, change) =>
        tx.insert(
          table,
          ids.flatMap((copied, index) => rows[table].map((row) => ({ ...row, ...change(copied, index) }))),
        );
      await copies("wf_instance", (copied, index) => ({ id: copied, number: `copy-${made + index}` }));
      await copies("wf_event", (copied) => ({ instance: copied }));
      await copies("wf_timer", (copied) => ({ id: newId(), instance: copied }));
      await copies("wf_history", (copied) => ({ instance: copied, id: undefined }));
    });
    made += count;
  }
}

/** Matters with exactly one task and one line that says that the timer fired. */
async function countFiredOnce(database) {
  const counted = new Map();
  const add = (instance, what) => {
    const entry = counted.get(instance) ?? { task: 0, fired: 0 };
    entry[what] += 1;
    counted.set(instance, entry);
  };
  for (const { instance } of await database.find("wf_task", { columns: ["instance"] })) add(instance, "task");
  for (const { instance, entry } of await database.find("wf_history"))
    if (entry.type === "timer-fired") add(instance, "fired");
  return [...counted.values()].filter(({ task, fired }) => task === 1 && fired === 1).length;
}
