import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test from "ava";
import { ARROWS } from "./arrows.config.mjs";
import { forbiddenImports } from "./cruise.mjs";

/** Cruises a small tree of the house's shape: file → the specifiers it imports, "type …" for the types only. */
async function refused(files) {
  const folder = await mkdtemp(join(tmpdir(), "jinshui-arrows-"));
  try {
    for (const [path, specifiers] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      const imports = specifiers.map((name) =>
        name.startsWith("type ") ? `import type { it } from "${name.slice(5)}";` : `import "${name}";`,
      );
      await writeFile(join(folder, path), [...imports, "export const it = 1;"].join("\n"));
    }
    const { violations } = await forbiddenImports(folder);
    return violations
      .filter(({ rule }) => rule !== "resolvable")
      .map(({ from, rule }) => `${from} ✗ ${rule}`)
      .sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a package's built output looks like to whoever imports it. */
const BUILT = Object.fromEntries(
  [
    "sdk/contracts",
    "sdk/bus",
    "sdk/plugin",
    "sdk/web",
    "kernel/engine",
    "kernel/storage",
    "kernel/host",
    "plugins/b",
  ].map((folder) => [`${folder}/dist/index.d.ts`, []]),
);

test("imports along the arrows pass", async (t) => {
  const files = {
    ...BUILT,
    "plugins/a/src/main.ts": ["../../../sdk/plugin/dist/index.js", "tsyringe", "./other.js"],
    "plugins/a/src/other.ts": ["node:path"],
    "plugins/a/web/page.ts": ["../../../sdk/web/dist/index.js", "lit"],
    "kernel/storage/src/database.ts": ["sequelize", "../../../sdk/bus/dist/index.js", "node:fs"],
    "kernel/engine/src/parse.ts": ["bpmn-moddle"],
    "kernel/engine/src/parse.test.ts": ["node:fs", "ava", "fast-check"],
    "kernel/auth/src/container-module.ts": ["inversify"],
    "tests/src/site.ts": ["../../kernel/host/dist/index.js"],
  };
  t.deepEqual(await refused(files), []);
});

test("imports against the arrows are refused", async (t) => {
  const files = {
    ...BUILT,
    "plugins/a/src/kernel.ts": ["../../../kernel/storage/dist/index.js"],
    "plugins/a/src/plugin.ts": ["../../b/dist/index.js"],
    "plugins/a/src/bus.ts": ["../../../sdk/bus/dist/index.js"],
    "sdk/contracts/src/io.ts": ["node:fs"],
    "sdk/contracts/src/bus.ts": ["../../bus/dist/index.js"],
    "sdk/bus/src/kernel.ts": ["../../../kernel/engine/dist/index.js"],
    "kernel/engine/src/clock.ts": ["node:timers"],
    "kernel/engine/src/library.ts": ["lodash"],
    "kernel/engine/src/contracts.ts": ["../../../sdk/contracts/dist/index.js"],
    "kernel/storage/src/up.ts": ["../../host/dist/index.js"],
    "kernel/auth/src/sql.ts": ["sequelize"],
    "kernel/workflow/src/wire.ts": ["nats"],
    "kernel/auth/src/di.ts": ["inversify", "tsyringe"],
    "shell/src/page.ts": ["../../kernel/storage/dist/index.js", "node:fs"],
  };
  t.deepEqual(await refused(files), [
    "kernel/auth/src/di.ts ✗ owner: inversify",
    "kernel/auth/src/di.ts ✗ owner: tsyringe",
    "kernel/auth/src/sql.ts ✗ owner: sequelize",
    "kernel/engine/src/clock.ts ✗ no node: modules",
    "kernel/engine/src/contracts.ts ✗ arrow: kernel/engine",
    "kernel/engine/src/library.ts ✗ pure: kernel/engine/",
    "kernel/storage/src/up.ts ✗ arrow: kernel/storage",
    "kernel/workflow/src/wire.ts ✗ owner: nats",
    "plugins/a/src/bus.ts ✗ arrow: plugins/(?!process-designer/)[^/]+",
    "plugins/a/src/kernel.ts ✗ arrow: plugins/(?!process-designer/)[^/]+",
    "plugins/a/src/plugin.ts ✗ arrow: plugins/(?!process-designer/)[^/]+",
    "sdk/bus/src/kernel.ts ✗ arrow: sdk/bus",
    "sdk/contracts/src/bus.ts ✗ arrow: sdk/contracts",
    "sdk/contracts/src/io.ts ✗ no node: modules",
    "shell/src/page.ts ✗ arrow: shell",
    "shell/src/page.ts ✗ no node: modules",
  ]);
});

test("a path into another package's sources is refused even where the arrow allows the package", async (t) => {
  const files = { "sdk/bus/src/a.ts": ["../../contracts/src/b.js"], "sdk/contracts/src/b.ts": [] };
  t.deepEqual(await refused(files), ["sdk/bus/src/a.ts ✗ no reaching into sources"]);
});

test("two files that need each other are refused, types aside", async (t) => {
  const files = { "kernel/auth/src/a.ts": ["./b.js"], "kernel/auth/src/b.ts": ["./a.js"] };
  t.deepEqual(await refused(files), ["kernel/auth/src/a.ts ✗ no cycles"]);
  t.deepEqual(await refused({ ...files, "kernel/auth/src/b.ts": ["type ./a.js"] }), []);
});

test("every package of the house has its arrows", async (t) => {
  const { packageFolders } = await import("../../kernel/host/launch/build.mjs");
  const patterns = Object.keys(ARROWS).map((folder) => new RegExp(`^${folder}$`));
  const without = packageFolders().filter(
    (folder) => !folder.startsWith("tests") && !patterns.some((pattern) => pattern.test(folder)),
  );
  t.deepEqual(without, []);
});
