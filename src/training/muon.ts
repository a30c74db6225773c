// Muon (Jordan et al. 2024): the step of a recurrent matrix W is its momentum made orthogonal, so that W moves equally far along all directions. A
// gradient that came back through time is dominated by a few; Adam, which looks at each number by itself, hardly moves W along the others.
//
//   M ← μ M + g;   N = g + μ M;   X = N / ‖N‖;   three times:   A = X Xᵀ,   X ← a X + b A X + c A A X;   W ← (1 − α λ) W − 0.2 √H α X
//
// The rounds (of Newton and Schulz) bring the singular values of X near 1. 0.2 √H gives X the size of a step of Adam (Liu et al. 2025), which takes all
// other parameters, with the same α. W has a square [H, H] for each gate, and each is made orthogonal by itself. All is said with kernels that there are:
// θ −= α (s g + λ θ), `sgd`, is also the sum of two arrays with a factor for each.

import type { Floats, Kernels, Share } from '../engine/backend.ts';
import { stretch } from '../engine/share.ts';
import type { Groups } from '../network/allocation.ts';
import type { ModelConfig } from '../network/architecture.ts';
import { layoutOf } from '../network/parameters.ts';
import { type Activations, sumParts } from '../network/plan.ts';

/** Its authors make five; three are as good here, with three fifths of the products (docs/experiments.md). */
const rounds = 3;
/** The polynomial of a round. */
const [a, b, c] = [3.4445, -4.775, 2.0315];
/** N is made so large that ‖N‖ is above 1, to which it is then scaled down. A smaller one is as good as 0, and its step is smaller too. */
const large = 1e12;

/**
 * The numbers of an update in float64: stretches of them are the hyperparameters of a call, in its kernel's order. What clipping and the division by
 * ‖N‖ find out the program writes there: a sum of squares, and behind it the factor that the next call begins with.
 */
export function muonNumbers(alpha: number, mu: number, weightDecay: number, hiddenSize: number): number[] {
  const size = 0.2 * Math.sqrt(hiddenSize);
  return [
    ...[0, 0, -large, 0, mu, 1], // the clip; N = large · (g + μ M)
    ...[0, 0, -1, 0], // the division; X = N / ‖N‖
    ...[1, -b, (a - 1) / b], // X ← a X + b A X
    ...[1, -c, 0], // X ← X + c A A X
    ...[1, size * alpha, weightDecay / size], // W
    1, // the largest norm of X
  ];
}

/** The same numbers where they stand in memory. */
const partsOf = (numbers: Float64Array) => ({
  clip: numbers,
  blend: numbers.subarray(1),
  division: numbers.subarray(6),
  divide: numbers.subarray(7),
  first: numbers.subarray(10),
  second: numbers.subarray(13),
  step: numbers.subarray(16),
  limit: numbers.subarray(19),
});

/** A stretch of the parameters. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** The squares [H, H] of all W, one for each gate. */
export function squaresOf(config: ModelConfig): Stretch[] {
  const length = config.hiddenSize ** 2;
  return layoutOf(config)
    .filter(({ kind }) => kind === 'W')
    .flatMap((W) =>
      Array.from({ length: W.length / length }, (_, gate) => ({ offset: W.offset + gate * length, length })),
    );
}

/** The memory in which the squares are made orthogonal, one after the other. */
export function planMuon(groups: Groups, { hiddenSize: H }: ModelConfig) {
  const matrices = groups('matrices of Muon', '4 H²');
  const packed = groups('packed matrices of Muon', '3 H²');
  const small = groups('sums of Muon', '16 of 8 bytes');
  return {
    N: matrices.floats(H * H), // and then A X
    X: matrices.floats(H * H),
    A: matrices.floats(H * H),
    AAX: matrices.floats(H * H),
    panelsX: packed.panels(H, H),
    panelsXBack: packed.panels(H, H),
    panelsAX: packed.panels(H, H), // of their own: a native library reads what was packed, and knows it by its panels
    sums: small.doubles(sumParts),
    go: small.integers(1),
  };
}

/** What `planMuon` asked for. */
export type MuonRoom = ReturnType<typeof planMuon>;

/**
 * Records the update of every square.
 * @param sums of the squares of the gradient, which clipping looked at
 * @param numbers as `muonNumbers` lays them out
 */
export function recordMuon(
  k: Kernels,
  share: Share,
  activations: Activations,
  room: MuonRoom,
  { sums, numbers }: { readonly sums: Float64Array; readonly numbers: Float64Array },
): void {
  const { config, gradient, parameters, moments, clip, lossSum } = activations;
  const { hiddenSize: H } = config;
  const { N, X } = room;
  const s = partsOf(numbers);
  const isFirst = share.index === 0;
  const [from, to] = stretch(share, H).map((row) => row * H);
  const own = (x: Floats): Floats => x.subarray(from);
  if (isFirst) k.clipScale(sums, sumParts, clip, lossSum, s.clip, room.go);
  k.barrier();
  for (const { offset } of squaresOf(config)) {
    const part = (x: Floats): Floats => x.subarray(offset + from);
    k.zero(own(N), to - from);
    k.momentum(own(N), part(gradient), part(moments[0]), to - from, s.blend);
    k.barrier();
    const [begin, end] = stretch(share, sumParts);
    for (let index = begin; index < end; index++) {
      const [first, last] = stretch({ index, count: sumParts }, H * H, 4);
      k.sumOfSquares(N.subarray(first), last - first, room.sums.subarray(index));
    }
    k.barrier();
    if (isFirst) k.clipScale(room.sums, sumParts, s.limit, lossSum, s.division, room.go);
    k.barrier();
    k.zero(own(X), to - from);
    k.sgd(own(X), own(N), to - from, s.divide);
    for (let round = 0; round < rounds; round++) recordRound(k, share, H, room, s);
    k.sgd(part(parameters), own(X), to - from, s.step);
    k.barrier();
  }
}

/** X ← a X + b A X + c A A X, where A = X Xᵀ; each thread has some of the rows. */
function recordRound(k: Kernels, share: Share, H: number, room: MuonRoom, s: ReturnType<typeof partsOf>): void {
  const { N: AX, X, A, AAX, panelsX, panelsXBack, panelsAX } = room;
  const [from, to] = stretch(share, H);
  const [left, right] = stretch(share, H, 8);
  const [rows, count] = [to - from, (to - from) * H];
  const own = (x: Floats): Floats => x.subarray(from * H);
  k.barrier();
  k.packTransposed(X, panelsXBack, H, H, left, right);
  k.packPlain(X, panelsX, H, H, left, right);
  k.barrier();
  k.product(own(X), panelsXBack, own(A), rows, H, H, false);
  k.product(own(A), panelsX, own(AX), rows, H, H, false);
  k.barrier();
  k.packPlain(AX, panelsAX, H, H, left, right);
  k.barrier();
  k.product(own(A), panelsAX, own(AAX), rows, H, H, false);
  k.sgd(own(X), own(AX), count, s.first);
  k.sgd(own(X), own(AAX), count, s.second);
}
