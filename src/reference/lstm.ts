// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) in float64, for one sequence, in plain loops,
// as PyTorch defines it. The rows of U, W, b and a stand in the order i, f, g, o (here o is the output gate, not the logits). b is the sum of
// PyTorch's two biases, and s is what PyTorch calls c. Index 0 is the state before the first step: h[t] = h(t), s[t] = s(t), x[t] = x(t + 1).

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

export interface Lstm {
  readonly cell: 'lstm';
  readonly U: Matrix; // [4 H, D]
  readonly W: Matrix; // [4 H, H]
  readonly b: Vector; // [4 H]
}

export interface LstmStates {
  readonly h: Vector[];
  readonly s: Vector[];
}

/** The gates i, f, o and the candidate g, for x(t) and h(t−1). */
function gates({ U, W, b }: Lstm, x: Vector, h: Vector): Record<'i' | 'f' | 'g' | 'o', Vector> {
  const H = h.length;
  const a = b.slice();
  add(a, times(U, x));
  add(a, times(W, h)); // a(t) = b + W h(t−1) + U x(t)
  return {
    i: a.slice(0, H).map(sigmoid), // i(t) = σ(a_i(t))
    f: a.slice(H, 2 * H).map(sigmoid), // f(t) = σ(a_f(t))
    g: a.slice(2 * H, 3 * H).map(Math.tanh), // g(t) = tanh(a_g(t))
    o: a.slice(3 * H).map(sigmoid), // o(t) = σ(a_o(t))
  };
}

/** The states h and s before the first step and after each step, for inputs x(1) … x(τ). */
export function forward(cell: Lstm, x: Vector[], h0: Vector, s0: Vector = zeros(h0.length)): LstmStates {
  const h = [h0];
  const s = [s0];
  for (let t = 1; t <= x.length; t++) {
    const { i, f, g, o } = gates(cell, x[t - 1], h[t - 1]);
    s.push(s[t - 1].map((before, k) => f[k] * before + i[k] * g[k])); // s(t) = f(t) ⊙ s(t−1) + i(t) ⊙ g(t)
    h.push(s[t].map((value, k) => o[k] * Math.tanh(value))); // h(t) = o(t) ⊙ tanh(s(t))
  }
  return { h, s };
}

export interface LstmGradients {
  readonly U: Matrix;
  readonly W: Matrix;
  readonly b: Vector;
  readonly x: Vector[];
  readonly h0: Vector;
  readonly s0: Vector;
}

/** The gradients for `fromAbove`, where fromAbove[t − 1] is what h(t) receives from the output, Vᵀ ∇o(t), or from the layer above. */
export function backward(cell: Lstm, x: Vector[], { h, s }: LstmStates, fromAbove: Vector[]): LstmGradients {
  const { U, W } = cell;
  const H = h[0].length;
  const dU = zeroMatrix(4 * H, U[0].length);
  const dW = zeroMatrix(4 * H, H);
  const db = zeros(4 * H);
  const dx = x.map(() => zeros(U[0].length));
  let later = zeros(H); // what h(t) receives from step t + 1
  let laterS = zeros(H); // what s(t) receives from step t + 1
  for (let t = x.length; t >= 1; t--) {
    const { i, f, g, o } = gates(cell, x[t - 1], h[t - 1]);
    const [dh, ds] = [zeros(H), zeros(H)];
    const da = zeros(4 * H);
    for (let k = 0; k < H; k++) {
      const tanh = Math.tanh(s[t][k]);
      dh[k] = fromAbove[t - 1][k] + later[k]; // ∇h(t) = Vᵀ ∇o(t) + Wᵀ ∇a(t+1)
      ds[k] = laterS[k] + dh[k] * o[k] * (1 - tanh ** 2); // ∇s(t) = f(t+1) ⊙ ∇s(t+1) + ∇h(t) ⊙ o(t) ⊙ (1 − tanh²(s(t)))
      da[k] = ds[k] * g[k] * i[k] * (1 - i[k]); // ∇a_i(t) = ∇s(t) ⊙ g(t) ⊙ i(t) ⊙ (1 − i(t))
      da[H + k] = ds[k] * s[t - 1][k] * f[k] * (1 - f[k]); // ∇a_f(t) = ∇s(t) ⊙ s(t−1) ⊙ f(t) ⊙ (1 − f(t))
      da[2 * H + k] = ds[k] * i[k] * (1 - g[k] ** 2); // ∇a_g(t) = ∇s(t) ⊙ i(t) ⊙ (1 − g(t)²)
      da[3 * H + k] = dh[k] * tanh * o[k] * (1 - o[k]); // ∇a_o(t) = ∇h(t) ⊙ tanh(s(t)) ⊙ o(t) ⊙ (1 − o(t))
    }
    add(db, da); // ∇b = Σ_t ∇a(t)
    addProduct(dU, da, x[t - 1]); // ∇U = Σ_t ∇a(t) x(t)ᵀ
    addProduct(dW, da, h[t - 1]); // ∇W = Σ_t ∇a(t) h(t−1)ᵀ
    addTransposed(dx[t - 1], U, da); // ∇x(t) = Uᵀ ∇a(t)
    later = zeros(H);
    addTransposed(later, W, da); // Wᵀ ∇a(t)
    laterS = ds.map((value, k) => f[k] * value); // f(t) ⊙ ∇s(t)
  }
  return { U: dU, W: dW, b: db, x: dx, h0: later, s0: laterS }; // ∇h(0) = Wᵀ ∇a(1), ∇s(0) = f(1) ⊙ ∇s(1)
}
