// A network whose two basins are known: one unit that stays where the first token put it, on the side where it predicts well or on the other.

import { describe, expect, test } from 'vitest';
import { createIds } from '../../src/data/text/ids.ts';
import { trace } from '../../src/insight/trace.ts';
import { lostStarts, oppositeStart } from '../../src/insight/two-basins.ts';
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

describe('a window that is read from a state and from its opposite', () => {
  const T = 60;
  const [tokens, targets] = [ids.subarray(0, T), ids.subarray(1, T + 1)];
  const state = new Map([['state0', [0.9]]]);

  test('stays on the two sides of a network that has both', () => {
    const { cosine, loss, oppositeLoss } = oppositeStart(model, tokens, targets, { state });
    expect(Array.from(cosine)).toEqual(new Array(T + 1).fill(-1));
    // |h| is between tanh 2.7 and 1, and the logit of token 2 is −8 h beside two of 0
    for (const nats of loss.slice(5)) expect(nats).toBeCloseTo(Math.log(2), 2);
    for (const nats of oppositeLoss.slice(5)) {
      expect(nats).toBeGreaterThan(8 * Math.tanh(2.7));
      expect(nats).toBeLessThan(8.01);
    }
  });

  test('comes together where only one side is stable, and from then on costs the same', () => {
    const parameters = model.parameters.slice();
    tensorsOf(model.config, parameters).b0.fill(2);
    const { cosine, loss, oppositeLoss } = oppositeStart({ ...model, parameters }, tokens, targets, { state });
    expect(cosine[0]).toBe(-1);
    expect(Array.from(cosine.slice(10))).toEqual(new Array(T - 9).fill(1));
    for (let t = 20; t < T; t++) expect(oppositeLoss[t]).toBeCloseTo(loss[t], 4);
    expect(oppositeLoss[0]).toBeGreaterThan(loss[0] + 1);
  });

  test('turns the cell of an LSTM too, and all layers', () => {
    const lstm = createModel({ vocabSize: 3, hiddenSize: 4, cell: 'lstm', numLayers: 2, seed: 3 });
    const names = ['state0', 'state1', 'cell0', 'cell1'];
    const all = new Map(names.map((name, i) => [name, [0.1, -0.2, 0.3, 0.4].map((value) => value * (i + 1))]));
    const opposite = new Map(names.map((name) => [name, all.get(name)!.map((value) => -value)]));
    const { cosine, loss, oppositeLoss } = oppositeStart(lstm, tokens, targets, { state: all });
    expect(cosine[0]).toBeCloseTo(-1, 12);
    expect(Array.from(loss)).toEqual(Array.from(trace(lstm, tokens, targets, { state: all }).loss));
    expect(Array.from(oppositeLoss)).toEqual(Array.from(trace(lstm, tokens, targets, { state: opposite }).loss));
  });

  test('needs a state that is not its own opposite', () => {
    for (const none of [new Map(), new Map([['state0', [0]]])])
      expect(() => oppositeStart(model, tokens, targets, { state: none })).toThrow(
        'oppositeStart, state: expected one that is not zero, since zero is its own opposite',
      );
  });
});
