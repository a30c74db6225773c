// The view Unrolled without a browser: which number lies where in its picture, and the colors of its pixels.

import { expect, test } from 'vitest';
import { paintSigned, signed } from '../../lab/draw/palette.ts';
import { formatNumber } from '../../lab/format.ts';
import type { Settings } from '../../lab/settings.ts';
import { addressOf, cellText } from '../../lab/views/unrolled/cells.ts';
import { hit, layOut, rectOf, rowAt, rowCount } from '../../lab/views/unrolled/layout.ts';
import { numbersOf } from '../../lab/views/unrolled/numbers.ts';
import { valueAt } from '../../src/insight.ts';
import { seenOf, trained } from './trained.ts';

/** The library's own trace, after some steps. */
function traced(window: number, steps: number, changes: Partial<Settings> = {}) {
  const laboratory = trained(steps, changes);
  return { seen: seenOf(laboratory, window), info: laboratory.info };
}

test('a cell opens the number that it is named with, in every row, strip and cell of the network', () => {
  for (const cell of ['rnn', 'lstm', 'mingru'] as const) {
    const { seen, info } = traced(1, 2, { cell, layers: 2, hidden: 8, T: 6 });
    const numbers = numbersOf(seen.trace);
    const hasS = cell === 'lstm';
    const plan = { copies: 6, steps: 6, layers: 2, units: 8, hasS, mode: 'both', room: 700, areWords: false } as const;
    const layout = layOut(plan);
    for (let row = 0; row < rowCount(plan); row++)
      for (const t of [0, 1, 6]) {
        const what = rowAt(plan, row);
        if (t === 0 && what.kind !== 'unit') continue;
        const { x, y, width, height } = rectOf(layout, what, t);
        const strips = what.kind === 'unit' ? layout.strips.length - (t === 0 ? 1 : 0) : 1;
        for (let place = 0; place < strips; place++) {
          const at = hit(layout, x + (width * (place + 0.5)) / strips, y + height / 2);
          expect(at).toMatchObject({ column: t, row });
          const strip = what.kind === 'unit' ? layout.strips[place] : 'h';
          if (what.kind === 'unit') expect(at).toMatchObject({ strip });
          const address = addressOf(seen, numbers, what, t, strip)!;
          const named = cellText(seen, numbers, info, what, t);
          if (what.kind === 'x') expect(valueAt(seen.trace, address)).toBe(1);
          else expect(named).toContain(formatNumber(valueAt(seen.trace, address)));
        }
      }
  }
});

test('pixels are painted in the colors of the palette', () => {
  const data = new Uint8ClampedArray(4);
  for (const theme of ['light', 'dark'] as const)
    for (const value of [-2, -1, -0.37, -1e-3, 0, 0.0123, 0.5, 0.777, 1, 3, Number.NaN, Number.POSITIVE_INFINITY]) {
      paintSigned(data, 0, value, 1, theme);
      expect([...data]).toEqual([...signed(value, 1, theme), 255]);
    }
});
