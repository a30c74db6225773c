// `unrolled sweep`: what a plan means, that each mistake in one is a sentence before anything starts, how halving decides, and a small sweep on this
// machine. What many processes do that are killed, and what Slurm and others make of the scripts, is in sweep.long.test.ts.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Course, nextOf } from '../../src/cli/sweep/halving.ts';
import { readPlan } from '../../src/cli/sweep/plan.ts';
import { placeIn, rankIn } from '../../src/cli/trial-index.ts';
import { jsonLines, shortText, start, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
shortText(folder, 1200);
const write = (plan: object, name = 'plan.json'): string => {
  writeFileSync(join(folder, name), JSON.stringify({ files: 'short.txt', ...plan }));
  return join(folder, name);
};
const settingsOf = (plan: object) => readPlan(write(plan)).trials.map(({ settings }) => settings);

describe('a plan', () => {
  test('tries every value of its lists with all others, the last option first, and settings that belong together', () => {
    const options = { epochs: 2, hidden: [8, 16], seed: [1, 2] };
    expect(settingsOf({ options })).toEqual([
      { hidden: 8, seed: 1 },
      { hidden: 8, seed: 2 },
      { hidden: 16, seed: 1 },
      { hidden: 16, seed: 2 },
    ]);
    const list = [
      { cell: 'gru', dropout: 0.1 },
      { cell: 'lstm', dropout: null },
    ];
    expect(settingsOf({ options: { seed: [1, 2] }, list })).toEqual([
      { cell: 'gru', dropout: 0.1, seed: 1 },
      { cell: 'gru', dropout: 0.1, seed: 2 },
      { cell: 'lstm', dropout: null, seed: 1 },
      { cell: 'lstm', dropout: null, seed: 2 },
    ]);
    const [first] = readPlan(write({ options: { ...options, report: false, 'checkpoint-every': 'auto' } })).trials;
    const set = ['--epochs', '2', '--no-report', '--checkpoint-every', 'auto', '--hidden', '8', '--seed', '1'];
    expect(first.args).toEqual(['--threads', '1', '--blas', 'none', ...set, '--', 'short.txt']);
  });

  test('draws from its ranges by its seed; more draws leave the first ones what they are', () => {
    const options = {
      lr: { log: [0.0001, 0.01] },
      dropout: { uniform: [0, 0.5] },
      hidden: { integer: [8, 10] },
      batch: { log: [1, 64] },
      cell: { choice: ['rnn', 'gru'] },
    };
    const some = settingsOf({ options, draws: 40, seed: 7 });
    expect(settingsOf({ options, draws: 80, seed: 7 }).slice(0, 40)).toEqual(some);
    expect(settingsOf({ options, draws: 40, seed: 8 })).not.toEqual(some);
    // these are pinned: the trials of a plan are the same on every machine and in later versions
    expect(some[0]).toEqual({ lr: 0.0003548, dropout: 0.07634, hidden: 8, batch: 12, cell: 'rnn' });
    const of = (name: string) => some.map((settings) => settings[name] as number);
    expect(of('lr').filter((lr) => lr < 0.001).length).toBeGreaterThan(12); // as many in each decade, about
    expect(of('lr').filter((lr) => lr >= 0.001).length).toBeGreaterThan(12);
    expect(of('lr').every((lr) => lr >= 0.0001 && lr <= 0.01)).toBe(true);
    expect([...new Set(of('hidden'))].sort()).toEqual([10, 8, 9].sort());
    expect(of('batch').every(Number.isInteger)).toBe(true);
    expect(new Set(of('cell')).size).toBe(2);
    const seeds = settingsOf({ options: { ...options, seed: [1, 2] }, draws: 2 });
    expect(seeds.map(({ seed }) => seed)).toEqual([1, 2, 1, 2]);
    expect([seeds[0].lr, seeds[2].lr]).toEqual([seeds[1].lr, seeds[3].lr]);
  });

  test.each<[string, object]>([
    ['plan.json, hidden: expected a whole number of 1 or more, got 0', { options: { hidden: [8, 0] } }],
    ['plan.json, hiden: there is no such option of train; did you mean hidden?', { options: { hiden: 8 } }],
    ['plan.json, cell: expected one of rnn, gru', { options: { cell: { choice: ['gruu'] } } }],
    ['plan.json, out: expected options that a trial may have', { options: { out: 'x' } }],
    ['plan.json, tied: expected true or false, got "yes"', { options: { tied: 'yes' } }],
    ['plan.json, hidden: expected integer, log or choice', { options: { hidden: { uniform: [1, 2] } }, draws: 2 }],
    ['plan.json, lr: expected two numbers above 0', { options: { lr: { log: [0.1, 0.01] } }, draws: 2 }],
    ['plan.json, lr: expected one of uniform, log', { options: { lr: { normal: [0, 1] } }, draws: 2 }],
    ['plan.json, seed: expected each value once, got 1 twice', { options: { seed: [1, 1] } }],
    ['plan.json, draws: expected how often', { options: { lr: { log: [0.01, 0.1] } } }],
    ['plan.json, draws needs a range', { draws: 2 }],
    ['plan.json, cell: expected in options or in list', { options: { cell: 'gru' }, list: [{ cell: 'rnn' }] }],
    ['plan.json, halving, factor: expected a whole number from 2', { halving: { factor: 1 } }],
    ['plan.json: there is no option trials', { trials: 3 }],
    ['plan.json, files: expected a file from the folder of the plan, got no.txt', { files: 'no.txt' }],
    [
      'plan.json, trial 1, --momentum works only with --optimizer',
      { list: [{ clip: 1 }, { optimizer: 'adam', momentum: 0.5 }] },
    ],
    ['plan.json, trial 0, --target: expected --task forecast', { options: { target: 'x' } }],
    ['plan.json, trial 0, --validation: expected a share', { options: { validation: 0 } }],
  ])('%s', (sentence, plan) => {
    const path = write(plan);
    expect(() => readPlan(path)).toThrow(sentence.replace('plan.json', path));
  });
});

describe('halving', () => {
  const course = (losses: readonly number[], more: Partial<Course> = {}): Course => ({
    losses: losses.map((loss, i) => ({ epoch: i + 1, loss })),
    ...{ epoch: losses.length, isDone: false, hasFailed: false, ...more },
  });
  const halving = { factor: 2, epochs: 1 };
  const kinds = (courses: readonly Course[]) =>
    nextOf(courses, halving).map((next) => ('epochs' in next ? `${next.kind} ${next.epochs}` : next.kind));

  test('lets nobody go on before all have come as far', () => {
    expect(kinds([course([1]), course([]), course([3]), course([4])])).toEqual([
      'wait 1',
      'train 1',
      'wait 1',
      'wait 1',
    ]);
    expect(kinds([course([1]), course([2]), course([3]), course([4])])).toEqual([
      'train 2',
      'train 2',
      'stopped 1',
      'stopped 1',
    ]);
    expect(kinds([course([1, 1]), course([2]), course([3]), course([4])])).toEqual([
      'wait 2',
      'train 2',
      'stopped 1',
      'stopped 1',
    ]);
    expect(kinds([course([1, 1]), course([2, 0.5]), course([3]), course([4])])).toEqual([
      'stopped 2',
      'train null',
      'stopped 1',
      'stopped 1',
    ]);
  });

  test('compares by the losses of the rung, whatever came later; equals by their numbers; what failed is the worst', () => {
    expect(kinds([course([5, 0]), course([2]), course([2]), course([], { hasFailed: true })])).toEqual([
      'stopped 1',
      'train 2',
      'train 2',
      'stopped 1',
    ]);
    expect(kinds([course([2]), course([2]), course([2])])).toEqual(['train 2', 'train 2', 'stopped 1']);
  });

  test('counts a trial that patience ended as one that has come as far', () => {
    const ended = course([1], { isDone: true });
    expect(kinds([ended, course([2]), course([3]), course([4])])).toEqual([
      'wait 2',
      'train 2',
      'stopped 1',
      'stopped 1',
    ]);
    expect(kinds([ended, course([2, 2]), course([3]), course([4])])).toEqual([
      'done',
      'stopped 2',
      'stopped 1',
      'stopped 1',
    ]);
    expect(kinds([ended, course([2], { isDone: true })])).toEqual(['done', 'done']);
  });
});

test('the environment tells the place among processes; one process is none', () => {
  expect(rankIn({ OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4' })).toMatchObject({ index: 2, count: 4 });
  expect(rankIn({ PMI_RANK: '0', PMI_SIZE: '1' })).toBe(null);
  expect(rankIn({ SLURM_PROCID: '0', SLURM_NTASKS: '8' })).toBe(null); // a batch script, no rank
  expect(rankIn({ SLURM_PROCID: '3', SLURM_STEP_NUM_TASKS: '8' })).toMatchObject({ index: 3, count: 8 });
  const array = { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_MAX: '11' };
  expect(placeIn(array)).toMatchObject({ index: 5, count: 12 });
  expect(placeIn({ ...array, SLURM_ARRAY_TASK_MIN: '5' })).toMatchObject({ index: 5, count: null });
  expect(placeIn({ JOB_COMPLETION_INDEX: '3' })).toMatchObject({ index: 3, count: null });
  expect(() => placeIn({ JOB_COMPLETION_INDEX: 'x' })).toThrow('JOB_COMPLETION_INDEX: expected a whole number');
});

test('trials are folders of train; the best is named with its command; another plan is refused', async () => {
  const options = { updates: 6, batch: 2, bptt: 8, hidden: [4, 6] };
  write({ options }, 'small.json');
  const sweep = (...args: string[]) => unrolled(['sweep', 'small.json', '--out', 'small', ...args], folder);
  const states = async () => jsonLines((await sweep('--status', '--json')).stdout);
  expect((await states()).map(({ state }) => state)).toEqual(['not begun', 'not begun']);
  expect(await sweep('--trial', '1')).toMatchObject({
    code: 0,
    stdout: 'Trial 1 is done; its model is in small/trial-1.\n',
  });
  expect((await states()).map(({ state }) => state)).toEqual(['not begun', 'done']);
  // a rank of mpirun is no part of a run over MPI here
  const rank = { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' };
  const first = unrolled(['sweep', 'small.json', '--out', 'small', '--trial', '0'], folder, undefined, rank);
  expect(await first).toMatchObject({ code: 0, stderr: '' });
  const all = await sweep('--jobs', '1');
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toContain('2 trials, 2 of them done, 1 at a time');
  const after = await states();
  const losses = after.map(({ validationLoss }) => validationLoss as number);
  const best = losses[0] < losses[1] ? 0 : 1;
  expect(after.map((one) => one.best)).toEqual([best === 0, best === 1]);
  // a trial is the run of its command, bit for bit
  const [, command] = /^ {2}\S.*? (train .*)$/m.exec(all.stdout)!;
  const again = await unrolled([...command.split(' '), '--quiet'], folder);
  expect(again).toMatchObject({ code: 0, stderr: '' });
  const weights = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
  expect(weights('best').equals(weights(`small/trial-${best}`))).toBe(true);
  write({ options: { ...options, hidden: [4, 5] } }, 'small.json');
  expect(await sweep('--status')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      '--out small: expected the plan that its trials were begun with (small/sweep.json), got another in small.json',
    ),
  });
  expect(existsSync(join(folder, 'small/trial-2'))).toBe(false);
  expect(await sweep('--trial', '2', '--status')).toMatchObject({ code: 2 });
});

test('a trial that ends with an error keeps its sentence until it is tried again', async () => {
  write({ options: { updates: 2, bptt: 8, hidden: 4, batch: [2, 5000] } }, 'bad.json');
  const sweep = (...args: string[]) => unrolled(['sweep', 'bad.json', '--out', 'bad', ...args], folder);
  const { code, stderr } = await sweep('--trial', '1');
  const sentence =
    'text: expected at least 10000 tokens for --batch 5000 (2 for each stream), got 1100; take a smaller --batch or more text';
  expect({ code, stderr }).toEqual({ code: 2, stderr: `unrolled: ${sentence}\n` });
  const status = await sweep('--status');
  expect(status.stdout).toMatch(/ {2}1 +failed/);
  expect(status.stdout).toContain(`Trial 1 failed: ${sentence}\n`);
  expect(jsonLines((await sweep('--status', '--json')).stdout)[1]).toMatchObject({ state: 'failed', best: false });
});

test('one of several processes that has a trial with an error says so at its end, when the others are done', async () => {
  write({ options: { updates: 2, bptt: 8, hidden: 4, batch: [5000, 2] } }, 'shared.json');
  const sweep = ['sweep', 'shared.json', '--out', 'shared'];
  const rank = (index: number) =>
    start(sweep, folder, 'ignore', undefined, { PMI_RANK: String(index), PMI_SIZE: '2' }).finished;
  const [wrong, right] = await Promise.all([rank(0), rank(1)]);
  expect(right).toMatchObject({ code: 0, stderr: '', stdout: 'Trial 1 is done; its model is in shared/trial-1.\n' });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(
    /^unrolled: trial 0: text: expected .*\nunrolled: sweep: expected every trial to come to its end, got an error in 1 of 1, .*; change the plan, and give another --out\n$/,
  );
  expect((await unrolled(sweep, folder)).code).toBe(2);
  const { stdout } = await unrolled([...sweep, '--status'], folder);
  expect(stdout).toContain('\n1 of 2 trials done, 1 failed.\n');
  const task = { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_MAX: '0' };
  expect(await start([...sweep, '--trial', 'auto'], folder, 'ignore', undefined, task).finished).toMatchObject({
    code: 2,
  });
});

test('a sweep.json of another program is never replaced', async () => {
  mkdirSync(join(folder, 'foreign'));
  for (const theirs of ['{"method":"random"}', 'no JSON']) {
    writeFileSync(join(folder, 'foreign/sweep.json'), theirs);
    write({ options: { updates: 1 } }, 'mine.json');
    const { code, stderr } = await unrolled(['sweep', 'mine.json', '--out', 'foreign'], folder);
    expect(stderr).toMatch(/^unrolled: --out foreign: .* sweep\.json another program may have written/);
    expect(code).toBe(2);
    expect(readFileSync(join(folder, 'foreign/sweep.json'), 'utf8')).toBe(theirs);
  }
});

test('looking at a plan writes nothing, and a plan of which nothing has begun may change', async () => {
  const sweep = (...args: string[]) => unrolled(['sweep', 'looked.json', '--out', 'looked', ...args], folder);
  write({ options: { updates: 2, bptt: 8, hidden: 4 } }, 'looked.json');
  expect(await sweep('--status')).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^looked: nothing has begun/),
  });
  expect((await sweep('--print', 'slurm')).code).toBe(0);
  expect(existsSync(join(folder, 'looked'))).toBe(false);
  write({ options: { updates: 2, bptt: 8, batch: 5000 } }, 'looked.json');
  expect((await sweep()).code).toBe(2); // its trial ends with an error before there is anything to keep
  write({ options: { updates: 2, bptt: 8, batch: 2, hidden: 4 } }, 'looked.json');
  expect(await sweep()).toMatchObject({ code: 0, stderr: '' });
  // a plan of eleven trials names its folders with two digits
  write({ options: { updates: 2, seed: Array.from({ length: 11 }, (_, i) => i) } }, 'looked.json');
  expect(await sweep('--status')).toMatchObject({ code: 2, stderr: expect.stringContaining('got another in') });
});

test.each([
  [
    'shards that do not divide the batch',
    { options: { shards: [1, 8], batch: 4 } },
    [],
    /trial 1, shards: expected a batch that 8/,
  ],
  [
    'shards that are no power of two',
    { options: { shards: 3 } },
    [],
    /trial 0, shards: expected a power of two, got 3/,
  ],
  [
    'a list among the options',
    { options: { list: [{ hidden: 4 }] } },
    [],
    /list: expected beside options, got it among them/,
  ],
  [
    'a file for a folder',
    { options: { hidden: 4 } },
    ['--out', 'wrong.json'],
    /--out wrong.json: expected a folder for the trials, got a file/,
  ],
  [
    'a folder that pods do not see',
    { options: { hidden: 4 } },
    ['--out', '../pods', '--print', 'kubernetes'],
    /--out \.\.\/pods: expected a folder beside the plan/,
  ],
  [
    '--json of a script',
    { options: { hidden: 4 } },
    ['--out', 'x', '--print', 'slurm', '--json'],
    /--json cannot be combined with --print; leave it out/,
  ],
] as const)('%s: one sentence, and nothing is written', async (_, plan, args, sentence) => {
  write(plan, 'wrong.json');
  const asked = args.length > 0 ? args : ['--out', 'x', '--status'];
  const { code, stderr } = await unrolled(['sweep', 'wrong.json', ...asked], folder);
  expect(code).toBe(2);
  expect(stderr).toMatch(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(existsSync(join(folder, 'x'))).toBe(false);
});

test('halving pauses a trial where the others have to come as far, and the last one trains as if it had never paused', async () => {
  write({ options: { epochs: 2, batch: 2, bptt: 64, hidden: [4, 5, 6] }, halving: true }, 'halved.json');
  const sweep = async (trial: number) =>
    (await unrolled(['sweep', 'halved.json', '--out', 'halved', '--trial', String(trial)], folder)).stdout;
  expect(await sweep(0)).toBe(
    'Trial 0 is saved and goes on when it is carried out again, once all others have done 1 epoch.\n',
  );
  await sweep(1);
  await sweep(2);
  const said = [await sweep(0), await sweep(1), await sweep(2)];
  const last = said.findIndex((one) => one.includes('is done'));
  expect(said.filter((one) => one.includes('is stopped after 1 epoch'))).toHaveLength(2);
  const plain = ['--epochs', '2', '--batch', '2', '--bptt', '64', '--threads', '1', '--blas', 'none', '--quiet'];
  await unrolled(['train', 'short.txt', '--out', 'unpaused', '--hidden', String(4 + last), ...plain], folder);
  for (const name of ['model.safetensors', 'checkpoint.safetensors'])
    expect(
      readFileSync(join(folder, 'halved', `trial-${last}`, name)).equals(readFileSync(join(folder, 'unpaused', name))),
    ).toBe(true);
});

test('what is submitted: every trial once, for each pass of halving', async () => {
  write({ options: { hidden: 4, seed: [1, 2, 3, 4, 5] } }, 'My plan.json');
  const of = async (kind: string, ...more: string[]) =>
    (await unrolled(['sweep', 'My plan.json', '--out', `printed${more.length}`, '--print', kind, ...more], folder))
      .stdout;
  expect(await of('slurm')).toMatch(
    /#SBATCH --job-name=sweep-my-plan\n#SBATCH --array=0-4%5\n[\s\S]*\nexec .* sweep 'My plan.json' --out printed0 --trial auto\n$/,
  );
  expect(await of('slurm', '--halving')).toContain('for pass in $(seq 2 3)'); // 5 → 2 → 1
  expect(await of('parallel')).toMatch(/^seq 0 4 \| parallel .* --out printed0 --trial \{\}\n$/);
  expect(await of('mpi')).toMatch(/^mpirun -n \d --bind-to none .* sweep 'My plan.json' --out printed0\n$/);
});
