import { globSync } from "node:fs";
import { cruise } from "dependency-cruiser";
import { rules } from "./arrows.config.mjs";

/** Where a package keeps what is imported; built output is only ever the far end of an arrow. */
const SOURCES = ["{kernel,sdk,plugins}/*/{src,web,launch,bin}", "shell/src", "tests/src"];

/**
 * The imports that no arrow allows.
 * @param {string} baseDir
 * @returns {Promise<{ files: number, violations: { rule: string, from: string, to: string, comment: string }[] }>}
 */
export async function forbiddenImports(baseDir) {
  const { output } = await cruise(
    globSync(SOURCES, { cwd: baseDir }),
    {
      baseDir,
      ruleSet: rules,
      validate: true,
      doNotFollow: { path: ["node_modules", "/dist/"] },
      tsPreCompilationDeps: true,
    },
    {
      extensions: [".ts", ".mjs", ".js", ".d.ts", ".json"],
      conditionNames: ["types", "import", "default"],
      exportsFields: ["exports"],
    },
  );
  const comments = new Map(rules.forbidden.map((rule) => [rule.name, rule.comment]));
  return {
    files: output.summary.totalCruised,
    violations: output.summary.violations.map(({ rule, from, to, cycle }) => ({
      rule: rule.name,
      from,
      to: cycle ? cycle.map((step) => step.name).join(" → ") : to,
      comment: comments.get(rule.name),
    })),
  };
}
