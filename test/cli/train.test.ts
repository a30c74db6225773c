// What `unrolled train`, `eval`, `gradcheck` and `inspect` say and write: JSON for programs, lines for people, files for everybody.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/network/config.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { endedFiles, jsonLines, shell, shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--hidden', '16', '--batch', '4', '--bptt', '16'];
/** A text in one line: what a person sees is broken where the terminal ends. */
const flat = (text: string): string => text.replace(/\s+/g, ' ');
let made: Awaited<ReturnType<typeof unrolled>>;

beforeAll(async () => {
  shortText(folder, 6000);
  made = await unrolled(['train', 'short.txt', '--out', 'model', ...small, '--epochs', '2', '--json'], folder);
});

describe('unrolled train --json', () => {
  test('writes one object a line, and the last tells that it is done', () => {
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const lines = jsonLines(made.stdout);
    expect(lines[0]).toMatchObject({ event: 'start', out: 'model', level: 'char', tokens: 5700, heldOutTokens: 300 });
    const done = lines.at(-1)!;
    expect(Object.keys(done)).toEqual(['event', 'updates', 'loss', 'validationLoss', 'tokensPerSecond']);
    // ⌈(⌊5700 / 4⌋ − 1) / 16⌉ = 89 windows an epoch
    expect(done).toMatchObject({ event: 'done', updates: 178 });
    const updates = lines.filter(({ event }) => event === 'update');
    expect(updates.map(({ update }) => update)).toEqual(Array.from({ length: 178 }, (_, i) => i + 1));
    const validations = lines.filter(({ event }) => event === 'validation');
    expect(validations.map(({ update, epoch }) => [update, epoch])).toEqual([
      [89, 1],
      [178, 2],
    ]);
    expect(done.loss).toBe(validations[1].loss);
    expect(done.validationLoss).toBe(Math.min(...validations.map(({ validationLoss }) => validationLoss as number)));
    for (const number of ['loss', 'validationLoss', 'tokensPerSecond']) expect(done[number]).toBeGreaterThan(0);
  });

  test('its lines of updates, validations and samples are those of metrics.jsonl, which also has the command and what came out', () => {
    const metrics = jsonLines(readFileSync(join(folder, 'model/metrics.jsonl'), 'utf8'));
    const isShared = ({ event }: Record<string, unknown>) =>
      ['update', 'validation', 'sample'].includes(event as string);
    expect(metrics.filter(isShared)).toEqual(jsonLines(made.stdout).filter(isShared));
    const others = metrics.filter((line) => !isShared(line));
    expect(others.map(({ event }) => event)).toEqual(['start', ...others.slice(1).map(() => 'finding')]);
  });

  test('leaves the files of a model folder and nothing else', () => {
    expect(readdirSync(join(folder, 'model')).sort()).toEqual(endedFiles);
  });

  test('metrics.jsonl has at most a thousand updates, at a fixed interval', async () => {
    await unrolled(
      ['train', 'short.txt', '--out', 'many', ...small, '--hidden', '2', '--updates', '2000', '--quiet'].filter(
        (_, i) => i !== 4 && i !== 5,
      ),
      folder,
    );
    const updates = jsonLines(readFileSync(join(folder, 'many/metrics.jsonl'), 'utf8')).filter(
      ({ event }) => event === 'update',
    );
    expect(updates.map(({ update }) => update)).toEqual(Array.from({ length: 1000 }, (_, i) => 2 * (i + 1)));
  });

  test('a run that ends worse than it began says so, and one that may roll back does, once', async () => {
    const options = [
      '--hidden',
      '16',
      '--batch',
      '4',
      '--bptt',
      '16',
      '--epochs',
      '3',
      '--schedule',
      'constant',
      '--lr',
      '3',
    ];
    const run = await unrolled(['train', 'short.txt', '--out', 'far', ...options], folder);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(
      /The network does worse than counting pairs of characters: train for longer, or anew with another/,
    );
    expect(flat(run.stdout)).toMatch(
      /The loss, [\d.]+ over the last \d+ updates, is higher than it was at the first update, [\d.]+: the run diverged\. Try a lower learning rate than 3 with --lr, or --on-divergence rollback\./,
    );
    const back = await unrolled(
      ['train', 'short.txt', '--out', 'back', ...options, '--on-divergence', 'rollback'],
      folder,
    );
    expect(flat(back.stdout)).toMatch(
      /Note: training: epoch 1: the mean loss, [\d.]+, is well above that of the first update, [\d.]+; the run goes back to the best weights so far, and on with a tenth/,
    );
    const events = jsonLines(readFileSync(join(folder, 'back/metrics.jsonl'), 'utf8'));
    expect(events.filter(({ event }) => event === 'rollback')).toHaveLength(1);
    const looks = events.filter(({ event }) => event === 'validation');
    expect(looks).toHaveLength(3);
    for (const { clippedShare, saturatedShare } of looks) {
      expect(clippedShare).toBeTypeOf('number');
      expect(saturatedShare).toBeGreaterThan(0.1);
    }
    const options2 = ['--out', 'nan', ...options.slice(0, -1), '1e38', '--optimizer', 'sgd', '--clip', '0'];
    const lost = await unrolled(['train', 'short.txt', ...options2], folder);
    expect(lost).toMatchObject({ code: 1 });
    expect(lost.stderr).toMatch(
      /^unrolled: training: update \d+: .* is not finite; start again with a smaller learning rate/,
    );
  });

  test('tells the lowest held-out loss, which is that of the saved weights', async () => {
    const options = [
      '--hidden',
      '32',
      '--batch',
      '4',
      '--bptt',
      '16',
      '--lr',
      '0.03',
      '--schedule',
      'constant',
      '--restart',
      '0',
    ];
    const run = await unrolled(['train', 'short.txt', '--out', 'over', ...options, '--epochs', '20', '--json'], folder);
    const lines = jsonLines(run.stdout);
    const losses = lines.filter(({ event }) => event === 'validation').map((line) => line.validationLoss as number);
    expect(Math.min(...losses)).toBeLessThan(losses.at(-1)!); // else this shows nothing
    expect(lines.at(-1)!.validationLoss).toBe(Math.min(...losses));
    writeFileSync(join(folder, 'last.txt'), readFileSync(join(folder, 'short.txt'), 'utf8').slice(-300));
    const { nll } = JSON.parse((await unrolled(['eval', 'over', 'last.txt', '--json'], folder)).stdout);
    expect(nll).toBe(Math.min(...losses));
  });

  test('tells before the end what counting would have achieved', () => {
    const [told] = jsonLines(made.stdout).filter(({ event }) => event === 'baselines');
    const text = [...readFileSync(join(folder, 'short.txt'), 'utf8')];
    const vocabulary = [...new Set(text)];
    const ids = Uint8Array.from(text, (character) => vocabulary.indexOf(character));
    const [training, heldOut] = [ids.subarray(0, 5700), ids.subarray(5700)];
    let unigram = 0;
    for (const id of heldOut.subarray(1))
      unigram -= Math.log((training.filter((other) => other === id).length + 1) / (5700 + vocabulary.length)) / 299;
    expect(told.unigram).toBeCloseTo(unigram, 10);
    expect(told.bigram).toBeLessThan(unigram);
  });

  test('says null where nothing is held out, and the weights are the last', async () => {
    const run = await unrolled(
      ['train', 'short.txt', '--out', 'all', ...small, '--validation', '0', '--epochs', '1', '--json'],
      folder,
    );
    expect(jsonLines(run.stdout).at(-1)).toMatchObject({ event: 'done', validationLoss: null });
    const losses = jsonLines(run.stdout).filter(({ event }) => event === 'validation');
    expect(losses).toMatchObject([{ validationLoss: null, best: false }]);
  });
});

describe('unrolled train for a person', () => {
  test('a run without an update says that nothing was trained', async () => {
    const { code, stdout } = await unrolled(['train', 'short.txt', '--out', 'untrained', '--updates', '0'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Nothing was trained, as no update was asked for: the weights are as they were at the start\.$/m,
    );
    expect(stdout).not.toMatch(/Done|unknown/);
  });

  test('without a terminal: plain lines, one an epoch, and how to go on; no control characters', async () => {
    const run = await unrolled(['train', 'short.txt', '--out', 'plain', ...small, '--epochs', '2'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const lines = run.stdout.split('\n');
    expect(lines[0]).toBe('Text:  5,700 characters of text, 300 more held out, 54 different');
    expect(lines.filter((line) => line.startsWith('epoch'))).toEqual([
      expect.stringMatching(
        /^epoch 1\/2 {2}update 89\/178 {2}loss \d\.\d{3} {2}held-out \d\.\d{3} {2}[\d,]+ tokens\/s {2}\d+ s left$/,
      ),
      expect.stringMatching(
        /^epoch 2\/2 {2}update 178\/178 {2}loss \d\.\d{3} {2}held-out \d\.\d{3} {2}[\d,]+ tokens\/s$/,
      ),
    ]);
    expect(lines.at(-2)).toMatch(/^The model is in plain\. .*sample plain/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(run.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  test('--quiet says nothing', async () => {
    const run = await unrolled(['train', 'short.txt', '--out', 'quiet', ...small, '--updates', '2', '--quiet'], folder);
    expect(run).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('when nobody reads on, the run saves and ends quietly', async () => {
    const run = await shell(
      'unrolled train short.txt --out pipe --hidden 16 --batch 4 --bptt 16 --epochs 400 --json | head -n 3; exit $PIPESTATUS',
      folder,
    );
    expect(run.stderr).toBe('');
    expect(run.stdout.split('\n')).toHaveLength(4);
    expect(run.code).toBe(141);
    const resumed = await unrolled(['train', 'short.txt', '--out', 'pipe', '--resume', '--lr', '9'], folder);
    expect(resumed.stderr).toMatch(/--lr: expected/); // there is a checkpoint to go on from
  });
});

describe('what is trained', () => {
  test('every option of the architecture reaches config.json', async () => {
    const options = [
      '--nonlinearity',
      'relu',
      '--hidden',
      '12',
      '--layers',
      '2',
      '--embedding',
      '12',
      '--tied',
      '--dropout',
      '0.25',
      '--init',
      'identity',
    ];
    const run = await unrolled(
      [
        'train',
        'short.txt',
        '--out',
        'architecture',
        ...options,
        '--batch',
        '4',
        '--bptt',
        '8',
        '--updates',
        '2',
        '--json',
      ],
      folder,
    );
    expect(run.code).toBe(0);
    const { config } = loadModel(join(folder, 'architecture'));
    expect(config).toEqual(
      checkConfig({
        vocabSize: 54,
        nonlinearity: 'relu',
        hiddenSize: 12,
        numLayers: 2,
        embeddingSize: 12,
        tieWeights: true,
        dropout: 0.25,
      }),
    );
    expect(jsonLines(run.stdout)[0].parameters).toBe(parameterCount(config));
  });

  test('every option of the training reaches the trainer', async () => {
    const options = [
      '--optimizer',
      'nesterov',
      '--lr',
      '0.03',
      '--momentum',
      '0.8',
      '--weight-decay',
      '0.001',
      '--clip',
      '2',
      '--schedule',
      'decay',
      '--patience',
      '4',
      '--seed',
      '9',
    ];
    const run = await unrolled(
      ['train', 'short.txt', '--out', 'settings', ...small, ...options, '--updates', '7', '--json'],
      folder,
    );
    expect(jsonLines(run.stdout)[0].settings).toMatchObject({
      ...{ optimizer: 'nesterov', learningRate: 0.03, momentum: 0.8, weightDecay: 0.001, clip: 2, schedule: 'decay' },
      ...{ patience: 4, seed: 9, batchSize: 4, bptt: 16, updates: 7 },
    });
  });

  test('bytes and words, with a held-out file', async () => {
    shortText(folder, 1500, 'held.txt');
    for (const level of ['byte', 'word']) {
      const run = await unrolled(
        [
          'train',
          'short.txt',
          '--out',
          level,
          '--level',
          level,
          ...small,
          '--validation-file',
          'held.txt',
          '--epochs',
          '1',
          '--json',
        ],
        folder,
      );
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(jsonLines(run.stdout)[0]).toMatchObject({
        level,
        heldOutTokens: level === 'byte' ? 1500 : expect.any(Number),
      });
      const { nll, bitsPerCharacter, tokens } = JSON.parse(
        (await unrolled(['eval', level, 'held.txt', '--json'], folder)).stdout,
      );
      expect(bitsPerCharacter).toBeCloseTo((nll * tokens) / Math.LN2 / 1500, 10);
    }
  });

  test('the same seed gives the same file, another seed another', async () => {
    const weights = (out: string) => readFileSync(join(folder, out, 'model.safetensors'));
    for (const [out, seed] of [
      ['one', '1'],
      ['again', '1'],
      ['two', '2'],
    ])
      await unrolled(
        ['train', 'short.txt', '--out', out, ...small, '--updates', '5', '--seed', seed, '--quiet'],
        folder,
      );
    expect(weights('again').equals(weights('one'))).toBe(true);
    expect(weights('two').equals(weights('one'))).toBe(false);
  });

  test('--init-from takes weights and vocabulary, and refuses what contradicts them', async () => {
    writeFileSync(join(folder, 'few.txt'), 'and the river and the boat '.repeat(20));
    const from = ['train', 'few.txt', '--out', 'child', '--init-from', 'model', '--batch', '2', '--bptt', '8'];
    const wrong = await unrolled([...from, '--hidden', '17'], folder);
    expect(wrong.stderr).toBe(
      'unrolled: --hidden: expected 16, as the model in model has, got 17; leave the option out\n',
    );
    expect(wrong.code).toBe(2);
    const run = await unrolled([...from, '--updates', '0', '--quiet'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['model.safetensors', 'tokenizer.json', 'config.json'])
      expect(readFileSync(join(folder, 'child', name)).equals(readFileSync(join(folder, 'model', name))), name).toBe(
        true,
      );
  });

  test('files of another program are never replaced, not even with --overwrite', async () => {
    const theirs = join(folder, 'theirs');
    const files = {
      ...{ 'config.json': '{"model_type":"gpt2"}', 'metrics.jsonl': '{"loss":1}\n', 'report.html': '<p>theirs' },
      ...{ 'tokenizer.json': '{}', 'tokenizer_config.json': '{}' },
    };
    mkdirSync(theirs);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(theirs, name), text);
    for (const more of [[], ['--overwrite'], ['--resume', '--seed', '1']]) {
      const { code, stderr } = await unrolled(
        ['train', 'short.txt', '--out', 'theirs', '--updates', '1', ...more],
        folder,
      );
      expect(stderr).toBe(
        'unrolled: --out theirs: expected a new folder or one with a model of unrolled, got files that another program may have written and this would replace: ' +
          'metrics.jsonl, report.html, config.json, tokenizer.json, tokenizer_config.json; choose another folder, or move them away\n',
      );
      expect(code).toBe(2);
    }
    expect(readdirSync(theirs).sort()).toEqual(Object.keys(files).sort());
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(theirs, name), 'utf8')).toBe(text);
  });

  test('--overwrite replaces a model', async () => {
    cpSync(join(folder, 'model'), join(folder, 'replaced'), { recursive: true });
    const run = await unrolled(
      [
        'train',
        'short.txt',
        '--out',
        'replaced',
        '--overwrite',
        ...small,
        '--hidden',
        '7',
        '--updates',
        '1',
        '--quiet',
      ].filter((_, i) => i !== 5 && i !== 6),
      folder,
    );
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(loadModel(join(folder, 'replaced')).config.hiddenSize).toBe(7);
    expect(readdirSync(join(folder, 'replaced')).sort()).toEqual(endedFiles);
  });
});

test('the note tells the learning rate that the data decide, and not one that was given', async () => {
  // a twentieth is held out of 325,000 words
  writeFileSync(join(folder, 'words.txt'), 'a river and a road\n'.repeat(65_000));
  const noteOf = async (...more: string[]) => {
    const sizes = ['--hidden', '2', '--embedding', '2', '--updates', '1', '--validation', '0.05'];
    const run = await unrolled(
      ['train', 'words.txt', '--level', 'word', '--out', 'words', '--overwrite', ...sizes, ...more],
      folder,
    );
    expect(run).toMatchObject({ code: 0 });
    return /^Note: Words have defaults of their own: .*$/m.exec(run.stdout)?.[0];
  };
  expect(await noteOf()).toContain(', learning rate 0.002, ');
  expect(await noteOf('--optimizer', 'muon')).toContain(', learning rate 0.002, ');
  expect(await noteOf('--lr', '0.01')).not.toContain('learning rate');
  expect(await noteOf('--optimizer', 'sgd')).not.toContain('learning rate');
});
