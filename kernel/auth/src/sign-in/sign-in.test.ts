import { accountApi, isJinshuiError, JinshuiError, organisationApi } from "@jinshui/contracts";
import type { TestDatabase } from "@jinshui/storage/testing";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import { hash } from "@node-rs/argon2";
import { Secret, TOTP } from "otpauth";
import { withRecentSignIn } from "../session/recent-sign-in.js";
import { context, PASSWORD, testAuth } from "../testing.js";

const GOOD = "Kuai3-Shan7-Mo9x-Teng";
const code = (error: unknown): string => (isJinshuiError(error) ? error.code : String(error));

type Site = Parameters<typeof testAuth>[1];
interface Credentials {
  code?: string;
  newPassword?: string;
  passkey?: Record<string, unknown>;
  session?: string;
}

/** A site whose people sign in and act as over HTTP. */
async function signInSite(db: TestDatabase, site: Site = {}) {
  const { auth, clock } = await testAuth(db, site);
  const account = withRecentSignIn(accountApi, auth.accountHandlers, auth.access.tokens);
  const organisation = withRecentSignIn(organisationApi, auth.organisationHandlers, auth.access.tokens);
  const signIn = async (username: string, password = PASSWORD, more: Credentials = {}): Promise<string> =>
    (await auth.handlers.signIn({ username, password, address: "10.0.0.1", agent: "Firefox", ...more }, context()))
      .session;
  const attempt = async (...input: Parameters<typeof signIn>): Promise<JinshuiError> => {
    const error = await signIn(...input).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return isJinshuiError(error) ? error : new JinshuiError("signed-in", String(error));
  };
  const as = async (session: string): Promise<ReturnType<typeof context>> =>
    context({ actor: (await auth.handlers.authenticate({ session, audience: "gateway" }, context())).token });
  const appOf = (secret: string): ((at?: number) => string) => {
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    return (at = clock.now) => totp.generate({ timestamp: at });
  };
  const enrolled = async (username: string): Promise<(at?: number) => string> => {
    const mine = await as(await signIn(username));
    const app = appOf((await account.beginTotp({}, mine)).secret);
    await account.confirmTotp({ code: app() }, mine);
    clock.now += 60_000;
    return app;
  };
  const idOf = async (username: string): Promise<string> =>
    String((await db.database.findOne("person", { username }))?.["id"]);
  return { auth, clock, account, organisation, signIn, attempt, as, appOf, enrolled, idOf, database: db.database };
}

function detail(error: JinshuiError, name: string): unknown {
  return error.details?.[name];
}

// checklist: 6
eachDatabase(
  "a person who is added signs in once with the password they are told, to choose their own",
  async (t, db) => {
    const { organisation, signIn, attempt, as, database, clock } = await signInSite(db);
    const sunjie = await as(await signIn("sunjie"));
    const added = { username: "heping", name: "何平", department: "levy" };
    const { password, person } = await organisation.addPerson(added, sunjie);
    t.regex(password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    t.is(await organisation.addPerson(added, sunjie).catch(code), "not-unique");
    t.is(
      await organisation.addPerson({ ...added, username: "x1", department: "no" }, sunjie).catch(code),
      "invalid-request",
    );
    t.is(await organisation.addPerson(added, await as(await signIn("lixia"))).catch(code), "forbidden");

    const asked = await attempt("heping", password);
    t.like(asked, { code: "new-password-required", status: 401 });
    t.is(detail(asked, "reason"), "one-time");
    const refused = await attempt("heping", password, { newPassword: password });
    t.deepEqual([refused.code, detail(refused, "reasons")], ["password-refused", ["used-before"]]);
    await signIn("heping", password, { newPassword: GOOD });
    t.is((await attempt("heping", password)).code, "sign-in-failed", "it was for one time");
    await signIn("heping", GOOD);

    const late = await organisation.resetPassword({ person, reason: "忘记密码" }, sunjie);
    clock.now += 8 * 86_400_000;
    t.is(
      (await attempt("heping", late.password, { newPassword: "Bai4-Yun8-Piao-Guo" })).code,
      "sign-in-failed",
      "seven days",
    );

    const stored = JSON.stringify([await database.find("audit_entry"), await database.find("person")]);
    t.true(stored.includes("heping") || stored.includes(person));
    for (const secret of [password, late.password, GOOD]) t.false(stored.includes(secret));
  },
);

// checklist: 2
eachDatabase("a new password says all that is wrong with it at once", async (t, db) => {
  const { account, signIn, as } = await signInSite(db, {
    signIn: { complexity: true, words: ["shuiwu"] },
  });
  const mine = await as(await signIn("wanggang"));
  const reasons = async (newPassword: string): Promise<unknown> =>
    account.changePassword({ password: PASSWORD, newPassword }, mine).then(
      () => [],
      (error: unknown) => (isJinshuiError(error) ? (error.details?.["reasons"] ?? error.code) : error),
    );
  t.deepEqual(await reasons("abc"), ["too-short", "not-mixed"]);
  t.deepEqual(await reasons("A1-".repeat(70)), ["too-long"]);
  t.deepEqual(await reasons("Xk3-wanggang-plm"), ["contains-name"], "the user name");
  t.deepEqual(await reasons("Xk3-Gangwang-plm"), ["contains-name"], "the name in pinyin, family name last");
  t.deepEqual(await reasons("Xk3-王刚-plmokn"), ["contains-name"]);
  t.deepEqual(await reasons("Xk3-ShuiWu-plmokn"), ["contains-word"]);
  t.deepEqual(await reasons("Password12345!"), ["too-common"]);
  t.deepEqual(await reasons("Qwertyuiop123!"), ["too-common"]);
  t.deepEqual(await reasons(PASSWORD), ["used-before"]);
  t.deepEqual(await reasons(`${GOOD}-${"长".repeat(150)}`), [], "up to two hundred characters, of any script");
});

eachDatabase("a change of the password needs the old one and ends the other sessions", async (t, db) => {
  const { auth, account, signIn, as } = await signInSite(db);
  const [here, there] = [await signIn("lixia"), await signIn("lixia")];
  const mine = await as(here);
  const change = { password: "wrong", newPassword: GOOD };
  t.is(await account.changePassword(change, mine).catch(code), "sign-in-failed");
  await account.changePassword({ ...change, password: PASSWORD }, mine);
  const alive = (session: string): Promise<string> =>
    auth.handlers.authenticate({ session, audience: "gateway" }, context()).then(() => "alive", code);
  t.deepEqual([await alive(here), await alive(there)], ["alive", "session-expired"]);
});

// checklist: 3, 4
eachDatabase(
  "at level 3 passwords grow old, the last five stay away, and everybody has a second factor",
  async (t, db) => {
    const { signIn, attempt, appOf, clock, account, as } = await signInSite(db, { protection: "level-3" });
    const first = await attempt("lixia");
    t.is(first.code, "second-factor-enrolment-required");
    const second = await attempt("lixia");
    t.not(detail(first, "secret"), detail(second, "secret"), "a secret that somebody saw before is not given again");
    t.is(
      (await attempt("lixia", PASSWORD, { code: appOf(String(detail(first, "secret")))() })).code,
      "second-factor-failed",
    );
    const app = appOf(String(detail(second, "secret")));
    const session = await signIn("lixia", PASSWORD, { code: app() });
    t.is(await account.removeTotp({}, await as(session)).catch(code), "conflict", "the last one stays");

    const words = ["Kuai3", "Shan7", "Mo9xx", "Teng2", "Yun85", "Piao6"];
    const next = (index: number): string => `${words[index] ?? ""}-hq${index}zD-rainy`;
    let current = PASSWORD;
    for (const index of words.keys()) {
      clock.now += 100 * 86_400_000;
      t.is(detail(await attempt("lixia", current), "reason"), "expired");
      await signIn("lixia", current, { newPassword: next(index), code: app() });
      current = next(index);
    }
    clock.now += 100 * 86_400_000;
    const change = async (newPassword: string): Promise<string> =>
      (await attempt("lixia", current, { newPassword, code: app() })).code;
    t.is(await change(next(1)), "password-refused", "the last five");
    t.is(await change(next(0)), "signed-in", "the sixth may come back");
  },
);

// checklist: 8
eachDatabase("a code is taken once, and five wrong ones close the door", async (t, db) => {
  const { attempt, signIn, enrolled, clock, database, idOf } = await signInSite(db);
  const app = await enrolled("lixia");
  const asked = await attempt("lixia");
  t.deepEqual([asked.code, asked.details], ["second-factor-required", { methods: ["totp"] }]);
  t.is((await attempt("lixia", "wrong", { code: app() })).code, "sign-in-failed");
  const used = app();
  await signIn("lixia", PASSWORD, { code: `${used.slice(0, 3)} ${used.slice(3)}` });
  t.is((await attempt("lixia", PASSWORD, { code: used })).code, "second-factor-failed", "replayed");
  clock.now += 30_000;
  t.is((await attempt("lixia", PASSWORD, { code: used })).code, "second-factor-failed", "replayed within its window");
  t.is((await attempt("lixia", PASSWORD, { code: app(clock.now + 120_000) })).code, "second-factor-failed");
  clock.now += 16 * 60_000;
  const both = await Promise.all([1, 2].map(() => attempt("lixia", PASSWORD, { code: app() })));
  t.deepEqual(both.map((outcome) => outcome.code).sort(), ["second-factor-failed", "signed-in"], "at the same moment");
  clock.now += 16 * 60_000;
  for (let wrong = 0; wrong < 5; wrong += 1)
    t.is((await attempt("lixia", PASSWORD, { code: "0" })).code, "second-factor-failed");
  t.like(await attempt("lixia", PASSWORD, { code: app() }), { code: "too-many-requests" });

  const row = await database.findOne("totp", { person: await idOf("lixia") });
  t.notRegex(String(row?.["secret"]), /^[A-Z2-7]{32}$/, "sealed");
});

// checklist: 7
eachDatabase("a password that is reset keeps its second factor, which two persons take away", async (t, db) => {
  const { attempt, signIn, enrolled, as, organisation, idOf } = await signInSite(db);
  await enrolled("lixia");
  const sunjie = await as(await signIn("sunjie"));
  const person = await idOf("lixia");
  const { password } = await organisation.resetPassword({ person, reason: "忘记密码" }, sunjie);
  t.is((await attempt("lixia", password, { newPassword: GOOD })).code, "second-factor-required");
  const { change } = await organisation.resetSecondFactor({ person, reason: "手机遗失" }, sunjie);
  t.is(await organisation.decideChange({ change, approve: true }, sunjie).catch(code), "forbidden");
  await organisation.decideChange({ change, approve: true }, await as(await signIn("qianli")));
  t.is((await attempt("lixia", password, { newPassword: GOOD })).code, "signed-in");
  t.is(
    await organisation.resetPassword({ person: await idOf("qianli"), reason: "试图接管" }, sunjie).catch(code),
    "conflict",
    "one administrator can't become another",
  );
});

// checklist: 5, 38
eachDatabase("guesses made at the same time don't get more than five", async (t, db) => {
  const { attempt } = await signInSite(db);
  const guesses = Array.from({ length: 30 }, (_, index) =>
    attempt("lixia", index === 29 ? PASSWORD : `guess ${index}`),
  );
  const outcomes = (await Promise.all(guesses)).map((outcome) => outcome.code);
  t.false(outcomes.includes("signed-in"), "the right one came behind twenty-nine wrong ones");
});

// checklist: 14, 15
eachDatabase("sessions are listed and ended, and a secret is of no use after it was replaced", async (t, db) => {
  const { auth, account, signIn, attempt, as, clock, idOf } = await signInSite(db);
  const alive = (session: string): Promise<string> =>
    auth.handlers.authenticate({ session, audience: "gateway" }, context()).then(() => "alive", code);
  const planted = await signIn("lixia");
  await attempt("lixia", "wrong", { session: planted });
  t.is(await alive(planted), "alive", "who fails ends nothing");
  const fresh = await signIn("lixia", PASSWORD, { session: planted });
  t.not(fresh, planted, "a session that somebody planted in the browser is not the one that is signed in");
  t.is(await alive(planted), "session-expired");
  clock.now += 61_000;
  const other = await signIn("lixia");
  const listed = (await account.sessions({}, await as(other))).sessions;
  t.like(listed, [{ current: true, address: "10.0.0.1", agent: "Firefox" }, { current: false }]);

  const again = { session: fresh, password: PASSWORD, address: "10.0.0.1" };
  t.is(await auth.handlers.signInAgain({ ...again, password: "x" }, context()).catch(code), "sign-in-failed");
  const { session: rotated } = await auth.handlers.signInAgain(again, context());
  t.deepEqual([await alive(fresh), await alive(rotated)], ["session-expired", "alive"]);

  const stranger = await as(await signIn("wanggang"));
  const person = await idOf("lixia");
  t.is(await account.sessions({ person }, stranger).catch(code), "forbidden");
  t.is(await account.endSession({ session: listed[0]?.id ?? "" }, stranger).catch(code), "not-found");
  const late = await signIn("zhengfang");
  clock.now += 11 * 60_000;
  const stale = await as(late);
  t.is(await account.endSession({ session: listed[0]?.id ?? "" }, stale).catch(code), "sign-in-again");
  t.is(await account.endAllSessions({ person }, stale).catch(code), "sign-in-again");
  t.is(await account.endSession({ session: "none" }, stale).catch(code), "not-found");
  t.is((await account.sessions({ person }, stale)).sessions.length, 2, "to look takes none");
  t.deepEqual(await account.endAllSessions({}, stale), { ended: 0 }, "nor do one's own");
  const security = await as(await signIn("qianli"));
  await account.endSession({ session: listed[0]?.id ?? "" }, security);
  t.deepEqual([await alive(other), await alive(rotated)], ["session-expired", "alive"]);
  await signIn("lixia");
  t.deepEqual(await account.endAllSessions({}, await as(rotated)), { ended: 1 });
  t.is(await alive(rotated), "alive", "not the one that asks");
  t.deepEqual(await account.endAllSessions({ person }, security), { ended: 1 });
  t.is(await alive(rotated), "session-expired");
});

// checklist: 17
eachDatabase("what is sensitive takes a sign-in of the last ten minutes", async (t, db) => {
  const { auth, account, organisation, signIn, as, clock, idOf } = await signInSite(db);
  const session = await signIn("sunjie");
  const reset = { person: await idOf("lixia"), reason: "忘记密码" };
  await organisation.resetPassword(reset, await as(session));
  clock.now += 11 * 60_000;
  const old = await as(session);
  t.like(await t.throwsAsync(organisation.resetPassword(reset, old)), { code: "sign-in-again", status: 401 });
  t.is(await organisation.resetSecondFactor(reset, old).catch(code), "sign-in-again");
  t.is(await organisation.decideChange({ change: "x", approve: true }, old).catch(code), "sign-in-again");
  t.is(await account.beginTotp({}, old).catch(code), "sign-in-again");
  t.is((await account.sessions({}, old)).sessions.length, 1, "the rest goes on");
  const again = await auth.handlers.signInAgain({ session, password: PASSWORD, address: "10.0.0.1" }, context());
  await organisation.resetPassword(reset, await as(again.session));
  t.is(await organisation.resetPassword(reset, context()).catch(code), "sign-in-required");
});

// checklist: 13
eachDatabase("who leaves is out within seconds, with all they held and gave", async (t, db) => {
  const { auth, organisation, signIn, attempt, as, clock, idOf, database } = await signInSite(db);
  const sunjie = await as(await signIn("sunjie"));
  const [person, other] = [await idOf("wanggang"), await idOf("lixia")];
  const session = await signIn("wanggang");
  const mine = await as(session);
  const until = "2026-12-31";
  await organisation.delegate({ to: other, since: "2026-11-23", until, reason: "外出学习" }, mine);
  t.is(await organisation.leave({ person: await idOf("sunjie"), reason: "调离" }, sunjie).catch(code), "conflict");

  await organisation.leave({ person: other, until: "2026-11-24", reason: "退休" }, sunjie);
  await signIn("lixia");
  clock.now += 2 * 86_400_000;
  t.is((await attempt("lixia")).code, "sign-in-failed", "after the last day");
  t.is((await attempt("lixia", "wrong")).message, (await attempt("nobody")).message);

  const today = await as(await signIn("sunjie"));
  const held = await signIn("wanggang");
  const token = await as(held);
  t.deepEqual(await organisation.leave({ person, reason: "调离" }, today), { openTasks: 0 });
  t.is(
    await auth.handlers.authenticate({ session: held, audience: "gateway" }, context()).catch(code),
    "session-expired",
  );
  t.is(await auth.access.resolve(token).catch(code), "session-expired", "also for a token that is still good");
  t.is((await attempt("wanggang")).code, "sign-in-failed");
  t.deepEqual(await auth.organisation.holders("wuhu", "section-chief"), []);
  t.is(await database.count("delegation", { ended_at: null, until_day: { gt: "2026-11-24" } }), 0);
});

// checklist: 22
eachDatabase("under level 3 an account that nobody uses is closed, and a reset opens it", async (t, db) => {
  const { auth, organisation, attempt, signIn, as, clock, idOf } = await signInSite(db, {
    protection: "level-3",
    signIn: { secondFactor: "off", maxAgeDays: 3_650 },
  });
  clock.now = Date.now() + 80 * 86_400_000;
  await signIn("sunjie");
  await auth.disableUnused();
  t.is((await attempt("lixia")).code, "signed-in", "not yet");
  clock.now += 20 * 86_400_000;
  await auth.disableUnused();
  t.is((await attempt("wanggang")).code, "sign-in-failed");
  const { password } = await organisation.resetPassword(
    { person: await idOf("wanggang"), reason: "长期出差返回" },
    await as(await signIn("sunjie")),
  );
  await auth.disableUnused();
  t.is((await attempt("wanggang", password, { newPassword: GOOD })).code, "signed-in");
});

// checklist: 9
eachDatabase("a hash with older parameters is made anew at the next sign-in", async (t, db) => {
  const { signIn, attempt, database } = await signInSite(db);
  const weak = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  await database.transaction((tx) => tx.update("person", { username: "lixia" }, { password_hash: weak }));
  const stored = async (): Promise<string> =>
    String((await database.findOne("person", { username: "lixia" }))?.["password_hash"]);
  t.is((await attempt("lixia", "wrong")).code, "sign-in-failed");
  t.is(await stored(), weak);
  await signIn("lixia");
  t.regex(await stored(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  await signIn("lixia");
});
