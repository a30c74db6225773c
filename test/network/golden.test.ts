// The engine against PyTorch's numbers in float64 (test/golden), on every backend.

import { describe, expect, test } from 'vitest';
import { tensorsOf } from '../../src/network/parameters.ts';
import { backends } from '../support/backends.ts';
import { configOf, flatOf, openGolden, readGolden } from '../support/golden.ts';
import { flatten, relativeError } from '../support/numbers.ts';

const cases = [
  'rnn_tanh_onehot',
  'rnn_tanh_onehot_wide',
  'rnn_relu_onehot_2_layers',
  'rnn_sigmoid_onehot',
  'rnn_tanh_embedding',
  'rnn_tanh_dense_masked',
  'rnn_tanh_bidirectional_tagging',
  'gru_onehot',
  'gru_dense_2_layers',
  'lstm_onehot',
  'lstm_embedding_2_layers_masked',
  'lstm_dense_bidirectional',
];

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each([...cases, 'adaptive_softmax'])('%s: loss, states and every gradient are PyTorch’s', (name) => {
    const golden = readGolden(name);
    const net = openGolden(backend, golden, { inputGradients: true });
    net.forward();
    expect(relativeError([net.loss()], [golden.loss])).toBeLessThan(tolerance);
    net.backward();
    const config = configOf(golden);
    const ours = tensorsOf(config, net.gradient);
    const theirs = tensorsOf(config, Float64Array.from(flatOf(config, golden.grads, 'gradients')));
    for (const block of Object.keys(theirs))
      expect(relativeError(ours[block], theirs[block]), block).toBeLessThan(tolerance);
    golden.grad_h0.forEach((gradient: number[][], layer: number) => {
      expect(relativeError(net.initialStateGradient(layer), flatten(gradient)), 'h(0)').toBeLessThan(tolerance);
      expect(relativeError(net.state(layer, golden.config.steps), flatten(golden.h_last[layer]))).toBeLessThan(
        tolerance,
      );
    });
    golden.grad_c0?.forEach((gradient: number[][], layer: number) => {
      expect(relativeError(net.initialCellGradient(layer), flatten(gradient)), 's(0)').toBeLessThan(tolerance);
      const last = net.cellState(layer, golden.config.steps);
      expect(relativeError(last, flatten(golden.c_last[layer]))).toBeLessThan(tolerance);
    });
    if (golden.grad_input)
      expect(relativeError(net.inputGradient, flatten(golden.grad_input)), 'x').toBeLessThan(tolerance);
  });

  test.each(cases)('%s: logits are PyTorch’s', (name) => {
    const golden = readGolden(name);
    const net = openGolden(backend, golden, { output: 'logits', gradients: false });
    net.forward();
    expect(relativeError(net.logits, flatten(golden.logits))).toBeLessThan(tolerance);
  });

  test('adaptive_softmax: log-probabilities of all classes are PyTorch’s', () => {
    const golden = readGolden('adaptive_softmax');
    const net = openGolden(backend, golden, { output: 'logits', gradients: false });
    net.forward();
    golden.log_prob.forEach((row: number[], i: number) => {
      expect(relativeError(net.logitsOf(i), row)).toBeLessThan(tolerance);
    });
  });

  test('truncated_bptt_3_windows: the state is carried over the edge, the gradient is not', () => {
    const golden = readGolden('truncated_bptt_3_windows');
    const net = openGolden(backend, golden);
    const config = configOf(golden);
    for (const window of golden.windows) {
      net.tokens.set(flatten(window.tokens));
      net.targets.set(flatten(window.targets));
      net.forward();
      net.backward();
      expect(relativeError([net.loss()], [window.loss])).toBeLessThan(tolerance);
      expect(relativeError(net.gradient, flatOf(config, window.grads, 'gradients'))).toBeLessThan(tolerance);
      expect(relativeError(net.state(0, golden.config.steps), flatten(window.h_last))).toBeLessThan(tolerance);
      net.carryState();
    }
  });
});
