import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CollectionDefinition, FormatDefinition, FormSchema, PluginManifest } from "../../sdk/contracts/dist/index.js";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * JSON Schemas of the files that authors of plugins write, for their editors and other tools: sdk/contracts/schemas. Compares
 * them with the contracts; with `--write` rewrites them (`npm run api`).
 */
const SCHEMAS = {
  collection: ["A collection of a plugin", CollectionDefinition],
  format: ["A format of a plugin", FormatDefinition],
  form: ["A form of a plugin", FormSchema],
  manifest: ["The `jinshui` part of a plugin's package.json", PluginManifest],
};
const write = process.argv.includes("--write");
const folder = join(root, "sdk/contracts/schemas");

mkdirSync(folder, { recursive: true });
for (const [name, [title, schema]] of Object.entries(SCHEMAS)) {
  const file = join(folder, `${name}.schema.json`);
  const head = { $schema: "https://json-schema.org/draft/2020-12/schema", title };
  const text = `${JSON.stringify({ ...head, ...schema }, undefined, 2)}\n`;
  if (write) writeFileSync(file, text);
  else if (text !== present(file)) {
    console.log(
      `sdk/contracts/schemas/${name}.schema.json is not what the contracts say: run \`npm run api\` and commit it`,
    );
    process.exitCode = 1;
  }
}

function present(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
