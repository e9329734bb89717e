import test, { type ExecutionContext } from "ava";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assetFile, assetUrl, discoverPlugins, type InstalledPlugin } from "./installed-plugin.js";
import { probeManifest, writePlugin, SDK } from "./testing/probe-plugin.js";

async function folder(t: ExecutionContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-plugins-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return root;
}

async function withManifest(
  t: ExecutionContext,
  change: Record<string, unknown>,
): Promise<InstalledPlugin | undefined> {
  const root = await folder(t);
  await writePlugin(join(root, "probe"), { manifest: { ...probeManifest(), ...change } });
  return discoverPlugins([root], [SDK])[0];
}

const problemsOf = (plugin: InstalledPlugin | undefined): string =>
  (plugin?.problems ?? []).map(({ file, message }) => `${file}: ${message}`).join("\n");

test("a whole plugin has no problems; folders without a manifest are none of ours", async (t) => {
  const root = await folder(t);
  await writePlugin(join(root, "probe"));
  await mkdir(join(root, "notes"));
  await writeFile(join(root, "README.md"), "");
  await mkdir(join(root, "library"));
  await writeFile(join(root, "library", "package.json"), '{ "name": "library" }');
  const plugins = discoverPlugins([root, join(root, "absent")], [SDK]);
  t.deepEqual(
    plugins.map(({ id, version, problems }) => [id, version, problems]),
    [["probe", "1.0.0", []]],
  );
});

test("a plugin that can't be read is listed under a usable name with its problem, whatever is wrong with it", async (t) => {
  const root = await folder(t);
  const broken: Record<string, string> = {
    "Half Written!": '{ "jinshui": {',
    "is-list": '["jinshui"]',
    __: '{ "name": "x", "jinshui": 7 }',
  };
  for (const [name, text] of Object.entries(broken)) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, "package.json"), text);
  }
  await mkdir(join(root, "manifest-is-folder", "package.json"), { recursive: true });
  const plugins = discoverPlugins([root], [SDK]);
  t.deepEqual(plugins.map(({ id }) => id).sort(), ["half-written", "is-list", "unnamed"]);
  for (const plugin of plugins) t.not(problemsOf(plugin), "", plugin.id);
});

test("a plugin asks only for what this kernel serves", async (t) => {
  t.regex(
    problemsOf(await withManifest(t, { requires: { apis: { storage: "^2.0" } } })),
    /asks for storage \^2\.0; this kernel serves 1\./,
  );
  t.regex(problemsOf(await withManifest(t, { requires: { apis: { telepathy: "*" } } })), /telepathy .*none/);
  t.regex(
    problemsOf(await withManifest(t, { requires: { apis: {}, plugins: { dossier: "^1.0" } } })),
    /the plugin dossier \^1\.0; installed is none/,
  );
  t.regex(problemsOf(await withManifest(t, { requires: { apis: { storage: "newest" } } })), /asks for storage newest/);
});

test("files and folders that the manifest names are there, inside the plugin", async (t) => {
  const { contributes } = probeManifest() as { contributes: Record<string, unknown> };
  t.regex(
    problemsOf(await withManifest(t, { server: { main: "dist/main.js" } })),
    /dist\/main\.js: is named in the manifest but not there/,
  );
  t.regex(
    problemsOf(await withManifest(t, { server: { main: "../../../etc/passwd" } })),
    /passwd: is named in the manifest but not there/,
  );
  t.regex(
    problemsOf(await withManifest(t, { contributes: { ...contributes, forms: "form/" } })),
    /names the folder "form\/"/,
  );
  t.regex(
    problemsOf(await withManifest(t, { contributes: { ...contributes, collections: "collections/note.json" } })),
    /names the folder "collections\/note\.json"/,
  );
  t.regex(
    problemsOf(await withManifest(t, { contributes: { ...contributes, processes: "/etc" } })),
    /names the folder "\/etc"/,
  );
});

test("grants can't hold wildcards, and what needs a process needs a server", async (t) => {
  for (const grants of [
    { apis: [], plugins: ["*.*"] },
    { apis: [], plugins: ["other.>"] },
    { apis: [], events: { subscribe: ["workflow.>"] } },
    { apis: [], events: { subscribe: ["*"] } },
  ]) {
    t.regex(problemsOf(await withManifest(t, { grants })), /is no <plugin or part>\.<name>/, JSON.stringify(grants));
  }
  t.regex(problemsOf(await withManifest(t, { server: undefined })), /no server that does them/);
});

test("of two plugins with one id the first keeps it and the other says so", async (t) => {
  const root = await folder(t);
  await writePlugin(join(root, "probe"));
  await writePlugin(join(root, "probe.bak"));
  const [first, second] = discoverPlugins([root], [SDK]);
  t.deepEqual([first?.id, first?.problems], ["probe", []]);
  t.is(second?.id, "probe-bak");
  t.regex(problemsOf(second), /"probe" is the id of .*probe already/);
});

test("browsers get files of the web and locale folders, and no other by any spelling of the path", async (t) => {
  const root = await folder(t);
  const { contributes } = probeManifest() as { contributes: Record<string, unknown> };
  const at = join(root, "probe");
  await writePlugin(at, {
    manifest: {
      ...probeManifest(),
      web: { module: "./dist/web/index.js" },
      contributes: { ...contributes, locales: "locales" },
    },
  });
  for (const [path, text] of Object.entries({
    "dist/web/index.js": "a",
    "dist/web/parts/b.js": "b",
    "dist/main.js": "server",
    "locales/en.js": "c",
    "locales-private/d.js": "d",
  })) {
    await mkdir(join(at, path, ".."), { recursive: true });
    await writeFile(join(at, path), text);
  }
  const [plugin] = discoverPlugins([root], [SDK]);
  if (!plugin) return t.fail();
  t.is(problemsOf(plugin), "");
  for (const path of ["dist/web/index.js", "dist/web/parts/b.js", "locales/en.js"])
    t.is(assetFile(plugin, path), join(at, path));
  for (const path of [
    "dist/main.js",
    "dist/web/../main.js",
    "dist/web/../../package.json",
    "dist/web/../../../../keys/x",
    "locales-private/d.js",
    "locales/../package.json",
    "/etc/passwd",
    "",
  ]) {
    t.is(assetFile(plugin, path), undefined, path);
  }
  const url = assetUrl(plugin, "./dist/web/index.js");
  t.regex(String(url), /^\/plugins\/probe\/1\.0\.0\/dist\/web\/index\.js\?h=[0-9a-f]{12}$/);
  await writeFile(join(at, "dist/web/index.js"), "changed");
  t.not(assetUrl(plugin, "./dist/web/index.js"), url);
});

test("a link may lead within the plugin and to what all plugins share; one that leads anywhere else keeps the plugin off, unread", async (t) => {
  const root = await folder(t);
  await writePlugin(join(root, "probe"));
  await symlink("any.json", join(root, "probe", "schemas", "same.json"));
  t.is(problemsOf(discoverPlugins([root], [SDK])[0]), "");
  for (const target of ["/etc/shadow", "../../../secret", root]) {
    const link = join(root, "probe", "schemas", "out.json");
    await symlink(target, link);
    const [plugin] = discoverPlugins([root], [SDK]);
    t.is(problemsOf(plugin), "schemas/out.json: is a link that leads out of the plugin's folder", target);
    t.is(plugin?.content, undefined);
    await rm(link);
  }
});
