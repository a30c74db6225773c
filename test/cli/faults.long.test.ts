// Real commands, killed at every point at which they change a folder, and with a disk that fails there: the old model is whole until the new one is,
// the same command or another one goes on from there, and nothing is left behind. `npm run test:faults` tries every point, `npm run test:all` some.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { beforeAll, describe, expect, test } from 'vitest';
import { isHidden } from '../../src/node/leftovers.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { underFault } from '../support/faults.ts';
import { scratchFolder } from '../support/scratch.ts';
import { endedFiles, modelFiles, shortText, unrolled } from './support.ts';

const root = scratchFolder();
const points = '^(rename|fsync|link|unlink|mkdir|rmdir|ftruncate) ';
const tiny = ['--batch', '4', '--bptt', '8', '--threads', '1', '--backend', 'javascript', '--quiet'];
const train = (hidden: number, updates: number, ...more: string[]): string[] => [
  ...['train', 'text.txt', '--out', 'run', '--hidden', String(hidden), '--updates', String(updates), ...tiny, ...more],
];

beforeAll(async () => {
  shortText(root, 3000, 'text.txt');
  const made = await unrolled(train(5, 3), root);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  // a run that has more to do
  mkdirSync(join(root, 'half'));
  cpSync(join(root, 'text.txt'), join(root, 'half/text.txt'));
  const stopped = await unrolled(train(5, 4, '--save-every', '2'), join(root, 'half'), {
    ...{ folder: join(root, 'half'), at: 1, how: 'SIGKILL', only: '^rename run/\\.metrics' },
  });
  expect(stopped.signal).toBe('SIGKILL');
  // the first save is whole; let another one come
  rmSync(join(root, 'half/run'), { recursive: true });
  const second = await unrolled(train(5, 6, '--save-every', '2'), join(root, 'half'), {
    ...{ folder: join(root, 'half'), at: 3, how: 'SIGKILL', only: '^rename run/\\.checkpoint' },
  });
  expect(second.signal).toBe('SIGKILL');
});

interface Scenario {
  readonly title: string;
  readonly args: readonly string[];
  /** What is there before: nothing, the model, the run that was stopped. */
  readonly before: 'nothing' | 'model' | 'half';
  /** The units of the old and the new model. */
  readonly units: readonly [number | null, number];
  readonly out: string;
  /** The next command, which has to go on from there. */
  readonly next: readonly string[];
}

const scenarios: Scenario[] = [
  {
    ...{ title: 'a first training', args: train(7, 2), before: 'nothing', units: [null, 7], out: 'run' },
    next: train(7, 2, '--resume'),
  },
  {
    ...{ title: 'a training that replaces a model', args: train(7, 2, '--overwrite'), before: 'model', units: [5, 7] },
    ...{ out: 'run', next: ['sample', 'run', '--length', '3'] },
  },
  {
    ...{ title: 'a resumed training', args: train(5, 6, '--resume'), before: 'half', units: [5, 5], out: 'run' },
    next: train(5, 6, '--resume'),
  },
  {
    ...{ title: 'an export for PyTorch', args: ['export', 'run', '--to', 'pytorch', '--out', 'out'], before: 'model' },
    ...{ units: [null, 5], out: 'out', next: ['export', 'run', '--to', 'pytorch', '--out', 'out'] },
  },
  {
    ...{ title: 'an export to ONNX', args: ['export', 'run', '--to', 'onnx', '--out', 'out'], before: 'model' },
    ...{ units: [null, 5], out: 'out', next: ['export', 'run', '--to', 'onnx', '--out', 'out'] },
  },
  {
    ...{ title: 'an import', args: ['import', 'run', '--out', 'out'], before: 'model', units: [null, 5], out: 'out' },
    next: ['import', 'run', '--out', 'out'],
  },
];

describe.each(scenarios)('$title', ({ title, args, before, units, out, next }) => {
  const isFile = title.endsWith('ONNX');

  /** A folder of its own with what is there before. */
  function prepare(name: string): string {
    const place = join(root, `${title.replaceAll(' ', '-')}-${name}`);
    mkdirSync(place);
    cpSync(join(root, 'text.txt'), join(place, 'text.txt'));
    if (before !== 'nothing')
      cpSync(join(root, before === 'half' ? 'half/run' : 'run'), join(place, 'run'), { recursive: true });
    return place;
  }

  /** The units of the model that a reader finds who may write nothing; null where there is none. */
  function unitsIn(place: string): number | null {
    if (isFile) return existsSync(join(place, out)) ? units[1] : null;
    let found: number | null = null;
    underFault({ folder: place, at: 1, how: 'EROFS', onward: true, changing: true }, () => {
      found = loadModel(join(place, out)).config.hiddenSize;
    });
    return found;
  }

  const countOf = async (): Promise<string[]> => {
    const place = prepare('whole');
    const log = join(root, `${title.replaceAll(' ', '-')}.log`);
    const run = await unrolled(args, place, { folder: place, at: 0, how: '', only: points, log });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    return readFileSync(log, 'utf8').split('\n');
  };

  /** Tries the points, two at a time. */
  async function atEveryPoint(
    how: string,
    look: (place: string, point: string, at: number) => Promise<void>,
  ): Promise<void> {
    const calls = await countOf();
    expect(calls.length).toBeGreaterThanOrEqual(isFile ? 4 : 20);
    const last = process.env.EVERY_CALL === 'yes' ? calls.length : Math.min(8, calls.length);
    let tried = 0;
    const work = async (): Promise<void> => {
      while (tried < last) {
        const mine = 1 + Math.round((tried++ * (calls.length - 1)) / (last - 1)); // the first and the last among them
        const place = prepare(`${how}-${mine}`);
        await look(place, `${how} at ${mine}, ${calls[mine - 1]}`, mine);
        rmSync(place, { recursive: true });
      }
    };
    await Promise.all([work(), work()]);
    rmSync(join(root, `${title.replaceAll(' ', '-')}-whole`), { recursive: true });
  }

  async function expectOrder(place: string, point: string): Promise<void> {
    const hasNew = unitsIn(place) === units[1] && (units[0] !== units[1] || units[0] === null);
    const { code, stderr } = await unrolled(next, place);
    if (next[0] === 'train' || next[0] === 'sample') expect([stderr, code], point).toEqual(['', 0]);
    else if (hasNew)
      expect([stderr, code], point).toEqual([expect.stringMatching(/^unrolled: --out out: expected a new name/), 2]);
    else expect([stderr, code], point).toEqual(['', 0]);
    if (isFile && hasNew) {
      // a command that is refused saves nothing, and so takes nothing away
      rmSync(join(place, out));
      expect(await unrolled(next, place), point).toMatchObject({ code: 0, stderr: '' });
    }
    expect(
      readdirSync(place).filter((name) => name.startsWith('.')),
      point,
    ).toEqual([]);
    if (!isFile) expect(readdirSync(join(place, out)).filter(isHidden), point).toEqual([]);
    const files = out === 'run' ? readdirSync(join(place, 'run')).sort() : [];
    if (out === 'run')
      expect(files, point).toEqual(next[0] === 'train' || files.includes('report.html') ? endedFiles : modelFiles);
    if (title !== 'a training that replaces a model') {
      // what came of it is what comes of the command when nothing stops it
      const whole = join(root, `${title.replaceAll(' ', '-')}-whole`, out);
      for (const name of isFile ? [''] : ['model.safetensors', 'config.json', 'tokenizer.json'])
        expect(readFileSync(join(place, out, name)).equals(readFileSync(join(whole, name))), `${point}: ${name}`).toBe(
          true,
        );
    }
  }

  test('killed at any point', { timeout: 1_200_000 }, async () => {
    const seen = new Set<number | null>();
    await atEveryPoint('SIGKILL', async (place, point, at) => {
      const { signal } = await unrolled(args, place, { folder: place, at, how: 'SIGKILL', only: points });
      expect(signal, point).toBe('SIGKILL');
      const found = unitsIn(place);
      expect(units, point).toContain(found);
      seen.add(found);
      await expectOrder(place, point);
    });
    expect(seen).toEqual(new Set(units));
  });

  test('with a disk that fails at any point', { timeout: 1_200_000 }, async () => {
    await atEveryPoint('EIO', async (place, point, at) => {
      const { code, stderr } = await unrolled(args, place, { folder: place, at, how: 'EIO', only: points });
      if (code !== 0)
        expect([stderr, code], point).toEqual([
          expect.stringMatching(/^unrolled: [^\n]*the disk reports an error[^\n]*\n$/),
          1,
        ]);
      const found = unitsIn(place);
      expect(code === 0 ? [units[1]] : units, point).toContain(found);
      await expectOrder(place, point);
    });
  });
});
