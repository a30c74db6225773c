// The trained models that ship with the page: lighter files that say and do what their cards say, a text for each to read, and what is shown while one writes.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { open } from '../../lab/engine/exchange.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { shippedModels } from '../../lab/shipped.ts';
import { finishedLength } from '../../lab/state/sentences.ts';
import { uiStrings } from '../../lab/ui/strings.ts';
import { lightened } from '../../scripts/light-models.ts';
import { atOnce } from '../../src/generators.ts';
import { evaluate, unpackModelFile } from '../../src/index.ts';
import { backend } from './trained.ts';

const textOf = (name: string): string => readFileSync(new URL(`../../lab/texts/${name}.txt`, import.meta.url), 'utf8');

describe.each(shippedModels)('@$name', ({ name, address, text, isItsText, prompt, card }) => {
  const bytes = readFileSync(fileURLToPath(address));
  const light = lightened(bytes);

  test('takes at most 400 kB, and loses nothing that its figure would show', () => {
    expect(gzipSync(light, { level: 9 }).length).toBeLessThanOrEqual(400_000);
    const [before, after] = [bytes, light].map(
      (each) => evaluate(unpackModelFile(each, name).model, textOf(text).slice(0, 8000)).nll,
    );
    expect(Math.abs(after - before)).toBeLessThan(0.004);
  });

  test('reads its text, writes from its prompt, and is trained further only on what it learned from', async () => {
    const file = new File([light as Uint8Array<ArrayBuffer>], `@${name}.safetensors`);
    const settings = { ...defaultSettings, text, length: 20 };
    const found = await open(backend, { files: [file], text: textOf(text), settings, shipped: name });
    if (!('laboratory' in found)) throw new Error(`expected a run, got ${found.kind}`);
    const { laboratory } = found;
    expect(laboratory.initialModel?.model?.shipped).toBe(name);
    const request = { fixed: [], length: 30, seed: 1, temperature: 0.6, topK: 0, alternatives: 5 };
    expect(atOnce(laboratory.write(null, { ...request, prime: prompt }).job).ids).toHaveLength(30);
    expect(uiStrings.start.choices[name]).toHaveLength(2);
    if (isItsText) expect(card.figure).toMatch(new RegExp(`^${atOnce(laboratory.measure()).loss.toFixed(2)} nats`)); // of the part that it was not shown
    const loss = atOnce(laboratory.measure()).loss;
    expect(loss).toBeLessThan(laboratory.info.baselines.bigram);
  });
});

test('the finished part of a text ends with a sentence or a line', () => {
  const said = (text: string): string => text.slice(0, finishedLength(text));
  expect(said('')).toBe('');
  expect(said('The river')).toBe('');
  expect(said('The river runs.')).toBe(''); // perhaps 3.14, or a quotation mark follows
  expect(said('The river runs. To')).toBe('The river runs. ');
  expect(said('“Stay!” he said, and')).toBe('“Stay!” ');
  expect(said('ROMEO:\nI do')).toBe('ROMEO:\n');
});
