/**
 * @typedef {object} Row
 * @property {string} name What was measured.
 * @property {number} value
 * @property {string} unit
 * @property {number} [against] The same of what we compare with, from the same run.
 * @property {number} [ratio] value / against, the median over the rounds.
 */

const ROUNDS = 7;
const ROUND_MS = 400;

/**
 * Operations per second of ours, and of a peer's measured in turns with it: what disturbs the machine disturbs both.
 * The first round warms up and does not count.
 * @param {string} name
 * @param {() => unknown} ours One operation; awaited.
 * @param {() => unknown} [against] The same operation done by the peer.
 * @returns {Promise<Row>}
 */
export async function rate(name, ours, against) {
  const rounds = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const value = await perSecond(ours);
    const other = against === undefined ? undefined : await perSecond(against);
    if (round > 0) rounds.push({ value, against: other, ratio: other === undefined ? undefined : value / other });
  }
  const row = { name, value: median(rounds.map((round) => round.value)), unit: "/s" };
  if (against === undefined) return row;
  return {
    ...row,
    against: median(rounds.map((round) => round.against)),
    ratio: median(rounds.map((round) => round.ratio)),
  };
}

/**
 * The middle of measured times, for rows that are a latency.
 * @param {number[]} values Not empty.
 * @param {number} [share] 0.5 is the median, 0.99 what all but one in a hundred stay below.
 */
export function percentile(values, share) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/**
 * Prints the rows: a table for people, or with `--json` one object for programs.
 * @param {string} bench
 * @param {Row[]} rows
 */
export function printRows(bench, rows) {
  const rounded = rows.map((row) => ({
    ...row,
    value: significant(row.value),
    ...(row.against === undefined ? {} : { against: significant(row.against) }),
    ...(row.ratio === undefined ? {} : { ratio: significant(row.ratio) }),
  }));
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ bench, rows: rounded }));
    return;
  }
  console.log(bench);
  const cells = rounded.map(({ name, value, unit, against, ratio }) => [
    name,
    `${value.toLocaleString("en")} ${unit}`,
    against === undefined ? "" : `${against.toLocaleString("en")} ${unit}`,
    ratio === undefined ? "" : `× ${ratio}`,
  ]);
  const table = [["", "ours", "against", "ratio"], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)));
  for (const line of table) {
    console.log(
      line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  "),
    );
  }
}

async function perSecond(operation) {
  let done = 0;
  const startedMs = performance.now();
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    await operation();
    done += 1;
    elapsedMs = performance.now() - startedMs;
  }
  return (done * 1000) / elapsedMs;
}

function median(values) {
  return percentile(values, 0.5);
}

/** Three digits: more would be noise. */
function significant(value) {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}
