// Training in shards: what is learnt depends on how many shards a batch has, not on how many members of a group share them. Runs of several members are
// held to the bytes of one, and one to the batch in one piece but for rounding. All combinations are tried in shards.long.test.ts.

import { describe, expect, test } from 'vitest';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { createTrainer, type TrainOptions, train } from '../../src/tasks/train.ts';
import type { Group } from '../../src/training/group.ts';
import { PairwiseSum } from '../../src/training/shards/shards.ts';
import { inProcessGroup } from '../support/in-process-group.ts';
import {
  backend,
  type Case,
  few,
  ofText,
  outcomeOf,
  range,
  small,
  text,
  textOf,
  trainerOf,
} from '../support/shard-cases.ts';

describe('a training run in shards', () => {
  test.each(few.map((one, i): [...Case, number] => [...one, [8, 2, 4][i % 3]]))(
    'has the same bytes for any number of members: %s',
    async (title, task, network, options, members) => {
      const one: Case = [title, task, network, options];
      const whole = await outcomeOf(1, trainerOf(one));
      expect(whole.text.split('\n').length).toBeGreaterThan(8);
      expect((await outcomeOf(members, trainerOf(one))).text).toBe(whole.text);
    },
  );

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
    for (const one of [few[0], few[5]]) {
      const whole = await outcomeOf(1, trainerOf(one));
      const { snapshot } = await outcomeOf(4, trainerOf(one), 3);
      expect(textOf(snapshot)).toBe(textOf((await outcomeOf(1, trainerOf(one), 3)).snapshot));
      const again = (group: Group) => {
        const trainer = trainerOf(one)(group);
        trainer.restore(structuredClone(snapshot));
        return trainer;
      };
      for (const members of [1, 2])
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
