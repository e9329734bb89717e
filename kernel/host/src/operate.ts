import { fileURLToPath } from "node:url";
import { resolve } from "node:path";
import { auditCommand } from "./operate/audit-command.js";

const root = resolve(fileURLToPath(import.meta.url), "../../../..");

// a reader such as head may have had enough
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = await auditCommand(process.argv.slice(3), root);
