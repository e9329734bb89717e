import { NAME_PATTERN } from "@jinshui/contracts";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { readArguments } from "../arguments.js";
import { t } from "../texts.js";
import { UsageError } from "../usage-error.js";
import { pluginFiles } from "./plugin-template.js";

/** `create-plugin`: asks what is not given and writes a plugin that passes `check` as soon as it is built. */
export async function createPlugin(args: string[]): Promise<number> {
  const { words, values, flags } = readArguments(args, {
    id: { type: "string" },
    title: { type: "string" },
    server: { type: "boolean" },
    web: { type: "boolean" },
  });
  const [folder] = words;
  if (folder === undefined) throw new UsageError(t("create.which"));
  const target = resolve(folder);
  if (existsSync(target) && readdirSync(target).length > 0)
    throw new UsageError(t("create.notEmpty", { folder: target }));
  const asking = process.stdin.isTTY;
  const id = values["id"] ?? (await ask(asking, t("create.id"), basename(target)));
  if (!new RegExp(NAME_PATTERN).test(id)) throw new UsageError(t("create.badId", { id }));
  const title = values["title"] ?? (await ask(asking, t("create.title"), id));
  const server =
    flags.has("server") ||
    (!flags.has("web") && values["title"] === undefined && (await ask(asking, t("create.server"), "y")) === "y");
  const web = flags.has("web") || (asking && !flags.has("server") && (await ask(asking, t("create.web"), "n")) === "y");
  for (const [path, text] of Object.entries(pluginFiles({ id, title, server, web }))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  process.stdout.write(`${t("create.done", { id, folder: target, given: folder })}\n`);
  return 0;
}

async function ask(asking: boolean, question: string, fallback: string): Promise<string> {
  if (!asking) return fallback;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} [${fallback}]: `);
  lines.close();
  return answer.trim() === "" ? fallback : answer.trim();
}
