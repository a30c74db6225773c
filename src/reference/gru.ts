// The gated recurrent unit (Cho et al. 2014) in float64, for one sequence, in plain loops, as PyTorch defines it: the reset gate acts after the
// product with W, so n has a hidden bias of its own, bn. The rows of U, W and b stand in the order r, z, n. The biases of r and z are the sums of
// PyTorch's two; the n part of b is its b_in. Index 0 of `h` is the state before the first step: h[t] = h(t), x[t] = x(t + 1).

import {
  add,
  addProduct,
  addTransposed,
  type Matrix,
  sigmoid,
  times,
  type Vector,
  zeroMatrix,
  zeros,
} from './matrix.ts';

export interface Gru {
  readonly cell: 'gru';
  readonly U: Matrix; // [3 H, D]
  readonly W: Matrix; // [3 H, H]
  readonly b: Vector; // [3 H]
  readonly bn: Vector; // [H]
}

/** The gates r and z, the candidate n, and m, the part of n that comes from the previous state, for x(t) and h(t−1). */
function gates({ U, W, b, bn }: Gru, x: Vector, h: Vector): Record<'r' | 'z' | 'n' | 'm', Vector> {
  const H = h.length;
  const u = times(U, x);
  const w = times(W, h);
  const [r, z, n, m] = [zeros(H), zeros(H), zeros(H), zeros(H)];
  for (let i = 0; i < H; i++) {
    r[i] = sigmoid(b[i] + u[i] + w[i]); // r(t) = σ(b_r + U_r x(t) + W_r h(t−1))
    z[i] = sigmoid(b[H + i] + u[H + i] + w[H + i]); // z(t) = σ(b_z + U_z x(t) + W_z h(t−1))
    m[i] = bn[i] + w[2 * H + i]; // m(t) = b_hn + W_n h(t−1)
    n[i] = Math.tanh(b[2 * H + i] + u[2 * H + i] + r[i] * m[i]); // n(t) = tanh(b_n + U_n x(t) + r(t) ⊙ m(t))
  }
  return { r, z, n, m };
}

/** The states h(0), h(1), …, h(τ) for inputs x(1) … x(τ). */
export function forward(cell: Gru, x: Vector[], h0: Vector): Vector[] {
  const h = [h0];
  for (let t = 1; t <= x.length; t++) {
    const { z, n } = gates(cell, x[t - 1], h[t - 1]);
    h.push(h[t - 1].map((before, i) => (1 - z[i]) * n[i] + z[i] * before)); // h(t) = (1 − z(t)) ⊙ n(t) + z(t) ⊙ h(t−1)
  }
  return h;
}

export interface GruGradients {
  readonly U: Matrix;
  readonly W: Matrix;
  readonly b: Vector;
  readonly bn: Vector;
  readonly x: Vector[];
  readonly h0: Vector;
}

/** The gradients for `fromAbove`, where fromAbove[t − 1] is what step t receives from its output, Vᵀ ∇o(t), or from the layer above. */
export function backward(cell: Gru, x: Vector[], h: Vector[], fromAbove: Vector[]): GruGradients {
  const { U, W } = cell;
  const H = h[0].length;
  const dU = zeroMatrix(3 * H, U[0].length);
  const dW = zeroMatrix(3 * H, H);
  const db = zeros(3 * H);
  const dbn = zeros(H);
  const dx = x.map(() => zeros(U[0].length));
  let later = zeros(H); // what step t receives from step t + 1
  for (let t = x.length; t >= 1; t--) {
    const { r, z, n, m } = gates(cell, x[t - 1], h[t - 1]);
    const [dh, dm] = [zeros(H), zeros(H)];
    const da = zeros(3 * H); // of b + U x: ∇a_r, ∇a_z, ∇a_n
    for (let i = 0; i < H; i++) {
      dh[i] = fromAbove[t - 1][i] + later[i]; // ∇h(t) = Vᵀ ∇o(t) + z(t+1) ⊙ ∇h(t+1) + Wᵀ [∇a_r(t+1) ; ∇a_z(t+1) ; ∇m(t+1)]
      da[H + i] = dh[i] * (h[t - 1][i] - n[i]) * z[i] * (1 - z[i]); // ∇a_z(t) = ∇h(t) ⊙ (h(t−1) − n(t)) ⊙ z(t) ⊙ (1 − z(t))
      da[2 * H + i] = dh[i] * (1 - z[i]) * (1 - n[i] ** 2); // ∇a_n(t) = ∇h(t) ⊙ (1 − z(t)) ⊙ (1 − n(t)²)
      da[i] = da[2 * H + i] * m[i] * r[i] * (1 - r[i]); // ∇a_r(t) = ∇a_n(t) ⊙ m(t) ⊙ r(t) ⊙ (1 − r(t))
      dm[i] = da[2 * H + i] * r[i]; // ∇m(t) = ∇a_n(t) ⊙ r(t)
    }
    const dw = Float64Array.of(...da.subarray(0, 2 * H), ...dm); // of W h: ∇a_r, ∇a_z, ∇m
    add(db, da); // ∇b = Σ_t [∇a_r(t) ; ∇a_z(t) ; ∇a_n(t)]
    add(dbn, dm); // ∇b_hn = Σ_t ∇m(t)
    addProduct(dU, da, x[t - 1]); // ∇U = Σ_t [∇a_r(t) ; ∇a_z(t) ; ∇a_n(t)] x(t)ᵀ
    addProduct(dW, dw, h[t - 1]); // ∇W = Σ_t [∇a_r(t) ; ∇a_z(t) ; ∇m(t)] h(t−1)ᵀ
    addTransposed(dx[t - 1], U, da); // ∇x(t) = Uᵀ [∇a_r(t) ; ∇a_z(t) ; ∇a_n(t)]
    later = dh.map((value, i) => z[i] * value); // z(t) ⊙ ∇h(t)
    addTransposed(later, W, dw); // Wᵀ [∇a_r(t) ; ∇a_z(t) ; ∇m(t)]
  }
  return { U: dU, W: dW, b: db, bn: dbn, x: dx, h0: later }; // ∇h(0) = z(1) ⊙ ∇h(1) + Wᵀ [∇a_r(1) ; ∇a_z(1) ; ∇m(1)]
}
