// Muon (Jordan et al. 2024): the step of a recurrent matrix W is its momentum made orthogonal, so that W moves equally far along all directions. A
// gradient that came back through time is dominated by a few; Adam, which looks at each number by itself, hardly moves W along the others.
//
//   M ← μ M + g;   N = g + μ M;   X = N / ‖N‖;   three times:   A = X Xᵀ,   X ← a X + (b A + c A A) X;   W ← (1 − α λ) W − 0.2 √H α X
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
    ...[1, -b, (c - 1) / b], // B = b A + c A A
    ...[1, -a, 0], // a X + B X
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
  const packed = groups('packed matrices of Muon', '5 H²');
  const small = groups('sums of Muon', '16 of 8 bytes');
  // each of its own panels: a native library reads what was packed, and knows it by them
  const iterate = () => ({ X: matrices.floats(H * H), panels: packed.panels(H, H), panelsBack: packed.panels(H, H) });
  return {
    iterates: [iterate(), iterate()] as const,
    A: matrices.floats(H * H),
    B: matrices.floats(H * H),
    panelsA: packed.panels(H, H),
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
  const [{ X: N }, { X, panelsBack }] = room.iterates;
  const s = partsOf(numbers);
  const isFirst = share.index === 0;
  const { left, right, count, own } = ownRows(share, H);
  if (isFirst) k.clipScale(sums, sumParts, clip, lossSum, s.clip, room.go);
  k.barrier();
  for (const { offset } of squaresOf(config)) {
    const part = (x: Floats): Floats => own(x.subarray(offset));
    k.zero(own(N), count);
    k.momentum(own(N), part(gradient), part(moments[0]), count, s.blend);
    k.barrier();
    const [begin, end] = stretch(share, sumParts);
    for (let index = begin; index < end; index++) {
      const [first, last] = stretch({ index, count: sumParts }, H * H, 4);
      k.sumOfSquares(N.subarray(first), last - first, room.sums.subarray(index));
    }
    k.barrier();
    if (isFirst) k.clipScale(room.sums, sumParts, s.limit, lossSum, s.division, room.go);
    k.barrier();
    k.zero(own(X), count);
    k.sgd(own(X), own(N), count, s.divide);
    k.packTransposed(X, panelsBack, H, H, left, right);
    for (let round = 0; round < rounds; round++) recordRound(k, share, H, room, round, s);
    k.sgd(part(parameters), own(room.iterates[(rounds + 1) % 2].X), count, s.step);
  }
  k.barrier();
}

/** The rows of a square that a thread has, as many as are packed together. */
function ownRows(share: Share, H: number) {
  const [left, right] = stretch(share, H, 8);
  return { left, right, count: (right - left) * H, own: (x: Floats): Floats => x.subarray(left * H) };
}

/**
 * X ← a X + B X, where B = b A + c A A and A = X Xᵀ; each thread has some of the rows. Xᵀ and Aᵀ are packed by whoever has their columns. The new X stands
 * in another array, since others still read this one.
 */
function recordRound(
  k: Kernels,
  share: Share,
  H: number,
  { iterates, A, B, panelsA }: MuonRoom,
  round: number,
  s: ReturnType<typeof partsOf>,
): void {
  const [from, to] = [iterates[(round + 1) % 2], iterates[round % 2]];
  const { left, right, count, own } = ownRows(share, H);
  const rows = right - left;
  k.barrier();
  k.packPlain(from.X, from.panels, H, H, left, right);
  k.product(own(from.X), from.panelsBack, own(A), rows, H, H, false);
  k.packTransposed(A, panelsA, H, H, left, right);
  k.barrier();
  k.product(own(A), panelsA, own(B), rows, H, H, false);
  k.sgd(own(B), own(A), count, s.first);
  k.product(own(B), from.panels, own(to.X), rows, H, H, false);
  k.sgd(own(to.X), own(from.X), count, s.second);
  if (round < rounds - 1) k.packTransposed(to.X, to.panelsBack, H, H, left, right);
}
