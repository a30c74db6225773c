// A tour of the library: one short program for each kind of learning problem (test/browser/programs.ts), what it gives in Node, and the same, to the
// bit, in a page of Chromium. docs/guide.md tells the same story with files.

import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as door from '../src/index.ts';
import { executablePath, openPage } from './browser/chromium.ts';
import * as programs from './browser/programs.ts';

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const read = (name: string) => readFileSync(path(name), 'utf8');

const text = 'the tide goes out, the tide comes in, and what it takes it brings again.\n'.repeat(20);
const names = Object.fromEntries(
  readdirSync(path('texts/names')).map((file) => [basename(file, '.txt'), read(`texts/names/${file}`).trim()]),
);
const sentences = [
  'the/DET dog/NOUN runs/VERB',
  'a/DET cat/NOUN sleeps/VERB',
  'the/DET cat/NOUN runs/VERB',
  'a/DET dog/NOUN sleeps/VERB',
].join('\n');
const waves = `height,wind\n${Array.from({ length: 200 }, (_, t) => `${(3 * Math.sin(t / 4)).toFixed(3)},${t % 3}`).join('\n')}\n`;
const expected = JSON.parse(read('test/golden/pytorch-expected.json'));
const weights = readFileSync(path('test/golden/pytorch-model/model.safetensors'));
const tokenizer = read('test/golden/pytorch-model/tokenizer.json');
/** Ada and Bo come in turn, each with the next character of the same text. */
const visits = [...(expected.text as string)].flatMap((character) => [
  ['Ada', character] as const,
  ['Bo', character] as const,
]);

/** Each program with its data, to be run in Node and in a page. */
const tour = {
  'writes a text': () => programs.writeText(text),
  'tells the class of a name': () => programs.classifyNames(names),
  'labels words': () => programs.labelWords(sentences),
  'forecasts a column': () => programs.forecastWaves(waves),
  'reads sensors step by step': () => programs.watchSensors(),
  'serves a model that PyTorch made': async () => programs.serve(weights, tokenizer, visits),
};
const found = new Map<string, unknown>();
const run = async <Name extends keyof typeof tour>(name: Name): Promise<Awaited<ReturnType<(typeof tour)[Name]>>> => {
  if (!found.has(name)) found.set(name, await tour[name]());
  return found.get(name) as Awaited<ReturnType<(typeof tour)[Name]>>;
};

test('the door has at most thirty values', () => {
  const values = Object.keys(door);
  expect(values.length).toBeLessThanOrEqual(30);
  expect(values).toEqual(expect.arrayContaining(['languageModel', 'createModel', 'train', 'predict', 'open']));
});

test('a language model is trained, saved, loaded, and writes words of its text', async () => {
  const { summary, losses, written } = await run('writes a text');
  expect(summary).toBe('1,360 characters of text, 100 more held out, 21 different');
  expect(losses).toHaveLength(6);
  expect(losses[5]).toBeLessThan(losses[0] / 2);
  expect(written).toHaveLength(40);
  expect(written).toMatch(/tide|takes|brings|comes|goes/);
});

test('a classifier says where a name that it has not seen is from, and how sure it is', async () => {
  const { label, probability, classes, accuracy, macroF1, held } = await run('tells the class of a name');
  expect(label).toBe('Finnish');
  expect(probability).toBeGreaterThan(0.5);
  expect(classes).toBe(4);
  expect(held).toBe(42);
  expect(accuracy).toBeGreaterThan(0.6); // guessing: 0.25
  expect(macroF1).toBeGreaterThan(0.55);
});

test('a tagger labels a sentence that it has not seen', async () => {
  expect(await run('labels words')).toEqual(['DET', 'NOUN', 'VERB']);
});

test('a forecast beats the last known value, and goes behind the end of the table', async () => {
  const { skill, next } = await run('forecasts a column');
  expect(skill).toBeGreaterThan(0.9);
  expect(next.map(({ row, actual }) => [row, actual])).toEqual([201, 202, 203].map((row) => [row, null]));
  for (const { row, forecast } of next) expect(Math.abs(forecast - 3 * Math.sin((row - 1) / 4))).toBeLessThan(0.6);
});

test('a network reads vectors of sensors as they come, its state kept as JSON in between', async () => {
  expect(await run('reads sensors step by step')).toEqual(['0', '1', '1', '0', '0']);
});

test('a model of PyTorch’s is served to two people in turn, with PyTorch’s probabilities', async () => {
  const probabilities = await run('serves a model that PyTorch made');
  const ada = probabilities.filter((_, i) => i % 2 === 0);
  expect(probabilities.filter((_, i) => i % 2 === 1)).toEqual(ada);
  const nll = ada.slice(0, -1).reduce((sum, p, t) => sum - Math.log(p[expected.ids[t + 1]]), 0) / (ada.length - 1);
  expect(Math.abs(nll - expected.models['pytorch-model'].float64.nll)).toBeLessThan(1e-5);
});

describe.skipIf(!executablePath)('in Chromium', () => {
  let page: Page;
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    ({ page, close } = await openPage('./programs.ts'));
  });
  afterAll(() => close?.());

  /** Runs a program in the page; what is not JSON goes as text. */
  const inPage = (call: string, ...data: unknown[]) =>
    page.evaluate(`(async () => {
      const data = ${JSON.stringify(data)};
      return JSON.parse(JSON.stringify(await (${call})(program, ...data)));
    })()`);
  const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

  test.each<[keyof typeof tour, string, unknown[]]>([
    ['writes a text', '(p, text) => p.writeText(text)', [text]],
    ['tells the class of a name', '(p, names) => p.classifyNames(names)', [names]],
    ['labels words', '(p, sentences) => p.labelWords(sentences)', [sentences]],
    ['forecasts a column', '(p, waves) => p.forecastWaves(waves)', [waves]],
    ['reads sensors step by step', '(p) => p.watchSensors()', []],
    [
      'serves a model that PyTorch made',
      '(p, base64, tokenizer, visits) => p.serve(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), tokenizer, visits)',
      [weights.toString('base64'), tokenizer, visits],
    ],
  ])('%s, with the bits of Node', async (name, call, data) => {
    expect(await inPage(call, ...data)).toEqual(asJson(await run(name)));
  });
});
