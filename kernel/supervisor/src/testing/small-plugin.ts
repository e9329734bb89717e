import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SDK } from "./probe-plugin.js";

const ANY = { type: "object" };

/** What a plugin of a test is. */
export interface SmallPlugin {
  id: string;
  version?: string;
  /** Body of the main module, in JavaScript, without imports of the SDK. */
  main: string;
  /** Operations, which take and give anything; all of them read. */
  ops?: string[];
  /** Permissions of operations, by name. */
  permissions?: Record<string, string>;
  provides?: object;
  contributes?: object;
  grants?: object;
  files?: Record<string, unknown>;
}

/** Writes a plugin of a test into a folder. */
export async function writeSmallPlugin(folder: string, plugin: SmallPlugin): Promise<void> {
  const { id, version = "1.0.0", main, ops = [], permissions = {}, provides, contributes, grants, files = {} } = plugin;
  const jinshui = {
    id,
    title: { "zh-CN": id },
    schema: 1,
    requires: { apis: { storage: "^1.0" } },
    server: { main: "main.js", memoryMb: 64, drainMs: 2_000 },
    grants: { apis: ["storage"], ...grants },
    provides: {
      ops: Object.fromEntries(
        ops.map((name) => {
          const permission = permissions[name];
          const op = { v: 1, input: "any.json", output: "any.json", effect: "read" };
          return [name, permission === undefined ? op : { ...op, permission }];
        }),
      ),
      ...provides,
    },
    contributes: { ...contributes },
  };
  const imports = "inject, JinshuiError, onSettings, op, plugin, Plugins, runPlugin, schedule, Settings, Storage";
  const all: Record<string, unknown> = {
    "package.json": { name: `@example/${id}`, version, type: "module", jinshui },
    "main.js": `import { ${imports} } from "@jinshui/plugin";\n${main}`,
    "any.json": ANY,
    ...files,
  };
  await mkdir(join(folder, "node_modules", "@jinshui"), { recursive: true });
  for (const [file, content] of Object.entries(all)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  await symlink(SDK, join(folder, "node_modules", "@jinshui", "plugin")).catch(() => undefined);
}
