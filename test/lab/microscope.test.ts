// A window under the microscope: its numbers are the library's, its first state is what the text before it leaves, and its derivatives pass the check
// by differences (that a wrong kernel does not, is in debugger.test.ts).

import { describe, expect, test } from 'vitest';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { presetSettings } from '../../lab/presets.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { atOnce } from '../../src/generators.ts';
import type { Backend } from '../../src/index.ts';
import { gradientByDistance, lostStarts, oppositeStart, trace, whyDecay } from '../../src/insight.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { backend, trained } from './trained.ts';

const small = { hidden: 16, T: 16 };

describe('a window under the microscope', () => {
  test('has the numbers of the library, and begins with the state that the text before it leaves', () => {
    const modelOnText = trained(20, small).modelOnText(null);
    const { ids, model, T } = modelOnText;
    const place = { step: null, window: 3, edits: [] };
    const { trace: seen, begin, step } = atOnce(new Microscope(backend).see(modelOnText, place));
    expect([begin, step]).toEqual([48, 20]);
    const whole = trace(model, ids.subarray(0, 64), ids.subarray(1, 65), { backend });
    expect(seen.h).toEqual(whole.h.subarray(48 * 16));
    expect(seen.loss).toEqual(whole.loss.subarray(48));
    const state = new Map([['state0', seen.h.subarray(0, 16)]]);
    const [tokens, targets] = [ids.subarray(48, 48 + T), ids.subarray(49, 49 + T)];
    const flow = atOnce(new Microscope(backend).flow(modelOnText, place));
    expect(flow.gradientByDistance).toEqual(gradientByDistance(model, tokens, targets, { backend, state }));
    expect(flow.why).toEqual(whyDecay(model, tokens, { backend, state }));
  });

  test('without carried states begins at zero; past the end of the text it is the last window', () => {
    const modelOnText = trained(20, { ...small, carry: false }).modelOnText(null);
    const {
      trace: seen,
      window,
      windows,
    } = atOnce(new Microscope(backend).see(modelOnText, { step: null, window: 1e6, edits: [] }));
    expect(window).toBe(windows - 1);
    expect(seen.h.subarray(0, 16).every((value) => value === 0)).toBe(true);
  });

  test('shows an earlier step of the run, and what a change does', () => {
    const laboratory = trained(20, small);
    const {
      step,
      trace: seen,
      before,
    } = atOnce(
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

  test('reads a stretch from its state and from the opposite, with the numbers of the library', () => {
    const modelOnText = trained(20, small).modelOnText(null);
    const { ids, model } = modelOnText;
    const found = atOnce(new Microscope(backend).basins(modelOnText, { step: null, window: 3, edits: [] }))!;
    expect(found).toMatchObject({ step: 20, place: 48, tokens: Int32Array.from(ids.subarray(48, 248)), tried: 100 });
    const whole = trace(model, ids.subarray(0, 48), null, { backend });
    const state = new Map([['state0', whole.h.subarray(48 * 16)]]);
    const expected = oppositeStart(model, ids.subarray(48, 248), ids.subarray(49, 249), { backend, state });
    expect(found).toMatchObject(expected);
    expect(found.lost).toBe(lostStarts(model, ids, { starts: 100 }, backend)!.lost.length);
    // in the first window no text stands before, so the stretch begins later; past the end it is the last
    const place = (window: number) =>
      atOnce(new Microscope(backend).basins(modelOnText, { step: null, window, edits: [] }))!.place;
    expect(place(0)).toBe(32);
    expect(place(1e6)).toBe(ids.length - 201);
  });

  test('does not read a text of two words from two states', () => {
    const laboratory = new Laboratory(backend, 'hello hello', { ...defaultSettings, ...small, T: 4, batch: 1 });
    const query = { step: null, window: 0, edits: [] };
    expect(atOnce(new Microscope(backend).basins(laboratory.modelOnText(null), query))).toBeNull();
  });

  // what the chapter "A network that gets lost" says of its preset
  test.runIf(isExhaustive)(
    'of the preset Two basins keeps the states apart, and most starts are lost; with restarts none is',
    () => {
      const look = (restart: number) => {
        const laboratory = trained(300, { ...presetSettings('basins'), restart });
        return atOnce(
          new Microscope(backend).basins(laboratory.modelOnText(null), { step: null, window: 3, edits: [] }),
        )!;
      };
      const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const without = look(0);
      expect(without.cosine.at(-1)).toBeLessThan(-0.5);
      expect(mean(without.oppositeLoss)).toBeGreaterThan(mean(without.loss) + 2);
      expect(without.lost).toBeGreaterThan(50);
      const practiced = look(0.1);
      expect(practiced.cosine.at(-1)).toBeLessThan(-0.5);
      expect(practiced.lost).toBe(0);
    },
  );

  test.each(['rnn', 'relu', 'gru', 'lstm', 'mingru'] as const)(
    'fifty random derivatives of %s agree with differences',
    (cell) => {
      const modelOnText = trained(20, { ...small, cell }).modelOnText(null);
      const place = { step: null, window: 2, edits: [] };
      const check = (by: Backend) =>
        atOnce(new Microscope(by).check(modelOnText, place, { count: 50, seed: 1 })).map(
          ({ numeric, engine }) => Math.abs(numeric - engine) / Math.max(Math.abs(numeric), Math.abs(engine), 1e-4),
        );
      expect(Math.max(...check(backend))).toBeLessThan(1e-3);
    },
  );
});
