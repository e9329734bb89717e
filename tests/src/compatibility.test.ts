import { isJinshuiError, type PluginStatus, storageApi, supervisorApi } from "@jinshui/contracts";
import { TestSite, until } from "@jinshui/testing";
import test, { type ExecutionContext } from "ava";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./site-files.js";

const folder = join(root, "tests/compat");
const BUREAU = "wuhu-county";

interface Release {
  id: string;
  version: string;
  archive: string;
}

/** The last released package of each plugin. */
const releases = readdirSync(folder)
  .map((archive) => ({ archive, name: /^(.+)-(\d+\.\d+\.\d+)\.tgz$/.exec(archive) }))
  .flatMap(({ archive, name }): Release[] => (name ? [{ id: name[1] ?? "", version: name[2] ?? "", archive }] : []));

/** Unpacks a package where a site finds it, with what every site gives to plugins. */
async function install({ id, archive }: Release, into: string): Promise<string> {
  const target = join(into, id);
  const scope = join(target, "node_modules/@jinshui");
  await mkdir(scope, { recursive: true });
  await promisify(execFile)("tar", ["-xzf", join(folder, archive), "-C", target, "--strip-components=1"]);
  for (const name of ["plugin", "contracts"]) await symlink(join(root, "sdk", name), join(scope, name));
  return target;
}

/** A copy of the configuration that names no plugins of the checkout. */
async function emptyConfigs(own: string): Promise<string> {
  const configs = join(own, "configs");
  await cp(join(root, "configs"), configs, { recursive: true });
  const base = join(configs, "base.yaml");
  await writeFile(base, (await readFile(base, "utf8")).replace(/^plugins: .*$/m, "plugins: []"));
  return configs;
}

async function statusOf(site: TestSite): Promise<Map<string, PluginStatus>> {
  const { plugins } = await (await site.signIn("sunjie")).client(supervisorApi).plugins({});
  return new Map(plugins.map((plugin) => [plugin.id, plugin]));
}

/** Every one of them is on in the bureau, runs, and what it brings is served. */
async function allServe(t: ExecutionContext, site: TestSite, version: (release: Release) => string): Promise<void> {
  const administrator = (await site.signIn("sunjie")).client(supervisorApi);
  for (const { id } of releases) {
    const enable = (): Promise<unknown> => administrator.setEnabled({ plugin: id, bureau: BUREAU, enabled: true });
    // one that another asks for comes first, in whatever order they are here
    await until(() =>
      enable().then(
        () => true,
        (error: unknown) => {
          if (isJinshuiError(error) && error.code === "plugin-missing") return true;
          throw error;
        },
      ),
    );
  }
  for (const { id } of releases) await administrator.setEnabled({ plugin: id, bureau: BUREAU, enabled: true });
  const status = await statusOf(site);
  for (const release of releases)
    t.like(
      status.get(release.id),
      { state: "running", version: version(release) },
      `${release.id}: ${status.get(release.id)?.problem ?? ""}`,
    );
}

const current = (id: string): string =>
  (JSON.parse(readFileSync(join(root, "plugins", id, "package.json"), "utf8")) as { version: string }).version;

test("a release that is kept here is one of a plugin that is still made, and no newer than that", (t) => {
  const made = readdirSync(join(root, "plugins"));
  for (const { id, version } of releases) {
    t.true(made.includes(id), id);
    t.true(version.localeCompare(current(id), "en", { numeric: true }) <= 0, id);
  }
  const never = made.filter((id) => !releases.some((release) => release.id === id));
  if (never.length > 0) t.log(`not released yet: ${never.join(", ")}`);
  t.true(releases.length >= 5);
});

test("the last release of every plugin runs on this kernel, and today's plugin takes its data over", async (t) => {
  const own = await mkdtemp(join(tmpdir(), "jinshui-compat-"));
  t.teardown(() => rm(own, { recursive: true, force: true }));
  const configs = await emptyConfigs(own);
  const installed = join(own, "released");
  for (const release of releases) await install(release, installed);
  const site = await TestSite.start({ configs, plugins: [installed] });
  t.teardown(() => site.stop());
  await allServe(t, site, ({ version }) => version);

  const equipment = { code: "WH-2005-00001", name: "交换机", category: "switch", purchasedOn: "2026-01-31" };
  const [entered] = await (await site.signIn("zhaomin")).enter("asset-tracking.equipment", [equipment]);
  const pages = (await (await site.signIn("sunjie")).client(supervisorApi).contributions({})).plugins;
  for (const { module } of pages) if (module !== undefined) t.is((await fetch(site.url + module)).status, 200, module);

  await site.shutDown();
  const now = await TestSite.start({ configs, plugins: [join(root, "plugins")], data: site.data });
  t.teardown(() => now.stop());
  await allServe(t, now, ({ id }) => current(id));
  const keeper = (await now.signIn("zhaomin")).client(storageApi);
  const kept = await keeper.get({ collection: "asset-tracking.equipment", id: entered?.id ?? "" });
  t.like(kept.values, equipment);
  t.like(
    await keeper.update({
      collection: "asset-tracking.equipment",
      id: kept.id,
      version: kept.version,
      values: { name: "路由器" },
    }),
    { version: kept.version + 1 },
  );
});
