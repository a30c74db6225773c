// A changed window is the window of the changed model, from the first number downstream; a held state cuts what comes before it off; and the
// derivative by hand agrees with back-propagation.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { trace } from '../../src/insight/trace.ts';
import { finiteDifference, whatIf } from '../../src/insight/what-if.ts';
import { layoutOf, tensorsOf } from '../../src/network/parameters.ts';
import { Random } from '../../src/random.ts';
import { forward, loss } from '../../src/reference/network.ts';
import { insightModels, referenceOf, sampleOf } from '../support/insight.ts';
import { relativeError } from '../support/numbers.ts';

const T = 6;
const double = javascriptBackend('float64');

describe.each(insightModels)('%s', (_, options) => {
  const sample = sampleOf(options, T, 14);
  const { model, tokens, targets, state } = sample;
  const { numLayers: L, hiddenSize: H } = model.config;
  const top = L - 1;

  test('without changes is as before, bit for bit, though it could be edited', () => {
    const { before, after, lossChange } = whatIf(model, tokens, targets, [], { state });
    expect(after).toEqual(before);
    expect(lossChange).toBe(0);
  });

  test('a changed weight, token or first state gives the trace of the changed model', () => {
    const parameters = model.parameters.slice();
    tensorsOf(model.config, parameters).b0[1] = 0.25;
    tensorsOf(model.config, parameters)[`U${top}`].forEach((value, i, all) => void (all[i] = value * 2));
    const others = tokens.with(2, (tokens[2] + 1) % 6);
    const first = new Map(state).set('state0', state.get('state0')!.with(3, 0.5));
    const { after, before, lossChange } = whatIf(
      model,
      tokens,
      targets,
      [
        { kind: 'parameter', name: 'b0', index: 1, value: 0.25 },
        { kind: 'scale', name: `U${top}`, factor: 2 },
        { kind: 'token', t: 3, id: others[2] },
        { kind: 'state', t: 0, layer: 0, unit: 3, value: 0.5 },
      ],
      { state },
    );
    const wanted = trace({ ...model, parameters }, others, targets, { state: first });
    expect(after).toEqual(wanted);
    expect(before).toEqual(trace(model, tokens, targets, { state }));
    const changed = referenceOf({ ...sample, model: { ...model, parameters }, tokens: others, state: first });
    const truth = referenceOf(sample);
    expect(lossChange).toBeCloseTo(loss(changed.network, changed.sequence) - loss(truth.network, truth.sequence), 4);
    expect(model.parameters.slice()).toEqual(sampleOf(options, T, 14).model.parameters);
  });

  test('a held state stays, changes what comes after it alone, and is what a window from there gives', () => {
    const t = 3;
    const { before, after } = whatIf(model, tokens, targets, [{ kind: 'state', t, layer: 0, unit: 2, value: 0.75 }], {
      state,
      backend: double,
    });
    expect(after.h[(t * L + 0) * H + 2]).toBe(0.75);
    expect(after.h.slice(0, t * L * H)).toEqual(before.h.slice(0, t * L * H));
    expect(after.loss.slice(0, t - 1)).toEqual(before.loss.slice(0, t - 1));
    expect(after.loss[t - 1]).not.toBe(before.loss[t - 1]);
    // the rest of the window by the reference, from the states that step t left
    const at = new Map<string, Float64Array>();
    for (let l = 0; l < L; l++) {
      at.set(`state${l}`, Float64Array.from(after.h.subarray((t * L + l) * H, (t * L + l + 1) * H)));
      if (options.cell === 'lstm')
        at.set(`cell${l}`, Float64Array.from(after.s.subarray((t * L + l) * H, (t * L + l + 1) * H)));
    }
    const rest = referenceOf({ model, tokens: tokens.slice(t), targets: targets.slice(t), state: at });
    const h = forward(rest.network, rest.sequence).states[top].h;
    for (let later = t + 1; later <= T; later++)
      expect(
        relativeError(after.h.subarray((later * L + top) * H, (later * L + top + 1) * H), h[later - t]),
      ).toBeLessThan(1e-12);
    // what is held asks nothing of what is before it
    const G = after.gates.length;
    if (options.cell !== 'lstm')
      for (let g = 0; g < G; g++) expect(Math.abs(after.gradients!.a[((t - 1) * L * G + g) * H + 2])).toBe(0);
  });

  test('a unit that is held without a step is held at every step from the first to the last', () => {
    const { after } = whatIf(model, tokens, targets, [{ kind: 'state', layer: 0, unit: 1, value: -0.25 }], {
      state,
      backend: double,
    });
    const held = Array.from({ length: T + 1 }, (_, t) => after.h[t * L * H + 1]);
    expect(held.slice(1)).toEqual(new Array(T).fill(-0.25));
    expect(held[0]).not.toBe(-0.25); // the state before the window is given
  });

  test('the gradient of a window with held states is that of central differences', () => {
    const edits = [
      { kind: 'state', t: 2, layer: 0, unit: 1, value: 0.3 },
      { kind: 'state', layer: top, unit: 2, value: -0.2 },
    ] as const;
    const { after } = whatIf(model, tokens, targets, edits, { state, backend: double });
    const sum = (parameters: Float64Array) => {
      const settings = { state, backend: double, gradients: false };
      return [...whatIf({ ...model, parameters }, tokens, targets, edits, settings).after.loss].reduce((a, b) => a + b);
    };
    const random = new Random(3);
    const parameters = Float64Array.from(model.parameters);
    for (let i = 0; i < 12; i++) {
      const index = random.next() % parameters.length;
      const step = (by: number) => sum(parameters.with(index, parameters[index] + by));
      const numeric = (step(1e-5) - step(-1e-5)) / 2e-5;
      expect(Math.abs(after.gradients!.parameters[index] - numeric)).toBeLessThan(
        1e-7 * Math.max(1, Math.abs(numeric)),
      );
    }
  });

  test('the finite difference of any number agrees with back-propagation, and the engine’s float32 with both', () => {
    const random = new Random(2);
    const names = [...layoutOf(model.config).map(({ name }) => name), ...state.keys()];
    for (const name of names) {
      const length = layoutOf(model.config).find((block) => block.name === name)?.length ?? H;
      const index = random.next() % length;
      const seen = finiteDifference(model, tokens, targets, name, index, { state });
      expect(Math.abs(seen.numeric - seen.exact), name).toBeLessThan(1e-8 * Math.max(1, Math.abs(seen.exact)));
      expect(Math.abs(seen.engine - seen.exact), name).toBeLessThan(1e-5 * Math.max(1, Math.abs(seen.exact)));
    }
  });
});

test('finite differences catch a mistake in the gradient', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, T);
  const right = javascriptBackend('float64');
  const wrong = {
    ...right,
    open: ((plan) => {
      const workspace = right.open(plan);
      const kernels = { ...workspace.kernels, tanhBackward: () => {} }; // ∇a = ∇h: the slope forgotten
      return {
        ...workspace,
        record: (body: (k: typeof kernels, share: { index: number; count: number }) => void) => () =>
          body(kernels, { index: 0, count: 1 }),
      };
    }) as typeof right.open,
  };
  const { numeric, engine } = finiteDifference(model, tokens, targets, 'W0', 3, { backend: wrong });
  expect(Math.abs(engine / numeric - 1)).toBeGreaterThan(1e-3);
});

test('what is not there cannot be edited', () => {
  const { model, tokens, targets } = sampleOf({ vocabSize: 6, hiddenSize: 4 }, T);
  const tell = (edit: unknown) => () => whatIf(model, tokens, targets, [edit as never]);
  expect(tell({ kind: 'parameter', name: 'W1', index: 0, value: 1 })).toThrow(
    /edit, parameter: expected one of U0, W0, b0, V, c, got W1/,
  );
  expect(tell({ kind: 'parameter', name: 'W0', index: 16, value: 1 })).toThrow(/index of W0: .* from 0 to 15, got 16/);
  expect(tell({ kind: 'token', t: 0, id: 1 })).toThrow(/edit, t: .* from 1 to 6, got 0/);
  expect(tell({ kind: 'token', t: 1, id: 6 })).toThrow(/ids below 6, got 6/);
  expect(tell({ kind: 'state', t: 7, layer: 0, unit: 0, value: 0 })).toThrow(/edit, t: .* from 0 to 6, got 7/);
  expect(tell({ kind: 'state', t: 1, layer: 1, unit: 0, value: 0 })).toThrow(/edit, layer: .* from 0 to 0, got 1/);
  expect(() => finiteDifference(model, tokens, targets, 'cell0', 0)).toThrow(
    /expected one of U0, .*, state0, got cell0/,
  );
  expect(() => finiteDifference(model, tokens, targets, 'b0', 4)).toThrow(/index of b0: .* from 0 to 3, got 4/);
});
