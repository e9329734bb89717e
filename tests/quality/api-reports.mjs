import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Compares what the SDK's packages and those that anyone can use alone export with the reports that were reviewed,
 * <package>/etc/*.api.md;
 * with `--write` rewrites the reports (`npm run api`). Reads the built declarations.
 */
const write = process.argv.includes("--write");

/** One report for each entry of a package's `exports`. */
function reportsOf(folder) {
  const { name, exports: entries, private: isPrivate } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (isPrivate) return [];
  const short = name.split("/")[1];
  return Object.entries(entries)
    .filter(([, target]) => typeof target.types === "string")
    .map(([entry, { types }]) => ({
      folder,
      types: join(folder, types),
      report: [short, ...entry.split("/").slice(1)].join("-"),
    }));
}

function extract({ folder, types, report }) {
  if (!existsSync(types)) return [`${relative(root, types)} is not built`];
  const messages = [];
  mkdirSync(join(folder, "etc"), { recursive: true });
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, "package.json"),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "ES2023",
            lib: ["ES2023", "DOM"],
            module: "NodeNext",
            moduleResolution: "NodeNext",
            strict: true,
            skipLibCheck: true,
            types: ["node"],
            typeRoots: [join(root, "node_modules/@types")],
          },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: report,
        reportFolder: join(folder, "etc"),
        reportTempFolder: join(root, "node_modules/.cache/api-reports", report),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        // Notes about a declaration stand in the report, where a reviewer sees them.
        extractorMessageReporting: {
          default: { logLevel: "none", addToApiReportFile: true },
          "ae-missing-release-tag": { logLevel: "none" }, // everything exported is public
        },
        tsdocMessageReporting: { default: { logLevel: "none" } },
        compilerMessageReporting: { default: { logLevel: "error" } },
      },
    },
  });
  const result = Extractor.invoke(config, {
    localBuild: write,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === "error" && message.category !== "console") messages.push(message.text);
    },
  });
  if (result.apiReportChanged && !write) {
    messages.push(
      `the API of ${relative(root, folder)} changed: look at the difference with \`npm run api && git diff ${relative(root, join(folder, "etc"))}\` and commit it`,
    );
  }
  return messages;
}

let faults = 0;
const folders = [
  ...readdirSync(join(root, "sdk"))
    .sort()
    .map((name) => join("sdk", name)),
  ...["kernel/dmn", "kernel/engine", "kernel/feel"],
];
for (const folder of folders) {
  for (const entry of reportsOf(join(root, folder))) {
    const messages = extract(entry);
    if (messages.length > 0) console.log(`${entry.report}\n${messages.map((message) => `    ${message}`).join("\n")}`);
    faults += messages.length;
  }
}
process.exitCode = faults > 0 ? 1 : 0;
