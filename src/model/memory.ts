// What a window costs in memory, told as a formula before anything is allocated. plan.ts asks for the memory, this explains it: the terms are
// the arrays of `planWindow` in groups, and their sum is the workspace of the WebAssembly backend, to within its rounding.
//
//   P parameters, T steps, B sequences, H units, L layers, E embedding (D where the input is vectors), C classes, S rows of logits at a time

import { inputWidth, isOneHot, type ModelConfig } from './config.ts';
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
/** Bytes of a kernel call in a program (engine/wasm.ts). */
const callBytes = 36;
/** Blocks of the products in assembly/products.ts: columns, rows, depth. */
const block = { columns: 512, rows: 240, depth: 512 };

/** The memory of a window: terms that are zero are left out. Nothing is allocated, so any sizes may be asked for. */
export function memoryFormula(config: ModelConfig, options: WindowOptions): MemoryFormula {
  const { steps: T, batch: B, output = 'loss', gradients = false, moments = 0 } = options;
  const { vocabSize: C, hiddenSize: H, numLayers: L } = config;
  const P = parameterCount(config);
  const rows = T * B;
  const width = isOneHot(config) ? 0 : inputWidth(config, 0);
  const slice = output === 'logits' ? rows : sliceRows(rows, C);
  const dropout = options.dropout === true && config.dropout > 0;
  const inputGradient = gradients && (config.embeddingSize !== null || options.inputGradients === true);
  const deltas = gradients ? (options.inputGradients ? L : Math.min(2, L)) : 0;
  const padded = (n: number): number => Math.ceil(n / 8) * 8;
  const E = config.inputSize === null ? 'E' : 'D';

  // U of layer 0 and of the layers above, W of every layer, V; and the same for the way back
  const forward = padded(H) * width + (L - 1) * padded(H) * H + L * padded(H) * H + padded(C) * H;
  const back = gradients ? padded(width) * H + (L - 1) * padded(H) * H + L * padded(H) * H + padded(H) * C : 0;
  const scratch = (m: number, n: number, k: number): number =>
    (Math.min(block.columns, padded(n)) + Math.min(block.rows, m)) * Math.min(block.depth, k);
  const lengths = new Set([T, options.shortSteps ?? T]);
  let calls = 0;
  for (const steps of lengths) calls += kernelCalls(config, options, steps, slice);

  const ways = gradients ? '2 ' : '';
  const all = [
    term('parameters', 'P', P),
    term('gradient', 'P', gradients ? P : 0),
    term('optimizer', `${moments} P`, moments * P),
    term('states', 'L (T + 1) B H', L * (T + 1) * B * H),
    term('states after dropout', 'L T B H', dropout ? L * rows * H : 0),
    term('gradients of states', `${deltas === L ? 'L' : deltas} (T + 1) B H`, deltas * (T + 1) * B * H),
    term('input', `${inputGradient ? '2 ' : ''}T B ${E}`, (inputGradient ? 2 : 1) * rows * width),
    term('tokens, targets, weights, losses', output === 'loss' ? '4 T B' : 'T B', (output === 'loss' ? 4 : 1) * rows),
    term('logits', 'S C', slice * C),
    term('packed weights', `${ways}((2 L − 1) H² + H C${width ? ` + H ${E}` : ''})`, forward + back),
    term(
      'blocks of products',
      'at most (512 + 240) 512',
      gradients ? Math.max(scratch(C, H, slice), scratch(H, H, rows), scratch(H, width, rows)) : 0,
    ),
    { name: 'programs', formula: '36 bytes a kernel call', bytes: calls * callBytes },
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

/** How many kernel calls bptt.ts writes down for a window. */
function kernelCalls(config: ModelConfig, options: WindowOptions, steps: number, slice: number): number {
  const { gradients = false, inputGradients = false, output = 'loss' } = options;
  const L = config.numLayers;
  const dropout = options.dropout === true && config.dropout > 0 ? 1 : 0;
  const embedded = config.embeddingSize !== null;
  const dense = isOneHot(config) ? L - 1 : L;
  const slices = Math.ceil((steps * options.batch) / slice);

  let calls = (embedded ? 1 + dropout : 0) + 3 * dense + (L - dense) + L * (1 + 2 * steps + dropout);
  if (output === 'logits') return calls + 3;
  calls += gradients ? 2 + 6 * slices + dropout : 1 + 3 * slices;
  if (!gradients) return calls;
  calls += L * (2 + 2 * steps + (inputGradients ? 1 : 0)); // packing, steps, ∇W, ∇b
  calls += isOneHot(config) ? 2 : 0;
  calls += 3 * dense + dropout * (L - 1);
  return calls + (embedded ? 1 + dropout + (config.tieWeights ? 0 : 1) : 0);
}
