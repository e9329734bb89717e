import { type Database, type Row } from "@jinshui/storage";
import { auditProblems } from "@jinshui/storage/testing";
import type { ExecutionContext } from "ava";
import { setTimeout as sleep } from "node:timers/promises";
import { COLLECTION, CONSUMERS } from "./storage-fixture.js";
import type { Acknowledged } from "./storage-site.js";

/** Waits until the outbox is published and every inbox has what is meant for it. */
export async function settled(database: Database, limitMs = 60_000): Promise<void> {
  let state = "";
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(100)) {
    const waiting = await database.count("outbox", { published_at: null });
    const events = await database.find("outbox", { columns: ["subject"] });
    const effects = await database.find("effect", { columns: ["consumer"] });
    const missing = CONSUMERS.map(({ name }) => {
      const wanted = events.filter(({ subject }) => concerns(name, String(subject))).length;
      return wanted - effects.filter(({ consumer }) => consumer === name).length;
    });
    if (waiting === 0 && missing.every((count) => count <= 0)) return;
    state = `${waiting} unpublished, ${missing.join(" and ")} not heard`;
  }
  throw new Error(`it did not settle: ${state}`);
}

function concerns(consumer: string, subject: string): boolean {
  return consumer === "all" || subject === "jinshui.event.wuhu.asset.register-changed";
}

/** Whatever was killed when: nothing acknowledged is lost, nothing is half written, everything is heard once and in order. */
export async function checkStorage(
  t: ExecutionContext,
  database: Database,
  acknowledged: readonly Acknowledged[],
): Promise<{ records: number; events: number }> {
  const audits = await database.find("audit_entry", { orderBy: ["id"] });
  const outbox = await database.find("outbox", { orderBy: ["seq"] });
  const effects = await database.find("effect", { orderBy: ["n"] });
  const rows = await database.find("c_asset__register");

  const byMark = Map.groupBy(audits, (row) => String((row["after_value"] as { mark?: string } | undefined)?.mark));
  const lost = acknowledged.filter(({ mark }) => byMark.get(mark)?.length !== 1).map(({ mark }) => mark);
  t.deepEqual(lost, [], "every acknowledged write has its effect, once");
  t.is(audits.length, acknowledged.length, "no effect that nobody asked for");
  const versions = acknowledged.map(({ record, version }) => `${record} ${version}`);
  t.is(new Set(versions).size, versions.length, "no two writes got the same version");

  for (const row of rows) {
    const id = String(row["id"]);
    const version = Number(row["version"]);
    const wanted = Array.from({ length: version }, (_, index) => index + 1);
    t.is(audits.filter(({ resource }) => resource === `${COLLECTION}/${id}`).length, version, "an entry a version");
    const mine = outbox.filter(({ aggregate }) => String(aggregate).endsWith(`/${id}`));
    t.deepEqual(mine.map(sequenceOf).sort(byNumber), wanted, "an event a version, numbered without gap");
    t.deepEqual(mine.map(versionOf).sort(byNumber), wanted);
  }
  t.is(outbox.length, audits.length, "no event without its entry");

  for (const { name } of CONSUMERS) {
    const heard = effects.filter(({ consumer }) => consumer === name);
    const wanted = outbox
      .filter(({ subject }) => concerns(name, String(subject)))
      .map((row) => String(row["event_id"]));
    t.deepEqual(heard.map((row) => String(row["event"])).sort(), wanted.sort(), `${name} heard each event once`);
    for (const [aggregate, mine] of Map.groupBy(heard, (row) => String(row["aggregate"]))) {
      const order = mine.map((row) => Number(row["sequence"]));
      t.deepEqual(order, [...order].sort(byNumber), `${name} heard ${aggregate} in order`);
    }
  }
  for (const bureau of ["wuhu", "fanchang"]) t.deepEqual(await auditProblems(database, bureau), []);
  t.is(await database.count("dead_letter"), 0);
  return { records: rows.length, events: outbox.length };
}

const byNumber = (a: number, b: number): number => a - b;
const sequenceOf = (row: Row): number => Number(row["agg_seq"]);
const versionOf = (row: Row): number => (row["body"] as { data: { version: number } }).data.version;
