import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { packSdk } from "./pack-sdk.js";
import type { Place } from "./options.js";

/** The checkout that this command belongs to. */
export const CHECKOUT = join(dirname(fileURLToPath(import.meta.url)), "../../../../..");

/** Where plugins of the checkout are. */
const PLUGINS = join(CHECKOUT, "plugins");
/** Names the checkout whose kernel a plugin's tests start; belongs to one machine, so it is not for others. */
export const SITE_FILE = ".jinshui-site";

/** A folder in `plugins/` of the checkout shares what that has; any other one brings all it needs. */
export async function placeOf(folder: string, page: boolean): Promise<Place> {
  const below = relative(PLUGINS, folder);
  return !below.startsWith("..") && !below.includes(sep) && below !== "" ? inCheckout() : ownFolder(folder, page);
}

function inCheckout(): Place {
  return {
    prefix: "@jinshui/plugin-",
    versionOf: () => "workspace:*",
    tools: {},
    compiler: {
      service: {
        extends: "../../tsconfig.base.json",
        compilerOptions: { rootDir: "src", outDir: "dist", tsBuildInfoFile: "dist/.tsbuildinfo", noEmitOnError: true },
      },
      page: {
        extends: "../../../tsconfig.web.json",
        compilerOptions: {
          rootDir: ".",
          outDir: "../.tsc-web",
          tsBuildInfoFile: "../.tsc-web/.tsbuildinfo",
          noEmitOnError: true,
        },
      },
    },
    references: (names, up) => ({ references: names.map((name) => ({ path: `${up}/sdk/${name}` })) }),
    files: {},
  };
}

/**
 * The SDK is in no registry: its packages come along as archives in `sdk/`, so that `npm install` works wherever the folder is
 * copied to. The compiler and the test runner are those of the checkout.
 */
async function ownFolder(folder: string, page: boolean): Promise<Place> {
  const packages = ["contracts", "bus", "plugin", "testing", ...(page ? ["web"] : [])];
  const archives = await packSdk(CHECKOUT, packages, join(folder, "sdk"));
  const versionOf = (name: string): string => `file:sdk/${archives.get(name) ?? ""}`;
  const { compilerOptions: base } = read("tsconfig.base.json") as { compilerOptions: object };
  const { compilerOptions: web } = read("tsconfig.web.json") as { compilerOptions: object };
  const { devDependencies } = read("package.json") as { devDependencies: Record<string, string> };
  const own = { noEmitOnError: true, composite: false };
  return {
    prefix: "jinshui-plugin-",
    versionOf,
    tools: {
      "@jinshui/bus": versionOf("bus"),
      ...Object.fromEntries(["@types/node", "ava", "typescript"].map((name) => [name, devDependencies[name] ?? "*"])),
    },
    compiler: {
      service: {
        compilerOptions: { ...base, ...own, rootDir: "src", outDir: "dist", tsBuildInfoFile: "dist/.tsbuildinfo" },
      },
      page: {
        compilerOptions: {
          ...base,
          ...web,
          ...own,
          rootDir: ".",
          outDir: "../.tsc-web",
          tsBuildInfoFile: "../.tsc-web/.tsbuildinfo",
        },
      },
    },
    references: () => ({}),
    files: {
      ".gitignore": `node_modules/\ndist/\n.tsc-web/\n${SITE_FILE}\n*.tgz\n!sdk/*.tgz\n`,
      [SITE_FILE]: `${CHECKOUT}\n`,
    },
  };
}

function read(file: string): unknown {
  const path = join(CHECKOUT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}
