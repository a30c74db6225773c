// The walks of docs/from-python.md: what its Python programs saved (test/golden/walks/, made by make_walks.py) is imported by the page's commands, gives
// PyTorch's outputs and labels, and the commands and programs of the page run as they are printed.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { open as openInLab } from '../lab/engine/exchange.ts';
import { defaultSettings } from '../lab/settings.ts';
import { createBackend, open, predict, unpackModelFile } from '../src/index.ts';
import type { Model } from '../src/network/model.ts';
import { locate } from '../src/node/built-in.ts';
import { loadModel } from '../src/node/model-folder.ts';
import { temporaryFolder, unrolled } from './cli/support.ts';
import { answer, largestDifference } from './support/logits.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/from-python.md'), 'utf8');
const saved = join(root, 'test/golden/walks');
type Expected = { readonly asked: unknown[]; readonly outputs: number[][] };
const expected: Record<string, Expected> = JSON.parse(readFileSync(join(saved, 'walks.json'), 'utf8'));
const folder = temporaryFolder();
const models: Record<string, Model> = {};
const commands = [...page.matchAll(/^unrolled (.*)$/gm)].map(([, line]) => line);
const programs = [...page.matchAll(/```js\n(\/\/ Walk (\d): (\w[\w ]*)\n[\s\S]*?)```/g)];
/** float64 on both sides: PyTorch's outputs are stored with all digits, and the session and `predict` compute in float32. */
const tolerance = 1e-6;

beforeAll(async () => {
  cpSync(saved, folder, { recursive: true });
  for (const line of commands.filter((one) => one.startsWith('import'))) {
    const { code, stderr } = await unrolled(line.split(' '), folder);
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  }
  for (const name of Object.keys(expected)) models[name] = loadModel(join(folder, name));
});

describe('the outputs of PyTorch', () => {
  /** The logits of steps whose ids are those of our task's symbols. */
  const logitsOf = (name: string, tokens: readonly string[]): number[] => {
    const { features } = (models[name].task ?? {}) as { features?: { planes: { symbols: string[] }[] } };
    const symbols = features ? ['', ...features.planes[0].symbols] : models[name].tokenizer!.vocabulary;
    const x = tokens.map((token) => Math.max(0, symbols.indexOf(token)));
    return answer(models[name], { steps: x.length, batch: 1, x }).logits;
  };
  const labelsOf = (name: string): string[] => (models[name].task as { labels: string[] }).labels;
  const best = (scores: readonly number[]): number => scores.indexOf(Math.max(...scores));

  test('of the name classifier, and its labels', () => {
    const { asked, outputs } = expected.names;
    expect(labelsOf('names')).toEqual(['Finnish', 'Irish', 'Italian', 'Japanese']);
    for (const [i, name] of (asked as string[]).entries())
      expect(largestDifference(logitsOf('names', Array.from(name)), outputs[i])).toBeLessThan(tolerance);
    const labels = predict(models.names, asked as string[]).map(({ label }) => label);
    expect(labels).toEqual(outputs.map((scores) => labelsOf('names')[best(scores)]));
    expect(labels.slice(0, 4)).toEqual(['Japanese', 'Finnish', 'Italian', 'Irish']);
  });

  test('of the character generator, and the next character', () => {
    const { asked, outputs } = expected.river;
    const { vocabulary } = models.river.tokenizer!;
    for (const [i, text] of (asked as string[]).entries()) {
      const last = logitsOf('river', Array.from(text)).slice(-vocabulary.length);
      expect(largestDifference(last, outputs[i])).toBeLessThan(tolerance);
      expect(open(models.river).read(text).label()!.label).toBe(vocabulary[best(outputs[i])]);
    }
  });

  test('of the tagger, of a word that it does not know too, and its tags', () => {
    const { asked, outputs } = expected.tagger;
    const tags = labelsOf('tagger');
    for (const [i, words] of (asked as string[][]).entries()) {
      expect(largestDifference(logitsOf('tagger', words), outputs[i])).toBeLessThan(tolerance);
      const own = words.map((_, t) => tags[best(outputs[i].slice(t * tags.length, (t + 1) * tags.length))]);
      expect(predict(models.tagger, [words])[0].map(({ label }) => label)).toEqual(own);
    }
    const [choices] = predict(models.tagger, [asked[0] as string[]]);
    expect(choices.map(({ label }) => label)).toEqual(['DET', 'ADJ', 'NOUN', 'VERB', 'PUNCT']);
  });

  test('of the forecaster, in degrees', () => {
    const { asked, outputs } = expected.weather;
    const session = open(models.weather);
    // float32 here, some ten degrees
    for (const [t, row] of (asked as number[][]).entries())
      expect(Math.abs(session.read(row).values()[0] - (outputs as unknown as number[])[t])).toBeLessThan(2e-5);
    const { inputs, target } = models.weather.task as never as Record<'inputs', { mean: number; std: number }[]> & {
      target: { mean: number; std: number };
    };
    const x = (asked as number[][]).flatMap((row) => row.map((one, d) => (one - inputs[d].mean) / inputs[d].std));
    const { logits } = answer(models.weather, { steps: asked.length, batch: 1, x });
    const degrees = logits.map((one) => one * target.std + target.mean);
    expect(largestDifference(degrees, outputs as unknown as number[])).toBeLessThan(10 * tolerance);
  });

  test('of the sentiment model, as probabilities of two classes', () => {
    const { asked, outputs } = expected.sentiment;
    const found = predict(models.sentiment, asked as string[]);
    for (const [i, { label, probability }] of found.entries()) {
      const positive = (outputs as unknown as number[])[i];
      expect(label).toBe(positive > 0.5 ? 'positive' : 'negative');
      expect(Math.abs(probability - Math.max(positive, 1 - positive))).toBeLessThan(tolerance);
    }
    expect(found.slice(0, 3).map(({ label }) => label)).toEqual(['positive', 'negative', 'positive']);
  });
});

test('the other commands of the page run', async () => {
  expect(commands.length).toBeGreaterThan(12);
  for (const line of commands.filter((one) => !/^(import|lab)/.test(one))) {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);
    const { code, stderr } = await unrolled(words, folder);
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
  }
  expect(readFileSync(join(folder, 'forecasts.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(100);
});

const printed = [
  /^Takahashi is Japanese, with probability [01]\.\d\d\n$/,
  /^[\s\S]{30,}\nafter "The rive" comes r\n$/,
  /^The\/DET old\/ADJ clock\/NOUN stopped\/VERB \.\/PUNCT\n$/,
  /^(row \d+: -?\d+\.\d °C\n){3}three rows from now: \d+\.\d °C\n$/,
  /^a great story \. positive [01]\.\d\d\nthe ending was awful \. negative [01]\.\d\d\nthe music was not bad ! positive [01]\.\d\d\n$/,
  /^$/,
];
test('the page has its programs in order', () => {
  expect(programs.map(([, , number]) => Number(number))).toEqual(printed.map((_, i) => i + 1));
});
test('the programs of the page print what they should, and the files for a page hold the models', async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/unrolled'));
  for (const [i, [, code]] of programs.entries()) {
    writeFileSync(join(folder, `walk-${i + 1}.mjs`), code);
    const said = execFileSync(process.execPath, [`walk-${i + 1}.mjs`], { cwd: folder, encoding: 'utf8' });
    expect(said).toMatch(printed[i]);
  }
  const bytes = new Uint8Array(readFileSync(join(folder, 'names.safetensors')));
  const request = {
    ...{ kind: 'open', id: 1, settings: defaultSettings, text: readFileSync(locate('@river'), 'utf8') },
    files: [new File([new Uint8Array(readFileSync(join(folder, 'river.safetensors')))], 'river.safetensors')],
  };
  expect(await openInLab(createBackend(), request as never)).toHaveProperty('laboratory');
  expect(predict(unpackModelFile(bytes, 'names.safetensors').model, ['Takahashi'])[0].label).toBe('Japanese');
});
