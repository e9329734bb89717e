import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { root } from "../../kernel/host/launch/workspace.mjs";
import { SECURITY_ITEMS } from "./security-items.mjs";
import { SECURITY_ITEMS_CHINESE } from "./security-items-chinese.mjs";

/**
 * Writes `docs/reference/security-checklist.md`, and the same as data for the plugin `security-center`, from the items and from
 * the tests that say which of them they prove, or compares them; with `--write` writes them (`npm run api`).
 */
const PAGE = "docs/reference/security-checklist.md";
const DATA = "plugins/security-center/web/checklist.json";
const TESTS = globSync("{kernel,sdk,plugins,tests}/**/*.test.{ts,mjs}", {
  cwd: root,
  exclude: (name) => /node_modules|\/dist(\/|$)/.test(name),
}).sort();
const TAG = /^[ \t]*\/\/ checklist: ([\d, ]+)\n[\s\S]*?["`]((?:[^"`\\]|\\.)+)["`]/gm;

const proofs = new Map();
for (const file of TESTS) {
  if (file.includes("node_modules") || file.includes("/dist/")) continue;
  for (const [, numbers, title] of readFileSync(join(root, file), "utf8").matchAll(TAG)) {
    for (const number of numbers.split(",").map(Number)) {
      if (!SECURITY_ITEMS.some(([known]) => known === number)) throw new Error(`${file}: there is no item ${number}`);
      proofs.set(number, [...(proofs.get(number) ?? []), { file, title }]);
    }
  }
}

const items = SECURITY_ITEMS.filter((row) => row.length > 1);
const cell = (text) =>
  text
    .replaceAll("|", "\\|")
    .replaceAll("<", "\\<")
    .replace(/\$\{[^}]*\}/g, "…");
const proof = (number) =>
  (proofs.get(number) ?? []).map(({ file, title }) => `[${cell(title)}](../../${file})`).join("<br>");
const table = SECURITY_ITEMS.flatMap(([number, level, text, source, duty]) =>
  level === undefined
    ? [`\n## ${number}\n`, "| # | | what | source | tests | the operator's part |", "|---|---|---|---|---|---|"]
    : [`| ${number} | ${level} | ${cell(text)} | ${source} | ${proof(number) || "**no test**"} | ${duty ?? ""} |`],
);
const bare = items.filter(([number]) => !proofs.has(number));
const open = bare.filter(([, , , , duty]) => duty === undefined).map(([number]) => number);
const page = `# Security checklist

What GB/T 22239-2019 level 3 (保, clause 8.1.4 unless it says more) and OWASP ASVS 5.0 (A) ask of a site, and what proves it here.
Written by \`npm run api\` from \`tests/quality/security-items.mjs\` and from the lines \`// checklist: …\` above tests.

${items.length} items: ${items.length - bare.length} with tests, ${bare.length - open.length} that are the operator's alone, ${open.length} that nothing proves yet${open.length > 0 ? ` (${open.join(", ")})` : ""}.
${table.join("\n")}
`;

/** Chapters with their items, in both languages. */
const chapters = [];
const inBoth = (key, place, en) => {
  const chinese = SECURITY_ITEMS_CHINESE[key]?.[place];
  if (chinese === undefined)
    throw new Error(`security-items-chinese.mjs lacks ${key}, ${place === 0 ? "text" : "duty"}`);
  return { "zh-CN": chinese, en };
};
for (const [number, level, text, source, duty] of SECURITY_ITEMS) {
  if (level === undefined) chapters.push({ title: inBoth(number, 0, number), items: [] });
  else
    chapters.at(-1).items.push({
      number,
      level,
      text: inBoth(number, 0, text),
      source,
      duty: duty === undefined ? null : inBoth(number, 1, duty),
      tests: proofs.get(number) ?? [],
    });
}
const data = await format(JSON.stringify(chapters), { parser: "json", printWidth: 120 });

for (const [name, content] of [
  [PAGE, page],
  [DATA, data],
]) {
  const file = join(root, name);
  if (process.argv.includes("--write")) writeFileSync(file, content);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== content) {
    console.log(`${name} is not what the tests say: npm run api`);
    process.exitCode = 1;
  }
}
