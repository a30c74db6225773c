// Saving files: whatever call to the file system fails, the file is the old one or the new one, whole.
// What other processes do, and kills in the middle, are in atomic-file-processes.test.ts.
import fs from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { makeFolder, type WriteOptions, writeFileAtomicallySync } from '../../src/node/atomic-file.ts';
import { atEveryCall, underFault, withCall } from '../support/faults.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = scratchFolder();
const NEW = new TextEncoder().encode('the new file');
let folder: string;
let path: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  path = join(folder, 'model.safetensors');
});

/** The sentence of the failure, which is one line. */
function refusal(where: string, content: Uint8Array | Iterable<Uint8Array> = NEW, options?: WriteOptions): string {
  return sentenceOf(() => writeFileAtomicallySync(where, content, options));
}

function sentenceOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== 'failure') throw error;
    expect(error.message).not.toMatch(/\n/);
    return error.message;
  }
  return 'none';
}

/** The sentence with which saving fails where the first call of this form, and only that, reports this error. */
function refusalAt(only: string, code: string): string {
  return sentenceOf(() => {
    const { error, isHit } = underFault({ folder, at: 1, how: code, only }, () => writeFileAtomicallySync(path, NEW));
    expect(isHit).toBe(true);
    if (error) throw error;
  });
}

describe('a saved file', () => {
  test('holds the bytes, and nothing else is left in the folder', () => {
    writeFileAtomicallySync(path, NEW);
    expect(fs.readFileSync(path)).toEqual(Buffer.from(NEW));
    writeFileAtomicallySync(path, new Uint8Array(0));
    expect(fs.readFileSync(path).length).toBe(0);
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test('may come in chunks, empty ones and views among them', () => {
    const whole = Uint8Array.of(9, 1, 2, 3, 9);
    writeFileAtomicallySync(path, [whole.subarray(1, 3), new Uint8Array(0), whole.subarray(3, 4)]);
    expect([...fs.readFileSync(path)]).toEqual([1, 2, 3]);
  });

  test('is whole though every call writes three bytes only', () => {
    const three =
      (write: (...args: unknown[]) => unknown) =>
      (...[file, bytes, offset, length]: unknown[]) =>
        write(file, bytes, offset, Math.min(length as number, 3));
    withCall('writeSync', three, () => writeFileAtomicallySync(path, NEW));
    expect(fs.readFileSync(path)).toEqual(Buffer.from(NEW));
  });

  test('is flushed before it gets its name, and its folder after', () => {
    const { calls } = underFault({ folder, at: 0, how: '' }, () => writeFileAtomicallySync(path, NEW));
    const forms = calls.map((call) => call.replace(/\.model\..*\.tmp$/, 'temporary'));
    expect(forms.slice(forms.indexOf('open temporary'))).toEqual([
      ...['open temporary', 'write temporary', 'fsync temporary', 'close temporary', 'rename temporary'],
      ...['open .', 'fsync .', 'close .'],
    ]);
  });

  test.each([
    ['EACCES', 'open'],
    ['EINVAL', 'fsync'],
  ])('counts as saved where folders cannot be flushed at all: %s from %s', (code, call) => {
    expect(refusalAt(`^${call} \\.$`, code)).toBe('none');
    expect(fs.readFileSync(path)).toEqual(Buffer.from(NEW));
  });

  test('has the permissions of any new file, not those of a secret one', () => {
    writeFileAtomicallySync(path, NEW);
    fs.writeFileSync(join(folder, 'plain'), '');
    expect(fs.statSync(path).mode).toBe(fs.statSync(join(folder, 'plain')).mode);
  });

  test('has a temporary name beside it that tells its process', () => {
    underFault({ folder, at: 1, how: 'dead', only: '^rename' }, () => writeFileAtomicallySync(path, NEW));
    const owner = `${process.pid}-${process.platform === 'linux' ? '\\d+' : ''}-[0-9a-f]{8}`;
    expect(fs.readdirSync(folder)).toEqual([
      expect.stringMatching(`^\\.model\\.safetensors\\.${owner}\\.[0-9a-f]{12}\\.tmp$`),
    ]);
  });

  test.each(['with space', 'ünï😀', 'new\nline', '-rf', "it's", 'a'.repeat(200)])('may be called %j', (name) => {
    writeFileAtomicallySync(join(folder, name), NEW);
    expect(fs.readdirSync(folder)).toEqual([name]);
  });

  test('may be given by a relative path', () => {
    const before = process.cwd;
    process.cwd = () => folder;
    try {
      writeFileAtomicallySync('here', NEW);
    } finally {
      process.cwd = before;
    }
    expect(fs.readdirSync(folder)).toEqual(['here']);
  });
});

describe('a symbolic link', () => {
  test.each([true, false])('stays, and what it points to is written, there before: %j', (exists) => {
    fs.mkdirSync(join(folder, 'elsewhere'));
    const target = join(folder, 'elsewhere', 'target');
    if (exists) fs.writeFileSync(target, 'old');
    fs.symlinkSync('elsewhere/target', path);
    fs.symlinkSync('model.safetensors', join(folder, 'second'));
    writeFileAtomicallySync(join(folder, 'second'), NEW);
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(target)).toEqual(Buffer.from(NEW));
    expect(fs.readdirSync(join(folder, 'elsewhere'))).toEqual(['target']);
  });

  test('into a folder that does not exist is refused and stays', () => {
    fs.symlinkSync('nowhere/target', path);
    expect(refusal(path)).toBe(`${path}: cannot be saved, its folder does not exist`);
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(true);
  });

  test('that leads in a circle is refused', () => {
    fs.symlinkSync('b', join(folder, 'a'));
    fs.symlinkSync('a', join(folder, 'b'));
    expect(refusal(join(folder, 'a'))).toMatch(/symbolic links form a circle$/);
  });
});

describe('saving is refused in one sentence', () => {
  test('to a folder', () => {
    fs.mkdirSync(path);
    expect(refusal(path)).toBe(`${path}: cannot be saved, it is a folder`);
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test('to a missing folder', () => {
    const missing = join(folder, 'missing', 'model.safetensors');
    expect(refusal(missing)).toBe(`${missing}: cannot be saved, its folder does not exist`);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('under a file', () => {
    fs.writeFileSync(path, 'old');
    expect(refusal(join(path, 'below'))).toMatch(/cannot be saved, a part of the path is not a folder$/);
  });

  test('to a device, which a rename would replace', () => {
    expect(refusal('/dev/null')).toBe('/dev/null: cannot be saved, it is a device or a pipe, not a file');
    expect(fs.statSync('/dev/null').isFile()).toBe(false);
  });

  test('under a name that is too long', () => {
    expect(refusal(join(folder, 'a'.repeat(300)))).toMatch(/cannot be saved, the name is too long$/);
  });

  test('on one line though the path has two', () => {
    expect(refusal(join(folder, 'no\nfolder', 'x'))).toMatch(/no\\nfolder\/x": cannot be saved, its folder/);
  });

  test('on a full disk', { skip: !fs.existsSync('/dev/full') }, () => {
    fs.writeFileSync(path, 'old');
    // The temporary file is made, but what is written goes to the device that is always full.
    const full = fs.openSync('/dev/full', 'w');
    const elsewhere =
      (write: (...args: unknown[]) => unknown) =>
      (_file: unknown, ...rest: unknown[]) =>
        write(full, ...rest);
    withCall('writeSync', elsewhere, () => expect(refusal(path)).toBe(`${path}: cannot be saved, the disk is full`));
    fs.closeSync(full);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test.each([
    ['EACCES', 'open', 'no permission'],
    ['EPERM', 'open', 'the system does not allow it there'],
    ['EROFS', 'open', 'the disk is read-only'],
    ['EDQUOT', 'write', 'the disk quota is used up'],
    ['EIO', 'fsync', 'the disk reports an error'],
    ['EXDEV', 'rename', 'it is mounted from another file system; give a path in a folder'],
    ['EWEIRD', 'rename', 'EWEIRD: injected'],
  ])('for %s from %s', (code, call, reason) => {
    expect(refusalAt(`^${call} `, code)).toBe(`${path}: cannot be saved, ${reason}`);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('if a call writes nothing, instead of trying for ever', () => {
    const nothing = () => () => 0;
    withCall('writeSync', nothing, () => expect(refusal(path)).toMatch(/nothing more can be written/));
  });

  test('but an error of the content itself is passed on, and the old file stays', () => {
    fs.writeFileSync(path, 'old');
    function* broken() {
      yield NEW;
      throw new RangeError('from the content');
    }
    expect(() => writeFileAtomicallySync(path, broken())).toThrow(new RangeError('from the content'));
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });
});

describe('if the n-th call to the file system fails, for every n', () => {
  test.each(['old', undefined])(
    'the file is the old or the new one, whole, and no other is left; before: %j',
    (before) => {
      const chunks = [NEW.subarray(0, 4), NEW.subarray(4)];
      const sentences = new Set<string>();
      const calls = atEveryCall(
        { folder, how: 'EIO' },
        {
          prepare() {
            fs.rmSync(path, { force: true });
            if (before !== undefined) fs.writeFileSync(path, before);
          },
          action: () => writeFileAtomicallySync(path, chunks),
          check({ error, calls }, hit) {
            const after = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined;
            const isRenamed = calls.slice(0, -1).some((call) => call.startsWith('rename'));
            expect(after, hit).toBe(isRenamed && !calls.at(-1)!.startsWith('unlink') ? 'the new file' : before);
            expect(fs.readdirSync(folder), hit).toEqual(after === undefined ? [] : ['model.safetensors']);
            sentences.add(
              sentenceOf(() => {
                throw error;
              }),
            );
          },
        },
      );
      expect(sentences).toEqual(new Set([`${path}: cannot be saved, the disk reports an error`]));
      expect(calls.length).toBeGreaterThanOrEqual(11);
    },
  );

  test('and all after it too, the file is still the old or the new one, whole', () => {
    atEveryCall(
      { folder, how: 'EIO', onward: true },
      {
        prepare: () => fs.writeFileSync(path, 'old'),
        action: () => writeFileAtomicallySync(path, NEW),
        check: (_, hit) => expect(['old', 'the new file'], hit).toContain(fs.readFileSync(path, 'utf8')),
      },
    );
  });

  test('every file that was opened is closed, once', () => {
    atEveryCall(
      { folder, how: 'EIO' },
      {
        prepare() {},
        action: () => writeFileAtomicallySync(path, NEW),
        check({ calls }, hit) {
          const isOpen = calls.at(-1)!.startsWith('open') ? 1 : 0;
          const count = (call: string) => calls.filter((each) => each.startsWith(call)).length;
          expect(count('close'), hit).toBe(count('open') - isOpen);
        },
      },
    );
  });
});

describe('a file that is to replace nothing', () => {
  test('is written under a free name, and refused under one that is taken', () => {
    expect(refusal(path, NEW, { replace: false })).toBe('none');
    expect(refusal(path, NEW, { replace: false })).toBe(`${path}: cannot be saved, there is one already`);
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test.each(['EPERM', 'EOPNOTSUPP'])('also where the disk has no hard links: %s', (code) => {
    for (const sentence of [undefined, `${path}: cannot be saved, there is one already`]) {
      const { error } = underFault({ folder, at: 1, how: code, only: '^link' }, () =>
        writeFileAtomicallySync(path, NEW, { replace: false }),
      );
      expect((error as Error | undefined)?.message).toBe(sentence);
    }
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });
});

describe('a new folder', () => {
  test('is made with those above it, and each is flushed into the one above', () => {
    const { calls } = underFault({ folder, at: 0, how: '', changing: true }, () =>
      expect(makeFolder(join(folder, 'a/b'))).toEqual([join(folder, 'a'), join(folder, 'a/b')]),
    );
    expect(calls).toEqual(['mkdir a', 'fsync .', 'mkdir a/b', 'fsync a']);
    expect(makeFolder(join(folder, 'a'))).toEqual([]);
  });

  test.each(['EIO', 'ENOSPC', 'EROFS', 'EACCES', 'EPERM'])('is not left half-made by %s at any call', (code) => {
    atEveryCall(
      { folder, how: code },
      {
        prepare() {
          fs.rmSync(join(folder, 'a'), { recursive: true, force: true });
        },
        action: () => void makeFolder(join(folder, 'a/b/c')),
        check({ error, calls }, hit) {
          if (code === 'EACCES' && /^(open|close)/.test(calls.at(-1)!)) return; // a folder that may not be read cannot be flushed
          expect((error as Error).message, hit).toMatch(
            {
              EIO: /a\/b\/c: expected a folder that can be created, got an error: the disk reports an error$/,
              ENOSPC: /the disk is full$/,
              EROFS: /the disk is read-only$/,
              EACCES: /no permission$/,
              EPERM: /the system does not allow it there$/,
            }[code]!,
          );
          expect(fs.readdirSync(folder), hit).toEqual([]);
        },
      },
    );
  });

  test.each([
    ['under a file', 'file/below', 'a file is in the way'],
    ['where a file is', 'file', 'a file is in the way'],
    ['where a link leads nowhere', 'link', 'a link that leads nowhere is in the way'],
    ['under links in a circle', 'circle/below', 'its symbolic links form a circle'],
  ])('is refused %s', (_, name, reason) => {
    fs.writeFileSync(join(folder, 'file'), '');
    fs.symlinkSync('nowhere', join(folder, 'link'));
    fs.symlinkSync('circle', join(folder, 'circle'));
    expect(sentenceOf(() => makeFolder(join(folder, name)))).toBe(
      `${join(folder, name)}: expected a folder that can be created, got an error: ${reason}`,
    );
  });

  test.each(['/proc/x', '/proc/x/y'])(
    'is refused at once where the system makes none: %s',
    { skip: process.platform !== 'linux' },
    (path) => {
      expect(sentenceOf(() => makeFolder(path))).toBe(
        `${path}: expected a folder that can be created, got an error: the system makes no folders there`,
      );
    },
  );
});
