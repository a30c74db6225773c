// A model of subwords from elsewhere, from its two files on: imported, evaluated, sampled, trained further, read step by step, exported, saved and read
// again; and what cannot be done with it is refused in one sentence.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { open as openInLab } from '../../lab/engine/exchange.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { readTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import { createBackend, createModel, growVocabulary, importPyTorch, open, sampleText } from '../../src/index.ts';
import { loadModel, saveModel } from '../../src/node/model-folder.ts';
import { forms, trained, trainingText } from '../support/subwords.ts';
import { temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const json = JSON.stringify(trained(forms[0]));
const tokenizer = readTokenizerJson(json, 'gpt2.json');

test('imported, evaluated, sampled, trained further, saved and read again', async () => {
  const theirs = createModel({ cell: 'lstm', embeddingSize: 6, hiddenSize: 6, tieWeights: true, tokenizer, seed: 2 });
  saveModel(join(folder, 'theirs'), theirs);
  writeFileSync(join(folder, 'gpt2.json'), json);
  writeFileSync(join(folder, 'text.txt'), trainingText);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await unrolled(args, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  await run('import', 'theirs/model.safetensors', '--tokenizer', 'gpt2.json', '--out', 'ours');
  const ours = loadModel(join(folder, 'ours'));
  expect(ours.parameters).toEqual(theirs.parameters);
  expect(ours.tokenizer!.options).toEqual(tokenizer.options);
  expect(readFileSync(join(folder, 'ours/tokenizer.json'), 'utf8')).toContain('"Ġt he"');
  expect(await run('eval', 'ours', 'text.txt')).toMatch(/per subword/);
  const sampled = await run('sample', 'ours', '--prompt', 'The tide', '--length', '30', '--seed', '3');
  expect(sampled).toBe(`The tide${sampleText(ours, { prompt: 'The tide', length: 30, seed: 3 })}\n`);
  expect(await run('inspect', 'ours')).toContain(`${tokenizer.vocabSize} subwords`);
  const further = ['text.txt', '--init-from', 'ours', '--batch', '2', '--bptt', '8', '--quiet'];
  await run('train', ...further, '--out', 'further', '--updates', '4');
  await run('train', 'text.txt', '--out', 'further', '--resume', '--quiet');
  const after = loadModel(join(folder, 'further'));
  expect(after.tokenizer!.options).toEqual(tokenizer.options);
  expect(after.parameters).not.toEqual(ours.parameters);
  await run('export', 'further', '--to', 'huggingface', '--out', 'hub');
  expect(readFileSync(join(folder, 'hub/tokenizer.json'))).toEqual(readFileSync(join(folder, 'ours/tokenizer.json')));
  const hub = Object.fromEntries(
    readdirSync(join(folder, 'hub')).map((file) => [file, readFileSync(join(folder, 'hub', file), 'utf8')]),
  );
  expect(Object.keys(hub)).toContain('modeling_unrolled.py');
  expect(JSON.parse(hub['tokenizer_config.json'])).toMatchObject({ clean_up_tokenization_spaces: false });
  expect(hub['README.md']).toContain('with PyTorch and the package `tokenizers`:');
  expect(hub['README.md']).toContain(`${tokenizer.vocabSize} subwords, through an embedding of 6`);
  expect(hub['README.md']).toContain('print(model.sample("\\n", length=200))');
  const back = loadModel(join(folder, 'hub'));
  expect([back.parameters, back.tokenizer!.options]).toEqual([after.parameters, after.tokenizer!.options]);
  await run('export', 'further', '--to', 'onnx', '--out', 'model.onnx');
  await run('import', 'model.onnx', '--out', 'again');
  const again = loadModel(join(folder, 'again'));
  expect([again.parameters, again.config]).toEqual([after.parameters, after.config]);
  expect(again.tokenizer!.options).toEqual(after.tokenizer!.options);
  expect(again.tokenizer!.encode('The tide — 日')).toEqual(after.tokenizer!.encode('The tide — 日'));
  const session = open(after).read('The tide ');
  expect(open(after).restore(session.state()).probabilities()).toEqual(session.probabilities());

  const grown = await unrolled(['train', ...further, '--grow', '--out', 'grown'], folder);
  expect(grown).toMatchObject({ code: 2, stderr: expect.stringContaining('--grow: expected a vocabulary of') });
  expect(grown.stderr).toContain('got byte-pair merges; leave the option out\n');
  const learned = await unrolled(['train', 'text.txt', '--level', 'subword', '--out', 'never'], folder);
  expect(learned).toMatchObject({ code: 2, stderr: expect.stringContaining('char, byte, word') });
});

test('what cannot be done is refused in one sentence', async () => {
  const model = createModel({ hiddenSize: 4, tokenizer });
  expect(() => growVocabulary(model, ['new'])).toThrow('expected a vocabulary of characters or words, got byte-pair');
  saveModel(join(folder, 'plain'), model);
  const bytes = new Uint8Array(readFileSync(join(folder, 'plain/model.safetensors')));
  expect(() => importPyTorch(bytes, { tokenizer, labels: ['a', 'b'], pooling: 'last' })).toThrow(
    'labels: expected words split as unrolled does it, since a task does, got a tokenizer with byte-pair merges',
  );
  const files = ['config.json', 'tokenizer.json', 'model.safetensors'].map(
    (name) => new File([new Uint8Array(readFileSync(join(folder, 'plain', name)))], name),
  );
  const request = { kind: 'open', id: 1, files, settings: defaultSettings, text: trainingText } as never;
  await expect(openInLab(createBackend(), request)).rejects.toThrow(
    /expected characters, bytes or words, got subwords; the lab does not show such a model$/,
  );
});
