// Pooling over time in float64: it turns the states h(1) … h(τ) of the last layer into the rows that the output reads, and takes the gradients back.
// `none` leaves an output at every step; `last` and `mean` make one row p of a sequence. With two directions a state is [h forward ; h reverse],
// and the last state of the reverse direction, which has then read everything, stands at step 1.

import { add, type Vector, zeros } from './matrix.ts';

export type Pooling = 'none' | 'last' | 'mean';

export function pool(pooling: Pooling, directions: number, h: Vector[]): Vector[] {
  if (pooling === 'none') return h;
  const p = zeros(h[0].length);
  if (pooling === 'mean') {
    for (const state of h) add(p, state);
    return [p.map((sum) => sum / h.length)]; // p = Σ_t h(t) / τ
  }
  const H = p.length / directions;
  return [p.map((_, i) => (i < H ? h.at(-1)! : h[0])[i])]; // p = [h→(τ) ; h←(1)]
}

/** The gradients ∇h(1) … ∇h(τ), from those of the rows that `pool` returned. */
export function backward(pooling: Pooling, directions: number, rows: Vector[], steps: number): Vector[] {
  if (pooling === 'none') return rows;
  const [dp] = rows;
  if (pooling === 'mean') return Array.from({ length: steps }, () => dp.map((value) => value / steps)); // ∇h(t) = ∇p / τ
  const H = dp.length / directions;
  const dh = Array.from({ length: steps }, () => zeros(dp.length));
  for (let i = 0; i < dp.length; i++) dh[i < H ? steps - 1 : 0][i] = dp[i]; // [∇h→(τ) ; ∇h←(1)] = ∇p, and 0 at all other steps
  return dh;
}
