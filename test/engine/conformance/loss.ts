// The softmax and its gradient against plain loops in float64, and where it is hard.

import { expect, test } from 'vitest';
import type { Backend } from '../../../src/engine/backend.ts';
import { expectClose, expectSame, fill, Guards, numbers, roundoff, sizes } from './support.ts';

export function lossConforms(backend: Backend): void {
  const u = roundoff(backend);

  /** Runs the kernel on `rows` rows of `classes` logits. */
  function run(rows: number, classes: number, logit: () => number, weight: (r: number) => number) {
    const { plan, kernels } = backend.open((allocate) => {
      const guards = new Guards(allocate);
      return {
        guards,
        logits: guards.floats(rows * classes),
        weights: guards.floats(rows),
        nll: guards.floats(rows),
        targets: allocate.integers(rows),
      };
    });
    const { guards, logits, targets, weights, nll } = plan;
    const before = fill(logits, logit);
    const w = fill(weights, () => 0).map((_, r) => (weights[r] = weight(r)));
    for (let r = 0; r < rows; r++) targets[r] = classes ? (r * 7) % classes : 0;
    kernels.softmaxNll(logits, targets, weights, nll, rows, classes);
    guards.expectIntact();
    return { before, after: logits, weights: w, targets, nll };
  }

  test('softmaxNll gives the loss and the gradient of plain loops for every number of rows and classes', () => {
    for (const rows of sizes) {
      for (const classes of [...sizes.filter((size) => size > 0), 65, 256, 1000]) {
        const next = numbers(rows * 1009 + classes);
        const { before, after, weights, targets, nll } = run(
          rows,
          classes,
          () => 5 * next(),
          (r) => (r % 3) / 2,
        );
        const gradient = new Float64Array(rows * classes);
        const loss = new Float64Array(rows);
        for (let r = 0; r < rows; r++) {
          const row = before.subarray(r * classes, (r + 1) * classes);
          const total = row.reduce((sum, value) => sum + Math.exp(value), 0);
          loss[r] = Math.log(total) - row[targets[r]];
          for (let i = 0; i < classes; i++)
            gradient[r * classes + i] = (Math.exp(row[i]) / total - (i === targets[r] ? 1 : 0)) * weights[r];
        }
        // e^(o − max): a few roundings of the exponential, and |o − max| ≤ 10 rounded; its part of the sum is at most 1
        expectClose(`gradient ${rows} × ${classes}`, after, gradient, () => 16 * u);
        expectClose(`nll ${rows} × ${classes}`, nll, loss, (r) => 16 * u * Math.max(1, loss[r]));
      }
    }
  });

  test('softmaxNll stays finite at logits of ±10,000, and its gradient sums to nothing over a row', () => {
    for (const classes of [2, 3, 65, 1000]) {
      const next = numbers(classes);
      const { after, nll, weights } = run(
        40,
        classes,
        () => 1e4 * Math.sign(next()) + next(),
        () => 1,
      );
      for (let r = 0; r < 40; r++) {
        const row = after.subarray(r * classes, (r + 1) * classes);
        expect(Number.isFinite(nll[r]) && nll[r] >= 0).toBe(true);
        expect(row.every(Number.isFinite)).toBe(true);
        let sum = 0;
        for (const value of row) sum += value;
        // each probability carries a few roundings, and together they are 1
        expect(Math.abs(sum)).toBeLessThan(16 * u * weights[r] * Math.max(1, Math.log2(classes)));
      }
    }
  });

  test('softmaxNll takes the largest finite logits of float32', () => {
    const values = [3.4e38, -3.4e38, 0, 3.4e38, -3.4e38];
    let i = 0;
    const { after, nll } = run(
      1,
      5,
      () => values[i++],
      () => 1,
    );
    expect(nll[0]).toBeCloseTo(Math.log(2), 6);
    expectClose('gradient', after, [-0.5, 0, 0, 0.5, 0], () => 4 * u);
  });

  test('a row of weight 0 gets a gradient of exactly 0, whatever its logits and target', () => {
    const rows = [1, Number.NaN, Infinity, -Infinity, 3e38];
    for (const value of rows) {
      for (const classes of [3, 8, 65]) {
        const { after } = run(
          2,
          classes,
          () => value,
          () => 0,
        );
        expectSame(`logits of ${value}`, after, new Float64Array(2 * classes));
      }
    }
    for (const target of [-1, 5, 2 ** 31 - 1]) {
      const { plan, kernels } = backend.open((allocate) => ({
        logits: allocate.floats(10),
        targets: allocate.integers(2),
        weights: allocate.floats(2),
        nll: allocate.floats(2),
      }));
      const { logits, targets, weights, nll } = plan;
      logits.fill(1);
      targets.set([target, 0]);
      weights.set([0, 1]);
      kernels.softmaxNll(logits, targets, weights, nll, 2, 5);
      expectSame('gradient', logits.subarray(0, 5), new Float64Array(5));
      expect(nll[1]).toBeCloseTo(Math.log(5), 6);
    }
  });

  test('squaredError gives the mean square and the gradient of plain loops, and a row alone the same bits', () => {
    for (const rows of sizes) {
      for (const width of [...sizes.filter((size) => size > 0), 65, 256]) {
        const { plan, kernels } = backend.open((allocate) => {
          const guards = new Guards(allocate);
          return {
            guards,
            outputs: guards.floats(rows * width),
            again: guards.floats(rows * width),
            targets: guards.floats(rows * width),
            weights: guards.floats(rows),
            losses: guards.floats(rows),
            single: guards.floats(rows),
          };
        });
        const { guards, outputs, again, targets, weights, losses, single } = plan;
        const next = numbers(rows * 1013 + width);
        const o = fill(outputs, () => 5 * next());
        const y = fill(targets, () => 5 * next());
        let row = 0;
        const w = fill(weights, () => (row++ % 3) / 2);
        again.set(outputs);
        kernels.squaredError(outputs, targets, weights, losses, rows, width);
        const gradient = o.map((value, i) => ((value - y[i]) * 2 * w[Math.floor(i / width)]) / width);
        // the difference, the factor and their product are rounded
        expectClose(`gradient ${rows} × ${width}`, outputs, gradient, (i) => 4 * u * Math.abs(gradient[i]));
        const loss = new Float64Array(rows);
        for (let i = 0; i < rows * width; i++) loss[Math.floor(i / width)] += (o[i] - y[i]) ** 2 / width;
        // the difference is rounded before it is squared, and then the mean; in float64 so are the square and each sum
        expectClose(`loss ${rows} × ${width}`, losses, loss, (r) => (u > 2 ** -50 ? 4 : 4 + 2 * width) * u * loss[r]);
        for (let r = 0; r < rows; r++)
          kernels.squaredError(
            ...([again.subarray(r * width), targets.subarray(r * width), weights.subarray(r)] as const),
            ...([single.subarray(r), 1, width] as const),
          );
        expectSame('gradient, row by row', again, outputs);
        expectSame('loss, row by row', single, losses);
        expectSame('targets are only read', targets, y);
        guards.expectIntact();
      }
    }
  });

  test('pinball gives the mean loss of the quantiles and the gradient of plain loops, and a row alone the same bits', () => {
    for (const rows of sizes) {
      for (const width of [1, 3, 8, 65]) {
        const { plan, kernels } = backend.open((allocate) => {
          const guards = new Guards(allocate);
          return {
            guards,
            outputs: guards.floats(rows * width),
            again: guards.floats(rows * width),
            targets: guards.floats(rows * width),
            weights: guards.floats(rows),
            losses: guards.floats(rows),
            single: guards.floats(rows),
            quantiles: guards.floats(width),
          };
        });
        const { guards, outputs, again, targets, weights, losses, single, quantiles } = plan;
        const next = numbers(rows * 1013 + width);
        const o = fill(outputs, () => 5 * next());
        let at = 0;
        const y = fill(targets, () => (at++ % 7 === 0 ? o[at - 1] : 5 * next())); // some are met exactly
        const q = fill(quantiles, () => 0.5 + 0.4 * next());
        let row = 0;
        const w = fill(weights, () => (row++ % 3) / 2);
        again.set(outputs);
        kernels.pinball(outputs, targets, weights, losses, quantiles, rows, width);
        const slope = (i: number) => (o[i] === y[i] ? 0 : (o[i] > y[i] ? 1 : 0) - q[i % width]);
        const gradient = o.map((_, i) => (slope(i) * w[Math.floor(i / width)]) / width);
        expectClose(`gradient ${rows} × ${width}`, outputs, gradient, (i) => 4 * u * Math.abs(gradient[i]));
        const loss = new Float64Array(rows);
        for (let i = 0; i < rows * width; i++) loss[Math.floor(i / width)] += (slope(i) * (o[i] - y[i])) / width;
        // every term is positive, and each is rounded a few times, as is each sum
        expectClose(`loss ${rows} × ${width}`, losses, loss, (r) => (4 + 2 * width) * u * loss[r]);
        for (let r = 0; r < rows; r++)
          kernels.pinball(
            ...([again.subarray(r * width), targets.subarray(r * width), weights.subarray(r)] as const),
            ...([single.subarray(r), quantiles, 1, width] as const),
          );
        expectSame('gradient, row by row', again, outputs);
        expectSame('loss, row by row', single, losses);
        guards.expectIntact();
      }
    }
  });

  test('squaredError gives a row of weight 0 a gradient of exactly 0, whatever it holds', () => {
    for (const value of [Number.NaN, Infinity, -3e38]) {
      for (const width of [3, 8, 65]) {
        const { plan, kernels } = backend.open((allocate) =>
          [2 * width, 2 * width, 2, 2].map((length) => allocate.floats(length)),
        );
        const [outputs, targets, weights, losses] = plan;
        outputs.fill(value, 0, width).fill(2, width);
        weights[1] = 1;
        kernels.squaredError(outputs, targets, weights, losses, 2, width);
        expectSame('gradient', outputs.subarray(0, width), new Float64Array(width));
        expect(losses[1]).toBe(4);
      }
    }
  });
}
