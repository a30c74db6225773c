// Clusters of an adaptive softmax (Grave et al. 2017): which classes share one, how wide each is, what a window needs for them, and which rows
// of a window fall into each. Nothing here computes a loss; adaptive-softmax.ts does.
//
//   classes   0 … k₁ − 1 frequent | k₁ … k₂ − 1 cluster 1 | k₂ … k₃ − 1 cluster 2 | …      by falling frequency; kᵢ are the cutoffs
//   head      a softmax over the frequent classes and one class for each cluster
//   cluster i a softmax over its own classes, from h brought down to H / 4ⁱ numbers

import type { Allocator, Floats } from '../../engine/backend.ts';
import type { ModelConfig } from '../config.ts';

/** Each cluster is so many times narrower than the one before: `div_value` of PyTorch. */
const narrowing = 4;
/** The smallest vocabulary that is cut by itself: below, the full softmax costs little. */
export const leastClasses = 1000;

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

type Cut = Pick<ModelConfig, 'vocabSize' | 'outputSize' | 'hiddenSize' | 'cutoffs'>;

/**
 * A sixteenth of the classes is frequent, the next three are cluster 1, the other twelve cluster 2. The tensors of the two clusters are then
 * of one size, three quarters of the head's, and all together a sixth of V.
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

/** Rows of V and c: with full softmax all outputs, else the frequent classes and the clusters. */
export function headSize({
  vocabSize,
  outputSize,
  cutoffs,
}: Pick<ModelConfig, 'vocabSize' | 'outputSize' | 'cutoffs'>): number {
  return cutoffs.length > 0 ? cutoffs[0] + cutoffs.length : (outputSize ?? vocabSize);
}

/** R: rows of a cluster that go through its products together; for bare logits all. */
export function chunkRows(rows: number, output: 'loss' | 'logits' = 'loss'): number {
  return output === 'logits' ? rows : Math.min(32, rows);
}

/**
 * Numbers that the logits of a window take at most: of `slice` rows of the head or of a chunk of a cluster, as one is done with when the other
 * begins; or where they are the output, of everything.
 */
export function logitsLength(config: Cut, slice: number, chunk: number, output: 'loss' | 'logits'): number {
  const sizes = clustersOf(config).map(({ size }) => size);
  if (output === 'logits') return slice * ((config.outputSize ?? config.vocabSize) + sizes.length);
  return Math.max(slice * headSize(config), ...sizes.map((size) => chunk * size));
}

/** What a window has for one cluster. S spans of time; R rows in a chunk; M rows of a span, in whole chunks. */
export type ClusterRows = ReturnType<typeof planCluster>;

/** Asks for the memory of a cluster. `near` rows of a window stand in memory together, in `spans` stretches one after the other. */
export function planCluster(
  allocate: Allocator,
  cluster: Cluster,
  { hiddenSize: H }: Pick<ModelConfig, 'hiddenSize'>,
  { near, spans, chunk: R, gradients }: { near: number; spans: number; chunk: number; gradients: boolean },
) {
  const { size: N, width: w } = cluster;
  const M = Math.ceil(near / R) * R;
  return {
    cluster,
    chunk: R,
    most: M,
    counts: Array.from({ length: spans }, () => allocate.integers(1)), // S of [1]: how many rows of a span are in it
    rows: allocate.integers(spans * M), // [S, M]: which
    places: allocate.integers(spans * M), // [S, M]: where in the window their loss stands; padding has the place behind
    targets: allocate.integers(spans * M), // [S, M]: from 0 for the cluster's first class
    weights: allocate.floats(spans * M), // [S, M]
    nll: allocate.floats(spans > 0 ? R : 0), // [R]
    narrow: allocate.floats(R * w), // [R, w]: P h
    narrowGradient: allocate.floats(gradients ? R * w : 0), // [R, w]
    panelsP: allocate.panels(w, H),
    panelsV: allocate.panels(N, w),
    panelsPBack: allocate.panels(gradients ? H : 0, w),
    panelsVBack: allocate.panels(gradients ? w : 0, N),
  };
}

/** Numbers of these lists and chunks, all clusters together, and of the rows of h and of its gradient that all of them use. */
export function clusterNumbers(
  config: Cut,
  { near, spans, chunk: R, gradients }: Parameters<typeof planCluster>[3],
): number {
  const ways = gradients ? 2 : 1;
  const M = Math.ceil(near / R) * R;
  const clusters = clustersOf(config);
  const all = clusters.reduce((sum, { width: w }) => sum + 4 * spans * M + (spans > 0 ? R : 0) + ways * R * w, 0);
  return clusters.length > 0 && spans > 0 ? all + ways * R * config.hiddenSize : all;
}

/** Where rows are sorted from, and to. */
interface Sorting {
  readonly config: ModelConfig;
  readonly targets: Int32Array;
  readonly weights: Floats;
  readonly headTargets: Int32Array;
  readonly clusters: readonly ClusterRows[];
}

/**
 * Sorts the rows of a window by the clusters of their targets, for programs that then have the same work whatever the targets: `near` rows at a time,
 * each list filled up to whole chunks with rows of weight 0.
 */
export function sortRows(a: Sorting, rows: number, near: number): void {
  const { cutoffs } = a.config;
  const behind = a.targets.length;
  for (let from = 0, span = 0; from < rows; from += near, span++) {
    const to = Math.min(rows, from + near);
    for (let row = from; row < to; row++) {
      const target = a.targets[row];
      let i = cutoffs.length;
      while (i > 0 && target < cutoffs[i - 1]) i--;
      a.headTargets[row] = i === 0 ? target : cutoffs[0] + i - 1;
    }
    for (let i = 0; i < a.clusters.length; i++) {
      const list = a.clusters[i];
      const { first, size } = list.cluster;
      const start = span * list.most;
      let end = start;
      for (let row = from; row < to; row++) {
        const target = a.targets[row] - first;
        if (target < 0 || target >= size) continue;
        list.rows[end] = row - from;
        list.places[end] = row;
        list.targets[end] = target;
        list.weights[end] = a.weights[row];
        end++;
      }
      list.counts[span][0] = end - start;
      const whole = start + Math.ceil((end - start) / list.chunk) * list.chunk;
      for (; end < whole; end++) {
        list.rows[end] = 0;
        list.places[end] = behind;
        list.targets[end] = 0;
        list.weights[end] = 0;
      }
    }
  }
}
