import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../kernel/host/launch/workspace.mjs";
import { SECURITY_ITEMS } from "./security-items.mjs";

/**
 * Writes `docs/reference/security-checklist.md` from the items and from the tests that say which of them they prove, or
 * compares it; with `--write` writes it (`npm run api`).
 */
const FILE = join(root, "docs/reference/security-checklist.md");
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
if (process.argv.includes("--write")) writeFileSync(FILE, page);
else {
  let before = "";
  try {
    before = readFileSync(FILE, "utf8");
  } catch {
    // never written
  }
  if (before !== page) {
    console.log("docs/reference/security-checklist.md is not what the tests say: npm run api");
    process.exitCode = 1;
  }
}
