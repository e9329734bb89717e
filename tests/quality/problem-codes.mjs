import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../kernel/host/launch/workspace.mjs";

/**
 * Compares the list of problem codes in the engine's README with the codes and their English texts; with `--write` writes it
 * anew (`npm run api`).
 */
const FILE = join(root, "kernel/engine/README.md");
const built = (file) => import(pathToFileURL(join(root, "kernel/engine/dist", file)).href);
const { PROBLEM_CODES } = await built("index.js");
const { problemTexts } = await built("texts/index.js");
const BEGIN = "<!-- problem codes: written by npm run api -->";
const END = "<!-- end of problem codes -->";

/** A text of each case; what is filled in stands as `{name}`. */
function meaning(code) {
  const sentence = problemTexts.en.problems[code];
  const cases = typeof sentence === "string" ? { "": sentence } : sentence;
  return Object.entries(cases)
    .map(([what, text]) => `${what === "" ? "" : `\`${what}\`: `}${text.replaceAll("|", "\\|").replaceAll("<", "\\<")}`)
    .join("<br>");
}

const table = ["| code | meaning |", "|---|---|", ...PROBLEM_CODES.map((code) => `| \`${code}\` | ${meaning(code)} |`)];
const before = readFileSync(FILE, "utf8");
const [head, rest] = before.split(BEGIN);
const [, tail] = rest?.split(END) ?? [];
if (tail === undefined) throw new Error(`${FILE} has no "${BEGIN}" … "${END}"`);
const after = `${head}${BEGIN}\n\n${table.join("\n")}\n\n${END}${tail}`;
if (process.argv.includes("--write")) writeFileSync(FILE, after);
else if (after !== before) {
  console.log("the problem codes in kernel/engine/README.md are not those of the engine: npm run api");
  process.exitCode = 1;
}
