// The folder of a run among faults: wherever a save stops, by an error of the disk or by a kill, the folder can be loaded and resumed, nothing that was
// acknowledged is lost, and the run goes on to the bytes of one that nothing stopped. Real processes are killed in faults.long.test.ts.

import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  contentOf,
  descriptionOf,
  type RunFacts,
  RunFolder,
  readCheckpoint,
  stampOfRun,
} from '../../src/cli/run-folder.ts';
import { createBackend } from '../../src/engine/create.ts';
import { UnrolledError } from '../../src/errors.ts';
import type { Model } from '../../src/network/model.ts';
import { isHidden } from '../../src/node/leftovers.ts';
import { loadModel, settleFolder } from '../../src/node/model-folder.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { createTrainer } from '../../src/tasks/train.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { atEveryCall, type Outcome, underFault } from '../support/faults.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = scratchFolder();
let folder: string;
let directory: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  directory = join(folder, 'run');
});

const backend = createBackend('javascript');
const task = languageModel('abcabcabdabcabcabdabcabcabd', { validation: 0.3 });
const modelOf = (cell: 'rnn' | 'gru'): Model => createModel(task, { cell, hiddenSize: 2, seed: 1 });
const trainerOf = (model: Model): Trainer =>
  createTrainer(backend, model, task, { updates: 12, bptt: 3, batchSize: 2, optimizer: 'adam' });

/** A run in the folder, with its first updates done, and saved. */
function begin(cell: 'rnn' | 'gru', updates: number): { run: RunFolder; trainer: Trainer } {
  const model = modelOf(cell);
  const text = { files: 1, bytes: 0, sha256: '' };
  const facts = {
    ...{ version: '0', options: {}, data: { text, validation: null }, window: {}, reading: null },
    description: descriptionOf(model),
  } as unknown as RunFacts;
  const run = new RunFolder(directory, stampOfRun(directory), model, facts);
  const trainer = trainerOf(model);
  try {
    run.begin(trainer);
    advance(run, trainer, updates);
    if (updates > 0) run.save(trainer, null);
  } catch (error) {
    run.close();
    throw error;
  }
  return { run, trainer };
}

function advance(run: RunFolder, trainer: Trainer, updates: number): void {
  for (let i = 0; i < updates; i++) for (const { kind, update } of trainer.step()) run.log({ event: kind, update });
}

/** What the folder holds for a reader: the kind of the model, the update of its checkpoint, and the updates after which the best weights were its own. */
function read(course: readonly Float32Array[]): { cell: string; weights: number[]; checkpoint: number } | 'nothing' {
  const content = contentOf(directory);
  if (content === 'nothing') return content;
  expect(content).toBe('run');
  const model = loadModel(directory);
  const isOwn = (best: Float32Array): boolean => best.every((value, i) => Object.is(value, model.parameters[i]));
  return {
    cell: model.config.cell,
    weights: course.flatMap((best, update) => (isOwn(best) ? [update] : [])),
    checkpoint: readCheckpoint(directory).snapshot.state.progress.update,
  };
}

/** The best parameters after each update. */
function courseOf(cell: 'rnn' | 'gru'): Float32Array[] {
  const trainer = trainerOf(modelOf(cell));
  const course = [Float32Array.from(trainer.bestParameters)];
  while (!trainer.done) {
    trainer.step();
    course.push(Float32Array.from(trainer.bestParameters));
  }
  return course;
}
const young = courseOf('rnn');
const old = courseOf('gru');

/** Goes on from what the folder holds to the end, and gives the bytes of the files. */
function finish(cell: 'rnn' | 'gru'): Record<string, string> {
  settleFolder(directory);
  const isRun = contentOf(directory) === 'run';
  const run = isRun
    ? new RunFolder(directory, stampOfRun(directory), modelOf(cell), readCheckpoint(directory).facts)
    : begin(cell, 0).run;
  const trainer = trainerOf(modelOf(cell));
  if (isRun) {
    trainer.restore(readCheckpoint(directory).snapshot);
    run.resume(trainer, null);
  }
  advance(run, trainer, 12 - trainer.update);
  run.save(trainer, null);
  run.close();
  const files = fs.readdirSync(directory).map((name) => [name, fs.readFileSync(join(directory, name), 'latin1')]);
  return Object.fromEntries(files);
}

let whole: Record<string, string>;
beforeEach(() => {
  whole ??= finish('rnn');
  fs.rmSync(directory, { recursive: true, force: true });
});

const modes = [{ how: 'EIO' }, { how: 'ENOSPC', onward: true }, { how: 'dead' }] as const;

describe.each(modes)('where every call fails in its turn with %j', (mode) => {
  function checkError({ error }: Outcome, hit: string): void {
    if (mode.how !== 'dead' && error !== undefined) expect(error, hit).toBeInstanceOf(UnrolledError);
  }

  test('the first save leaves no run or a whole one, which goes on to the same bytes', () => {
    atEveryCall(
      { folder, ...mode },
      {
        prepare: () => fs.rmSync(directory, { recursive: true, force: true }),
        action: () => begin('rnn', 0).run.close(),
        check(outcome, hit) {
          checkError(outcome, hit);
          settleFolder(directory);
          const found = read(young);
          if (found !== 'nothing') expect(found, hit).toEqual({ cell: 'rnn', weights: [0], checkpoint: 0 });
          expect(finish('rnn'), hit).toEqual(whole);
        },
      },
    );
  });

  test('a run in the place of another leaves the old one or the new one', () => {
    const seen = new Set<string>();
    atEveryCall(
      { folder, ...mode },
      {
        prepare() {
          fs.rmSync(directory, { recursive: true, force: true });
          begin('gru', 5).run.close();
        },
        action: () => begin('rnn', 0).run.close(),
        check(outcome, hit) {
          checkError(outcome, hit);
          // a reader that may not write finds the same as one that puts the folder in order
          let first: unknown;
          underFault({ folder, at: 1, how: 'EROFS', onward: true, changing: true }, () => {
            first = loadModel(directory).config;
          });
          expect(loadModel(directory).config, hit).toEqual(first);
          const isOld = loadModel(directory).config.cell === 'gru';
          expect(read(isOld ? old : young), hit).toEqual(
            isOld
              ? { cell: 'gru', weights: expect.arrayContaining([5]), checkpoint: 5 }
              : { cell: 'rnn', weights: [0], checkpoint: 0 },
          );
          seen.add(isOld ? 'old' : 'new');
          expect(fs.readdirSync(directory).filter(isHidden), hit).toEqual([]);
          if (!isOld) expect(finish('rnn'), hit).toEqual(whole);
        },
      },
    );
    expect(seen).toEqual(new Set(['old', 'new']));
  });

  test.each(['a later save', 'resuming'])(
    '%s leaves the run as it was or as it is, and it goes on to the same bytes',
    (which) => {
      let run: RunFolder;
      let trainer: Trainer;
      atEveryCall(
        { folder, ...mode },
        {
          prepare() {
            fs.rmSync(directory, { recursive: true, force: true });
            ({ run, trainer } = begin('rnn', 4));
            advance(run, trainer, 3);
            if (which === 'resuming') {
              // the metrics are ahead of the checkpoint
              underFault({ folder, at: 1, how: 'dead', only: '^rename' }, () => run.save(trainer, null));
              run.close();
            }
          },
          action() {
            if (which === 'resuming') {
              run = new RunFolder(directory, stampOfRun(directory), modelOf('rnn'), readCheckpoint(directory).facts);
              trainer = trainerOf(modelOf('rnn'));
              trainer.restore(readCheckpoint(directory).snapshot);
              try {
                run.resume(trainer, null);
              } finally {
                run.close();
              }
            } else run.save(trainer, null);
          },
          check(outcome, hit) {
            run.close();
            checkError(outcome, hit);
            settleFolder(directory);
            const found = read(young);
            if (found === 'nothing') throw new Error(`${hit}: the run is gone`);
            const next = which === 'resuming' ? 4 : 7;
            expect([4, next], hit).toContain(found.checkpoint);
            expect(found.weights.includes(found.checkpoint) || found.weights.includes(next), hit).toBe(true);
            if (outcome.error === undefined) {
              expect(found.checkpoint, hit).toBe(next);
              expect(found.weights, hit).toContain(next);
            }
            expect(finish('rnn'), hit).toEqual(whole);
          },
        },
      );
      run!.close();
    },
  );
});
