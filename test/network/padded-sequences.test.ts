// Every cell in one and two directions, with every head: the reference's gradients on every backend, and what padding must not do.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { cellNames, losses, type ModelOptions, poolings } from '../../src/network/config.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { backends } from '../support/backends.ts';
import { some } from '../support/exhaustive.ts';
import { relativeError } from '../support/numbers.ts';
import { referenceGradients } from '../support/reference.ts';
import { filled, wholeArchitectures } from '../support/windows.ts';

const [steps, batch] = [6, 5];
const window = { steps, batch, gradients: true };

/** Every cell × direction × layers × head, of symbols for the negative log-likelihood and of vectors for the squared loss. */
const networks = cellNames.flatMap((cell) =>
  [false, true].flatMap((bidirectional) =>
    [1, 2].flatMap((numLayers) =>
      poolings.flatMap((pooling) =>
        losses.map((loss): ModelOptions => {
          const input = loss === 'nll' ? { vocabSize: 7, symbols: 2 } : { vocabSize: 1, inputSize: 3 };
          const quantiles = loss === 'pinball' ? [0.1, 0.5, 0.9] : [];
          return { cell, bidirectional, numLayers, pooling, loss, quantiles, ...input, outputSize: 3, hiddenSize: 9 };
        }),
      ),
    ),
  ),
);

const computed = new Map<string, Record<string, Float64Array>>();

/** The reference's gradients, computed once for all backends of a precision: their windows are filled with the same numbers. */
function truthOf(precision: string, net: Unrolled, padded: boolean): Record<string, Float64Array> {
  const key = `${precision} ${padded} ${JSON.stringify(net.config)}`;
  const truth = computed.get(key) ?? referenceGradients(net, steps, batch, padded);
  computed.set(key, truth);
  return truth;
}

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each([false, true])('every gradient of every network is the reference’s, padded: %s', (padded) => {
    for (const options of some(networks, 40)) {
      const net = filled(backend, options, { ...window, padded });
      net.forward();
      const truth = truthOf(backend.precision, net, padded);
      net.backward();
      const ours = tensorsOf(net.config, net.gradient);
      for (const name of Object.keys(truth))
        expect(relativeError(ours[name], truth[name]), `${name} of ${JSON.stringify(options)}`).toBeLessThan(tolerance);
    }
  });

  test.each(wholeArchitectures)(
    '%s: a sequence has the same bits alone, among others, and with padding behind it',
    (_, options) => {
      const many = filled(backend, options, { ...window, padded: true });
      many.forward();
      for (let b = 0; b < batch; b++) {
        const length = many.lengths[b];
        const alone = new Unrolled(backend, many.config, { steps: length, batch: 1 });
        alone.parameters.set(many.parameters);
        for (const [name, first] of alone.initialStates) {
          const H = first.length;
          first.set(many.initialStates.get(name)!.subarray(b * H, (b + 1) * H));
        }
        const rows = Array.from({ length }, (__, t) => t * batch + b);
        const { symbols, inputSize, pooling } = many.config;
        const D = inputSize ?? 0;
        rows.forEach((row, t) => {
          for (let s = 0; s < symbols && inputSize === null; s++)
            alone.tokens[s * length + t] = many.tokens[s * steps * batch + row];
          for (let d = 0; d < D; d++) alone.input[t * D + d] = many.input[row * D + d];
        });
        const outputs = pooling === 'none' ? rows : [b];
        const C = many.values.length / many.weights.length;
        outputs.forEach((row, i) => {
          alone.targets[i] = many.targets[row];
          for (let c = 0; c < C; c++) alone.values[i * C + c] = many.values[row * C + c];
        });
        alone.forward();
        expect([...alone.nll]).toEqual(outputs.map((row) => many.nll[row]));
      }
    },
  );

  test.each(wholeArchitectures)('%s: padding gives exactly no gradient, whatever stands in it', (_, options) => {
    const run = (junk: number) => {
      const net = filled(backend, options, { ...window, inputGradients: true, padded: true });
      const D = net.config.inputSize ?? 0;
      for (let b = 0; b < batch; b++)
        for (let t = net.lengths[b]; t < steps; t++) {
          const row = t * batch + b;
          if (D === 0) for (let s = 0; s < net.config.symbols; s++) net.tokens[s * steps * batch + row] = junk;
          for (let d = 0; d < D; d++) net.input[row * D + d] = 100 * junk;
          if (net.config.pooling === 'none') net.targets[row] = junk % 3;
        }
      net.forward();
      net.backward();
      return { net, values: [net.loss(), ...net.gradient] };
    };
    const { net, values } = run(0);
    expect(run(5).values).toEqual(values);
    const D = net.config.inputSize;
    if (D === null) return;
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < steps; t++) {
        const own = net.inputGradient.subarray((t * batch + b) * D, (t * batch + b + 1) * D);
        expect(own.every((value) => value === 0)).toBe(t >= net.lengths[b]);
      }
  });

  test('a state that grows without bound in the padding does no harm', () => {
    const options = { vocabSize: 3, hiddenSize: 4, nonlinearity: 'relu' } as const;
    const net = filled(backend, options, { steps: 300, batch: 2, gradients: true, padded: true });
    tensorsOf(net.config, net.parameters).W0.fill(1);
    net.lengths.set([300, 2]);
    for (const first of net.initialStates.values()) first.fill(0, 0, 4);
    tensorsOf(net.config, net.parameters).U0.fill(-1, 0, 4); // token 0 keeps the long sequence at zero
    for (let t = 0; t < 300; t++) net.tokens.set([0, t < 2 ? 0 : 1], 2 * t);
    tensorsOf(net.config, net.parameters).U0.fill(2, 4, 8);
    net.forward();
    net.backward();
    expect(net.gradient.every(Number.isFinite)).toBe(true);
  });

  test('sequences with no step at all are a window of nothing', () => {
    for (const [, options] of wholeArchitectures) {
      const net = filled(backend, options, { ...window, padded: true });
      net.lengths.fill(0);
      if (net.config.pooling === 'none') {
        net.forward();
        net.backward();
        expect(net.gradient.every((value) => value === 0)).toBe(true);
      }
    }
  });
});

test('a length that the window does not have is refused', () => {
  const net = filled(javascriptBackend('float64'), { vocabSize: 3 }, { steps: 2, batch: 2, padded: true });
  net.lengths[1] = 3;
  expect(() => net.forward()).toThrow('lengths: expected from 0 to 2, the steps of the window, got 3');
});

test('checkpoints are refused where the sequence has to be whole', () => {
  const backend = javascriptBackend('float64');
  for (const options of [{ bidirectional: true }, { pooling: 'last' }] as const)
    expect(() => filled(backend, { vocabSize: 3, ...options }, { ...window, checkpointEvery: 2 })).toThrow(
      /checkpointEvery: expected a model of one direction/,
    );
});
