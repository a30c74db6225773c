// What killed commands left behind, found and put right by the next command: temporary files and drafts, and what version 0.1 had put aside.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, test } from 'vitest';
import { contentOf } from '../../src/cli/run-folder.ts';
import { packModel } from '../../src/formats/model-folder.ts';
import { removeLeftovers } from '../../src/node/atomic-file.ts';
import { loadModel, lockFolder, saveFiles, saveModel } from '../../src/node/model-folder.ts';
import { beginningOf, ownIdentity, placeOf } from '../../src/node/process-identity.ts';
import { isThere, journalName } from '../../src/node/replacement.ts';
import { some } from '../support/exhaustive.ts';
import { modelOf } from '../support/kinds.ts';
import { scratchFolder } from '../support/scratch.ts';

const root = scratchFolder();
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(root, 'case-'));
});

const isLinux = process.platform === 'linux';
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
const model = modelOf({ cell: 'rnn', vocabSize: 4, hiddenSize: 2 });
const make = (name: string, text = ''): void => fs.writeFileSync(join(folder, name), text);
/** Sets the time of a file back, in seconds. */
function age(name: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  fs.utimesSync(join(folder, name), then, then);
}

describe('a temporary file goes', () => {
  const place = placeOf(ownIdentity());
  const isGone = (name: string): void => {
    expect(removeLeftovers(folder)).toEqual([name]);
    expect(fs.readdirSync(folder)).toEqual([]);
  };

  test.each([`${deadPid}`, `${deadPid}-17-${place}`, `${deadPid}--${place}`])(
    'where its process has ended: %s',
    (owner) => {
      make(`.a.${owner}.0123456789ab.tmp`);
      isGone(`.a.${owner}.0123456789ab.tmp`);
    },
  );

  test('where its number is that of a thread by now', { skip: !isLinux }, async () => {
    const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
    await new Promise((resolve) => worker.once('online', resolve));
    const threads = fs.readdirSync('/proc/self/task').filter((id) => Number(id) !== process.pid);
    for (const owner of [threads[0], `${threads[0]}-17-${place}`]) {
      make(`.a.${owner}.0123456789ab.tmp`);
      isGone(`.a.${owner}.0123456789ab.tmp`);
    }
    await worker.terminate();
  });

  test('where its number is that of another program by now', { skip: !isLinux }, () => {
    const other = `.a.${process.ppid}-17-${place}.0123456789ab.tmp`;
    make(other);
    isGone(other);
    // of a name without the beginning of the process, the clock decides
    const before = `.a.${process.ppid}.0123456789ab.tmp`;
    make(before);
    age(before, 40 * 365 * 24 * 3600);
    isGone(before);
  });

  test('where it is of another machine or container and older than a day', () => {
    const name = '.a.1-17-ffffffff.0123456789ab.tmp';
    make(name);
    expect(removeLeftovers(folder)).toEqual([]);
    age(name, 25 * 3600);
    isGone(name);
  });

  test('but not where its process is at work', () => {
    const began = beginningOf(process.ppid) ?? '';
    make(`.a.${process.ppid}-${began}-${place}.0123456789ab.tmp`);
    make(`.a.${process.pid}-${ownIdentity().started ?? ''}-${place}.0123456789ab.tmp`);
    expect(removeLeftovers(folder)).toEqual([]);
  });

  test('in a folder that is locked, whoever made it, but only where it was to be a file of a model', () => {
    const alive = `${process.ppid}-${beginningOf(process.ppid) ?? ''}-${place}.0123456789ab.tmp`;
    for (const name of ['config.json', 'unrolled.journal', 'unrolled.lock', 'notes.txt']) make(`.${name}.${alive}`);
    lockFolder(folder).release();
    expect(fs.readdirSync(folder)).toEqual([`.notes.txt.${alive}`]);
  });
});

describe('a journal', () => {
  const temporary = (name: string): string => `.${name}.1-17-ffffffff.0123456789ab.tmp`;

  test('is carried out by whoever comes next', () => {
    saveModel(folder, { ...model, task: { task: 'old' } });
    const files: Record<string, string> = {};
    for (const [name, bytes] of packModel(modelOf({ cell: 'gru', vocabSize: 3, hiddenSize: 2 }))) {
      files[name] = temporary(name);
      fs.writeFileSync(join(folder, files[name]), bytes);
    }
    make(journalName, JSON.stringify({ files, removed: ['task.json'] }));
    expect(loadModel(folder)).toMatchObject({ config: { cell: 'gru' }, parameters: expect.anything() });
    expect(fs.readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
  });

  test('says which files are there', () => {
    saveModel(folder, { ...model, task: { task: 'old' } });
    expect(contentOf(folder)).toBe('model');
    const name = 'checkpoint.safetensors';
    make(temporary(name), 'new');
    make(journalName, JSON.stringify({ files: { [name]: temporary(name) }, removed: ['task.json'] }));
    expect(contentOf(folder)).toBe('run');
    const there = [name, 'model.safetensors', 'task.json', 'README.md'].filter((file) => isThere(join(folder, file)));
    expect(there).toEqual([name, 'model.safetensors']);
  });

  test.each([
    ['another text', 'nothing'],
    ['a number', '17'],
    ['a file outside', JSON.stringify({ files: { '../config.json': temporary('config.json') }, removed: [] })],
    [
      'a file that is none of a model',
      JSON.stringify({ files: { 'thesis.txt': temporary('thesis.txt') }, removed: [] }),
    ],
    ['a new file outside', JSON.stringify({ files: { 'config.json': `../${temporary('config.json')}` }, removed: [] })],
    ['a new file that is no temporary one', JSON.stringify({ files: { 'config.json': 'task.json' }, removed: [] })],
    ['a removal outside', JSON.stringify({ files: {}, removed: ['../thesis.txt'] })],
    ['a removal of a file that is none of a model', JSON.stringify({ files: {}, removed: ['thesis.txt'] })],
    ['a hundred kilobytes', JSON.stringify({ files: {}, removed: [], rest: 'x'.repeat(100_000) })],
  ])('with %s is refused in one sentence, and nothing is touched', (_, text) => {
    saveModel(folder, model);
    make('thesis.txt', 'all of it');
    make(journalName, text);
    const sentence = `${join(folder, journalName)}: expected the list of files that a command was replacing, got another file; remove it to use the folder as it is`;
    const before = fs.readdirSync(folder);
    expect(() => loadModel(folder)).toThrow(sentence);
    expect(() => saveModel(folder, model)).toThrow(sentence);
    expect(fs.readdirSync(folder)).toEqual(before);
    fs.unlinkSync(join(folder, journalName));
    expect(loadModel(folder).config).toEqual(model.config);
  });
});

describe('a draft of a folder that version 0.1 left', () => {
  test('goes with the next folder that is made beside it, if nothing but files of a model is in it', () => {
    for (const name of [`.out.${deadPid}.draft`, `.other.${process.pid}.draft`]) {
      fs.mkdirSync(join(folder, name));
      make(`${name}/README.md`);
      make(`${name}/.config.json.${deadPid}.0123456789ab.tmp`);
      age(name, 7 * 24 * 3600);
    }
    fs.mkdirSync(join(folder, `.out.${process.ppid}.draft`));
    fs.mkdirSync(join(folder, `.mine.${deadPid}.draft`));
    make(`.mine.${deadPid}.draft/thesis.txt`);
    saveFiles(join(folder, 'out'), packModel(model));
    expect(fs.readdirSync(folder).sort()).toEqual(
      [`.mine.${deadPid}.draft`, `.out.${process.ppid}.draft`, 'out'].sort(),
    );
    expect(fs.readdirSync(join(folder, 'out')).sort()).toEqual(['config.json', 'model.safetensors']);
  });
});

describe('files that version 0.1 had put aside', () => {
  const order = ['model.safetensors', 'checkpoint.safetensors', 'metrics.jsonl', 'config.json'].concat([
    'tokenizer.json',
    'tokenizer_config.json',
    'task.json',
  ]);
  const kinds = {
    text: ['config.json', 'tokenizer.json', 'tokenizer_config.json'],
    task: ['config.json', 'task.json'],
  };

  /** What version 0.1 did to overwrite a run, as steps: first the old files aside, then the new ones, then away with the old, or back with them. */
  function steps(before: readonly string[], after: readonly string[], goesWell: boolean): (() => void)[] {
    const at = (name: string): string => join(folder, name);
    const aside = (name: string): string => at(`.${name}.replaced`);
    const moved = order.filter((name) => before.includes(name));
    const written = [...after, 'metrics.jsonl', 'checkpoint.safetensors', 'model.safetensors'];
    return [
      ...moved.map((name) => () => fs.renameSync(at(name), aside(name))),
      ...(goesWell ? written : written.slice(0, -1)).map((name) => () => fs.writeFileSync(at(name), 'new')),
      ...(goesWell
        ? order.map((name) => () => fs.rmSync(aside(name), { force: true }))
        : [
            ...order.map((name) => () => fs.rmSync(at(name), { force: true })),
            ...moved.map((name) => () => fs.renameSync(aside(name), at(name))),
          ]),
    ];
  }

  const replacements = [
    ['text', 'task'],
    ['text', 'text'],
    ['task', 'task'],
    ['task', 'text'],
  ] as const;
  test.each(some(replacements, 2))(
    'come back, all or none, wherever it was killed: %s replaced by %s',
    (was, becomes) => {
      const before = [...kinds[was], 'metrics.jsonl', 'checkpoint.safetensors', 'model.safetensors'];
      const after = [...kinds[becomes], 'metrics.jsonl', 'checkpoint.safetensors', 'model.safetensors'];
      for (const goesWell of [true, false])
        for (let done = 0; done <= steps(before, after, goesWell).length; done++) {
          fs.rmSync(folder, { recursive: true });
          fs.mkdirSync(folder);
          for (const name of before) make(name, 'old');
          for (const step of steps(before, kinds[becomes], goesWell).slice(0, done)) step();
          lockFolder(folder).release();
          const found = fs.readdirSync(folder).sort();
          const texts = new Set(found.map((name) => fs.readFileSync(join(folder, name), 'utf8')));
          const isNew = texts.has('new');
          expect([goesWell, done, [...texts], found]).toEqual([
            goesWell,
            done,
            [isNew ? 'new' : 'old'],
            (isNew ? after : before).sort(),
          ]);
          if (!goesWell) expect(isNew).toBe(false);
        }
    },
  );

  test('and not a file of the user that is called so', () => {
    make('.thesis.txt.replaced', 'all of it');
    lockFolder(folder).release();
    expect(fs.readdirSync(folder)).toEqual(['.thesis.txt.replaced']);
  });
});
