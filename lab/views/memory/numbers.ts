// What Memory says besides the library's own numbers: a row of a triangle, how far back most of it lies, and where it is strongest. Pure.

/** The numbers of the prediction t, from 1, for x(1) … x(t). @param triangle [T, T] */
export function rowOf(triangle: Float64Array, t: number): Float64Array {
  const T = Math.round(Math.sqrt(triangle.length));
  return triangle.subarray((t - 1) * T, (t - 1) * T + t);
}

/** How many of the last sizes make up the share of their sum. */
export function reachOf(sizes: Float64Array, share: number): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let sum = 0;
  for (let back = 1; back < sizes.length; back++) {
    sum += sizes[sizes.length - back];
    if (sum >= share * total) return back;
  }
  return sizes.length;
}

/** The k, from 1, of the largest. */
export function strongestOf(sizes: Float64Array): number {
  return sizes.reduce((best, size, i) => (size > sizes[best] ? i : best), 0) + 1;
}

/** Each row by its own largest size. @param triangle [T, T] */
export function perRow(triangle: Float64Array): Float64Array {
  const T = Math.round(Math.sqrt(triangle.length));
  const shares = triangle.slice();
  for (let t = 1; t <= T; t++) {
    const row = rowOf(shares, t);
    const largest = row.reduce((most, size) => Math.max(most, size), 0);
    if (largest > 0) for (let k = 0; k < t; k++) row[k] /= largest;
  }
  return shares;
}

/** What reading each token did for the predictions: the opposite of how they change without it. */
export const helpOf = (change: Float64Array): Float64Array => change.map((value) => 0 - value);
