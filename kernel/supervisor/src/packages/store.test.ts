import { isJinshuiError } from "@jinshui/contracts";
import { eachDatabase } from "@jinshui/storage/testing/ava";
import type { ExecutionContext } from "ava";
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signedPackage, signingKey, tripsFiles, trusting } from "../testing/signed-package.js";
import { archiveOf } from "../testing/tar-archive.js";
import { unpack } from "./archive.js";
import { type NewRelease, PackageStore } from "./store.js";

const key = signingKey();
const trust = trusting([key]);

async function folderFor(t: ExecutionContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-store-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return join(root, "plugins");
}

async function staged(store: PackageStore, version: string, readme = ""): Promise<[NewRelease, string]> {
  const folder = store.staging(`p${version}`);
  const archive = signedPackage({ ...tripsFiles(version), "README.md": readme }, key);
  const source = (async function* () {
    yield await Promise.resolve(archive);
  })();
  const { sha256, files } = await unpack(source, folder, trust.limits);
  return [{ plugin: "trips", version, sha256, files, signedBy: key.id, consent: "0".repeat(64), by: "孙杰" }, folder];
}

eachDatabase(
  "a release is kept unwritable, is there after a restart, and its highest version stays known",
  async (t, { database }) => {
    const folder = await folderFor(t);
    const store = await PackageStore.open(database, folder, trust);
    for (const version of ["1.2.0", "1.10.0"]) await store.install(...(await staged(store, version)));
    t.is((await stat(join(folder, "trips/1.2.0/package.json"))).mode & 0o777, 0o444);
    t.is((await stat(join(folder, "trips/1.2.0/collections"))).mode & 0o777, 0o555);
    t.is((await stat(join(folder, "trips/1.2.0"))).mode & 0o777, 0o555);
    const again = await PackageStore.open(database, folder, trust);
    t.deepEqual(
      again
        .releases()
        .map(({ version, installedBy }) => [version, installedBy])
        .sort(),
      [
        ["1.10.0", "孙杰"],
        ["1.2.0", "孙杰"],
      ],
    );
    t.is(await again.problemOf("trips", "1.10.0"), undefined);
    t.true(await again.remove("trips", "1.10.0", () => []));
    t.false(await again.remove("trips", "1.10.0", () => []), "once");
    t.deepEqual(await readdir(join(folder, "trips")), ["1.2.0"]);
    t.is((await PackageStore.open(database, folder, trust)).highest("trips"), "1.10.0");
    const refused = await t.throwsAsync(again.remove("trips", "1.2.0", () => ["wuhu"]));
    t.true(isJinshuiError(refused) && refused.code === "still-used");
  },
);

eachDatabase(
  "a version is installed once, comes back after its removal, and is never another content",
  async (t, { database }) => {
    const store = await PackageStore.open(database, await folderFor(t), trust);
    await store.install(...(await staged(store, "1.0.0")));
    const other = await staged(store, "1.0.0", "other");
    const refused = await t.throwsAsync(store.install(...other));
    t.true(isJinshuiError(refused) && refused.code === "conflict");
    await store.remove("trips", "1.0.0", () => []);
    await t.throwsAsync(store.install(...other), undefined, "nor after it was removed");
    await rm(other[1], { recursive: true });
    await store.install(...(await staged(store, "1.0.0")));
    t.is(await store.problemOf("trips", "1.0.0"), undefined);
  },
);

eachDatabase(
  "a changed byte, a file too many or too few, and a withdrawn key keep a release from running",
  async (t, { database }) => {
    const folder = await folderFor(t);
    const store = await PackageStore.open(database, folder, trust);
    await store.install(...(await staged(store, "1.0.0")));
    const place = join(folder, "trips/1.0.0");
    const problem = (one = store): Promise<string | undefined> => one.problemOf("trips", "1.0.0");
    await chmod(place, 0o755);
    await writeFile(join(place, "late.js"), "");
    t.is(await problem(), "late.js was not installed with it");
    await rm(join(place, "late.js"));
    t.is(await problem(), undefined);
    await chmod(join(place, "package.json"), 0o644);
    await cp(join(place, "package.json"), join(folder, "copy.json"));
    await writeFile(join(place, "package.json"), "{}");
    t.is(await problem(), "package.json is not what was installed");
    await cp(join(folder, "copy.json"), join(place, "package.json"));
    t.is(await problem(), undefined);
    t.regex(
      (await problem(await PackageStore.open(database, folder, trusting([key], { revoked: true })))) ?? "",
      /revoked/,
    );
    t.regex((await problem(await PackageStore.open(database, folder, trusting([])))) ?? "", /not trusted any more/);
    await rm(join(place, "README.md"));
    t.is(await problem(), "README.md is not what was installed");
  },
);

eachDatabase(
  "what an interrupted installation or removal has left is gone after the next start",
  async (t, { database }) => {
    const folder = await folderFor(t);
    const store = await PackageStore.open(database, folder, trust);
    await store.install(...(await staged(store, "1.0.0")));
    const [release, waiting] = await staged(store, "1.1.0");
    await mkdir(join(folder, "other/0.1.0/dist"), { recursive: true });
    const failed = await t.throwsAsync(store.install(release, waiting, () => Promise.reject(new Error("no commit"))));
    t.is(failed?.message, "no commit");
    await staged(store, "1.2.0");
    const again = await PackageStore.open(database, folder, trust);
    t.deepEqual(await readdir(join(folder, "trips")), ["1.0.0"]);
    t.deepEqual(await readdir(join(folder, "other")), []);
    t.deepEqual(await readdir(join(folder, ".staging")), []);
    t.is(again.highest("trips"), "1.0.0");
    await again.install(...(await staged(again, "1.1.0")));
    t.is(again.releases().length, 2);
  },
);

eachDatabase("killed at any place, a release is there as a whole or not at all", async (t, { database, url }) => {
  const folder = await folderFor(t);
  await mkdir(folder, { recursive: true });
  const archive = join(folder, "trips.tgz");
  await writeFile(archive, archiveOf(tripsFiles()));
  const unsigned = trusting([], { allowsUnsigned: true });
  const run = (what: string, place?: string): number | null => {
    const child = fileURLToPath(new URL("../testing/package-child.js", import.meta.url));
    const env = { ...process.env, ...(place === undefined ? {} : { JINSHUI_FAIL: `${place}:kill` }) };
    return spawnSync(process.execPath, [child, url, folder, archive, what], { env }).status;
  };
  const versions = async (): Promise<unknown[]> => {
    const store = await PackageStore.open(database, folder, unsigned);
    const releases = store.releases();
    return Promise.all(releases.map(async ({ version }) => [version, await store.problemOf("trips", version)]));
  };
  const whole = [["1.0.0", undefined]];
  for (const place of ["package-sealed", "package-moved"]) {
    t.is(run("install", place), null, place);
    t.deepEqual(await versions(), [], place);
  }
  t.is(run("install", "package-noted"), null);
  t.deepEqual(await versions(), whole);
  t.is(run("install"), 0, "again, to no effect");
  t.is(run("remove", "package-unnoted"), null);
  t.deepEqual(await versions(), []);
  t.deepEqual(await readdir(join(folder, "trips")), []);
  t.is(run("install"), 0);
  t.deepEqual(await versions(), whole);
});
