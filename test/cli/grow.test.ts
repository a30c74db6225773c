// `unrolled train --init-from DIR --grow`: new tokens of a text get rows, the others keep theirs, and the folder is one that resumes.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tensorsOf } from '../../src/network/parameters.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--batch', '2', '--bptt', '8', '--quiet'];

test.each([
  ['char', 'aber ', 'über €'],
  ['word', 'the cat sat on the mat . ', 'the dog saw a river . '],
] as const)('level %s', async (level, before, after) => {
  writeFileSync(join(folder, 'before.txt'), before.repeat(40));
  writeFileSync(join(folder, 'after.txt'), after.repeat(40));
  const run = async (...args: string[]) => expect(await unrolled(args, folder)).toMatchObject({ code: 0, stderr: '' });
  const [old, grown, trained] = ['old', 'grown', 'trained'].map((name) => join(folder, `${level}-${name}`));
  await run('train', 'before.txt', '--out', old, '--level', level, '--hidden', '5', '--updates', '3', ...small);
  const grow = ['train', 'after.txt', '--init-from', old, '--grow', '--seed', '4', ...small];
  await run(...grow, '--out', grown, '--updates', '0');
  const [few, many] = [loadModel(old), loadModel(grown)];
  const learned = new Set(level === 'char' ? after : after.split(' ').filter(Boolean));
  const fresh = [...learned].filter((token) => !few.tokenizer!.vocabulary.includes(token));
  expect(many.tokenizer!.vocabulary.slice(0, few.config.vocabSize)).toEqual(few.tokenizer!.vocabulary);
  expect(many.tokenizer!.vocabulary.slice(few.config.vocabSize).sort()).toEqual(fresh.sort());
  const [a, b] = [tensorsOf(few.config, few.parameters), tensorsOf(many.config, many.parameters)];
  for (const name of Object.keys(a)) expect(b[name].slice(0, a[name].length), name).toEqual(a[name].slice());

  await run(...grow, '--out', trained, '--updates', '6');
  const { parameters } = loadModel(trained);
  expect(parameters).not.toEqual(many.parameters);
  await run('train', 'after.txt', '--out', trained, '--resume', '--quiet');
  expect(loadModel(trained).parameters).toEqual(parameters);
});

test('--grow needs a model', async () => {
  expect(await unrolled(['train', 'after.txt', '--out', 'never', '--grow'], folder)).toMatchObject({
    code: 2,
    stderr: 'unrolled: --grow: expected --init-from with the model that is to grow, got none\n',
  });
});
