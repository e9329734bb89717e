import fc from "fast-check";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { silent } from "@jinshui/bus";
import { auditProblems } from "../testing/audit.js";
import { note, TamperedChain, wuhu } from "../testing/audit-chain.js";
import { eachDatabase } from "../testing/each.js";
import { linkAll } from "./link.js";
import { startAuditLinker } from "./linker.js";
import { verifyAudit } from "./verify.js";

eachDatabase("every value that JSON can hold keeps the chain whole", async (t, { database }) => {
  const values = fc.sample(fc.jsonValue(), { numRuns: 100, seed: 7 });
  values.push(
    "\u0000",
    "\ud800",
    -0,
    1e21,
    { at: new Date(0), none: undefined, list: [undefined, Number.NaN] } as never,
    JSON.parse('{"__proto__":{"a":1}}') as never,
  );
  await note(database, ...values.map((value) => ({ ...wuhu, action: "set", before: value, after: { value } })));
  t.deepEqual(await auditProblems(database, "wuhu"), []);
});

eachDatabase("a name that no column would take is cut and cleaned: the entry is written", async (t, { database }) => {
  await note(database, { ...wuhu, actor: { id: "u".repeat(200), name: "\0陈\ud800" }, action: "异".repeat(300) });
  t.deepEqual(await auditProblems(database, "wuhu"), []);
  t.like(await database.findOne("audit_entry", { bureau: "wuhu" }), {
    actor_id: "u".repeat(80),
    actor_name: "\ufffd陈\ufffd",
  });
});

eachDatabase("writers and linkers at the same time make one chain for each bureau", async (t, { database }) => {
  const linkers = [1, 2, 3].map(() => startAuditLinker({ database, log: silent, gatherMs: 1 }));
  await Promise.all(
    Array.from({ length: 48 }, async (_, index) => {
      await note(
        database,
        { ...wuhu, bureau: index % 2 === 0 ? "wuhu" : "fanchang", action: "one" },
        { ...wuhu, bureau: index % 3 === 0 ? "wuhu" : "nanling", action: "two" },
      );
      // reads the chain while it grows
      t.deepEqual((await verifyAudit(database, { bureau: "wuhu" })).problems, []);
    }),
  );
  await Promise.all(linkers.map((linker) => linker.stop()));
  t.is(await database.count("audit_entry", { seq: null }), 0);
  let entries = 0;
  for (const bureau of ["wuhu", "fanchang", "nanling"]) {
    const report = await verifyAudit(database, { bureau });
    t.deepEqual(report.problems, []);
    entries += report.entries;
  }
  t.is(entries, 96);
});

eachDatabase(
  "an entry is linked with its commit on SQLite, elsewhere within a second; one that is rolled back leaves nothing",
  async (t, { database }) => {
    const linker = startAuditLinker({ database, log: silent });
    t.teardown(() => linker.stop());
    await t.throwsAsync(
      database.transaction((tx) => {
        tx.audit({ ...wuhu, action: "undone" });
        return Promise.reject(new Error("no"));
      }),
    );
    await note(database, { ...wuhu, action: "done" });
    const entries = database.dialect === "sqlite" ? 1 : 0;
    t.like(await verifyAudit(database, { bureau: "wuhu" }), { entries, waiting: 1 - entries, problems: [] });
    for (const end = Date.now() + 1_000; Date.now() < end && (await database.count("audit_entry", { seq: null })) > 0;)
      await sleep(20);
    t.like(await verifyAudit(database, { bureau: "wuhu" }), { entries: 1, waiting: 0, problems: [] });
  },
);

eachDatabase("what waits to be linked is checked too", async (t, { database }) => {
  await note(database, { ...wuhu, action: "one" });
  await database.transaction((tx) => tx.update("audit_entry", { action: "one" }, { action: "two" }));
  t.like((await verifyAudit(database, { bureau: "wuhu" })).problems, [{ kind: "edited" }]);
});

const WRITER = `
  import { openDatabase, startAuditLinker } from "${new URL("../index.js", import.meta.url).href}";
  const database = await openDatabase(process.argv[1]);
  startAuditLinker({ database, log: { error() {} }, gatherMs: 5 });
  for (;;) {
    await Promise.all([1, 2, 3, 4].map(() => database.transaction(async (tx) => {
      tx.audit({ bureau: "wuhu", actor: { id: "u", name: "陈晓" }, action: "set", resource: "r" });
      tx.event({ bureau: "wuhu", source: "test", name: "made", data: {} });
    })));
    console.log(4);
  }`;

eachDatabase(
  "a process killed between writing and linking leaves a chain that is whole, and an entry for each write",
  async (t, { database, url }) => {
    let acknowledged = 0;
    for (const ms of [250, 400, 320]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", WRITER, url], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const begun = once(child.stdout, "data");
      child.stdout.on("data", (lines: Buffer) => (acknowledged += 4 * lines.toString().trim().split("\n").length));
      await begun;
      await sleep(ms);
      child.kill("SIGKILL");
      await once(child, "exit");
      t.deepEqual((await verifyAudit(database, { bureau: "wuhu" })).problems, [], "before the rest is linked");
    }
    t.true(acknowledged > 0);
    await linkAll(database);
    const { entries, problems } = await verifyAudit(database, { bureau: "wuhu" });
    t.deepEqual(problems, []);
    t.true(entries >= acknowledged);
    t.is(entries, await database.count("outbox"), "an entry commits with its write");
  },
);

eachDatabase("a line that a crash cut off does not hide the anchors around it", async (t, { database }) => {
  const chain = await TamperedChain.open(t, database);
  await chain.grow(2);
  await chain.anchoring.anchor();
  await appendFile(chain.file, '{"bureau":"wuhu","numb');
  await chain.grow(2);
  await chain.anchoring.anchor();
  t.deepEqual(await chain.found(), []);
  t.is((await readFile(chain.file, "utf8")).trim().split("\n").length, 3);
  t.is(await database.count("outbox", { subject: "jinshui.event.wuhu.kernel.audit-anchored" }), 2);
});
