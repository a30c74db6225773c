// The cells as ONNX's recurrent operators: the operator of each cell, the source of each of its blocks of rows, and the weights W, R and B made from
// these. onnx.ts builds the graph around them.
//
//   ours, PyTorch's   GRU r z n   LSTM i f g o        ONNX   GRU z r h   LSTM i o f c
//
// ONNX has no minGRU, but an LSTM without R is one: with i = z, f = 1 − z = σ(−a_z), o = σ(30) = 1 and no squashing (Affine 1 x + 0) the cell state is
// s(t) = (1 − z) ⊙ s(t−1) + z ⊙ n, and h(t) = s(t).

import { cellOf } from '../../network/cells/table.ts';
import { type CellName, directionsOf, inputWidth, isOneHot, type ModelConfig } from '../../network/config.ts';
import type { Attribute, Initializer } from './onnx-proto.ts';

/** The source of H rows of an operator's weights: a gate of the cell, a gate negated, or none, where the rows are zeros and the bias is a constant. */
type Source = { readonly gate: number; readonly negated?: boolean } | { readonly bias: number };

export interface OnnxCell {
  readonly op: 'RNN' | 'GRU' | 'LSTM';
  readonly blocks: readonly Source[];
  /** The operator's cell state: none, the cell state of the cell, or a copy of h. */
  readonly memory: 'none' | 'cell' | 'copy of h';
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** The activations of one direction, where they are not the operator's default. */
  readonly activations?: (config: ModelConfig) => readonly string[];
}

const elman = { tanh: 'Tanh', relu: 'Relu', sigmoid: 'Sigmoid' } as const;

const table: Readonly<Record<CellName, OnnxCell>> = {
  rnn: {
    op: 'RNN',
    blocks: [{ gate: 0 }],
    memory: 'none',
    activations: ({ nonlinearity }) => [elman[nonlinearity]],
  },
  // PyTorch's reset gate acts on W h + b_n, not on h
  gru: {
    op: 'GRU',
    blocks: [{ gate: 1 }, { gate: 0 }, { gate: 2 }],
    memory: 'none',
    attributes: { linear_before_reset: 1 },
  },
  lstm: { op: 'LSTM', blocks: [{ gate: 0 }, { gate: 3 }, { gate: 1 }, { gate: 2 }], memory: 'cell' },
  mingru: {
    op: 'LSTM',
    blocks: [{ gate: 0 }, { bias: 30 }, { gate: 0, negated: true }, { gate: 1 }],
    memory: 'copy of h',
    activations: () => ['Sigmoid', 'Affine', 'Affine'],
  },
};

/** The operator of a cell. */
export function onnxCell({ cell }: Pick<ModelConfig, 'cell'>): OnnxCell {
  return table[cell];
}

/** The attributes of a layer's node. */
export function cellAttributes(cell: OnnxCell, config: ModelConfig): Record<string, Attribute> {
  const D = directionsOf(config);
  const once = cell.activations?.(config);
  const all = once && Array.from({ length: D }, () => once).flat();
  const isAffine = all?.includes('Affine');
  return {
    hidden_size: config.hiddenSize,
    direction: D === 2 ? 'bidirectional' : 'forward',
    ...(all && { activations: all }),
    // one for each activation that takes some, in their order: α x + β
    ...(isAffine && {
      activation_alpha: { floats: all!.filter((name) => name === 'Affine').map(() => 1) },
      activation_beta: { floats: all!.filter((name) => name === 'Affine').map(() => 0) },
    }),
    ...cell.attributes,
  };
}

/** Returns a block of the parameters by name. */
export type View = (name: string) => Float32Array;

/**
 * The weights W, R and B of a layer. `looked` says that layer 0 reads rows of U that a Gather has looked up, so that its W only reorders them.
 */
export function cellWeights(config: ModelConfig, layer: number, looked: boolean, view: View): Initializer[] {
  const { hiddenSize: H } = config;
  const own = cellOf(config);
  const { blocks } = onnxCell(config);
  const D = directionsOf(config);
  const GH = own.gates.length * H;
  const width = looked && layer === 0 ? D * GH : inputWidth(config, layer);
  const suffixes = Array.from({ length: D }, (_, direction) => (direction === 1 ? `${layer}_reverse` : `${layer}`));
  const isTransposed = layer === 0 && isOneHot(config);

  /** The H rows of W that come from a gate, in one direction. */
  const inputRows = (gate: number, direction: number, negated: boolean): Float32Array => {
    const U = () => view(`U${suffixes[direction]}`);
    if (looked && layer === 0) {
      const rows = new Float32Array(H * width);
      for (let unit = 0; unit < H; unit++) rows[unit * width + direction * GH + gate * H + unit] = negated ? -1 : 1;
      return rows;
    }
    if (!isTransposed) return signed(U().subarray(gate * H * width, (gate + 1) * H * width), negated);
    const rows = new Float32Array(H * width);
    const table = U(); // [tokens, G H]
    for (let token = 0; token < width; token++)
      for (let unit = 0; unit < H; unit++) rows[unit * width + token] = table[token * GH + gate * H + unit];
    return signed(rows, negated);
  };

  function* each(rows: (source: Source, direction: number) => Float32Array): Generator<Float32Array> {
    for (let direction = 0; direction < D; direction++) for (const source of blocks) yield rows(source, direction);
  }
  const W = () =>
    each((source, direction) =>
      'bias' in source ? new Float32Array(H * width) : inputRows(source.gate, direction, source.negated === true),
    );
  const R = () =>
    each((source, direction) =>
      'bias' in source || own.recurrence === 'none'
        ? new Float32Array(H * H)
        : signed(rowsOf(view(`W${suffixes[direction]}`), source.gate, H * H), source.negated === true),
    );
  function* B(): Generator<Float32Array> {
    for (const suffix of suffixes) {
      for (const source of blocks)
        if ('bias' in source) yield new Float32Array(H).fill(source.bias);
        else yield signed(rowsOf(view(`b${suffix}`), source.gate, H), source.negated === true);
      for (const source of blocks) {
        const isApart = own.recurrence === 'beside' && 'gate' in source && source.gate === own.gates.length - 1;
        yield isApart ? view(`bn${suffix}`) : new Float32Array(H);
      }
    }
  }
  const rows = blocks.length * H;
  const tensor = (name: string, shape: readonly number[], pieces: Initializer['pieces']): Initializer => ({
    name: `layer${layer}.${name}`,
    type: 'float',
    shape: [D, ...shape],
    pieces,
  });
  return [tensor('W', [rows, width], W), tensor('R', [rows, H], R), tensor('B', [2 * rows], B)];
}

/** For each gate of a cell, in our order, its place among the blocks of the operator. */
export function blockOfGates(cell: CellName): readonly number[] {
  const { blocks } = table[cell];
  const places = blocks.flatMap((source, place) => ('gate' in source && !source.negated ? [[source.gate, place]] : []));
  return places.sort(([a], [b]) => a - b).map(([, place]) => place);
}

function rowsOf(matrix: Float32Array, gate: number, length: number): Float32Array {
  return matrix.subarray(gate * length, (gate + 1) * length);
}

function signed(values: Float32Array, negated: boolean): Float32Array {
  return negated ? values.map((value) => -value) : values;
}
