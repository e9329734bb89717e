import { existsSync } from "node:fs";
import { join } from "node:path";

/** With more files than these something is broken, and a second run would only hide how much. */
const MAX_FILES = 4;

/**
 * The test files that failed tests are of, by the path before ava's titles (`tests › src › http › refuses …`).
 * @param {string[]} titles
 * @param {string} root
 * @returns {string[] | undefined} Nothing when there is none, one of a title isn't found, or there are too many.
 */
export function filesOf(titles, root) {
  const files = [...new Set(titles.map((title) => fileOf(title.split(" › "), root)))];
  return files.length === 0 || files.length > MAX_FILES || files.includes(undefined) ? undefined : files;
}

function fileOf(parts, root) {
  return parts
    .flatMap((_, index) => ["ts", "mjs"].map((kind) => `${parts.slice(0, index + 1).join("/")}.test.${kind}`))
    .find((file) => existsSync(join(root, file)));
}

/**
 * The count of a run whose failed tests' files ran again.
 * @param {import("./tap.mjs").TapCount} first
 * @param {import("./tap.mjs").TapCount} second
 * @param {(title: string) => void} tell Gets what has failed at first only.
 */
export function inAnotherRun(first, second, tell) {
  // the file as a whole: a test may fail because of what another left behind
  if (second.failed > 0) return { ...first, failed: Math.max(first.failed, second.failed) };
  for (const title of first.failures) tell(title);
  return { ...first, passed: first.passed + first.failed, failed: 0, failures: [], shaky: first.failed };
}
