// The value that is fully colored: one that a few odd numbers do not spoil; and one that does not flicker while the network trains. And the ends of a
// logarithmic scale, which do not flicker either.

/** The limit of more numbers than this is that of a sample of them. */
const maxSamples = 4096;

/** The limit of a symmetric scale: the share of the sizes is within it. 1 where all are 0 or none is finite. */
export function robustLimit(values: ArrayLike<number>, share = 0.99): number {
  const stride = Math.max(1, Math.ceil(values.length / maxSamples));
  const sizes = new Float64Array(Math.ceil(values.length / stride));
  let count = 0;
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) sizes[count++] = Math.abs(values[i]);
  const sorted = sizes.subarray(0, count).sort();
  return sorted[Math.max(0, Math.ceil(share * count) - 1)] || sorted[count - 1] || 1;
}

/** 1, 2 or 5 times a power of ten, which stays until the numbers are far from it. */
export class Limit {
  private readonly least: number;
  private readonly share: number;
  private limit = 0;

  /** @param share of the numbers that are below it */
  constructor(least: number, share: number) {
    this.least = least;
    this.share = share;
  }

  of(values: ArrayLike<number>): number {
    const wanted = robustLimit(values, this.share);
    if (wanted > this.limit || wanted < 0.2 * this.limit) this.limit = Math.max(this.least, roundUp(wanted));
    return this.limit || 1;
  }
}

function roundUp(value: number): number {
  if (value === 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5].find((each) => value <= each * power * (1 + 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(3));
}

/** Sizes below this are taken for nothing, as the library does. */
const least = 1e-35;
/** Powers of ten that a scale spans, at least and at most. */
const leastSpan = 2;
const mostSpan = 8;
/** The share of the sizes that may be below the lower end of a scale. */
const below = 0.02;

/** The ends of a scale of sizes, as exponents of ten: the whole powers around nearly all of them. */
function exponentsOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  const sizes = Float64Array.from(values, Math.abs)
    .filter((size) => Number.isFinite(size) && size > least)
    .sort();
  if (sizes.length === 0) return [-leastSpan, 0];
  const high = Math.ceil(Math.log10(sizes[sizes.length - 1]) - 1e-9);
  const low = Math.floor(Math.log10(sizes[Math.floor(below * sizes.length)]) + 1e-9);
  return [Math.min(high - leastSpan, Math.max(high - mostSpan, low)), high];
}

/** The scale of the colors: it fits the sizes, and stays while they move, until they leave it or fill it no more, so that colors do not flicker. */
export class Domain {
  private low = 0;
  private high = Number.NEGATIVE_INFINITY;

  of(values: ArrayLike<number>): readonly [low: number, high: number] {
    const [low, high] = exponentsOf(values);
    if (high > this.high || low < this.low || high < this.high - 1 || low > this.low + 1)
      [this.low, this.high] = [low, high];
    return [10 ** this.low, 10 ** this.high];
  }
}
