// The adaptive softmax (Grave et al. 2017; the numbers are those of PyTorch's AdaptiveLogSoftmaxWithLoss): frequent classes by themselves, rare ones in
// clusters, whose scores are computed only where a target is in them.
//
//   classes   0 … k₁ − 1 frequent | k₁ … k₂ − 1 cluster 1 | k₂ … k₃ − 1 cluster 2 | …      by falling frequency; kᵢ are the cutoffs
//   first     a softmax over the frequent classes and one class for each cluster: the layer of linear.ts
//   cluster i a softmax over its own classes, from h brought down to H / 4ⁱ numbers; for the rows whose target is in it
//
//     z = P h;   o = V z;   nll += −log softmax(o)[y];   e = (softmax(o) − onehot(y)) ⊙ weight
//     dV += eᵀ z;   ∇z = e V;   dP += ∇zᵀ h;   ∇h += ∇z P
//
// How many rows these are is another number in each window, but a program has fixed sizes: so the rows are sorted before it runs, so many at a time are
// gathered, and a chunk that has none is skipped.

import { exp, log } from '../../../elementary.ts';
import type { Floats, Kernels, Share } from '../../../engine/backend.ts';
import { stretch } from '../../../engine/share.ts';
import { expectInteger, UnrolledError } from '../../../errors.ts';
import { type Groups, times } from '../../allocation.ts';
import type { ModelConfig } from '../../architecture.ts';
import { recordWeightGradient } from '../../gradients.ts';
import type { Head, HeadArrays, HeadRows, HeadSizes } from '../head.ts';
import { linearTensors, planLinear, sliceOf } from '../linear.ts';
import { leastClasses, narrowing } from './sizes.ts';

/** Rows of a cluster that go through its products together, where there is a loss; and on a device. */
const maxChunkRows = 32;
const maxChunkRowsOnDevice = 256;
/** Chunks stand in memory together, on a CPU one by one; on a device, where each group of them is two dispatches, in so many groups. */
const groupsOnDevice = 2;

/** A stretch of rare classes. */
export interface Cluster {
  /** From 1, as in the names of its tensors. */
  readonly index: number;
  /** Its first class. */
  readonly first: number;
  /** N: how many classes. */
  readonly size: number;
  /** w: numbers that h is brought down to. */
  readonly width: number;
}

/**
 * A sixteenth of the classes is frequent, the next three are cluster 1, the other twelve cluster 2. The tensors of the two clusters are then
 * of one size, three quarters of the first layer's, and all together a sixth of V.
 */
export function defaultCutoffs(vocabSize: number): number[] {
  return [Math.round(vocabSize / 16), Math.round(vocabSize / 4)];
}

/** The clusters of a config; none with full softmax. */
export function clustersOf({
  vocabSize,
  hiddenSize,
  cutoffs,
}: Pick<ModelConfig, 'vocabSize' | 'hiddenSize' | 'cutoffs'>): Cluster[] {
  return cutoffs.map((first, i) => ({
    index: i + 1,
    first,
    size: (cutoffs[i + 1] ?? vocabSize) - first,
    width: Math.floor(hiddenSize / narrowing ** (i + 1)),
  }));
}

/** C₀: the frequent classes and the clusters. */
const firstWidth = ({ cutoffs }: Pick<ModelConfig, 'cutoffs'>): number => cutoffs[0] + cutoffs.length;

export const adaptiveSoftmax: Head = {
  isOneLayer: false,
  complete,
  width: firstWidth,
  tensors: (config) => [
    ...linearTensors(config, firstWidth(config)),
    ...clustersOf(config).flatMap(({ index, size, width }) => [
      { kind: 'P' as const, name: `P${index}`, index, shape: [width, config.hiddenSize] },
      { kind: 'V' as const, name: `V${index}`, index, shape: [size, width] },
    ]),
  ],

  plan(groups, config, sizes, arrays) {
    const C = firstWidth(config);
    const clusters = clustersOf(config);
    const { rows, rowsInMemory, output, onDevice } = sizes;
    const { weights, losses } = arrays;
    const isLoss = output === 'loss';
    const slice = sliceOf(sizes, C);
    const chunk = isLoss ? Math.min(onDevice ? maxChunkRowsOnDevice : maxChunkRows, rowsInMemory) : rowsInMemory;
    const together = isLoss && onDevice ? Math.ceil(rowsInMemory / chunk / groupsOnDevice) : 1;
    const all = slice * clusters.reduce((sum, { size }) => sum + size, C);
    // one is done with the logits of the first layer when those of a cluster begin, or where they are the output they stand one behind the other
    const one = Math.max(slice * C, ...clusters.map(({ size }) => together * chunk * size));
    const logits = groups('logits', isLoss ? 'the larger of R C₀ and 32 N' : 'R (C + n)').floats(isLoss ? one : all);
    const lists = groups('targets', '2 T B');
    const targets = lists.integers(isLoss ? rows : 0);
    const firstTargets = lists.integers(isLoss ? rows : 0); // [T, B]: a frequent class, or its cluster
    const layer = planLinear(groups, config, C, sizes, arrays, logits);
    const tails = planTails(groups, config, sizes, arrays, logits, chunk, together);
    return {
      targets,
      values: losses.subarray(0, 0),
      logits,
      recordPacking(k, share) {
        layer.recordPacking(k, share);
        tails.recordPacking(k, share);
      },
      recordLogits(k, share, span) {
        layer.recordLogits(k, share, span);
        tails.recordLogits(k, share, span);
      },
      recordLoss(k, share, span, isLast) {
        layer.recordLoss(k, share, span, isLast, (_, o, row, count) =>
          k.softmaxNll(o, firstTargets.subarray(row), weights.subarray(row), losses.subarray(row), count, C),
        );
        tails.recordLoss(k, share, span);
      },
      prepare(count) {
        if (isLoss) tails.sort(targets, firstTargets, count);
      },
      logitsOf: (row, count) => logProbabilities(config, logits, row, count),
    };
  },
};

function complete(given: ModelConfig, isGiven: boolean): ModelConfig {
  const { vocabSize, hiddenSize } = given;
  const cutoffs = isGiven ? given.cutoffs : defaultCutoffs(vocabSize);
  if (given.bidirectional || given.pooling !== 'none' || given.outputSize !== null || given.loss !== 'nll')
    throw new UnrolledError(
      'softmax: expected full with two directions, pooling, an output of other classes or the squared loss, got adaptive',
    );
  if (given.tieWeights)
    throw new UnrolledError(
      'softmax: expected full with tied weights, as clusters have no row for each class, got adaptive',
    );
  if (!isGiven && vocabSize < leastClasses)
    throw new UnrolledError(
      `softmax: expected full for a vocabulary below ${leastClasses}, where it costs little, got adaptive for ${vocabSize}`,
    );
  let least = 1;
  for (const cutoff of cutoffs) least = expectInteger('cutoffs', cutoff, least, vocabSize - 1) + 1;
  if (cutoffs.length < 1 || cutoffs.length > 4)
    throw new UnrolledError(`cutoffs: expected one to four, got ${cutoffs.length}`);
  const config = { ...given, cutoffs };
  if (clustersOf(config)[cutoffs.length - 1].width < 1)
    throw new UnrolledError(
      `hiddenSize: expected at least ${4 ** cutoffs.length}, as each of ${cutoffs.length} clusters is a quarter as wide as what is before it, got ${hiddenSize}`,
    );
  return config;
}

/** The clusters with their memory. S spans of a window; R rows in a chunk; A rows of the chunks in memory; M rows of a span, in whole such groups. */
function planTails(
  groups: Groups,
  config: ModelConfig,
  { rows, rowsInMemory, output, gradients }: HeadSizes,
  { theta, dTheta, weights, losses }: HeadArrays,
  logits: Floats,
  R: number,
  together: number,
) {
  const { hiddenSize: H, cutoffs } = config;
  const isLoss = output === 'loss';
  const ways = gradients ? 2 : 1;
  const S = isLoss ? Math.ceil(rows / rowsInMemory) : 0;
  const A = R * together;
  const M = Math.ceil(rowsInMemory / A) * A;
  const lists = groups('rows of clusters', '4 n T B');
  const chunks = groups('chunks of clusters', times(ways, '32 (H + Σ w)'));
  const packed = groups('packed weights of clusters', times(ways, 'Σ w (H + N)'));
  const clusters = clustersOf(config).map(({ index, first, size: N, width: w }) => ({
    first,
    N,
    w,
    P: theta[`P${index}`],
    V: theta[`V${index}`],
    dP: dTheta[`P${index}`],
    dV: dTheta[`V${index}`],
    counts: Array.from({ length: S }, () => lists.integers(1)), // S of [1]: how many rows of a span are in it
    rows: lists.integers(S * M), // [S, M]: which
    places: lists.integers(S * M), // [S, M]: where in the window their loss stands; padding has the place behind
    targets: lists.integers(S * M), // [S, M]: from 0 for the cluster's first class
    weights: lists.floats(S * M), // [S, M]
    nll: chunks.floats(S > 0 ? A : 0), // [A]
    narrow: chunks.floats(A * w), // [A, w]: P h
    narrowGradient: chunks.floats(gradients ? A * w : 0), // [A, w]
    panelsP: packed.panels(w, H),
    panelsV: packed.panels(N, w),
    panelsPBack: packed.panels(gradients ? H : 0, w),
    panelsVBack: packed.panels(gradients ? w : 0, N),
  }));
  const gathered = chunks.floats(isLoss ? A * H : 0); // [A, H]
  const gatheredGradient = chunks.floats(gradients ? A * H : 0); // [A, H]
  const noBias = chunks.floats(H); // zeros
  const blocks = groups('blocks of products', '');
  const [scratch] = gradients
    ? clusters.flatMap(({ N, w }) => [blocks.scratch(N, w, R), blocks.scratch(w, H, R)])
    : [[]];

  return {
    /** P and V of every cluster as the products want them, and zeros where their gradients are added up: no row may be in a cluster. */
    recordPacking(k: Kernels, share: Share): void {
      for (const { N, w, P, V, dP, dV, panelsP, panelsV, panelsPBack, panelsVBack } of clusters) {
        k.packTransposed(P, panelsP, w, H, ...stretch(share, w, 8));
        k.packTransposed(V, panelsV, N, w, ...stretch(share, N, 8));
        if (!gradients) continue;
        k.packPlain(P, panelsPBack, H, w, ...stretch(share, H, 8));
        k.packPlain(V, panelsVBack, w, N, ...stretch(share, w, 8));
        const [p, pEnd] = stretch(share, w * H);
        const [v, vEnd] = stretch(share, N * w);
        k.zero(dP.subarray(p), pEnd - p);
        k.zero(dV.subarray(v), vEnd - v);
      }
    },

    /** o of every cluster for every row, behind the first layer's: [T B, k₁ + clusters], then [T B, N] for each. */
    recordLogits(k: Kernels, share: Share, { rows: count, input }: HeadRows): void {
      const [row, end] = stretch(share, count);
      const h = input.subarray(row * H);
      let start = count * firstWidth(config);
      for (const { N, w, narrow, panelsP, panelsV } of clusters) {
        k.product(h, panelsP, narrow.subarray(row * w), end - row, w, H, false);
        k.product(narrow.subarray(row * w), panelsV, logits.subarray(start + row * N), end - row, N, w, false);
        start += count * N;
      }
    },

    /**
     * Adds what the clusters say to the loss of each row of a span that is in one, and with gradients what they ask of h; the last rows come
     * first.
     */
    recordLoss(k: Kernels, share: Share, { rows: count, first, input, gradient }: HeadRows): void {
      const [h0, h1] = stretch(share, H, 4);
      const s = Math.floor(first / rowsInMemory);
      const [from, to] = stretch(share, R);
      const rows = to - from;
      for (const { N, w, dP, dV, ...list } of clusters) {
        for (let group = Math.ceil(count / A) - 1; group >= 0; group--) {
          /** Each chunk of the group that has rows, the last first: where its lists begin, and its place in memory. */
          const each = (body: (start: number, place: number) => void): void => {
            for (let chunk = together - 1; chunk >= 0; chunk--) {
              const row = group * A + chunk * R;
              if (chunk === 0) body(s * M + row, 0);
              else if (row < count) k.when(list.counts[s], row + 1, () => void body(s * M + row, chunk * R));
            }
          };
          k.when(list.counts[s], group * A + 1, () => {
            each((start, place) => {
              const [at, own] = [start + from, place + from];
              const [h, z] = [gathered.subarray(own * H), list.narrow.subarray(own * w)];
              const [o, nll] = [logits.subarray(own * N), list.nll.subarray(own)];
              k.gatherRows(input, list.rows.subarray(at), noBias, h, rows, H);
              k.product(h, list.panelsP, z, rows, w, H, false); // z = P h
              k.product(z, list.panelsV, o, rows, N, w, false); // o = V z
              k.softmaxNll(o, list.targets.subarray(at), list.weights.subarray(at), nll, rows, N);
              k.scatterAddRows(nll, list.places.subarray(at), losses, rows, 1, 1, 1);
              if (!gradients) return;
              const [dz, dh] = [list.narrowGradient.subarray(own * w), gatheredGradient.subarray(own * H)];
              k.product(o, list.panelsVBack, dz, rows, w, N, false); // ∇z = Vᵀ ∇o
              k.product(dz, list.panelsPBack, dh, rows, H, w, false); // ∇h = Pᵀ ∇z
            });
            if (!gradients) return;
            k.barrier();
            each((start, place) => {
              const [z, dz] = [list.narrow.subarray(place * w), list.narrowGradient.subarray(place * w)];
              recordWeightGradient(k, share, scratch, logits.subarray(place * N), z, dV, [N, w, R], true); // ∇V = Σ ∇o zᵀ
              recordWeightGradient(k, share, scratch, dz, gathered.subarray(place * H), dP, [w, H, R], true); // ∇P = Σ ∇z hᵀ
              const dh = gatheredGradient.subarray(place * H + h0);
              k.scatterAddRows(dh, list.rows.subarray(start), gradient.subarray(h0), R, h1 - h0, H, H);
            });
            k.barrier();
          });
        }
        if (!gradients) k.barrier(); // the next cluster's logits stand elsewhere in the same place
      }
    },

    /**
     * Sorts the first `count` rows of a window by the clusters of their targets, for programs that then have the same work whatever the targets:
     * those of a span at a time, each list filled up to whole chunks with rows of weight 0.
     */
    sort(targets: Int32Array, firstTargets: Int32Array, count: number): void {
      for (let from = 0, span = 0; from < count; from += rowsInMemory, span++) {
        const to = Math.min(count, from + rowsInMemory);
        for (let row = from; row < to; row++) {
          const target = targets[row];
          let i = cutoffs.length;
          while (i > 0 && target < cutoffs[i - 1]) i--;
          firstTargets[row] = i === 0 ? target : cutoffs[0] + i - 1;
        }
        for (const { first, N, ...list } of clusters) {
          const start = span * M;
          let end = start;
          for (let row = from; row < to; row++) {
            const target = targets[row] - first;
            if (target < 0 || target >= N) continue;
            list.rows[end] = row - from;
            list.places[end] = row;
            list.targets[end] = target;
            list.weights[end] = weights[row];
            end++;
          }
          list.counts[span][0] = end - start;
          const whole = start + Math.ceil((end - start) / R) * R;
          for (; end < whole; end++) {
            list.rows[end] = 0;
            list.places[end] = targets.length;
            list.targets[end] = 0;
            list.weights[end] = 0;
          }
        }
      }
    },
  };
}

/** log ŷ(t) of a row of logits: of a rare class its cluster's in the first layer and its own in the cluster. [C] */
function logProbabilities(config: ModelConfig, logits: Floats, row: number, rows: number): Float64Array {
  const C = firstWidth(config);
  const [frequent] = config.cutoffs;
  const out = new Float64Array(config.vocabSize);
  const top = logits.subarray(row * C, (row + 1) * C);
  const total = logSum(top);
  for (let i = 0; i < frequent; i++) out[i] = top[i] - total;
  let start = rows * C;
  clustersOf(config).forEach(({ first, size }, i) => {
    const own = logits.subarray(start + row * size, start + (row + 1) * size);
    const rest = top[frequent + i] - total - logSum(own);
    for (let j = 0; j < size; j++) out[first + j] = own[j] + rest;
    start += rows * size;
  });
  return out;
}

/** log Σ exp(o). */
function logSum(o: Floats): number {
  let largest = -Infinity;
  for (const value of o) largest = Math.max(largest, value);
  let sum = 0;
  for (const value of o) sum += exp(value - largest);
  return largest + log(sum);
}
