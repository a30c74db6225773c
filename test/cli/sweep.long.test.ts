// The promise of a sweep: trials that are killed at random on four workers, and started again, end with the bytes of one process that nobody
// disturbed. And what is submitted to others, given to them where they are installed: bash, Slurm, GNU parallel, Redis. Where one is missing, its
// test is skipped and says so.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { nextOf } from '../../src/cli/sweep/halving.ts';
import { readPlan } from '../../src/cli/sweep/plan.ts';
import { stateOf } from '../../src/cli/sweep/state.ts';
import { Random } from '../../src/random.ts';
import { jsonLines, main, root, shortText, start, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
shortText(folder, 1500);
const options = { epochs: 4, batch: 4, bptt: 8, hidden: [4, 6], cell: ['rnn', 'gru'], lr: { log: [0.001, 0.05] } };
writeFileSync(join(folder, 'plan.json'), JSON.stringify({ files: 'short.txt', options, draws: 3, halving: true }));
writeFileSync(join(folder, 'four.json'), JSON.stringify({ files: 'short.txt', options: { ...options, lr: 0.01 } }));

const states = async (plan: string, out: string) =>
  jsonLines((await unrolled(['sweep', plan, '--out', out, '--status', '--json'], folder)).stdout);
const summary = async (plan: string, out: string) =>
  (await states(plan, out)).map(({ directory, ...state }) => ({
    ...state,
    directory: String(directory).replace(out, ''),
  }));
const isOver = ({ state }: Record<string, unknown>): boolean => state === 'done' || state === 'stopped';
const files = ['model.safetensors', 'checkpoint.safetensors', 'config.json', 'tokenizer.json'];

/** Fails unless the trials of two folders have the same states, losses and bytes. */
async function expectSame(plan: string, out: string, other: string): Promise<void> {
  const [trials, theirs] = [await summary(plan, out), await summary(plan, other)];
  expect(theirs).toEqual(trials);
  for (const { directory } of trials)
    for (const name of files) {
      const [own, same] = [out, other].map((one) => readFileSync(join(folder, one, String(directory), name)));
      expect(own.equals(same), `${directory}/${name}`).toBe(true);
    }
}

/** Whether a program is there; says so aloud where it is not. */
function has(program: string): boolean {
  const found = spawnSync(program, ['--version']).error === undefined;
  if (!found) console.warn(`sweep.long.test.ts: ${program} is not installed, so the test that needs it is skipped`);
  return found;
}

/** A process that carries out all trials as far as they may go, as the only task of an array. */
const alone = { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_MAX: '0' };

test('12 trials on 4 workers that are killed at random: the summary and the bytes of one process', async () => {
  const passes = 3; // 12, after one epoch 4, after three 2, which have four in all
  const sweep = (out: string) => ['sweep', 'plan.json', '--out', out];
  for (let pass = 0; pass < passes; pass++)
    expect(
      await start([...sweep('serial'), '--trial', 'auto'], folder, 'ignore', undefined, alone).finished,
    ).toMatchObject({ code: 0, stderr: '' });
  const serial = await states('plan.json', 'serial');
  expect(serial.map(({ state }) => state).sort()).toEqual(['done', 'done', ...new Array(10).fill('stopped')]);
  const random = new Random(Date.now());
  let begun = 0;
  let killed = 0;
  const plan = readPlan(join(folder, 'plan.json'));
  const next = () =>
    nextOf(
      plan.trials.map((trial) => stateOf(plan, join(folder, 'killed'), trial)),
      plan.halving,
    );
  const worker = async (rank: number): Promise<void> => {
    for (;;) {
      const open = next();
      if (!open.some(({ kind }) => kind === 'train' || kind === 'wait')) return;
      if (!open.some(({ kind }, i) => kind === 'train' && i % 4 === rank)) {
        await new Promise((resolve) => setTimeout(resolve, 200)); // for the others
        continue;
      }
      const run = start(sweep('killed'), folder, 'ignore', undefined, { PMI_RANK: String(rank), PMI_SIZE: '4' });
      const isDoomed = ++begun <= 8;
      const bomb = isDoomed ? setTimeout(() => run.process.kill('SIGKILL'), random.uniform(100, 2_000)) : undefined;
      const { signal, stderr } = await run.finished;
      clearTimeout(bomb);
      expect(stderr).toBe('');
      if (signal === 'SIGKILL') killed++;
    }
  };
  await Promise.all([0, 1, 2, 3].map(worker));
  expect(killed).toBeGreaterThan(0);
  await expectSame('plan.json', 'serial', 'killed');
});

test('a sweep on this machine stops at a signal, or with its process, loses nothing and goes on', async () => {
  const sweep = ['sweep', 'four.json', '--out', 'here', '--jobs', '2'];
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const run = start(sweep, folder);
    await new Promise<void>((resolve) => run.process.stdout!.once('data', () => resolve()));
    setTimeout(() => run.process.kill(signal), 700);
    const { code } = await run.finished;
    expect([0, 130, null]).toContain(code); // done already on a fast machine
  }
  const { code, stderr, stdout } = await start(sweep, folder).finished;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/\nThe best is trial \d, held-out loss /);
  expect(
    await start(['sweep', 'four.json', '--out', 'alone', '--trial', 'auto'], folder, 'ignore', undefined, alone)
      .finished,
  ).toMatchObject({ code: 0 });
  await expectSame('four.json', 'alone', 'here');
  const compared = await unrolled(['compare', 'here/trial-0', 'here/trial-3'], folder);
  expect(compared).toMatchObject({ code: 0, stdout: expect.stringMatching(/--hidden +4 +6/) });
});

/** What --print prints, with this build as the command. */
async function printed(kind: string, out: string): Promise<string> {
  const command = { UNROLLED_COMMAND: `${process.execPath} ${main}` };
  const { code, stdout } = await start(
    ['sweep', 'four.json', '--out', out, '--print', kind],
    folder,
    'ignore',
    undefined,
    command,
  ).finished;
  expect(code).toBe(0);
  return stdout;
}

test('the script of Slurm is one that bash and sbatch take', async () => {
  writeFileSync(
    join(folder, 'sweep.sh'),
    (await printed('slurm', 'slurm')).replace('--mem-per-cpu=2G', '--mem-per-cpu=1G'),
  );
  expect(spawnSync('bash', ['-n', 'sweep.sh'], { cwd: folder, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
  if (!has('sbatch')) return;
  if (spawnSync('sinfo', ['-h']).status !== 0)
    return console.warn('sweep.long.test.ts: no Slurm controller answers, so sbatch --test-only is skipped');
  const { status, stderr } = spawnSync('sbatch', ['--test-only', 'sweep.sh'], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toMatch(/^sbatch: Job \d+ to start at /);
  expect(status).toBe(0);
});

test('the line of GNU parallel carries out the sweep', async () => {
  const line = await printed('parallel', 'parallel');
  if (!has('parallel')) return;
  const out = execFileSync('bash', ['-c', line.replace('| parallel', '| parallel -k')], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(out.match(/Trial \d is done/g)).toEqual([0, 1, 2, 3].map((i) => `Trial ${i} is done`));
  expect((await states('four.json', 'parallel')).every(isOver)).toBe(true);
});

test('the manifest of Kubernetes has what the schema of a Job asks for', async () => {
  const lines = (await printed('kubernetes', 'trials'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  /** The scalars by their path. */
  const found: Record<string, string> = {};
  const open: { indent: number; key: string }[] = [];
  for (const line of lines) {
    const [, indent, dash, key, value] = /^( *)(- )?([A-Za-z]+|\{.*\}):? ?(.*)$/.exec(line)!;
    const depth = indent.length + (dash?.length ?? 0);
    while (open.length > 0 && open.at(-1)!.indent >= depth) open.pop();
    open.push({ indent: depth, key });
    if (value !== '') found[open.map((one) => one.key).join('.')] = value;
  }
  const pod = 'spec.template.spec';
  expect(found).toMatchObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    'metadata.name': expect.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
    'spec.completionMode': 'Indexed',
    'spec.completions': '4',
    'spec.parallelism': '4',
    'spec.backoffLimit': '24',
    [`${pod}.restartPolicy`]: expect.stringMatching(/^(OnFailure|Never)$/), // a Job takes no other
    [`${pod}.containers.name`]: 'trial',
    [`${pod}.containers.image`]: 'unrolled',
    [`${pod}.containers.args`]: '["sweep", "/data/four.json", "--out", "/data/trials", "--trial", "auto"]',
    [`${pod}.volumes.name`]: 'data',
  });
  const pods = start(['sweep', 'four.json', '--out', 'pods', '--trial', 'auto'], folder, 'ignore', undefined, {
    JOB_COMPLETION_INDEX: '2',
  });
  expect(await pods.finished).toMatchObject({ code: 0, stdout: 'Trial 2 is done; its model is in pods/trial-2.\n' });
});

test('workers of BullMQ carry out the trials, and one that is killed loses none', async () => {
  const packages = [process.env.BULLMQ ?? '', join(root, 'node_modules')].find((path) =>
    existsSync(join(path, 'bullmq')),
  );
  if (packages === undefined)
    return console.warn(
      'sweep.long.test.ts: BULLMQ is no folder of packages with bullmq in it, so the test that needs it is skipped',
    );
  if (!has('redis-server')) return;
  const port = await freePort();
  const redis = spawn('redis-server', ['--port', String(port), '--save', '', '--dir', folder]);
  await new Promise<void>((resolve) => {
    redis.stdout.on('data', (said) => String(said).includes('Ready to accept connections') && resolve());
  });
  try {
    mkdirSync(join(folder, 'shop'));
    symlinkSync(packages, join(folder, 'shop/node_modules'));
    cpSync(join(root, 'examples/cluster/queue.mjs'), join(folder, 'shop/queue.mjs'));
    const env = {
      ...process.env,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      UNROLLED: `${process.execPath} ${main}`,
      CONCURRENCY: '1',
    };
    const queue = (...args: string[]) =>
      spawn(process.execPath, ['shop/queue.mjs', ...args], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const adding = queue('add', 'four.json', 'shop/trials');
    expect(await new Promise((resolve) => adding.once('close', resolve))).toBe(0);
    const workers = [queue('work'), queue('work')];
    let said = '';
    await new Promise<void>((resolve) => {
      for (const worker of workers)
        worker.stdout.on('data', (chunk) => {
          // the first one dies while it is at its next trial
          if (said === '') workers[0].kill('SIGKILL');
          said += chunk;
          if (said.match(/is done/g)?.length === 4) resolve();
        });
    });
    workers[1].kill('SIGTERM');
    await new Promise((resolve) => workers[1].once('close', resolve));
    await expectSame('four.json', 'alone', 'shop/trials');
  } finally {
    redis.kill();
  }
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
