// What a window costs in memory, told as a formula before anything is allocated. plan.ts asks for the memory, this explains it: the terms are
// the arrays of `planWindow` in groups, and their sum is the workspace of the WebAssembly backend, to within its rounding.
//
//   P parameters, T steps, B sequences, H units, L layers, E embedding (D where the input is vectors), C classes, S rows of logits at a time
//   with adaptive softmax C₀ classes of the head, n clusters, N classes in one, w its width, R rows of it at a time

import { programBytes } from '../engine/program.ts';
import { cellOf } from './cells/table.ts';
import { directionsOf, inputWidth, isOneHot, type ModelConfig } from './config.ts';
import { callsOfWindow } from './dry-run.ts';
import { chunkRows, clusterNumbers, clustersOf, headSize, logitsLength } from './heads/clusters.ts';
import { parameterCount } from './parameters.ts';
import { isJoined, lengthsOf, sliceRows, type WindowOptions } from './plan.ts';

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
  const { steps: T, batch: B, output = 'loss', gradients = false, moments = 0, inputGradients = false } = options;
  const { vocabSize, hiddenSize: H, numLayers: L, symbols: S, pooling } = config;
  const { gates: gateList, inPlace, past, recurrence } = cellOf(config);
  const G = gateList.length;
  const D = directionsOf(config);
  const [wide, GH, LD] = [D * H, G * H, L * D];
  const P = parameterCount(config);
  const clusters = clustersOf(config);
  const head = headSize(config);
  const rows = T * B;
  const outputRows = pooling === 'none' ? rows : B;
  const K = Math.min(T, (gradients && options.checkpointEvery) || T);
  const spans = Math.ceil(T / K);
  const near = K * B;
  const width = isOneHot(config) ? 0 : inputWidth(config, 0);
  const isVectors = config.inputSize !== null;
  const slice = output === 'logits' ? outputRows : sliceRows(pooling === 'none' ? near : B, head);
  const adaptive = clusters.length > 0;
  const chunk = adaptive ? chunkRows(near, output) : 0;
  const loss = output === 'loss';
  const dropout = options.dropout === true && config.dropout > 0;
  const inputGradient = gradients && (config.embeddingSize !== null || inputGradients);
  const turns = gradients ? (inputGradients ? L : Math.min(2, L)) : 0;
  const layers = Array.from({ length: L }, (_, l) => l);
  const joined = layers.filter((l) => isJoined(config, l)).length + (gradients && D === 2 ? 1 : 0);
  const padded = (n: number): number => Math.ceil(n / 8) * 8;

  // U of layer 0 and of the layers above, W of every layer, V; and the same for the way back
  const packed = (n: number, k: number): number => padded(n) * k + (gradients ? padded(k) * n : 0);
  const W = recurrence === 'none' ? 0 : packed(GH, H);
  const ofLayers = D * (packed(GH, width) + (L - 1) * packed(GH, wide) + L * W) + packed(head, wide);
  const ofClusters = clusters.reduce((sum, { size: N, width: w }) => sum + packed(w, H) + packed(N, w), 0);
  const scratch = (m: number, n: number, k: number): number =>
    Math.min(block.columns, padded(n)) * Math.min(block.depth, k) +
    Math.min(block.rows, m) * (Math.min(block.depth, k) + block.pad);
  const steps = spans > 1 ? 'K' : 'T';
  const E = isVectors ? 'D' : 'E';
  const tracks = D > 1 ? '2 L' : 'L';
  const [units, gates] = [D > 1 ? '2 H' : 'H', G > 1 ? `${G} H` : 'H'];
  const ways = gradients ? '2 ' : '';
  const isClass = config.loss === 'nll';
  // lists of one number for each step or each sequence: tokens, targets or none, weights, losses, and what sequences.ts arranges
  const ofOutputs = loss ? (isClass ? 3 : 2) : 0;
  const ofSteps =
    (isVectors ? 0 : S) + (options.padded ? 1 : 0) + (pooling === 'mean' ? 1 : 0) + (loss && adaptive ? 1 : 0);
  const perStep = ofSteps + (pooling === 'none' ? ofOutputs : 0);
  const perSequence = 1 + (pooling === 'none' ? 0 : ofOutputs) + (pooling === 'last' ? 1 : 0);
  const all = [
    term('parameters', 'P', P),
    term('gradient', 'P', gradients ? P : 0),
    term('gradient of a tied embedding', 'C E', gradients && config.tieWeights ? vocabSize * width : 0),
    term('optimizer', times(moments, 'P'), moments * P),
    term('states', `${tracks} (${steps} + 1) B H`, LD * (K + 1) * B * H),
    term('cell states', `${tracks} (${steps} + 1) B H`, past === 'cell' ? LD * (K + 1) * B * H : 0),
    term('gates', `${tracks} ${steps} B ${gates}`, inPlace ? 0 : LD * near * GH),
    term('W h beside the gates', `${tracks} ${steps} B ${gates}`, recurrence === 'beside' ? LD * near * GH : 0),
    term(
      'states at checkpoints',
      past === 'cell' ? 'L (2 T / K + 6) B H' : `L (T / K + ${1 + (recurrence === 'none' ? 0 : G)}) B H`,
      spans > 1 ? LD * ((spans + 1) * (past === 'cell' ? 2 : 1) * B * H + (recurrence === 'none' ? 0 : B * GH)) : 0,
    ),
    term(
      'states after dropout',
      `${pooling === 'none' ? 'L' : '(L − 1)'} ${steps} B H`,
      dropout && D === 1 ? (pooling === 'none' ? L : L - 1) * near * H : 0,
    ),
    term('gradients of states', `${turns === L ? tracks : turns * D} (${steps} + 1) B H`, turns * D * (K + 1) * B * H),
    term('gradients past W', `${tracks} B H`, gradients && past !== 'nothing' ? LD * B * H : 0),
    term('states joined', times(joined, `${steps} B ${units}`), joined * near * wide),
    term('the reverse direction in order', `T B (${gates} + 2)`, D === 2 ? near * GH + 2 * rows : 0),
    term('pooled states', `${ways}B ${units}`, pooling === 'none' ? 0 : (gradients ? 2 : 1) * B * wide),
    term(
      'input',
      `${inputGradient ? '2 ' : ''}${isVectors ? 'T' : steps} B ${E}`,
      (inputGradient ? 2 : 1) * (isVectors ? rows : near) * width,
    ),
    term(
      loss ? 'tokens, targets, weights, losses' : 'tokens',
      `${times(perStep, 'T B')} + ${times(perSequence, 'B')}`,
      perStep * rows + perSequence * B,
    ),
    term('values to predict', pooling === 'none' ? 'C T B' : 'C B', loss && !isClass ? head * outputRows : 0),
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
    term('packed weights', packedFormula(config), ofLayers),
    term('packed weights of clusters', `${ways}Σ w (H + N)`, ofClusters),
    term(
      'blocks of products',
      `at most ${threads > 1 ? `${threads} ` : ''}(512 + 240) 512`,
      gradients
        ? threads *
            Math.max(
              scratch(head, wide, slice),
              scratch(GH, H, near),
              ...layers.map((l) => scratch(GH, l === 0 ? width : wide, near)),
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
  return { terms, bytes: Math.ceil((sum + overhead(LD)) / page) * page };

  function packedFormula({ inputSize }: ModelConfig): string {
    const classes = adaptive ? 'C₀' : 'C';
    const first = width ? ` + ${inputSize !== null ? 'H D' : 'H E'}` : '';
    if (G === 1 && D === 1) return `${ways}((2 L − 1) H² + H ${classes}${first})`;
    return `${ways}of U, W and V`;
  }
}

/** `4 T B`, and for one `T B`. */
function times(count: number, symbols: string): string {
  return count === 1 ? symbols : `${count} ${symbols}`;
}

function term(name: string, formula: string, numbers: number): MemoryTerm {
  return { name, formula, bytes: 4 * numbers };
}

/** What a program does not account for: constants of the kernels, and each array's start at a multiple of 64 bytes. */
function overhead(layers: number): number {
  return 2048 + 32 * (40 + 12 * layers);
}

/** Bytes of one thread's programs. Long windows are told from shorter ones. */
function programsOf(config: ModelConfig, options: WindowOptions, threads: number): number {
  const bytes = (steps: number): number => {
    if (steps > 2 * most) return bytes(most) + ((steps - most) / most) * (bytes(2 * most) - bytes(most));
    const short = { ...options, steps: Math.min(options.steps, 2 * most) };
    return programBytes(callsOfWindow(config, short, threads, steps));
  };
  return lengthsOf(options).reduce((sum, steps) => sum + bytes(steps), 0);
}

/** Steps up to which programs are written down to tell their length. */
const most = 1024;
