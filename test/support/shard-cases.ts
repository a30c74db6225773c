// Small runs of every kind for the tests of training in shards, and what comes of one that any number of members share.

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createSequences } from '../../src/data/sequences.ts';
import { createBackend } from '../../src/engine/create.ts';
import { cellNames, type ModelOptions } from '../../src/network/config.ts';
import { Random } from '../../src/random.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { label } from '../../src/tasks/label.ts';
import { sequenceTask } from '../../src/tasks/sequence-task.ts';
import type { Task } from '../../src/tasks/task.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { createTrainer, type TrainOptions } from '../../src/tasks/train.ts';
import type { Group } from '../../src/training/group.ts';
import { optimizerNames } from '../../src/training/optimizers.ts';
import type { Snapshot } from '../../src/training/snapshots.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { inProcessGroup } from './in-process-group.ts';

export const backend = createBackend();
const random = new Random(5);
export const range = <Item>(length: number, of: (i: number) => Item): Item[] => Array.from({ length }, (_, i) => of(i));
export const text = languageModel(range(700, () => 'abcdefg '[random.next() % 8]).join(''), { level: 'char' });
const words = languageModel(range(900, () => `w${random.next() % (1 + (random.next() % 40))}`).join(' '), {
  level: 'word',
});
/** Sequences of 1 to 9 steps; the last batch is not full. */
const sentences = range(37, (i) => {
  const tokens = range(1 + (i % 9), () => `t${random.next() % 6}`);
  return { tokens, labels: tokens.map((token) => (token < 't3' ? 'A' : 'B')) };
});
const tags = label(sentences, { validation: 0.2 });
const names = classify(
  sentences.map(({ tokens }, i) => ({ text: tokens.join(''), label: `c${i % 3}` })),
  { validation: 0.2 },
);
const sales = forecast(parseTable(`y,z\n${range(90, (t) => `${Math.sin(t / 3) + t / 50},${t % 4}`).join('\n')}\n`), {
  target: 'y',
  horizon: 2,
  window: 7,
  difference: false,
});
const lengths = range(29, (i) => 2 + (i % 5));
const steps = lengths.reduce((sum, length) => sum + length, 0);
const vectors = sequenceTask(
  createSequences(lengths, {
    input: { kind: 'vectors', size: 3, values: Float32Array.from({ length: 3 * steps }, () => random.uniform(-1, 1)) },
    targets: {
      kind: 'values',
      at: 'sequence',
      size: 2,
      values: Float32Array.from({ length: 58 }, () => random.uniform()),
    },
  }),
  { pooling: 'mean' },
);

// biome-ignore lint/suspicious/noExplicitAny: data of every kind
export type Case = readonly [title: string, task: Task<any>, network: Partial<ModelOptions>, options: TrainOptions];
export const small = { hiddenSize: 6 };
const size = { batchSize: 16, updates: 5, learningRate: 0.01 };
export const ofText = { ...size, bptt: 9, updates: 7 };

/** Quick: each cell, task, optimizer and feature at least once. */
export const few: Case[] = [
  ['a text, dropout in two layers', text, { ...small, numLayers: 2, dropout: 0.3 }, { ...ofText, clip: 0.05 }],
  ['an lstm without restarts', text, { ...small, cell: 'lstm' }, { ...ofText, restart: 0, optimizer: 'momentum' }],
  ['checkpoints in time', text, { ...small, cell: 'gru', embeddingSize: 4 }, { ...ofText, checkpointEvery: 4 }],
  ['a tied embedding', text, { hiddenSize: 8, embeddingSize: 8, tieWeights: true }, { ...ofText, optimizer: 'sgd' }],
  ['adaptive softmax', words, { hiddenSize: 16, dropout: 0.2, softmax: 'adaptive', cutoffs: [5, 20] }, ofText],
  ['labels', tags, { ...small, embeddingSize: 5, cell: 'mingru', bidirectional: false }, { ...size, clipValue: 0.01 }],
  ['classes', names, { ...small, cell: 'gru', dropout: 0.2 }, { ...size, optimizer: 'rmsprop' }],
  ['a forecast', sales, { ...small, cell: 'lstm' }, { ...size, optimizer: 'adamw' }],
  ['vectors and the mean state', vectors, { ...small, bidirectional: true }, { ...size, optimizer: 'adagrad' }],
];
/** Each task with each cell, optimizer, clipping, and with and without dropout. */
export const every: Case[] = [text, words, tags, names, sales, vectors].flatMap((task) =>
  cellNames.flatMap((cell) =>
    optimizerNames.flatMap((optimizer, i) =>
      [0, 0.3].map((dropout): Case => {
        const usual = task === text || task === words ? ofText : size;
        const clipping = [{}, { clip: 0.05 }, { clipValue: 0.01 }][i % 3];
        const isAdaptive = task === words && i % 2 === 0;
        const head: Partial<ModelOptions> = isAdaptive ? { softmax: 'adaptive', cutoffs: [5, 20] } : {};
        const network = { hiddenSize: isAdaptive ? 16 : 6, cell, dropout, numLayers: 1 + (i % 2), ...head };
        return [
          `${task.name}, ${cell}, ${optimizer}, dropout ${dropout}`,
          task,
          network,
          { ...usual, ...clipping, optimizer },
        ];
      }),
    ),
  ),
) as Case[];

export const trainerOf =
  ([, task, network, options]: Case, more: TrainOptions = {}) =>
  (group?: Group): Trainer =>
    createTrainer(backend, createModel(task, network), task, { ...options, shards: 8, ...more, group });

/** Everything that decides the next update, and a text that tells all of it and every report apart. */
export interface Outcome {
  readonly snapshot: Snapshot;
  readonly text: string;
}

export const textOf = ({ state, tensors }: Snapshot, reports: readonly unknown[] = []): string =>
  [
    ...reports.map((report) => JSON.stringify(report)),
    JSON.stringify(state),
    ...[...tensors].map(([name, numbers]) => {
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
    }),
  ].join('\n');

/** Trains to the end, or for so many updates, with as many members as the group has; all have the same outcome. */
export async function outcomeOf(size: number, make: (group: Group) => Trainer, updates = Infinity): Promise<Outcome> {
  const outcomes = await Promise.all(
    inProcessGroup(size).map(async (group) => {
      const trainer = make(group);
      const reports: unknown[] = [];
      while (!trainer.done && trainer.update < updates) reports.push(...(await trainer.stepTogether()));
      const snapshot = await trainer.snapshotTogether();
      return { snapshot, text: textOf(snapshot, reports) };
    }),
  );
  for (const { text } of outcomes) expect(text).toBe(outcomes[0].text);
  return outcomes[0];
}
