import * as contracts from "@jinshui/contracts";
import { type Api, ERROR_CODES } from "@jinshui/contracts";
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

/** Texts of the shared elements, with those that come with the generic views. */
const common = Promise.all([
  dictionaries("sdk/web/dist/texts/common.js", "commonTexts"),
  dictionaries("sdk/web/dist/texts/view-texts.js", "viewTexts"),
]).then((all) => ({ zh: all.flatMap(({ zh }) => zh), en: all.flatMap(({ en }) => en) }));
/** The shell's texts, with those that come with a page of their own. */
const shell = Promise.all([
  dictionaries("shell/.tsc/texts/shell-texts.js", "shellTexts"),
  dictionaries("shell/.tsc/texts/version-texts.js", "versionTexts"),
  dictionaries("shell/.tsc/texts/trial-texts.js", "trialTexts"),
  dictionaries("shell/.tsc/texts/jump-texts.js", "jumpTexts"),
]).then((all) => ({ zh: all.flatMap(({ zh }) => zh), en: all.flatMap(({ en }) => en) }));

test("Chinese and English have the same keys, so that no page shows a raw one", async (t) => {
  for (const { zh, en } of [await common, await shell]) {
    t.true(zh.length > 50);
    t.deepEqual([...zh].sort(), [...en].sort());
  }
});

test("commands have the same texts in Chinese and English, and every one they ask for", async (t) => {
  const { commandTexts } = (await import(join(root, "sdk/cli/dist/command-texts.js"))) as {
    commandTexts: Record<"zh-CN" | "en", Record<string, string>>;
  };
  const { checkTexts } = (await import(join(root, "sdk/cli/dist/texts/check-texts.js"))) as {
    checkTexts: typeof commandTexts;
  };
  const { operateTexts } = (await import(join(root, "kernel/host/dist/operate/texts.js"))) as {
    operateTexts: typeof commandTexts;
  };
  const keys = (language: "zh-CN" | "en"): string[] =>
    [commandTexts, checkTexts, operateTexts].flatMap((texts) => Object.keys(texts[language])).sort();
  // codes speak for themselves in English
  t.deepEqual(
    keys("zh-CN").filter((key) => !key.startsWith("code.")),
    keys("en"),
  );
  const used = ["sdk/cli/src", "sdk/cli/src/commands", "kernel/host/src/operate"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => [...readFileSync(join(root, folder, name), "utf8").matchAll(/\bt\(([^()]*)\)/g)])
      .flatMap(([, call = ""]) => [...call.matchAll(/"([a-z]+[.][A-Za-z]+)"/g)].map(([, key = ""]) => key)),
  );
  t.true(used.length > 50);
  t.deepEqual(
    [...new Set(used)].filter((key) => !keys("zh-CN").includes(key)),
    [],
  );
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

/** Actions as the kernel's sources name them where they write to the audit trail. */
const WRITTEN = [
  /\baction: "([^"]+)"/g,
  /\baction: \w+ \? "([^"]+)" : "([^"]+)"/g,
  /\bconst action = "([^"]+)"/g,
  /note\(tx, \w+, "([a-z-]+)"/g,
  /#audit\("([a-z-]+)"/g,
  /"(file\.[a-z]+)"/g,
  /\bnote\(tx, collection, writer, "([a-z]+)"/g,
];

function kernelActions(): string[] {
  const folder = join(root, "kernel");
  const sources = readdirSync(folder)
    .flatMap((part) =>
      readdirSync(join(folder, part, "src"), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, part, "src", name),
      ),
    )
    .filter((file) => file.endsWith(".ts") && !/test|\/engine\/|\/provider\/pages/.test(file.slice(folder.length)))
    .map((file) => readFileSync(file, "utf8"))
    .filter((text) => /audit\(|noted?\(/.test(text));
  const literal = sources.flatMap((text) =>
    WRITTEN.flatMap((pattern) =>
      [...text.matchAll(pattern)].flatMap(([, ...found]) => found.filter((one) => one !== undefined)),
    ),
  );
  const tasks = readFileSync(join(folder, "workflow/src/definition/actions.ts"), "utf8").matchAll(/known\("([a-z]+)"/g);
  const incidents = readFileSync(join(folder, "supervisor/src/sandbox/incidents.ts"), "utf8").matchAll(
    /^ {2}\| "([a-z-]+)"/gm,
  );
  return [
    ...literal,
    ...[...tasks].map(([, id]) => `task-${id ?? ""}`),
    ...[...incidents].map(([, kind]) => `plugin.${kind ?? ""}`),
    ...["approved", "refused", "withdrawn"].map((state) => `change-${state}`),
    ...["get", "post", "put", "patch", "delete"].map((method) => `scim.${method}`),
  ];
}

test("everything that the kernel writes to the audit trail has words", async (t) => {
  const { zh, en } = await dictionaries("plugins/security-center/.tsc-web/audit-texts.js", "auditTexts");
  t.deepEqual(zh, en);
  const known = new Set(zh);
  const apis = (Object.values(contracts) as unknown[]).filter(
    (value): value is Api => typeof value === "object" && value !== null && "ops" in value && "version" in value,
  );
  t.true(apis.length >= 9);
  // of a refused request the operation is the action
  const operations = apis.flatMap(({ name, ops }) =>
    Object.entries(ops).flatMap(([op, { effect, audited }]) =>
      effect === "write" || audited === true ? [`${name}.${op}`] : [],
    ),
  );
  const actions = new Set(kernelActions());
  for (const some of [
    "sign-in",
    "sign-out",
    "enable",
    "disable",
    "insert",
    "remove",
    "file.release",
    "leave",
    "hand-over",
  ])
    t.true(actions.has(some), `the look at the sources misses ${some}`);
  t.deepEqual(
    [...actions, ...operations].filter((action) => !known.has(`security-center.action.${action}`)),
    [],
  );
});
