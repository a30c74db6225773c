// Saving files among processes: killed in the middle, two at once, and what the dead leave behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import ts from 'typescript';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { removeLeftovers } from '../../src/node/atomic-file.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { underFault } from '../support/faults.ts';

const root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'unrolled-atomic-')));
let folder: string;
let path: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  path = join(folder, 'model.safetensors');
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

describe('leftovers', () => {
  const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
  const make = (name: string) => fs.writeFileSync(join(folder, name), '');

  test('of dead processes are removed', () => {
    make(`.model.safetensors.${deadPid}.0123456789ab.tmp`);
    expect(removeLeftovers(folder)).toEqual([`.model.safetensors.${deadPid}.0123456789ab.tmp`]);
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  test('of living processes, and files of other names, are left', () => {
    const kept = [
      `.a.${process.pid}.0123456789ab.tmp`,
      `.a.${process.ppid}.0123456789ab.tmp`,
      `.a.99999999999999.0123456789ab.tmp`,
      `.a.0.0123456789ab.tmp`,
      `.a.${deadPid}.0123456789ab.tmp.txt`,
      `.a.${deadPid}.0123456789AB.tmp`,
      `.a.${deadPid}.0123456789.tmp`,
      `a.${deadPid}.0123456789ab.tmp`,
      `.${deadPid}.0123456789ab.tmp`,
      'model.safetensors',
    ];
    for (const name of kept) make(name);
    expect(removeLeftovers(folder)).toEqual([]);
    expect(fs.readdirSync(folder).sort()).toEqual(kept.sort());
  });

  test('of an earlier process with our number are removed', () => {
    const name = `.a.${process.pid}.0123456789ab.tmp`;
    make(name);
    const before = Date.now() / 1000 - process.uptime() - 10;
    fs.utimesSync(join(folder, name), before, before);
    expect(removeLeftovers(folder)).toEqual([name]);
  });

  test('are looked for in vain where there is no folder', () => {
    expect(removeLeftovers(join(folder, 'missing'))).toEqual([]);
  });

  test('that cannot be removed are left, and not named', () => {
    make(`.a.${deadPid}.0123456789ab.tmp`);
    const { error } = underFault({ folder, at: 1, how: 'EPERM', only: '^unlink' }, () =>
      expect(removeLeftovers(folder)).toEqual([]),
    );
    expect(error).toBeUndefined();
    expect(fs.readdirSync(folder)).toHaveLength(1);
  });
});

describe('another process', { skip: process.platform === 'win32' }, () => {
  const SIZE = 3_000_000;

  /** A program that saves files of one repeated byte, 1, 2, 3, …, and says the byte after each. */
  function program(): string {
    const compile = (from: string, to: string) => {
      const source = fs.readFileSync(new URL(`../../src/${from}`, import.meta.url), 'utf8');
      const compilerOptions = {
        ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
        rewriteRelativeImportExtensions: true,
      };
      fs.mkdirSync(join(root, 'program', 'node'), { recursive: true });
      fs.writeFileSync(join(root, 'program', to), ts.transpileModule(source, { compilerOptions }).outputText);
    };
    fs.mkdirSync(join(root, 'program', 'formats'), { recursive: true });
    for (const name of ['errors', 'formats/crc32', 'node/atomic-file', 'node/process-identity', 'node/system-errors'])
      compile(`${name}.ts`, `${name}.js`);
    fs.writeFileSync(join(root, 'program', 'package.json'), '{"type":"module"}');
    fs.writeFileSync(
      join(root, 'program', 'main.js'),
      `import fs from 'node:fs';
      import { writeFileAtomicallySync } from './node/atomic-file.js';
      const [path, first, last] = process.argv.slice(2);
      const content = new Uint8Array(${SIZE});
      try {
        for (let byte = Number(first); byte <= Number(last); byte++) {
          writeFileAtomicallySync(path, content.fill(byte));
          fs.writeSync(1, byte + ',');
        }
      } catch (error) {
        fs.writeSync(2, error.message);
        process.exitCode = 1;
      }`,
    );
    return join(root, 'program', 'main.js');
  }
  const main = program();

  /** The byte that the whole file consists of; fails if it is not whole. */
  function byteOf(file: string): number {
    const content = fs.readFileSync(file);
    expect(content.length).toBe(SIZE);
    expect(content.equals(Buffer.alloc(SIZE, content[0]))).toBe(true);
    return content[0];
  }

  function finished(child: ChildProcess): Promise<string> {
    let said = '';
    child.stdout!.on('data', (data) => {
      said += data;
    });
    return new Promise((done) => child.on('close', () => done(said)));
  }

  test('killed in the middle of saving leaves a whole file, never older than it said', async () => {
    let leftovers = 0;
    const rounds = isExhaustive ? 20 : 5;
    for (let round = 0; round < rounds || (leftovers === 0 && round < 100); round++) {
      const child = spawn(process.execPath, [main, path, '1', '200']);
      const end = finished(child);
      child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), (round * 7) % 20));
      const said = (await end).split(',').filter(Boolean);
      expect(said.length).toBeGreaterThan(0);
      expect(byteOf(path)).toBeGreaterThanOrEqual(Number(said.at(-1)));
      leftovers += removeLeftovers(folder).length;
      expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
    }
    expect(leftovers).toBeGreaterThan(0); // else no kill came in the middle, and nothing was shown
  });

  test('saving under the same name never gives a mixture', async () => {
    const ends = [1, 101].map((first) => finished(spawn(process.execPath, [main, path, `${first}`, `${first + 19}`])));
    const said = await Promise.all(ends);
    expect(said.map((each) => each.split(',').filter(Boolean).length)).toEqual([20, 20]);
    expect([20, 120]).toContain(byteOf(path));
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });

  test('that may not write so large a file says so, and the old file stays', () => {
    fs.writeFileSync(path, 'old');
    const command = `ulimit -f 1000; exec "${process.execPath}" "${main}" "${path}" 1 1`;
    const { stderr, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    expect([stderr, status]).toEqual([`${path}: cannot be saved, the file would exceed the size limit`, 1]);
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    expect(fs.readdirSync(folder)).toEqual(['model.safetensors']);
  });
});
