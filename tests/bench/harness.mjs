/**
 * How fast one contender was, and against ours from the same rounds.
 * @typedef {object} Speed
 * @property {number} perSecond Per second of processor time, in the best round.
 * @property {number} ratio Times ours is faster, best round against best round.
 */

/**
 * @typedef {object} Effort
 * @property {number} rounds
 * @property {number} roundMs An operation that takes longer is still done once a round.
 */

/**
 * Operations per second of several contenders, measured in turns: what disturbs the machine disturbs all of them. A first
 * round warms up and does not count.
 * @param {Record<string, () => unknown>} contenders One operation each; awaited. The first is ours.
 * @param {Effort} effort
 * @returns {Promise<Record<string, Speed>>}
 */
export async function race(contenders, { rounds, roundMs }) {
  const names = Object.keys(contenders);
  const measured = [];
  for (let round = 0; round <= rounds; round += 1) {
    const speeds = {};
    for (const name of names) speeds[name] = await perSecond(contenders[name], roundMs);
    if (round > 0) measured.push(speeds);
  }
  // the best round is the one that the rest of the machine disturbed least
  const best = (name) => Math.max(...measured.map((speeds) => speeds[name]));
  const speedOf = (name) => ({ perSecond: best(name), ratio: best(names[0]) / best(name) });
  return Object.fromEntries(names.map((name) => [name, speedOf(name)]));
}

/** Time the process has had on its processors, collecting garbage included: what others do on the machine does not count. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function perSecond(operation, roundMs) {
  let done = 0;
  const startedMs = performance.now();
  const startedCpuMs = cpuMs();
  while (performance.now() - startedMs < roundMs) {
    await operation();
    done += 1;
  }
  return (done * 1000) / (cpuMs() - startedCpuMs);
}

/** Three digits: more would be noise. */
function significant(value) {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
}

/**
 * Text of a table: the first column on the left, numbers on the right.
 * @param {string[]} head
 * @param {(string | number | undefined)[][]} lines
 */
export function table(head, lines) {
  const cells = [head, ...lines].map((line) => line.map(text));
  const widths = head.map((_, column) => Math.max(...cells.map((line) => width(line[column]))));
  const pad = (cell, column) => " ".repeat(widths[column] - width(cell));
  return cells
    .map((line) =>
      line
        .map((cell, at) => (at === 0 ? cell + pad(cell, at) : pad(cell, at) + cell))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function text(cell) {
  if (cell === undefined) return "";
  return typeof cell === "number" ? significant(cell).toLocaleString("en") : cell;
}

/** Chinese characters take two columns. */
function width(cell) {
  return [...cell].reduce((sum, character) => sum + (character > "\u2e80" ? 2 : 1), 0);
}
