// A model folder on disk: in which order its files are written, so that a folder with weights is complete. What the files hold is in test/formats/.

import fs, { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { learnTokenizer } from '../../src/data/text/create.ts';
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
