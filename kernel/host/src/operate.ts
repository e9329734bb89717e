import { addTexts, main } from "@jinshui/cli";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { operateTexts } from "./operate/texts.js";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");

addTexts(operateTexts);

// a reader such as head may have had enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

// loaded when they are asked for: other commands do without the kernel
const admin =
  (...words: string[]) =>
  async (args: string[]): Promise<number> =>
    (await import("./operate/admin-command.js")).adminCommand([...words, ...args], root);
const keys =
  (verb: "list" | "renew") =>
  async (args: string[]): Promise<number> =>
    (await import("./operate/keys-command.js")).keysCommand(verb, args, root);
const schema =
  (verb: "leftovers" | "drop" | "restore") =>
  async (args: string[]): Promise<number> =>
    (await import("./operate/schema-command.js")).schemaCommand(verb, args, root);
const config =
  (verb: "lock" | "plan" | "apply") =>
  async (args: string[]): Promise<number> =>
    (await import("./operate/config-command.js")).configCommand(verb, args, root);

process.exitCode = await main(process.argv.slice(2), {
  "admin create": admin("create"),
  "admin reset-password": admin("reset-password"),
  "admin client list": admin("client", "list"),
  "admin client add": admin("client", "add"),
  "admin client secret": admin("client", "secret"),
  "admin client remove": admin("client", "remove"),
  "admin rotate-keys": admin("rotate-keys"),
  "keys list": keys("list"),
  "keys renew": keys("renew"),
  "schema leftovers": schema("leftovers"),
  "schema drop": schema("drop"),
  "schema restore": schema("restore"),
  "config lock": config("lock"),
  "config plan": config("plan"),
  "config apply": config("apply"),
  "audit verify": async (args) => (await import("./operate/audit-command.js")).auditVerify(args, root),
  "archive export": async (args) => (await import("./operate/archive-command.js")).archiveExport(args, root),
  "archive verify": async (args) => (await import("./operate/archive-command.js")).archiveVerify(args),
  "signature verify": async (args) => (await import("./operate/signature-command.js")).signatureVerify(args, root),
});
