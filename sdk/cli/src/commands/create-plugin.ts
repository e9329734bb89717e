import { NAME_PATTERN } from "@jinshui/contracts";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline/promises";
import { readArguments } from "../arguments.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";
import { type Part, PARTS, type TemplateOptions } from "./template/options.js";
import { CHECKOUT, placeOf } from "./template/place.js";
import { pluginFiles } from "./template/plugin-files.js";

/** What answers "nothing of that". */
const NONE = "-";

/** `create-plugin`: asks four questions, unless they are answered already, and writes a plugin that passes its own tests. */
export async function createPlugin(args: string[]): Promise<number> {
  const { words, values } = readArguments(args, {
    id: { type: "string" },
    title: { type: "string" },
    records: { type: "string" },
    with: { type: "string" },
  });
  const [folder] = words;
  if (folder === undefined) throw new UsageError(t("create.which"));
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new UsageError(t("create.notEmpty", { folder: target }));
  const options = await answers(values, basename(target));
  const place = await placeOf(target, options.parts.has("page"));
  for (const [path, text] of Object.entries(pluginFiles(options, place))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  const inCheckout = Object.keys(place.files).length === 0;
  process.stdout.write(
    `${t(inCheckout ? "create.done" : "create.doneOutside", { id: options.id, folder: target, given: folder, from: relative(CHECKOUT, target) })}\n`,
  );
  return 0;
}

/** The four answers, from options or from the one who types; Enter alone takes what is offered. */
async function answers(given: Record<string, string | undefined>, name: string): Promise<TemplateOptions> {
  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stderr }) : undefined;
  try {
    const id = await ask(lines, given["id"], "create.id", name, idProblem);
    const title = await ask(lines, given["title"], "create.title", id, () => undefined);
    const records = await ask(lines, given["records"], "create.records", title, () => undefined);
    const parts = await ask(lines, given["with"], "create.with", records === NONE ? "page" : "service", partsProblem);
    const chosen = partsOf(parts);
    if (records === NONE && chosen.length === 0) throw new UsageError(t("create.nothing"));
    return { id, title, parts: new Set(chosen), ...(records === NONE ? {} : { records }) };
  } finally {
    lines?.close();
  }
}

/** Asks until the answer can be taken; an option that can't is an error. */
async function ask(
  lines: Interface | undefined,
  given: string | undefined,
  question: string,
  offered: string,
  problemOf: (answer: string) => string | undefined,
): Promise<string> {
  for (;;) {
    const typed = given ?? (await lines?.question(`${t(question)} [${offered}]: `)) ?? "";
    const answer = typed.trim() === "" ? offered : typed.trim();
    const problem = problemOf(answer);
    if (problem === undefined) return answer;
    if (given !== undefined || !lines) throw new UsageError(problem);
    process.stderr.write(`${problem}\n`);
  }
}

function idProblem(id: string): string | undefined {
  return new RegExp(NAME_PATTERN).test(id) && !id.endsWith("-") && /^[a-z]/.test(id)
    ? undefined
    : t("create.badId", { id });
}

function partsProblem(answer: string): string | undefined {
  const wrong = wordsOf(answer).find((word) => !PARTS.some((part) => part === word));
  return wrong === undefined ? undefined : t("create.badPart", { part: wrong, parts: PARTS.join(", ") });
}

function partsOf(answer: string): Part[] {
  return PARTS.filter((part) => wordsOf(answer).includes(part));
}

function wordsOf(answer: string): string[] {
  return answer.split(/[\s,，、]+/).filter((word) => word !== "" && word !== NONE);
}
