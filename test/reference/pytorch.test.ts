// The reference against PyTorch's numbers: every cell, masked steps, two directions, pooling, both losses. (The Elman network in one direction and
// without pooling is compared through the engine, test/network/golden.test.ts.)

import { describe, expect, test } from 'vitest';
import { forward, gradients, loss } from '../../src/reference/network.ts';
import { flatten, relativeError } from '../support/numbers.ts';
import { isPooled, networkOf, readCase, readHeads, rowsOf, sequenceOf, stepsOf, torchGradients } from './golden.ts';

const names = [
  'rnn_tanh_bidirectional_tagging',
  'gru_onehot',
  'gru_dense_2_layers',
  'lstm_onehot',
  'lstm_embedding_2_layers_masked',
  'lstm_dense_bidirectional',
];
const cases = [...names.map(readCase), ...readHeads()];

/** Both sides are float64 and differ in the order of sums only. */
const tolerance = 1e-10;
const expectEqual = (ours: unknown, theirs: unknown, name: string) =>
  expect(relativeError(flatten(ours), flatten(theirs)), name).toBeLessThan(tolerance);
const lists = (rows: Float64Array[]) => rows.map((row) => [...row]);

describe.each(cases.map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
  const network = networkOf(golden);
  const sequences = Array.from({ length: golden.config.batch }, (_, b) => sequenceOf(golden, b));

  test('has PyTorch’s states, logits and loss', () => {
    sequences.forEach((sequence, b) => {
      const { top, o, states } = forward(network, sequence);
      expectEqual(lists(top), rowsOf(golden, golden.hidden, b, false), 'states');
      expectEqual(lists(o), rowsOf(golden, golden.logits, b, isPooled(golden)), 'logits');
      states.forEach(({ h, s }, k) => {
        expectEqual([...h.at(-1)!], golden.h_last[k][b], `last h of ${k}`);
        if (golden.c_last) expectEqual([...s!.at(-1)!], golden.c_last[k][b], `last s of ${k}`);
      });
    });
    const sum = sequences.reduce((total, sequence) => total + loss(network, sequence), 0);
    expectEqual(sum, golden.loss, 'loss');
  });

  test('has PyTorch’s gradients', () => {
    const each = sequences.map((sequence) => gradients(network, sequence));
    const ours = torchGradients(golden, each);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(golden.grads).sort());
    for (const [name, theirs] of Object.entries(golden.grads)) expectEqual(ours[name], theirs, name);
    each.forEach(({ x, layers }, b) => {
      if (golden.grad_input) {
        expectEqual(lists(x), rowsOf(golden, golden.grad_input, b, false), 'x');
        expect(x).toHaveLength(stepsOf(golden, b));
      }
      layers.forEach(({ h0, s0 }, k) => {
        expectEqual([...h0], golden.grad_h0[k][b], `h(0) of ${k}`);
        if (golden.grad_c0) expectEqual([...s0!], golden.grad_c0[k][b], `s(0) of ${k}`);
      });
    });
  });
});
