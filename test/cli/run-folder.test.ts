// The folder of a run, by the calls to the file system that write it: what is on the disk before what, and what resuming keeps. Whole runs in processes
// of their own, killed and resumed, are in resume.test.ts.

import fs, { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type DataFacts, expectSameData } from '../../src/cli/run-data.ts';
import { type RunFacts, RunFolder, stampOfRun } from '../../src/cli/run-folder.ts';
import { streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import { jsonLines, temporaryFolder } from './support.ts';

const parent = temporaryFolder();
const facts = {
  version: '0',
  options: {},
  data: {},
  window: {},
  reading: null,
  description: {},
} as unknown as RunFacts;

/** A run of a small model, in a folder of this name. */
function runIn(name: string) {
  const ids = Uint8Array.from({ length: 90 }, (_, i) => (i * i) % 5);
  const model = createModel({ vocabSize: 5, hiddenSize: 4 });
  const trainer = textTrainer(createBackend(), model, streams(ids, 2), { bptt: 9, updates: 6 });
  const directory = join(parent, name);
  mkdirSync(directory, { recursive: true });
  return { trainer, directory, folder: new RunFolder(directory, stampOfRun(directory), model, facts) };
}

/** Notes the calls that put something on the disk, each with the file that it is about. */
function watchDisk(): string[] {
  const calls: string[] = [];
  const names = new Map<number, string>();
  const { openSync, fsyncSync, renameSync } = fs;
  const nameOf = (path: unknown) => basename(String(path)).replace(/^\.(.*)\.\d+[-\da-f]*\.[0-9a-f]{12}\.tmp$/, '$1');
  vi.spyOn(fs, 'openSync').mockImplementation((...args: Parameters<typeof openSync>) => {
    const file = openSync(...args);
    names.set(file, nameOf(args[0]));
    return file;
  });
  vi.spyOn(fs, 'fsyncSync').mockImplementation((file) => {
    calls.push(`flush ${names.get(file)}`);
    fsyncSync(file);
  });
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    calls.push(`name ${nameOf(to)}`);
    renameSync(from, to);
  });
  syncBuiltinESMExports(); // for those who import the functions by name
  return calls;
}

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const named = (calls: string[]) =>
  calls.filter((call) => call.startsWith('name ')).map((call) => call.slice('name '.length));

test('the first save writes the weights last, every later one the checkpoint', () => {
  const { trainer, folder } = runIn('order');
  const calls = watchDisk();
  folder.begin(trainer);
  const description = ['config.json'];
  const files = [...description, 'metrics.jsonl', 'checkpoint.safetensors', 'model.safetensors'];
  expect(named(calls)).toEqual(['.unrolled.journal', ...files]);
  calls.length = 0;
  trainer.step();
  folder.save(trainer, null);
  expect(named(calls)).toEqual(['model.safetensors', 'checkpoint.safetensors']);
});

test('metrics are flushed to the disk before the weights and the checkpoint are written', () => {
  const { trainer, directory, folder } = runIn('metrics');
  folder.begin(trainer);
  trainer.step();
  folder.log({ event: 'update', update: 1 });
  const calls = watchDisk();
  folder.save(trainer, null);
  expect(calls.filter((call) => !call.endsWith(basename(directory)))).toEqual([
    'flush metrics.jsonl',
    'flush model.safetensors',
    'name model.safetensors',
    'flush checkpoint.safetensors',
    'name checkpoint.safetensors',
  ]);
});

test('resuming keeps the metrics up to the checkpoint’s update, whole lines only', () => {
  const { trainer, directory, folder } = runIn('resumed');
  folder.begin(trainer);
  for (let i = 0; i < 3; i++) trainer.step();
  folder.save(trainer, null);
  const path = join(directory, 'metrics.jsonl');
  const line = (update: number) => `{"event":"update","update":${update}}\n`;
  writeFileSync(path, `${[1, 2, 3, 4, 5].map(line).join('')}{"event":"upd`);
  folder.resume(trainer, null);
  expect(jsonLines(readFileSync(path, 'utf8')).map(({ update }) => update)).toEqual([1, 2, 3]);
});

test('other data are refused, whatever of them differs', () => {
  const text = { files: 2, bytes: 10, sha256: 'a'.repeat(64) };
  const before: DataFacts = { text, validation: null };
  expect(() => expectSameData(before, { text: { ...text }, validation: null }, 'out', true)).not.toThrow();
  const others: DataFacts[] = [
    { text: { ...text, sha256: 'b'.repeat(64) }, validation: null },
    { text: { ...text, files: 1 }, validation: null },
    { text, validation: text },
  ];
  for (const now of others)
    expect(() => expectSameData(before, now, 'out', true)).toThrow(
      /^resume: expected the (held-out )?text that the run in out/,
    );
});
