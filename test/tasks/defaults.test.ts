// What a task does where nobody says: what it learns from which part of its data, what it holds out, and what it compares a network with.

import { describe, expect, test } from 'vitest';
import { parseTable } from '../../src/data/csv.ts';
import { createSequences } from '../../src/data/sequences.ts';
import { createBackend } from '../../src/engine/create.ts';
import { classify } from '../../src/tasks/classify.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { decide } from '../../src/tasks/decisions.ts';
import { forecast } from '../../src/tasks/forecast/forecast.ts';
import { sequenceTask } from '../../src/tasks/sequence-task.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';

test('a text knows the characters of its held-out text too, at the level char alone', () => {
  const vocabulary = (level: 'char' | 'word') =>
    languageModel('ab ab ab', { validation: 'ab cab', level }).kept.tokenizer!.vocabulary;
  expect(vocabulary('char')).toEqual([' ', 'a', 'b', 'c']);
  expect(vocabulary('word')).toEqual(['<unk>', '<eos>', 'ab']);
});

test('a forecast holds out the end of its table: a fifth, or the share that is asked for', () => {
  const table = parseTable(`t\n${Array.from({ length: 100 }, (_, i) => i * i).join('\n')}\n`);
  const partOf = (validation?: number) => forecast(table, { target: 't', validation }).heldOut?.parts[0].part;
  const { defaults } = forecast(table, { target: 't' });
  expect(partOf()).toEqual({ from: 100 - 100 * defaults.validation, to: 100 });
  expect(partOf(0.25)).toEqual({ from: 75, to: 100 });
  expect(partOf(0)).toBeUndefined();
});

describe('a class for texts', () => {
  const examples = [
    { text: 'river boat', label: 'water' },
    { text: 'river sail', label: 'water' },
    { text: 'road cart', label: 'land' },
    { text: 'road mule', label: 'land' },
  ];
  const symbols = (level: 'char' | 'word', minCount?: number) =>
    (
      classify(examples, { level, minCount, validation: 0 }).kept.task as {
        features: { planes: { symbols: string[] }[] };
      }
    ).features.planes[0].symbols;

  test('knows every character that occurs, and of words those that occur twice', () => {
    expect(symbols('char')).toContain('u'); // of mule, once
    expect(symbols('word').toSorted()).toEqual(['river', 'road']);
    expect(symbols('word', 1)).toHaveLength(6);
  });
});

test('an option of a network that is undefined is left to its default', () => {
  const task = languageModel('a river and a road. '.repeat(300));
  const nothing = {
    cell: undefined,
    hiddenSize: undefined,
    dropout: undefined,
    softmax: undefined,
    numLayers: undefined,
  };
  const [open, own] = [createModel(task, nothing), createModel(task)];
  expect(open.config).toEqual(own.config);
  expect(open.parameters).toEqual(own.parameters);
  const one = createModel(task, { ...nothing, numLayers: 2 });
  expect(one.config).toEqual(createModel(task, { numLayers: 2 }).config);
  const { config } = createModel({ vocabSize: 3, hiddenSize: 2, cell: undefined, embeddingSize: undefined });
  expect(config).toEqual(createModel({ vocabSize: 3, hiddenSize: 2 }).config);
});

test('the simplest answer to beat is the class that is most frequent in training', () => {
  const of = (ids: number[]) =>
    createSequences(new Array<number>(ids.length).fill(1), {
      input: { kind: 'symbols', planes: 1, size: 2, ids: new Int32Array(ids.length) },
      targets: { kind: 'classes', at: 'sequence', size: 3, ids: Int32Array.from(ids) },
    });
  const task = sequenceTask(of([2, 2, 2, 0, 1]), { validation: of([2, 0, 0, 0]) });
  const [{ json }] = task.report(createModel(task, { hiddenSize: 2 }), 0, createBackend());
  expect(json).toMatchObject({ majority: { label: '2', accuracy: 1 / 4 } });
});

test('of equally probable classes the first is the answer', () => {
  const outputs = [Float32Array.of(1, 1, 0), Float32Array.of(0, 2, 2)];
  const targets = { kind: 'classes', at: 'sequence', size: 3, ids: Int32Array.of(0, 2) } as const;
  expect(decide(outputs, { starts: Int32Array.of(0, 1, 2), counted: undefined }, targets).predicted).toEqual([0, 1]);
});
