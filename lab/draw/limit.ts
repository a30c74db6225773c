// The limit of a symmetric color scale that one odd number does not spoil: 99 in 100 of the sizes are within it.

/** Of more than this many numbers a sample of them says it. */
const most = 4096;

/** 1 where all are 0 or none is finite. */
export function robustLimit(values: ArrayLike<number>): number {
  const stride = Math.max(1, Math.ceil(values.length / most));
  const sizes = new Float64Array(Math.ceil(values.length / stride));
  let count = 0;
  for (let i = 0; i < values.length; i += stride) if (Number.isFinite(values[i])) sizes[count++] = Math.abs(values[i]);
  const sorted = sizes.subarray(0, count).sort();
  return sorted[Math.ceil(0.99 * count) - 1] || sorted[count - 1] || 1;
}
