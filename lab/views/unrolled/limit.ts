// The value that is fully colored, or as high as there is room: 1, 2 or 5 times a power of ten, which stays until the numbers are far from it, so that
// colors do not flicker while the network trains.

/** Of at most so many numbers the share below the limit is looked for. */
const mostSampled = 4096;

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
    const most = quantile(values, this.share);
    if (most > this.limit || most < 0.2 * this.limit) this.limit = Math.max(this.least, roundUp(most));
    return this.limit || 1;
  }
}

function quantile(values: ArrayLike<number>, share: number): number {
  const stride = Math.max(1, Math.ceil(values.length / mostSampled));
  const sizes = new Float64Array(Math.ceil(values.length / stride));
  for (let i = 0; i < sizes.length; i++) sizes[i] = Math.abs(values[i * stride]);
  const finite = sizes.filter(Number.isFinite).sort();
  return finite[Math.floor(share * (finite.length - 1))] ?? 0;
}

function roundUp(value: number): number {
  if (value === 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5].find((each) => value <= each * power * (1 + 1e-9)) ?? 10;
  return Number((factor * power).toPrecision(3));
}
