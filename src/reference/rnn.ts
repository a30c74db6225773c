// The Elman network in float64, for one sequence, in plain loops: the equations of Goodfellow, Bengio, Courville, "Deep Learning" (2016),
// chapter 10, line by line. It is slow on purpose, because the engine is compared with it.
// Index 0 of `h` is the state before the first step: h[t] = h(t), x[t] = x(t + 1).

import { type Matrix, sigmoid, type Vector, zeroMatrix, zeros } from './matrix.ts';

export interface Elman {
  readonly cell?: 'rnn';
  readonly U: Matrix; // [H, D]
  readonly W: Matrix; // [H, H]
  readonly b: Vector; // [H]
  readonly f: 'tanh' | 'relu' | 'sigmoid';
}

const functions = {
  tanh: { f: Math.tanh, slope: (h: number) => 1 - h * h },
  relu: { f: (a: number) => Math.max(0, a), slope: (h: number) => (h > 0 ? 1 : 0) },
  sigmoid: { f: sigmoid, slope: (h: number) => h * (1 - h) },
};

/** The states h(0), h(1), …, h(τ) for inputs x(1) … x(τ). */
export function forward({ U, W, b, f }: Elman, x: Vector[], h0: Vector): Vector[] {
  const H = b.length;
  const h = [h0];
  for (let t = 1; t <= x.length; t++) {
    const a = zeros(H);
    for (let i = 0; i < H; i++) {
      a[i] = b[i];
      for (let j = 0; j < H; j++) a[i] += W[i][j] * h[t - 1][j]; // (10.8) a(t) = b + W h(t−1) + U x(t)
      for (let j = 0; j < x[t - 1].length; j++) a[i] += U[i][j] * x[t - 1][j];
    }
    h.push(a.map(functions[f].f)); // (10.9) h(t) = f(a(t))
  }
  return h;
}

export interface ElmanGradients {
  readonly U: Matrix;
  readonly W: Matrix;
  readonly b: Vector;
  readonly x: Vector[];
  readonly h0: Vector;
}

/** The gradients for `fromAbove`, where fromAbove[t − 1] = Vᵀ ∇o(t) is what step t receives from its own output (10.19). */
export function backward({ U, W, b, f }: Elman, x: Vector[], h: Vector[], fromAbove: Vector[]): ElmanGradients {
  const H = b.length;
  const D = U[0].length;
  const dU = zeroMatrix(H, D);
  const dW = zeroMatrix(H, H);
  const db = zeros(H);
  const dx = x.map(() => zeros(D));
  let later = zeros(H); // Wᵀ diag(f′(t+1)) ∇h(t+1): what step t receives from step t + 1
  for (let t = x.length; t >= 1; t--) {
    const dh = zeros(H);
    const da = zeros(H);
    for (let i = 0; i < H; i++) dh[i] = fromAbove[t - 1][i] + later[i]; // (10.21) ∇h(t)
    for (let i = 0; i < H; i++) da[i] = functions[f].slope(h[t][i]) * dh[i]; // diag(f′) ∇h(t)
    for (let i = 0; i < H; i++) db[i] += da[i]; // (10.23) ∇b
    for (let i = 0; i < H; i++) for (let j = 0; j < H; j++) dW[i][j] += da[i] * h[t - 1][j]; // (10.26) ∇W
    for (let i = 0; i < H; i++) for (let j = 0; j < D; j++) dU[i][j] += da[i] * x[t - 1][j]; // (10.28) ∇U
    for (let i = 0; i < H; i++) for (let j = 0; j < D; j++) dx[t - 1][j] += U[i][j] * da[i]; // ∇x(t) = Uᵀ ∇a(t)
    later = zeros(H);
    for (let i = 0; i < H; i++) for (let j = 0; j < H; j++) later[j] += W[i][j] * da[i]; // Wᵀ ∇a(t)
  }
  return { U: dU, W: dW, b: db, x: dx, h0: later }; // ∇h(0) = Wᵀ diag(f′(1)) ∇h(1)
}
