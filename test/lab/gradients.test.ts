// The view Gradient flow without a browser: where a number that is not finite began, another cell beside, and colors that can be read.

import { expect, test } from 'vitest';
import { Domain } from '../../lab/draw/limit.ts';
import { contrast, inkOn, magnitude } from '../../lab/draw/palette.ts';
import { locateFailure, windowsOfBatch } from '../../lab/engine/failure.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { Rival } from '../../lab/engine/rival.ts';
import type { GradientFlow } from '../../lab/protocol.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { strings } from '../../lab/strings.ts';
import { rowOf, startOfFit } from '../../lab/views/gradients/numbers.ts';
import { atOnce } from '../../src/generators.ts';
import { trace } from '../../src/insight.ts';
import { backend, flowOf, tale, trained } from './trained.ts';

const place = { step: null, window: 0, edits: [] };

test('the windows of a batch, traced one by one, have the loss that the step finds: their texts, places and states are right', () => {
  const laboratory = trained(0, { cell: 'lstm', hidden: 8, T: 16 });
  for (let step = 0; step < 31; step++) {
    const { run } = laboratory;
    const model = { ...run.model, parameters: run.parameters.slice() };
    let loss = 0;
    if (step % 6 === 5)
      for (const { tokens, targets, state, weights } of windowsOfBatch(run))
        for (const [t, each] of trace(model, tokens, targets, { backend, state }).loss.entries())
          loss += weights[t] * each;
    const report = laboratory.advance();
    if (loss > 0) expect(loss).toBeCloseTo(report.loss, 5);
  }
});

test('every color of a norm has ink that can be read on it', () => {
  for (let power = -6; power <= 2; power += 0.01) {
    const color = magnitude(10 ** power, 1e-6, 100);
    expect(contrast(color, inkOn(color))).toBeGreaterThanOrEqual(4.5);
  }
});

test('the line of the fit lies on the row that is drawn, above and below by as much', () => {
  const [flow] = flowOf(trained(3)).gradientByDistance;
  for (const t of [5, 20, 32]) {
    const start = startOfFit(flow, t);
    const off = Array.from(rowOf(flow, t), (norm, k) => Math.log(norm / (start * flow.decay.factor ** (t - k))));
    expect(off.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 6);
  }
});

test('the scale of the colors fits what there is, and stays while that moves a little', () => {
  const domain = new Domain();
  expect(domain.of([0.02, 0.5, 0.9])).toEqual([0.01, 1]);
  expect(domain.of([0.02, 0.5, 1.1])).toEqual([0.01, 10]);
  expect(domain.of([0.02, 0.5, 0.9])).toEqual([0.01, 10]);
  expect(domain.of([0.02, 0.05, 0.09, 0])).toEqual([0.001, 0.1]); // at least two powers
  expect(domain.of([1e-30, 1, Number.NaN])).toEqual([1e-8, 1]); // at most eight
});

test('parameters that the update before left not finite are told as such', () => {
  const laboratory = trained(3, { hidden: 8, cell: 'gru' });
  laboratory.run.parameters[laboratory.run.parameters.length - 1] = Number.NaN;
  expect(() => laboratory.advance()).toThrow(/not finite/);
  const origin = atOnce(locateFailure(backend, laboratory.run))!;
  expect(origin).toMatchObject({ inParameters: true, address: { quantity: 'c', unit: 56 } });
  expect(strings.failureOrigin(origin)).toBe(
    'The update of step 3 caused it: the first parameter that is not finite is c[57].',
  );
});

test('a rival that is asked for an earlier step than the one it is at is the network of that step', () => {
  const microscope = new Microscope(backend);
  const rival = new Rival(backend, tale, { ...defaultSettings, cell: 'gru' }, () => 0);
  const at = (step: number): GradientFlow => atOnce(rival.follow(microscope, { ...place, step }, () => {}));
  const third = at(3);
  at(13);
  expect(at(3).gradientByDistance).toEqual(third.gradientByDistance);
  expect(third.gradientByDistance).toEqual(flowOf(trained(3, { cell: 'gru' })).gradientByDistance);
});
