// What one step does to a small change of the state before it: J(t) = ∂h(t)/∂h(t−1), of an LSTM of both its states, from the numbers of a trace (a
// row of it is the cell's: network/cells/); and the largest factor by which it stretches a vector, σ_max. docs/math.md has the derivatives.

import { largest } from '../elementary.ts';
import { expectInteger } from '../errors.ts';
import type { StateDerivative } from '../network/cells/cell.ts';
import { cellOf } from '../network/cells/table.ts';
import { tensorsOf } from '../network/parameters.ts';
import { Random } from '../random.ts';
import { type Trace, unitAt } from './trace.ts';

/** The Jacobian of h alone, or of an LSTM's [h ; s]: row-major [n, n]. */
export interface Jacobian {
  /** ∂ of the new state by the state before, row-major: the row is the new unit, the column the one before. [n, n] */
  readonly matrix: Float64Array;
  /** n: H, or 2 H of an LSTM. */
  readonly size: number;
}

/**
 * J(t) = ∂h(t)/∂h(t−1) of a layer, of an LSTM ∂[h(t); s(t)]/∂[h(t−1); s(t−1)], for t from 1 to T, in float64. Of the plain cell it is
 * diag(f′(a(t))) W.
 * @throws UnrolledError for a layer or step that is not there
 */
export function jacobian(trace: Trace, layer: number, t: number): Jacobian {
  const { config, gates } = trace;
  const { hiddenSize: H, numLayers: L } = config;
  expectInteger('jacobian, layer', layer, 0, L - 1);
  expectInteger('jacobian, t', t, 1, trace.steps);
  const cell = cellOf(config);
  const W = tensorsOf(config, trace.parameters)[`W${layer}`];
  const hasS = cell.past === 'cell';
  const size = hasS ? 2 * H : H;
  const matrix = new Float64Array(size * size);
  const fill = (row: number, u: number, { throughW, past }: StateDerivative): void => {
    if (cell.past !== 'nothing') matrix[row * size + (hasS ? H : 0) + u] = past;
    for (const [name, factor] of Object.entries(throughW)) {
      const from = (gates.indexOf(name) * H + u) * H;
      for (let j = 0; j < H; j++) matrix[row * size + j] += factor * W[from + j];
    }
  };
  for (let u = 0; u < H; u++) {
    const { h, s } = cell.derivative(unitAt(trace, layer, t, u));
    fill(u, u, h);
    if (s) fill(H + u, u, s);
  }
  return { matrix, size };
}

/**
 * σ_max of a row-major [rows, columns]: the Lanczos process on AᵀA, with every vector kept orthogonal to all before, until five steps bring
 * σ² less than 10⁻⁹, after 80 at most. From below; what is missing is nothing but where many singular values crowd at the top, and there below 10⁻³. NaN if an
 * element is not finite.
 */
export function largestSingularValue(matrix: ArrayLike<number>, rows: number, columns: number): number {
  const basis: Float64Array[] = [startVector(columns)];
  const [diagonal, beside]: [number[], number[]] = [[], []]; // of the tridiagonal VᵀAᵀA V
  let found = 0;
  for (let step = 0; step < Math.min(80, columns); step++) {
    const v = basis[step];
    const next = new Float64Array(columns); // AᵀA v
    let square = 0;
    for (let i = 0; i < rows; i++) {
      let dot = 0;
      for (let j = 0; j < columns; j++) dot += matrix[i * columns + j] * v[j];
      for (let j = 0; j < columns; j++) next[j] += matrix[i * columns + j] * dot;
      square += dot * dot;
    }
    if (!Number.isFinite(square)) return Number.NaN;
    diagonal.push(square);
    if (step % 5 === 4) {
      const before = found;
      found = largestOfTridiagonal(diagonal, beside);
      if (found - before <= 1e-9 * found) break;
    }
    for (const other of basis) addTo(next, other, -dotOf(next, other));
    for (const other of basis) addTo(next, other, -dotOf(next, other)); // once more, for the digits that the first time lost
    const length = Math.sqrt(dotOf(next, next));
    if (length <= 1e-14 * largest(diagonal)) break; // what is left is a space that A leaves as it is
    beside.push(length);
    basis.push(next.map((value) => value / length));
  }
  return Math.sqrt(largestOfTridiagonal(diagonal, beside));
}

function dotOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addTo(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}

/** The largest eigenvalue of a positive symmetric tridiagonal matrix, by bisection: x is above it when every pivot of T − x is negative. */
function largestOfTridiagonal(diagonal: readonly number[], beside: readonly number[]): number {
  let low = largest(diagonal);
  let high = 0;
  diagonal.forEach((value, i) => void (high = Math.max(high, value + (beside[i - 1] ?? 0) + (beside[i] ?? 0))));
  const isAbove = (x: number): boolean => {
    let pivot = diagonal[0] - x;
    for (let i = 1; i < diagonal.length; i++) {
      if (pivot >= 0) return false;
      pivot = diagonal[i] - x - (beside[i - 1] * beside[i - 1]) / pivot;
    }
    return pivot < 0;
  };
  for (let round = 0; round < 60 && high - low > 1e-15 * high; round++) {
    const middle = (low + high) / 2;
    if (isAbove(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** A random unit vector, the same each time. */
function startVector(n: number): Float64Array {
  const random = new Random(1);
  const v = Float64Array.from({ length: n }, () => random.normal());
  const length = Math.sqrt(dotOf(v, v));
  return v.map((value) => value / length);
}
