import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Writes what integrators read without our SDK, from the contracts: `docs/reference/openapi.json` and `asyncapi.json`, and before
 * that what the contracts' comments say of each operation, `sdk/contracts/schemas/operations.json`. Compares them; with `--write`
 * rewrites them (`npm run api`).
 */
const write = process.argv.includes("--write");
const built = (file) => import(pathToFileURL(join(root, file)).href);
const contracts = await built("sdk/contracts/dist/index.js");
const apis = Object.values(contracts)
  .filter((value) => typeof value === "object" && value !== null && "ops" in value && typeof value.version === "number")
  .sort((one, other) => one.name.localeCompare(other.name));

hold("sdk/contracts/schemas/operations.json", comments());
// reads the comments from the file
const { openApiDocument } = await built("kernel/gateway/dist/documents/open-api.js");
const { asyncApiDocument } = await built("kernel/gateway/dist/documents/async-api.js");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
hold("docs/reference/openapi.json", openApiDocument({ version, apis }));
hold("docs/reference/asyncapi.json", asyncApiDocument({ version, apis }));

/** The comment of each operation, by `<api>.<op>`: in the file that defines its API, or in one that the API takes it from. */
function comments() {
  const files = globSync("sdk/contracts/src/*.ts", { cwd: root })
    .sort()
    .map((file) => readFileSync(join(root, file), "utf8"));
  const OPERATION = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?\n {2}(\w+): op\(/g;
  const found = files.map((text) => ({
    api: /defineApi\("([a-z]+)"/.exec(text)?.[1],
    ops: new Map([...text.matchAll(OPERATION)].map(([, comment = "", name]) => [name, plain(comment)])),
  }));
  const of = (api, op) =>
    (
      found.find((file) => file.api === api && file.ops.has(op)) ??
      found.find((file) => file.api === undefined && file.ops.has(op))
    )?.ops.get(op) ?? "";
  const all = apis.flatMap(({ name, ops }) => Object.keys(ops).map((op) => [`${name}.${op}`, of(name, op)]));
  return Object.fromEntries(all.filter(([, text]) => text !== ""));
}

function plain(comment) {
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .join(" ")
    .trim();
}

function hold(path, value) {
  const file = join(root, path);
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  if (write) {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  } else if (text !== present(file)) {
    console.log(`${path} is not what the contracts say: run \`npm run api\` and commit it`);
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
