import { eachDatabase } from "@jinshui/storage/testing/ava";
import test from "ava";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifactHash, Artifacts } from "../artifacts.js";
import { Clients } from "../clients/clients.js";
import { requireRedirects } from "../clients/redirects.js";
import { SigningKeys } from "../clients/signing-keys.js";
import { FEDERATION_TABLES } from "../tables.js";
import { ProviderAdapter } from "./adapter.js";

const config = {
  site: { site: { id: "test", title: { "zh-CN": "测试" } }, positions: {}, plugins: [] },
  bureaus: [{ bureau: "wuhu", title: { "zh-CN": "市局" }, departments: [], plugins: {} }],
};

eachDatabase(
  "what the provider keeps is found by what its holder shows, read by nobody else, used once, and swept",
  async (t, { database }) => {
    await database.ensureTables(FEDERATION_TABLES);
    const clock = { now: Date.parse("2026-11-23T08:00:00Z") };
    const artifacts = new Artifacts(database, () => clock.now);
    const clients = new Clients(database, config);
    const codes = new ProviderAdapter("AuthorizationCode", artifacts, clients);
    const sessions = new ProviderAdapter("Session", artifacts, clients);
    await codes.upsert("code-one", { jti: "code-one", grantId: "grant", accountId: "zhang" }, 60);
    await codes.upsert("code-two", { jti: "code-two", grantId: "other" }, 60);
    await sessions.upsert("secret", { jti: "secret", uid: "public" }, 600);
    t.like(await codes.find("code-one"), { jti: "code-one", accountId: "zhang", consumed: undefined });
    const rows = JSON.stringify(await database.find("federation_artifact"));
    t.false(rows.includes("code-one") || rows.includes("secret"));
    t.is(await new ProviderAdapter("AccessToken", artifacts, clients).find("code-one"), undefined);
    t.is(await codes.find(`hash:${artifactHash("code-one")}`), undefined, "a hash opens nothing");

    const used = await Promise.allSettled([1, 2, 3].map(() => codes.consume("code-one")));
    t.is(used.filter(({ status }) => status === "fulfilled").length, 1, "of three at the same time one");
    t.is(typeof (await codes.find("code-one"))?.["consumed"], "number");
    const found = await sessions.findByUid("public");
    await sessions.upsert(found?.jti ?? "", { ...found, accountId: "li" }, 600);
    t.like(await sessions.find("secret"), { accountId: "li", jti: "secret" });

    await codes.revokeByGrantId("grant");
    t.deepEqual([await codes.find("code-one"), (await codes.find("code-two"))?.jti], [undefined, "code-two"]);
    clock.now += 61_000;
    t.is(await codes.find("code-two"), undefined);
    t.deepEqual([await artifacts.sweep(), await artifacts.sweep()], [1, 0]);
    t.truthy(await sessions.find("secret"));
  },
);

// checklist: 58
eachDatabase(
  "clients registered by command have secrets that are printed once and kept as digests",
  async (t, { database }) => {
    await database.ensureTables(FEDERATION_TABLES);
    const clients = new Clients(database, config);
    const by = { id: "operator:x", name: "x" };
    const redirectUris = ["https://oa.example/callback"];
    const secret = await clients.add({ id: "oa", title: { "zh-CN": "办公" }, redirectUris }, by);
    await t.throwsAsync(clients.add({ id: "oa", title: { "zh-CN": "二" }, redirectUris }, by), { code: "not-unique" });
    await t.throwsAsync(clients.add({ id: "b", title: { "zh-CN": "二" }, redirectUris: ["https://x/#y"] }, by), {
      code: "invalid-file",
    });
    const before = await clients.find("oa");
    const renewed = await clients.renewSecret("oa", by);
    t.not((await clients.find("oa"))?.secretSha256, before?.secretSha256);
    const kept = JSON.stringify([
      await database.find("federation_client"),
      await database.find("audit_entry"),
      await database.find("outbox"),
    ]);
    t.false(kept.includes(secret ?? "?") || kept.includes(renewed));
    await clients.add(
      { id: "reports", title: { "zh-CN": "报表" }, bureau: "wuhu", scopes: ["storage:asset.view"] },
      by,
    );
    const within = await database.transaction((tx) => clients.machine("reports", tx));
    t.like(within, { bureau: "wuhu" }, "a change that takes two persons asks inside its transaction");
    await clients.remove("reports", by);
    await clients.remove("oa", by);
    t.is(await clients.find("oa"), undefined);
    const actions = (await database.find("audit_entry", { orderBy: ["id"] })).map((row) => row["action"]);
    t.deepEqual(actions, ["add-client", "renew-client-secret", "add-client", "remove-client", "remove-client"]);
  },
);

test("people are sent to whole addresses only, and on a production site to none without TLS but their own machine", (t) => {
  const refused = ["ftp://a/b", "https://*.example/cb", "https://a/b#c", "https://u:p@a/b", "not an address"];
  for (const uri of refused)
    t.throws(() => requireRedirects("x", [uri], { production: false }), { code: "invalid-file" });
  t.throws(() => requireRedirects("x", ["http://oa.example/cb"], { production: true }), { message: /no TLS/ });
  for (const uri of ["https://oa.example/cb?x=1", "http://127.0.0.1:9/cb", "http://localhost/cb"])
    t.notThrows(() => requireRedirects("x", [uri], { production: true }));
});

test("signing keys stay, follow each other after 90 days, and are published for as long as they may be needed", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-keys-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const start = Date.parse("2026-11-23T08:00:00Z");
  const day = 86_400_000;
  const kids = async (days: number, renew?: "gently" | "at-once"): Promise<(string | undefined)[]> => {
    const keys = await SigningKeys.open(folder, { clock: () => start + days * day, ...(renew ? { renew } : {}) });
    t.deepEqual(
      keys.publicKeys("EdDSA").keys.flatMap((key) => Object.keys(key).filter((name) => ["d", "p", "q"].includes(name))),
      [],
    );
    return keys.publicKeys("RS256").keys.map(({ kid }) => kid);
  };
  const [first] = await kids(0);
  t.is((await stat(join(folder, "federation-signing.json"))).mode & 0o777, 0o600);
  t.deepEqual(await kids(89), [first]);
  const [second, ...older] = await kids(90);
  t.deepEqual(older, [first]);
  t.not(second, first);
  t.deepEqual(await kids(93), [second]);
  const [third, ...before] = await kids(93.5, "at-once");
  t.deepEqual(before, [], "what others may know is good no more");
  t.true((await readFile(join(folder, "federation-signing.json"), "utf8")).includes(third ?? "?"));
  const [fourth, ...still] = await kids(94, "gently");
  t.deepEqual(still, [third], "what an operator renews in time stays good for a while");
  t.deepEqual(await kids(97), [fourth]);
});
