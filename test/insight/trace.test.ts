// A trace is what training sees, bit for bit; it is right by the reference and by central differences; and its parts add up.

import { describe, expect, test } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { gradientByDistance } from '../../src/insight/gradient-by-distance.ts';
import { trace } from '../../src/insight/trace.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { forward, gradients } from '../../src/reference/network.ts';
import { negativeLogLikelihood, softmax } from '../../src/reference/readout.ts';
import { backends } from '../support/backends.ts';
import { insightModels, referenceOf, sampleOf } from '../support/insight.ts';
import { flatten, relativeError } from '../support/numbers.ts';
import { openTestThreads } from '../support/threads.ts';

const double = javascriptBackend('float64');
const T = 7;
const list = (rows: Float64Array[]) => rows.flatMap((row) => [...row]);

describe.each(insightModels)('%s', (_, options) => {
  const sample = sampleOf(options, T, 3);
  const { model, tokens, targets, state } = sample;
  const { numLayers: L, hiddenSize: H, vocabSize: C } = model.config;

  test.each(backends)('has the bits of a window without anything kept, on $label', ({ backend }) => {
    const plain = new Unrolled(backend, model.config, { steps: T, batch: 3, gradients: true, inputGradients: true });
    plain.setParameters(model.parameters);
    for (let t = 0; t < T; t++)
      for (let b = 0; b < 3; b++) {
        plain.tokens[t * 3 + b] = b === 1 ? tokens[t] : b;
        plain.targets[t * 3 + b] = b === 1 ? targets[t] : b;
        plain.weights[t * 3 + b] = b === 1 ? 1 / 3 : 0;
      }
    for (const [name, first] of plain.initialStates) first.set(state.get(name)!, H);
    plain.forward();
    plain.backward();
    const row = (x: ArrayLike<number>, width: number) => Array.from({ length: width }, (_, i) => x[width + i]); // of sequence 1
    const seen = trace(model, tokens, targets, { backend, state, weights: new Array(T).fill(1 / 3) });
    for (let l = 0; l < L; l++) {
      for (let t = 0; t <= T; t++)
        expect([...seen.h.subarray((t * L + l) * H, (t * L + l + 1) * H)]).toEqual(row(plain.state(l, t), H));
      expect([...seen.gradients!.h.subarray(l * H, (l + 1) * H)].map((x) => x + 0)).toEqual(
        row(plain.initialStateGradient(l), H).map((x) => x + 0),
      );
    }
    expect([...seen.loss]).toEqual(tokens.map((__, t) => plain.nll[t * 3 + 1]));
    // the gradient of a whole batch is a sum over rows of which two count nothing; alone, to the bit
    const alone = new Unrolled(backend, model.config, { steps: T, batch: 1, gradients: true });
    alone.setParameters(model.parameters);
    alone.tokens.set(tokens);
    alone.targets.set(targets);
    alone.weights.fill(1 / 3);
    for (const [name, first] of alone.initialStates) first.set(state.get(name)!);
    alone.forward();
    alone.backward();
    expect(seen.gradients!.parameters).toEqual(alone.gradient.slice());
  });

  test.each(backends)('is the reference’s, on $label', ({ backend, tolerance }) => {
    const weights = [1, 0, 2, 1, 0.5, 1, 1];
    const seen = trace(model, tokens, targets, { backend, state, weights });
    const { network, sequence } = referenceOf(sample, weights);
    const truth = forward(network, sequence);
    const h = Array.from({ length: T + 1 }, (__, t) => truth.states.map((layer) => layer.h[t]));
    const near = (got: ArrayLike<number>, wanted: unknown) =>
      expect(relativeError(got, flatten(wanted))).toBeLessThan(tolerance);
    near(
      seen.h,
      h.map((layers) => list(layers)),
    );
    near(seen.o, list(truth.o));
    near(seen.y, list(truth.o.map(softmax)));
    near(
      seen.loss,
      truth.o.map((o, t) => negativeLogLikelihood(o, targets[t])),
    );
    if (truth.states[0].s)
      near(
        seen.s,
        Array.from({ length: T + 1 }, (__, t) => list(truth.states.map((layer) => layer.s![t]))),
      );
    const back = gradients(network, sequence);
    const seenBack = seen.gradients!;
    near(seenBack.x, list(back.x));
    near(seenBack.h.subarray(0, L * H), list(back.layers.map((layer) => layer.h0)));
    if (back.layers[0].s0) near(seenBack.s.subarray(0, L * H), list(back.layers.map((layer) => layer.s0!)));
    const totals = tensorsOf(model.config, seenBack.parameters);
    back.layers.forEach((layer, l) => {
      near(totals[`b${l}`], [...layer.b]);
      if (layer.bn) near(totals[`bn${l}`], [...layer.bn]);
      if (totals[`W${l}`]) near(totals[`W${l}`], list(layer.W));
    });
    near(totals.c, [...back.c]);
  });

  test('has ∇h(t) of central differences with h(t) held beside its value', () => {
    const seen = trace(model, tokens, targets, { backend: double, state });
    const net = new Unrolled(double, model.config, { steps: T, batch: 1, editable: true });
    net.setParameters(model.parameters);
    net.tokens.set(tokens);
    net.targets.set(targets);
    for (const [name, first] of net.initialStates) first.set(state.get(name)!);
    const at = (l: number, t: number, u: number, value: number) => {
      net.hold(l, t, u, value);
      net.forward();
      const loss = net.loss();
      net.hold(l, t, u, null);
      return loss;
    };
    const numeric: number[] = [];
    for (let t = 1; t <= T; t++)
      for (let l = 0; l < L; l++)
        for (let u = 0; u < H; u++) {
          const value = seen.h[(t * L + l) * H + u];
          numeric.push((at(l, t, u, value + 1e-5) - at(l, t, u, value - 1e-5)) / 2e-5);
        }
    // an LSTM's h(t) alone: s(t) goes its own way, as it does in the equation
    const exact = seen.gradients!.h.subarray(L * H);
    expect(relativeError(exact, numeric)).toBeLessThan(1e-7);
    expect(
      relativeError(
        exact.map((x, i) => (i === 5 ? x * 1.001 : x)),
        numeric,
      ),
    ).toBeGreaterThan(1e-7);
  });

  test('adds up: ∇h(t) is what comes from above and what comes from later', () => {
    const { gradients: g } = trace(model, tokens, targets, { state });
    const scale = Math.max(...g!.h.map(Math.abs));
    for (let i = 0; i < g!.h.length; i++)
      expect(Math.abs(g!.hFromAbove[i] + g!.hFromLater[i] - g!.h[i])).toBeLessThan(1e-6 * scale);
    expect([...g!.hFromLater.subarray(T * L * H)].every((x) => x === 0)).toBe(true);
    expect([...g!.hFromAbove.subarray(0, L * H)].every((x) => x === 0)).toBe(true);
    expect(g!.h.subarray(L * H).some((x) => x !== 0)).toBe(true);
  });

  test('of the forward pass alone is the same but for what needs targets', () => {
    const { gradients: g, loss, targets: y, ...rest } = trace(model, tokens, null, { state });
    expect([g, loss.length, y]).toEqual([null, 0, null]);
    const { gradients: _g, loss: _l, targets: _y, ...whole } = trace(model, tokens, targets, { state });
    expect(rest).toEqual(whole);
  });

  test('has the shapes it says', () => {
    const { a, gate, m, s, o, y, gates, gradients: g } = trace(model, tokens, targets);
    const G = gates.length;
    expect(a.length).toBe(T * L * G * H);
    expect(gate.length).toBe(options.cell ? T * L * G * H : 0);
    expect(m.length).toBe(options.cell === 'gru' ? T * L * H : 0);
    expect(s.length).toBe(options.cell === 'lstm' ? (T + 1) * L * H : 0);
    expect([o.length, y.length, g!.o.length]).toEqual([T * C, T * C, T * C]);
    expect(g!.x.length).toBe(T * (options.embeddingSize ?? C));
    expect(g!.a.length).toBe(a.length);
  });
});

test('what cannot be traced is refused with a sentence', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, 5);
  expect(() => trace(model, [], [])).toThrow(/number of tokens: expected .* 1 or more, got 0/);
  expect(() => trace(model, [9])).toThrow(/trace: expected ids below 6, got 9/);
  expect(() => trace(model, tokens, targets.slice(1))).toThrow(/a target for each of the 5 tokens, got 4/);
  expect(() => trace(model, tokens, null, { gradients: true })).toThrow(/targets for the gradients/);
  expect(() => trace(model, tokens, targets, { weights: [1] })).toThrow(/a weight for each of 5 steps, got 1/);
  expect(() => trace(model, tokens, targets, { state: new Map([['state1', [0]]]) })).toThrow(/state0 with 4 numbers/);
  const rare = sampleOf({ vocabSize: 9, hiddenSize: 16, softmax: 'adaptive', cutoffs: [3, 5] }, 5);
  expect(() => trace(rare.model, rare.tokens)).toThrow(/full softmax/);
  const both = sampleOf({ vocabSize: 9, hiddenSize: 4, bidirectional: true }, 5);
  expect(() => trace(both.model, both.tokens)).toThrow(/forward only/);
});

test('threads give the same bits', async () => {
  const threads = await openTestThreads(3);
  try {
    for (const [, options] of insightModels) {
      const { model, tokens, targets, state } = sampleOf(options, 9, 5);
      const shared = createBackend('auto', 'float32', threads);
      const settings = { state, backend: createBackend() };
      expect(trace(model, tokens, targets, { state, backend: shared })).toEqual(
        trace(model, tokens, targets, settings),
      );
      expect(gradientByDistance(model, tokens, targets, { state, backend: shared })).toEqual(
        gradientByDistance(model, tokens, targets, settings),
      );
    }
  } finally {
    threads.close();
  }
});

describe('a window', () => {
  test('that keeps nothing has no memory for it', () => {
    for (const [, options] of insightModels) {
      const { model } = sampleOf(options, 4);
      for (const { backend } of backends) {
        const { kept } = new Unrolled(backend, model.config, { steps: 4, batch: 2, gradients: true });
        const arrays = [kept.logits, kept.logitsGradient, kept.inputGradient, ...kept.layers.flatMap(Object.values)];
        expect(arrays.map(({ length }) => length)).toEqual(arrays.map(() => 0));
      }
    }
  });

  test('that cannot keep what it is asked to says so', () => {
    const { config } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, 4).model;
    const tell =
      (options: object, more: object = {}) =>
      () =>
        new Unrolled(double, { ...config, ...more }, { steps: 4, batch: 1, gradients: true, ...options });
    expect(tell({ keep: 'everything', checkpointEvery: 2 })).toThrow(
      /window: expected, to keep or to edit .* no checkpoints/,
    );
    expect(tell({ editable: true, padded: true })).toThrow(/no padding/);
    expect(tell({ keep: 'state gradients' }, { bidirectional: true })).toThrow(/one direction/);
  });
});
