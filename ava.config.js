import { readdirSync } from "node:fs";

const packages = ["kernel", "sdk", "plugins"].flatMap((family) =>
  readdirSync(new URL(family, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${family}/${entry.name}`),
);

/** Tests run from the output of `tsc -b`; they are named by their TypeScript source. */
export default {
  files: [
    "{kernel,sdk,plugins}/*/src/**/*.test.ts",
    "plugins/*/web/**/*.test.ts",
    "tests/src/**/*.test.ts",
    "{kernel/host/launch,tests}/*.test.mjs",
    "tests/quality/*.test.mjs",
    "tests/conformance/engine/*.test.mjs",
  ],
  typescript: {
    compile: false,
    rewritePaths: Object.fromEntries([
      ...[...packages, "tests"].map((folder) => [`${folder}/src/`, `${folder}/dist/`]),
      // pages are bundled from here; their logic runs anywhere
      ...packages
        .filter((folder) => folder.startsWith("plugins/"))
        .map((folder) => [`${folder}/web/`, `${folder}/.tsc-web/`]),
    ]),
  },
  nodeArguments: ["--enable-source-maps"],
  timeout: "2m",
};
