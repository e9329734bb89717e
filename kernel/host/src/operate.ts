import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { auditCommand } from "./operate/audit-command.js";
import { schemaCommand } from "./operate/schema-command.js";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");

// a reader such as head may have had enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
const [, , word, ...args] = process.argv;
process.exitCode = await (word === "schema" ? schemaCommand(args, root) : auditCommand(args, root));
