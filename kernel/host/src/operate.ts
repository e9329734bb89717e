import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { adminCommand } from "./operate/admin-command.js";
import { auditCommand } from "./operate/audit-command.js";
import { keysCommand } from "./operate/keys-command.js";
import { schemaCommand } from "./operate/schema-command.js";
import { signatureCommand } from "./operate/signature-command.js";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");

// a reader such as head may have had enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
const [, , word, ...args] = process.argv;
const commands = {
  admin: adminCommand,
  audit: auditCommand,
  keys: keysCommand,
  schema: schemaCommand,
  signature: signatureCommand,
};
process.exitCode = await commands[word as keyof typeof commands](args, root);
