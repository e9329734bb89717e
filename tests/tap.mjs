/**
 * @typedef {object} TapCount
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped Also what is marked as still to do.
 * @property {string[]} failures Titles of the tests that failed; empty also when the run itself broke off.
 */

/**
 * Reads the TAP that ava writes, line by line: counts, and hands on what a person wants to see.
 * Built for ava's dialect: points at the margin, details indented, crashes as points that are not ok.
 * @param {(line: string) => void} show Gets the failures with their details, and what tests print.
 */
export function tapReader(show) {
  const count = { passed: 0, failed: 0, skipped: 0, failures: [] };
  let planned;
  let inFailure = false;

  const read = (line) => {
    const point = /^(not )?ok \d+(?: - (.*?))?(?: # (SKIP|TODO)\b.*)?$/i.exec(line);
    if (point) {
      const [, not, title = "", directive] = point;
      inFailure = Boolean(not) && !directive;
      if (directive) count.skipped += 1;
      else if (not) count.failed += 1;
      else count.passed += 1;
      if (inFailure) {
        count.failures.push(title);
        show(`✗ ${title}`);
      }
      return;
    }
    const plan = /^1\.\.(\d+)/.exec(line);
    if (plan) planned = Number(plan[1]);
    else if (/^TAP version|^# (tests|pass|skip|todo|fail) \d+$|^# \S.* › |^-+$|^\s*$/.test(line)) return;
    else if (inFailure || !/^\s*(---|\.\.\.)$/.test(line)) show(line);
  };

  /** Call at the end: a run that broke off, or that ran nothing, is a failure too. */
  const finish = (exitCode) => {
    const total = count.passed + count.failed + count.skipped;
    const fault =
      total === 0
        ? "no test ran"
        : planned === undefined
          ? "the run broke off before its end"
          : exitCode !== 0 && count.failed === 0
            ? `ava ended with ${exitCode}`
            : undefined;
    if (fault !== undefined) {
      show(`✗ ${fault}`);
      count.failed += 1;
    }
    return count;
  };

  return { read, finish };
}
