import { cruise } from "dependency-cruiser";
import { rules } from "./arrows.config.mjs";

/**
 * The imports that no arrow allows.
 * @param {string} baseDir
 * @returns {Promise<{ files: number, violations: { rule: string, from: string, to: string, comment: string }[] }>}
 */
export async function forbiddenImports(baseDir) {
  const folders = ["kernel", "sdk", "plugins", "shell", "tests"];
  const { output } = await cruise(
    folders,
    {
      baseDir,
      ruleSet: rules,
      validate: true,
      doNotFollow: { path: ["node_modules", "/dist/"] },
      exclude: { path: ["(^|/)dist/.*[.](js|map)$", "[.]d[.]ts$", "^tests/out/"].map((path) => `(?!.*node_modules)${path}`) },
      tsPreCompilationDeps: true,
    },
    { extensions: [".ts", ".mjs", ".js", ".d.ts", ".json"], conditionNames: ["types", "import", "default"], exportsFields: ["exports"] },
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
