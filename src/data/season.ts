// What the past of a series shows by itself: whether it leaves the range that it had, whether its changes become larger, and after how many rows it repeats itself.

/** Whether the last quarter of some values lies for the most part outside the range of those before: then their level tells nothing of what comes. */
export function drifts(values: ArrayLike<number>): boolean {
  const from = Math.floor(0.75 * values.length);
  let [low, high] = [Infinity, -Infinity];
  for (let t = 0; t < from; t++) [low, high] = [Math.min(low, values[t]), Math.max(high, values[t])];
  let outside = 0;
  for (let t = from; t < values.length; t++) if (values[t] < low || values[t] > high) outside++;
  return outside > 0.25 * (values.length - from);
}

/** How much larger changes have to become. */
const growth = 1.5;

/** Whether the changes from value to value are much larger in the second half of some values than in the first, as where they are a share of the value. */
export function changesGrow(values: ArrayLike<number>): boolean {
  const middle = Math.floor(values.length / 2);
  const sizeOf = (from: number, to: number) => {
    let sum = 0;
    for (let t = from; t < to; t++) sum += Math.abs(values[t] - values[t - 1]);
    return sum / (to - from);
  };
  return middle > 1 && sizeOf(middle, values.length) > growth * sizeOf(1, middle);
}

/** The longest season that is looked for, in rows. */
const longestSeason = 400;
/** The least correlation of values that are a season apart. */
const leastCorrelation = 0.3;

/**
 * The number of rows after which some series repeat themselves: the shortest at which the correlation of their changes, in the mean of all series,
 * has a peak that is nearly as high as the highest; undefined where none is.
 */
export function findSeason(series: readonly ArrayLike<number>[]): number | undefined {
  const longest = series.reduce((least, { length }) => Math.min(least, Math.floor(length / 3)), longestSeason);
  if (longest < 2) return undefined;
  const correlations = new Float64Array(longest + 2);
  for (const values of series) {
    const changes = Float64Array.from({ length: values.length - 1 }, (_, t) => values[t + 1] - values[t]);
    const mean = changes.reduce((sum, one) => sum + one, 0) / changes.length;
    const square = changes.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    if (square === 0) continue;
    for (let lag = 0; lag < correlations.length; lag++) {
      let sum = 0;
      for (let t = lag; t < changes.length; t++) sum += (changes[t] - mean) * (changes[t - lag] - mean);
      // fewer pairs are left at long lags, and a series repeats itself no less for that
      correlations[lag] += ((sum / square) * changes.length) / (changes.length - lag) / series.length;
    }
  }
  const peaks: number[] = [];
  for (let lag = 2; lag <= longest; lag++)
    if (correlations[lag] > correlations[lag - 1] && correlations[lag] >= correlations[lag + 1]) peaks.push(lag);
  const highest = peaks.reduce((most, lag) => Math.max(most, correlations[lag]), leastCorrelation);
  return peaks.find((lag) => correlations[lag] >= Math.max(leastCorrelation, 0.9 * highest));
}
