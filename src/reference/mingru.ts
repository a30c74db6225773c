// The minimal gated recurrent unit (Feng et al. 2024, "Were RNNs all we needed?") in float64, for one sequence, in plain loops, in its plain form
// and not that of logarithms. Gate and candidate see the input alone, so there is no W, and the candidate is linear. The rows of U and b stand in the
// order z, n. Unlike in the GRU, z is the share of the candidate. Index 0 of `h` is the state before the first step: h[t] = h(t), x[t] = x(t + 1).

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

export interface MinGru {
  readonly cell: 'mingru';
  readonly U: Matrix; // [2 H, D]
  readonly b: Vector; // [2 H]
}

/** The gate z and the candidate n, for x(t). */
function gates({ U, b }: MinGru, x: Vector): Record<'z' | 'n', Vector> {
  const H = b.length / 2;
  const a = b.slice();
  add(a, times(U, x)); // rows b_z + U_z x(t), b_n + U_n x(t)
  return {
    z: a.slice(0, H).map(sigmoid), // z(t) = σ(b_z + U_z x(t))
    n: a.slice(H), // n(t) = b_n + U_n x(t)
  };
}

/** The states h(0), h(1), …, h(τ) for inputs x(1) … x(τ). */
export function forward(cell: MinGru, x: Vector[], h0: Vector): Vector[] {
  const h = [h0];
  for (let t = 1; t <= x.length; t++) {
    const { z, n } = gates(cell, x[t - 1]);
    h.push(h[t - 1].map((before, i) => (1 - z[i]) * before + z[i] * n[i])); // h(t) = (1 − z(t)) ⊙ h(t−1) + z(t) ⊙ n(t)
  }
  return h;
}

export interface MinGruGradients {
  readonly U: Matrix;
  readonly W: Matrix; // without rows, because there is no W
  readonly b: Vector;
  readonly x: Vector[];
  readonly h0: Vector;
}

/** The gradients for `fromAbove`, where fromAbove[t − 1] is what step t receives from its output, Vᵀ ∇o(t), or from the layer above. */
export function backward(cell: MinGru, x: Vector[], h: Vector[], fromAbove: Vector[]): MinGruGradients {
  const { U } = cell;
  const H = h[0].length;
  const dU = zeroMatrix(2 * H, U[0].length);
  const db = zeros(2 * H);
  const dx = x.map(() => zeros(U[0].length));
  const later = zeros(H); // what step t receives from step t + 1
  for (let t = x.length; t >= 1; t--) {
    const { z, n } = gates(cell, x[t - 1]);
    const dh = zeros(H);
    const da = zeros(2 * H); // ∇a_z, ∇n
    for (let i = 0; i < H; i++) {
      dh[i] = fromAbove[t - 1][i] + later[i]; // ∇h(t) = Vᵀ ∇o(t) + (1 − z(t+1)) ⊙ ∇h(t+1)
      da[i] = dh[i] * (n[i] - h[t - 1][i]) * z[i] * (1 - z[i]); // ∇a_z(t) = ∇h(t) ⊙ (n(t) − h(t−1)) ⊙ z(t) ⊙ (1 − z(t))
      da[H + i] = dh[i] * z[i]; // ∇n(t) = ∇h(t) ⊙ z(t)
      later[i] = (1 - z[i]) * dh[i]; // (1 − z(t)) ⊙ ∇h(t)
    }
    add(db, da); // ∇b = Σ_t [∇a_z(t) ; ∇n(t)]
    addProduct(dU, da, x[t - 1]); // ∇U = Σ_t [∇a_z(t) ; ∇n(t)] x(t)ᵀ
    addTransposed(dx[t - 1], U, da); // ∇x(t) = Uᵀ [∇a_z(t) ; ∇n(t)]
  }
  return { U: dU, W: [], b: db, x: dx, h0: later }; // ∇h(0) = (1 − z(1)) ⊙ ∇h(1)
}
