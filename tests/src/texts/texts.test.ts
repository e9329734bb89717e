import { ERROR_CODES } from "@jinshui/contracts";
import { PROBLEM_CODES } from "@jinshui/engine";
import { problemTexts } from "@jinshui/engine/problem-texts";
import test from "ava";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Keys of a file's dictionaries, Chinese and English. */
async function dictionaries(path: string, name: string): Promise<{ zh: string[]; en: string[] }> {
  const module = (await import(join(root, path))) as Record<string, Record<"zh-CN" | "en", Record<string, string>>>;
  const texts = module[name];
  return { zh: Object.keys(texts?.["zh-CN"] ?? {}), en: Object.keys(texts?.en ?? {}) };
}

const common = dictionaries("sdk/web/dist/texts/common.js", "commonTexts");
const shell = dictionaries("shell/.tsc/texts/shell-texts.js", "shellTexts");

test("Chinese and English have the same keys, so that no page shows a raw one", async (t) => {
  for (const { zh, en } of [await common, await shell]) {
    t.true(zh.length > 50);
    t.deepEqual([...zh].sort(), [...en].sort());
  }
});

test("every error of the kernel has words", async (t) => {
  const known = new Set([...(await common).zh, ...(await shell).zh]);
  t.deepEqual(
    Object.keys(ERROR_CODES).filter((code) => !known.has(`errors.${code}`)),
    [],
  );
});

test("every problem of a process file has words in both languages, for the same cases and with the same params", (t) => {
  const cases = (language: "zh-CN" | "en"): Record<string, string[]> =>
    Object.fromEntries(
      Object.entries(problemTexts[language].problems).flatMap(([code, sentence]) =>
        Object.entries(typeof sentence === "string" ? { "": sentence } : sentence).map(([what, text]) => [
          `${code} ${what}`,
          [...new Set(text.match(/\{\w+\}/g))].sort(),
        ]),
      ),
    );
  const { elements, events } = problemTexts.en;
  t.deepEqual(cases("zh-CN"), cases("en"));
  t.deepEqual(Object.keys(problemTexts["zh-CN"].elements), Object.keys(elements));
  t.deepEqual(Object.keys(problemTexts["zh-CN"].events), Object.keys(events));
  t.deepEqual(
    PROBLEM_CODES.filter((code) => cases("en")[`${code} `] === undefined),
    [],
  );
});

test("every key that a page asks for by name is there", async (t) => {
  const known = new Set([...(await common).zh, ...(await shell).zh]);
  const files = ["sdk/web/src", "shell/src"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(root, folder, name)),
  );
  const used = files
    .filter((file) => file.endsWith(".ts") && existsSync(file))
    .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/\bt\(\s*"([^"]+)"/g)].map(([, key]) => key ?? ""));
  t.true(used.length > 100);
  t.deepEqual(
    [...new Set(used)].filter((key) => !known.has(key)),
    [],
  );
});
