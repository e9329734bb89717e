import { isJinshuiError, supervisorApi } from "@jinshui/contracts";
import test, { type ExecutionContext } from "ava";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discoverPlugins } from "./installed-plugin.js";
import { startSite, type TestSite } from "./testing/site.js";

const title = (text: string): object => ({ "zh-CN": text });
const even = {
  name: "even",
  title: title("双数"),
  pattern: { source: "\\d+", message: title("应为数字") },
  check: { expression: "modulo(number(value), 2) = 0", message: title("应为双数") },
  example: "24",
};
const field = (format: string): object => ({ type: "string", title: title("号码"), format });

async function write(folder: string, files: Record<string, object>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(content));
  }
}

const manifest = (id: string, version: string, plugins: Record<string, string>, contributes: object): object => ({
  name: id,
  version,
  jinshui: {
    id,
    title: title(`插件${id}`),
    schema: 1,
    requires: { apis: {}, plugins },
    grants: { apis: [] },
    contributes,
  },
});

/** `basis` has the format, `after` a field of it; by the alphabet the one that asks comes first. */
const basis = (root: string, version = "1.2.0", format: object = even): Promise<void> =>
  write(join(root, "basis"), {
    "package.json": manifest("basis", version, {}, { formats: "formats/" }),
    "formats/even.json": format,
  });
const after = (root: string, plugins: Record<string, string> = { basis: "^1.1" }): Promise<void> =>
  write(join(root, "after"), {
    "package.json": manifest("after", "1.0.0", plugins, {
      collections: "collections/",
      permissions: [{ id: "after.use", title: title("用"), positions: ["clerk"] }],
    }),
    "collections/thing.json": {
      name: "thing",
      title: title("物"),
      fields: { number: field("basis.even") },
      display: { title: "number", list: ["number"] },
      permissions: { read: ["after.use"], write: ["after.use"] },
    },
  });

const both = async (root: string): Promise<void> => {
  await after(root);
  await basis(root);
};
const start = (t: ExecutionContext, prepare: (root: string) => Promise<void>, enabled: string[]): Promise<TestSite> =>
  startSite((close) => t.teardown(close), { prepare, enabledIn: ["wuhu"], plugins: enabled });
const problem = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "none",
    (error: unknown) => (isJinshuiError(error) ? error : String(error)),
  );

async function problemsOf(t: ExecutionContext, prepare: (root: string) => Promise<void>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "jinshui-plugins-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  await prepare(root);
  return discoverPlugins([root])
    .flatMap(({ id, problems }) => problems.map(({ file, message }) => `${id}/${file}: ${message}`))
    .join("\n");
}

test("a format of another plugin takes that plugin in the manifest, in a version that fits, and no circle", async (t) => {
  t.is(await problemsOf(t, both), "");
  t.regex(
    await problemsOf(t, async (root) => {
      await after(root, {});
      await basis(root);
    }),
    /^after\/collections\/thing\.json: "number" has format "basis\.even", but the manifest requires no plugin "basis"/,
  );
  t.is(await problemsOf(t, after), "after/package.json: asks for the plugin basis ^1.1; installed is none");
  t.is(
    await problemsOf(t, async (root) => {
      await after(root);
      await basis(root, "1.0.9");
    }),
    "after/package.json: asks for the plugin basis ^1.1; installed is 1.0.9",
  );
  const circle = (id: string, other: string) => (root: string) =>
    write(join(root, id), { "package.json": manifest(id, "1.0.0", { [other]: "*" }, {}) });
  t.regex(
    await problemsOf(t, async (root) => {
      await circle("left", "right")(root);
      await circle("right", "left")(root);
    }),
    /^left\/package\.json: asks for itself by way of .*\nright\/package\.json: asks for itself/,
  );
});

test("what a plugin asks for is deployed before it, and its formats hold", async (t) => {
  const { supervisor } = await start(t, both, ["after", "basis"]);
  t.deepEqual(
    ["after", "basis"].map((id) => [supervisor.stateOf(id), supervisor.problemOf(id)]),
    [
      ["running", undefined],
      ["running", undefined],
    ],
  );
  const format = supervisor.options.storage.collections.get("after.thing").formats.get("number");
  t.is(format?.id, "basis.even");
  t.is(format?.problem("25")?.["zh-CN"], "应为双数");
});

test("a plugin is not switched on without what it asks for, nor that off under it; both say which", async (t) => {
  const site = await start(t, both, []);
  const { bureau, call } = await site.admin();
  const client = site.gateway.client(supervisorApi, bureau);
  const set = (plugin: string, enabled: boolean): Promise<unknown> =>
    problem(client.setEnabled({ plugin, bureau: "wuhu", enabled }, call));
  t.like(await set("after", true), {
    code: "plugin-missing",
    status: 409,
    message: "after asks for basis; enable that in wuhu first",
    details: { plugins: [{ id: "basis", title: { "zh-CN": "插件basis" } }] },
  });
  t.is(await set("basis", true), "none");
  t.is(await set("after", true), "none");
  t.is(site.supervisor.stateOf("after"), "running");
  t.like(await set("basis", false), {
    code: "plugin-required",
    message: "after of wuhu asks for basis; disable that first",
  });
  t.is(site.supervisor.stateOf("basis"), "running");
  t.is(await set("after", false), "none");
  t.is(await set("basis", false), "none");
});

test("a file that enables a plugin without what it asks for leaves it off with the reason, until that is enabled", async (t) => {
  const site = await start(t, both, ["after"]);
  t.deepEqual(site.supervisor.enabledPlugins("wuhu"), []);
  t.is(site.supervisor.problemOf("after"), "asks for basis, which is not enabled in wuhu");
  const { bureau, call } = await site.admin();
  await site.gateway.client(supervisorApi, bureau).setEnabled({ plugin: "basis", bureau: "wuhu", enabled: true }, call);
  t.deepEqual(site.supervisor.enabledPlugins("wuhu").sort(), ["after", "basis"]);
  t.truthy(site.supervisor.options.storage.collections.get("after.thing"));
});

test("a new version of what is asked for takes effect with those that ask; one that does not fit them is refused", async (t) => {
  const site = await start(t, both, ["after", "basis"]);
  const { supervisor, root } = site;
  const by = { id: "u1", name: "孙洁" };
  const format = (): unknown =>
    supervisor.options.storage.collections.get("after.thing").formats.get("number")?.problem("25")?.["zh-CN"];
  await basis(join(root, "plugins"), "2.0.0");
  t.like(await problem(supervisor.restart("basis", "wuhu", by, "")), {
    code: "conflict",
    message: "basis 2.0.0 does not fit after, which asks for the plugin basis ^1.1; installed is 2.0.0",
  });
  t.is(format(), "应为双数");
  await basis(join(root, "plugins"), "1.3.0", { ...even, check: { expression: "true", message: title("") } });
  t.like(await problem(supervisor.restart("basis", "wuhu", by, "")), { code: "conflict" }, "an empty message");
  await basis(join(root, "plugins"), "1.3.0", { ...even, check: undefined });
  await supervisor.restart("basis", "wuhu", by, "");
  t.is(format(), undefined);
  t.is(supervisor.stateOf("after"), "running");
});

test("a new version that turns a field into something else is refused, and the one that runs goes on", async (t) => {
  const site = await start(t, both, ["after", "basis"]);
  const { supervisor, root } = site;
  const runs = supervisor.options.storage.collections.get("after.thing");
  await write(join(root, "plugins", "after"), {
    "collections/thing.json": { ...runs.definition, fields: { number: { type: "money", title: title("号码") } } },
  });
  const refused = await problem(supervisor.restart("after", "wuhu", { id: "u1", name: "孙洁" }, ""));
  t.like(refused, { code: "conflict", details: { field: "number", before: "string", after: "money" } });
  t.is(supervisor.stateOf("after"), "running");
  t.is(supervisor.options.storage.collections.get("after.thing"), runs);
});
