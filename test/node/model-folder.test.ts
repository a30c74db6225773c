// A model folder on disk: in which order its files are written, so that a folder with weights is complete, and whose
// files are replaced. What the files hold is in test/formats/.

import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { learnTokenizer } from '../../src/data/text/create.ts';
import { packModelFile } from '../../src/formats/model-file.ts';
import { loadModel, saveModel } from '../../src/node/model-folder.ts';
import { createModel } from '../../src/tasks/create-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'unrolled-folder-'));
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const learner = learnTokenizer('char');
learner.add('a river');
const model = createModel({ tokenizer: learner.finish(), hiddenSize: 4 });

test('the weights of a folder are written last', () => {
  const renamed: string[] = [];
  const renameSync = fs.renameSync;
  vi.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
    renamed.push(basename(String(to)));
    renameSync(from, to);
  });
  syncBuiltinESMExports(); // for those who import the function by name
  saveModel(folder, model);
  const files = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
  expect(renamed).toEqual(['.unrolled.journal', ...files]);
  expect(readdirSync(folder).sort()).toEqual(files.sort());
  expect(loadModel(folder).parameters).toEqual(model.parameters);
});

test.each([
  ['of another library', { 'config.json': '{"model_type":"gpt2"}', 'model.safetensors': 'weights' }],
  ['that is no model', { 'tokenizer.json': '{}', 'notes.txt': 'mine' }],
  ['whose old task would go', { 'task.json': '{}' }],
])('saveModel replaces no file of a folder %s', (title, files) => {
  const theirs = join(folder, title.replaceAll(' ', '-'));
  mkdirSync(theirs);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(theirs, name), text);
  expect(() => saveModel(theirs, model)).toThrow(
    /^saveModel \S+: expected a new folder or one with a model of unrolled, got files that another program may have written and this would replace: \w+\.json.*; choose another folder, or move them away$/,
  );
  expect(readdirSync(theirs).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(theirs, name), 'utf8')).toBe(text);
});

test('saveModel replaces a model of ours, also one that is damaged or in one file, and leaves other files', () => {
  const ours = join(folder, 'ours');
  saveModel(ours, model);
  writeFileSync(join(ours, 'notes.txt'), 'mine');
  writeFileSync(join(ours, 'config.json'), readFileSync(join(ours, 'config.json'), 'utf8').slice(0, 60));
  saveModel(ours, model);
  expect(loadModel(ours).parameters).toEqual(model.parameters);
  rmSync(join(ours, 'config.json'));
  writeFileSync(join(ours, 'model.safetensors'), packModelFile(model));
  saveModel(ours, model);
  expect(loadModel(ours).parameters).toEqual(model.parameters);
  expect(readFileSync(join(ours, 'notes.txt'), 'utf8')).toBe('mine');
});
