// A window under the microscope: its numbers are the library's, its first state is what the text before it leaves, and its derivatives pass the check
// by differences (that a wrong kernel does not, is in debugger.test.ts).

import { describe, expect, test } from 'vitest';
import { Microscope } from '../../lab/engine/microscope.ts';
import type { Backend } from '../../src/index.ts';
import { finish } from '../../src/insight/slices.ts';
import { gradientByDistance, trace, whyDecay } from '../../src/insight.ts';
import { backend, trained } from './trained.ts';

const small = { hidden: 16, T: 16 };

describe('a window under the microscope', () => {
  test('has the numbers of the library, and begins with the state that the text before it leaves', () => {
    const modelOnText = trained(20, small).modelOnText(null);
    const { ids, model, T } = modelOnText;
    const place = { step: null, window: 3, edits: [] };
    const { trace: seen, begin, step } = finish(new Microscope(backend).see(modelOnText, place));
    expect([begin, step]).toEqual([48, 20]);
    const whole = trace(model, ids.subarray(0, 64), ids.subarray(1, 65), { backend });
    expect(seen.h).toEqual(whole.h.subarray(48 * 16));
    expect(seen.loss).toEqual(whole.loss.subarray(48));
    const state = new Map([['state0', seen.h.subarray(0, 16)]]);
    const [tokens, targets] = [ids.subarray(48, 48 + T), ids.subarray(49, 49 + T)];
    const flow = finish(new Microscope(backend).flow(modelOnText, place));
    expect(flow.gradientByDistance).toEqual(gradientByDistance(model, tokens, targets, { backend, state }));
    expect(flow.why).toEqual(whyDecay(model, tokens, { backend, state }));
  });

  test('without carried states begins at zero; past the end of the text it is the last window', () => {
    const modelOnText = trained(20, { ...small, carry: false }).modelOnText(null);
    const {
      trace: seen,
      window,
      windows,
    } = finish(new Microscope(backend).see(modelOnText, { step: null, window: 1e6, edits: [] }));
    expect(window).toBe(windows - 1);
    expect(seen.h.subarray(0, 16).every((value) => value === 0)).toBe(true);
  });

  test('shows an earlier step of the run, and what a change does', () => {
    const laboratory = trained(20, small);
    const {
      step,
      trace: seen,
      before,
    } = finish(
      new Microscope(backend).see(laboratory.modelOnText(10), {
        step: 10,
        window: 0,
        edits: [{ kind: 'state', layer: 0, unit: 3, t: 5, value: 0.5 }],
      }),
    );
    expect(step).toBe(10);
    expect(seen.h[5 * 16 + 3]).toBe(0.5);
    expect(before!.h[5 * 16 + 3]).not.toBe(0.5);
    expect(before!.h.subarray(0, 5 * 16)).toEqual(seen.h.subarray(0, 5 * 16));
  });

  test.each(['rnn', 'relu', 'gru', 'lstm', 'mingru'] as const)(
    'fifty random derivatives of %s agree with differences',
    (cell) => {
      const modelOnText = trained(20, { ...small, cell }).modelOnText(null);
      const place = { step: null, window: 2, edits: [] };
      const check = (by: Backend) =>
        finish(new Microscope(by).check(modelOnText, place, { count: 50, seed: 1 })).map(
          ({ numeric, engine }) => Math.abs(numeric - engine) / Math.max(Math.abs(numeric), Math.abs(engine), 1e-4),
        );
      expect(Math.max(...check(backend))).toBeLessThan(1e-3);
    },
  );
});
