import { context as callContext, testAuth } from "@jinshui/auth/testing";
import { type Context, isJinshuiError } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Auth, dropReplaced, renewRing, Seal } from "@jinshui/auth";
import { renewAuthority, resealAuthority } from "./authority.js";
import { resealSigningKeys } from "./software-token.js";
import type { Signed } from "./verify.js";
import { openSignatures, type Signatures } from "./open-signature.js";

interface Desk {
  auth: Auth;
  signatures: Signatures;
  keysFolder: string;
  id: (username: string) => Promise<string>;
  as: (username: string, extra?: Partial<Context>) => Promise<Context>;
}

async function openDesk(db: TestDatabase, validityMs?: number): Promise<Desk> {
  const { auth } = await testAuth(db);
  const keysFolder = await mkdtemp(join(tmpdir(), "jinshui-signing-"));
  const signatures = await openSignatures({
    database: db.database,
    auth,
    keysFolder,
    ...(validityMs === undefined ? {} : { validityMs }),
  });
  const id = async (username: string): Promise<string> =>
    String((await db.database.findOne("person", { username }))?.["id"]);
  const as = async (username: string, extra: Partial<Context> = {}): Promise<Context> => {
    const person = await auth.organisation.person(await id(username));
    if (!person) throw new Error(`${username} is gone`);
    return callContext({ bureau: person.bureau, actor: await auth.access.tokens.mint(person, "gateway"), ...extra });
  };
  return { auth, signatures, keysFolder, id, as };
}

const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "ok",
    (error: unknown) => (isJinshuiError(error) ? (error.details?.["reason"] ?? error.code) : String(error)),
  );

eachDatabase("a key takes two persons, and is made by its owner once", async (t, db) => {
  const { auth, signatures, as } = await openDesk(db);
  const { handlers } = signatures;
  const [owner, guard] = [await as("wanggang"), await as("qianli")];
  t.is(await reasonOf(handlers.makeKey({}, owner)), "no-signing-grant");
  const { change } = await handlers.requestKey({ algorithm: "sm2", reason: "审批需要签名" }, owner);
  t.like(await handlers.certificates({}, owner), { certificates: [], total: 0, requested: true });
  const twice = handlers.requestKey({ algorithm: "rsa", reason: "审批需要签名" }, owner);
  t.is(await reasonOf(twice), "signing-key-requested");
  const { changes } = await auth.organisationHandlers.changes({}, guard);
  t.like(changes[0], { summary: { "zh-CN": "为王刚颁发签名证书（SM2）" }, decidable: true });
  t.is(await reasonOf(auth.organisationHandlers.decideChange({ change, approve: true }, owner)), "lacks-permission");
  await auth.organisationHandlers.decideChange({ change, approve: true }, guard);
  t.like(await handlers.certificates({}, owner), { granted: { algorithm: "sm2" }, requested: false });
  t.is(await reasonOf(handlers.makeKey({}, guard)), "no-signing-grant", "nobody else makes it");
  const again = { ...owner, idempotencyKey: "one", op: "makeKey" };
  const [made, repeated] = await Promise.all([handlers.makeKey({}, again), handlers.makeKey({}, again)]);
  t.like(made, { state: "valid", algorithm: "sm2", renewable: false });
  t.is(made.id, repeated.id);
  t.regex(made.subject, /王刚/);
  t.is(await db.database.count("signing_key"), 1);
  t.is(await reasonOf(handlers.makeKey({}, owner)), "no-signing-grant", "used up");
  t.is(await reasonOf(handlers.requestKey({ algorithm: "rsa", reason: "再要一个" }, owner)), "has-signing-certificate");
  t.deepEqual(
    (await db.database.find("audit_entry", { where: { resource: { startsWith: "signing-certificate/" } } })).map(
      ({ action, actor_name: name }) => [action, name],
    ),
    [["issue-signing-certificate", "王刚"]],
  );
});

eachDatabase("who guards security asks for a key like everybody, and can't agree to it", async (t, db) => {
  const { auth, signatures, as } = await openDesk(db);
  const guard = await as("qianli");
  const { change } = await signatures.handlers.requestKey({ algorithm: "ed25519", reason: "审批需要签名" }, guard);
  t.is(await reasonOf(auth.organisationHandlers.decideChange({ change, approve: true }, guard)), "own-request");
  t.is(await reasonOf(auth.organisationHandlers.decideChange({ change, approve: true }, await as("zhengfang"))), "ok");
});

async function giveKey({ auth, signatures, as }: Desk, username: string): Promise<string> {
  const owner = await as(username);
  const { change } = await signatures.handlers.requestKey({ algorithm: "ed25519", reason: "审批需要签名" }, owner);
  await auth.organisationHandlers.decideChange({ change, approve: true }, await as("zhengfang"));
  return (await signatures.handlers.makeKey({}, owner)).id;
}

eachDatabase("keys are revoked by their owners and by the security administrators of the bureau", async (t, db) => {
  const desk = await openDesk(db);
  const { signatures, as, id } = desk;
  const { handlers } = signatures;
  const certificate = await giveKey(desk, "wanggang");
  const revoke = async (username: string): Promise<unknown> =>
    reasonOf(handlers.revokeKey({ certificate, reason: "丢失" }, await as(username)));
  t.is(await revoke("lixia"), "not-found");
  t.is(await revoke("zhouyan"), "not-found", "another bureau");
  t.is(await reasonOf(handlers.certificates({ person: await id("wanggang") }, await as("lixia"))), "forbidden");
  t.is((await handlers.certificates({ person: await id("wanggang") }, await as("qianli"))).total, 1);
  t.is(await revoke("qianli"), "ok");
  t.is(await revoke("qianli"), "certificate-revoked");
  t.like((await handlers.certificates({}, await as("wanggang"))).certificates[0], { state: "revoked", reason: "丢失" });
  t.is(await db.database.count("signing_key"), 0);
  await giveKey(desk, "wanggang");
  t.is((await handlers.certificates({ limit: 1 }, await as("wanggang"))).total, 2, "and a new one may follow");
});

eachDatabase("a certificate that ends soon is renewed by its owner without asking", async (t, db) => {
  const desk = await openDesk(db, 30 * 86_400_000);
  const { signatures, as } = desk;
  const certificate = await giveKey(desk, "wanggang");
  t.is(await reasonOf(signatures.handlers.renewKey({ certificate }, await as("qianli"))), "not-found");
  const renewed = await signatures.handlers.renewKey({ certificate }, await as("wanggang"));
  t.like(renewed, { state: "valid", algorithm: "ed25519" });
  const { certificates } = await signatures.handlers.certificates({}, await as("wanggang"));
  t.deepEqual(
    certificates.map(({ state, reason }) => [state, reason]),
    [
      ["valid", undefined],
      ["revoked", "superseded"],
    ],
  );
});

eachDatabase("a certificate that does not end soon is not renewed", async (t, db) => {
  const desk = await openDesk(db);
  const certificate = await giveKey(desk, "wanggang");
  const renewed = desk.signatures.handlers.renewKey({ certificate }, await desk.as("wanggang"));
  t.is(await reasonOf(renewed), "not-renewable");
});

eachDatabase(
  "private keys lie sealed, open for their owner only, and the authority is the same after a restart",
  async (t, db) => {
    const desk = await openDesk(db);
    const { signatures, id, keysFolder } = desk;
    const certificate = await giveKey(desk, "wanggang");
    const other = await giveKey(desk, "zhaomin");
    const data = Buffer.from("内容");
    const sign = async (username: string, which: string): Promise<unknown> => {
      const person = await id(username);
      return reasonOf(db.database.transaction((tx) => signatures.sign(tx, person, which, data)));
    };
    t.is(await sign("zhaomin", certificate), "no-certificate");
    const [first, second] = await db.database.find("signing_key", { orderBy: ["id"] });
    t.notRegex(String(first?.["private_key"]), /PRIVATE|MC4C/);
    await db.database.transaction((tx) =>
      tx.update("signing_key", { id: String(second?.["id"]) }, { private_key: first?.["private_key"] }),
    );
    t.not(await sign("zhaomin", other), "ok", "another's key in one's place does not open");
    for (const name of ["signing-authority.key", "signing.key"])
      t.notRegex(await readFile(join(keysFolder, name), "latin1"), /PRIVATE|MIIG/);
    const { sha256 } = await signatures.handlers.authority({}, await desk.as("wanggang"));
    const again = await openSignatures({ database: db.database, auth: desk.auth, keysFolder }).catch(String);
    t.true(typeof again !== "string");
    if (typeof again !== "string") t.is((await again.handlers.authority({}, await desk.as("wanggang"))).sha256, sha256);
  },
);

eachDatabase("certificates of another authority are not believed, though the database knows them", async (t, db) => {
  const [ours, theirs] = [await openDesk(db), await openDesk(db)];
  const certificate = await giveKey(theirs, "wanggang");
  const names = await Promise.all(
    [ours, theirs].map(async ({ signatures }) => (await signatures.authority.root()).certificate.subject),
  );
  t.is(names[0], names[1], "two authorities of one name");
  const data = Buffer.from("内容");
  const person = await theirs.id("wanggang");
  const { signed, at } = await db.database.transaction(async (tx) => ({
    signed: await theirs.signatures.sign(tx, person, certificate, data),
    at: tx.time,
  }));
  t.is((await theirs.signatures.check(db.database, signed, data, at)).fault, undefined);
  t.is((await ours.signatures.check(db.database, signed, data, at)).fault, "certificate");
  const early = await theirs.signatures.check(db.database, signed, data, "2020-01-01T00:00:00.000Z");
  t.is(early.fault, "expired");
});

// checklist: 49, 50
eachDatabase(
  "a new authority issues from now on, a new sealing key with SM4 opens all keys, and what was signed before holds",
  async (t, db) => {
    const desk = await openDesk(db);
    const { keysFolder, auth } = desk;
    const certificate = await giveKey(desk, "wanggang");
    const person = await desk.id("wanggang");
    const data = Buffer.from("内容");
    const sign = ({ signatures }: Desk, which: string): Promise<{ signed: Signed; at: string }> =>
      db.database.transaction(async (tx) => ({
        signed: await signatures.sign(tx, person, which, data),
        at: tx.time,
      }));
    const old = await sign(desk, certificate);
    const former = (await desk.signatures.authority.root()).certificate;
    await desk.signatures.authority.document();

    const title = auth.organisation.config.site.site.title["zh-CN"];
    await renewAuthority(keysFolder, await Seal.open(keysFolder, "signing.key"), title);
    await renewRing(keysFolder, "signing.key");
    const seal = await Seal.open(keysFolder, "signing.key", "sm4-gcm");
    await db.database.transaction((tx) => resealSigningKeys(tx, seal));
    await resealAuthority(keysFolder, seal);
    await dropReplaced(keysFolder, "signing.key");
    for (const { private_key: sealed } of await db.database.find("signing_key"))
      t.regex(String(sealed), /^sm4-gcm\./, "all of them");

    const signatures = await openSignatures({ database: db.database, auth, keysFolder });
    const renewed = { ...desk, signatures };
    t.is((await signatures.check(db.database, old.signed, data, old.at)).fault, undefined, "signed before");
    const still = await sign(renewed, certificate);
    t.is((await signatures.check(db.database, still.signed, data, still.at)).fault, undefined, "certified before");
    const { certificate: present } = await signatures.authority.root();
    t.not(present.serialNumber, former.serialNumber);
    const other = await giveKey(renewed, "zhaomin");
    const row = await db.database.findOne("signing_certificate", { id: other });
    const issued = new X509Certificate(Buffer.from(String(row?.["certificate"]), "base64"));
    t.true(issued.verify(new X509Certificate(present.toString("pem")).publicKey), "issued by the new one");
    t.false(issued.verify(new X509Certificate(former.toString("pem")).publicKey));
    const document = new X509Certificate((await signatures.authority.document()).certificate.toString("pem"));
    t.true(document.verify(new X509Certificate(present.toString("pem")).publicKey), "documents, too");
    const kept = (await readdir(keysFolder)).filter((name) => /^signing-authority-/.test(name));
    t.is(kept.length, 1, "of the former one only its certificate");
    t.regex(kept[0] ?? "", /\.crt$/);
  },
);

eachDatabase(
  "certificates that end soon are listed, those of people who are there and sign with them",
  async (t, db) => {
    const { auth, signatures, id, as } = await openDesk(db, 20 * 86_400_000);
    t.deepEqual(await signatures.siteCertificates(), [], "nothing was signed yet");
    const guard = await as("qianli");
    for (const username of ["lixia", "wanggang", "zhaomin", "sunjie"]) {
      const owner = await as(username);
      const { change } = await signatures.handlers.requestKey({ algorithm: "sm2", reason: "审批需要签名" }, owner);
      await auth.organisationHandlers.decideChange({ change, approve: true }, guard);
      const made = await signatures.handlers.makeKey({}, owner);
      if (username === "wanggang")
        await signatures.handlers.revokeKey({ certificate: made.id, reason: "不再使用" }, owner);
    }
    await auth.organisationHandlers.leave({ person: await id("zhaomin"), reason: "调离" }, await as("sunjie"));
    const within = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const names = async (bureau: string, days: number): Promise<string[]> =>
      (await signatures.ending(bureau, within(days), {})).certificates.map(({ person }) => person.name);
    t.deepEqual((await names("wuhu", 30)).sort(), ["孙洁", "李霞"]);
    t.deepEqual(await names("wuhu", 10), []);
    t.deepEqual(await names("fanchang", 30), []);
    const page = await signatures.ending("wuhu", within(30), { limit: 1 });
    t.is(page.total, 2);
    t.is((await signatures.ending("wuhu", within(30), { cursor: page.nextCursor ?? "" })).certificates.length, 1);
    const [own] = await signatures.siteCertificates();
    t.like(own, { kind: "authority" });
    t.true(Date.parse(own?.notAfter ?? "") > Date.now() + 19 * 365 * 86_400_000);
  },
);
