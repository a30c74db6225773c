// The engine's own properties, and its gradients against central differences and the reference. Central differences are for what the reference does
// not have: dropout, tied weights, embeddings, the adaptive softmax, the gradients of inputs and of first states. Its cells, directions and heads are
// compared with it in padded-sequences.test.ts.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { cellNames, type ModelOptions } from '../../src/network/config.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import type { PlanUpdate } from '../../src/network/plan.ts';
import { recordCarry } from '../../src/network/programs.ts';
import { centralDifferences } from '../../src/reference/network.ts';
import { backends } from '../support/backends.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { relativeError } from '../support/numbers.ts';
import { referenceGradients } from '../support/reference.ts';
import { architectures, filled, wholeArchitectures } from '../support/windows.ts';

const float64 = javascriptBackend('float64');

/** Two sequences of three steps, and three of two, one, and no step at all. */
const shapes = [
  { steps: 3, batch: 2, padded: false },
  { steps: 2, batch: 3, padded: true },
];

const every = [...architectures, ...wholeArchitectures].map(([name, options], i) => [name, options, i] as const);

describe.each(every)('gradients in float64: %s', (_, options, i) => {
  // a quick run takes one of the shapes for each network in turn
  test.each(isExhaustive ? shapes : [shapes[i % shapes.length]])(
    'central differences: $steps steps, $batch sequences, padded: $padded',
    (shape) => {
      const net = filled(float64, options, { ...shape, gradients: true, inputGradients: true, dropout: true });
      net.seed.set([3, 4]);
      const loss = () => {
        net.forward();
        return net.loss();
      };
      loss();
      net.backward();
      const exact: [string, Float64Array, Float64Array][] = Object.entries(tensorsOf(net.config, net.parameters)).map(
        ([name, theta]) => [
          name,
          theta as Float64Array,
          tensorsOf(net.config, net.gradient)[name].slice() as Float64Array,
        ],
      );
      for (const [name, first] of net.initialStates) {
        const index = Number(name.replace(/\D/g, ''));
        const gradient = name.startsWith('state') ? net.initialStateGradient(index) : net.initialCellGradient(index);
        exact.push([name, first as Float64Array, gradient.slice() as Float64Array]);
      }
      if (net.config.inputSize) exact.push(['x', net.input as Float64Array, net.inputGradient.slice() as Float64Array]);
      for (const [name, theta, gradient] of exact) {
        const numeric = centralDifferences(loss, theta);
        // rounding leaves a central difference 1e-11 of error whatever its size, its second order 1e-10 of that size
        const error = Math.hypot(...numeric.map((value, i) => value - gradient[i]));
        expect(error, name).toBeLessThan(1e-10 + 1e-7 * Math.hypot(...numeric));
      }
    },
  );
});

/** What the reference gives for more rows than a slice of logits, once for all backends of a precision. */
const sliced = new Map<string, Record<string, Float64Array>>();

describe.each(backends)('$label', ({ backend, tolerance }) => {
  test.each([
    [{ vocabSize: 17, hiddenSize: 33 }, 9, 5],
    [{ vocabSize: 9, hiddenSize: 16, numLayers: 2, nonlinearity: 'relu' }, 8, 3],
    [{ vocabSize: 4, hiddenSize: 15, inputSize: 7, nonlinearity: 'sigmoid' }, 16, 4],
  ] as [ModelOptions, number, number][])('every gradient is the reference’s: %o', (options, steps, batch) => {
    const net = filled(backend, options, { steps, batch, gradients: true });
    net.forward();
    net.backward();
    const truth = referenceGradients(net, steps, batch);
    const ours = tensorsOf(net.config, net.gradient);
    for (const name of Object.keys(truth)) expect(relativeError(ours[name], truth[name]), name).toBeLessThan(tolerance);
  });

  test('a window run in thirds with the state carried gives the bits of the window run whole', () => {
    const options = { vocabSize: 11, hiddenSize: 19, numLayers: 2 };
    const whole = filled(backend, options, { steps: 9, batch: 3 });
    const third = filled(backend, options, { steps: 3, batch: 3 });
    whole.forward();
    third.parameters.set(whole.parameters);
    for (let l = 0; l < 2; l++) third.state(l, 0).set(whole.state(l, 0));
    for (let part = 0; part < 3; part++) {
      third.tokens.set(whole.tokens.subarray(part * 9, part * 9 + 9));
      third.targets.set(whole.targets.subarray(part * 9, part * 9 + 9));
      third.forward();
      expect(third.nll).toEqual(whole.nll.slice(part * 9, part * 9 + 9));
      third.carryState();
    }
    for (let l = 0; l < 2; l++) expect(third.state(l, 0)).toEqual(whole.state(l, 9).slice());
  });

  test('a row alone gives the bits of the row in a batch', () => {
    const options = { vocabSize: 11, hiddenSize: 21, embeddingSize: 6 };
    const many = filled(backend, options, { steps: 4, batch: 5 });
    const alone = filled(backend, options, { steps: 4, batch: 1 });
    many.forward();
    alone.parameters.set(many.parameters);
    for (let b = 0; b < 5; b++) {
      alone.state(0, 0).set(many.state(0, 0).subarray(b * 21, b * 21 + 21));
      for (let t = 0; t < 4; t++) {
        alone.tokens[t] = many.tokens[t * 5 + b];
        alone.targets[t] = many.targets[t * 5 + b];
      }
      alone.forward();
      expect([...alone.nll]).toEqual([0, 1, 2, 3].map((t) => many.nll[t * 5 + b]));
    }
  });

  test('a masked step gives no gradient, whatever its target', () => {
    const net = filled(backend, { vocabSize: 8, hiddenSize: 9 }, { steps: 5, batch: 2, gradients: true });
    const run = (target: number) => {
      net.weights[9] = 0; // the last step of the second row
      net.targets[9] = target;
      net.forward();
      net.backward();
      return [net.loss(), ...net.gradient];
    };
    expect(run(3)).toEqual(run(6));
    net.weights.fill(0);
    net.forward();
    net.backward();
    expect(net.gradient.every((value) => value === 0)).toBe(true);
  });

  test('a row of weight 0 is not in the loss, whatever its own loss is', () => {
    const net = filled(backend, { vocabSize: 8, hiddenSize: 9 }, { steps: 5, batch: 2 });
    net.forward();
    net.weights.fill(0.5);
    net.weights[3] = 0;
    const rest = Array.from(net.nll).reduce((sum, value, row) => (row === 3 ? sum : sum + 0.5 * value), 0);
    for (const value of [1e30, Infinity, Number.NaN]) {
      net.nll[3] = value;
      expect(net.loss()).toBeCloseTo(rest, 5);
    }
  });

  test('a shorter run of the same window gives the bits of a window planned that short', () => {
    const options = { vocabSize: 7, hiddenSize: 10 };
    const long = filled(backend, options, { steps: 6, batch: 2, gradients: true, shortSteps: 2 });
    const short = filled(backend, options, { steps: 2, batch: 2, gradients: true });
    short.parameters.set(long.parameters);
    short.state(0, 0).set(long.state(0, 0));
    for (const key of ['tokens', 'targets', 'weights'] as const) short[key].set(long[key].subarray(0, 4) as never);
    long.forward();
    long.backward();
    for (const [net, steps] of [
      [long, 2],
      [short, 2],
    ] as const) {
      net.forward(steps);
      net.backward();
    }
    expect(long.loss()).toBe(short.loss());
    expect(long.gradient.slice()).toEqual(short.gradient.slice());
  });

  test.each(cellNames)('running backward twice gives the same gradient, not twice the gradient: %s', (cell) => {
    const net = filled(
      backend,
      { cell, vocabSize: 7, hiddenSize: 10, embeddingSize: 3, numLayers: 2 },
      { steps: 6, batch: 2, gradients: true, inputGradients: true },
    );
    net.forward();
    net.backward();
    const all = () => [net.gradient.slice(), net.initialStateGradient(0).slice(), net.initialStateGradient(1).slice()];
    const first = all();
    net.forward();
    net.backward();
    expect(all()).toEqual(first);
  });

  test('backward without a forward of its own is refused, as it overwrites what forward left', () => {
    const net = filled(backend, { vocabSize: 7, hiddenSize: 4 }, { steps: 3, batch: 2, gradients: true });
    const sentence = 'backward: expected forward before it, once for each, got none since the last; call forward first';
    expect(() => net.backward()).toThrow(sentence);
    net.forward();
    net.backward();
    const first = net.gradient.slice();
    expect(() => net.backward()).toThrow(sentence);
    expect(net.gradient.slice()).toEqual(first);
  });

  test('an update leaves the last state of its window as the first of the next', () => {
    for (const checkpointEvery of [undefined, 4])
      for (const steps of [6, 3]) {
        const options = { cell: 'lstm', vocabSize: 7, hiddenSize: 5, numLayers: 2 } as const;
        const update: PlanUpdate = () => (k, share, a, count) => recordCarry(k, a, share, count);
        const size = { steps: 6, batch: 3, shortSteps: 3, gradients: true, checkpointEvery, update };
        const net = filled(backend, options, size);
        const plain = filled(backend, options, { steps, batch: 3 });
        plain.tokens.set(net.tokens.subarray(0, steps * 3));
        const before = [...net.initialStates.values()].map((state) => state.slice());
        [...plain.initialStates.values()].forEach((state, i) => void state.set(before[i]));
        net.update(steps);
        plain.forward();
        for (const name of net.initialStates.keys())
          expect([...net.initialStates.get(name)!], `${name} after ${steps}`).toEqual([...plain.finalState(name)]);
      }
  });

  test('more rows than a slice of logits give the same loss and gradient as the reference', () => {
    const net = filled(backend, { vocabSize: 1030, hiddenSize: 4 }, { steps: 27, batch: 10, gradients: true });
    net.weights.fill(1 / 270);
    net.forward();
    net.backward();
    const truth = sliced.get(backend.precision) ?? referenceGradients(net, 27, 10);
    sliced.set(backend.precision, truth);
    const ours = tensorsOf(net.config, net.gradient);
    for (const name of ['V', 'c', 'U0', 'W0', 'b0'])
      expect(relativeError(ours[name], truth[name]), name).toBeLessThan(tolerance);
  });
});
