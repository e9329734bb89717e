/** @import { CaseResult, SuiteResult } from "./run.mjs" */

const RESULTS = ["passed", "failed", "unsupported"];

/** @param {CaseResult[]} cases */
function count(cases) {
  return Object.fromEntries(RESULTS.map((result) => [result, cases.filter((one) => one.result === result).length]));
}

/**
 * The results for a program that reads them.
 * @param {SuiteResult[]} suites
 */
export function asJson(suites) {
  return {
    suites: suites.map(({ name, cases }) => ({
      name,
      ...count(cases),
      cases: cases.map(({ id, core, portable, result, reason }) => ({ id, core, portable, result, reason })),
    })),
  };
}

/**
 * The results for a person: a table by area, and why each case failed.
 * @param {SuiteResult[]} suites
 */
export function asText(suites) {
  return suites.map(suiteText).join("\n\n");
}

function suiteText({ name, cases }) {
  const areas = [...Map.groupBy(cases, ({ area }) => area)].map(([area, some]) => [area, count(some)]);
  const rows = [...areas, ["total", count(cases)]];
  const width = Math.max(...rows.map(([area]) => area.length));
  const line = (first, cells) => `${first.padEnd(width)}${cells.map((cell) => String(cell).padStart(13)).join("")}`;
  const reasons = cases
    .filter(({ result }) => result !== "passed")
    .map(({ id, result, reason }) => `${result === "failed" ? "✗" : "–"} ${id}: ${reason ?? "no reason given"}`);
  return [
    line(name.padEnd(width), RESULTS),
    ...rows.map(([area, counts]) =>
      line(
        area,
        RESULTS.map((result) => counts[result]),
      ),
    ),
    ...(reasons.length > 0 ? ["", ...reasons] : []),
  ].join("\n");
}
