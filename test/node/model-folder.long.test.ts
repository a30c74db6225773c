// Model folders among faults: wherever writing stops, by an error of the disk or by a kill, the folder holds the old model or the new one, whole, for
// readers that may not write too; and the next command leaves nothing behind.

import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { packModel } from '../../src/formats/model-folder.ts';
import type { Model } from '../../src/network/model.ts';
import { isHidden } from '../../src/node/leftovers.ts';
import { expectFree, loadModel, saveFiles, saveModel } from '../../src/node/model-folder.ts';
import { atEveryCall, type Outcome, underFault } from '../support/faults.ts';
import { modelOf } from '../support/kinds.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = scratchFolder();
let folder: string;
let directory: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
  directory = join(folder, 'model');
});

/** Of another kind than the other one, so that a mixture of the two could not be read, or would be a third. */
const old: Model = { ...modelOf({ cell: 'gru', vocabSize: 5, hiddenSize: 3, outputSize: 2 }), task: { task: 'old' } };
const young: Model = modelOf({ cell: 'rnn', vocabSize: 4, hiddenSize: 2 });

/** Which model the folder holds; nothing else may be there. */
function whichOf(load: () => Model): 'old' | 'new' | 'none' {
  let model: Model;
  try {
    model = load();
  } catch (error) {
    expect((error as Error).message).toMatch(/expected a model folder/);
    return 'none';
  }
  const which = model.config.cell === 'gru' ? 'old' : 'new';
  const { config, parameters, task } = which === 'old' ? old : young;
  expect(model).toEqual({ config, parameters, tokenizer: undefined, ...(task && { task }) });
  return which;
}

/** What a reader finds where nothing may be written. */
function readOnly(): 'old' | 'new' | 'none' {
  let found: ReturnType<typeof whichOf> = 'none';
  const outcome = underFault({ folder, at: 1, how: 'EROFS', onward: true, changing: true }, () => {
    found = whichOf(() => loadModel(directory));
  });
  if (outcome.error) throw outcome.error;
  return found;
}

function hidden(): string[] {
  return fs.existsSync(directory) ? fs.readdirSync(directory).filter((name) => name.startsWith('.')) : [];
}

const modes = [{ how: 'EIO' }, { how: 'ENOSPC', onward: true }, { how: 'dead' }] as const;

describe.each(modes)('where every call fails in its turn with %j', (mode) => {
  const isKill = mode.how === 'dead';

  function check(before: 'old' | 'none', { error, calls }: Outcome, hit: string): void {
    if (!isKill && error !== undefined) expect(error, hit).toBeInstanceOf(UnrolledError);
    const found = readOnly();
    expect([before, 'new'], hit).toContain(found);
    if (error === undefined) expect(found, hit).toBe('new');
    expect(
      whichOf(() => loadModel(directory)),
      hit,
    ).toBe(found);
    // the next command has put everything in order; a folder that holds no model is put in order by whoever writes there
    if (found === 'none' && fs.existsSync(directory)) expectFree(directory, '--out');
    expect(hidden(), hit).toEqual([]);
    if (found !== 'none') {
      const names = [...packModel(found === 'old' ? old : young).keys()];
      expect(fs.readdirSync(directory).sort(), hit).toEqual(names.sort());
    }
    expect(calls.length).toBeGreaterThan(0);
  }

  test('saveModel into a new folder leaves no model or a whole one', () => {
    const calls = atEveryCall(
      { folder, ...mode },
      {
        prepare: () => fs.rmSync(directory, { recursive: true, force: true }),
        action: () => saveModel(directory, young),
        check: (outcome, hit) => check('none', outcome, hit),
      },
    );
    expect(calls.length).toBeGreaterThan(40);
  });

  test('saveModel over another model leaves the old one or the new one', () => {
    const seen = new Set<string>();
    atEveryCall(
      { folder, ...mode },
      {
        prepare() {
          fs.rmSync(directory, { recursive: true, force: true });
          fs.mkdirSync(directory);
          for (const [name, bytes] of packModel(old)) fs.writeFileSync(join(directory, name), bytes);
        },
        action: () => saveModel(directory, young),
        check(outcome, hit) {
          check('old', outcome, hit);
          seen.add(whichOf(() => loadModel(directory)));
        },
      },
    );
    expect([...seen].sort()).toEqual(['new', 'old']);
  });

  test('saveFiles leaves no folder of its own where an error stops it', () => {
    atEveryCall(
      { folder, ...mode },
      {
        prepare: () => fs.rmSync(directory, { recursive: true, force: true }),
        action: () => saveFiles(directory, packModel(young)),
        check(outcome, hit) {
          if (mode.how === 'EIO' && readOnly() === 'none') {
            const left = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
            // the call that failed may be one that tidies up
            if (!/^(unlink|rmdir|readdir|open|fsync|close|readFile) /.test(outcome.calls.at(-1)!))
              expect(left, hit).toEqual([]);
            expect(left.every(isHidden), hit).toBe(true);
          }
          check('none', outcome, hit);
        },
      },
    );
  });
});
