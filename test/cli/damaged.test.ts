// A model whose weights were damaged, or are not finite, is refused by every command that reads it: one sentence, exit code 1, nothing written.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { withoutDigest } from '../../src/formats/digest.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.ts';
import { some } from '../support/exhaustive.ts';
import { shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const weights = (name: string): string => join(folder, name, 'model.safetensors');

beforeAll(async () => {
  shortText(folder, 3000, 'text.txt');
  const tiny = ['--hidden', '8', '--batch', '4', '--bptt', '8', '--updates', '2', '--threads', '1', '--quiet'];
  expect((await unrolled(['train', 'text.txt', '--out', 'good', ...tiny], folder)).code).toBe(0);
  for (const name of ['flipped', 'nan']) cpSync(join(folder, 'good'), join(folder, name), { recursive: true });
  const bytes = readFileSync(weights('good'));
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(weights('flipped'), bytes);
  const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(weights('good'))), 'good');
  (tensors.get('rnn.weight_hh_l0')!.data as Float32Array)[11] = Number.NaN;
  writeFileSync(weights('nan'), writeSafetensors(tensors, withoutDigest(metadata)));
});

const sentences = {
  flipped:
    /^unrolled: flipped\/model\.safetensors: expected the content whose digest is \w{8}, got one whose digest is \w{8}: the file is damaged, [^\n]+\n$/,
  nan: /^unrolled: nan\/model\.safetensors: tensor "rnn\.weight_hh_l0", at \[1, 3\]: expected a finite number of float32, got NaN; [^\n]+\n$/,
};

describe.concurrent.each(Object.entries(sentences))('%s weights are refused', (name, sentence) => {
  const commands = [
    ['sample', name, '--length', '3'],
    ['eval', name, 'text.txt'],
    ['predict', name, 'text.txt'],
    ['export', name, '--to', 'pytorch', '--out', `${name}-out`],
    ['export', name, '--to', 'onnx', '--out', `${name}-out`],
    ['import', name, '--out', `${name}-out`],
    ['inspect', name],
    ['gradcheck', name],
    ['lab', name],
    ['train', 'text.txt', '--init-from', name, '--out', `${name}-out`],
  ];
  test.each(some(commands, 3))('by unrolled %s', async (...args) => {
    const { code, stderr } = await unrolled(args, folder);
    expect(stderr).toMatch(sentence);
    expect(code).toBe(1);
    expect(readdirSync(folder)).not.toContain(`${name}-out`);
  });
});
