import { auditApi, authApi, type Context, isJinshuiError, JinshuiError, storageApi } from "@jinshui/contracts";
import { audited, auditHandlers } from "@jinshui/storage";
import { auditProblems, type TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { context, PASSWORD, testAuth } from "./testing.js";

const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));
const fanchang = (fields: Partial<Context>): Context => context({ bureau: "fanchang", ...fields });

/** Auth and the audit API as the kernel serves them. */
async function site(db: TestDatabase) {
  const { auth, trail, clock } = await testAuth(db);
  auth.access.setCatalogue(new Map([["fanchang", new Map([["asset", []]])]]));
  const handlers = audited(authApi, auth.handlers, trail);
  const trailHandlers = audited(auditApi, auditHandlers({ database: db.database, access: auth.access }), trail);
  const tokenOf = async (username: string, audience = "gateway"): Promise<string> => {
    const input = { username, password: PASSWORD, address: "10.1.2.3" };
    const { session } = await handlers.signIn(input, context());
    return (await handlers.authenticate({ session, audience, address: "10.1.2.3" }, context())).token;
  };
  return { auth, trail, clock, handlers, trailHandlers, tokenOf };
}

// checklist: 26, 29
eachDatabase(
  "an audit administrator reads who did what, when and from where; the look is an entry too",
  async (t, db) => {
    const { trail, trailHandlers, tokenOf } = await site(db);
    for (let index = 0; index < 5; index += 1) {
      await trail.audit({
        bureau: index === 4 ? "wuhu" : "fanchang",
        actor: { id: `u${index % 2}`, name: "陈晓" },
        action: index === 3 ? "export" : "update",
        resource: `asset.device/${index}`,
        result: index === 2 ? "denied" : "ok",
        at: `2026-11-2${index}T00:00:00.000Z`,
      });
    }
    const actor = await tokenOf("zhouyan");
    const list = (input: object): Promise<string[]> =>
      trailHandlers
        .list(input, fanchang({ actor, traceId: "look" }))
        .then(({ entries }) => entries.map(({ resource }) => resource.replace("asset.device/", "")));
    const device = { resource: "asset.device/*" };
    t.deepEqual(await list(device), ["3", "2", "1", "0"], "newest first, of the own bureau only");
    t.deepEqual(await list({ ...device, actor: "u1" }), ["3", "1"]);
    t.deepEqual(await list({ action: "export" }), ["3"]);
    t.deepEqual(await list({ result: "denied" }), ["2"]);
    t.deepEqual(await list({ resource: "asset.device/1" }), ["1"]);
    t.deepEqual(await list({ from: "2026-11-21T00:00:00.000Z", to: "2026-11-23T00:00:00.000Z" }), ["2", "1"]);
    const first = await trailHandlers.list({ ...device, limit: 3 }, fanchang({ actor }));
    const second = await trailHandlers.list(
      { ...device, limit: 3, cursor: first.nextCursor ?? "" },
      fanchang({ actor }),
    );
    t.is(second.entries.length, 1);
    t.is(second.nextCursor, undefined);
    const { entries: looks } = await trailHandlers.list({ action: "audit.list", limit: 1 }, fanchang({ actor }));
    t.like(looks[0], {
      actor: { name: "周燕" },
      caller: "gateway",
      address: "10.1.2.3",
      result: "ok",
      after: { limit: 3, cursor: first.nextCursor },
    });
    t.regex(looks[0]?.session ?? "", /^[0-9a-f]{16}$/);
    t.deepEqual(await auditProblems(db.database, "fanchang"), []);
  },
);

// checklist: 26, 18
eachDatabase(
  "refused calls are entries: without the right, with another's token, with a made-up one",
  async (t, db) => {
    const { auth, trail, trailHandlers, tokenOf } = await site(db);
    const clerk = await tokenOf("lixia");
    t.is(await trailHandlers.list({}, context({ actor: clerk, traceId: "t1" })).catch(code), "forbidden");
    t.like(await db.database.findOne("audit_entry", { action: "audit.list" }), {
      bureau: "wuhu",
      actor_name: "李霞",
      result: "denied",
      reason: "forbidden",
      address: "10.1.2.3",
      trace: "t1",
    });
    const served = audited(
      storageApi,
      {
        count: async (_input: unknown, call: Context) => {
          await auth.access.resolve(call);
          return { total: 0 };
        },
        insert: (_input: unknown, call: Context) =>
          auth.access.resolve(call).then(() => Promise.reject(new JinshuiError("forbidden", "no"))),
      } as never,
      trail,
    );
    const input = { collection: "asset.device", values: { secret: "不入审计" } };
    const plugin = { caller: "asset", bureau: "fanchang" };
    t.is(await served.insert(input, context(plugin)).catch(code), "forbidden");
    t.like(await db.database.findOne("audit_entry", { action: "storage.insert" }), {
      actor_id: "plugin:asset",
      caller: "asset",
      resource: "asset.device",
      after_value: undefined,
    });
    for (const actor of [clerk, "made.up.token", await tokenOf("zhouyan")])
      t.is(await served.count({ collection: "asset.device" }, context({ ...plugin, actor })).catch(code), "forbidden");
    const refused = await db.database.find("audit_entry", { where: { action: "storage.count" } });
    t.deepEqual(
      refused.map((row) => [row["actor_id"], row["result"]]),
      Array.from({ length: 3 }, () => ["plugin:asset", "denied"]),
    );
    const own = await tokenOf("zhouyan", "asset");
    await served.count({ collection: "asset.device" }, context({ ...plugin, actor: own }));
    t.is(await db.database.count("audit_entry", { action: "storage.count" }), 3, "an ordinary read is no entry");
  },
);

// checklist: 26
eachDatabase("signing in, failing to, being locked out and signing out are entries of one session", async (t, db) => {
  const { handlers } = await site(db);
  const attempt = (password: string): Promise<{ session: string }> =>
    handlers.signIn({ username: "lixia", password, address: "10.1.2.3" }, context());
  const { session } = await attempt(PASSWORD);
  await handlers.signOut({ session }, context());
  for (let tries = 0; tries < 6; tries += 1) await t.throwsAsync(attempt("wrong"));
  const rows = await db.database.find("audit_entry", { orderBy: ["id"] });
  t.deepEqual(
    rows.map((row) => [row["action"], row["result"], row["reason"]]),
    [
      ["sign-in", "ok", undefined],
      ["sign-out", "ok", undefined],
      ...Array.from({ length: 5 }, () => ["sign-in-failed", "denied", "sign-in-failed"]),
      ["sign-in-failed", "denied", "too-many-requests"],
    ],
  );
  t.is(rows[0]?.["session"], rows[1]?.["session"]);
  t.false(JSON.stringify(rows).includes(session), "the session's secret is nowhere");
});

eachDatabase("what a handler writes carries caller, client and the person acted for", async (t, db) => {
  const { auth, trail } = await site(db);
  const person = { id: "zhouyan", name: "周燕", bureau: "fanchang" };
  const [found] = await db.database.find("person", { where: { username: "zhouyan" } });
  const actor = await auth.access.tokens.mint({ ...person, id: String(found?.["id"]) }, "asset", {
    address: "10.9.9.9",
    session: "mark",
    onBehalfOf: { id: "chief", name: "科长" },
  });
  const served = audited(
    storageApi,
    {
      insert: async (_input: unknown, call: Context) => {
        const { actor: who } = await auth.access.resolve(call);
        await db.database.transaction((tx) => {
          tx.audit({
            bureau: "fanchang",
            actor: { id: who?.id ?? "", name: who?.name ?? "" },
            action: "insert",
            resource: "r",
          });
          return Promise.resolve();
        });
      },
    } as never,
    trail,
  );
  await served.insert({ collection: "asset.device", values: {} }, fanchang({ caller: "asset", actor, traceId: "t9" }));
  t.like(await db.database.findOne("audit_entry", { action: "insert" }), {
    caller: "asset",
    address: "10.9.9.9",
    session: "mark",
    for_id: "chief",
    for_name: "科长",
    trace: "t9",
    result: "ok",
  });
});
