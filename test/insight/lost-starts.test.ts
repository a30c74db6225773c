// A network whose two basins are known: one unit that stays where the first token put it, on the side where it predicts well or on the other.

import { describe, expect, test } from 'vitest';
import { createIds } from '../../src/data/text/ids.ts';
import { lostStarts } from '../../src/insight/lost-starts.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';

// h(t) = tanh(3 h(t−1) + U x(t)), whose fixed points are ±0.99: token 0 pushes up, token 1 down, and only the first push counts
const model = createModel({ vocabSize: 3, hiddenSize: 1 });
const { U0, W0, b0, V, c } = tensorsOf(model.config, model.parameters);
U0.set([0.2, -0.2, 0]);
W0.set([3]);
b0.fill(0);
V.set([0, 0, -8]); // below, token 2, which never comes, is expected: 8.6 nats; above, one of the other two: 0.69
c.fill(0);

const random = new Random(5);
const ids = createIds(3, 5000);
for (let i = 0; i < ids.length; i++) ids[i] = random.next() & 1;

describe('starts that are lost', () => {
  test('are those from which the network never comes to itself, and no others', () => {
    const found = lostStarts(model, ids, { starts: 100, seed: 3 })!;
    expect(found).toMatchObject({ tried: 100, length: 300 });
    expect(found.lost.length).toBeGreaterThan(30);
    expect(found.lost.length).toBeLessThan(70);
    for (const place of found.lost) expect(ids[place]).toBe(1);
    const { lost } = lostStarts(
      model,
      ids.map((_, i) => i & 1),
      { starts: 100, seed: 3 },
    )!;
    expect(new Set(lost.map((place) => place & 1))).toEqual(new Set([1]));
  });

  test('are none where a first bias settles the side', () => {
    const parameters = model.parameters.slice();
    tensorsOf(model.config, parameters).b0.fill(0.5);
    expect(lostStarts({ ...model, parameters }, ids)).toEqual({ tried: 16, length: 300, lost: [] });
  });

  test('are not those that are only slow to begin with, nor texts that are hard to predict', () => {
    const hard = ids.slice();
    hard.fill(2, 2000, 2600); // never expected, from either side
    const { lost } = lostStarts(
      model,
      hard.map((id) => (id === 1 ? 0 : id)),
      { starts: 60 },
    )!;
    expect(lost.filter((place) => hard[place] !== 2)).toEqual([]);
  });

  test('ask for a text that is long enough, and for numbers that make sense', () => {
    expect(lostStarts(model, ids.subarray(0, 63))).toBeNull();
    expect(lostStarts(model, ids.subarray(0, 64))).toMatchObject({ tried: 16, length: 63 });
    expect(() => lostStarts(model, ids, { starts: 0 })).toThrow('starts: expected');
    expect(() => lostStarts(model, ids, { length: 10 })).toThrow('length: expected');
    expect(() => lostStarts(model, [3, ...ids])).toThrow('lostStarts: expected ids below 3, got 3 at position 0');
  });
});
