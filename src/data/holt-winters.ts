// Exponential smoothing with a trend and an additive season (Holt 1957, Winters 1960), a simple forecast to compare with. With m rows in a season:
//
//   l(t) = α (y(t) − s(t−m)) + (1 − α) (l(t−1) + b(t−1))
//   b(t) = β (l(t) − l(t−1)) + (1 − β) b(t−1)
//   s(t) = γ (y(t) − l(t)) + (1 − γ) s(t−m)
//   ŷ(t + k) = l(t) + k b(t) + s(t + k − m ⌈k / m⌉)
//
// The first season gives the first level and season, the mean change to the second the first trend. Without a season, m = 1, s stays 0, and the first
// trend is the mean change of the first ten rows.

/** α, β and γ, each from 0 to 1. */
export interface Smoothing {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
}

/** The fewest values that can be smoothed: two seasons. */
export const leastOf = (m: number): number => Math.max(2 * m, 3);

/** The rows that give the first trend, where there is no season whose mean is free of noise. */
const trendRows = 10;

/** The state of a smoothing, which goes on from value to value. */
export class HoltWinters {
  private readonly m: number;
  private readonly by: Smoothing;
  private readonly seasons: number[];
  private level: number;
  private trend: number;
  /** How many values were read. */
  private count = 0;

  /** @param values as many as `leastOf(m)`, of which the first two seasons are used */
  constructor(values: ArrayLike<number>, m: number, by: Smoothing) {
    const mean = (from: number) => {
      let sum = 0;
      for (let i = from; i < from + m; i++) sum += values[i];
      return sum / m;
    };
    this.m = m;
    this.by = by;
    const last = m === 1 ? Math.min(trendRows, values.length - 1) : m;
    this.trend = (mean(last) - mean(0)) / last;
    // the mean of a season is the level in its middle; before the first value it is (m + 1) / 2 rows back
    this.level = mean(0) - (this.trend * (m + 1)) / 2;
    this.seasons = Array.from({ length: m }, (_, i) =>
      m === 1 ? 0 : values[i] - mean(0) - this.trend * (i - (m - 1) / 2),
    );
  }

  /** ŷ, `k` rows behind the last value that was read. */
  ahead(k: number): number {
    return this.level + k * this.trend + this.seasons[(this.count + k - 1) % this.m];
  }

  read(value: number): void {
    const { by, m, level } = this;
    const at = this.count % m;
    this.level = by.level * (value - this.seasons[at]) + (1 - by.level) * (level + this.trend);
    this.trend = by.trend * (this.level - level) + (1 - by.trend) * this.trend;
    if (m > 1) this.seasons[at] = by.season * (value - this.level) + (1 - by.season) * this.seasons[at];
    this.count++;
  }
}

/** The mean squared error one row ahead. */
function errorOf(values: ArrayLike<number>, m: number, by: Smoothing): number {
  const state = new HoltWinters(values, m, by);
  let sum = 0;
  for (let t = 0; t < values.length; t++) {
    sum += (values[t] - state.ahead(1)) ** 2;
    state.read(values[t]);
  }
  return sum / values.length;
}

const starts: readonly Smoothing[] = [
  { level: 0.1, trend: 0.01, season: 0.1 },
  { level: 0.5, trend: 0.05, season: 0.2 },
  { level: 0.9, trend: 0.3, season: 0.05 },
];

/** The α, β and γ with the least squared error one row ahead: the best of three descents along the axes, whose steps become shorter. */
export function fitHoltWinters(values: ArrayLike<number>, m: number): Smoothing {
  let best = starts[0];
  let least = Infinity;
  for (const start of starts) {
    let at = start;
    let error = errorOf(values, m, at);
    for (let step = 0.2; step > 0.004; ) {
      let isBetter = false;
      for (const name of m > 1 ? (['level', 'trend', 'season'] as const) : (['level', 'trend'] as const))
        for (const sign of [1, -1]) {
          const next = { ...at, [name]: Math.min(1, Math.max(0, at[name] + sign * step)) };
          const found = errorOf(values, m, next);
          if (found < error) [at, error, isBetter] = [next, found, true];
        }
      if (!isBetter) step /= 2;
    }
    if (error < least) [best, least] = [at, error];
  }
  return best;
}
