import { JinshuiError, type PackageReport, SIGNATURE_FILE } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstalledPlugin } from "../installed-plugin.js";
import { probeManifest } from "../testing/probe-plugin.js";
import {
  type PackageFiles,
  signed,
  signedPackage,
  signingKey,
  tripsFiles,
  tripsManifest,
  trusting,
} from "../testing/signed-package.js";
import { archiveOf, sha256Of } from "../testing/tar-archive.js";
import { unpack } from "./archive.js";
import { checkSignature } from "./signature-check.js";
import { openTrust } from "./trust.js";
import { type Surroundings, verifyPackage } from "./verify.js";

const key = signingKey();

/** Plugins as they would be read from folders. */
function plugins(...manifests: [Record<string, unknown>, string?, string?][]): Map<string, InstalledPlugin> {
  return new Map(
    manifests.map(([manifest, version = "1.0.0", name = `@example/${String(manifest["id"])}`]) => {
      const content = { name, version, manifest, collections: [], formats: [], forms: [], processes: [], schemas: {} };
      const id = String(manifest["id"]);
      return [id, { id, version, folder: "/nowhere", problems: [], content } as unknown as InstalledPlugin];
    }),
  );
}

async function reportOn(
  t: ExecutionContext,
  archive: Buffer,
  change: Partial<Surroundings> = {},
): Promise<PackageReport> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-verify-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const source = (async function* () {
    yield await Promise.resolve(archive);
  })();
  const trust = trusting([key]);
  const unpacked = await unpack(source, join(root, "p"), trust.limits);
  return verifyPackage(unpacked, join(root, "p"), "p1", {
    trust,
    plugins: new Map(),
    highest: () => undefined,
    installed: () => undefined,
    checkData: () => Promise.resolve(),
    ...change,
  });
}

const codes = ({ problems }: PackageReport): string[] => problems.map(({ code }) => code);

test("a signed package is told with who signed it, what it asks for, and what is agreed to", async (t) => {
  const archive = signedPackage(tripsFiles(), key);
  const report = await reportOn(t, archive);
  t.deepEqual(codes(report), []);
  t.is(report.signedBy?.id, key.id);
  t.is(report.sha256, sha256Of(archive));
  t.deepEqual(
    report.asks.map(({ kind, what }) => `${kind} ${what}`),
    ["api storage", "permission trips.own", "menu trips"],
  );
  t.deepEqual(report.grew, report.asks);
  const other = await reportOn(t, signedPackage({ ...tripsFiles(), "README.md": "" }, key));
  t.not(other.consent, report.consent, "one agrees to this package, not to one like it");
});

test("what grew and what shrank is held against the version that runs", async (t) => {
  const before = tripsManifest({
    grants: { apis: ["storage"], events: { subscribe: ["workflow.task-created"] } },
    server: { main: "dist/main.js", memoryMb: 256 },
  });
  const now = tripsManifest({
    grants: { apis: ["storage", "workflow"], plugins: ["formats.lookup"] },
    server: { main: "dist/main.js", memoryMb: 512 },
    contributes: {
      permissions: [{ id: "trips.own", title: { "zh-CN": "登记用车" }, positions: ["clerk", "director"] }],
      jobs: ["book"],
    },
  });
  const files = { ...tripsFiles("1.1.0", now), "dist/main.js": "" };
  const report = await reportOn(t, signedPackage(files, key), { plugins: plugins([before]) });
  t.deepEqual(codes(report), []);
  t.is(report.running, "1.0.0");
  t.deepEqual(
    report.grew.map(({ kind, what, positions, megabytes }) => [kind, what, positions ?? megabytes]),
    [
      ["api", "workflow", undefined],
      ["plugin-op", "formats.lookup", undefined],
      ["memory", "", 512],
      ["permission", "trips.own", ["director"]],
      ["job", "book", undefined],
    ],
  );
  t.deepEqual(
    report.shrank.map(({ kind, what, megabytes }) => [kind, what, megabytes]),
    [
      ["event", "workflow.task-created", undefined],
      ["menu", "trips", undefined],
    ],
  );
});

test("whoever has not signed it, or may not any more, is told apart", async (t) => {
  const stranger = signingKey();
  const archive = signedPackage(tripsFiles(), key);
  const withTrust = (change: Parameters<typeof trusting>[1]): Promise<PackageReport> =>
    reportOn(t, archive, { trust: trusting([key], change) });
  t.deepEqual(codes(await reportOn(t, archiveOf(tripsFiles()))), ["unsigned"]);
  t.deepEqual(
    codes(await reportOn(t, archiveOf(tripsFiles()), { trust: trusting([], { allowsUnsigned: true }) })),
    [],
    "unless the site says so",
  );
  t.deepEqual(codes(await reportOn(t, signedPackage(tripsFiles(), stranger))), ["unknown-key"]);
  t.deepEqual(
    codes(
      await reportOn(t, signedPackage(tripsFiles(), stranger), { trust: trusting([key], { allowsUnsigned: true }) }),
    ),
    ["unknown-key"],
    "a signature that nobody knows is worse than none",
  );
  t.deepEqual(codes(await withTrust({ revoked: true })), ["key-revoked"]);
  t.deepEqual(codes(await withTrust({ notAfter: "2026-01-31" })), ["key-expired"]);
  t.deepEqual(codes(await withTrust({ notAfter: "2099-12-31" })), []);
  const claimed = { ...signed(tripsFiles(), stranger, { keyId: key.id }) };
  t.deepEqual(codes(await reportOn(t, archiveOf(claimed))), ["signature-wrong"]);
});

test("the signature names exactly the files, the plugin and the version", async (t) => {
  const whole = signed(tripsFiles(), key);
  const report = async (files: PackageFiles): Promise<string[]> =>
    (await reportOn(t, archiveOf(files))).problems.map(({ code, file = "" }) => `${code} ${file}`);
  t.deepEqual(await report({ ...whole, "dist/late.js": "evil" }), ["file-added dist/late.js"]);
  t.deepEqual(await report({ ...whole, "README.md": "other" }), ["file-changed README.md"]);
  const { "README.md": _, ...without } = whole;
  t.deepEqual(await report(without), ["file-missing README.md"]);
  t.deepEqual(await report(signed(tripsFiles(), key, { version: "2.0.0" })), ["identity "]);
  t.deepEqual(await report(signed(tripsFiles(), key, { plugin: "formats" })), ["identity "]);
  const text = String(whole[SIGNATURE_FILE]);
  for (const changed of [` ${text}`, text.replace("{", '{"schema":1,'), text.replace("==", ""), "{}", "no JSON"])
    t.deepEqual(await report({ ...whole, [SIGNATURE_FILE]: changed }), [`signature-unreadable ${SIGNATURE_FILE}`]);
});

test("of 1,000 places in a signed package there is none where a changed byte goes unnoticed", (t) => {
  const files = signed({ ...tripsFiles(), "dist/main.js": "export const rate = 0.17;\n".repeat(80) }, key);
  const bytes = Object.entries(files).map(([path, content]): [string, Buffer] => [path, Buffer.from(content)]);
  const total = bytes.reduce((sum, [, content]) => sum + content.length, 0);
  const hashes = new Map(bytes.map(([path, content]) => [path, { sha256: sha256Of(content), size: content.length }]));
  const trust = trusting([key]);
  t.deepEqual(checkSignature(hashes, String(files[SIGNATURE_FILE]), trust).problems, []);
  let refused = 0;
  for (let turn = 0; turn < 1_000; turn += 1) {
    let at = Math.floor((turn * total) / 1_000);
    const [path, content] = bytes.find(([, { length }]) => (at < length ? true : ((at -= length), false))) ?? [
      "",
      Buffer.of(),
    ];
    const changed = Buffer.from(content);
    changed[at] = (changed[at] ?? 0) ^ (1 + ((turn * 37) % 255));
    const now = new Map([...hashes, [path, { sha256: sha256Of(changed), size: changed.length }]]);
    const signature = path === SIGNATURE_FILE ? changed.toString("utf8") : String(files[SIGNATURE_FILE]);
    if (checkSignature(now, signature, trust).problems.length > 0) refused += 1;
  }
  t.is(refused, 1_000);
});

test("what does not fit together with the kernel and the other plugins is said, each by its own code", async (t) => {
  const problemsOf = async (
    manifest: Record<string, unknown>,
    change: Partial<Surroundings> = {},
  ): Promise<string[]> => {
    const files = { ...tripsFiles("1.0.0", manifest), "dist/web/index.js": "" };
    return codes(await reportOn(t, signedPackage(files, key), change));
  };
  const requires = (value: object): Record<string, unknown> => tripsManifest({ requires: { apis: {}, ...value } });
  t.deepEqual(await problemsOf(requires({ apis: { storage: "^2.0", telepathy: "^1.0" } })), [
    "api-missing",
    "api-missing",
  ]);
  t.deepEqual(await problemsOf(requires({ plugins: { formats: "^1.0" } })), ["plugin-missing"]);
  const formats = { id: "formats", requires: { apis: {} }, contributes: {} };
  t.deepEqual(await problemsOf(requires({ plugins: { formats: "^1.0" } }), { plugins: plugins([formats, "2.0.0"]) }), [
    "plugin-missing",
  ]);
  t.deepEqual(await problemsOf(requires({ plugins: { formats: "^1.0" } }), { plugins: plugins([formats]) }), []);
  const circular = { ...formats, requires: { apis: {}, plugins: { trips: "*" } } };
  t.deepEqual(await problemsOf(requires({ plugins: { formats: "^1.0" } }), { plugins: plugins([circular]) }), [
    "plugin-circular",
  ]);
  const dependent = { ...formats, requires: { apis: {}, plugins: { trips: "^0.9" } } };
  t.deepEqual(await problemsOf(tripsManifest(), { plugins: plugins([dependent]) }), ["dependent"]);
  t.deepEqual(await problemsOf(tripsManifest(), { plugins: plugins([tripsManifest(), "0.9.0", "@other/trips"]) }), [
    "id-taken",
  ]);
  t.deepEqual(await problemsOf(tripsManifest({ id: "storage" })).then((found) => found.includes("manifest")), true);
});

test("a tag of the pages that another plugin has already is not taken again", async (t) => {
  const title = { "zh-CN": "页" };
  const view = (id: string): object => ({ views: [{ id, kind: "element", element: "Page", title }] });
  const manifest = tripsManifest({ id: "trip-s", contributes: view("list"), web: { module: "dist/web/index.js" } });
  const archive = signedPackage({ ...tripsFiles("1.0.0", manifest), "dist/web/index.js": "" }, key);
  const other = { id: "trip", requires: { apis: {} }, contributes: view("s-list") };
  t.deepEqual(codes(await reportOn(t, archive, { plugins: plugins([other]) })), ["name-taken"]);
});

test("an older version than was ever installed, and another content of a version, are refused", async (t) => {
  const archive = signedPackage(tripsFiles("1.2.0"), key);
  const sha256 = sha256Of(archive);
  t.deepEqual(codes(await reportOn(t, archive, { highest: () => "1.10.0" })), ["downgrade"]);
  t.deepEqual(codes(await reportOn(t, archive, { highest: () => "1.2.0", installed: () => sha256 })), []);
  t.deepEqual(codes(await reportOn(t, archive, { installed: () => "0".repeat(64) })), ["version-taken"]);
  const folder = plugins([tripsManifest(), "1.2.0"]);
  t.deepEqual(codes(await reportOn(t, archive, { plugins: folder })), ["version-taken"]);
});

test("what the stored data does not fit is a problem of the package, and a database that is gone is none", async (t) => {
  const archive = signedPackage(tripsFiles(), key);
  const refusing = (code: string) => () => Promise.reject(new JinshuiError(code, "does not fit"));
  t.deepEqual(codes(await reportOn(t, archive, { checkData: refusing("conflict") })), ["data"]);
  await t.throwsAsync(reportOn(t, archive, { checkData: refusing("unavailable") }), { message: /does not fit/ });
});

test("a package that is no plugin is refused as such; one whose manifest is half right says what is wrong", async (t) => {
  await t.throwsAsync(reportOn(t, archiveOf({ "index.js": "" })), { message: /is no plugin/ });
  await t.throwsAsync(reportOn(t, archiveOf({ "package.json": "{" })), { message: /is no plugin/ });
  const probe = { "package.json": JSON.stringify({ name: "@x/probe", version: "1.0.0", jinshui: probeManifest() }) };
  const { problems } = await reportOn(t, signedPackage(probe, key));
  t.true(problems.some(({ code, file }) => code === "manifest" && file === "main.js"));
});

test("keys of a site are read with their ids, and refused by name", async (t) => {
  const title = { "zh-CN": "甲" };
  const publicKey = key.publicKey.export({ type: "spki", format: "pem" }) as string;
  const { keys, limits } = await openTrust({ keys: [{ id: key.id, title, publicKey }], maxMegabytes: 3 }, "/");
  t.deepEqual([...keys.keys()], [key.id]);
  t.is(limits.archiveBytes, 3 * 1_048_576);
  const refused = (value: { id?: string; publicKey?: string }, message: RegExp): Promise<unknown> =>
    t.throwsAsync(openTrust({ keys: [{ id: key.id, title, publicKey, ...value }] }, "/"), { message });
  await refused({ id: "0".repeat(16) }, new RegExp(`is the key ${key.id}`));
  await refused({ publicKey: "absent.pem" }, /can't be read/);
  await refused({ publicKey: key.privateKey.export({ type: "pkcs8", format: "pem" }) as string }, /private key/);
  await refused({ publicKey: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----" }, /no Ed25519 key/);
});
