#!/usr/bin/env node
import { readFile, writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

const DOCUMENT = new URL("../../docs/conformance.md", import.meta.url);
const REASONS = new URL("../../docs/conformance-reasons.json", import.meta.url);
const BLOCK = /(<!-- engine: written by tests\/conformance\/explain.mjs -->\n)[\s\S]*?(\n<!-- end -->)/;

const passed = ({ result }) => result === "passed";

/** A line for each reason, with the number of cases that it stands for; both must cover the other. */
function lines(cases, reasons) {
  const left = new Set(cases.filter((one) => !passed(one)));
  const found = reasons.map(({ reason, cases: prefixes }) => {
    const mine = [...left].filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));
    for (const one of mine) left.delete(one);
    if (mine.length === 0) throw new Error(`no case fails any more because of: ${reason}`);
    return `- ${reason} (${mine.length}).`;
  });
  if (left.size > 0) throw new Error(`no reason is given for ${[...left].map(({ id }) => id).join(", ")}`);
  return found;
}

/** `npm run -s conformance -- --cases FOLDER --json | npm run -s conformance:explain`: brings the document up to date. */
async function main() {
  const { suites } = JSON.parse(await text(process.stdin));
  const { cases } = suites.find(({ name }) => name === "engine");
  const own = cases.filter(({ core, portable }) => core && portable);
  const head =
    `Engine: ${cases.filter(passed).length} of ${cases.length} cases pass; of the ${own.length} that are about BPMN itself ` +
    `and use no vendor's attribute, ${own.filter(passed).length}. The rest:`;
  const body = [head, "", ...lines(cases, JSON.parse(await readFile(REASONS, "utf8")))].join("\n");
  const document = await readFile(DOCUMENT, "utf8");
  if (!BLOCK.test(document)) throw new Error("the document has no place for the engine's results");
  await writeFile(
    DOCUMENT,
    document.replace(BLOCK, (all, open, close) => `${open}\n${body}\n${close}`),
  );
}

await main();
