// Few data have defaults of their own (tasks/few-data.ts); as much as the built-in text keeps the usual ones, and so its bits.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LabeledSequence } from '../../src/data/conllu.ts';
import { parseTable } from '../../src/data/csv.ts';
import type { Example } from '../../src/data/sequences.ts';
import { createBackend } from '../../src/engine/create.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { defaultsRemark } from '../../src/tasks/few-data.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { label } from '../../src/tasks/label.ts';
import type { Task } from '../../src/tasks/task.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { sampleText } from '../../src/tasks/text/sample.ts';
import { fit, settled, train } from '../../src/tasks/train.ts';
import { river as riverFile } from '../cli/support.ts';

const river = readFileSync(riverFile, 'utf8');
const beginning = (length: number): string => river.slice(0, length);

/** What a run is made of where nobody says. */
function runOf(task: Task, given = {}) {
  const { settings, source } = settled(task, given);
  const { batchSize, bptt, batches } = source;
  return { batchSize, bptt, updates: settings.updates ?? batches * settings.epochs!, patience: settings.patience };
}

describe('as much data as before has the defaults of before', () => {
  test('a text of 600,000 characters', () => {
    const task = languageModel(Uint32Array.from({ length: 640_000 }, (_, i) => i % 50));
    expect(settled(task, {}).settings).toEqual({ batchSize: 16, epochs: 10, patience: 0, optimizer: 'muon' });
    expect(createModel(task).config).toMatchObject({ cell: 'rnn', hiddenSize: 256, dropout: 0 });
    expect(defaultsRemark(task, settled(task, {}).source, {}, createModel(task).config)).toBeNull();
  });

  test('sentences, texts and rows', () => {
    const sentences: LabeledSequence[] = Array.from({ length: 1000 }, (_, i) => ({
      tokens: ['a'],
      labels: [`${i % 2}`],
    }));
    const texts: Example[] = Array.from({ length: 600 }, (_, i) => ({ text: 'a', label: `${i % 2}` }));
    const table = parseTable(`t\n${Array.from({ length: 1200 }, (_, i) => i % 7).join('\n')}\n`);
    expect(settled(label(sentences), {}).settings).toMatchObject({ batchSize: 32, epochs: 6, patience: 0 });
    expect(settled(classify(texts), {}).settings).toMatchObject({ batchSize: 32, epochs: 10, patience: 0 });
    expect(settled(forecast(table, { target: 't' }), {}).settings).toMatchObject({
      batchSize: 8,
      epochs: 30,
      patience: 0,
    });
  });
});

describe('fewer characters', () => {
  const characters = (count: number, validation = 0.05): Task =>
    languageModel(
      Uint32Array.from({ length: count }, (_, i) => i % 50),
      { validation },
    );

  test.each([
    [35_000, { batchSize: 8, bptt: 32 }, 128, 0.1], // a twentieth is held out
    [210_000, { batchSize: 8, bptt: 32 }, 128, 0.1],
    [211_000, { batchSize: 8, bptt: 64 }, 192, 0.1],
    [631_000, { batchSize: 8, bptt: 64 }, 192, 0.1],
    [632_000, { batchSize: 16, bptt: 64 }, 256, 0],
  ])('of %i have fewer units and more updates', (count, batch, units, dropout) => {
    const task = characters(count);
    expect(runOf(task)).toMatchObject({ ...batch, patience: 0 });
    expect(settled(task, {}).settings).toMatchObject({ optimizer: 'muon', epochs: 10 });
    expect(createModel(task).config).toMatchObject({ cell: 'rnn', hiddenSize: units, embeddingSize: null, dropout });
  });

  test('what is given is taken; a text to be learned by heart has no dropout', () => {
    const task = languageModel(river);
    expect(createModel(task, { cell: 'lstm' }).config).toMatchObject({ cell: 'lstm', hiddenSize: 128, dropout: 0.1 });
    expect(createModel(task, { hiddenSize: 300 }).config).toMatchObject({ hiddenSize: 300, dropout: 0.1 });
    expect(settled(task, { optimizer: 'adam' }).settings).toMatchObject({ optimizer: 'adam' });
    expect(createModel(characters(50_000, 0)).config.dropout).toBe(0);
    expect(defaultsRemark(task, settled(task, {}).source, {}, createModel(task).config)).toBe(
      'A shorter text has defaults of its own: 8 streams instead of 16, windows of 32 steps instead of 64, ' +
        '128 units instead of 256 units, dropout 0.1',
    );
  });
});

describe('words have defaults of their own', () => {
  const words = (count: number, kinds: number): Task =>
    languageModel(
      Uint32Array.from({ length: count }, (_, i) => i % kinds),
      { level: 'word', validation: 0.05 },
    );

  test.each([
    [5_000, 300, { batchSize: 8, bptt: 32 }, 128, 0.3, 'full'],
    [31_000, 300, { batchSize: 8, bptt: 32 }, 128, 0.3, 'full'], // a twentieth is held out
    [32_000, 300, { batchSize: 8, bptt: 32 }, 128, 0.3, 'full'],
    [60_000, 999, { batchSize: 8, bptt: 32 }, 128, 0.3, 'full'],
    [60_000, 1_000, { batchSize: 8, bptt: 32 }, 128, 0.3, 'adaptive'],
    [105_000, 1_000, { batchSize: 8, bptt: 32 }, 128, 0.3, 'adaptive'],
    [106_000, 1_000, { batchSize: 16, bptt: 32 }, 128, 0.3, 'adaptive', 20],
    [300_000, 1_000, { batchSize: 16, bptt: 32 }, 128, 0.3, 'adaptive', 20],
    [316_000, 1_000, { batchSize: 16, bptt: 32 }, 256, 0.1, 'adaptive'],
    [1_052_000, 1_000, { batchSize: 16, bptt: 32 }, 256, 0.1, 'adaptive'],
    [1_053_000, 1_000, { batchSize: 16, bptt: 32 }, 256, 0.1, 'adaptive'],
    [2_000_000, 20_000, { batchSize: 16, bptt: 32 }, 256, 0.1, 'adaptive'],
  ])('%i words, %i of them different', (count, kinds, batch, units, dropout, softmax, epochs = 10) => {
    const task = words(count, kinds);
    expect(runOf(task)).toMatchObject({ ...batch, patience: 0 });
    // from 300,000 words on steps are smaller
    expect(task.defaults.training).toMatchObject({ epochs, learningRate: units === 256 ? 0.002 : null });
    const said = defaultsRemark(task, settled(task, {}).source, {}, createModel(task).config);
    expect(said?.includes(', learning rate 0.002')).toBe(units === 256);
    const given = { learningRate: 0.001 };
    expect(defaultsRemark(task, settled(task, given).source, given, createModel(task).config)).not.toContain(
      'learning',
    );
    expect(createModel(task).config).toMatchObject({
      ...{ cell: 'rnn', hiddenSize: units, embeddingSize: units, dropout, softmax, tieWeights: false },
      nonlinearity: 'relu',
    });
    expect(createModel(task, { nonlinearity: 'tanh' }).config.nonlinearity).toBe('tanh');
    expect(createModel(task, { cell: 'gru' }).config.nonlinearity).toBe('tanh');
    const decay = count < 31_500 ? 1 : count < 1_052_500 ? 0.3 : 0.1;
    expect(said).toContain(
      `AdamW instead of Muon, ${units === 256 ? 'learning rate 0.002, ' : ''}weight decay ${decay}, ReLU`,
    );
    const ofRule = (optimizer?: 'adamw' | 'muon' | 'adam' | 'sgd') =>
      settled(task, optimizer ? { optimizer } : {}).settings.weightDecay;
    expect([undefined, 'adamw' as const, 'muon' as const].map(ofRule)).toEqual([decay, decay, decay]);
    // λ of the others is a part of the gradient, and means something else
    expect(['adam' as const, 'sgd' as const].map(ofRule)).toEqual([undefined, undefined]);
    expect(settled(task, { weightDecay: 0 }).settings.weightDecay).toBe(0);
  });

  test('the built-in text by words', () => {
    const task = languageModel(river, { level: 'word' });
    const { source } = settled(task, {});
    // 492 of its 13,633 words and marks occur once
    expect(task.kept.tokenizer?.minCount).toBe(2);
    expect(createModel(task).config).toMatchObject({ vocabSize: 777, softmax: 'full' });
    const remark = defaultsRemark(task, source, {}, createModel(task).config);
    expect(remark).toMatch(/dropout 0.3, words that occur once read as <unk>$/);
    expect(defaultsRemark(task, source, { minCount: 2 }, createModel(task).config)).not.toContain('<unk>');
    const all = languageModel(river, { level: 'word', minCount: 1 });
    expect(createModel(all).config).toMatchObject({ vocabSize: 1269, softmax: 'adaptive' });
    expect(defaultsRemark(all, source, {}, createModel(all).config)).not.toContain('<unk>');
  });

  test('what is given is taken, and what follows from it fits', () => {
    const task = words(60_000, 4_000);
    expect(createModel(task, { hiddenSize: 50 }).config).toMatchObject({ embeddingSize: 50, softmax: 'adaptive' });
    expect(createModel(task, { hiddenSize: 15 }).config).toMatchObject({ embeddingSize: 15, softmax: 'full' });
    expect(createModel(task, { tieWeights: true }).config).toMatchObject({ embeddingSize: 128, softmax: 'full' });
    expect(createModel(task, { embeddingSize: null, softmax: 'full' }).config).toMatchObject({ embeddingSize: null });
    expect(createModel(task, { cell: 'lstm' }).config).toMatchObject({ cell: 'lstm', hiddenSize: 128, dropout: 0.3 });
    expect(runOf(task, { bptt: 20, batchSize: 2 })).toMatchObject({ bptt: 20, batchSize: 2 });
    const all = words(5_000, 300);
    const byHeart = languageModel(new Uint32Array(5_000), { level: 'word', validation: 0 });
    expect(createModel(byHeart).config.dropout).toBe(0);
    expect(byHeart.defaults.training.weightDecay).toBe(0);
    expect(defaultsRemark(all, settled(all, {}).source, {}, createModel(all).config)).toBe(
      'Words have defaults of their own: 8 streams instead of 16, windows of 32 steps instead of 64, ' +
        'AdamW instead of Muon, weight decay 1, ReLU instead of tanh, 128 units instead of 256 units, an embedding of 128, dropout 0.3',
    );
    expect(defaultsRemark(all, settled(all, {}).source, { weightDecay: 0.1 }, createModel(all).config)).not.toMatch(
      /decay/,
    );
  });
});

test('tied weights make the embedding as large as the hidden layer', () => {
  const task = languageModel(river);
  expect(createModel(task, { tieWeights: true, hiddenSize: 40 }).config.embeddingSize).toBe(40);
  expect(createModel(task, { tieWeights: false, hiddenSize: 40 }).config.embeddingSize).toBeNull();
});

describe('few data', () => {
  test.each([
    [75, { batchSize: 1, bptt: 64, updates: 400, patience: 0 }, 0],
    [150, { batchSize: 1, bptt: 64, updates: 402, patience: 0 }, 0],
    [500, { batchSize: 1, bptt: 64, updates: 406, patience: 29 }, 100],
    [5000, { batchSize: 4, bptt: 64, updates: 418, patience: 11 }, 250],
  ])('a text of %i characters has fewer streams, not shorter windows, and 400 updates', (length, run, heldOut) => {
    const task = languageModel(beginning(length));
    expect(runOf(task)).toEqual(run);
    expect(task.heldOut?.length ?? 0).toBe(heldOut);
    expect(createModel(task).config).toMatchObject({ cell: 'gru', hiddenSize: 128, dropout: heldOut > 0 ? 0.3 : 0 });
  });

  test('40 sentences, 60 rows', () => {
    const sentences: LabeledSequence[] = Array.from({ length: 40 }, (_, i) => ({
      tokens: ['a'],
      labels: [`${i % 2}`],
    }));
    const task = label(sentences);
    expect(task.heldOut).toHaveLength(8);
    expect(runOf(task)).toMatchObject({ batchSize: 1, updates: 416, patience: 7 });
    expect(label(sentences.slice(1)).heldOut).toBeNull();
    const rows = forecast(parseTable(`t\n${Array.from({ length: 60 }, (_, i) => i % 5).join('\n')}\n`), {
      target: 't',
    });
    expect(runOf(rows)).toMatchObject({ batchSize: 5, updates: 402, patience: 34 });
  });

  test('what is given is not touched, and what follows from it fits', () => {
    const task = languageModel(beginning(500), { validation: 0.05 });
    expect(task.heldOut).toHaveLength(25);
    expect(runOf(task, { batchSize: 32 })).toMatchObject({ batchSize: 32, bptt: 13, updates: 400 });
    expect(runOf(task, { epochs: 2 })).toMatchObject({ updates: 16, patience: undefined });
    expect(runOf(task, { updates: 7 })).toMatchObject({ updates: 7 });
    // whoever asks for a network gets that of more characters but for what is asked
    expect(createModel(task, { hiddenSize: 8 }).config).toMatchObject({ cell: 'rnn', hiddenSize: 8, dropout: 0.1 });
    expect(createModel(task, { nonlinearity: 'relu' }).config).toMatchObject({ cell: 'rnn', hiddenSize: 128 });
    expect(createModel(task, { dropout: 0.1, seed: 2 }).config).toMatchObject({ cell: 'gru', dropout: 0.1 });
  });

  test('one sentence says which defaults are others, in the first report too', async () => {
    const task = languageModel(beginning(500));
    const { source } = settled(task, {});
    const model = createModel(task);
    const sentence = defaultsRemark(task, source, {}, model.config);
    expect(sentence).toBe(
      'The data set is small, so some defaults differ: 1 stream instead of 16, 58 epochs instead of 10, patience 29, ' +
        'Adam instead of Muon, gru instead of rnn, 128 units instead of 256 units, dropout 0.3, ' +
        '20.0 % held out instead of 5.0 %',
    );
    const given = { batchSize: 1, epochs: 2, validation: 0.2, optimizer: 'adam' } as const;
    const small = createModel(task, { hiddenSize: 8, dropout: 0.2 }).config;
    expect(defaultsRemark(task, source, given, small)).toBeNull();
    // what is not asked for is told of
    expect(defaultsRemark(task, source, given, createModel(task, { cell: 'rnn' }).config)).toBe(
      'The data set is small, so some defaults differ: 128 units instead of 256 units, dropout 0.1',
    );
    expect(defaultsRemark(task, source, { ...given, hiddenSize: 128, dropout: 0.3 }, model.config)).toBe(
      'The data set is small, so some defaults differ: gru instead of rnn',
    );
    const names = classify(Array.from({ length: 50 }, (_, i) => ({ text: 'a', label: `${i % 2}` })));
    expect(defaultsRemark(names, settled(names, {}).source, {}, createModel(names).config)).toMatch(
      /^The data set is small, so some defaults differ: \d sequences? instead of 32, \d+ epochs instead of 10, patience \d+, 20.0 % held out instead of 10.0 %$/,
    );
    const reports = [];
    for await (const report of train(model, task)) {
      reports.push(report);
      if (reports.length === 2) break;
    }
    expect(reports.map((report) => 'remark' in report && report.remark)).toEqual([sentence, false]);
  });
});

test('a text of 75 characters is learned by heart', async () => {
  const task = languageModel(beginning(75));
  const model = createModel(task);
  await fit(model, task);
  expect(sampleText(model, { prompt: beginning(5), length: 70, temperature: 0 })).toBe(river.slice(5, 75));
});

test('60 rows of period 5 are forecast', async () => {
  const task = forecast(parseTable(`t\n${Array.from({ length: 60 }, (_, i) => [3, 1, 4, 1, 5][i % 5]).join('\n')}\n`), {
    target: 't',
  });
  const model = createModel(task);
  await fit(model, task);
  const [{ json }] = task.report(model, 0, createBackend());
  expect((json as { skill: number }).skill).toBeGreaterThan(0.99);
});

test('a network that does worse than counting says so and what to try, for programs too', () => {
  const task = languageModel(beginning(5000));
  const [{ json, sentence }] = task.report(createModel(task), 4, createBackend());
  const advice = 'train for longer, or anew with another learning rate, a gated cell or more data';
  expect(json).toMatchObject({ worseThan: 'counting pairs of characters', advice });
  expect(sentence).toMatch(`. The network does worse than counting pairs of characters: ${advice}`);
  const [better] = task.report(createModel(task), 1, createBackend());
  expect(better.json).not.toHaveProperty('worseThan');
});
