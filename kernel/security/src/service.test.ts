import { type Context, isJinshuiError, type OpInput, securityApi, type SecurityApi } from "@jinshui/contracts";
import { audited } from "@jinshui/storage";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { watchedBureau } from "./testing.js";

const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));
const INPUTS: { [K in keyof SecurityApi["ops"]]: OpInput<SecurityApi, K> } = {
  overview: {},
  accounts: { concern: "unused" },
  certificates: {},
  quarantined: {},
  signIns: {},
  openSessions: {},
  alarms: {},
  acknowledge: { alarm: "none", note: "看过" },
};

// checklist: 18, 21
eachDatabase("every operation is for security and audit administrators and nobody else", async (t, db) => {
  const { handlers, as } = await watchedBureau(db);
  const outcome = async (op: keyof typeof INPUTS, context: Context): Promise<string> => {
    const handler = handlers[op] as (input: unknown, context: Context) => Promise<unknown>;
    return handler(INPUTS[op], context).then(() => "ok", code);
  };
  const allowed = {
    overview: "ok",
    accounts: "ok",
    certificates: "ok",
    quarantined: "ok",
    signIns: "ok",
    openSessions: "ok",
    alarms: "ok",
  };
  const table = {
    qianli: { ...allowed, acknowledge: "not-found" },
    zhouyan: { ...allowed, acknowledge: "not-found" },
    ...Object.fromEntries(
      ["sunjie", "wanggang", "lixia"].map((username) => [
        username,
        Object.fromEntries(Object.keys(INPUTS).map((op) => [op, "forbidden"])),
      ]),
    ),
  };
  for (const [username, expected] of Object.entries(table)) {
    const context = await as(username);
    for (const [op, result] of Object.entries(expected))
      t.is(await outcome(op as keyof typeof INPUTS, context), result, `${username} ${op}`);
  }
  const { actor, ...nobody } = await as("qianli");
  t.truthy(actor);
  t.is(await outcome("overview", nobody), "sign-in-required");
});

// checklist: 5, 14
eachDatabase("sign-ins are found by outcome, person and address, with the browser", async (t, db) => {
  const bureau = await watchedBureau(db);
  const { auth, handlers, as } = bureau;
  const attempt = (password: string, address: string): Promise<unknown> =>
    auth.handlers
      .signIn({ username: "lixia", password, address, agent: "Firefox 140 / Windows" }, { bureau: "wuhu" } as never)
      .catch(code);
  await attempt("jinshui-demo-2005", "10.0.0.1");
  for (let tries = 0; tries < 6; tries += 1) await attempt("wrong", "10.0.0.2");
  const guard = await as("qianli");
  const find = async (input: OpInput<SecurityApi, "signIns">): Promise<string[]> =>
    (await handlers.signIns(input, guard)).signIns.map(
      ({ outcome, person, username, address, agent }) =>
        `${outcome} ${person?.name ?? username ?? ""} ${address ?? ""} ${agent ?? ""}`,
    );
  t.deepEqual(await find({ who: "李霞" }), [
    "locked-out lixia 10.0.0.2 Firefox 140 / Windows",
    ...Array.from({ length: 5 }, () => "failed lixia 10.0.0.2 Firefox 140 / Windows"),
    "ok 李霞 10.0.0.1 Firefox 140 / Windows",
  ]);
  t.deepEqual(await find({ outcome: "locked-out" }), ["locked-out lixia 10.0.0.2 Firefox 140 / Windows"]);
  t.is((await find({ address: "10.0.0.2", outcome: "failed" })).length, 5);
  t.deepEqual(await find({ who: "nobody" }), []);
  const page = await handlers.signIns({ who: "lixia", limit: 4 }, guard);
  t.is(page.signIns.length, 4);
  t.is((await handlers.signIns({ who: "lixia", limit: 4, cursor: page.nextCursor ?? "" }, guard)).signIns.length, 3);
  t.like(await handlers.accounts({ concern: "locked" }, guard), {
    accounts: [{ username: "lixia", departmentTitle: { "zh-CN": "征管科" } }],
    total: 1,
  });
  t.like(await handlers.overview({}, guard), {
    failedSignIns: 5,
    accounts: { locked: 1, "no-second-factor": 6, unused: 0 },
    policy: { secondFactor: "offered" },
    site: { bus: { durability: "A" }, backup: { state: "fine" } },
  });
});

// checklist: 7, 14
eachDatabase(
  "a session that is used from another address is noted once, and all sessions are listed",
  async (t, db) => {
    const { auth, handlers, database, clock, as } = await watchedBureau(db);
    const input = { username: "lixia", password: "jinshui-demo-2005", address: "10.0.0.1" };
    const { session } = await auth.handlers.signIn(input, { bureau: "wuhu" } as never);
    const use = (address: string): Promise<unknown> =>
      auth.handlers.authenticate({ session, audience: "gateway", address }, { bureau: "wuhu" } as never);
    await use("10.0.0.1");
    t.is(await database.count("audit_entry", { action: "session-moved" }), 0);
    await Promise.all([use("172.16.0.9"), use("172.16.0.9")]);
    await use("172.16.0.9");
    const moves = await database.find("audit_entry", { where: { action: "session-moved" } });
    t.is(moves.length, 1);
    t.like(moves[0], { address: "172.16.0.9", before_value: { address: "10.0.0.1" } });
    clock.now += 1_000;
    const { sessions, total } = await handlers.openSessions({ limit: 1 }, await as("qianli"));
    t.is(total, 2);
    t.like(sessions[0], { person: { name: "钱力" }, current: true });
  },
);

// checklist: 26
eachDatabase("who looks at sign-ins, sessions and accounts is an entry of the trail", async (t, db) => {
  const { handlers, trail, database, as } = await watchedBureau(db);
  const served = audited(securityApi, handlers, trail);
  await served.signIns({ who: "李霞" }, await as("qianli"));
  t.is(await served.openSessions({}, await as("lixia")).catch(code), "forbidden");
  const looks = await database.find("audit_entry", {
    where: { action: { startsWith: "security." } },
    orderBy: ["id"],
  });
  t.deepEqual(
    looks.map((row) => [row["action"], row["actor_name"], row["result"]]),
    [
      ["security.signIns", "钱力", "ok"],
      ["security.openSessions", "李霞", "denied"],
    ],
  );
});
