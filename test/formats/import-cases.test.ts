// Saved models of as many kinds as PyTorch's users save them: each is imported, and gives the logits that PyTorch gave.
// The files were made by bench/peers/saved_models.py.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type ImportOptions, importPyTorch } from '../../src/index.ts';
import { answer, largestDifference } from '../support/logits.ts';

/** float32 in PyTorch, and here in float64. */
const tolerance = 1e-6;

interface Case {
  readonly title: string;
  readonly name: string;
  readonly file: string;
  readonly options: ImportOptions;
  readonly input: readonly number[];
  readonly logits: readonly number[];
}

const cases: Case[] = JSON.parse(readFileSync(new URL('../golden/imports.json', import.meta.url), 'utf8'));

test.each(cases.map((one) => [one.title, one] as const))(
  'a saved model of PyTorch: %s',
  (_title, { name, file, options, input, logits }) => {
    const model = importPyTorch(new Uint8Array(Buffer.from(file, 'base64')), { ...options, where: name });
    const steps = input.length / (model.config.inputSize ?? 1);
    const ours = answer(model, { steps, batch: 1, x: input });
    expect(largestDifference(ours.logits, logits)).toBeLessThan(tolerance);
  },
);
