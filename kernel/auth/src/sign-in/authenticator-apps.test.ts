import { eachDatabase } from "@jinshui/storage/testing/ava";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { dropReplaced, renewRing } from "../seal/key-ring.js";
import { Seal } from "../seal/seal.js";
import { testAuth } from "../testing.js";
import { AuthenticatorApps, resealAuthenticators } from "./authenticator-apps.js";

const KEY = "second-factors.key";

// checklist: 49, 50
eachDatabase(
  "apps stay good when the site changes its cipher or its key: a secret is sealed anew when it is used, or all at once",
  async (t, db) => {
    const { database } = db;
    const { clock } = await testAuth(db);
    const folder = await mkdtemp(join(tmpdir(), "jinshui-apps-"));
    const appsOf = (seal: Seal): AuthenticatorApps => new AuthenticatorApps(seal, "测试", () => clock.now);
    const aes = appsOf(await Seal.open(folder, KEY));
    const codes = new Map<string, () => string>();
    for (const id of ["a", "b"]) {
      const { secret } = await database.transaction((tx) => aes.begin(tx, { id, username: id }));
      const app = new TOTP({ secret: Secret.fromBase32(secret) });
      codes.set(id, () => app.generate({ timestamp: clock.now }));
      await database.transaction((tx) => aes.confirm(tx, id, app.generate({ timestamp: clock.now })));
    }
    await database.transaction((tx) => aes.begin(tx, { id: "b", username: "b" }));
    const use = async (apps: AuthenticatorApps, person: string): Promise<void> => {
      clock.now += 60_000;
      await database.transaction((tx) => apps.use(tx, person, codes.get(person)?.() ?? ""));
    };
    const sealedWith = async (): Promise<string[]> =>
      (await database.find("totp", { orderBy: ["person"] })).flatMap(({ secret, pending }) =>
        [secret, pending].flatMap((one) => (one === undefined ? [] : [String(one).split(".").slice(0, 2).join(".")])),
      );

    const before = await sealedWith();
    t.is(before.length, 3);
    t.true(before.every((name) => name.startsWith("aes-256-gcm.")));
    await use(appsOf(await Seal.open(folder, KEY, "sm4-gcm")), "a");
    t.deepEqual(
      (await sealedWith()).map((name) => name.split(".")[0]),
      ["sm4-gcm", "aes-256-gcm", "aes-256-gcm"],
      "the one that was used",
    );

    await renewRing(folder, KEY);
    const seal = await Seal.open(folder, KEY, "sm4-gcm");
    await database.transaction((tx) => resealAuthenticators(tx, seal));
    await dropReplaced(folder, KEY);
    t.deepEqual(await sealedWith(), Array(3).fill(`sm4-gcm.${seal.keys[0].id}`), "pending ones, too");
    const after = appsOf(await Seal.open(folder, KEY, "sm4-gcm"));
    await use(after, "a");
    await use(after, "b");
    await t.throwsAsync(use(aes, "a"), undefined, "the former key opens nothing any more");
  },
);
