import type { AlarmRule } from "@jinshui/contracts";
import { isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { watchedBureau } from "./testing.js";

const refused = { action: "sign-in-failed", result: "denied", resource: "person/zhaomin" } as const;
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

// checklist: 32
eachDatabase("what happens raises its alarm at the next look, each of eighteen kinds", async (t, db) => {
  const bureau = await watchedBureau(db);
  const { clock, facts, database } = bureau;
  // eleven in the evening in China
  clock.now = Date.parse(`${new Date().toISOString().slice(0, 10)}T15:00:00Z`);
  const watcher = bureau.watcher();
  await watcher.look();
  t.is(await database.count("alarm"), 0, "nothing has happened");

  const change = { payload: { position: "system-administrator" }, kind: "hold-position" };
  await bureau.note(
    ...many(10, refused),
    { action: "sign-in" },
    { action: "session-moved", before: { address: "10.0.0.7" } },
    { action: "change-approved", resource: "change/1", after: change },
    { action: "export", after: { count: 6_000 } },
    { action: "file.quarantine", resource: "file/7", after: { name: "报表.xlsx", signature: "Eicar" } },
    { action: "webhook-gave-up", resource: "webhook/7", after: { title: "报表系统", reason: "failing" } },
    ...many(10, { result: "denied", actor: { id: "u2", name: "李霞" } } as const),
    ...many(3, { result: "denied", actor: { id: "plugin:asset", name: "asset" } } as const),
  );
  for (let tries = 0; tries < 5; tries += 1)
    await bureau.auth.handlers
      .signIn({ username: "lixia", password: "wrong", address: "10.9.9.9" }, { bureau: "wuhu" } as never)
      .catch(() => undefined);
  const at = new Date(clock.now - 60_000).toISOString();
  await database.transaction((tx) =>
    tx.insert(
      "change_request",
      ["a", "b", "c"].map((id) => ({
        ...{ id, bureau: "wuhu", kind: "hold-position", payload: {}, summary: {}, reason: "x", state: "refused" },
        ...{ proposed_by: { id: "u1", name: "王刚" }, proposed_at: at, expires_at: at },
        ...{ decided_by: { id: "u3", name: "钱力" }, decided_at: at },
      })),
    ),
  );
  await database.transaction((tx) =>
    tx.insert("stream_epoch", { stream: "EVENTS", created: at, last_sequence: 0, epoch: 1 }),
  );
  facts.diskShort = "/data has 90 MB (1 %) free";
  facts.databaseWarnings = [{ variable: "sync_binlog", value: "0", wanted: "1", losesCommits: true }];
  facts.plugins = [{ id: "asset", title: { "zh-CN": "设备" }, state: "quarantined" }];
  facts.backup = { state: "late", finishedAt: at, maxHours: 26 };
  facts.anchors = { inTime: false, contradicted: new Set(["wuhu"]) };
  await watcher.look();
  const rows = await database.find("alarm", { where: { bureau: "wuhu" } });
  t.deepEqual(rows.map(({ rule }) => rule as AlarmRule).sort(), [
    "account-locked",
    "administrator-made",
    "anchor-overdue",
    "audit-broken",
    "backup-overdue",
    "bus-lost",
    "database-loses",
    "disk-low",
    "many-failures",
    "many-records",
    "many-refusals",
    "plugin-denied",
    "plugin-quarantined",
    "refused-again",
    "session-moved",
    "strange-sign-in",
    "virus-found",
    "webhook-paused",
  ]);
  const told = await database.find("outbox", { where: { bureau: "wuhu" }, orderBy: ["seq"] });
  const raised = told.filter(({ subject }) => subject === "jinshui.event.wuhu.security.alarm-raised");
  t.is(raised.length, 18);
  await watcher.stop();
});

eachDatabase("an alarm is one row while it is open, and comes again when something new happens", async (t, db) => {
  const bureau = await watchedBureau(db);
  const { alarms, clock, database } = bureau;
  const [one, other] = [bureau.watcher(), bureau.watcher("two")];
  await bureau.note(...many(10, refused));
  await Promise.all([one.look(), other.look()]);
  await one.look();
  t.is(await database.count("alarm"), 1);
  await one.stop();
  await other.look();
  t.is(await database.count("alarm"), 1, "who takes over finds what there is");

  const list = async (): Promise<string[]> =>
    (await alarms.list("wuhu", {})).alarms.map(({ state, count }) => `${state} ${count}`);
  clock.now += 120_000;
  await bureau.note(refused);
  await other.look();
  t.deepEqual(await list(), ["open 2"]);
  const [{ id } = { id: "" }] = (await alarms.list("wuhu", { state: "open" })).alarms;
  const by = { id: "q", name: "钱力" };
  t.like(await alarms.acknowledge("wuhu", id, by, "已封禁该地址"), { state: "acknowledged", acknowledgedBy: by });
  t.is(
    await alarms.acknowledge("wuhu", id, by, "again").catch((e: unknown) => isJinshuiError(e) && e.code),
    "conflict",
  );
  t.is(
    await alarms.acknowledge("fanchang", id, by, "not mine").catch((e: unknown) => isJinshuiError(e) && e.code),
    "not-found",
  );
  await other.look();
  t.deepEqual(await list(), ["acknowledged 2"], "what was answered is not told again");
  clock.now += 120_000;
  await bureau.note(refused);
  await other.look();
  t.deepEqual(await list(), ["open 1", "acknowledged 2"]);
  t.like(await database.findOne("audit_entry", { action: "acknowledge-alarm" }), {
    actor_name: "钱力",
    resource: `alarm/${id}`,
  });
});

eachDatabase("what lasts is told again a day after it was acknowledged, what is over for good never", async (t, db) => {
  const bureau = await watchedBureau(db);
  const { alarms, clock, facts } = bureau;
  const watcher = bureau.watcher();
  facts.diskShort = "full";
  await bureau.note({ action: "file.quarantine", resource: "file/7" });
  await watcher.look();
  const answer = async (): Promise<void> => {
    for (const { id } of (await alarms.list("wuhu", { state: "open" })).alarms)
      await alarms.acknowledge("wuhu", id, { id: "q", name: "钱力" }, "已处理");
  };
  await answer();
  const open = async (afterMs: number): Promise<string[]> => {
    clock.now += afterMs;
    await watcher.look();
    return (await alarms.list("wuhu", { state: "open" })).alarms.map(({ rule }) => rule);
  };
  await bureau.note({ action: "file.quarantine", resource: "file/7" });
  t.deepEqual(await open(60 * 60_000), []);
  t.deepEqual(await open(24 * 60 * 60_000), ["disk-low"]);
});

eachDatabase("entries that are linked late are not passed over, and a bureau's facts stay its own", async (t, db) => {
  const bureau = await watchedBureau(db);
  const watcher = bureau.watcher();
  await bureau.note(...many(6, refused));
  await watcher.look();
  await bureau.note(...many(4, { ...refused, at: new Date(bureau.clock.now - 120_000).toISOString() }));
  await watcher.look();
  t.is(await bureau.database.count("alarm", { bureau: "wuhu", rule: "many-failures" }), 1);
  t.is(await bureau.database.count("alarm", { bureau: "fanchang" }), 0);
});
