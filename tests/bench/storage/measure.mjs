/** Milliseconds of each of `count` calls, one after the other. */
export async function timed(count, operation) {
  const times = [];
  for (let at = 0; at < count + Math.min(50, count); at += 1) {
    const started = performance.now();
    await operation();
    // the first ones warm up
    if (at >= Math.min(50, count)) times.push(performance.now() - started);
  }
  return times;
}

/** Calls a second, by so many clients who each wait for their own. */
export async function sustained(clients, seconds, operation) {
  const started = performance.now();
  const end = started + seconds * 1000;
  let done = 0;
  const client = async () => {
    while (performance.now() < end) {
      await operation();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return (done * 1000) / (performance.now() - started);
}

export function percentile(values, percent) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}
