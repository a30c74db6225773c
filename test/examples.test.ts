// The examples run, and README's library example is the one that runs.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { isExhaustive } from './support/exhaustive.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unrolled-examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });

/** The examples that train until they have learnt something. */
const long = test.runIf(isExhaustive);

test('first-model.mjs trains, saves, loads and samples', () => {
  const out = run('examples/first-model.mjs', 'texts/the-clockmakers-river.txt', join(folder, 'model'), '30');
  expect(out).toMatch(/^epoch 1: held-out loss \d\.\d{3}\n/);
  expect(out.split('\n').slice(1).join('\n').length).toBeGreaterThanOrEqual(200);
});

test('README’s library example runs', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, program] = /```js\n([\s\S]*?)```/.exec(readme)!;
  const short = program
    .replace('epochs: 5', 'updates: 4')
    .replaceAll("'my-first-model'", JSON.stringify(join(folder, 'readme')));
  expect(short).not.toBe(program);
  expect(run('--input-type=module', '-e', short)).toMatch(/held-out loss/);
});

long('any-sequence.mjs learns to sum with its memory', () => {
  const losses = [...run('examples/any-sequence.mjs').matchAll(/loss (\d\.\d+)/g)].map(([, loss]) => Number(loss));
  expect(losses.at(-1)).toBeLessThan(0.25);
});

long('threads.mjs gets the bits of one thread', () => {
  expect(run('examples/threads.mjs')).toMatch(
    /^(\d\.\d{4}) nats per character with 1 thread, \1 with \d\nthe same bits\n$/,
  );
});

test('the examples of docs/insight.md run, one after the other', () => {
  const page = readFileSync(join(root, 'docs/insight.md'), 'utf8');
  const program = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code]) => code).join('\n');
  const out = run('--input-type=module', '-e', program);
  expect(out).toMatch(/The gradient (halves|doubles|is carried)/);
  expect(out).toMatch(/a\(t\)\[u\] = b\[u\] \+ Σ_j W\[u,j\] h\(t−1\)\[j\] \+ Σ_i U\[u,i\] x\(t\)\[i\]/);
  expect(out).toMatch(/they agree/);
});

/** The numbers in what an example printed, where the pattern has them. */
const numbers = (out: string, pattern: RegExp) => [...out.matchAll(pattern)].map(([, number]) => Number(number));

long('words.mjs beats counting words', () => {
  const out = run('examples/words.mjs', '--epochs', '6', '--hidden', '32', '--lr', '0.01');
  const [model, counting] = numbers(out, /(?:^held-out perplexity|counting words) (\d+\.\d)/gm);
  expect(model).toBeLessThan(0.8 * counting);
});

long('tagging.mjs beats the most frequent tag of each word', () => {
  const out = run('examples/tagging.mjs');
  const [counting, model] = numbers(out, /(\d+\.\d\d) % (?:right|of \d+ words right)/g);
  expect(model).toBeGreaterThan(counting + 5);
  expect(out).toMatch(/ the\/DET .* \.\/PUNCT\n$/);
});

/** The smallest networks that tagging-characters.mjs may have. */
const tiny = [
  ...['--characters', '2', '--hidden', '3', '--embedding', '2', '--planes', 'lower,shape'],
  ...['--batch', '2', '--epochs', '1', '--json'],
];

test('tagging-characters.mjs: the gradients of both networks and of the table are central differences', () => {
  const example = readFileSync(join(root, 'examples/tagging-characters.mjs'), 'utf8');
  const check = `
    const copies = Object.entries(model.parts).map(([name, part]) => [name, part.parameters, part.gradient.slice()]);
    const found = copies.map(([name, parameters, exact]) => {
      const at = (i, step) => {
        parameters[i] += step;
        model.forward(epoch, index);
        parameters[i] -= step;
        return tagger.loss();
      };
      const some = Array.from({ length: 90 }, (_, i) => Math.floor((i * exact.length) / 90));
      const numeric = some.map((i) => (at(i, 1e-5) - at(i, -1e-5)) / 2e-5);
      return [name, Math.hypot(...some.map((i, n) => exact[i] - numeric[n])), Math.hypot(...numeric)];
    });
    console.log(JSON.stringify(found));
    process.exit();`;
  const program = example
    .replace('createBackend()', "createBackend('javascript', 'float64')")
    .replaceAll('new Float32Array', 'new Float64Array')
    .replace('optimizer.step();', check);
  expect(program).toContain(check);
  const out = run('--input-type=module', '-e', program, '--', ...tiny, '--blind', '0');
  const found = JSON.parse(out) as [string, number, number][];
  expect(found.map(([name]) => name)).toEqual(['tagger', 'reader', 'table']);
  for (const [name, error, norm] of found) {
    expect(norm, name).toBeGreaterThan(1e-3);
    expect(error, name).toBeLessThan(1e-9 + 1e-6 * norm); // the rounding and the second order of central differences
  }
});

test('tagging-characters.mjs keeps its networks, measures their mean, and trains none twice', () => {
  const args = ['examples/tagging-characters.mjs', ...tiny, '--runs', '2', '--out', join(folder, 'joined')];
  const out = run(...args);
  expect(out.match(/"who":"[^"]*"/g)).toEqual(['"who":"seed 1"', '"who":"seed 2"', '"who":"mean of 2"']);
  const others = ['--lr', '1']; // would end otherwise
  expect(run(...args, ...others)).toBe(out);
});

long('tagging-characters.mjs learns from characters what a word of its own alone does not tell', () => {
  const size = ['--characters', '24', '--hidden', '32', '--embedding', '32', '--batch', '2', '--epochs', '20'];
  const out = run('examples/tagging-characters.mjs', ...size, '--lr', '0.01', '--planes', 'form');
  const [all, ofNewWords] = numbers(out, /(\d+\.\d\d) %/g);
  expect(all).toBeGreaterThan(70);
  expect(ofNewWords).toBeGreaterThan(40); // the most frequent tag of all: 15
});

long('names.mjs tells five countries apart better than guessing', () => {
  const [accuracy] = numbers(run('examples/names.mjs'), /: (\d+\.\d\d) % of 30 held-out names right/g);
  expect(accuracy).toBeGreaterThan(45); // guessing: 20
});

long('forecast.mjs beats the naive forecast', () => {
  const [skill] = numbers(run('examples/forecast.mjs', '--epochs', '10'), /skill (-?\d\.\d+)$/gm);
  expect(skill).toBeGreaterThan(0.7);
});

long('adding.mjs remembers two numbers with IRNN', () => {
  const out = run('examples/adding.mjs', '--cell', 'irnn', '--length', '30', '--updates', '800', '--hidden', '40');
  expect(numbers(out, /squared error (\d\.\d+)/g)[0]).toBeLessThan(0.05); // answering 1: 0.1667
});

long('copy.mjs bridges a short gap', () => {
  const out = run('examples/copy.mjs', '--cell', 'tanh', '--gap', '2', '--updates', '400', '--hidden', '64');
  expect(numbers(out, /(\d+\.\d) % of the symbols right/g)[0]).toBeGreaterThan(60); // guessing: 12.5
});

long('arithmetic.mjs adds numbers that it was not taught to add', () => {
  const size = ['--cell', 'gru', '--largest', '39', '--hidden', '64'];
  const out = run('examples/arithmetic.mjs', ...size, '--epochs', '40', '--lr', '0.01');
  const [taught, others] = numbers(out, /taught: (\d+\.\d) % right/g);
  expect(taught).toBeGreaterThan(60);
  expect(others).toBeGreaterThan(25); // guessing among 79 answers: some 2
});
