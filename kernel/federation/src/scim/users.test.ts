import { testAuth } from "@jinshui/auth/testing";
import type { TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import test from "ava";
import type { Machine } from "../clients/clients.js";
import { Identities } from "../identities.js";
import { FEDERATION_TABLES } from "../tables.js";
import { ScimError, URN } from "./protocol.js";
import { patched, valuesOf } from "./user-values.js";
import { Users } from "./users.js";

const MACHINE: Machine = {
  kind: "machine",
  id: "personnel",
  title: { "zh-CN": "人事系统" },
  bureau: "wuhu",
  scopes: ["scim:site.people"],
};
const ROOT = "https://oa.example/scim/v2";

async function usersOn(db: TestDatabase): Promise<Users> {
  const { auth } = await testAuth(db);
  await db.database.ensureTables(FEDERATION_TABLES);
  return new Users(db.database, auth, new Identities(db.database), ROOT);
}

const answer = (error: unknown): string =>
  error instanceof ScimError ? `${error.status} ${error.scimType ?? ""}`.trim() : String(error);

eachDatabase(
  "of two who change a version at the same time one is told that it is not the version any more",
  async (t, db) => {
    const users = await usersOn(db);
    const { id, meta } = await users.create(MACHINE, {
      userName: "HePing",
      name: "何平",
      department: "征管科",
      externalId: "1",
    });
    const change = (name: string): Promise<string> =>
      users.change(MACHINE, id, { name }, meta.version).then(() => "changed", answer);
    const answers = await Promise.all(["甲", "乙", "丙"].map(change));
    t.deepEqual(answers.sort(), ["412", "412", "changed"]);
    t.is(await change("丁"), "412");
    t.is(await users.change(MACHINE, id, { name: "戊" }, "*").then(({ displayName }) => displayName as string), "戊");
    t.like(await users.find(MACHINE, id), { userName: "heping", meta: { location: `${ROOT}/Users/${id}` } });
  },
);

eachDatabase("people are found by name and external id, page by page, in one bureau", async (t, db) => {
  const users = await usersOn(db);
  for (const number of [1, 2, 3])
    await users.create(MACHINE, {
      userName: `new-${number}`,
      name: `新${number}`,
      department: "levy",
      externalId: `N${number}`,
      active: number !== 2,
    });
  const list = async (filter: string | undefined, startIndex = 1, count = 50): Promise<unknown[]> =>
    (await users.list(MACHINE, { filter, startIndex, count })).users.map(({ userName }) => userName);
  t.deepEqual(await list('externalId eq "N2" or userName eq "NEW-3"'), ["new-2", "new-3"]);
  t.deepEqual(await list("active eq false"), ["new-2"]);
  t.deepEqual(await list('userName eq "zhouyan"'), [], "of another bureau");
  t.deepEqual(await list(`userName eq "x' or '1'='1"`), []);
  const all = await list(undefined);
  t.deepEqual([...(await list(undefined, 1, 3)), ...(await list(undefined, 4, 100))], all);
  t.deepEqual(await list(undefined, 1, 0), []);
  t.is((await users.list(MACHINE, { filter: undefined, startIndex: 1, count: 0 })).total, all.length);
  t.is(await list("name pr").then(() => "found", answer), "400 invalidFilter");
});

eachDatabase("an account that still holds positions is enabled by an administrator only", async (t, db) => {
  const users = await usersOn(db);
  const row = await db.database.findOne("person", { username: "lixia" });
  const id = String(row?.["id"]);
  await db.database.transaction((tx) => tx.update("person", { id }, { disabled: true, disabled_for: "unused" }));
  t.is(await users.change(MACHINE, id, { active: true }, undefined).then(() => "enabled", answer), "403");
  t.is((await users.find(MACHINE, id))["active"], false);
  await users.change(MACHINE, id, { active: true, name: "李霞" }, undefined).catch(() => undefined);
  t.is((await db.database.find("audit_entry", { where: { action: "enable-person" } })).length, 0, "all or nothing");
});

test("what a resource and a patch tell is read by any spelling of its attributes, and nothing else is", (t) => {
  t.deepEqual(valuesOf({ USERNAME: "a", DisplayName: " 张三 ", emails: [{ value: "x" }], active: null }), {
    userName: "a",
    name: "张三",
  });
  t.deepEqual(valuesOf({ [URN.enterprise]: { Department: "levy" }, name: { formatted: "李四" } }), {
    name: "李四",
    department: "levy",
  });
  const patch = (...Operations: object[]): object => ({ schemas: [URN.patch], Operations });
  t.deepEqual(
    patched(
      patch(
        { op: "Add", path: `${URN.user}:displayName`, value: "张三" },
        { op: "replace", path: `${URN.enterprise}:department`, value: "levy" },
        { op: "replace", value: { active: "True", name: { familyName: "王", givenName: "五" } } },
      ),
    ),
    { name: "王五", department: "levy", active: true },
  );
  for (const wrong of [
    undefined,
    [],
    {},
    patch(),
    { schemas: [], Operations: [{ op: "add" }] },
    patch({ op: "remove", path: "active" }),
  ])
    t.throws(() => patched(wrong), { instanceOf: ScimError }, JSON.stringify(wrong));
  for (const wrong of [null, [], "x", { userName: 5 }, { displayName: "" }, { active: 1 }, { password: "x" }])
    t.throws(() => valuesOf(wrong), { instanceOf: ScimError }, JSON.stringify(wrong));
});
