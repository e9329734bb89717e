import type { Problem } from "./problem.js";

/** Most problems that are told of one file: nobody reads more. */
const MAX_PROBLEMS = 200;

/** The first problems, errors before warnings when there are too many, and one that says how many more there are. */
export function firstProblems(problems: Problem[]): Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  const errors = problems.filter(({ severity }) => severity === "error");
  const warnings = problems.filter(({ severity }) => severity === "warning");
  const [severity, count] = [
    errors.length > MAX_PROBLEMS ? "error" : "warning",
    problems.length - MAX_PROBLEMS,
  ] as const;
  return [
    ...[...errors, ...warnings].slice(0, MAX_PROBLEMS),
    { severity, code: "more-problems", params: { count: String(count) } },
  ];
}
