// One run in several processes over MPI, with each library that is installed: the same bytes for any number of processes, also after a kill; and what goes
// wrong is one sentence. Without mpirun of Open MPI or MPICH these tests are skipped, which their titles say.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { jsonLines, main, root, shortText, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
/** A model and a text as small as they may be: most of the time here goes into starting processes. */
const options = '--hidden 8 --layers 2 --dropout 0.2 --batch 16 --bptt 8 --epochs 2'.split(' ');
const train = (out: string, ...more: string[]): string[] => [main, 'train', 'text.txt', '--out', out, ...more];
const run = (out: string, ...more: string[]): string[] => train(out, ...options, '--shards', '8', '--json', ...more);

const epochs = (count: number, args: string[]): string[] => args.with(args.indexOf('--epochs') + 1, String(count));
/** How often a run is killed; more by hand. */
const kills = Number(process.env.KILLS ?? 2);
/** A run that can be disturbed so often before it is over. */
const long = (out: string): string[] => epochs(8 + 2 * kills, run(out, '--save-every', '20'));

interface Launcher {
  readonly name: string;
  /** The program that starts processes. */
  readonly program: string;
  readonly flags: readonly string[];
}

const launchers: Launcher[] = [
  {
    name: 'Open MPI',
    program: 'mpirun.openmpi',
    flags: ['--allow-run-as-root', '--oversubscribe', '--bind-to', 'none'],
  },
  { name: 'MPICH', program: 'mpirun.mpich', flags: [] },
];

const has = ({ program }: Launcher): boolean => {
  try {
    createRequire(import.meta.url)('koffi');
    execFileSync('which', [program]);
    return true;
  } catch {
    return false;
  }
};
const [openMpi, mpich] = launchers.map((launcher) => ({ ...launcher, isThere: has(launcher) }));
const title = ({ name, isThere }: typeof openMpi): string =>
  `${name}${isThere ? '' : ' (skipped: its mpirun or koffi is not installed)'}`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts so many processes of a command. */
function start({ program, flags }: Launcher, count: number, args: readonly string[]): ChildProcess {
  // one thread each: the machine may have as few cores as two
  return spawn(program, [...flags, '-n', String(count), process.execPath, ...args], { cwd: folder });
}

function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (data) => (stdout += data));
  child.stderr!.on('data', (data) => (stderr += data));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

const carriedOut = (launcher: Launcher, count: number, args: readonly string[]): Promise<Ended> =>
  ended(start(launcher, count, args));

/** The sentences of the command, without the launcher's own lines. */
const sentences = ({ stderr }: Ended): string[] => stderr.split('\n').filter((line) => line.startsWith('unrolled: '));

const bytes = (out: string, name: string): Buffer => readFileSync(join(folder, out, name));
/** Metrics without what a clock wrote, and without the commands that were given. */
const metrics = (out: string): object[] =>
  jsonLines(bytes(out, 'metrics.jsonl').toString())
    .filter(({ event }) => event !== 'start')
    .map(({ charactersPerSecond, tokensPerSecond, seconds, ...line }) => line);

function expectSame(out: string, as: string): void {
  for (const name of ['model.safetensors', 'checkpoint.safetensors', 'config.json', 'tokenizer.json'])
    expect(bytes(out, name).equals(bytes(as, name)), name).toBe(true);
  expect(metrics(out)).toEqual(metrics(as));
}
const expectSameAsWhole = (out: string): void => expectSame(out, 'whole');

/** Waits until a file is there. */
async function appears(name: string): Promise<void> {
  while (!existsSync(join(folder, name))) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The processes of ranks: those whose environment says so. */
function pidOf(rank: number, out: string): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      const isRank = environment.some(
        (line) => /^(OMPI_COMM_WORLD_RANK|PMI_RANK)=/.test(line) && line.endsWith(`=${rank}`),
      );
      if (isRank && command.includes(`\0${out}\0`) && command.includes('main.js')) return Number(pid);
    } catch {} // it has ended meanwhile
  }
  throw new Error(`rank ${rank}: expected a process, got none`);
}

beforeAll(async () => {
  if (!openMpi.isThere && !mpich.isThere) return;
  shortText(folder, 4_000, 'text.txt');
  execFileSync(process.execPath, run('whole', '--blas', 'none'), { cwd: folder });
  execFileSync(process.execPath, [...long('undisturbed'), '--blas', 'none'], { cwd: folder });
});

describe.skipIf(!openMpi.isThere)(`one run over ${title(openMpi)}`, () => {
  test.each([1, 2, 4])('has in %i processes the bytes of one', async (count) => {
    const { code, stderr, stdout } = await carriedOut(openMpi, count, run(`open-${count}`));
    expect([code, stderr]).toEqual([0, '']);
    expect(jsonLines(stdout).filter(({ event }) => event === 'done').length).toBe(1);
    expectSameAsWhole(`open-${count}`);
  });

  test(`ends when a random process is killed, ${kills} times, and goes on with another number of them to the same bytes`, async () => {
    const random = new Random(kills);
    const checkpoint = join(folder, 'killed', 'checkpoint.safetensors');
    let hit = 0;
    for (let i = 0; i < kills; i++) {
      const count = [4, 2, 1][i % 3];
      const before = existsSync(checkpoint) ? bytes('killed', 'checkpoint.safetensors') : Buffer.alloc(0);
      const job = start(openMpi, count, i === 0 ? long('killed') : train('killed', '--resume', '--save-every', '20'));
      let isOver = false;
      const end = ended(job).finally(() => (isOver = true));
      // far enough that each job adds something, not so far that the run is over
      while (!isOver && !(existsSync(checkpoint) && !bytes('killed', 'checkpoint.safetensors').equals(before)))
        await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, random.next() % 50));
      try {
        process.kill(pidOf(random.next() % count, 'killed'), 'SIGKILL');
        hit++;
      } catch {} // it was over
      const { code } = await end;
      if (code === 0) break;
    }
    expect(hit).toBeGreaterThanOrEqual(kills / 2);
    expect((await carriedOut(openMpi, 2, train('killed', '--resume', '--quiet'))).code).toBe(0);
    expectSame('killed', 'undisturbed');
  });

  test('saves when it is told to stop, and one process goes on', async () => {
    const job = start(openMpi, 2, long('stopped'));
    const end = ended(job);
    await appears('stopped/checkpoint.safetensors');
    process.kill(pidOf(1, 'stopped'), 'SIGTERM'); // which rank hears it makes no difference
    expect((await end).code).toBe(143);
    execFileSync(process.execPath, train('stopped', '--resume', '--quiet'), { cwd: folder });
    expectSame('stopped', 'undisturbed');
  });

  let attempts = 0;
  // a busy machine may hold up the process that waits first, so that another speaks before it
  test('keeps other runs out of its folder, and ends where a process hangs, and says first for whom it waited', {
    retry: 2,
  }, async () => {
    const hung = `hung-${++attempts}`;
    const job = start(openMpi, 4, epochs(40_000, run(hung, '--mpi-timeout', '3')));
    const end = ended(job);
    await appears(`${hung}/checkpoint.safetensors`);
    const second = await ended(spawn(process.execPath, run(hung, '--overwrite'), { cwd: folder }));
    expect(second.code).toBe(2);
    expect(sentences(second)).toEqual([
      expect.stringMatching(/^unrolled: hung-\d: .*another process|is locked|writes/),
    ]);
    process.kill(pidOf(3, hung), 'SIGSTOP');
    const over = await end;
    expect(over.code).not.toBe(0);
    expect(sentences(over)[0]).toMatch(
      /^unrolled: rank [12] on \S+: expected an answer of rank 3 within 3 seconds, after update \d+, got none; the job ends/,
    );
  });

  test('measures its messages, and what a model may expect of them', async () => {
    const over = await carriedOut(openMpi, 2, [main, 'mpi-info', 'whole', '--json']);
    expect([over.code, over.stderr]).toEqual([0, '']);
    const { processes, library, places, links, sums, model } = JSON.parse(over.stdout);
    expect([processes, places.length, links.length, sums.length]).toEqual([2, 2, 1, 3]);
    expect(library).toMatch(/^Open MPI v\d/);
    // null where other work held up the messages
    for (const { measured, expected } of sums) {
      expect(measured).toBeGreaterThan(0);
      expect(expected === null).toBe(links[0].rate === null);
      if (expected !== null) expect(expected).toBeGreaterThan(0);
    }
    expect(model).toMatchObject({ batch: 16, steps: 8, shards: 8 });
    expect(model.efficiency).toBeGreaterThan(0);
    expect(model.efficiency).toBeLessThan(1);
  });

  /** A copy of the program whose version is another one. */
  const otherVersion = (): string => {
    const copy = join(folder, 'other');
    cpSync(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(join(copy, 'package.json'), JSON.stringify({ ...description, version: '0.0.1' }));
    return join(copy, 'dist', 'cli', 'main.js');
  };
  const lonely = (rank: number, otherwise: string[], usual: string[]): string[] => [
    '-e',
    `const { spawnSync } = require('node:child_process');
     const args = process.env.OMPI_COMM_WORLD_RANK === '${rank}' ? ${JSON.stringify(otherwise)} : ${JSON.stringify(usual)};
     process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status);`,
  ];
  const other = run('refused').with(2, 'other.txt');
  test.each<[string, number, () => string[], number, RegExp]>([
    [
      'three processes',
      3,
      () => run('refused'),
      2,
      /^unrolled: mpi: expected a number of processes .* power of two, got 3; start 2 or 4$/,
    ],
    [
      'fewer shards than processes',
      4,
      () => run('refused').with(run('').indexOf('--shards') + 1, '2'),
      2,
      /^unrolled: --shards: expected at least one for each of the 4 processes, got 2; start 2 processes, or give --shards 4$/,
    ],
    [
      'a batch that shards do not divide',
      2,
      () => run('refused').with(run('').indexOf('--batch') + 1, '12'),
      2,
      /--shards: expected a batch that 8 shards divide, got 12/,
    ],
    ['an option that is wrong', 2, () => run('refused', '--lr', 'x'), 2, /^unrolled: --lr: expected a number/],
    [
      'another text',
      2,
      () => lonely(1, other, run('refused')),
      1,
      /^unrolled: rank 1 on \S+: expected data [0-9a-f]+.*, as rank 0 on \S+ has, got [0-9a-f]+/,
    ],
    [
      'another version of the program',
      2,
      () => lonely(1, [otherVersion(), ...run('refused').slice(1)], run('refused')),
      1,
      /^unrolled: rank 1 on \S+: expected version \S+, as rank 0 on \S+ has, got 0\.0\.1; all processes/,
    ],
    [
      'a file that one does not have',
      2,
      () => lonely(1, run('refused').with(2, 'missing.txt'), run('refused')),
      2,
      /^unrolled: rank 1 on \S+: missing.txt: /,
    ],
    [
      'a library that is none',
      2,
      () => run('refused', '--mpi', process.execPath),
      1,
      /^unrolled: (rank 1 on \S+: )?--mpi: expected an MPI library, got/,
    ],
  ])('is refused with %s, in one sentence', async (what, count, args, code, sentence) => {
    writeFileSync(join(folder, 'other.txt'), `${readFileSync(join(folder, 'text.txt'), 'utf8')}!`);
    const over = await carriedOut(openMpi, count, args());
    expect(over.code).toBe(code);
    const said = sentences(over);
    expect(said, over.stderr).not.toEqual([]);
    for (const line of said) expect(line).toMatch(sentence);
    if (!what.startsWith('a library')) expect(said.length).toBe(1);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });

  /** A folder on a disk that is too small for a save; only where this may be mounted. */
  const small = ['-m', 'sh', '-c', 'mount -t tmpfs -o size=16k none small && exec "$@"', 'sh'];
  const mayMount = (): boolean => {
    mkdirSync(join(folder, 'small'), { recursive: true });
    return spawnSync('unshare', [...small, 'true'], { cwd: folder }).status === 0;
  };
  test('says once that the disk of rank 0 is full', async ({ skip }) => {
    skip(!mayMount(), 'no file system may be mounted here');
    const args = [...openMpi.flags, '-n', '2', process.execPath, ...run('small/full')];
    const over = await ended(spawn('unshare', [...small, openMpi.program, ...args], { cwd: folder }));
    expect(over.code).toBe(1);
    expect(sentences(over)).toEqual([expect.stringMatching(/^unrolled: small\/full.*the disk is full/)]);
  });
});

describe.skipIf(!mpich.isThere)(`one run over ${title(mpich)}`, () => {
  test('has in two processes the bytes of one', async () => {
    const { code, stderr } = await carriedOut(mpich, 2, run('mpich'));
    expect([code, stderr]).toEqual([0, '']);
    expectSameAsWhole('mpich');
  });

  test('is refused with the library of another launcher', async () => {
    const library = execFileSync(
      'sh',
      ['-c', 'ls /usr/lib/*/libmpi.so.40 /usr/lib64/libmpi.so.40 2>/dev/null | head -1'],
      { encoding: 'utf8' },
    ).trim();
    if (!library) return;
    const over = await carriedOut(mpich, 2, run('wrong', '--mpi', library));
    expect(over.code).not.toBe(0);
    expect(sentences(over)[0]).toMatch(/mpi: expected 2 processes, as the launcher says, got 1 from Open MPI/);
  });

  test('a job that is killed goes on over the other library', async () => {
    const job = start(mpich, 2, long('moved'));
    const end = ended(job);
    await appears('moved/checkpoint.safetensors');
    process.kill(pidOf(1, 'moved'), 'SIGKILL');
    expect((await end).code).not.toBe(0);
    cpSync(join(folder, 'moved'), join(folder, 'alone'), { recursive: true });
    execFileSync(process.execPath, train('alone', '--resume', '--quiet'), { cwd: folder });
    expectSame('alone', 'undisturbed');
    if (!openMpi.isThere) return;
    expect((await carriedOut(openMpi, 4, train('moved', '--resume', '--quiet'))).code).toBe(0);
    expectSame('moved', 'undisturbed');
  });
});
