// Weights, without a browser: the matrices are those of the model, entry by entry, their change is between the two steps, and the spectra fit what they are of.

import { describe, expect, test } from 'vitest';
import { singularValues, weightsOf } from '../../lab/engine/weights.ts';
import { atOnce } from '../../src/generators.ts';
import { type Address, valueAt } from '../../src/insight.ts';
import { seenOf, trained } from './trained.ts';

describe('a matrix of the weights', () => {
  test.each(['rnn', 'gru', 'lstm', 'mingru'] as const)(
    'has the entries that the equations have, in every gate and layer: %s',
    (cell) => {
      const laboratory = trained(2, { cell, text: 'opening', hidden: 5, layers: 2, T: 4, batch: 4 });
      const { trace } = seenOf(laboratory);
      const { blocks } = atOnce(weightsOf(laboratory, { step: null, since: null, block: '', gate: 0 }));
      for (const block of blocks)
        for (let gate = 0; gate < 4; gate++) {
          const found = atOnce(weightsOf(laboratory, { step: null, since: null, block, gate }));
          if (found.gate !== gate) break;
          const { kind, layer, gates, rows, columns, values, singularValues, eigenvalues } = found;
          expect(found.block).toBe(block);
          for (const [i, value] of values.entries()) {
            const [row, column] = [Math.floor(i / columns), i % columns];
            const address = {
              quantity: kind,
              ...(['U', 'W', 'b'].includes(kind) && { gate: gates[gate] ?? '' }),
              layer,
              ...(rows === 1 ? { unit: column } : { unit: row, column }),
            } as Address;
            expect(value).toBe(valueAt(trace, address));
          }
          if (rows === 1) expect(singularValues).toBeNull();
          else {
            const squares = values.reduce((sum, value) => sum + value ** 2, 0);
            expect(singularValues!.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(squares, 6);
          }
          expect(eigenvalues === null).toBe(kind !== 'W');
          if (eigenvalues) {
            const trace = values.reduce((sum, value, i) => sum + (i % (columns + 1) === 0 ? value : 0), 0);
            expect(eigenvalues.real.reduce((sum, value) => sum + value, 0)).toBeCloseTo(trace, 6);
          }
        }
    },
  );

  test('changes since a step by what the two have different', () => {
    const laboratory = trained(10, { text: 'opening', hidden: 5, T: 4, batch: 4 });
    const found = atOnce(weightsOf(laboratory, { step: null, since: 5, block: 'W0', gate: 0 }));
    const then = atOnce(weightsOf(laboratory, { step: 5, since: null, block: 'W0', gate: 0 }));
    expect([found.step, found.since, then.step]).toEqual([10, 5, 5]);
    expect(found.before).toEqual(then.values);
    const change = found.values.map((value, i) => value - then.values[i]);
    const squares = change.reduce((sum, value) => sum + value ** 2, 0);
    expect(found.singularValues!.reduce((sum, value) => sum + value ** 2, 0)).toBeCloseTo(squares, 9);
  });

  test('has the singular values of known matrices', () => {
    expect(Array.from(singularValues([3, 0, 0, -4], 2, 2))).toEqual([4, 3]);
    const wide = singularValues([1, 1, 1, 1, 1, 1], 2, 3);
    expect(wide[0]).toBeCloseTo(Math.sqrt(6), 12);
    expect(wide[1]).toBeCloseTo(0, 6);
    expect(Array.from(singularValues([1, 1, 1, 1, 1, 1], 3, 2))).toEqual(Array.from(wide));
  });
});
