// Training in shards: what is learnt depends on how many shards a batch has, not on how many members of a group share them. A group of one process is
// held to the same bytes as groups of several, for every cell, task and optimizer, and to the batch in one piece but for rounding.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createSequences } from '../../src/data/sequences.ts';
import { createBackend } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import type { ModelOptions } from '../../src/network/config.ts';
import { cellNames } from '../../src/network/config.ts';
import { Random } from '../../src/random.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { label } from '../../src/tasks/label.ts';
import { sequenceTask } from '../../src/tasks/sequence-task.ts';
import type { Task } from '../../src/tasks/task.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { createTrainer, type TrainOptions, train } from '../../src/tasks/train.ts';
import type { Group } from '../../src/training/group.ts';
import { optimizerNames } from '../../src/training/optimizers.ts';
import { PairwiseSum } from '../../src/training/shards.ts';
import type { Snapshot } from '../../src/training/snapshots.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { inProcessGroup } from '../support/in-process-group.ts';

const backend = createBackend();
const random = new Random(5);
const range = <Item>(length: number, of: (i: number) => Item): Item[] => Array.from({ length }, (_, i) => of(i));
const text = languageModel(range(700, () => 'abcdefg '[random.next() % 8]).join(''), { level: 'char' });
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
type Case = readonly [title: string, task: Task<any>, network: Partial<ModelOptions>, options: TrainOptions];
const small = { hiddenSize: 6 };
const size = { batchSize: 16, updates: 5, learningRate: 0.01 };
const ofText = { ...size, bptt: 9, updates: 7 };

/** Quick: each cell, task, optimizer and feature at least once. */
const few: Case[] = [
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
const every: Case[] = [text, words, tags, names, sales, vectors].flatMap((task) =>
  cellNames.flatMap((cell) =>
    optimizerNames.flatMap((optimizer, i) =>
      [0, 0.3].map((dropout): Case => {
        const usual = task === text || task === words ? ofText : size;
        const clipping = [{}, { clip: 0.05 }, { clipValue: 0.01 }][i % 3];
        const network = { hiddenSize: 6, cell, dropout, numLayers: 1 + (i % 2) };
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

const trainerOf =
  ([, task, network, options]: Case, more: TrainOptions = {}) =>
  (group?: Group): Trainer =>
    createTrainer(backend, createModel(task, network), task, { ...options, shards: 8, ...more, group });

/** Everything that decides the next update, and a text that tells all of it and every report apart. */
interface Outcome {
  readonly snapshot: Snapshot;
  readonly text: string;
}

const textOf = ({ state, tensors }: Snapshot, reports: readonly unknown[] = []): string =>
  [
    ...reports.map((report) => JSON.stringify(report)),
    JSON.stringify(state),
    ...[...tensors].map(([name, numbers]) => {
      const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
      return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
    }),
  ].join('\n');

/** Trains to the end, or for so many updates, with as many members as the group has; all have the same outcome. */
async function outcomeOf(size: number, make: (group: Group) => Trainer, updates = Infinity): Promise<Outcome> {
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

describe('a training run in shards', () => {
  const sizes = isExhaustive ? [2, 4, 8] : [2, 4];
  test.each(isExhaustive ? [...few, ...every] : few)(
    'has the same bytes for any number of members: %s',
    async (...one) => {
      const whole = await outcomeOf(1, trainerOf(one));
      expect(whole.text.split('\n').length).toBeGreaterThan(8);
      for (const members of sizes) expect((await outcomeOf(members, trainerOf(one))).text).toBe(whole.text);
    },
  );

  test('has the same bytes with as many members as shards', async () => {
    const whole = await outcomeOf(1, trainerOf(few[0]));
    expect((await outcomeOf(8, trainerOf(few[0]))).text).toBe(whole.text);
  });

  test.each([few[1], few[2], few[4], few[5], few[6], few[7], few[8]])(
    'does what a batch in one piece does, but for rounding: %s',
    (title, task, network, options) => {
      // in float64, and without dropout, whose masks are others in each shard
      const exact = { ...options, clipValue: 0, restart: 0 };
      const trained = (shards: number) => {
        const model = createModel(task, { ...network, dropout: 0 });
        const trainer = createTrainer(javascriptBackend('float64'), model, task, { ...exact, shards });
        const losses: number[] = [];
        while (!trainer.done)
          for (const report of trainer.step())
            if (report.kind === 'update') losses.push(report.loss, report.gradientNorm);
        return { losses, parameters: [...trainer.parameters] };
      };
      const [one, eight] = [trained(1), trained(8)];
      for (const [i, loss] of one.losses.entries()) expect(eight.losses[i]).toBeCloseTo(loss, 9);
      for (const [i, value] of one.parameters.entries()) expect(eight.parameters[i], title).toBeCloseTo(value, 6);
    },
  );

  test('goes on with another number of members, bit for bit', async () => {
    for (const one of [few[0], few[1], few[5]]) {
      const whole = await outcomeOf(1, trainerOf(one));
      const { snapshot } = await outcomeOf(4, trainerOf(one), 3);
      expect(textOf(snapshot)).toBe(textOf((await outcomeOf(1, trainerOf(one), 3)).snapshot));
      const again = (group: Group) => {
        const trainer = trainerOf(one)(group);
        trainer.restore(structuredClone(snapshot));
        return trainer;
      };
      for (const members of [1, 2, 8])
        expect(textOf((await outcomeOf(members, again)).snapshot)).toBe(textOf(whole.snapshot));
    }
  });

  test('has dropout masks of its own in each shard', () => {
    // eight rows alike: with the same masks in all shards the gradient would be that of one row
    const norms = [1, 8].map((rows) => {
      const same = languageModel('abcdefgh'.repeat(65), { level: 'char', validation: 0 });
      const model = createModel(same, { hiddenSize: 6, dropout: 0.5 });
      const options = { batchSize: rows, shards: rows, bptt: 8, updates: 1, seed: 2 };
      const [report] = createTrainer(backend, model, same, options).step();
      return report.kind === 'update' ? report.gradientNorm : 0;
    });
    expect(Math.abs(norms[1] / norms[0] - 1)).toBeGreaterThan(0.01);
  });

  test('stops every member at the same update where a number is not finite, and rolls all of them back alike', async () => {
    const wild: Case = [
      '',
      text,
      { ...small, nonlinearity: 'relu' },
      { ...ofText, optimizer: 'sgd', learningRate: 1e30, clip: 0 },
    ];
    const failures = await Promise.all(
      inProcessGroup(4).map(async (group) => {
        const trainer = trainerOf(wild)(group);
        try {
          while (!trainer.done) await trainer.stepTogether();
        } catch (error) {
          return String(error);
        }
        return 'none';
      }),
    );
    expect(new Set(failures).size).toBe(1);
    expect(failures[0]).toMatch(/update \d+: .* is not finite/);
    const forgiving = { onDivergence: 'rollback', updates: 4 } as const;
    const toText = async (members: number) => {
      const reports: unknown[][] = await Promise.all(
        inProcessGroup(members).map(async (group) => {
          const trainer = trainerOf(wild, forgiving)(group);
          const all: unknown[] = [];
          while (!all.some((report) => JSON.stringify(report).includes('"rollback"')))
            all.push(...(await trainer.stepTogether()));
          return all.concat(textOf(await trainer.snapshotTogether()));
        }),
      );
      return reports.map((all) => JSON.stringify(all));
    };
    const [whole] = await toText(1);
    expect(await toText(4)).toEqual([whole, whole, whole, whole]);
  });

  test('is one of train with a group, whose members all have the same model', async () => {
    const alone = createModel(text, small);
    for await (const _ of train(alone, text, { ...ofText, shards: 8 }));
    const models = await Promise.all(
      inProcessGroup(2).map(async (group) => {
        const model = createModel(text, small);
        for await (const _ of train(model, text, { ...ofText, group })); // 8 is the default
        return model;
      }),
    );
    for (const { parameters } of models) expect(parameters).toEqual(alone.parameters);
  });

  test.each<[string, TrainOptions, number, RegExp]>([
    ['shards that are no power of two', { shards: 3 }, 1, /^shards: expected a power of two, got 3/],
    ['no shards', { shards: 0 }, 1, /^shards: expected a whole number of 1 or more, got 0/],
    [
      'a batch that they do not divide',
      { shards: 32 },
      1,
      /^shards: expected a batch that 32 shards divide, got 16 rows; take/,
    ],
    ['three members', {}, 3, /^group: expected a number of processes that divides the 8 shards, a power of two, got 3/],
    ['more members than shards', { shards: 2 }, 4, /^group: .* the 2 shards, .* got 4/],
  ])('refuses %s', (_, options, members, sentence) => {
    const [group] = inProcessGroup(members);
    expect(() => trainerOf(few[0], options)(group)).toThrow(sentence);
  });

  test('is not resumed with another number of shards', () => {
    const snapshot = trainerOf(few[0], { shards: 4 })().snapshot();
    expect(() => trainerOf(few[0])().restore(snapshot)).toThrow(/^resume: expected shards 4, .*got 8/);
    const plain = trainerOf(few[0], { shards: 1 })().snapshot();
    expect(() => trainerOf(few[0])().restore(plain)).toThrow(/^resume: expected shards 1, .*got 8/);
    expect(plain.state.settings).not.toHaveProperty('shards');
  });
});

describe('the sum over shards', () => {
  const vectorsOf = (count: number, length: number) => {
    const numbers = new Random(count);
    return range(count, () =>
      Float32Array.from({ length }, () => numbers.uniform(-1, 1) * 10 ** numbers.uniform(-6, 6)),
    );
  };
  /** The tree as it is written down: neighbors, then their sums. */
  const tree = (all: readonly Float32Array[]): Float32Array =>
    all.length === 1
      ? all[0]
      : (() => {
          const half = all.length / 2;
          const right = tree(all.slice(half));
          return tree(all.slice(0, half)).map((value, i) => value + right[i]);
        })();

  test('is the tree over all of them, by a member alone and by any group', async () => {
    for (const count of [1, 2, 8, 16]) {
      for (const length of [1, 3, 50]) {
        const expected = tree(vectorsOf(count, length));
        for (let members = 1; members <= count; members *= 2) {
          const sums = await Promise.all(
            inProcessGroup(members).map(async (group) => {
              const own = count / members;
              const sum = new PairwiseSum(own);
              let last = new Float32Array(length);
              for (const vector of vectorsOf(count, length).slice(group.rank * own, (group.rank + 1) * own)) {
                sum.add(vector);
                last = vector;
              }
              await group.sum(last);
              return last;
            }),
          );
          for (const sum of sums) expect(sum).toEqual(expected);
        }
      }
    }
  });

  test('a group gathers what each member gave, in order, and hands on what the first gave', async () => {
    const groups = inProcessGroup(4);
    const given = (rank: number) => Uint8Array.from({ length: rank }, () => 10 + rank);
    for (const parts of await Promise.all(groups.map((group) => group.gather(given(group.rank)))))
      expect(parts).toEqual(range(4, given));
    for (const bytes of await Promise.all(groups.map((group) => group.broadcast(given(group.rank + 2)))))
      expect(bytes).toEqual(given(2));
  });
});
