// Folders that PyTorch made (test/golden/make_fixture.py): gated cells, two directions, padding, symbols, vectors. Our logits are its logits.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadModel } from '../../src/node/model-folder.ts';
import { answer, largestDifference } from '../support/logits.ts';
import { flatten } from '../support/numbers.ts';

const golden = new URL('../golden/', import.meta.url);
const { models } = JSON.parse(readFileSync(new URL('pytorch-logits.json', golden), 'utf8'));

test.each(Object.keys(models))('%s gives the logits that PyTorch gives', (name) => {
  const { input, lengths, steps, batch, logits } = models[name];
  const model = loadModel(fileURLToPath(new URL(name, golden)));
  const ours = answer(model, { steps, batch, x: flatten(input), lengths: lengths ?? undefined }).logits;
  // float64 on both sides; our parameters are float32 and a sum of two biases is rounded to it
  expect(largestDifference(ours, flatten(logits))).toBeLessThan(1e-6);
});
