/**
 * How fast one contender was, and against ours from the same rounds.
 * @typedef {object} Speed
 * @property {number} perSecond The median over the rounds.
 * @property {number} ratio Times ours is faster: the median of the rounds' own ratios.
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
  const speedOf = (name) => ({
    perSecond: median(measured.map((speeds) => speeds[name])),
    ratio: median(measured.map((speeds) => speeds[names[0]] / speeds[name])),
  });
  return Object.fromEntries(names.map((name) => [name, speedOf(name)]));
}

async function perSecond(operation, roundMs) {
  let done = 0;
  const startedMs = performance.now();
  let elapsedMs = 0;
  while (elapsedMs < roundMs) {
    await operation();
    done += 1;
    elapsedMs = performance.now() - startedMs;
  }
  return (done * 1000) / elapsedMs;
}

/** @param {number[]} values Not empty. */
export function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
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
