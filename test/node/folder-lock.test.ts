// The lock of a folder: who may write, what is left behind by the dead, and what a person is told.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { expectUnlocked, FolderLock, lockName } from '../../src/node/folder-lock.ts';
import { beginningOf, ownIdentity } from '../../src/node/process-identity.ts';
import { underFault } from '../support/faults.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = scratchFolder();
let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  path = join(folder, lockName);
});

const isLinux = process.platform === 'linux';
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
const minute = 60_000;

/** The sentence with which the folder is refused. */
function refusal(action: () => unknown = () => new FolderLock(folder).release()): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    expect(error.message).not.toMatch(/\n/);
    return `${error.kind}: ${error.message}`;
  }
  return 'none';
}

/** Leaves a lock of another process in the folder, that process being this one but for `changes`. */
function leave(changes: object, age = 0): void {
  const holder = { ...ownIdentity(), thread: 0, token: '0123456789ab', since: '2026-01-02T03:04:05.678Z', ...changes };
  fs.writeFileSync(path, JSON.stringify(holder));
  const then = Date.now() / 1000 - age / 1000;
  fs.utimesSync(path, then, then);
}

describe('a lock', () => {
  test('is one file, which names its process, and goes when it is given back', () => {
    const lock = new FolderLock(folder);
    expect(fs.readdirSync(folder)).toEqual([lockName]);
    expect(JSON.parse(fs.readFileSync(path, 'utf8'))).toMatchObject({ host: hostname(), pid: process.pid, thread: 0 });
    lock.expectHeld();
    lock.release();
    lock.release();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('is refused while it is held, in one sentence that says by whom, and what to do', () => {
    const lock = new FolderLock(folder);
    const sentence = new RegExp(
      `^usage: ${folder}: expected a folder into which nothing else writes, got that of process ${process.pid} \\(since [-\\d: ]+ UTC\\); ` +
        'wait for it or end it, or give another folder$',
    );
    expect(refusal()).toMatch(sentence);
    expect(refusal(() => expectUnlocked(folder))).toMatch(sentence);
    expect(fs.readdirSync(folder)).toEqual([lockName]);
    lock.release();
    expect(refusal()).toBe('none');
  });

  test('makes the folder, and takes it away again where nothing was written', () => {
    const below = join(folder, 'a/b');
    const lock = new FolderLock(below);
    lock.release();
    expect(fs.readdirSync(folder)).toEqual([]);
    const second = new FolderLock(below);
    fs.writeFileSync(join(below, 'model'), '');
    second.release();
    expect(fs.readdirSync(below)).toEqual(['model']);
  });

  test('is taken though its folder went between two steps, with the lock of the one before it', () => {
    const below = join(folder, 'a/b');
    for (const only of ['^open a/b/', '^mkdir a/b']) {
      let lock: FolderLock | undefined;
      const { error, calls } = underFault({ folder, at: 1, how: 'ENOENT', only }, () => {
        lock = new FolderLock(below);
      });
      expect(error).toBeUndefined();
      expect(calls.length).toBe(2);
      lock!.expectHeld();
      lock!.release();
      expect(fs.readdirSync(folder)).toEqual([]);
    }
  });

  test('of which the file is gone or another is missed, and the other stays', () => {
    const lock = new FolderLock(folder);
    leave({ pid: process.ppid, started: isLinux ? beginningOf(process.ppid) : null });
    const other = fs.readFileSync(path, 'utf8');
    expect(refusal(() => lock.expectHeld())).toMatch(
      new RegExp(
        `^failure: .*: expected the lock that this process took, got that of process ${process.ppid} \\(since`,
      ),
    );
    lock.release();
    expect(fs.readFileSync(path, 'utf8')).toBe(other);
    fs.unlinkSync(path);
    expect(refusal(() => lock.expectHeld())).toMatch(/got none; it writes no more there/);
  });

  test('works where the disk has no hard links', () => {
    for (const code of ['EPERM', 'EOPNOTSUPP', 'ENOSYS']) {
      let lock: FolderLock | undefined;
      underFault({ folder, at: 1, how: code, only: '^link' }, () => {
        lock = new FolderLock(folder);
      });
      expect(refusal()).toMatch(/expected a folder into which nothing else writes/);
      underFault({ folder, at: 1, how: code, only: '^link' }, () => {
        expect(refusal()).toMatch(/expected a folder into which nothing else writes/);
      });
      lock!.release();
      expect(fs.readdirSync(folder)).toEqual([]);
    }
  });
});

describe('a lock that was left behind is taken over:', () => {
  const isTaken = (): void => {
    expect(refusal(() => expectUnlocked(folder))).toBe('none');
    expect(refusal()).toBe('none');
    expect(fs.readdirSync(folder)).toEqual([]);
  };

  test('its process has ended', () => {
    leave({ pid: deadPid, started: '1' });
    isTaken();
  });

  test('its process was killed and has not been noticed by its parent yet', { skip: !isLinux }, async () => {
    // the shell becomes a program that never waits for its child, which ends only then
    const parent = spawn(
      'bash',
      ['-c', '(until [ "$(cat /proc/$$/comm)" = sleep ]; do :; done) & echo $!; exec sleep 1000'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    try {
      const pid = Number(await new Promise((resolve) => parent.stdout.once('data', (data) => resolve(String(data)))));
      while (!/^State:\s*Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'latin1')))
        await new Promise((resolve) => setTimeout(resolve, 5));
      leave({ pid, started: null });
      isTaken();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test('its number is that of another program by now', { skip: !isLinux }, () => {
    leave({ pid: process.ppid, started: '17' });
    isTaken();
  });

  test('its number is that of this process by now, as the first process of a container has always the same', {
    skip: !isLinux,
  }, () => {
    leave({ started: '17' });
    isTaken();
  });

  test('its number is that of a thread of this process by now', { skip: !isLinux }, async () => {
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await new Promise((resolve) => worker.once('online', resolve));
    const threads = fs
      .readdirSync('/proc/self/task')
      .map(Number)
      .filter((id) => id !== process.pid);
    for (const pid of threads) {
      leave({ pid, started: null });
      isTaken();
    }
    expect(threads.length).toBeGreaterThan(0);
    await worker.terminate();
  });

  test('the machine was started anew since', { skip: !isLinux }, () => {
    leave({ boot: '00000000-0000-0000-0000-000000000000' });
    isTaken();
  });

  test('this thread could not remove it', () => {
    const lock = new FolderLock(folder);
    underFault({ folder, at: 1, how: 'EIO', only: '^unlink' }, () => lock.release());
    expect(fs.readdirSync(folder)).toEqual([lockName]);
    isTaken();
  });

  test('whoever was about to take it over has died too', () => {
    leave({ pid: deadPid, started: '1' });
    underFault({ folder, at: 1, how: 'dead', only: '^rename' }, () => new FolderLock(folder));
    expect(fs.readdirSync(folder).sort()).toEqual([lockName, `${lockName}.0123456789ab`]);
    const guard = join(folder, `${lockName}.0123456789ab`);
    const holder = JSON.parse(fs.readFileSync(guard, 'utf8'));
    fs.writeFileSync(guard, JSON.stringify({ ...holder, pid: deadPid }));
    expect(refusal()).toBe('none');
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('its machine or container has not been heard of for ten minutes', () => {
    for (const other of [{ host: 'elsewhere', boot: null }, ...(isLinux ? [{ space: 'pid:[1]' }] : [])]) {
      leave({ pid: deadPid, ...other }, 11 * minute);
      isTaken();
    }
  });
});

describe('a lock that cannot be told to be left behind is respected:', () => {
  test('of a living process', () => {
    leave({ pid: process.ppid, started: isLinux ? beginningOf(process.ppid) : null });
    expect(refusal()).toMatch(/got that of process \d+ \(since 2026-01-02 03:04 UTC\); wait for it or end it/);
  });

  test('of another thread of this process', () => {
    leave({ thread: 7 });
    expect(refusal()).toMatch(/expected a folder into which nothing else writes/);
  });

  test('of another machine, with what to do', () => {
    leave({ host: 'elsewhere', boot: null, pid: deadPid }, 9 * minute);
    expect(refusal()).toBe(
      `usage: ${folder}: expected a folder into which nothing else writes, got that of process ${deadPid} on "elsewhere" (since 2026-01-02 03:04 UTC); ` +
        `wait for it, or, if it is no more, remove ${path}`,
    );
    fs.unlinkSync(path);
    expect(refusal()).toBe('none');
  });

  test('of another container of this machine', { skip: !isLinux }, () => {
    leave({ space: 'pid:[1]', pid: deadPid });
    expect(refusal()).toMatch(/; wait for it, or, if it is no more, remove /);
  });

  test.each(['', '{', '[]', '{"host":"a","pid":1.5,"token":"0123456789ab"}', '{"host":"a","pid":1,"token":"../../x"}'])(
    'of which nothing can be read: %s',
    (text) => {
      fs.writeFileSync(path, text);
      expect(refusal()).toBe(
        `usage: ${path}: expected a lock that says which process holds it, got another file; remove it if nothing else writes into the folder`,
      );
      expect(fs.readdirSync(folder)).toEqual([lockName]);
    },
  );
});

test('a folder in which nothing may be written is refused by that name', () => {
  for (const [code, reason] of [
    ['EROFS', 'the disk is read-only'],
    ['EACCES', 'no permission'],
    ['EPERM', 'the system does not allow it there'],
  ]) {
    const { error } = underFault(
      { folder, at: 1, how: code, onward: true, changing: true },
      () => new FolderLock(folder),
    );
    expect((error as Error).message).toBe(`${folder}: cannot be saved, ${reason}`);
  }
});
