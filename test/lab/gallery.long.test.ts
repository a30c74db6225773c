// What the gallery says of its networks, measured: each is trained as its link says, and read on a text of another seed, which it has never seen.

import { expect, test } from 'vitest';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import type { Settings, ToyName } from '../../lab/settings.ts';
import { fromLink } from '../../lab/state/url.ts';
import { gallery, linkOfEntry } from '../../lab/text/gallery.ts';
import { toyText } from '../../lab/text/toys.ts';
import { logSoftmax, StepSession } from '../../src/core.ts';
import { backend } from './trained.ts';

/** Characters that are read. */
const length = 4500;
const views = Object.fromEntries(['unrolled', 'gradients', 'generate', 'train'].map((name) => [name, name]));

/** The network of an entry before its first step, and the step of its link. */
async function networkOf(name: ToyName, changes: Partial<Settings> = {}) {
  const { state } = await fromLink(linkOfEntry(gallery.find((entry) => entry.name === name)!), views);
  return { laboratory: new Laboratory(backend, toyText(name), { ...state.settings, ...changes }), n: state.cursor.n! };
}

interface Place {
  /** The character that comes, and the probability of any. */
  readonly next: string;
  p(character: string): number;
}

/** What the network expects after each character of an unseen text, once it is trained up to a step. */
function read(laboratory: Laboratory, name: ToyName, step: number): { text: string; places: readonly Place[] } {
  while (laboratory.run.step < step) laboratory.advance();
  const { model } = laboratory.modelOf(null);
  const session = new StepSession(model, { backend });
  const { vocabulary } = laboratory.info;
  const text = toyText(name, 2).slice(0, length);
  const places = Array.from(model.tokenizer!.encode(text).subarray(0, length - 1), (id, i): Place => {
    session.step([id]);
    const odds = Array.from(logSoftmax(session.logits()), Math.exp);
    return { next: text[i + 1], p: (character) => odds[vocabulary.indexOf(character)] };
  });
  return { text, places };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('counting: after as many b as a the end is above 90 %, and before it is near 0', async () => {
  const { laboratory, n } = await networkOf('counting');
  const { text, places } = read(laboratory, 'counting', n);
  const ends = new Map<number, number[]>();
  const early: number[] = [];
  let [a, b] = [0, 0];
  for (const [i, { p }] of places.entries()) {
    if (text[i] === '\n') [a, b] = [0, 0];
    if (text[i] === 'a') a++;
    if (text[i] !== 'b') continue;
    b++;
    if (b === a) ends.set(a, [...(ends.get(a) ?? []), p('\n')]);
    else early.push(p('\n'));
  }
  expect(ends.size).toBe(12);
  for (const [count, odds] of ends) expect(mean(odds), String(count)).toBeGreaterThan(0.9);
  expect(mean(early)).toBeLessThan(0.02);
});

test('counting: unit 10 goes up with each a and down with each b', async () => {
  const { laboratory, n } = await networkOf('counting');
  while (laboratory.run.step < n) laboratory.advance();
  const { model } = laboratory.modelOf(null);
  for (const count of [6, 8, 10]) {
    const session = new StepSession(model, { backend });
    const text = `aaabbb\n${'a'.repeat(count)}${'b'.repeat(count)}`;
    const unit = Array.from(model.tokenizer!.encode(text), (id) => {
      session.step([id]);
      return session.hidden()[9];
    }).slice(7);
    for (let i = 1; i < count; i++) expect(unit[i]).toBeGreaterThan(unit[i - 1]);
    for (let i = count + 1; i < 2 * count; i++) expect(unit[i]).toBeLessThan(unit[i - 1]);
  }
});

test('parity: the digits are a toss-up, the letters certain, and pairs cannot know them', async () => {
  const { laboratory, n } = await networkOf('parity');
  const { places } = read(laboratory, 'parity', n);
  const odds = (signs: string): number[] =>
    places.filter(({ next }) => signs.includes(next)).map(({ next, p }) => p(next));
  expect(Math.abs(mean(odds('01')) - 0.5)).toBeLessThan(0.05);
  expect(mean(odds('eo'))).toBeGreaterThan(0.97);
  expect(odds('eo').every((p) => p > 0.5)).toBe(true);
  expect(mean(places.map(({ next, p }) => -Math.log(p(next))))).toBeLessThan(laboratory.info.baselines.bigram - 0.3);
});

/** The mean probability of the letters before the sign and after it. */
function copied(laboratory: Laboratory, n: number): { before: number; after: number } {
  const { text, places } = read(laboratory, 'copy', n);
  const before: number[] = [];
  const after: number[] = [];
  let isAfter = false;
  for (const [i, { next, p }] of places.entries()) {
    if (text[i] === '>') isAfter = true;
    if (text[i] === '\n') isAfter = false;
    if ('abcd'.includes(next)) (isAfter ? after : before).push(p(next));
  }
  return { before: mean(before), after: mean(after) };
}

test('copy: a guess among four before the sign, above 90 % after it; the plain network has about two thirds', async () => {
  const { laboratory, n } = await networkOf('copy');
  const gru = copied(laboratory, n);
  expect(gru.before).toBeGreaterThan(0.2);
  expect(gru.before).toBeLessThan(0.3);
  expect(gru.after).toBeGreaterThan(0.9);
  const plain = copied((await networkOf('copy', { cell: 'rnn' })).laboratory, n);
  expect(plain.after).toBeGreaterThan(0.58);
  expect(plain.after).toBeLessThan(0.75);
});

test('dyck: which kind closes is known in more than 99 of 100 cases, also four deep', async () => {
  const { laboratory, n } = await networkOf('dyck');
  const { text, places } = read(laboratory, 'dyck', n);
  const open: string[] = [];
  const right: boolean[] = [];
  const deep: boolean[] = [];
  const closing: number[] = [];
  for (const [i, { p }] of places.entries()) {
    if (text[i] === '(' || text[i] === '[') open.push(text[i] === '(' ? ')' : ']');
    else if (text[i] !== '\n') open.pop();
    if (open.length === 0) continue;
    const isRight = p(open.at(-1)!) > (p(')') + p(']')) / 2;
    right.push(isRight);
    if (open.length >= 4) deep.push(isRight);
    if (open.length < 4) closing.push(p(')') + p(']'));
  }
  const share = (list: readonly boolean[]): number => list.filter(Boolean).length / list.length;
  expect(share(right)).toBeGreaterThan(0.99);
  expect(share(deep)).toBeGreaterThan(0.98);
  expect(mean(closing)).toBeGreaterThan(0.35);
  expect(mean(closing)).toBeLessThan(0.75);
});

test('addition: the form at 300 steps, the first digit of the sum by 70 % or more at 2,000, the last hardly', async () => {
  const { laboratory, n } = await networkOf('addition');
  const byPlace = (step: number): readonly number[] => {
    const { places } = read(laboratory, 'addition', step);
    return Array.from({ length: 9 }, (_, k) =>
      mean(places.filter((_, i) => (i + 1) % 9 === k).map(({ next, p }) => p(next))),
    );
  };
  const early = byPlace(300);
  for (const k of [2, 5, 8]) expect(early[k]).toBeGreaterThan(0.95);
  expect(early[6]).toBeLessThan(0.35);
  expect(early[7]).toBeLessThan(0.15);
  const late = byPlace(n);
  expect(late[6]).toBeGreaterThan(0.7);
  expect(late[7]).toBeLessThan(0.25);
});

test('reber: at step 600 the far letter is a coin toss, and at 1,000 known', async () => {
  const { laboratory, n } = await networkOf('reber');
  const far = (step: number): number => {
    const { text, places } = read(laboratory, 'reber', step);
    const odds: number[] = [];
    let begin = 0;
    for (const line of text.split('\n').slice(0, -1)) {
      const { p } = places[begin + line.length - 3];
      odds.push(p(line[1]) / (p('T') + p('P')));
      begin += line.length + 1;
    }
    return mean(odds);
  };
  expect(Math.abs(far(600) - 0.5)).toBeLessThan(0.1);
  expect(far(n)).toBeGreaterThan(0.95);
});
