// First values of the parameters, from a seed.
//
//   W   orthogonal: a random rotation times a gain for each gate (Saxe et al. 2014; gain 1, for ReLU 1.1),
//       identity: the identity times a gain (IRNN, Le et al. 2015), or uniform: ±1/√H, as PyTorch does
//   U, b, c      uniform ±1/√H, as PyTorch does; b is zero with identity, and what the cell says for one of its gates
//   V, and what else a head has   uniform ±1/√columns, as PyTorch does
//   embedding    normal with variance 1, as PyTorch does, 1/E where a step is a sum of several; uniform ±1/√H when it is also V

import { expectNumber, expectOneOf, UnrolledError } from '../errors.ts';
import { expectSeed, Random } from '../random.ts';
import type { ModelConfig } from './architecture.ts';
import { cellOf } from './cells/table.ts';
import { layoutOf, parameterCount } from './parameters.ts';

export const initializations = ['orthogonal', 'identity', 'uniform'] as const;
/** How W begins: a random rotation times a gain (Saxe et al. 2014), the identity times a gain (Le et al. 2015), or uniform in ±1/√H as in PyTorch. */
export type Initialization = (typeof initializations)[number];

/** How the parameters begin. The same options and seed give the same numbers everywhere. */
export interface InitializeOptions {
  /** The form of W. Default orthogonal. */
  readonly init?: Initialization;
  /** Scale of an orthogonal or identity W. Default 1, for an orthogonal W under ReLU 1.1. */
  readonly gain?: number;
  /** Default 1. */
  readonly seed?: number;
}

/**
 * The parameters of a new model, flat, in the layout of `layoutOf`: W orthogonal by default (Saxe et al. 2014), U, b and c uniform in ±1/√H, V
 * uniform in ±1/√columns, an embedding normal, as in PyTorch. The same seed gives the same numbers on every machine. [P]
 */
export function initialize(config: ModelConfig, options: InitializeOptions = {}): Float32Array {
  const init = expectOneOf('init', options.init ?? 'orthogonal', initializations);
  const { firstBias, gates, takesIdentity, orthogonalGain } = cellOf(config);
  if (init === 'identity' && !takesIdentity)
    throw new UnrolledError(`init: expected orthogonal or uniform for the cell ${config.cell}, got identity`);
  const gain = expectNumber('gain', options.gain ?? (init === 'orthogonal' ? orthogonalGain : 1), 0);
  const random = new Random(expectSeed(options.seed));
  const H = config.hiddenSize;
  const bound = 1 / Math.sqrt(H);
  const count = parameterCount(config);
  if (count >= 2 ** 30)
    throw new UnrolledError(
      `model: expected fewer than 2³⁰ parameters (4 GiB in float32), got ${count}; take a smaller hiddenSize`,
    );
  const flat = new Float32Array(count);
  const embeddingScale = config.symbols > 1 ? 1 / Math.sqrt(config.embeddingSize ?? 1) : 1;
  for (const { name, kind, shape, offset, length } of layoutOf(config)) {
    const tensor = flat.subarray(offset, offset + length);
    if (kind === 'W' && init === 'orthogonal')
      for (let gate = 0; gate < gates.length; gate++) orthogonal(tensor.subarray(gate * H * H), H, gain, random);
    else if (kind === 'W' && init === 'identity') for (let i = 0; i < H; i++) tensor[i * H + i] = gain;
    else if (kind === 'b' && init === 'identity') tensor.fill(0);
    else if (name === 'embedding' && !config.tieWeights)
      for (let i = 0; i < length; i++) tensor[i] = random.normal() * embeddingScale;
    else {
      const limit = kind === 'V' || kind === 'P' ? 1 / Math.sqrt(shape[1]) : bound;
      for (let i = 0; i < length; i++) tensor[i] = random.uniform(-limit, limit);
    }
    if (kind === 'b' && firstBias) {
      const gate = gates.indexOf(firstBias.gate);
      tensor.fill(firstBias.value, gate * H, (gate + 1) * H);
    }
  }
  return flat;
}

/**
 * A rotation drawn uniformly: normal numbers, orthogonalized row by row in float64 (modified Gram–Schmidt: its error, the condition of a random matrix
 * times 2⁻⁵³, is far below float32's).
 */
function orthogonal(out: Float32Array, size: number, gain: number, random: Random): void {
  const rows: Float64Array[] = [];
  while (rows.length < size) {
    const row = Float64Array.from({ length: size }, () => random.normal());
    for (const other of rows) {
      let overlap = 0;
      for (let i = 0; i < size; i++) overlap += row[i] * other[i];
      for (let i = 0; i < size; i++) row[i] -= overlap * other[i];
    }
    let square = 0;
    for (let i = 0; i < size; i++) square += row[i] * row[i];
    if (square < 1e-12) continue; // the draw all but lay in the span of the rows before: draw again
    const scale = 1 / Math.sqrt(square);
    for (let i = 0; i < size; i++) row[i] *= scale;
    rows.push(row);
  }
  rows.forEach((row, r) => {
    for (let i = 0; i < size; i++) out[r * size + i] = row[i] * gain;
  });
}
