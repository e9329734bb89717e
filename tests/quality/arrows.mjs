import { root } from "../../kernel/host/launch/workspace.mjs";
import { forbiddenImports } from "./cruise.mjs";

/** Refuses imports against the arrows of docs/architecture.md. */
const { files, violations } = await forbiddenImports(root);
for (const { rule, from, to, comment } of violations) console.log(`${from} → ${to}\n    ${rule}: ${comment}`);
console.log(`${files} files, ${violations.length} forbidden imports`);
process.exitCode = violations.length > 0 || files === 0 ? 1 : 0;
