// The numbers of the worked example, computed once more in another way: a forward pass written out here, derivatives by central differences of it.
// And what the text says of them in words.

import { expect, test } from 'vitest';
import { readChapters } from '../../lab/text/build/assemble.ts';
import { byHand, trained, valueNamed, written } from '../../lab/text/example.ts';
import { characterTokenizer } from '../../src/data/text/characters.ts';

type Weights = { U: number[][]; W: number[][]; V: number[][]; b: number[]; c: number[] };

const ids = [...byHand.text].map((character) => (byHand.vocabulary as readonly string[]).indexOf(character));
const weights = (): Weights => structuredClone(byHand) as unknown as Weights;
const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** States, chances and losses of "hello"; `nudge` is added to h(k) before it goes on. */
function run({ U, W, V, b, c }: Weights, nudge?: { k: number; by: number[] }) {
  const h = [[0, 0]];
  const chances: number[][] = [];
  const losses: number[] = [];
  for (let t = 0; t <= 4; t++) {
    if (t > 0) h.push(b.map((bias, i) => Math.tanh(bias + U[i][ids[t - 1]] + dot(W[i], h[t - 1]))));
    if (nudge?.k === t) h[t] = h[t].map((value, i) => value + nudge.by[i]);
    if (t === 0) continue;
    const powers = c.map((bias, i) => Math.exp(bias + dot(V[i], h[t])));
    const sum = powers.reduce((total, value) => total + value, 0);
    chances.push(powers.map((value) => value / sum));
    losses.push(-Math.log(chances[t - 1][ids[t]]));
  }
  return { h, chances, losses, loss: losses.reduce((sum, value) => sum + value, 0) };
}

const epsilon = 1e-6;

/** ∂L/∂M, or ∂L/∂h(k), by central differences. */
function derivatives(name: 'U' | 'W' | 'V'): number[][] {
  return weights()[name].map((row, i) =>
    row.map((_, j) => {
      const at = (by: number) => {
        const moved = weights();
        moved[name][i][j] += by;
        return run(moved).loss;
      };
      return (at(epsilon) - at(-epsilon)) / (2 * epsilon);
    }),
  );
}

const stateDerivatives = (k: number, of: (result: ReturnType<typeof run>) => number, start = weights()): number[] =>
  [0, 1].map((unit) => {
    const at = (by: number) => of(run(start, { k, by: [0, 1].map((i) => (i === unit ? by : 0)) }));
    return (at(epsilon) - at(-epsilon)) / (2 * epsilon);
  });

test('the vocabulary and the order of "hello" are the library’s', () => {
  const sorted = [...new Set(byHand.text)].sort();
  expect(byHand.vocabulary).toEqual(sorted);
  expect([...characterTokenizer(sorted).encode(byHand.text)]).toEqual(ids);
});

test('states, chances and losses are those of a forward pass written out here', () => {
  const { h, chances, losses, loss } = run(weights());
  for (let t = 1; t <= 4; t++) {
    expect(valueNamed(`h(${t})`)).toBe(written(Float64Array.from(h[t])));
    expect(valueNamed(`ŷ(${t})`)).toBe(written(Float64Array.from(chances[t - 1])));
    expect(valueNamed(`L(${t})`)).toBe(written(losses[t - 1]));
  }
  expect(valueNamed('L')).toBe(written(loss));
  expect(valueNamed('perplexity')).toBe(written(Math.exp(loss / 4)));
});

test('gradients of weights and states are central differences of it', () => {
  for (const name of ['U', 'W', 'V'] as const)
    expect(valueNamed(`∇${name}`)).toBe(written(derivatives(name).map((row) => Float64Array.from(row))));
  for (let k = 0; k <= 4; k++)
    expect(valueNamed(`∇h(${k})`)).toBe(written(Float64Array.from(stateDerivatives(k, ({ loss }) => loss))));
});

test('the reach of the last error is that of central differences, for every W of the text', () => {
  for (const gain of [0.25, 1, 2, 4]) {
    const scaled = weights();
    scaled.W = scaled.W.map((row) => row.map((value) => gain * value));
    for (let k = 0; k <= 4; k++) {
      const reach = Math.hypot(...stateDerivatives(k, ({ losses }) => losses[3], scaled));
      expect(valueNamed(`reach ${gain}, ${k}:4`)).toBe(written(reach, 4));
    }
  }
});

test('numbers add up as they are shown: the four parts of ∇W, and the two parts of each ∇h', () => {
  const numbers = (name: string) =>
    valueNamed(name)
      .replaceAll('−', '-')
      .match(/-?[\d.]+/g)!
      .map(Number);
  const sum = [1, 2, 3, 4].map((t) => numbers(`∇W(${t})`)).reduce((a, b) => a.map((value, i) => value + b[i]));
  numbers('∇W').forEach((value, i) => void expect(sum[i]).toBeCloseTo(value, 2));
  for (let t = 1; t <= 4; t++)
    numbers(`∇h(${t})`).forEach(
      (value, i) => void expect(numbers(`later(${t})`)[i] + numbers(`Vᵀ ∇o(${t})`)[i]).toBeCloseTo(value, 2),
    );
});

test('what the text says in words of the numbers is so', () => {
  const number = (name: string) => Number(valueNamed(`${name}:9`).replace('−', '-').replace(',', ''));
  expect(Math.sign(number('h(1)[1]'))).toBe(-1); // chapter 3: slightly negative, clearly positive
  expect(number('h(1)[2]')).toBeGreaterThan(0.5);
  const shares = [1, 2, 3, 4].map((i) => number(`ŷ(1)[${i}]`));
  expect(Math.max(...shares)).toBe(shares[3]); // chapter 5: its favorite is o
  expect(number('L mean')).toBeLessThan(number('guess')); // chapter 6: barely better
  expect(number('L mean')).toBeGreaterThan(0.9 * number('guess'));
  expect(number('difference')).toBeCloseTo(number('∇W[2,2]'), 6); // chapter 7, 10
  expect(number('∇h(4)[1]')).toBeGreaterThan(0); // chapter 8: smaller, larger
  expect(number('∇h(4)[2]')).toBeLessThan(0);
  expect(number('Vᵀ ∇o(1)[1]')).toBeLessThan(0); // chapter 9: the wishes nearly cancel
  expect(number('later(1)[1]')).toBeGreaterThan(0);
  expect(Math.abs(number('∇h(1)[1]'))).toBeLessThan(0.1 * number('later(1)[1]'));
  expect(Math.sign(number('∇W(2)[2,2]'))).toBe(-Math.sign(number('∇W(3)[2,2]'))); // chapter 10: they disagree
  for (let k = 1; k <= 4; k++) {
    expect(number(`reach 1, ${k - 1}`)).toBeLessThan(number(`reach 1, ${k}`)); // chapter 11
    expect(number(`reach 2, 0`)).toBeGreaterThanOrEqual(number(`reach 2, ${k}`)); // chapter 12: the oldest has the largest
    expect(number(`reach 4, 0`)).toBeGreaterThanOrEqual(number(`reach 4, ${k}`));
  }
  expect(number('norm')).toBeGreaterThan(1); // chapter 12: so there is something to clip
  expect(number('∇W truncated[2,2]')).toBeLessThan(0.5 * number('∇W[2,2]')); // chapter 13: less than half, changed its sign
  expect(Math.sign(number('∇W truncated[1,2]'))).toBe(-Math.sign(number('∇W[1,2]')));
});

test('after 200 updates the network writes "hello" when it takes the likeliest letter', () => {
  const { network, cell } = trained(200);
  const plain = { ...cell, V: network.V, c: network.c };
  const list = (rows: Float64Array[]) => rows.map((row) => [...row]);
  const { U, W, V, b, c } = {
    ...plain,
    U: list(plain.U),
    W: list(plain.W),
    V: list(plain.V),
    b: [...plain.b],
    c: [...plain.c],
  };
  let h = [0, 0];
  let text = 'h';
  while (text.length < 5) {
    const id = byHand.vocabulary.indexOf(text.at(-1) as 'h');
    h = b.map((bias, i) => Math.tanh(bias + U[i][id] + dot(W[i], h)));
    const o = c.map((bias, i) => bias + dot(V[i], h));
    text += byHand.vocabulary[o.indexOf(Math.max(...o))];
  }
  expect(text).toBe('hello');
});

test('a request for a number that there is not says what there is', () => {
  expect(() => valueNamed('h(9)')).toThrow('the example has no such value; it has U, ');
  expect(readChapters().length).toBeGreaterThan(0);
});
