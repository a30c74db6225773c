// Several commands and one folder, in real processes: who may write, what a stopped or killed command leaves, and places where nothing can be written.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, test } from 'vitest';
import { lockName } from '../../src/node/folder-lock.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { some } from '../support/exhaustive.ts';
import {
  eachRequest,
  endedFiles,
  main,
  modelFiles,
  reached,
  shortText,
  start,
  stop,
  temporaryFolder,
  unrolled,
} from './support.ts';

const folder = temporaryFolder();
const isLinux = process.platform === 'linux';
const tiny = ['--hidden', '8', '--batch', '4', '--bptt', '8', '--threads', '1'];
const train = (out: string, ...more: string[]): string[] => ['train', 'text.txt', '--out', out, ...tiny, ...more];
const filesOf = (name: string): string[] => readdirSync(join(folder, name)).sort();
const at = (...path: string[]): string => join(folder, ...path);

beforeAll(async () => {
  shortText(folder, 3000, 'text.txt');
  expect((await unrolled(train('model', '--updates', '3', '--quiet'), folder)).stderr).toBe('');
});

describe('while a run writes into a folder', () => {
  test('every command that would write there too is refused at once, and readers are not', async () => {
    const run = start(train('busy', '--updates', '100000000', '--json'), folder);
    await reached(run, 1);
    for (const command of [
      train('busy', '--updates', '3'),
      train('busy', '--updates', '3', '--overwrite'),
      ['train', 'text.txt', '--out', 'busy', '--resume'],
      ['export', 'model', '--to', 'pytorch', '--out', 'busy'],
      ['import', 'model', '--out', 'busy'],
    ]) {
      const { code, stdout, stderr } = await unrolled(command, folder);
      expect([command[0], stderr, stdout, code]).toEqual([
        command[0],
        expect.stringMatching(
          new RegExp(
            `^unrolled: busy: expected a folder into which nothing else writes, got that of process ${run.process.pid} \\(since [^)]+\\); ` +
              'wait for it or end it, or give another folder\\n$',
          ),
        ),
        '',
        2,
      ]);
    }
    expect((await unrolled(['sample', 'busy', '--length', '3'], folder)).stderr).toBe('');
    const { code, signal, stdout, stderr } = await stop(run, 'SIGINT');
    expect([code, signal, stderr, stdout.slice(-300)]).toEqual([130, null, '', expect.stringContaining('stopped')]);
    expect(filesOf('busy')).toEqual(endedFiles);
  });

  // two commands that were started together have both found the folder free; the second comes to its lock when the first is done
  const pairs: [title: string, before: string, first: string[], second: string[]][] = [
    ['two new runs', 'none', train('race', '--updates', '3', '--quiet'), train('race', '--updates', '2', '--quiet')],
    [
      'two that replace a model',
      'model',
      train('race', '--updates', '3', '--quiet', '--overwrite'),
      train('race', '--updates', '2', '--quiet', '--overwrite'),
    ],
    [
      'two that resume',
      'half',
      train('race', '--resume', '--epochs', '2', '--quiet'),
      train('race', '--resume', '--epochs', '2', '--quiet'),
    ],
    [
      'two exports',
      'none',
      ['export', 'model', '--to', 'pytorch', '--out', 'race'],
      ['export', 'model', '--to', 'huggingface', '--out', 'race'],
    ],
    [
      'two exports to a file',
      'none',
      ['export', 'model', '--to', 'onnx', '--out', 'race'],
      ['export', 'model', '--to', 'onnx', '--out', 'race'],
    ],
  ];
  test.each<[string, string, string[], string[]]>([...some(pairs, 2)])(
    'of %s the one that comes second is refused',
    { skip: !isLinux },
    async (title, before, first, second) => {
      const place = at(title.replaceAll(' ', '-'));
      mkdirSync(place);
      for (const name of ['model', 'text.txt']) cpSync(at(name), join(place, name), { recursive: true });
      if (before === 'model') cpSync(at('model'), join(place, 'race'), { recursive: true });
      if (before === 'half')
        expect(await unrolled(train('race', '--epochs', '1', '--quiet'), place)).toMatchObject({ code: 0, stderr: '' });
      const only = '^(open|link) (race/)?\\.(unrolled\\.lock|race)';
      const late = start(second, place, 'ignore', { folder: place, at: 1, how: 'SIGSTOP', only });
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (/^\d+ \(.*\) T/s.test(readFileSync(`/proc/${late.process.pid}/stat`, 'latin1'))) resolve();
          else setTimeout(look, 5);
        };
        look();
      });
      expect(await unrolled(first, place)).toMatchObject({ code: 0, stderr: '' });
      const bytes = (): string[] =>
        existsSync(join(place, 'race/config.json'))
          ? readdirSync(join(place, 'race')).map((name) => readFileSync(join(place, 'race', name), 'latin1'))
          : [readFileSync(join(place, 'race'), 'latin1')];
      const done = bytes();
      late.process.kill('SIGCONT');
      const { code, stderr } = await late.finished;
      expect(stderr).toMatch(
        /^unrolled: (race: expected the folder as it was when this command began|--out race: expected a new name)[^\n]*\n$/,
      );
      expect(code).toBe(2);
      expect(bytes()).toEqual(done);
    },
  );
});

describe('what a command leaves', () => {
  test('that was killed: a lock and half-written files, which any next command takes away', async () => {
    const run = start(train('killed', '--updates', '100000000', '--json'), folder);
    await reached(run, 1);
    await stop(run, 'SIGKILL');
    expect(filesOf('killed')).toContain(lockName);
    cpSync(at('killed'), at('killed-2'), { recursive: true });
    expect((await unrolled(['sample', 'killed', '--length', '3'], folder)).stderr).toBe('');
    expect(filesOf('killed')).toEqual(modelFiles);
    expect(await unrolled(train('killed-2', '--updates', '2', '--quiet', '--overwrite'), folder)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(filesOf('killed-2')).toEqual(endedFiles);
  });

  test('that was stopped at once by a second signal: nothing', async () => {
    const run = start(train('twice', '--updates', '100000000', '--json'), folder);
    await reached(run, 1);
    const { code } = await stop(run, 'SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT');
    expect([130, 143]).toContain(code);
    expect(filesOf('twice')).toEqual(modelFiles);
  });

  const moments: [string, number][] = [
    ['^write', 5],
    ['^rename .*model', 1],
    ['^unlink run/\\.unrolled\\.journal', 1],
  ];
  test.each(some(moments, 1))(
    'that heard Ctrl-C while its first save replaced a model: a whole run, at %s',
    async (only, nth) => {
      const place = at(`ctrl-c ${only.replaceAll(/[^a-z]/g, '')}`);
      mkdirSync(place);
      cpSync(at('model'), join(place, 'run'), { recursive: true });
      cpSync(at('text.txt'), join(place, 'text.txt'));
      const { code, stdout } = await unrolled(
        ['train', 'text.txt', '--out', 'run', '--updates', '100000000', '--overwrite', '--hidden', '9', '--json'],
        place,
        { folder: place, at: nth, how: 'SIGINT', only },
      );
      expect(code).toBe(130);
      expect(stdout).toMatch(/"event":"stopped","reason":"SIGINT"/);
      expect(readdirSync(join(place, 'run')).sort()).toEqual(endedFiles);
      expect(loadModel(join(place, 'run')).config.hiddenSize).toBe(9);
    },
  );

  test('that could not begin: no folder', async () => {
    const { code, stderr } = await unrolled(train('never/made', '--updates', '2'), folder, {
      ...{ folder, at: 1, how: 'ENOSPC', only: '^write never/made/\\.checkpoint' },
    });
    expect([stderr, code]).toEqual([
      'unrolled: never/made/checkpoint.safetensors: cannot be saved, the disk is full\n',
      1,
    ]);
    expect(existsSync(at('never'))).toBe(false);
  });

  test.each(some(['pytorch', 'onnx'], 1))(
    'that was killed in an export to %s: nothing that a later one would keep',
    async (to) => {
      const out = `${to}/out`;
      mkdirSync(at(to));
      const args = ['export', 'model', '--to', to, '--out', out];
      const killed = await unrolled(args, folder, { folder, at: 1, how: 'SIGKILL', only: '^fsync .*(model|out)' });
      expect(killed.signal).toBe('SIGKILL');
      expect((await unrolled(args, folder)).stderr).toBe('');
      expect(readdirSync(at(to))).toEqual(['out']);
      if (to === 'pytorch') expect(filesOf(out).filter((name) => name.startsWith('.'))).toEqual([]);
    },
  );
});

describe('a place where nothing can be written is called that:', () => {
  eachRequest<[string, string, RegExp]>([
    ['a system without new folders', '/proc/x', /the system makes no folders there/],
    ['below such', '/proc/x/y', /the system makes no folders there/],
    ['a system of fixed files', '/sys/x', /the system does not allow it there|no permission|the disk is read-only/],
  ])('%s', async (_, out, reason) => {
    for (const args of [train(out, '--updates', '2'), ['export', 'model', '--to', 'pytorch', '--out', out]]) {
      const { code, stderr } = await unrolled(args, folder);
      expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
      expect(stderr).toMatch(reason);
      expect(code).toBe(1);
    }
  });

  test('a read-only disk', { skip: !canMount() }, () => {
    const disk = at('disk');
    mkdirSync(disk);
    const inside = (...args: string[]): string =>
      execFileSync(
        'unshare',
        [
          ...[
            '-m',
            'sh',
            '-c',
            'mount -t tmpfs none "$0" && mkdir "$0/model" && cp -r "$1"/. "$0/model" && ' +
              'touch "$0/model/.config.json.1-1-ffffffff.0123456789ab.tmp" && mount -o remount,ro "$0" && shift 1 && "$@" 2>&1; true',
          ],
          ...[disk, at('model'), process.execPath, main, ...args],
        ],
        { cwd: folder, encoding: 'utf8' },
      );
    const sentence = 'cannot be saved, the disk is read-only\n';
    expect(inside(...train(`${disk}/new`, '--updates', '2'))).toContain(
      `unrolled: ${disk}/new: expected a folder that can be created, got an error: the disk is read-only\n`,
    );
    expect(inside(...train(`${disk}/model`, '--updates', '2', '--overwrite'))).toContain(
      `unrolled: ${disk}/model: ${sentence}`,
    );
    expect(inside('export', 'model', '--to', 'onnx', '--out', `${disk}/x.onnx`)).toBe(
      `unrolled: ${disk}/x.onnx: ${sentence}`,
    );
    expect(inside('sample', `${disk}/model`, '--length', '3', '--seed', '1')).not.toMatch(/unrolled:/);
  });
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a run whose folder was taken over says so, and writes no more there', async () => {
  const run = start(train('taken', '--updates', '100000000', '--json', '--save-every', '500'), folder);
  await reached(run, 1);
  const lock = at('taken', lockName);
  writeFileSync(at('other'), readFileSync(lock, 'utf8').replace(/"token":"[0-9a-f]{12}"/, '"token":"0123456789ab"'));
  renameSync(at('other'), lock);
  run.process.stdout!.resume();
  const { code, stderr } = await run.finished;
  expect(stderr).toMatch(
    /^unrolled: taken: expected the lock that this process took, got that of process \d+ [^\n]+\n$/,
  );
  expect(code).toBe(1);
});
