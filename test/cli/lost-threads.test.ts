// A thread that ends in the middle of a run: the run stops with one sentence, has saved up to its last whole update, and goes on from there to
// the bytes of a run that nothing happened to.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { isExhaustive, some } from '../support/exhaustive.ts';
import { reached, root, shortText, start, stop, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
shortText(folder, 12_000, 'text.txt');
const preload = join(root, 'test/support/ending-workers.cjs');

const train = (out: string, ...more: string[]): string[] => ['train', 'text.txt', '--out', out, ...more];
const options = ['--hidden', '16', '--batch', '8', '--bptt', '16', '--epochs', '4', '--seed', '3', '--threads', '2'];
/** Trains with a worker that ends: the environment of the run is that of this process. */
const losing = (how: string, at: number) => ({
  ...{ END_WORKER: how, END_WORKER_AT: String(at) },
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(preload)}`,
});
/** Runs a command in a process of its own, with more in its environment. */
const ending = (args: string[], more: NodeJS.ProcessEnv) => start(args, folder, 'ignore', undefined, more).finished;
const bytes = (out: string, name: string): Buffer => readFileSync(join(folder, out, name));

const expectSameAsWhole = (out: string): void => {
  for (const name of ['model.safetensors', 'checkpoint.safetensors'])
    expect(bytes(out, name).equals(bytes('whole', name)), `${out}/${name}`).toBe(true);
};

beforeAll(async () => {
  expect(await unrolled(train('whole', ...options, '--quiet'), folder)).toMatchObject({ code: 0, stderr: '' });
});

const ways = [
  ['exit', 'process.exit', ''],
  ['memory', 'no memory left', ''],
  ['terminate', 'terminate()', ''],
  ['throw', 'an error', ' (made up)'],
] as const;

describe('a worker that ends', () => {
  test.each(some(ways, 1))('by %s (%s) stops the run with one sentence and a save', async (how, _, reason) => {
    const out = `lost-${how}`;
    // the worker is terminated some time after its start, so that run is as long as it takes
    const isLong = how === 'terminate';
    const chosen = options.map((option) => (isLong && option === '4' ? '100000' : option)); // epochs
    const { code, stderr } = await ending(train(out, ...chosen, '--quiet'), losing(how, 500));
    expect(stderr).toMatch(
      /^unrolled: threads: expected 2 threads to the end, got one that ended early.*; use fewer threads; everything up to update \d+ is saved in lost-\w+, and --resume continues from there\n$/,
    );
    expect(stderr).toContain(`ended early${reason};`);
    expect(code).toBe(1);
    if (isLong) return;
    const rest = await unrolled(train(out, '--resume', '--quiet'), folder);
    expect(rest).toMatchObject({ code: 0, stderr: '' });
    expectSameAsWhole(out);
  });

  test.runIf(isExhaustive)(
    'at any barrier of an update leaves a run that goes on to the same bytes',
    async () => {
      for (let at = 490; at < 503; at++) {
        const out = `lost-at-${at}`;
        expect(await ending(train(out, ...options, '--quiet'), losing('exit', at))).toMatchObject({
          code: 1,
        });
        expect(await unrolled(train(out, '--resume', '--quiet'), folder)).toMatchObject({ code: 0 });
        expectSameAsWhole(out);
      }
    },
    600_000,
  ); // 26 processes
});

test.runIf(isExhaustive)(
  'a worker that hangs does not make the run deaf: after five seconds a signal ends it',
  async () => {
    const run = start(train('hung', ...options, '--json'), folder, 'ignore', undefined, losing('hang', 500));
    await reached(run, 20);
    run.process.stdout!.resume();
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    expect(await stop(run, 'SIGTERM')).toMatchObject({ code: null, signal: 'SIGTERM' });
  },
);

test('a run that something else ends with exit code 0 has failed', async () => {
  const preload = join(folder, 'end.cjs');
  const isTraining = "require('node:fs').existsSync('ended/checkpoint.safetensors')";
  writeFileSync(preload, `setInterval(() => ${isTraining} && process.exit(0), 20);`);
  const options = ['--hidden', '16', '--epochs', '100000', '--threads', '1', '--quiet'];
  const ended = await ending(train('ended', ...options), { NODE_OPTIONS: `--require ${preload}` });
  expect(ended).toMatchObject({
    code: 1,
    stderr: 'unrolled: train: expected to go on to its end, got an end of the process before it\n',
  });
});
