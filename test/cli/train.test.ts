// What `unrolled train`, `eval`, `gradcheck` and `inspect` say and write: JSON for programs, lines for people, files for everybody.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createBackend } from '../../src/engine/create.ts';
import { checkConfig } from '../../src/model/config.ts';
import { parameterCount } from '../../src/model/parameters.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { streams } from '../../src/text/batches.ts';
import { Trainer } from '../../src/training/trainer.ts';
import { jsonLines, modelFiles, shell, shortText, temporaryFolder, unrolled } from './support.ts';

const folder = temporaryFolder();
const small = ['--hidden', '16', '--batch', '4', '--bptt', '16'];
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

  test('its lines of updates and validations are those of metrics.jsonl', () => {
    const metrics = jsonLines(readFileSync(join(folder, 'model/metrics.jsonl'), 'utf8'));
    expect(metrics).toEqual(jsonLines(made.stdout).filter(({ event }) => event === 'update' || event === 'validation'));
  });

  test('leaves the files of a model folder and nothing else', () => {
    expect(readdirSync(join(folder, 'model')).sort()).toEqual(modelFiles);
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

  test('tells the lowest held-out loss, which is that of the saved weights', async () => {
    const options = ['--hidden', '32', '--batch', '4', '--bptt', '16', '--lr', '0.02', '--schedule', 'constant'];
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
    expect(readdirSync(join(folder, 'replaced')).sort()).toEqual(modelFiles);
  });
});

describe('unrolled eval', () => {
  test('tells the same as training told of the held-out text', async () => {
    const text = readFileSync(join(folder, 'short.txt'), 'utf8');
    writeFileSync(join(folder, 'end.txt'), text.slice(-300));
    const run = await unrolled(['eval', 'model', 'end.txt', '--json'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(run.stdout);
    expect(Object.keys(result)).toEqual(['nll', 'perplexity', 'bitsPerCharacter', 'tokens']);
    expect(result.nll).toBe(jsonLines(made.stdout).at(-1)!.validationLoss);
    expect(result.tokens).toBe(299);
    expect(result.perplexity).toBeCloseTo(Math.exp(result.nll), 10);
    expect(result.bitsPerCharacter).toBeCloseTo(result.nll / Math.LN2, 10);
  });

  test('reads several files as one text, and says it in lines for a person', async () => {
    const run = await unrolled(['eval', 'model', 'end.txt', 'end.txt'], folder);
    expect(run.stdout).toMatch(
      /^mean negative log-likelihood {2}\d\.\d{4} nats per character\nperplexity +[\d.]+\nbits per character +\d\.\d{4}\npredicted +599 characters\n$/,
    );
  });
});

describe('unrolled gradcheck', () => {
  test('passes on the built-in models, with a table of every tensor', async () => {
    const run = await unrolled(['gradcheck', '--samples', '6'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['embedding', 'U0', 'W1', 'b2', 'V', 'c', 'h0(0)', 'h(0)'])
      expect(run.stdout).toMatch(new RegExp(`^  ${name.replace(/[()]/g, '\\$&')} +`, 'm'));
    expect(run.stdout).toMatch(/Passed: \d+ tensors, largest relative error \d\.\de-\d+, allowed 0\.00001\n$/);
  });

  test('checks a model folder, as JSON too', async () => {
    const run = await unrolled(['gradcheck', 'model', '--samples', '5', '--json'], folder);
    expect(run.code).toBe(0);
    const { passed, largestRelativeError, models } = JSON.parse(run.stdout);
    expect(passed).toBe(true);
    expect(largestRelativeError).toBeLessThan(1e-5);
    expect(models[0].tensors.map(({ name }: { name: string }) => name)).toEqual(['U0', 'W0', 'b0', 'V', 'c', 'h(0)']);
  });
});

describe('unrolled inspect', () => {
  test('shows sizes, norms, the spectral radius, saturation and the memory formula', async () => {
    const run = await unrolled(['inspect', 'model', 'short.txt'], folder);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('network     1 × 16 tanh units');
    expect(run.stdout).toMatch(/W0 +16 × 16 .*ρ = \d\.\d{3}/);
    expect(run.stdout).toMatch(
      /States\n {2}on 6,000 tokens of short\.txt\n {2}layer 0 {3}\|h\| > 0\.97 in \d+\.\d % of the states/,
    );
    expect(run.stdout).toMatch(/training with T = 16, B = 4, adam/); // from its checkpoint
    expect(run.stdout).toMatch(/optimizer +2 P +[\d.]+ KiB/);
  });

  test('tells the memory that the trainer takes, within 2 % or two pages', async () => {
    const { config, parameters, tokenizer } = loadModel(join(folder, 'model'));
    for (const [batch, bptt, optimizer] of [
      [4, 16, 'adam'],
      [32, 64, 'sgd'],
      [1, 100, 'rmsprop'],
    ] as const) {
      const text = tokenizer!.encode(readFileSync(join(folder, 'short.txt'), 'utf8'));
      const trainer = new Trainer(
        createBackend(),
        { config, parameters, tokenizer },
        streams(text, batch),
        { batchSize: batch, bptt, optimizer },
        text,
      );
      const args = [
        'inspect',
        'model',
        '--batch',
        String(batch),
        '--bptt',
        String(bptt),
        '--optimizer',
        optimizer,
        '--json',
      ];
      const { memory } = JSON.parse((await unrolled(args, folder)).stdout);
      expect(Math.abs(memory.bytes - trainer.bytes)).toBeLessThanOrEqual(Math.max(2 * 65536, 0.02 * trainer.bytes));
    }
  });

  test('says the same as JSON', async () => {
    const run = await unrolled(['inspect', 'model', '--json'], folder);
    const result = JSON.parse(run.stdout);
    const { config } = loadModel(join(folder, 'model'));
    expect(result).toMatchObject({
      config,
      parameters: parameterCount(config),
      saturation: { tokens: 2000 },
      memory: { steps: 16, batch: 4 },
    });
    expect(result.memory.bytes % 65536).toBe(0);
  });
});
