import { CHECKS, runChecks } from "./checks.mjs";

/** `npm run check [-- NAME …]`: all checks, or the named ones, on a tree that is installed and built. */
const names = process.argv.slice(2);
const unknown = names.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0)
  throw new Error(`no check named ${unknown.join(", ")}; there are ${CHECKS.map((check) => check.name).join(", ")}`);
const { failed } = await runChecks(names.length > 0 ? CHECKS.filter((check) => names.includes(check.name)) : CHECKS);
process.exitCode = failed > 0 ? 1 : 0;
