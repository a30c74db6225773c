// A run as code: the program with the library and the command line have the very losses of the lab, and the program with PyTorch has them but for rounding.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { commandLine, libraryCode, pytorchCode, type RunToWrite } from '../../lab/views/export/code.ts';
import { packModelFile } from '../../src/index.ts';
import { backend } from './trained.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(join(root, 'lab/texts/opening.txt'), 'utf8').slice(0, 3000);
const usual: Settings = { ...defaultSettings, text: 'own', hidden: 12, T: 16, batch: 4 };
const updates = 60; // more than an epoch

/** Each of its settings is another one than the default somewhere. */
const runs: readonly (readonly [string, Partial<Settings>])[] = [
  ['the defaults', {}],
  [
    'ReLU, identity, SGD without clipping',
    { cell: 'relu', init: 'identity', gain: 0.9, opt: 'sgd', lr: 0.02, clip: 0 },
  ],
  ['a GRU of two layers with weight decay', { cell: 'gru', layers: 2, decay: 0.01, opt: 'adamw', seed: 7 }],
  ['a GRU of two layers with weight decay, Muon', { cell: 'gru', layers: 2, decay: 0.01, opt: 'muon', seed: 7 }],
  ['an LSTM of bytes, clipped', { cell: 'lstm', level: 'byte', clip: 0.5, opt: 'rmsprop', share: 0.75 }],
  ['minGRU, momentum', { cell: 'mingru', layers: 2, opt: 'nesterov', lr: 0.05 }],
  ['no carried state, a larger W, Adagrad', { carry: false, gain: 1.5, opt: 'adagrad', lr: 0.02 }],
  ['words, uniform, momentum', { level: 'word', init: 'uniform', opt: 'momentum', lr: 0.05, batch: 2 }],
];

function lossesOf(settings: Settings): { first: Uint8Array; losses: number[] } {
  const laboratory = new Laboratory(backend, text, settings);
  const first = packModelFile({ ...laboratory.run.model, parameters: laboratory.run.parameters.slice() });
  return { first, losses: Array.from({ length: updates }, () => laboratory.advance().loss) };
}

/** A program that imports the built library of this folder. */
const ofTheBuild = (program: string): string =>
  program.replaceAll(
    /from 'unrolled(?:\/(\w+))?'/g,
    (_match, part = 'index') => `from '${pathToFileURL(join(root, 'dist', `${part}.js`))}'`,
  );

const read = (output: string): number[] =>
  output
    .split('\n')
    .filter((line) => /^\d+ [\d.e-]+$/.test(line))
    .map((line) => Number(line.split(' ')[1]));

const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import torch'], { timeout: 60_000 }).status === 0,
);

describe('a run as code', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'unrolled-export-'));
    writeFileSync(join(folder, 'text.txt'), text);
    if (!python) console.log('There is no Python with torch here: the programs with PyTorch are not run.');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(runs)('%s', (_, changes) => {
    const settings = { ...usual, ...changes };
    const { first, losses } = lossesOf(settings);
    const run: RunToWrite = { settings, updates, holdsOut: true, hasWeights: false };

    writeFileSync(join(folder, 'run.mjs'), ofTheBuild(libraryCode(run).text));
    expect(read(execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' }))).toEqual(losses);

    const command = commandLine(run);
    const [, , ...words] = command.text.replaceAll('\\\n', ' ').trim().split(/\s+/);
    if (command.lacks.length === 0) {
      const given = [...words, '--overwrite', '--json', '--blas', 'none']; // a BLAS rounds differently
      execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...given], { cwd: folder, encoding: 'utf8' });
      const metrics = readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8').trim().split('\n');
      const updatesOf = metrics
        .map((line) => JSON.parse(line))
        .filter(({ event, kind }) => (event ?? kind) === 'update');
      const told = updatesOf.map(({ loss }) => loss);
      expect(told.length).toBeGreaterThan(0);
      for (const { update, loss } of updatesOf) expect(loss).toBeCloseTo(losses[update - 1], 12);
    } else expect(changes.gain !== undefined || changes.carry === false).toBe(true);

    if (!python) return;
    writeFileSync(join(folder, 'model.safetensors'), first);
    writeFileSync(join(folder, 'run.py'), pytorchCode(run).text);
    const environment = { ...process.env, OMP_NUM_THREADS: '1' };
    const options = { cwd: folder, encoding: 'utf8', env: environment } as const;
    const told = read(execFileSync(python, ['run.py', 'model.safetensors'], options));
    expect(told).toHaveLength(updates);
    for (const [i, loss] of told.entries()) expect(Math.abs(loss - losses[i]), `update ${i + 1}`).toBeLessThan(2e-3);
    if (Object.keys(changes).length > 0) return;
    const random = read(execFileSync(python, ['run.py'], options));
    expect(random).toHaveLength(updates);
    expect(Math.abs(random[0] - losses[0])).toBeLessThan(0.5);
    // a run that began with a model from a file
    writeFileSync(join(folder, 'run.mjs'), ofTheBuild(libraryCode({ ...run, hasWeights: true }).text));
    expect(read(execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' }))).toEqual(losses);
  });
});
