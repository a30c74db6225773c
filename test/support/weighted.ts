// Data for the tests of weights.

import { parseTable } from '../../src/data/csv.ts';
import type { Example } from '../../src/data/sequences.ts';
import { createSeries } from '../../src/data/series.ts';
import { planSeries } from '../../src/data/series-plan.ts';
import { Random } from '../../src/random.ts';

/** Texts of two classes, one of them rare (1 of 20), that share most of their letters. */
export function learnedTexts(count: number, seed: number): Example[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const label = i % 20 === 0 ? 'rare' : 'common';
    const letters = Array.from({ length: 4 }, () => (random.uniform() < (label === 'rare' ? 0.75 : 0.3) ? 'x' : 'o'));
    return { text: letters.join(''), label };
  });
}

/** A series of eight rows, of which a path of two is forecast. */
export function forecastOf() {
  const table = parseTable('y\n1\n2\n4\n3\n5\n7\n6\n8\n');
  const plan = planSeries([{ name: null, table }], [8], {
    ...{ inputs: [{ column: 'y' }], target: { column: 'y' }, from: 1, horizon: 2 },
  });
  return { plan, series: createSeries(table, plan, null) };
}
