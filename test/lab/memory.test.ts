// The view Memory without a browser: the numbers that the engine answers with are the library's, for what comes next and for the best guess, beside an
// earlier step and in another cell; and what the view says of a row.

import { expect, test } from 'vitest';
import { Limit } from '../../lab/draw/limit.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { Rival } from '../../lab/engine/rival.ts';
import type { Memory, MemoryQuestion, RivalCell } from '../../lab/protocol.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { perRow, reachOf, rowOf, strongestOf } from '../../lab/views/memory/numbers.ts';
import { atOnce } from '../../src/generators.ts';
import { inputDependence, trace } from '../../src/insight.ts';
import { backend, seenOf, tale, trained } from './trained.ts';

const place = { step: null, window: 2, edits: [] };
const question = { about: 'next', replacement: null, beside: null } as const satisfies MemoryQuestion;
const small = { hidden: 16, T: 12 };

const memoryOf = (laboratory: ReturnType<typeof trained>, asks: Partial<MemoryQuestion> = {}): Memory =>
  atOnce(new Microscope(backend).memory(laboratory.modelOnText(null), { ...place, ...question, ...asks }));

test.each(['rnn', 'gru', 'lstm', 'mingru'] as const)('the memory of %s in two layers is the library’s', (cell) => {
  const laboratory = trained(6, { ...small, cell, layers: 2 });
  const { model, ids } = laboratory.modelOnText(null);
  const { trace: seen, begin } = seenOf(laboratory, 2);
  const names = [0, 1].flatMap((l) => (cell === 'lstm' ? [`state${l}`, `cell${l}`] : [`state${l}`]));
  const state = new Map(
    names.map((name) => {
      const [, kind, l] = /^(state|cell)(\d)$/.exec(name)!;
      return [name, (kind === 'state' ? seen.h : seen.s).slice(Number(l) * 16, (Number(l) + 1) * 16)];
    }),
  );
  const tokens = ids.subarray(begin, begin + 12);
  const found = memoryOf(laboratory);
  expect([found.begin, found.step, ...found.tokens]).toEqual([begin, 6, ...tokens]);
  expect([...found.asked]).toEqual([...ids.subarray(begin + 1, begin + 13)]);
  expect(found.dependence).toEqual(inputDependence(model, tokens, found.asked, { backend, state }));
  // the probability is the one that the other views show
  for (let t = 0; t < 12; t++) expect(found.dependence.logProbability[t]).toBeCloseTo(-seen.loss[t], 5);
  const guess = memoryOf(laboratory, { about: 'guess', replacement: 3 });
  const C = model.config.vocabSize;
  const { y } = trace(model, tokens, null, { backend, state });
  for (let t = 0; t < 12; t++) expect(y[t * C + guess.asked[t]]).toBe(Math.max(...y.subarray(t * C, (t + 1) * C)));
  expect(guess.dependence).toEqual(inputDependence(model, tokens, guess.asked, { backend, state, replacement: 3 }));
});

test('the memory of another cell beside it is that of the network which trains to the same step', () => {
  const beside = (cell: RivalCell): Memory =>
    atOnce(
      new Rival(backend, tale, { ...defaultSettings, ...small, cell }, () => 0).remember(
        new Microscope(backend),
        { ...place, step: 4 },
        question,
        () => {},
      ),
    );
  expect(beside('gru')).toEqual(memoryOf(trained(4, { ...small, cell: 'gru' })));
});

test('a row has its reach, its strongest character and shares of its own', () => {
  const triangle = Float64Array.of(2, 0, 0, 1, 4, 0, 1, 2, 7);
  expect([...rowOf(triangle, 2)]).toEqual([1, 4]);
  expect([...perRow(triangle)]).toEqual([1, 0, 0, 0.25, 1, 0, 1 / 7, 2 / 7, 1]);
  const row = rowOf(triangle, 3);
  expect([reachOf(row, 0.5), reachOf(row, 0.8), reachOf(row, 0.95)]).toEqual([1, 2, 3]);
  expect(strongestOf(row)).toBe(3);
  expect(reachOf(Float64Array.of(0, 0), 0.5)).toBe(1);
  expect(new Limit(0.001, 0.99).of([0, 0])).toBe(1);
});
