// `unrolled export` and `unrolled import`: what goes out comes back bit for bit, what does not fit is told tensor by tensor, and nothing is left half-written.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { packModel } from '../../src/formats/model-folder.ts';
import { readOnnxFile } from '../../src/formats/onnx/onnx-file.ts';
import { readSafetensors, writeSafetensors } from '../../src/formats/safetensors.ts';
import { loadModel, saveFiles } from '../../src/node/model-folder.ts';
import { modelOf } from '../support/kinds.ts';
import { answer, anyWindow, largestDifference } from '../support/logits.ts';
import { feedsOf, session } from '../support/onnx.ts';
import { pytorchStack } from '../support/onnx-graphs.ts';
import { eachRequest, root, shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const at = (...path: string[]) => join(folder, ...path);
const read = (...path: string[]) => readFileSync(at(...path));

/** A task for the model in the folder both-ways. */
const features = { planes: [{ name: 'form', symbols: [...'abcdefgh'] }] };
const task = { task: 'classify', level: 'char', features, labels: ['one', 'two', 'three'] };

beforeAll(async () => {
  shortText(folder, 3000);
  const tiny = ['--hidden', '8', '--batch', '4', '--bptt', '8', '--updates', '3', '--quiet'];
  expect((await unrolled(['train', 'short.txt', '--out', 'model', ...tiny, '--dropout', '0'], folder)).code).toBe(0);
  const options = { cell: 'lstm', vocabSize: 9, embeddingSize: 4, hiddenSize: 5, bidirectional: true } as const;
  saveFiles(at('both-ways'), packModel({ ...modelOf({ ...options, outputSize: 3, pooling: 'last' }), task }));
  const config = JSON.parse(read('model', 'config.json').toString());
  writeFileSync(at('strange.txt'), 'the 東 end\n');
  mkdirSync(at('huge'));
  writeFileSync(at('huge', 'config.json'), JSON.stringify({ ...config, cell: 'lstm', hidden_size: 16_384 }));
});

describe('export', () => {
  test('to pytorch writes the model’s own bytes and its twin', async () => {
    const { code, stdout } = await unrolled(['export', 'model', '--to', 'pytorch', '--out', 'torch'], folder);
    expect(code).toBe(0);
    for (const name of readdirSync(at('torch'))) expect(stdout).toContain(`${join('torch', name)}  `);
    for (const name of ['model.safetensors', 'tokenizer.json'])
      expect(read('torch', name).equals(read('model', name)), name).toBe(true);
    const { architectures, auto_map, ...config } = JSON.parse(read('torch', 'config.json').toString());
    expect(config).toEqual(JSON.parse(read('model', 'config.json').toString()));
    expect({ architectures, auto_map }).toEqual({
      architectures: ['Unrolled'],
      auto_map: { AutoConfig: 'modeling_unrolled.UnrolledConfig', AutoModel: 'modeling_unrolled.Unrolled' },
    });
    expect(read('torch', 'modeling_unrolled.py').equals(readFileSync(join(root, 'python/modeling_unrolled.py')))).toBe(
      true,
    );
  });

  test('to huggingface adds a card with the scores of metrics.jsonl, whose JavaScript runs', async () => {
    expect(
      (await unrolled(['export', 'model', '--to', 'huggingface', '--license', 'mit', '--out', 'hub'], folder)).code,
    ).toBe(0);
    const card = read('hub', 'README.md').toString();
    const looks = read('model', 'metrics.jsonl')
      .toString()
      .match(/"validationLoss":[\d.]+/g)!;
    const best = Math.min(...looks.map((look) => Number(look.split(':')[1])));
    expect(card).toContain('\nlicense: mit\n');
    expect(card).toContain(`| held-out loss | ${best.toFixed(4)} nats per character |`);
    const [, program] = /```js\n([\s\S]*?)```/.exec(card)!;
    const here = program.replace("'.'", JSON.stringify(at('hub')));
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', here], { cwd: root, encoding: 'utf8' });
    expect(out.length).toBeGreaterThanOrEqual(200);
  });

  test.each(['model', 'both-ways'])('to onnx writes a file with the logits of %s', async (name) => {
    expect((await unrolled(['export', name, '--to', 'onnx', '--out', `${name}.onnx`], folder)).code).toBe(0);
    const model = loadModel(at(name));
    const asked = anyWindow(model, 6, 2, 1);
    const { run } = await session(new Uint8Array(read(`${name}.onnx`)));
    const { logits } = await run(feedsOf(model.config, asked));
    expect(largestDifference(logits.data, answer(model, asked).logits)).toBeLessThan(1e-5);
  });

  test('in int8 and float16 says what that costs on the part that was held out, and on any file', async () => {
    const args = [
      'export',
      'model',
      '--to',
      'onnx',
      '--precision',
      'int8',
      '--measure',
      'short.txt',
      '--out',
      'i8.onnx',
    ];
    const { stdout, code } = await unrolled(args, folder);
    expect(code).toBe(0);
    const found = /float32 +([\d.]+ KiB) +([\d.]+)\nint8 +([\d.]+ KiB) +([\d.]+)\nMeasured on (.*)\.\n/.exec(stdout)!;
    expect(found[5]).toBe('the held-out part of short.txt');
    expect(Number.parseFloat(found[3])).toBeLessThan(Number.parseFloat(found[1]));
    const card = read('hub', 'README.md').toString();
    const heldOut = Number(/held-out loss \| ([\d.]+)/.exec(card)![1]);
    expect(Math.abs(Number(found[2]) - heldOut)).toBeLessThan(1e-4);
    expect(Math.abs(Number(found[4]) - heldOut)).toBeLessThan(0.05);
    const facts = readOnnxFile(new Uint8Array(read('i8.onnx')), 'f').metadata.get('precision')!;
    expect(JSON.parse(facts)).toMatchObject({ weights: 'int8', measured: { on: found[5], figures: { int8: {} } } });
    // what was measured is what is in the file
    expect((await unrolled(['import', 'i8.onnx', '--out', 'from-i8'], folder)).stdout).toContain('int8, now float32');
    writeFileSync(at('other.txt'), readFileSync(at('short.txt')).subarray(0, 900));
    const half = ['--precision', 'float16', '--measure', 'other.txt', '--out', 'half'];
    const other = await unrolled(['export', 'model', '--to', 'huggingface', ...half], folder);
    const nll = Number(/float16 .* ([\d.]+)\nMeasured on other\.txt\.\n/.exec(other.stdout)![1]);
    const evaluated = await unrolled(['eval', 'half', 'other.txt', '--json'], folder);
    expect(Math.abs(JSON.parse(evaluated.stdout).nll - nll)).toBeLessThan(1e-5);
    expect(read('half', 'README.md').toString()).toContain(`| weights in float16 | ${nll.toFixed(5)} |`);
  });

  test('in fewer bits says where nothing is at hand to measure on', async () => {
    const args = ['export', 'both-ways', '--to', 'onnx', '--precision', 'float16', '--out', 'both.onnx'];
    const { stdout, code } = await unrolled(args, folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/not measured, since .*; give data to measure on with --measure FILE\.\n$/);
  });

  test('may go into an empty folder', async () => {
    mkdirSync(at('empty'));
    expect((await unrolled(['export', 'model', '--to', 'pytorch', '--out', 'empty'], folder)).code).toBe(0);
    expect(existsSync(at('empty', 'model.safetensors'))).toBe(true);
  });
});

describe('import', () => {
  test.each(['torch', 'both-ways'])('of the folder %s gives the same model again', async (name) => {
    const out = `${name}-again`;
    expect((await unrolled(['import', name, '--out', out], folder)).code).toBe(0);
    expect(existsSync(at(out, 'task.json'))).toBe(name === 'both-ways');
    const first = name === 'torch' ? 'model' : name; // what an export adds for other programs is left out again
    for (const file of readdirSync(at(out))) expect(read(out, file).equals(read(first, file)), file).toBe(true);
    expect(existsSync(at(out, 'model.safetensors'))).toBe(true);
  });

  test.each(['pytorch', 'onnx'])('of an export to %s brings a model’s task back', async (to) => {
    const [there, back] = [`there-${to}`, `back-${to}`];
    expect((await unrolled(['export', 'both-ways', '--to', to, '--out', there], folder)).code).toBe(0);
    if (to === 'pytorch') expect(JSON.parse(read(there, 'task.json').toString())).toMatchObject({ encoding: {} });
    expect(await unrolled(['import', there, '--out', back], folder)).toMatchObject({ code: 0, stderr: '' });
    for (const file of readdirSync(at('both-ways')))
      expect(read(back, file).equals(read('both-ways', file)), file).toBe(true);
    writeFileSync(at('new.csv'), 'text\nabc\n');
    const predicted = await unrolled(['predict', back, 'new.csv'], folder);
    expect(predicted.stdout).toMatch(/\n(one|two|three)\t/);
    writeFileSync(at('names.txt'), 'one\ntwo\nthree\n');
    const named = await unrolled(['import', there, '--labels', 'names.txt', '--out', 'never'], folder);
    expect(named.code).toBe(2);
    expect(named.stderr).toMatch(/labels: expected (no such option beside|none for there-onnx, whose task names them)/);
  });

  test('of the tensors alone gives the same model, the rest inferred', async () => {
    const args = ['import', 'model/model.safetensors', '--tokenizer', 'model/tokenizer.json', '--out', 'alone'];
    expect((await unrolled(args, folder)).code).toBe(0);
    for (const file of readdirSync(at('alone')))
      expect(read('alone', file).equals(read('model', file)), file).toBe(true);
    const other = ['import', 'both-ways/model.safetensors', '--pooling', 'last', '--out', 'alone-2'];
    expect((await unrolled(other, folder)).stdout).toContain('1 × 5 lstm units in both directions, 9 tokens in an');
    expect({ ...loadModel(at('alone-2')), task }).toEqual(loadModel(at('both-ways')));
  });

  test('of an ONNX file gives the model that was exported, and of another writer’s what its nodes say', async () => {
    expect((await unrolled(['export', 'model', '--to', 'onnx', '--out', 'ours.onnx'], folder)).code).toBe(0);
    const named = ['--tokenizer', 'model/tokenizer.json'];
    const ours = await unrolled(['import', 'ours.onnx', ...named, '--out', 'from-onnx'], folder);
    expect(ours).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['model.safetensors', 'config.json', 'tokenizer.json'])
      expect(read('from-onnx', name).equals(read('model', name)), name).toBe(true);
    writeFileSync(at('theirs.onnx'), pytorchStack('LSTM', { bidirectional: true, read: 'final' }).bytes());
    writeFileSync(at('letters.txt'), '[UNK]\na\nb\nc\nd\ne\nf\n');
    writeFileSync(at('labels.txt'), 'one\ntwo\nthree\nfour\nfive\n');
    const task = ['--vocabulary', 'letters.txt', '--labels', 'labels.txt'];
    const theirs = await unrolled(['import', 'theirs.onnx', ...task, '--out', 'from-theirs'], folder);
    expect(theirs.stdout).toMatch(/^cell +lstm +node \d+ of \d+, "LSTM_\d+" \(LSTM\)\nlayers +1 in both directions /);
    writeFileSync(at('new.csv'), 'text\nabc\n');
    const predicted = await unrolled(['predict', 'from-theirs', 'new.csv'], folder);
    expect(predicted.stdout).toMatch(/one|two|three|four|five/);
    const cell = await unrolled(['import', 'theirs.onnx', '--cell', 'gru', '--out', 'never'], folder);
    expect(cell).toMatchObject({
      code: 2,
      stderr: 'unrolled: --cell: expected no such option for an ONNX file, whose nodes say it, got gru\n',
    });
  });

  test('of modules with other names says what it took for what', async () => {
    const { tensors } = readSafetensors(new Uint8Array(read('both-ways', 'model.safetensors')), 'f');
    const renamed = [...tensors].map(
      ([name, tensor]) => [name.replace('rnn.', 'lstm.').replace('decoder', 'fc'), tensor] as const,
    );
    writeFileSync(at('renamed.safetensors'), writeSafetensors(renamed));
    const { code, stdout } = await unrolled(
      ['import', 'renamed.safetensors', '--pooling', 'last', '--out', 'renamed'],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('fc.weight is decoder.weight\n');
    expect(stdout).toMatch(/^cell +lstm +lstm\.weight_hh_l0 F32 \[20, 5\]: 4 gates of 5 units$/m);
    expect(read('renamed', 'model.safetensors').equals(read('both-ways', 'model.safetensors'))).toBe(true);
  });

  test('with the names of tokens and classes gives a model that predicts and is evaluated', async () => {
    writeFileSync(at('characters.txt'), 'abcdefghi\n');
    writeFileSync(at('labels.json'), '{"one": 0, "two": 1, "three": 2}');
    const names = ['--characters', 'characters.txt', '--labels', 'labels.json'];
    const args = ['import', 'both-ways/model.safetensors', '--pooling', 'last', ...names, '--out', 'classifier'];
    expect((await unrolled(args, folder)).stdout).toContain('classifier: 1 × 5 lstm units in both directions');
    writeFileSync(at('new.csv'), 'label,text\none,abc\ntwo,iii\n');
    const { stdout, code } = await unrolled(['predict', 'classifier', 'new.csv'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^label\tprobability\ttext\n(one|two|three)\t0\.\d+\tabc\n(one|two|three)\t0\.\d+\tiii\n$/);
    expect((await unrolled(['eval', 'classifier', 'new.csv'], folder)).stdout).toContain('accuracy');
    const { stderr } = await unrolled(
      [...args.slice(0, -2), '--tokenizer', 'model/tokenizer.json', '--out', 'never'],
      folder,
    );
    expect(stderr).toMatch(
      /--characters: expected one file that says what the tokens are, got --tokenizer and --characters/,
    );
  });

  test('names every tensor that does not fit, and writes nothing', async () => {
    const { tensors } = readSafetensors(new Uint8Array(read('both-ways', 'model.safetensors')), 'f');
    tensors.delete('rnn.weight_hh_l0_reverse');
    tensors.set('decoder.bias', { dtype: 'F32', shape: [4], data: new Float32Array(4) });
    tensors.set('norm.weight', { dtype: 'F32', shape: [4], data: new Float32Array(4) });
    writeFileSync(at('wrong.safetensors'), writeSafetensors(tensors));
    const { code, stderr, stdout } = await unrolled(['import', 'wrong.safetensors', '--out', 'never'], folder);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.split('\n')).toEqual([
      'rnn.weight_hh_l0_reverse: expected F32 [20, 5], got none',
      'decoder.bias: expected F32 [3], got F32 [4]',
      'norm.weight: expected no layer normalization, got F32 [4]',
      expect.stringMatching(
        /^unrolled: wrong\.safetensors: tensor "rnn\.weight_hh_l0_reverse": expected .*; 2 more do not fit either$/,
      ),
      '',
    ]);
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([]);
  });
});

describe.concurrent('is refused in one sentence, and nothing is written:', () => {
  const onnx = ['--to', 'onnx', '--out', 'never'];
  eachRequest<[string, string[], number, RegExp]>([
    [
      'an unknown form',
      ['export', 'model', '--to', 'jax', '--out', 'never'],
      2,
      /--to: expected one of pytorch, onnx, hugg/,
    ],
    ['no form', ['export', 'model', '--out', 'never'], 2, /--to: expected pytorch, onnx or huggingface, got none/],
    ['no place', ['export', 'model', '--to', 'onnx'], 2, /--out: expected a new folder or file to write to, got none/],
    [
      'a license that is none',
      ['export', 'model', '--to', 'huggingface', '--license', 'My own!', '--out', 'never'],
      2,
      /--license: expected the name of a license at the Hugging Face Hub, such as mit, apache-2\.0 or other, got "My own!"/,
    ],
    [
      'a license without a card',
      ['export', 'model', '--license', 'mit', ...onnx],
      2,
      /--license works only with --to huggingface, got --to onnx; leave it out/,
    ],
    [
      'int8 in a folder for PyTorch',
      ['export', 'model', '--to', 'pytorch', '--precision', 'int8', '--out', 'never'],
      2,
      /--precision int8 works only with --to onnx, got --to pytorch; give another --precision/,
    ],
    [
      'another precision',
      ['export', 'model', '--precision', 'int4', ...onnx],
      2,
      /--precision: expected one of float32, float16, int8, got int4/,
    ],
    [
      'nothing to measure',
      ['export', 'model', '--measure', 'short.txt', ...onnx],
      2,
      /--measure works only with --precision float16 or int8, got --precision float32/,
    ],
    [
      'a file to measure on that is not there',
      ['export', 'model', '--precision', 'int8', '--measure', 'gone.txt', ...onnx],
      2,
      /gone\.txt/,
    ],
    [
      'a file to measure on with other characters',
      ['export', 'model', '--precision', 'int8', '--measure', 'strange.txt', ...onnx],
      2,
      /strange\.txt: a character is not in the vocabulary/,
    ],
    [
      'a model that is not there',
      ['export', 'nowhere', ...onnx],
      2,
      /nowhere: expected a model folder, got nothing there/,
    ],
    [
      'a folder in the way',
      ['export', 'model', '--to', 'onnx', '--out', 'model'],
      2,
      /--out model: expected a new name/,
    ],
    [
      'a file in the way',
      ['export', 'model', '--to', 'pytorch', '--out', 'short.txt'],
      2,
      /--out short\.txt: expected a new/,
    ],
    [
      'a place in a file',
      ['export', 'model', '--to', 'pytorch', '--out', 'short.txt/never'],
      2,
      /--out short\.txt\/never: expected a new name or a folder, got a file in its path, \S+short\.txt; give another path/,
    ],
    [
      'a place in no folder',
      ['export', 'model', '--to', 'onnx', '--out', 'no/never'],
      1,
      /no\/never: cannot be saved, its folder/,
    ],
    [
      'a model beyond 2 GB',
      ['export', 'huge', ...onnx],
      2,
      /onnx: expected at most 2147483647 bytes, .* got a model of 43\d{8} bytes/,
    ],
    [
      'an import of nothing',
      ['import', 'nowhere', '--out', 'never'],
      2,
      /nowhere: expected a file of safetensors, torch\.save or ONNX, or a model folder/,
    ],
    [
      'an import of a text',
      ['import', 'short.txt', '--out', 'never'],
      2,
      /short\.txt: expected a file of safetensors or torch\.save, got a text; name the file of the weights/,
    ],
    [
      'a folder without weights',
      ['import', 'huge', '--out', 'never'],
      2,
      /huge: expected a folder with model\.safetensors/,
    ],
    ['an import onto a model', ['import', 'model', '--out', 'both-ways'], 2, /--out both-ways: expected a new name/],
    [
      'an option beside config.json',
      ['import', 'model', '--cell', 'gru', '--out', 'never'],
      2,
      /--cell: expected no such option/,
    ],
    [
      'a tokenizer of another vocabulary',
      ['import', 'both-ways', '--tokenizer', 'model/tokenizer.json', '--out', 'never'],
      2,
      /tokenizer: expected 9 tokens, as many as the model has, got \d+/,
    ],
    [
      'a tokenizer that is not there',
      ['import', 'model', '--tokenizer', 'gone.json', '--out', 'never'],
      2,
      /--tokenizer gone\.json: expected a tokenizer\.json, got nothing there/,
    ],
  ])('%s', async (_title, args, exitCode, pattern) => {
    const { code, stdout, stderr } = await unrolled(args, folder);
    expect(stderr).toMatch(/^unrolled: [^\n]+\n$/);
    expect(stderr).toMatch(pattern);
    expect(stdout).toBe('');
    expect(code).toBe(exitCode);
    expect(readdirSync(folder).filter((name) => name.includes('never') || name.endsWith('.draft'))).toEqual([]);
  });
});
