import { createRequire } from "node:module";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Writes `docs/reference/rules.md`: who may ask for what, from the contracts of the APIs, the site's configuration and the
 * plugins' manifests; with `--write` writes it (`npm run api`), otherwise compares it.
 */
const FILE = join(root, "docs/reference/rules.md");
const { parse } = createRequire(join(root, "kernel/host/package.json"))("yaml");
const read = (path) => readFileSync(join(root, path), "utf8");
const contracts = await import(pathToFileURL(join(root, "sdk/contracts/dist/index.js")).href);
const apis = Object.values(contracts)
  .filter((value) => typeof value === "object" && value !== null && "ops" in value && typeof value.version === "number")
  .sort((one, other) => one.name.localeCompare(other.name));

/** What an operation's comment says it takes. */
const SITE = /`site\.[a-z-]+`/g;
const taken = new Map();
for (const file of globSync("sdk/contracts/src/*.ts", { cwd: root }).sort()) {
  // said once for all operations of the file
  const [, all = ""] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const \w+ = (?:defineApi\(|\{)/.exec(read(file)) ?? [];
  for (const [, comment = "", name] of read(file).matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?\n {2}(\w+): op\(/g))
    taken.set(`${file} ${name}`, [...new Set(comment.match(SITE) ?? all.match(SITE) ?? [])].join(", "));
}
const takes = (name) => [...taken].find(([key, text]) => key.endsWith(` ${name}`) && text !== "")?.[1] ?? "";

const yes = (is) => (is ? "✓" : "");
const operations = apis.flatMap((api) => [
  `\n### ${api.name}, version ${api.version}\n`,
  "| operation | route | who may call | needs a person | recent sign-in | writes | reads that are audited | takes |",
  "|---|---|---|---|---|---|---|---|",
  ...Object.entries(api.ops)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(
      ([name, { http, callers, actor, recent, effect, audited }]) =>
        `| \`${name}\` | ${http ? `\`${http.method} ${http.path}\`` : ""} | ${callers === "kernel" ? "kernel only" : "kernel, plugins"} | ${yes(actor === "required")} | ${yes(recent)} | ${yes(effect === "write")} | ${yes(audited)} | ${takes(name)} |`,
    ),
]);

const { positions } = parse(read("configs/base.yaml"));
const manifests = globSync("plugins/*/package.json", { cwd: root })
  .sort()
  .map((file) => JSON.parse(read(file)).jinshui)
  .filter((manifest) => manifest !== undefined);
const rules = [
  ...Object.entries(contracts.SITE_PERMISSIONS).map(([id, title]) => ({
    id,
    title,
    holders: Object.keys(positions).filter((position) => positions[position].permissions?.includes(id)),
  })),
  ...manifests.flatMap(({ contributes: { permissions = [] } }) =>
    permissions.map(({ id, title, positions: holders = [] }) => ({ id, title, holders })),
  ),
];
const held = ({ holders }) => holders.map((id) => `${positions[id]?.title["zh-CN"] ?? id} \`${id}\``).join(", ");

const page = `# Rules

Who may do what. Written by \`npm run api\` from the contracts, \`configs/base.yaml\` and the plugins' manifests; a site's own
positions and grants are on its page 岗责一览, and \`explainAccess\` says of each decision why it is so.

Every request is decided by the kernel: the caller (pinned by its credential on the bus) ∩ the person (by the actor token) ∩ the
bureau ∩ for records, the row and the field. What is not allowed is denied.

## Permissions and the positions that give them

| permission | what it allows | positions, unless a bureau decides otherwise |
|---|---|---|
${rules.map((rule) => `| \`${rule.id}\` | ${rule.title["zh-CN"]} | ${held(rule)} |`).join("\n")}

## Operations
${operations.join("\n")}
`;
if (process.argv.includes("--write")) writeFileSync(FILE, page);
else {
  let before = "";
  try {
    before = readFileSync(FILE, "utf8");
  } catch {
    // never written
  }
  if (before !== page) {
    console.log("docs/reference/rules.md is not what contracts and configuration say: npm run api");
    process.exitCode = 1;
  }
}
