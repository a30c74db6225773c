// What a window costs in memory, told as a formula before anything is allocated. plan.ts asks for the memory, this explains it: the terms are
// the arrays of `planWindow` in groups, and their sum is the workspace of the WebAssembly backend, to within its rounding.
//
//   P parameters, T steps, B sequences, H units, L layers, E embedding (D where the input is vectors), C classes, S rows of logits at a time
//   with adaptive softmax C₀ classes of the head, n clusters, N classes in one, w its width, R rows of it at a time

import { programBytes } from '../engine/program.ts';
import { chunkRows, clusterNumbers, clustersOf, headSize, logitsLength } from './clusters.ts';
import { inputWidth, isOneHot, type ModelConfig } from './config.ts';
import { callsOfWindow } from './dry-run.ts';
import { parameterCount } from './parameters.ts';
import { sliceRows, type WindowOptions } from './plan.ts';

/** One group of arrays. */
export interface MemoryTerm {
  readonly name: string;
  /** In symbols. */
  readonly formula: string;
  readonly bytes: number;
}

export interface MemoryFormula {
  readonly terms: readonly MemoryTerm[];
  /** All terms, in whole pages of 64 KiB. */
  readonly bytes: number;
}

const page = 65536;
/** Blocks of the products in assembly/products.ts: columns, rows, depth. */
const block = { columns: 512, rows: 240, depth: 512, pad: 16 };

/**
 * The memory of a window: terms that are zero are left out. Nothing is allocated, so any sizes may be asked for.
 * @param threads that share the work: each has blocks and programs of its own
 */
export function memoryFormula(config: ModelConfig, options: WindowOptions, threads = 1): MemoryFormula {
  const { steps: T, batch: B, output = 'loss', gradients = false, moments = 0 } = options;
  const { vocabSize: C, hiddenSize: H, numLayers: L } = config;
  const P = parameterCount(config);
  const clusters = clustersOf(config);
  const head = headSize(config);
  const rows = T * B;
  const K = Math.min(T, (gradients && options.checkpointEvery) || T);
  const spans = Math.ceil(T / K);
  const near = K * B;
  const width = isOneHot(config) ? 0 : inputWidth(config, 0);
  const slice = output === 'logits' ? rows : sliceRows(near, head);
  const adaptive = clusters.length > 0;
  const chunk = adaptive ? chunkRows(near, output) : 0;
  const loss = output === 'loss';
  const dropout = options.dropout === true && config.dropout > 0;
  const inputGradient = gradients && (config.embeddingSize !== null || options.inputGradients === true);
  const deltas = gradients ? (options.inputGradients ? L : Math.min(2, L)) : 0;
  const padded = (n: number): number => Math.ceil(n / 8) * 8;
  const E = config.inputSize === null ? 'E' : 'D';

  // U of layer 0 and of the layers above, W of every layer, V; and the same for the way back
  const forward = padded(H) * width + (L - 1) * padded(H) * H + L * padded(H) * H + padded(head) * H;
  const back = gradients ? padded(width) * H + (L - 1) * padded(H) * H + L * padded(H) * H + padded(H) * head : 0;
  const packed = (n: number, k: number): number => padded(n) * k + (gradients ? padded(k) * n : 0);
  const ofClusters = clusters.reduce((sum, { size: N, width: w }) => sum + packed(w, H) + packed(N, w), 0);
  const scratch = (m: number, n: number, k: number): number =>
    Math.min(block.columns, padded(n)) * Math.min(block.depth, k) +
    Math.min(block.rows, m) * (Math.min(block.depth, k) + block.pad);
  const steps = spans > 1 ? 'K' : 'T';
  const ways = gradients ? '2 ' : '';
  const words = loss ? (adaptive ? 5 : 4) : 1;
  const all = [
    term('parameters', 'P', P),
    term('gradient', 'P', gradients ? P : 0),
    term('gradient of a tied embedding', 'C E', gradients && config.tieWeights ? C * width : 0),
    term('optimizer', `${moments} P`, moments * P),
    term('states', `L (${steps} + 1) B H`, L * (K + 1) * B * H),
    term('states at checkpoints', 'L (T / K + 2) B H', spans > 1 ? L * (spans + 2) * B * H : 0),
    term('states after dropout', `L ${steps} B H`, dropout ? L * near * H : 0),
    term('gradients of states', `${deltas === L ? 'L' : deltas} (${steps} + 1) B H`, deltas * (K + 1) * B * H),
    term(
      'input',
      `${inputGradient ? '2 ' : ''}${E === 'E' ? steps : 'T'} B ${E}`,
      (inputGradient ? 2 : 1) * (E === 'E' ? near : rows) * width,
    ),
    term('tokens, targets, weights, losses', `${words > 1 ? `${words} ` : ''}T B`, words * rows),
    term(
      'logits',
      adaptive ? (loss ? 'the larger of S C₀ and R N' : 'S (C + n)') : 'S C',
      logitsLength(config, slice, chunk, output),
    ),
    term(
      'rows of clusters',
      loss ? `4 n T B + ${ways}R (H + Σ w)` : 'T B Σ w',
      clusterNumbers(config, { near, spans: loss ? spans : 0, chunk, gradients }),
    ),
    term(
      'packed weights',
      `${ways}((2 L − 1) H² + H ${adaptive ? 'C₀' : 'C'}${width ? ` + H ${E}` : ''})`,
      forward + back,
    ),
    term('packed weights of clusters', `${ways}Σ w (H + N)`, ofClusters),
    term(
      'blocks of products',
      `at most ${threads > 1 ? `${threads} ` : ''}(512 + 240) 512`,
      gradients
        ? threads *
            Math.max(
              scratch(head, H, slice),
              scratch(H, H, near),
              scratch(H, width, near),
              ...clusters.flatMap(({ size: N, width: w }) => [scratch(N, w, chunk), scratch(w, H, chunk)]),
            )
        : 0,
    ),
    {
      name: 'programs',
      formula: 'about 24 bytes a kernel call',
      bytes: threads * programsOf(config, options, threads),
    },
  ];
  const terms = all.filter(({ bytes }) => bytes > 0);
  const sum = terms.reduce((total, { bytes }) => total + bytes, 0);
  return { terms, bytes: Math.ceil((sum + overhead(L)) / page) * page };
}

function term(name: string, formula: string, numbers: number): MemoryTerm {
  return { name, formula, bytes: 4 * numbers };
}

/** What a program does not account for: constants of the kernels, and each array's start at a multiple of 64 bytes. */
function overhead(layers: number): number {
  return 2048 + 32 * (24 + 6 * layers);
}

/** Bytes of one thread's programs. Long windows are told from shorter ones. */
function programsOf(config: ModelConfig, options: WindowOptions, threads: number): number {
  const bytes = (steps: number): number => {
    if (steps > 2 * most) return bytes(most) + ((steps - most) / most) * (bytes(2 * most) - bytes(most));
    const short = { ...options, steps: Math.min(options.steps, 2 * most) };
    return programBytes(callsOfWindow(config, short, threads, steps));
  };
  const lengths = new Set([options.steps, options.shortSteps ?? options.steps]);
  return [...lengths].reduce((sum, steps) => sum + bytes(steps), 0);
}

/** Steps up to which programs are written down to tell their length. */
const most = 1024;
