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
}
