// The gradients of the reference, for every cell, depth, number of directions, pooling and loss, against central differences.

import { describe, expect, test } from 'vitest';
import { centralDifferences, forward, gradients, loss } from '../../src/reference/network.ts';
import { some } from '../support/exhaustive.ts';
import { relativeError } from '../support/numbers.ts';
import { cellNames, type Kind, kinds, Maker, type Pair, pairsOf } from './networks.ts';

const flat = (rows: Float64Array[]): number[] => rows.flatMap((row) => [...row]);

/** The tensors of a random network and sequence of this kind, with the gradients to test and those of central differences. */
function differentiate(kind: Kind, seed: number): { pairs: Pair[]; numeric: number[][] } {
  const maker = new Maker(seed);
  const network = maker.network(kind);
  const sequence = maker.sequence(network, kind.loss, 4);
  const pairs = pairsOf(network, sequence, gradients(network, sequence));
  const numeric = pairs.map(([, theta]) =>
    theta.flatMap((row) => [...centralDifferences(() => loss(network, sequence), row)]),
  );
  return { pairs, numeric };
}

/** How many tensors with a gradient a cell has, h(0) and s(0) among them. */
const tensorsOf = { tanh: 4, relu: 4, sigmoid: 4, gru: 5, lstm: 5, mingru: 3 };

describe.each(cellNames)('%s', (cell) => {
  const ofCell = kinds.filter((kind) => kind.cell === cell);
  test.each(some(ofCell, ofCell.length / 2))(
    'has the gradients of central differences: layers $layers, directions $directions, pooling $pooling, loss $loss',
    (kind) => {
      const { pairs, numeric } = differentiate(kind, 100 + kinds.indexOf(kind));
      expect(pairs).toHaveLength(3 + kind.layers * kind.directions * tensorsOf[cell]);
      // second-order error of a central difference at ε = 1e-5 is about 1e-10, rounding about 1e-11: 1e-7 leaves room for cancellation
      for (const [i, [name, , gradient]] of pairs.entries())
        expect(relativeError(flat(gradient), numeric[i]), name).toBeLessThan(1e-7);
    },
  );

  test('has no gradient in which a planted mistake would not be seen', () => {
    for (const directions of [1, 2] as const) {
      const { pairs, numeric } = differentiate({ cell, layers: 2, directions, pooling: 'none', loss: 'softmax' }, 7);
      for (const [i, [name, , gradient]] of pairs.entries()) {
        const right = flat(gradient);
        const unseen = right.filter((value, at) => {
          const wrong = right.with(at, value + 1e-3 * Math.abs(value) + 1e-5);
          return !(relativeError(wrong, numeric[i]) > 1e-7);
        });
        expect(unseen, name).toEqual([]);
      }
    }
  });

  test('a sequence with weight 0 gives no gradient, and neither does a step', () => {
    for (const pooling of ['none', 'last', 'mean'] as const) {
      const maker = new Maker(8);
      const network = maker.network({ cell, layers: 2, directions: 2, pooling });
      const sequence = maker.sequence(network, 'softmax', 4);
      const masked = { ...sequence, weight: sequence.weight.map(() => 0) };
      for (const [name, , gradient] of pairsOf(network, masked, gradients(network, masked)))
        expect(
          flat(gradient).every((value) => Math.abs(value) === 0),
          name,
        ).toBe(true);
      expect(loss(network, masked)).toBe(0);
    }
    const maker = new Maker(9);
    const network = maker.network({ cell, layers: 1, directions: 1, pooling: 'none' });
    const sequence = maker.sequence(network, 'softmax', 4); // whose second step is masked
    const other = { ...sequence, y: sequence.y.map((y, t) => (t === 1 ? ((y as number) + 1) % 3 : y)) };
    expect(gradients(network, other)).toEqual(gradients(network, sequence));
  });

  test('a sequence in two parts with the state carried has the states of the sequence whole', () => {
    const maker = new Maker(10);
    const network = maker.network({ cell, layers: 2, directions: 1, pooling: 'none' });
    const sequence = maker.sequence(network, 'softmax', 6);
    const whole = forward(network, sequence);
    const first = forward(network, { ...sequence, x: sequence.x.slice(0, 2) });
    const s0 = sequence.s0 && first.states.map(({ s }) => s!.at(-1)!);
    const second = forward(network, { x: sequence.x.slice(2), h0: first.states.map(({ h }) => h.at(-1)!), s0 });
    expect([...first.o, ...second.o]).toEqual(whole.o);
  });
});

test('the reverse direction of a reversed sequence is the forward direction of the sequence', () => {
  const maker = new Maker(11);
  const network = maker.network({ cell: 'gru', layers: 1, directions: 2, pooling: 'none' });
  const { x, h0 } = maker.sequence(network, 'softmax', 5);
  const [forwards, reverse] = network.layers;
  const swapped = { ...network, layers: [reverse, forwards] };
  const H = 4;
  const halves = (top: Float64Array[]) => top.map((h) => [...h.slice(H), ...h.slice(0, H)]);
  const { top } = forward(network, { x, h0 });
  const { top: ofReversed } = forward(swapped, { x: x.toReversed(), h0: h0.toReversed() });
  expect(halves(ofReversed.toReversed())).toEqual(top.map((h) => [...h]));
});

test('a network that does not say otherwise has one direction and an output at every step', () => {
  const maker = new Maker(12);
  const network = maker.network({ cell: 'tanh', layers: 2, directions: 1, pooling: 'none' });
  const sequence = maker.sequence(network, 'softmax', 4);
  const { layers, V, c } = network;
  expect(loss({ layers, V, c }, sequence)).toBe(loss(network, sequence));
  expect(gradients({ layers, V, c }, sequence)).toEqual(gradients(network, sequence));
});

test('large logits overflow neither the loss nor the gradient', () => {
  const maker = new Maker(13);
  const network = maker.network({ cell: 'tanh', layers: 1, directions: 1, pooling: 'none' });
  network.c.set([2000, 0, -2000]);
  const sequence = { ...maker.sequence(network, 'softmax', 2), y: [1, 0], weight: [1, 1] };
  expect(loss(network, sequence)).toBeGreaterThan(1900); // the first step is sure of the wrong class, the second of the right one
  expect(loss(network, sequence)).toBeLessThan(2100);
  expect([...gradients(network, sequence).c]).toEqual([1, -1, 0]);
});
