// Kernels on rows against plain loops.

import { test } from 'vitest';
import type { Backend } from '../../../src/engine/backend.ts';
import { expectClose, expectSame, fill, Guards, numbers, roundoff, sizes } from './support.ts';

const TABLE = 6; // rows of the table: fewer than the rows looked up, so that some repeat
const shapes = [...sizes.flatMap((rows) => sizes.map((width) => [rows, width])), [65, 100], [50, 128], [5, 512]];

export function rowsConform(backend: Backend): void {
  const u = roundoff(backend);

  test('rows are filled, gathered, scattered and summed as plain loops do it', () => {
    const { plan, kernels } = backend.open((allocate) => {
      const guards = new Guards(allocate);
      const cases = shapes.map(([rows, width]) => ({
        rows,
        width,
        row: guards.floats(width),
        table: guards.floats(TABLE * width),
        ids: allocate.integers(rows),
        x: guards.floats(rows * width),
        out: guards.floats(rows * width),
        sum: guards.floats(width),
      }));
      return { guards, cases };
    });
    for (const { rows, width, row, table, ids, x, out, sum } of plan.cases) {
      const label = `${rows} × ${width}`;
      const next = numbers(rows * 101 + width);
      const rv = fill(row, next);
      const tv = fill(table, next);
      const xv = fill(x, next);
      for (let r = 0; r < rows; r++) ids[r] = Math.floor(((next() + 1) / 2) * TABLE) % TABLE;

      kernels.fillRows(row, out, rows, width);
      expectSame(
        `fillRows ${label}`,
        out,
        xv.map((_, i) => rv[i % width]),
      );

      kernels.gatherRows(table, ids, row, out, rows, width);
      const gathered = xv.map((_, i) => rv[i % width] + tv[ids[Math.floor(i / width)] * width + (i % width)]);
      // one addition, one rounding
      expectClose(`gatherRows ${label}`, out, gathered, (i) => u * Math.abs(gathered[i]));

      for (const accumulate of [false, true]) {
        const start = fill(sum, next);
        const expected = start.map((value) => (accumulate ? value : 0));
        const size = expected.map(Math.abs);
        for (let i = 0; i < rows * width; i++) {
          expected[i % width] += xv[i];
          size[i % width] += Math.abs(xv[i]);
        }
        kernels.sumRows(x, sum, rows, width, accumulate, width);
        expectClose(`sumRows ${label}`, sum, expected, (i) => (rows + 1) * u * size[i]);
      }

      const scattered = tv.slice();
      const size = tv.map(Math.abs);
      for (let i = 0; i < rows * width; i++) {
        const to = ids[Math.floor(i / width)] * width + (i % width);
        scattered[to] += xv[i];
        size[to] += Math.abs(xv[i]);
      }
      kernels.scatterAddRows(x, ids, table, rows, width, width, width);
      expectClose(`scatterAddRows ${label}`, table, scattered, (i) => (rows + 1) * u * size[i]);
    }
    plan.guards.expectIntact();
  });

  test('sumRows and scatterAddRows take some columns of a wider matrix, and the bits are those of the whole', () => {
    const [rows, width, cut] = [23, 21, 9];
    const { plan, kernels } = backend.open((allocate) => ({
      x: allocate.floats(rows * width),
      ids: allocate.integers(rows),
      sums: [allocate.floats(width), allocate.floats(width)],
      tables: [allocate.floats(4 * width), allocate.floats(4 * width)],
    }));
    const { x, ids, sums, tables } = plan;
    fill(x, numbers(1));
    for (let r = 0; r < rows; r++) ids[r] = (r * 5) % 4;
    kernels.sumRows(x, sums[0], rows, width, false, width);
    kernels.scatterAddRows(x, ids, tables[0], rows, width, width, width);
    for (const [from, to] of [
      [0, cut],
      [cut, width],
    ]) {
      kernels.sumRows(x.subarray(from), sums[1].subarray(from), rows, to - from, false, width);
      kernels.scatterAddRows(x.subarray(from), ids, tables[1].subarray(from), rows, to - from, width, width);
    }
    expectSame('sumRows', sums[1], sums[0]);
    expectSame('scatterAddRows', tables[1], tables[0]);
  });

  test('rows are picked, added and scaled as plain loops do it, and each the same alone as among others', () => {
    for (const [rows, width] of shapes) {
      const label = `${rows} × ${width}`;
      const [strideFrom, strideTo] = [width + 3, width + 2];
      const { plan, kernels } = backend.open((allocate) => {
        const guards = new Guards(allocate);
        return {
          guards,
          table: guards.floats(TABLE * width),
          wider: guards.floats(TABLE * strideFrom),
          ids: allocate.integers(rows),
          to: guards.floats(rows * strideTo),
          x: guards.floats(rows * width),
          again: guards.floats(rows * width),
          factors: guards.floats(rows),
        };
      });
      const { guards, table, wider, ids, to, x, again, factors } = plan;
      const next = numbers(rows * 103 + width);
      const tv = fill(table, next);
      const wv = fill(wider, next);
      const picked = fill(to, next);
      const xv = fill(x, next);
      again.set(x);
      for (let r = 0; r < rows; r++) ids[r] = Math.floor(((next() + 1) / 2) * TABLE) % TABLE;

      kernels.copyRows(wider, ids, to, rows, width, strideFrom, strideTo);
      for (let r = 0; r < rows; r++)
        picked.set(wv.subarray(ids[r] * strideFrom, ids[r] * strideFrom + width), r * strideTo);
      expectSame(`copyRows ${label}`, to, picked);

      kernels.addRows(table, ids, x, rows, width);
      for (let r = 0; r < rows; r++) kernels.addRows(table, ids.subarray(r), again.subarray(r * width), 1, width);
      const added = xv.map((value, i) => value + tv[ids[Math.floor(i / width)] * width + (i % width)]);
      // one addition, one rounding
      expectClose(`addRows ${label}`, x, added, (i) => u * Math.abs(added[i]));
      expectSame(`addRows ${label}, row by row`, again, x);

      const sums = Float64Array.from(x);
      const fv = fill(factors, next);
      kernels.scaleRows(x, factors, rows, width);
      for (let r = 0; r < rows; r++) kernels.scaleRows(again.subarray(r * width), factors.subarray(r), 1, width);
      const scaled = sums.map((value, i) => value * fv[Math.floor(i / width)]);
      expectClose(`scaleRows ${label}`, x, scaled, (i) => u * Math.abs(scaled[i]));
      expectSame(`scaleRows ${label}, row by row`, again, x);
      guards.expectIntact();
    }
  });

  test('scaleRows by 0 gives exactly 0, whatever stood there, and by 1 the same bits', () => {
    const special = [Number.NaN, Infinity, -Infinity, 3.4e38, 2 ** -149, -0, 1];
    const width = 7;
    for (const zero of [0, -0]) {
      const { plan, kernels } = backend.open((allocate) => ({ x: allocate.floats(3 * width), f: allocate.floats(3) }));
      for (let i = 0; i < 3 * width; i++) plan.x[i] = special[i % width];
      const before = plan.x.slice();
      plan.f.set([1, zero, 2]);
      kernels.scaleRows(plan.x, plan.f, 3, width);
      expectSame('factor 1', plan.x.subarray(0, width), before.subarray(0, width));
      expectSame('factor 0', plan.x.subarray(width, 2 * width), new Float64Array(width));
      expectSame('factor 2', plan.x.subarray(2 * width, 2 * width + 3), [Number.NaN, Infinity, -Infinity]);
    }
  });

  test('scatterAddRows takes rows of two strides', () => {
    const [rows, width, strideX, strideTable] = [11, 9, 12, 10];
    const { plan, kernels } = backend.open((allocate) => ({
      x: allocate.floats(rows * strideX),
      ids: allocate.integers(rows),
      table: allocate.floats(4 * strideTable),
    }));
    const { x, ids, table } = plan;
    const xv = fill(x, numbers(1));
    const expected = fill(table, numbers(2));
    for (let r = 0; r < rows; r++) {
      ids[r] = (r * 5) % 4;
      for (let i = 0; i < width; i++) expected[ids[r] * strideTable + i] += xv[r * strideX + i];
    }
    kernels.scatterAddRows(x, ids, table, rows, width, strideX, strideTable);
    // up to three additions to a sum not above 4
    expectClose('scatterAddRows', table, expected, () => 3 * 4 * u);
    for (let r = 0; r < 4; r++)
      expectSame(
        'between the rows',
        table.subarray(r * 10 + 9, r * 10 + 10),
        expected.subarray(r * 10 + 9, r * 10 + 10),
      );
  });
}
