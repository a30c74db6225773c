// How the benchmark measures: contestants take turns within every round of one run, because absolute times on a shared machine wander; what
// counts are medians over the rounds and ratios within a round. Nothing here knows what is measured.

/** Lower quartile, median and upper quartile, by linear interpolation between the sorted values. */
export function quartiles(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    return sorted[below] + (place - below) * (sorted[Math.min(below + 1, sorted.length - 1)] - sorted[below]);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

export const median = (values) => quartiles(values)?.median ?? null;

/** top[r] / bottom[r] over the rounds that both have. */
export function ratio(top, bottom) {
  if (!top || !bottom) return null;
  return quartiles(top.map((value, round) => (value === null ? null : value / bottom[round])));
}

/** The p of y ≈ a · xᵖ: least squares on the logarithms. */
export function exponent(xs, ys) {
  const [u, v] = [xs.map(Math.log), ys.map(Math.log)];
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanU, meanV] = [mean(u), mean(v)];
  const covariance = u.reduce((sum, value, i) => sum + (value - meanU) * (v[i] - meanV), 0);
  return covariance / u.reduce((sum, value) => sum + (value - meanU) ** 2, 0);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Every contestant's turn in every round, each round beginning with another one.
 *
 * contestants: [{ name, turns?, turn() }], where turn() resolves to a number (or null: nothing came of it) and `turns` limits how many it gets.
 * Resolves to one array of `rounds` values for each, null where there was no turn.
 */
export async function takeTurns(contestants, rounds, title = '') {
  const values = contestants.map(() => new Array(rounds).fill(null));
  for (let round = 0; round < rounds; round++) {
    note(`${title}: round ${round + 1} of ${rounds}`);
    for (let k = 0; k < contestants.length; k++) {
      const i = (k + round) % contestants.length;
      if (round >= (contestants[i].turns ?? rounds)) continue;
      await pause(30); // threads of the one before, and of its libraries, may still be spinning
      values[i][round] = await contestants[i].turn();
    }
  }
  note('');
  return values;
}

/** A contestant of `takeTurns` in this process: milliseconds of a call, the median over a turn of so many seconds. */
export function stopwatch(name, call, seconds) {
  let calls = 1; // in one reading of the clock: half a millisecond at least
  const read = () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    return performance.now() - start;
  };
  for (let i = 0; i < 3; i++) call();
  while (read() < 0.5) calls *= 2;
  return {
    name,
    turn() {
      const times = [];
      const end = performance.now() + 1000 * seconds;
      read();
      while (times.length === 0 || performance.now() < end) times.push(read() / calls);
      return median(times);
    },
  };
}

/** One line that replaces the one before, on a terminal. */
export function note(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** What a section says while it runs, above that line. */
export function warn(text) {
  note('');
  console.error(text);
}
