// Saving files: whatever call to the file system fails, the file is the old one or the new one, whole.
// What other processes do, and kills in the middle, are in atomic-file-processes.test.ts.
import nodeFileSystem from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { type FileSystem, writeFileAtomicallySync } from '../../src/node/atomic-file.ts';

const fs = nodeFileSystem;
const root = fs.mkdtempSync(join(tmpdir(), 'unrolled-atomic-'));
const NEW = new TextEncoder().encode('the new file');
let folder: string;
let path: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  path = join(folder, 'model.safetensors');
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

/** The sentence of the failure, which is one line. */
function refusal(where: string, content: Uint8Array | Iterable<Uint8Array> = NEW, fileSystem?: FileSystem): string {
  try {
    writeFileAtomicallySync(where, content, fileSystem);
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== 'failure') throw error;
    expect(error.message).not.toMatch(/\n/);
    return error.message;
  }
  return 'none';
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The file system with every call noted, and `interfere` called before each. */
function watched(interfere: (call: string, count: number) => void = () => {}): {
  fileSystem: FileSystem;
  calls: string[];
} {
  const calls: string[] = [];
  const names = new Map<number, string>();
  const around = (name: keyof FileSystem) => {
    return (...args: unknown[]) => {
      const what = typeof args[0] === 'number' ? names.get(args[0]) : args[0] === folder ? 'folder' : 'file';
      calls.push(`${name} ${what}`);
      interfere(name, calls.length);
      const result = (fs[name] as (...args: unknown[]) => unknown)(...args);
      if (name === 'openSync') names.set(result as number, args[0] === folder ? 'folder' : 'file');
      return result;
    };
  };
  const all: (keyof FileSystem)[] = [
    ...(['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync', 'unlinkSync'] as const),
    ...(['realpathSync', 'readlinkSync', 'statSync', 'readdirSync'] as const),
  ];
  return { fileSystem: Object.fromEntries(all.map((name) => [name, around(name)])) as unknown as FileSystem, calls };
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
    const fileSystem = {
      ...fs,
      writeSync: ((file: number, bytes: Uint8Array, offset: number, length: number) =>
        fs.writeSync(file, bytes, offset, Math.min(length, 3))) as typeof fs.writeSync,
    };
    writeFileAtomicallySync(path, NEW, fileSystem);
    expect(fs.readFileSync(path)).toEqual(Buffer.from(NEW));
  });

  test('is flushed before it gets its name, and its folder after', () => {
    const { fileSystem, calls } = watched();
    writeFileAtomicallySync(path, NEW, fileSystem);
    expect(calls.slice(calls.indexOf('openSync file'))).toEqual([
      'openSync file',
      'writeSync file',
      'fsyncSync file',
      'closeSync file',
      'renameSync file',
      'openSync folder',
      'fsyncSync folder',
      'closeSync folder',
    ]);
  });

  test.each([
    ['EACCES', 'openSync folder'],
    ['EINVAL', 'fsyncSync folder'],
  ])('counts as saved where folders cannot be flushed at all: %s from %s', (code, failing) => {
    const { fileSystem, calls } = watched(() => {
      if (calls.at(-1) === failing) throw systemError(code);
    });
    expect(refusal(path, NEW, fileSystem)).toBe('none');
    expect(calls).toContain(failing);
    expect(fs.readFileSync(path)).toEqual(Buffer.from(NEW));
  });

  test('has the permissions of any new file, not those of a secret one', () => {
    writeFileAtomicallySync(path, NEW);
    fs.writeFileSync(join(folder, 'plain'), '');
    expect(fs.statSync(path).mode).toBe(fs.statSync(join(folder, 'plain')).mode);
  });

  test('has a temporary name beside it that tells its process', () => {
    let seen: string[] = [];
    const { fileSystem } = watched((call) => {
      if (call === 'fsyncSync' && seen.length === 0) seen = fs.readdirSync(folder);
    });
    writeFileAtomicallySync(path, NEW, fileSystem);
    expect(seen).toEqual([expect.stringMatching(`^\\.model\\.safetensors\\.${process.pid}\\.[0-9a-f]{12}\\.tmp$`)]);
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
    const writeSync = ((_file: number, ...rest: [Uint8Array, number, number]) =>
      fs.writeSync(full, ...rest)) as typeof fs.writeSync;
    expect(refusal(path, NEW, { ...fs, writeSync })).toBe(`${path}: cannot be saved, the disk is full`);
    fs.closeSync(full);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test.each([
    ['EACCES', 'openSync', 'no permission'],
    ['EROFS', 'openSync', 'the disk is read-only'],
    ['EDQUOT', 'writeSync', 'the disk quota is used up'],
    ['EIO', 'fsyncSync', 'the disk reports an error'],
    ['EXDEV', 'renameSync', 'it is mounted from another file system; give a path in a folder'],
    ['EWEIRD', 'renameSync', 'EWEIRD: injected'],
  ])('for %s from %s', (code, failing, reason) => {
    const { fileSystem } = watched((call) => {
      if (call === failing) throw systemError(code);
    });
    expect(refusal(path, NEW, fileSystem)).toBe(`${path}: cannot be saved, ${reason}`);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('if a call writes nothing, instead of trying for ever', () => {
    const writeSync = (() => 0) as typeof fs.writeSync;
    expect(refusal(path, NEW, { ...fs, writeSync })).toMatch(/nothing more can be written/);
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
      const outcomes: string[] = [];
      for (let n = 1; outcomes.at(-1) !== 'none'; n++) {
        expect(n).toBeLessThan(30);
        fs.rmSync(path, { force: true });
        if (before !== undefined) fs.writeFileSync(path, before);
        const { fileSystem, calls } = watched((_call, count) => {
          if (count === n) throw systemError('EIO');
        });
        const outcome = refusal(path, chunks, fileSystem);
        const after = fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined;
        const renamed = calls.indexOf('renameSync file') !== -1 && calls.indexOf('renameSync file') !== n - 1;
        expect(after, `call ${n}, ${calls[n - 1]}`).toBe(
          renamed && !calls.includes('unlinkSync file') ? 'the new file' : before,
        );
        expect(fs.readdirSync(folder), `call ${n}`).toEqual(after === undefined ? [] : ['model.safetensors']);
        outcomes.push(outcome);
      }
      expect(new Set(outcomes)).toEqual(new Set(['none', `${path}: cannot be saved, the disk reports an error`]));
      expect(outcomes.length).toBeGreaterThanOrEqual(11);
    },
  );

  test('and all after it too, the file is still the old or the new one, whole', () => {
    for (let n = 1, outcome = ''; outcome !== 'none'; n++) {
      fs.writeFileSync(path, 'old');
      const { fileSystem } = watched((_call, count) => {
        if (count >= n) throw systemError('EIO');
      });
      outcome = refusal(path, NEW, fileSystem);
      expect(['old', 'the new file']).toContain(fs.readFileSync(path, 'utf8'));
    }
  });

  test('every file that was opened is closed, once', () => {
    for (let n = 1, outcome = ''; outcome !== 'none'; n++) {
      const { fileSystem, calls } = watched((_call, count) => {
        if (count === n) throw systemError('EIO');
      });
      outcome = refusal(path, NEW, fileSystem);
      const count = (call: string) =>
        calls.filter((each, index) => each.startsWith(call) && (call !== 'openSync' || index !== n - 1)).length;
      expect(count('closeSync'), `call ${n}, ${calls[n - 1]}`).toBe(count('openSync'));
    }
  });
});
