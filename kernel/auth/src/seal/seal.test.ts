import { SEAL_CIPHERS } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { createCipheriv, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSm4, sealSm4 } from "./ciphers.js";
import { dropReplaced, renewRing } from "./key-ring.js";
import { Seal } from "./seal.js";

const KEY = "second-factors.key";

async function folderOf(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-seal-"));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

// checklist: 49
test("SM4-GCM gives what RFC 8998 says, and opens nothing that was changed", (t) => {
  const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
  const key = hex("0123456789ABCDEFFEDCBA9876543210");
  const nonce = hex("00001234567800000000ABCD");
  const associated = hex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
  const content = Buffer.concat(["AA", "BB", "CC", "DD", "EE", "FF", "EE", "AA"].map((pair) => hex(pair.repeat(8))));
  const expected = hex(
    `83DE3541E4C2B58177E065A9BF7B62EC
    17F399F08C67D5EE19D0DC9969C4BB7D 5FD46FD3756489069157B282BB200735
    D82710CA5C22F0CCFA7CBF93D496AC15 A56834CBCF98C397B4024A2691233B8D`.replaceAll(/\s/g, ""),
  );
  t.deepEqual(sealSm4(key, nonce, associated, content), expected);
  t.deepEqual(openSm4(key, nonce, associated, expected), content);
  for (const at of [0, 15, 16, expected.length - 1]) {
    const changed = Buffer.from(expected);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    t.throws(() => openSm4(key, nonce, associated, changed), undefined, `byte ${at}`);
  }
  t.throws(() => openSm4(key, nonce, associated.subarray(1), expected));
  t.throws(() => openSm4(key, nonce, associated, expected.subarray(0, 10)));
});

for (const cipher of SEAL_CIPHERS) {
  // checklist: 48, 49
  test(`what is sealed with ${cipher} opens in its place only, with its key only, and as it was only`, async (t) => {
    const seal = await Seal.open(await folderOf(t), KEY, cipher);
    const secret = "JBSWY3DPEHPK3PXP 密";
    const sealed = seal.close(secret, "u-1");
    t.true(sealed.startsWith(`${cipher}.`));
    t.false(sealed.includes("JBSWY"));
    t.not(seal.close(secret, "u-1"), sealed, "no two are the same");
    t.is(seal.open(sealed, "u-1"), secret);
    t.throws(() => seal.open(sealed, "u-2"));
    const other = await Seal.open(await folderOf(t), KEY, cipher);
    t.throws(() => other.open(sealed, "u-1"), { message: /a key that is not here/ });
    const [name, id, content = ""] = sealed.split(".");
    const bytes = Buffer.from(content, "base64");
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
      t.throws(() => seal.open([name, id, changed.toString("base64")].join("."), "u-1"), undefined, `byte ${at}`);
    }
    for (const broken of ["", ".", `${cipher}.`, `${cipher}.${id ?? ""}.`, "x.y.z", `rot13.${id ?? ""}.${content}`])
      t.throws(() => seal.open(broken, "u-1"), undefined, broken);
  });
}

// checklist: 49
test("a site that changes its cipher reads what it has, whichever it was sealed with, and seals it anew", async (t) => {
  const folder = await folderOf(t);
  const aes = await Seal.open(folder, KEY);
  const sm4 = await Seal.open(folder, KEY, "sm4-gcm");
  const sealed = aes.close("geheim", "u-1");
  t.is(sm4.open(sealed, "u-1"), "geheim");
  const renewed = sm4.renewed(sealed, "u-1");
  t.regex(renewed, /^sm4-gcm\./);
  t.is(sm4.renewed(renewed, "u-1"), renewed, "once is enough");
  t.is(aes.open(renewed, "u-1"), "geheim", "and back");
  // as it was before envelopes had names
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await readFile(join(folder, KEY)), nonce).setAAD(Buffer.from("u-1"));
  const content = Buffer.concat([cipher.update("alt", "utf8"), cipher.final()]);
  const nameless = Buffer.concat([nonce, cipher.getAuthTag(), content]).toString("base64");
  t.is(sm4.open(nameless, "u-1"), "alt");
  t.throws(() => sm4.open(nameless, "u-2"));
  t.regex(sm4.renewed(nameless, "u-1"), /^sm4-gcm\./);
});

// checklist: 50
test("a key is renewed beside the old one, goes on after a crash at any step, and what is sealed anew needs the old one no more", async (t) => {
  const folder = await folderOf(t);
  const before = await Seal.open(folder, KEY);
  const sealed = before.close("geheim", "u-1");
  const old = await readFile(join(folder, KEY));
  // broken off when the old key was put beside, and nothing else
  await writeFile(join(folder, `${KEY}.replaced`), old);
  await renewRing(folder, KEY);
  const present = await readFile(join(folder, KEY));
  t.false(present.equals(old));
  t.is((await stat(join(folder, KEY))).mode & 0o777, 0o600);
  await renewRing(folder, KEY);
  t.true((await readFile(join(folder, KEY))).equals(present), "a renewal that was begun makes no third key");
  const during = await Seal.open(folder, KEY);
  t.is(during.open(sealed, "u-1"), "geheim");
  const renewed = during.renewed(sealed, "u-1");
  await dropReplaced(folder, KEY);
  const after = await Seal.open(folder, KEY);
  t.is(after.open(renewed, "u-1"), "geheim");
  t.throws(() => after.open(sealed, "u-1"), { message: /a key that is not here/ });
});
