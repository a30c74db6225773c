// Power cuts: of every folder that one could leave, a reader finds the old model or the new one, whole; and what was acknowledged is there.

import fs from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, test } from 'vitest';
import { descriptionOf, type RunFacts, RunFolder, readCheckpoint, stampOfRun } from '../../src/cli/run-folder.ts';
import { createBackend } from '../../src/engine/create.ts';
import { packModel } from '../../src/formats/model-folder.ts';
import type { Model } from '../../src/network/model.ts';
import { writeFileAtomicallySync } from '../../src/node/atomic-file.ts';
import { loadModel, saveFiles, saveModel } from '../../src/node/model-folder.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { createTrainer } from '../../src/tasks/train.ts';
import { modelOf } from '../support/kinds.ts';
import { crashes, recordDisk } from '../support/power-loss.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = scratchFolder();
let folder: string;
let directory: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  directory = join(folder, 'model');
});

const old: Model = { ...modelOf({ cell: 'gru', vocabSize: 5, hiddenSize: 3, outputSize: 2 }), task: { task: 'old' } };
const young: Model = modelOf({ cell: 'rnn', vocabSize: 4, hiddenSize: 2 });

/** Which model a reader finds. */
function found(): 'old' | 'new' | 'none' {
  let model: Model;
  try {
    model = loadModel(directory);
  } catch (error) {
    expect((error as Error).message).toMatch(/expected a model folder/);
    return 'none';
  }
  const which = model.config.cell === 'gru' ? old : young;
  expect(model.parameters).toEqual(which.parameters);
  expect(model.task).toEqual(which.task);
  return which === old ? 'old' : 'new';
}

describe.runIf(process.platform === 'linux')('a power cut', () => {
  test('in the middle of a file leaves the old one or the new one', () => {
    const path = join(folder, 'file');
    fs.writeFileSync(path, 'old');
    const recording = recordDisk(folder, () => writeFileAtomicallySync(path, new TextEncoder().encode('new')));
    const count = crashes(folder, recording, (place, isOver) => {
      expect(isOver ? ['new'] : ['old', 'new'], place).toContain(fs.readFileSync(path, 'utf8'));
    });
    expect(count).toBeGreaterThan(3);
  });

  test.each(['none', 'old'] as const)(
    'while a model is saved, where there was %s, leaves that or the new one',
    (before) => {
      if (before === 'old') {
        fs.mkdirSync(directory);
        for (const [name, bytes] of packModel(old)) fs.writeFileSync(join(directory, name), bytes);
      }
      const recording = recordDisk(folder, () => saveModel(directory, young));
      expect(recording.error).toBeUndefined();
      const seen = new Set<string>();
      crashes(folder, recording, (place, isOver) => {
        const which = found();
        expect(isOver ? ['new'] : [before, 'new'], place).toContain(which);
        seen.add(which);
      });
      expect(seen).toEqual(new Set([before, 'new']));
    },
  );

  test('while a folder is exported leaves none or a whole one', () => {
    const recording = recordDisk(folder, () => saveFiles(join(folder, 'model'), packModel(young)));
    crashes(folder, recording, (place, isOver) => expect(isOver ? ['new'] : ['none', 'new'], place).toContain(found()));
  });

  test('in a run leaves one that can be resumed, never older than what was acknowledged', () => {
    const backend = createBackend('javascript');
    const task = languageModel('abcabcabdabcabcabdabcabcabd', { validation: 0.3 });
    const model = createModel(task, { cell: 'rnn', hiddenSize: 2, seed: 1 });
    const trainer = createTrainer(backend, model, task, { updates: 12, bptt: 3, batchSize: 2 });
    const facts = {
      ...{ version: '0', options: {}, window: {}, reading: null, description: descriptionOf(model) },
      data: { text: { files: 1, bytes: 0, sha256: '' }, validation: null },
    } as unknown as RunFacts;
    const run = new RunFolder(directory, stampOfRun(directory), model, facts);
    run.begin(trainer);
    for (const acknowledged of [0, 3, 6]) {
      for (let i = 0; i < 3; i++) for (const { update } of trainer.step()) run.log({ update });
      const recording = recordDisk(folder, () => run.save(trainer, null));
      const after = fs.readdirSync(directory).map((name) => [name, fs.readFileSync(join(directory, name))] as const);
      crashes(folder, recording, (place, isOver) => {
        const { update } = readCheckpoint(directory).snapshot.state.progress;
        expect(isOver ? [acknowledged + 3] : [acknowledged, acknowledged + 3], place).toContain(update);
        loadModel(directory);
        // the metrics reach at least as far as the checkpoint
        const lines = fs.readFileSync(join(directory, 'metrics.jsonl'), 'utf8').split('\n');
        expect(lines.some((line) => line === `{"update":${update}}`) || update === 0, place).toBe(true);
      });
      fs.rmSync(directory, { recursive: true });
      fs.mkdirSync(directory);
      for (const [name, bytes] of after) fs.writeFileSync(join(directory, name), bytes);
    }
    run.close();
  });
});
