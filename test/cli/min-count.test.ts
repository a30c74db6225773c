// Which words of a text are in the vocabulary where nobody says, in training, in what is resumed, and in counting beside it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { river, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--level', 'word', '--hidden', '6', '--batch', '4', '--validation-file', 'held.txt', '--threads', '1'];
const train = (text: string, out: string, ...more: string[]) =>
  unrolled(['train', text, '--out', out, ...small, ...more], folder);
const bytes = (out: string, name: string): Buffer => readFileSync(join(folder, out, name));
const vocabularyOf = (out: string): string[] =>
  Object.keys(JSON.parse(bytes(out, 'tokenizer.json').toString()).model.vocab);
const texts: Record<string, string> = {};

beforeAll(() => {
  const text = readFileSync(river, 'utf8');
  texts.large = text.slice(0, 20_000);
  texts.small = text.slice(0, 1500);
  texts.marked = `${texts.large} <unk>`;
  texts.held = text.slice(20_000, 22_000);
  for (const [name, content] of Object.entries(texts)) writeFileSync(join(folder, `${name}.txt`), content);
});

/** Beside the network that is asked for. */
const said = 'words that occur once read as <unk>';

test('words that occur once train <unk>, which is said, recorded, and the same as when it is asked for', async () => {
  const made = await train('large.txt', 'made', '--epochs', '2', '--pause-after', '1');
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).toContain(said);
  const task = languageModel(texts.large, { level: 'word', validation: texts.held });
  expect(vocabularyOf('made')).toEqual(task.kept.tokenizer!.vocabulary);
  const all = languageModel(texts.large, { level: 'word', minCount: 1, validation: texts.held });
  expect(all.architecture.vocabSize! - task.architecture.vocabSize!).toBeGreaterThan(200);

  const other = await train('large.txt', 'made', '--resume', '--min-count', '1');
  expect(other.stderr).toBe(
    'unrolled: --min-count: expected --min-count 2, as the run in made was started with, got 1; leave the option out, or start anew with --overwrite instead of --resume\n',
  );
  expect(await train('large.txt', 'made', '--resume')).toMatchObject({ code: 0, stderr: '' });
  const asked = await train('large.txt', 'asked', '--min-count', '2', '--epochs', '2');
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  expect(asked.stdout).not.toContain(said);
  for (const name of ['model.safetensors', 'tokenizer.json', 'config.json'])
    expect(bytes('made', name).equals(bytes('asked', name)), name).toBe(true);
});

test.each([
  ['a text so small that more than a fifth of it would be <unk>', 'small', []],
  ['a text that has <unk> itself', 'marked', []],
  ['a text of which all words are asked for', 'large', ['--min-count', '1']],
] as const)('%s keeps all its words', async (_, text, options) => {
  const made = await train(`${text}.txt`, text, '--updates', '1', ...options);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  expect(made.stdout).not.toContain(said);
  const words = new Set(texts[text].match(/<unk>|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s]/gu));
  expect(new Set(vocabularyOf(text))).toEqual(new Set([...words, '<unk>', '<eos>']));
});

test('baseline counts with the same vocabulary', async () => {
  const count = async (...args: string[]) => {
    const counted = await unrolled(
      ['baseline', ...args, '--level', 'word', '--validation-file', 'held.txt', '--order', '2', '--json'],
      folder,
    );
    expect(counted).toMatchObject({ code: 0, stderr: '' });
    return JSON.parse(counted.stdout);
  };
  expect(await count('large.txt')).toMatchObject({ minCount: 2, vocabulary: vocabularyOf('made').length });
  expect(await count('small.txt')).toMatchObject({ minCount: 1, vocabulary: vocabularyOf('small').length });
  expect(await count('large.txt', '--min-count', '1')).toMatchObject({ vocabulary: vocabularyOf('large').length });
});

test('a vocabulary that grows takes up the words that occur twice', async () => {
  writeFileSync(join(folder, 'more.txt'), `${texts.large} zebra zebra once`);
  const grown = await unrolled(
    ['train', 'more.txt', '--out', 'grown', '--init-from', 'asked', '--grow', '--updates', '0', '--quiet'],
    folder,
  );
  expect(grown).toMatchObject({ code: 0, stderr: '' });
  expect(vocabularyOf('grown')).toEqual([...vocabularyOf('asked'), 'zebra']);
});
