// The PyTorch twin, live in an exhaustive run where python3 has PyTorch: exported folders of every kind load with strict=True and give the logits that our engine gives.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { packModel } from '../../src/formats/model-folder.ts';
import { cellNames, type ModelOptions } from '../../src/network/config.ts';
import { saveFiles } from '../../src/node/model-folder.ts';
import { readTwin, twinName } from '../../src/node/twin.ts';
import { isExhaustive } from '../support/exhaustive.ts';
import { kinds, modelOf } from '../support/kinds.ts';
import { type Answer, answer, anyWindow, largestDifference, withoutPadding } from '../support/logits.ts';

// float32 in another order of sums
const tolerance = 1e-5;
const python = !isExhaustive
  ? undefined
  : ['/usr/bin/python3', 'python3', 'python'].find(
      (name) => spawnSync(name, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
    );
if (isExhaustive && !python)
  console.warn('no PyTorch found: the tests of its twin are skipped (install python3-torch)');
const folder = mkdtempSync(join(tmpdir(), 'unrolled-twin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cases: [title: string, options: ModelOptions, lengths?: number[]][] = [
  ...cellNames.flatMap((cell) =>
    kinds.map(([title, options, lengths]) => [`${cell}, ${title}`, { cell, ...options }, lengths]),
  ),
  ...cellNames.flatMap((cell) =>
    [1, 2].flatMap((numLayers) =>
      [false, true].map((bidirectional) => [
        `${cell}, ${numLayers} layers, bidirectional ${bidirectional}`,
        { cell, vocabSize: 5, hiddenSize: 6, numLayers, bidirectional },
      ]),
    ),
  ),
  ...(['relu', 'sigmoid'] as const).map((nonlinearity) => [
    nonlinearity,
    { nonlinearity, vocabSize: 5, hiddenSize: 6, numLayers: 2, bidirectional: true, dropout: 0.5 },
    [9, 3],
  ]),
] as [string, ModelOptions, number[]?][];

describe.skipIf(!python)(
  `with PyTorch (${python ?? (isExhaustive ? 'skipped: no python3 has torch' : 'in npm run test:all')})`,
  () => {
    test(`${cases.length} kinds of models give our logits and states`, () => {
      const asked = cases.map(([, options, lengths], i) => {
        const model = modelOf(options);
        return { model, window: { ...anyWindow(model, 9, 2, i), lengths } };
      });
      const described = asked.map(({ model, window: { steps, batch, x, lengths } }, i) => {
        const { inputSize, symbols } = model.config;
        const place = join(folder, `${i}`);
        saveFiles(place, new Map([...packModel(model), [twinName, readTwin()]]));
        const shape = [...(symbols > 1 ? [symbols] : []), steps, batch, ...(inputSize === null ? [] : [inputSize])];
        return { folder: place, shape, x, lengths: lengths ?? null, integers: inputSize === null };
      });
      writeFileSync(join(folder, 'cases.json'), JSON.stringify(described));
      const script = fileURLToPath(new URL('../support/twin_logits.py', import.meta.url));
      const { stdout, stderr, status } = spawnSync(python!, [script, join(folder, 'cases.json')], {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const answers: Answer[] = JSON.parse(stdout);
      asked.forEach(({ model, window }, i) => {
        const theirs = withoutPadding(model, window, answers[i]);
        const ours = withoutPadding(model, window, answer(model, window));
        for (const name of ['logits', 'state', 'cell'] as const)
          expect(largestDifference(theirs[name], ours[name]), `${cases[i][0]}: ${name}`).toBeLessThan(tolerance);
      });
    });
  },
);

test('the twin’s constructor takes every key that config.json can have', () => {
  const source = readFileSync(new URL('../../python/modeling_unrolled.py', import.meta.url), 'utf8');
  const [, parameters] = /def __init__\(self, (vocab_size[\s\S]*?)\):/.exec(source)!;
  const names = parameters.split(',').map((each) => each.trim().split('=')[0]);
  for (const [, options] of cases) {
    const json = JSON.parse(new TextDecoder().decode(packModel(modelOf(options)).get('config.json')));
    for (const key of Object.keys(json)) if (key !== 'model_type') expect(names).toContain(key);
  }
});
