// Networks and sequences of every kind with random numbers, and their tensors beside the gradients of these, by name.

import { Random } from '../../src/random.ts';
import type { Cell, CellGradients } from '../../src/reference/cells.ts';
import type { Matrix, Vector } from '../../src/reference/matrix.ts';
import type { Network, NetworkGradients, Sequence } from '../../src/reference/network.ts';
import type { Pooling } from '../../src/reference/pooling.ts';

export const cellNames = ['tanh', 'relu', 'sigmoid', 'gru', 'lstm', 'mingru'] as const;
export type CellName = (typeof cellNames)[number];

export interface Kind {
  cell: CellName;
  layers: number;
  directions: 1 | 2;
  pooling: Pooling;
  loss: 'softmax' | 'squared';
}

/** D = 3, H = 4, C = 3 if nothing else is asked for; a network of one seed is always the same. */
export class Maker {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  vector(length: number, scale = 0.8): Vector {
    return Float64Array.from({ length }, () => this.#random.uniform(-scale, scale));
  }

  matrix(rows: number, columns: number): Matrix {
    return Array.from({ length: rows }, () => this.vector(columns));
  }

  cell(cell: CellName, D: number, H: number): Cell {
    if (cell === 'mingru') return { cell, U: this.matrix(2 * H, D), b: this.vector(2 * H) };
    const gates = { gru: 3, lstm: 4, tanh: 1, relu: 1, sigmoid: 1 }[cell];
    const own = { U: this.matrix(gates * H, D), W: this.matrix(gates * H, H), b: this.vector(gates * H) };
    if (cell === 'gru') return { cell, ...own, bn: this.vector(H) };
    if (cell === 'lstm') return { cell, ...own };
    if (cell === 'relu') own.b = own.b.map(Math.abs); // else most units are dead, and their gradients no more than rounding
    return { cell: 'rnn', ...own, f: cell };
  }

  network({ cell, layers, directions, pooling }: Omit<Kind, 'loss'>, D = 3, H = 4, C = 3): Network {
    return {
      layers: Array.from({ length: layers * directions }, (_, k) =>
        this.cell(cell, k < directions ? D : directions * H, H),
      ),
      directions,
      pooling,
      V: this.matrix(C, directions * H),
      c: this.vector(C),
    };
  }

  /** The second step of several is masked. */
  sequence({ layers, pooling, c, V, directions = 1 }: Network, loss: Kind['loss'], steps: number): Sequence {
    const outputs = pooling === 'none' ? steps : 1;
    const states = () => layers.map(() => this.vector(V[0].length / directions));
    return {
      x: Array.from({ length: steps }, () => this.vector(layers[0].U[0].length, 1)),
      y: Array.from({ length: outputs }, () =>
        loss === 'softmax' ? this.#random.next() % c.length : this.vector(c.length, 1),
      ),
      weight: Array.from({ length: outputs }, (_, t) => (t === 1 ? 0 : 1.5 + t / 4)),
      h0: states(),
      s0: layers[0].cell === 'lstm' ? states() : undefined,
    };
  }
}

export type Pair = [name: string, theta: Vector[], gradient: Vector[]];

/** Every tensor that has a gradient, with it. */
export function pairsOf(network: Network, sequence: Sequence, gradients: NetworkGradients): Pair[] {
  const rows = (value: Matrix | Vector | undefined): Vector[] =>
    value instanceof Float64Array ? [value] : (value ?? []);
  const pairs: Pair[] = [
    ['V', network.V, gradients.V],
    ['c', [network.c], [gradients.c]],
    ['x', sequence.x, gradients.x],
  ];
  network.layers.forEach((cell, k) => {
    const { h0, s0, x, ...ofParameters } = gradients.layers[k];
    for (const [name, gradient] of Object.entries(ofParameters))
      if (gradient.length)
        pairs.push([`${name} of ${k}`, rows((cell as unknown as CellGradients)[name as 'U']), rows(gradient)]);
    pairs.push([`h0 of ${k}`, [sequence.h0[k]], [h0]]);
    if (sequence.s0) pairs.push([`s0 of ${k}`, [sequence.s0[k]], rows(s0)]);
  });
  return pairs;
}

/** Every combination. */
export const kinds: Kind[] = cellNames.flatMap((cell) =>
  [1, 2].flatMap((layers) =>
    ([1, 2] as const).flatMap((directions) =>
      (['none', 'last', 'mean'] as const).flatMap((pooling) =>
        (['softmax', 'squared'] as const).map((loss) => ({ cell, layers, directions, pooling, loss })),
      ),
    ),
  ),
);
