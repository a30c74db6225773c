// The view Units without a browser: the values, the statistics and the losses are the library's, the descriptions are true of the text and confirmed on the
// half that they were not chosen on, and a range finds the units that are on in it.

import { expect, test } from 'vitest';
import { Microscope } from '../../lab/engine/microscope.ts';
import { predicatesOf } from '../../lab/engine/predicates.ts';
import { columnOf, extremesOf, matchOf } from '../../lab/views/units/numbers.ts';
import { atOnce } from '../../src/generators.ts';
import { areaUnderCurve, heldUnits, ranksOf, trace, unitStatistics } from '../../src/insight.ts';
import { backend, seenOf, trained } from './trained.ts';

const small = { hidden: 6, T: 16 };

test.each(['rnn', 'lstm', 'mingru'] as const)('the units of %s in two layers are the library’s', (cell) => {
  const laboratory = trained(6, { ...small, cell, layers: 2, text: 'brackets' });
  const subject = laboratory.modelOnText(null);
  const query = { step: null, window: 2, edits: [], layer: 0 };
  const units = atOnce(new Microscope(backend).units(subject, query));
  const { trace: seen, begin } = seenOf(laboratory, 2);
  expect([units.begin, units.layer, units.tokens.length]).toEqual([begin, 0, 1024]);
  const names = [0, 1].flatMap((l) => (cell === 'lstm' ? [`state${l}`, `cell${l}`] : [`state${l}`]));
  const state = new Map(
    names.map((name) => {
      const l = Number(name.at(-1));
      return [name, (name.startsWith('state') ? seen.h : seen.s).slice(l * 6, (l + 1) * 6)];
    }),
  );
  const { model, ids } = subject;
  const stretch = ids.subarray(begin, begin + 1024);
  const { h } = trace(model, stretch, null, { backend, state });
  for (let t = 0; t < 1024; t += 37)
    for (let u = 0; u < 6; u++) expect(units.values[t * 6 + u]).toBeCloseTo(h[(t + 1) * 12 + u], 5);
  const whole = unitStatistics(model, stretch, { backend, state, responseLayer: 0 });
  expect(units.statistics).toEqual(whole.layers[0]);
  expect(units.responses).toEqual(whole.responses.slice(0, 24));
  // each area is that of its predicate: half to choose by, half to confirm
  const { predicates, areas, best, confirmed } = units.explanations;
  const all = predicatesOf(stretch, laboratory.info.vocabulary);
  expect(predicates.map(({ name }) => name)).toEqual(all.map(({ name }) => name));
  for (let u = 0; u < 6; u++) {
    const column = columnOf(units, u);
    const own = all.map(({ isOn }) => areaUnderCurve(ranksOf(column.subarray(0, 512)), isOn.subarray(0, 512)));
    for (const [p, area] of own.entries()) expect(areas[p * 6 + u]).toBeCloseTo(area, 6);
    const farthest = Math.max(...own.map((area) => Math.abs(area - 0.5)));
    expect(Math.abs(own[best[u]] - 0.5)).toBeCloseTo(farthest, 9);
    const later = areaUnderCurve(ranksOf(column.subarray(512)), all[best[u]].isOn.subarray(512));
    expect(confirmed[u]).toBeCloseTo(later, 6);
  }
  const held = atOnce(new Microscope(backend).held(subject, query, 0));
  const targets = ids.subarray(begin + 1, begin + held.tokens + 1);
  const expected = heldUnits(model, ids.subarray(begin, begin + held.tokens), targets, { backend, state, layer: 0 });
  expect(held).toMatchObject(expected);
  const one = atOnce(new Microscope(backend).held(subject, query, 0.5, [3]));
  expect(one).toMatchObject({ units: [3], value: 0.5, layer: 0 });
  expect(one.loss).toBeCloseTo(held.loss, 5);
});

test('a text of a few words has units too', () => {
  const laboratory = trained(0, small);
  const subject = laboratory.modelOnText(null);
  const short = { ...subject, ids: subject.ids.subarray(0, 20) };
  const units = atOnce(new Microscope(backend).units(short, { step: null, window: 0, edits: [], layer: 0 }));
  expect(units.tokens).toHaveLength(19);
  expect(units.explanations.predicates).toEqual([]);
  expect([...units.explanations.best]).toEqual([-1, -1, -1, -1, -1, -1]);
});

test('what is said of a text is true of it', () => {
  const text = `He said "Go (now [or {then}])." And she WENT.\n${'x'.repeat(46)} yy `.repeat(20);
  const vocabulary = [...new Set(text)];
  const ids = Array.from(text, (each) => vocabulary.indexOf(each));
  const found = new Map(
    predicatesOf(ids, vocabulary).flatMap(({ name, token, isOn }) => (token === undefined ? [[name, isOn]] : [])),
  );
  const where = (name: string): string => {
    const isOn = found.get(name as never)!;
    return Array.from(text.slice(0, 46), (each, t) => (isOn[t] ? each : '·')).join('');
  };
  const head = text.slice(0, 46);
  const blank = (each: string): string => '·'.repeat(each.length);
  expect(where('vowel')).toBe(head.replace(/[^aeiou]/gi, blank));
  expect(where('capital')).toBe(head.replace(/[^A-Z]/g, blank));
  expect(where('in-brackets')).toBe(`${'·'.repeat(12)}${text.slice(12, 28)}${'·'.repeat(18)}`);
  expect(where('deep-brackets')).toBe(`${'·'.repeat(21)}${text.slice(21, 26)}${'·'.repeat(20)}`);
  expect(where('in-quotes')).toBe(`${'·'.repeat(8)}${text.slice(8, 30)}${'·'.repeat(16)}`);
  expect(where('first-letter')).toBe(head.replace(/[^a-z]|(?<=[a-z])[a-z]/gi, blank));
  expect(where('after-blank')).toBe(head.replace(/(?<! )(?:.|\n)/g, blank));
  expect(where('newline')).toBe(`${'·'.repeat(45)}\n`);
});

test('a range finds the units that are on in it and off beside it, and where else they are', () => {
  const tokens = new Int32Array(12);
  //            0  1  2  3   4   5  6  7   8   9 10 11
  const rows = [
    [0, 0, 0, 0.9, 0.8, 0, 0, 0.7, 0.9, 0, 0, 0], // on at 3–4 and 7–8
    [0, 0, 0, -0.9, -0.9, 0, 0, 0, 0, 0, 0, 0], // low at 3–4
    [0, 0, 0.9, 0.9, 0.9, 0, 0, 0, 0, 0, 0, 0], // on before it too
  ];
  const values = Float32Array.from({ length: 36 }, (_, i) => rows[i % 3][Math.floor(i / 3)]);
  const found = matchOf({ values, tokens }, 3, 4, 0.5);
  expect(found.units.map(({ unit, sign }) => [unit, sign])).toEqual([
    [1, -1],
    [0, 1],
  ]);
  expect(found.places).toEqual([{ from: 7, share: 0.5 }]);
  const column = columnOf({ values, tokens }, 0);
  expect(extremesOf(column, 2, 1)).toEqual([3]); // the others are too near
  expect(extremesOf(column, 1, -1)).toEqual([0]);
});
