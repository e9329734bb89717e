import type { Auth } from "@jinshui/auth";
import { config, testAuth } from "@jinshui/auth/testing";
import { silent } from "@jinshui/bus";
import { isJinshuiError, type LdapSource } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Identities } from "../identities.js";
import { FEDERATION_TABLES } from "../tables.js";
import { BASE_DN, SERVICE, Slapd } from "../testing/slapd.js";
import { LdapDirectory } from "./ldap-directory.js";
import { Sources } from "./sources.js";

const OWN = "jinshui-demo-2005";
const OUTSIDE = "the-directory-knows-it";
const ENTRIES = [
  { uid: "lixia", name: "李霞", password: OUTSIDE },
  { uid: "newcomer", name: "何平", password: OUTSIDE },
  { uid: "wanggang", name: "另一个王刚", password: OUTSIDE },
  { uid: "twice", name: "甲", password: OUTSIDE },
  { uid: "twice", name: "乙", password: OUTSIDE, unit: "others" },
  { uid: "star", name: "星", password: OUTSIDE },
];

/** A site with people of its own and one of the directory; `change` differs from the usual source. */
async function siteWith(
  t: ExecutionContext,
  db: TestDatabase,
  change: Partial<LdapSource> = {},
): Promise<
  | {
      slapd: Slapd;
      auth: Auth;
      id: (username: string) => Promise<string>;
      link(username: string, externalId: string): Promise<void>;
      signIn: (username: string, password: string) => Promise<string>;
    }
  | undefined
> {
  const slapd = await Slapd.start(ENTRIES);
  if (!slapd) {
    t.log("skipped: slapd is not installed");
    t.pass();
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "jinshui-source-"));
  t.teardown(async () => {
    await slapd.stop();
    await rm(folder, { recursive: true });
  });
  await writeFile(join(folder, "bind.secret"), `${SERVICE.password}\n`);
  const source: LdapSource = {
    kind: "ldap",
    id: "city",
    title: { "zh-CN": "市局目录" },
    url: slapd.url,
    bindDn: SERVICE.dn,
    bindPasswordFile: "bind.secret",
    baseDn: BASE_DN,
    idAttribute: "employeeNumber",
    ...change,
  };
  const bureaus = config.bureaus.map((bureau) =>
    bureau.bureau === "wuhu" ? { ...bureau, federation: { sources: [source] } } : bureau,
  );
  const { auth } = await testAuth(db);
  await db.database.ensureTables(FEDERATION_TABLES);
  const identities = new Identities(db.database);
  const parts = {
    auth,
    identities,
    config: { ...config, bureaus },
    configs: folder,
    origin: "http://127.0.0.1",
    log: silent,
  };
  auth.signIn.outside = await Sources.open(parts);
  const id = async (username: string): Promise<string> =>
    String((await db.database.findOne("person", { username }))?.["id"]);
  return {
    slapd,
    auth,
    id,
    async link(username, externalId) {
      const person = await id(username);
      await db.database.transaction((tx) => identities.link(tx, { person, source: "city", externalId }));
    },
    signIn: (username, password) =>
      auth.handlers.signIn({ username, password, address: "10.0.0.1" }, undefined as never).then(
        ({ profile }) => profile.name,
        (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
      ),
  };
}

eachDatabase("the directory checks the passwords of those linked to it, and of nobody else", async (t, db) => {
  const site = await siteWith(t, db);
  if (!site) return;
  const { signIn, link, slapd } = site;
  t.deepEqual(
    [await signIn("lixia", OWN), await signIn("lixia", OUTSIDE)],
    ["李霞", "sign-in-failed"],
    "not linked yet",
  );
  await link("lixia", "E-lixia");
  t.deepEqual([await signIn("lixia", OUTSIDE), await signIn("lixia", OWN)], ["李霞", "sign-in-failed"]);
  t.is(await signIn("lixia", ""), "sign-in-failed", "a bind without a password proves nothing");
  t.is(await signIn("wanggang", OUTSIDE), "sign-in-failed", "of the same name there, but not linked");
  await link("zhaomin", "E-gone");
  t.is(await signIn("zhaomin", OUTSIDE), "sign-in-failed", "whom the directory does not have");
  await link("sunjie", "E-twice");
  await link("wanggang", "E-somebody-before");
  t.is(await signIn("wanggang", OUTSIDE), "sign-in-failed", "the name was given to somebody else there");
  t.is(await signIn("newcomer", OUTSIDE), "sign-in-failed", "nobody is made where that is not configured");
  t.is(await db.database.count("person", { username: "newcomer" }), 0);

  await slapd.pause();
  t.is(await signIn("qianli", OWN), "钱力", "who has a password here is not affected");
  t.is(await signIn("lixia", OUTSIDE), "unavailable");
  t.is(await signIn("nobody", OUTSIDE), "sign-in-failed");
  await slapd.resume();
  t.is(await signIn("lixia", OUTSIDE), "李霞", "and what failed meanwhile was no guess");
});

// checklist: 5
eachDatabase("guesses at a directory's passwords close the name like others", async (t, db) => {
  const site = await siteWith(t, db);
  if (!site) return;
  await site.link("lixia", "E-lixia");
  const answers: string[] = [];
  for (let guess = 0; guess < 6; guess += 1) answers.push(await site.signIn("lixia", `guess ${guess}`));
  t.deepEqual(answers, [...Array<string>(5).fill("sign-in-failed"), "too-many-requests"]);
  t.is(await site.signIn("lixia", OUTSIDE), "too-many-requests");
  const denied = await db.database.find("audit_entry", { where: { action: "sign-in-failed" } });
  t.is(denied.length, 7);
});

eachDatabase(
  "where it is configured a stranger whom the directory knows becomes a person without positions",
  async (t, db) => {
    const site = await siteWith(t, db, { createIn: "levy" });
    if (!site) return;
    const { signIn, auth, id } = site;
    t.is(await signIn("newcomer", "wrong"), "sign-in-failed");
    t.is(await signIn("newcomer", OUTSIDE), "何平");
    const person = await auth.organisation.person(await id("newcomer"));
    t.like(person, { bureau: "wuhu", department: "levy", positions: [] });
    t.is(await signIn("newcomer", OUTSIDE), "何平", "again");
    for (const odd of ["*", "newcomer)(uid=*", "st*r", "twice", "cn=admin"])
      t.is(await signIn(odd, OUTSIDE), "sign-in-failed", odd);
    t.is(await signIn("wanggang", OUTSIDE), "sign-in-failed", "nobody gets an account that is here already");
    const [made] = await db.database.find("audit_entry", { where: { action: "add-person" } });
    t.is(made?.["actor_id"], "source:city");
    await db.database.transaction((tx) => auth.accounts.leave(tx, person?.id ?? "", undefined));
    t.is(await signIn("newcomer", OUTSIDE), "sign-in-failed", "who has left does not come back by the directory");
  },
);

test("no directory gets passwords in clear but one on this machine", async (t) => {
  const source: LdapSource = {
    kind: "ldap",
    id: "x",
    title: { "zh-CN": "x" },
    url: "ldap://ldap.example",
    baseDn: "dc=x",
  };
  await t.throwsAsync(LdapDirectory.open(source, ".", silent), { code: "invalid-file" });
  await t.notThrowsAsync(LdapDirectory.open({ ...source, startTls: true }, ".", silent));
  await t.notThrowsAsync(LdapDirectory.open({ ...source, url: "ldaps://ldap.example" }, ".", silent));
});

test("with TLS a directory is believed whose certificate is for its name and by an authority that is trusted", async (t) => {
  const slapd = await Slapd.start(ENTRIES);
  if (!slapd) {
    t.log("skipped: slapd is not installed");
    t.pass();
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "jinshui-source-"));
  t.teardown(async () => {
    await slapd.stop();
    await rm(folder, { recursive: true });
  });
  await writeFile(join(folder, "bind.secret"), SERVICE.password);
  const check = async (change: Partial<LdapSource>): Promise<string> => {
    const source: LdapSource = {
      kind: "ldap",
      id: "city",
      title: { "zh-CN": "市局目录" },
      url: slapd.tlsUrl,
      bindDn: SERVICE.dn,
      bindPasswordFile: "bind.secret",
      baseDn: BASE_DN,
      ...change,
    };
    const directory = await LdapDirectory.open(source, folder, silent);
    return directory.check("lixia", OUTSIDE).then(
      (person) => `${person?.name ?? "nobody"} ${person?.externalId ?? ""}`,
      (error: unknown) => (isJinshuiError(error) ? error.code : String(error)),
    );
  };
  const caFile = slapd.certificate;
  const known = /^李霞 [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  t.regex(await check({ caFile }), known, "by the entryUUID, when no other attribute is named");
  t.is(await check({}), "unavailable", "an authority that nobody trusts");
  t.is(await check({ caFile, url: slapd.tlsUrl.replace("localhost", "127.0.0.1") }), "unavailable", "another name");
  const startTls = { startTls: true, url: slapd.url.replace("127.0.0.1", "localhost") };
  t.regex(await check({ caFile, ...startTls }), known);
  t.is(await check(startTls), "unavailable");
});
