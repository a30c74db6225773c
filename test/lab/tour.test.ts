// The checks of the tour's tasks on the engine's own numbers: none holds where its chapter begins, and each holds after what its task asks for, and not
// after less. The same in a browser, with keys and taps: tour.long.test.ts.

import { describe, expect, test } from 'vitest';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { presetSettings } from '../../lab/presets.ts';
import { type FrozenRun, type GradientFlow, recordSize, type WindowTrace } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { startOfCursor } from '../../lab/state/cursor.ts';
import { History } from '../../lab/state/history.ts';
import { fromLink, tourLength } from '../../lab/state/url.ts';
import { handWeights } from '../../lab/text/hand-weights.ts';
import { linkOfChapter, tour } from '../../lab/text/tour.ts';
import { beginCheck, type Seen } from '../../lab/ui/guide/checks.ts';
import type { Edit } from '../../src/insight.ts';
import { backend, flowOf, seenOf, tale, trained } from './trained.ts';

const nothing: Seen = {
  info: null,
  text: '',
  isOpened: false,
  refusal: null,
  status: 'paused',
  step: 0,
  tokensPerSecond: 0,
  snapshots: [],
  history: new History(),
  samples: [],
  past: null,
  outcome: null,
  reading: null,
  seriesMemory: null,
  generated: null,
  windowTrace: null,
  flow: null,
  basins: null,
  memory: null,
  memoryQuestion: { about: 'next', replacement: null, beside: null },
  units: null,
  held: null,
  hold: null,
  scale: 'abs',
  rivalCell: null,
  rival: null,
  race: null,
  weights: null,
  failure: null,
  edits: [],
  operation: null,
  checked: null,
  settings: defaultSettings,
  cursor: startOfCursor,
  theme: 'light',
  explained: [],
  copies: null,
};
const views = Object.fromEntries(['unrolled', 'debugger', 'gradients'].map((name) => [name, name]));
const hand = (): WindowTrace =>
  seenOf(
    new Laboratory(backend, 'hello', presetSettings('hand'), undefined, { parameters: handWeights(), model: null }),
  );

/** What the page has where a chapter begins, but for its numbers. */
async function beginningOf(number: number): Promise<Seen> {
  const { state, remarks } = await fromLink(linkOfChapter(number), views);
  expect(remarks).toEqual([]);
  expect(state.extras.tour).toBe(number);
  return { ...nothing, settings: state.settings, cursor: { ...state.cursor, n: null } };
}

test('the links know as many chapters as there are', () => expect(tourLength).toBe(tour.length));

describe('the task', () => {
  test('“What is h?” is done with an entry of h, and not with another number', async () => {
    const check = beginCheck('state-explained');
    const seen = await beginningOf(1);
    expect(check(seen)).toBe(false);
    expect(check({ ...seen, explained: [{ quantity: 'a', t: 2, layer: 0, unit: 0 }] })).toBe(false);
    expect(check({ ...seen, explained: [{ quantity: 'h', t: 2, layer: 0, unit: 0 }] })).toBe(true);
  });

  test('“Unroll” is done when one copy has become several again', async () => {
    const check = beginCheck('rolled-and-unrolled');
    const seen = await beginningOf(2);
    const done = [null, 4, 2, 1, 1, 3].map((copies) => check({ ...seen, copies }));
    expect(done).toEqual([false, false, false, false, false, true]);
  });

  test('“The loss” is done at the one step with the largest loss, which is not the first', async () => {
    const seen = await beginningOf(3);
    const { settings, cursor } = seen;
    const windowTrace = seenOf(trained(300, settings), cursor.w);
    const done = Array.from(windowTrace.trace.loss, (_, t) =>
      beginCheck('surprise-found')({ ...seen, windowTrace, cursor: { ...cursor, t } }),
    );
    expect(done[cursor.t]).toBe(false);
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(beginCheck('surprise-found')({ ...seen, windowTrace: null })).toBe(false);
  });

  test('“Backward through one step” wants each operation on the way', async () => {
    const seen = { ...(await beginningOf(4)), windowTrace: hand() };
    const at = (op: number, t = 3): Seen => ({ ...seen, cursor: { ...seen.cursor, t, op, direction: 'backward' } });
    const walk = (ops: readonly number[], t?: number): boolean => {
      const check = beginCheck('output-step-back');
      return ops.map((op) => check(at(op, t))).at(-1)!;
    };
    expect(walk([0])).toBe(false);
    expect(walk([0, 1, 2, 3])).toBe(false);
    expect(walk([0, 1, 2, 3, 4])).toBe(true);
    expect(walk([0, 1, 0, 1, 2, 3, 4])).toBe(true);
    expect(walk([0, 4])).toBe(false); // a jump
    expect(walk([0, 1, 2, 3, 4], 2)).toBe(false); // at another step
  });

  test('“Back through time” is done with the largest of the four entries of ∇W', async () => {
    const seen = { ...(await beginningOf(5)), windowTrace: hand() };
    const done = [0, 1].flatMap((unit) =>
      [0, 1].map((column) =>
        beginCheck('largest-weight-gradient')({ ...seen, explained: [{ quantity: 'dW', layer: 0, unit, column }] }),
      ),
    );
    expect(done).toEqual([false, false, false, true]);
    expect(
      beginCheck('largest-weight-gradient')({
        ...seen,
        explained: [{ quantity: 'dU', layer: 0, unit: 1, column: 1 }],
      }),
    ).toBe(false);
  });

  test('“Vanishing” is done with a quarter of W, and not with all of it', async () => {
    const seen = await beginningOf(6);
    const laboratory = trained(0, seen.settings);
    const scaled = (factor: number): GradientFlow => {
      const edits: readonly Edit[] = factor === 1 ? [] : [{ kind: 'scale', name: 'W0', factor }];
      return flowOf(laboratory, edits);
    };
    const done = [1, 0.9, 0.25].map((factor) => beginCheck('gradient-vanished')({ ...seen, flow: scaled(factor) }));
    expect(done).toEqual([false, false, true]);
  });

  test('“Exploding” is done when a step is clipped after one that exploded without clipping', async () => {
    const seen = await beginningOf(7);
    expect(seen.settings.clip).toBe(0);
    const { records, before } = explode(seen.settings);
    const clipped = clippedAfter(before, { ...seen.settings, clip: 5 });
    const play = (...parts: { settings: Settings; records: Float64Array }[]): boolean[] => {
      const check = beginCheck('explosion-clipped');
      const history = new History();
      return parts.map((part) => {
        history.add(part.records, part.records.length / recordSize);
        return check({ ...seen, ...part, history });
      });
    };
    const clipping = { settings: { ...seen.settings, clip: 5 }, records: clipped };
    expect(play({ settings: seen.settings, records })).toEqual([false]);
    expect(play(clipping)).toEqual([false]); // nothing has exploded before
    expect(play({ settings: seen.settings, records }, clipping)).toEqual([false, true]);
  });

  test('“Gates” is done when both networks are trained for 300 steps', async () => {
    const seen = await beginningOf(8);
    const flow = { ...flowOf(trained(0)), step: 300 };
    const rival = { cell: 'rnn', step: 300, target: 300, flow, memory: null } as const;
    const check = beginCheck('gates-compared');
    expect(check({ ...seen, rivalCell: 'rnn' })).toBe(false);
    expect(check({ ...seen, rivalCell: 'rnn', flow, rival: { ...rival, flow: null } })).toBe(false);
    expect(check({ ...seen, rivalCell: 'rnn', flow: { ...flow, step: 0 }, rival })).toBe(false);
    expect(check({ ...seen, rivalCell: 'lstm', flow, rival: { ...rival, cell: 'lstm' } })).toBe(false);
    expect(check({ ...seen, rivalCell: 'rnn', flow, rival })).toBe(true);
  });
});

/** The steps of a run until it stops at a number that is not finite, and the run a step before. */
function explode(settings: Settings): { records: Float64Array; before: FrozenRun } {
  const laboratory = new Laboratory(backend, tale, settings);
  const records: number[] = [];
  let before = laboratory.run.freeze();
  for (let i = 0; i < 20; i++) {
    const kept = laboratory.run.freeze();
    try {
      records.push(...recordOf(laboratory.advance()));
      before = kept;
    } catch {
      return { records: Float64Array.from(records), before };
    }
  }
  throw new Error('expected an overflow within twenty steps, got none');
}

/** Goes on from there with clipping. */
function clippedAfter(from: FrozenRun, settings: Settings): Float64Array {
  const laboratory = new Laboratory(backend, tale, settings, from);
  laboratory.run.tune(settings);
  return Float64Array.from(recordOf(laboratory.advance()));
}

function recordOf(figures: ReturnType<Laboratory['advance']>): readonly number[] {
  const { update, loss, smoothed, gradientNorm, clipped, learningRate, ratio } = figures;
  return [update, loss, smoothed, gradientNorm, clipped ? 1 : 0, learningRate, ratio];
}
