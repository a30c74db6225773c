// Every wrong request is one sentence on standard error and the right exit code, and nothing is written or lost.

import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eachRequest, endedFiles, type Finished, shell, shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const tiny = ['--hidden', '8', '--batch', '4', '--bptt', '8', '--updates', '3', '--quiet'];

/** One sentence, nothing else, and no stack. */
function expectSentence({ code, stdout, stderr }: Finished, exitCode: number, pattern: RegExp): void {
  expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
  expect(stderr).toMatch(pattern);
  expect(stderr).not.toMatch(/node:internal|\n\s+at |undefined|\[object/);
  expect(stdout).toBe('');
  expect(code).toBe(exitCode);
}

beforeAll(async () => {
  shortText(folder, 3000);
  writeFileSync(join(folder, 'empty.txt'), '');
  writeFileSync(join(folder, 'one.txt'), 'a');
  writeFileSync(
    join(folder, 'invalid.txt'),
    Buffer.concat([Buffer.from('abc'), Buffer.from([0xff]), Buffer.from('d')]),
  );
  writeFileSync(join(folder, 'letters.txt'), 'ab'.repeat(50));
  mkdirSync(join(folder, 'a folder'));
  symlinkSync('loop', join(folder, 'loop'));
  const made = await unrolled(['train', 'short.txt', '--out', 'model', ...tiny], folder);
  expect(made.code).toBe(0);
  for (const name of ['config.json', 'model.safetensors'])
    cpSync(join(folder, 'model', name), join(folder, 'no-run', name));
  writeFileSync(join(folder, 'utf8.txt'), 'a → b');
  const copy = (name: string): string => {
    cpSync(join(folder, 'model'), join(folder, name), { recursive: true });
    return join(folder, name);
  };
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors'])
    rmSync(join(copy(`without-${name}`), name));
  truncateSync(join(copy('truncated'), 'model.safetensors'), 1000);
  const config = join(copy('mismatched'), 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"hidden_size": 8', '"hidden_size": 9'));
});

describe.concurrent('a wrong request is one sentence and exit code 2', () => {
  const train = (...args: string[]): string[] => ['train', 'short.txt', '--out', 'never', ...args];
  eachRequest<[string, string[], RegExp]>([
    ['a command that does not exist', ['trian'], /trian: expected a command, .*did you mean train\?/],
    ['no file', ['train', '--out', 'never'], /train: expected FILE…, got nothing/],
    ['no folder to save in', ['train', 'short.txt'], /--out: expected a folder to save the model in, got none/],
    ['a file that is missing', ['train', 'nothing.txt', '--out', 'never'], /nothing\.txt: there is no such file/],
    ['an empty file', ['train', 'empty.txt', '--out', 'never'], /empty\.txt: no text \(0 bytes\)/],
    ['one character', ['train', 'one.txt', '--out', 'never'], /one\.txt: needs at least 2 characters, .*got 1/],
    [
      'a text too short for the batch',
      ['train', 'letters.txt', '--out', 'never', '--batch', '64'],
      /text: expected at least 128 tokens for --batch 64 .*.* got 100/,
    ],
    [
      'invalid UTF-8',
      ['train', 'invalid.txt', '--out', 'never'],
      /invalid\.txt: expected UTF-8 text, got FF at byte offset 3;/,
    ],
    [
      'an encoding that is none',
      ['train', 'short.txt', '--encoding', 'utf-7', '--out', 'never'],
      /--encoding: expected .*got utf-7/,
    ],
    [
      'a folder instead of a text',
      ['train', 'a folder', '--out', 'never'],
      /a folder: expected a text file, got a folder/,
    ],
    ['a device', ['train', '/dev/zero', '--out', 'never'], /\/dev\/zero: expected a regular file/],
    ['a loop of links', ['train', 'loop', '--out', 'never'], /loop: the symbolic links in the path form a circle/],
    ['--hidden -1', train('--hidden', '-1'), /--hidden: expected a whole number of 1 or more, got -1/],
    ['--hidden 1.5', train('--hidden', '1.5'), /--hidden: expected a whole number of 1 or more, got 1\.5/],
    [
      '--hidden 1e9',
      train('--hidden', '1e9'),
      /memory: .*--hidden 1000000000 .*needs [\d.]+ EiB .*at most 4\.00 GiB.*take a smaller --hidden/,
    ],
    [
      '--hidden 1e9 in JavaScript',
      train('--hidden', '1e9', '--backend', 'javascript'),
      /memory: .*needs [\d.]+ EiB, expected at most [\d.]+ [GM]iB, as this machine has free/,
    ],
    ['--batch and --bptt too large together', train('--hidden', '9000', '--layers', '4'), /memory: .*needs/],
    ['--lr abc', train('--lr', 'abc'), /--lr: expected a number above 0, got abc/],
    ['--lr 0', train('--lr', '0'), /--lr: expected a number above 0, got 0/],
    ['--lr with an empty value', train('--lr='), /--lr: expected a number above 0, got an empty text/],
    ['a missing value', train('--lr'), /--lr: expected a value \(--lr RATE\), got none/],
    ['an option in place of a value', train('--lr', '--json'), /--lr: expected a value \(--lr RATE\), got --json/],
    ['a value for a flag', train('--tied=yes'), /--tied: expected no value, got yes/],
    ['an option given twice', train('--lr', '1', '--lr', '2'), /--lr: expected once, got it twice/],
    ['a misspelt option', train('--hiden', '8'), /--hiden: there is no such option of train; did you mean --hidden\?/],
    [
      'an unknown option',
      train('--frobnicate'),
      /--frobnicate: there is no such option of train; see unrolled train --help/,
    ],
    ['a short option', train('-x'), /-x: there is no such option/],
    [
      'a choice that does not exist',
      train('--level', 'letter'),
      /--level: expected one of char, byte, word, got letter/,
    ],
    ['no thread', train('--threads', '0'), /--threads: expected a whole number from 1 to 256, got 0/],
    ['threads of JavaScript', train('--backend', 'javascript', '--threads', '2'), /--threads: expected 1 with .*got 2/],
    ['threads of a GPU', train('--backend', 'webgpu', '--threads', '2'), /--threads: expected 1 with .*webgpu.*got 2/],
    [
      'another backend of a new run',
      train('--backend-change'),
      /--backend-change: expected --resume beside it, got none/,
    ],
    [
      'a library beside a backend',
      train('--backend', 'wasm', '--blas', 'auto'),
      /--blas cannot be combined with --backend/,
    ],
    ['checkpoints every 0 steps', train('--checkpoint-every', '0'), /--checkpoint-every: expected auto or .*got 0/],
    [
      'checkpoints twice',
      train('--checkpoint-every', '3', '--memory', '1GB'),
      /--checkpoint-every cannot be combined with --memory; leave it out/,
    ],
    ['shards that are no power of two', train('--shards', '6'), /--shards: expected a power of two, got 6/],
    [
      'a batch that shards do not divide',
      train('--shards', '8', '--batch', '20'),
      /--shards: expected a batch that 8 shards divide, got 20 rows; take another batch or fewer shards/,
    ],
    ['memory in no unit', train('--memory', '200'), /--memory: expected a size such as 200MB or 1\.5GB, got 200/],
    ['memory of nothing', train('--memory', '0MB'), /--memory: expected a size .*got 0MB/],
    [
      'too little memory',
      train('--memory', '10kB'),
      /--memory: expected at least \d.*--checkpoint-every 8, got .*; allow more, or take a smaller/,
    ],
    ['the system and a model', ['inspect', '--system', 'm'], /--system: expected no DIR, got m/],
    [
      'epochs and updates',
      train('--epochs', '1', '--updates', '1'),
      /--epochs cannot be combined with --updates; give one of them\n/,
    ],
    [
      'two held-out texts',
      train('--validation', '0.1', '--validation-file', 'short.txt'),
      /--validation cannot be combined with --validation-file/,
    ],
    ['a held-out file that is missing', train('--validation-file', 'gone.txt'), /gone\.txt: there is no such file/],
    [
      'tied without an embedding',
      train('--tied', '--embedding', '0', '--hidden', '8'),
      /--tied: expected an embedding as wide as the hidden state \(8\), got one-hot input/,
    ],
    [
      'momentum without its optimizer',
      train('--momentum', '0.9', '--optimizer', 'adam'),
      /--momentum works only with --optimizer sgd, momentum, nesterov or muon, got --optimizer adam; leave it out\n/,
    ],
    ['pretokenized characters', train('--pretokenized'), /--pretokenized works only with --level word/],
    [
      'newbob without a held-out text',
      train('--schedule', 'newbob', '--validation', '0'),
      /schedule newbob: expected held-out data/,
    ],
    ['resume and overwrite', train('--resume', '--overwrite'), /--resume cannot be combined with --overwrite/],
    [
      'a folder that has a model',
      ['train', 'short.txt', '--out', 'model'],
      /--out model: .*--resume to resume its training, .*--overwrite to replace it/,
    ],
    [
      'resuming a model that has no checkpoint',
      ['train', 'short.txt', '--out', 'no-run', '--resume'],
      /no-run: expected a run to resume, got a model without its checkpoint/,
    ],
    [
      'a prompt with unseen characters',
      ['sample', 'model', '--prompt', 'a÷b×'],
      /prompt: 2 characters .*"÷" \(U\+00F7\) at 1; "×" \(U\+00D7\) at 3.*--unknown skip/,
    ],
    ['a model that is not there', ['sample', 'nowhere'], /nowhere: expected a model folder, got nothing there/],
    ['a file instead of a model', ['sample', 'short.txt'], /short\.txt: expected a model folder, got a file/],
    ['a folder without config.json', ['sample', 'without-config.json'], /without-config\.json: .*config\.json/],
    ['a folder without weights', ['sample', 'without-model.safetensors'], /model\.safetensors/],
    [
      'a negative temperature',
      ['sample', 'model', '--temperature', '-1'],
      /--temperature: expected a number of at least 0, got -1/,
    ],
    ['--top-p above 1', ['sample', 'model', '--top-p', '1.5'], /--top-p: expected a number from 0 to 1, got 1\.5/],
    ['eval without a text', ['eval', 'model'], /eval: expected DIR FILE…, got model/],
    [
      'a GPU for one stream',
      ['eval', 'model', 'one.txt', '--backend', 'webgpu'],
      /--backend: expected auto, wasm or javascript without --each, got webgpu, which .*; leave the option out/,
    ],
    [
      'a GPU for one text',
      ['sample', 'model', '--backend', 'webgpu'],
      /--backend: expected .* without --count, got web/,
    ],
    [
      'a GPU for a pipe',
      ['sample', 'model', '--prompt', '-', '--backend', 'webgpu'],
      /--backend: expected .* with --prompt -, got webgpu/,
    ],
    [
      'threads of a GPU that writes',
      ['sample', 'model', '--count', '2', '--backend', 'webgpu', '--threads', '2'],
      /--threads: expected 1 with .*webgpu.*got 2/,
    ],
    ['eval of one character', ['eval', 'model', 'one.txt'], /one\.txt: (needs at least 2|.*not in the vocabulary)/],
    [
      'a file where the events should be',
      [...train('--tensorboard', 'letters.txt'), ...tiny],
      /--tensorboard letters\.txt: expected a new name or a folder, got a file; give another path/,
    ],
    [
      'an empty name of a folder',
      ['train', 'short.txt', '--out', ''],
      /--out: expected DIR, got an empty text; give a name\n/,
    ],
    ['an empty name of a file', train('--validation-file', ''), /--validation-file: expected FILE, got an empty text;/],
    ['an empty operand', ['sample', ''], /sample: expected DIR, got an empty text; give a path or a name/],
    [
      'a model that has lost its tokens',
      ['sample', 'without-tokenizer.json'],
      /without-tokenizer\.json: expected tokenizer\.json beside the weights.*put it back, or name the tokens/,
    ],
    [
      'a file where the folder should be',
      ['train', 'short.txt', '--out', 'letters.txt', ...tiny],
      /^unrolled: --out letters\.txt: expected a new name or a folder, got a file; give another path\n/,
    ],
    ['eval of unseen characters', ['eval', 'model', 'utf8.txt'], /utf8\.txt: .*"→" \(U\+2192\).*--unknown skip/],
  ])('%s', async (_, args, pattern) => {
    expectSentence(await unrolled(args, folder), 2, pattern);
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

describe.concurrent('a failure is one sentence and exit code 1', () => {
  test.each<[string, string[], RegExp]>([
    ['a truncated file of weights', ['sample', 'truncated'], /truncated\/model\.safetensors: /],
    [
      'weights of another shape',
      ['sample', 'mismatched'],
      /mismatched\/model\.safetensors: .*(rnn|decoder)\.\w+.*9.*8/,
    ],
    [
      'a gradient that is not finite',
      ['train', 'short.txt', '--out', 'diverged', ...tiny, '--lr', '1e39', '--optimizer', 'sgd', '--clip', '0'],
      /training: update \d+: parameter \w+ is not finite; .*smaller learning rate/,
    ],
  ])('%s', async (_, args, pattern) => {
    expectSentence(await unrolled(args, folder), 1, pattern);
  });

  test('a run whose weights are not finite leaves the last good ones', async () => {
    await unrolled(
      ['train', 'short.txt', '--out', 'kept', ...tiny, '--lr', '1e39', '--optimizer', 'sgd', '--clip', '0'],
      folder,
    );
    expect((await unrolled(['eval', 'kept', 'short.txt', '--json'], folder)).stdout).toMatch(/"nll":\d/);
  });

  test('where a file would be too large, the model that was to be replaced is still there', async () => {
    const run = 'unrolled train short.txt --out full --hidden 64 --batch 4 --bptt 8 --updates 2 --quiet';
    expect((await shell(run, folder)).code).toBe(0);
    const before = readFileSync(join(folder, 'full/checkpoint.safetensors'));
    // 30 blocks are enough for the description, but not for the weights
    const again = await shell(`ulimit -f 30; ${run} --seed 2 --overwrite`, folder);
    expectSentence(again, 1, /full\/\w+\.safetensors: cannot be saved, the file would exceed the size limit/);
    expect(readFileSync(join(folder, 'full/checkpoint.safetensors')).equals(before)).toBe(true);
    expect(readdirSync(join(folder, 'full')).sort()).toEqual(endedFiles);
  });

  test('a standard output on a full disk', async () => {
    const done = await shell('unrolled sample model --length 20 > /dev/full', folder);
    expectSentence(done, 1, /standard output: cannot be written, the disk is full/);
  });
});

test('with UNROLLED_DEBUG an unexpected error shows its stack, and without it does not', async () => {
  const plain = await shell(
    'NODE_OPTIONS="--import data:text/javascript,globalThis.WebAssembly=undefined;Math.sqrt=null" unrolled gradcheck',
    folder,
  );
  expect(plain.code).toBe(1);
  expect(plain.stderr).toMatch(/^unrolled: something unexpected went wrong: [^\n]*UNROLLED_DEBUG=1 shows where\n$/);
});

test('a one-letter vocabulary trains to a loss of zero and writes that letter', async () => {
  writeFileSync(join(folder, 'same.txt'), 'a'.repeat(200));
  const made = await unrolled(
    ['train', 'same.txt', '--out', 'same', '--hidden', '4', '--batch', '2', '--epochs', '1', '--json'],
    folder,
  );
  expect(made.stdout).toMatch(/"event":"done","updates":\d+,"loss":0,"validationLoss":null,/);
  expect((await unrolled(['sample', 'same', '--length', '5'], folder)).stdout).toBe('aaaaa\n');
});
