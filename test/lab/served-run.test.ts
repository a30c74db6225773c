// A finished run as `unrolled lab DIR` hands it to the page: its own curves up to the step of its weights, what it wrote before, and its settings.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../lab/settings.ts';
import { ServedRun } from '../../lab/state/served-run.ts';
import { labRun } from '../../src/cli/lab-run.ts';
import { loadModel, saveModel } from '../../src/node/model-folder.ts';
import { jsonLines, shortText, temporaryFolder, unrolled } from '../cli/support.ts';

test('a run comes to the page with its losses, samples and settings', async () => {
  const folder = temporaryFolder();
  shortText(folder, 3000, 'text.txt');
  const options = ['--hidden', '8', '--batch', '4', '--bptt', '16', '--epochs', '4', '--lr', '0.01', '--patience', '0'];
  await unrolled(['train', 'text.txt', '--out', 'run', ...options, '--quiet'], folder);
  const directory = join(folder, 'run');
  const lines = jsonLines(readFileSync(join(directory, 'metrics.jsonl'), 'utf8'));
  const looks = lines.filter(({ event }) => event === 'validation') as { update: number; validationLoss: number }[];
  const best = looks.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));

  const { step, json } = labRun(directory)!;
  expect(step).toBe(best.update);
  const run = new ServedRun(JSON.parse(json));
  const history = run.history();
  const updates = lines.filter(({ event, update }) => event === 'update' && (update as number) <= step);
  expect(history.points.map((point) => [point.step, point.loss, point.norm])).toEqual(
    updates.map(({ update, loss, gradientNorm }) => [update, loss, gradientNorm]),
  );
  expect(history.last?.step).toBe(step);
  expect(history.heldOut).toEqual(
    looks
      .filter(({ update }) => update <= step)
      .map(({ update, validationLoss }) => ({ step: update, loss: validationLoss })),
  );

  const { vocabulary } = loadModel(directory).tokenizer!;
  const samples = run.samples(vocabulary, 'char');
  const [first] = lines.filter(({ event }) => event === 'sample');
  expect(samples[0].step).toBe(first.update);
  expect(Array.from(samples[0].ids, (id) => vocabulary[id]).join('')).toBe(first.text);

  expect(run.settings(defaultSettings)).toMatchObject({
    T: 16,
    batch: 4,
    lr: 0.01,
    opt: 'adam',
    restart: 0.2,
    cell: defaultSettings.cell,
  });
  expect(run.remark).toMatch(
    /^This run learned from [\d,]+ characters of text, .* Up to step \d+ the losses are of its own data/,
  );

  saveModel(join(folder, 'model'), loadModel(directory));
  expect(labRun(join(folder, 'model'))).toBeUndefined(); // a model alone has no run
  expect(labRun('@shakespeare')).toBeUndefined();
});
