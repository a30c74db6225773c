// What one step does to a small change of the state before it: J(t) = ∂h(t)/∂h(t−1), of an LSTM of both its states, from the numbers of a trace; and
// the largest factor by which it stretches a vector, σ_max. docs/math.md has the derivatives.
//
//   rnn      diag(f′) W                        mingru   diag(1 − z)
//   gru      diag(z) + diag((h⁻ − n) z(1−z)) W_z + diag((1−z)(1−n²)) (diag(r) W_n + diag(m r(1−r)) W_r)
//   lstm     ∂s/∂h⁻ = diag(g i(1−i)) W_i + diag(s⁻ f(1−f)) W_f + diag(i (1−g²)) W_g      ∂s/∂s⁻ = diag(f)
//            ∂h/∂· = diag(o (1 − tanh² s)) ∂s/∂·,  and of h⁻ also diag(tanh s  o(1−o)) W_o

import { tanh } from '../elementary.ts';
import { expectInteger } from '../errors.ts';
import { tensorsOf } from '../network/parameters.ts';
import { Random } from '../random.ts';
import type { Trace } from './trace.ts';

/** Of h alone, or of an LSTM of [h ; s]: row-major [n, n]. */
export interface Jacobian {
  readonly matrix: Float64Array;
  readonly size: number;
}

/** f′(a) told from h = f(a). */
export const slopes = {
  tanh: (h: number) => 1 - h * h,
  relu: (h: number) => (h > 0 ? 1 : 0),
  sigmoid: (h: number) => h * (1 - h),
} as const;

/**
 * J(t) of a layer, t from 1 to T, in float64.
 * @throws UnrolledError for a layer or step that is not there
 */
export function jacobian(trace: Trace, layer: number, t: number): Jacobian {
  const { config, gates } = trace;
  const { hiddenSize: H, numLayers: L } = config;
  expectInteger('jacobian: layer', layer, 0, L - 1);
  expectInteger('jacobian: t', t, 1, trace.steps);
  const state = (x: ArrayLike<number>, time: number, u: number): number => x[(time * L + layer) * H + u];
  const gate = (name: string, u: number): number =>
    trace.gate[(((t - 1) * L + layer) * gates.length + gates.indexOf(name)) * H + u];
  const rest = (name: string, u: number): number => gate(name, u) * (1 - gate(name, u));
  const W = tensorsOf(config, trace.parameters)[`W${layer}`];
  const size = config.cell === 'lstm' ? 2 * H : H;
  const matrix = new Float64Array(size * size);
  /** Adds factor · the row of W of a gate, and of unit u. */
  const addRow = (row: number, factor: number, name: string, u: number): void => {
    const from = (gates.indexOf(name) * H + u) * H;
    for (let j = 0; j < H; j++) matrix[row * size + j] += factor * W[from + j];
  };
  for (let u = 0; u < H; u++) {
    const at = u * size + u;
    if (config.cell === 'rnn') addRow(u, slopes[config.nonlinearity](state(trace.h, t, u)), '', u);
    else if (config.cell === 'mingru') matrix[at] = 1 - gate('z', u);
    else if (config.cell === 'gru') {
      const [z, n] = [gate('z', u), gate('n', u)];
      const candidate = (1 - z) * (1 - n * n);
      matrix[at] = z;
      addRow(u, (state(trace.h, t - 1, u) - n) * rest('z', u), 'z', u);
      addRow(u, candidate * gate('r', u), 'n', u);
      addRow(u, candidate * trace.m[((t - 1) * L + layer) * H + u] * rest('r', u), 'r', u);
    } else {
      const g = gate('g', u);
      const squashed = tanh(state(trace.s, t, u));
      const down = gate('o', u) * (1 - squashed * squashed);
      for (const [row, factor] of [
        [H + u, 1],
        [u, down],
      ]) {
        matrix[row * size + H + u] = factor * gate('f', u);
        addRow(row, factor * g * rest('i', u), 'i', u);
        addRow(row, factor * state(trace.s, t - 1, u) * rest('f', u), 'f', u);
        addRow(row, factor * gate('i', u) * (1 - g * g), 'g', u);
      }
      addRow(u, squashed * rest('o', u), 'o', u);
    }
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
    if (length <= 1e-14 * Math.max(...diagonal)) break; // what is left is a space that A leaves as it is
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
  let low = Math.max(...diagonal);
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
