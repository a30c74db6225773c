// The debugger without a page: its program is the library's schedule with a place for every cursor, a run stops where a breakpoint first holds, edits go
// where the library makes them, and a derivative of a wrong kernel does not pass the check by hand.

import { describe, expect, test } from 'vitest';
import { robustLimit } from '../../lab/draw/limit.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { disagreement } from '../../lab/explain/check.ts';
import { changeOf, describeEdit, editTo, isEdited, withEdit } from '../../lab/explain/edits.ts';
import { readNumber } from '../../lab/format.ts';
import { startOfCursor } from '../../lab/state/cursor.ts';
import { formulas } from '../../lab/text/build/formulas.ts';
import { operationName, Program } from '../../lab/views/debugger/program.ts';
import { type Breakpoint, search } from '../../lab/views/debugger/search.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import type { Backend } from '../../src/index.ts';
import { type Address, type Edit, operationsOf, trace, valueAt, whatIf } from '../../src/insight.ts';

import { insightModels, sampleOf } from '../support/insight.ts';
import { trained } from './trained.ts';

const T = 5;

function finish<Value>(slices: Generator<void, Value>): Value {
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value as Value;
  }
}

describe.each(insightModels)('the program of %s', (_, options) => {
  const { model, tokens, targets, state } = sampleOf(options, T, 11);
  const seen = trace(model, tokens, targets, { state });
  const program = new Program(model.config, T);

  test('gives every place a cursor and finds it again', () => {
    for (let place = 0; place <= program.last; place++)
      expect(program.placeOf(program.cursorAt(place)), String(place)).toBe(place);
    expect(program.placeOf({ t: 99, op: 999, direction: 'backward' })).toBe(program.last);
    const times = program.steps.map((step) => ('t' in step ? step.t : undefined));
    for (const [place, t] of times.entries()) if (t) expect(program.cursorAt(place).t).toBe(t - 1);
  });

  test('goes to the gradient of a number and back', () => {
    for (let place = 0; place < T * program.forward.length; place++) {
      const there = program.mirror(place);
      expect(program.operation(there)!.t).toBe(program.operation(place)!.t);
      expect(program.operation(there)!.operation.pass).toBe('backward');
      const { quantity, gate } = program.operation(place)!.operation.result;
      const isPaired = program.nameOf(there) === `d${program.nameOf(place)}`;
      if (!['y', 'loss', 'gate'].includes(quantity)) expect(isPaired, program.nameOf(place)).toBe(true);
      if (isPaired) expect(program.nameOf(program.mirror(there)), `${quantity}${gate}`).toBe(program.nameOf(place));
    }
  });

  test('names every operation, and finds it by its name', () => {
    const names = new Set(program.steps.map((_, place) => program.nameOf(place)));
    for (const name of names) {
      expect(name).toMatch(/^[\w∇-]{1,16}$/); // what a link takes
      expect(operationName(program, { ...startOfCursor, t: 2, ...program.named(name)! })).toBe(name);
    }
    expect(program.named('nothing')).toBeNull();
  });

  test('has the formula of every operation as MathML, without styles or scripts', () => {
    const made = formulas();
    for (const { latex } of operationsOf(model.config)) {
      expect(made[latex]).toMatch(/^<math display="block" alttext="[^"]+">.*<\/math>$/);
      expect(made[latex]).not.toMatch(/style=|<script|on\w+=/);
    }
  });

  test('runs until |h| is above 0.97, until a number is not finite, and until a sign changes', () => {
    const run = (numbers: typeof seen, breakpoint: Breakpoint, from = 0, unit = 0) =>
      finish(search(program, numbers, from, breakpoint, unit, true));
    expect(run(seen, 'nan')).toBeNull();
    const [L, H] = [model.config.numLayers, model.config.hiddenSize];
    const h = seen.h.map(() => 0.5);
    h[(3 * L + L - 1) * H + 2] = -0.98;
    const saturated = run({ ...seen, h }, 'saturated')!;
    expect(program.nameOf(saturated.place)).toBe(L > 1 ? `h-${L - 1}` : 'h');
    expect([program.cursorAt(saturated.place).t, saturated.unit]).toEqual([2, 2]);
    expect(run({ ...seen, h }, 'saturated', saturated.place)).toBeNull();
    const o = seen.o.slice();
    o[3 * model.config.vocabSize + 1] = Number.NaN;
    const bad = run({ ...seen, o }, 'nan')!;
    expect([program.nameOf(bad.place), program.cursorAt(bad.place).t, bad.unit]).toEqual(['o', 3, 1]);
    const clipped = run(seen, 'clipped')!;
    expect(program.nameOf(clipped.place)).toBe('clip');
    expect(finish(search(program, seen, 0, 'clipped', 0, false))).toBeNull();
    const from = program.placeOf({ t: 0, ...program.named(L > 1 ? `h-${L - 1}` : 'h')! });
    const turned = run({ ...seen, h }, 'sign', from, 2)!;
    expect([program.nameOf(turned.place), program.cursorAt(turned.place).t]).toEqual([program.nameOf(from), 2]);
  });

  test('an edit of a number is the library’s, and is known as one', () => {
    const addresses: Address[] = [
      { quantity: 'U', gate: seen.gates.at(-1), layer: 0, unit: 3, column: 2 },
      { quantity: 'b', gate: seen.gates[0], layer: model.config.numLayers - 1, unit: 1 },
      { quantity: 'c', unit: 4 },
      { quantity: 'h', t: 2, layer: 0, unit: 1 },
      { quantity: 'h', t: 0, layer: 0, unit: 1 },
    ];
    for (const address of addresses) {
      expect(changeOf(model.config, address)).toBe('value');
      const edits = withEdit([], editTo(model.config, address, 0.75));
      const { after, before } = whatIf(model, tokens, targets, edits, { state });
      expect(valueAt(after, address)).toBe(0.75);
      expect(isEdited(edits, model.config, address)).toBe(true);
      expect(isEdited(edits, model.config, { ...address, unit: address.unit! - 1 })).toBe(false);
      expect(withEdit(edits, editTo(model.config, address, 0.5))).toHaveLength(1);
      expect(describeEdit(edits[0], before, model.config, [])).toMatch(/= 0\.750, was /);
    }
    expect(changeOf(model.config, { quantity: 'da', t: 1, unit: 0 })).toBeNull();
    expect(changeOf(model.config, { quantity: 'dW', unit: 0, column: 0 })).toBeNull();
    const token: Edit = editTo(model.config, { quantity: 'token', t: 2, unit: tokens[1] }, 5);
    expect(token).toEqual({ kind: 'token', t: 2, id: 5 });
  });
});

test('a check by hand tells a right kernel from a wrong one', () => {
  const right = javascriptBackend();
  const wrong: Backend = {
    ...right,
    open(plan) {
      const workspace = right.open(plan);
      const kernels = {
        ...workspace.kernels,
        tanhBackward(h: Float32Array | Float64Array, d: Float32Array | Float64Array, length: number): void {
          for (let i = 0; i < length; i++) d[i] *= 1 - Math.abs(h[i]); // instead of 1 − h²
        },
      };
      return { ...workspace, kernels, record: (body) => () => body(kernels, { index: 0, count: 1 }) };
    },
  };
  const laboratory = trained(0, { hidden: 12, T: 8 });
  for (let i = 0; i < 10; i++) laboratory.advance();
  const worst = (backend: Backend): number => {
    const place = { step: null, window: 2, edits: [] };
    const results = finish(new Microscope(backend).check(laboratory.modelOnText(null), place, { count: 50, seed: 1 }));
    return Math.max(...results.map(disagreement));
  };
  expect(worst(right)).toBeLessThan(1e-3);
  expect(worst(wrong)).toBeGreaterThan(0.05);
});

test('a number that is written is read, as the page writes it too', () => {
  expect(['−0.5', '2e-3', '1,230', '−4.50·10⁻⁵', '  7 ', '12 %'].map(readNumber)).toEqual([
    -0.5, 2e-3, 1230, -4.5e-5, 7, 12,
  ]);
  expect([readNumber(''), readNumber('abc'), readNumber('1.2.3')]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('a robust limit is not spoiled by one odd number, and is never 0', () => {
  const values = Float32Array.from({ length: 300 }, (_, i) => (i === 7 ? 1e6 : Math.sin(i)));
  expect(robustLimit(values)).toBeLessThanOrEqual(1);
  expect(robustLimit(values)).toBeGreaterThan(0.99);
  expect(robustLimit([0, 0, 0])).toBe(1);
  expect(robustLimit([Number.NaN, -3])).toBe(3);
});
