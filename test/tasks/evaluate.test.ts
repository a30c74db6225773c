// What is told of a model: of a text its loss, however long it is; of classes only what counts, and which sequences are right as a whole; and what a
// model is left with when it was trained.

import { describe, expect, test } from 'vitest';
import type { Regression } from '../../src/data/metrics.ts';
import { createSequences } from '../../src/data/sequences.ts';
import { streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate, predict } from '../../src/tasks/kinds.ts';
import { sequenceJudge } from '../../src/tasks/sequence-batches.ts';
import { sequenceTask } from '../../src/tasks/sequence-task.ts';
import { open } from '../../src/tasks/session.ts';
import { Evaluator } from '../../src/tasks/text/evaluate.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { textSource } from '../../src/tasks/text/source.ts';
import { fit, train } from '../../src/tasks/train.ts';
import { Trainer } from '../../src/training/trainer.ts';

/** Says 1 after the symbol 1 and 0 after the symbol 0: one unit that hears the symbol and forgets what was before it. */
function echo() {
  const model = createModel({ vocabSize: 2, hiddenSize: 1 });
  model.parameters.fill(0);
  const { U0, V } = tensorsOf(model.config, model.parameters);
  U0.set([-5, 5]); // h = ∓1
  V.set([-1, 1]);
  return model;
}

const sequences = createSequences([3, 2, 1], {
  input: { kind: 'symbols', planes: 1, size: 2, ids: Int32Array.of(0, 1, 1, 0, 0, 1) },
  targets: { kind: 'classes', at: 'step', size: 2, ids: Int32Array.of(0, 1, 0, 0, 0, 0) },
});

test('without marks every step counts', () => {
  const { count, accuracy, wholeSequences } = evaluate(echo(), sequences);
  expect({ count, accuracy, wholeSequences }).toEqual({ count: 6, accuracy: 4 / 6, wholeSequences: 1 / 3 });
});

test('a step that does not count is in no figure', () => {
  const { count, accuracy, wholeSequences, nll, classes } = evaluate(echo(), {
    ...sequences,
    counted: Uint8Array.of(1, 1, 0, 1, 1, 1),
  });
  expect({ count, accuracy, wholeSequences }).toEqual({ count: 5, accuracy: 4 / 5, wholeSequences: 2 / 3 });
  expect(classes.map(({ support }) => support)).toEqual([4, 1]);
  const right = Math.log(1 + Math.exp(-2 * Math.tanh(5)));
  expect(nll).toBeCloseTo((5 * right + 2 * Math.tanh(5)) / 5, 5); // the wrong one is likely by e⁻² only
});

test('held-out sequences are judged by the same steps', () => {
  const masked = { ...sequences, counted: Uint8Array.of(1, 1, 0, 1, 1, 1) };
  const model = echo();
  const judge = sequenceJudge(createBackend(), model.config, masked);
  expect(judge.judge(model.parameters)).toBe(evaluate(model, masked).nll);
  expect(judge.accuracy).toBe(4 / 5);
});

test('sequences that the model cannot read are refused', () => {
  const model = createModel({ vocabSize: 3, hiddenSize: 1 });
  expect(() => evaluate(model, sequences)).toThrow(/expected 1 of 3 symbols a step, as the model reads, got/);
});

test('the held-out loss of numbers is the mean over the targets, whatever the batches', () => {
  // 64 sequences of one step, and one of five that is far off: two batches, of 64 targets and of 5
  const lengths = [...new Array<number>(64).fill(1), 5];
  const steps = 69;
  const numbers = createSequences(lengths, {
    input: { kind: 'vectors', size: 1, values: new Float32Array(steps) },
    targets: { kind: 'values', at: 'step', size: 1, values: new Float32Array(steps).fill(3, 64) },
  });
  const model = createModel({ vocabSize: 1, inputSize: 1, outputSize: 1, hiddenSize: 2, loss: 'squared' });
  model.parameters.fill(0); // every output is 0: 64 errors are 0, five are 9
  const judge = sequenceJudge(createBackend(), model.config, numbers);
  expect(judge.judge(model.parameters)).toBeCloseTo((5 * 9) / 69, 6);
});

describe('a text', () => {
  const random = new Random(9);
  const ids = Uint8Array.from({ length: 400 }, () => random.next() % 9);
  const model = createModel({ vocabSize: 9, hiddenSize: 12, cell: 'gru', numLayers: 2, seed: 3 });
  model.parameters = model.parameters.map((value) => 2 * value); // what it says depends on what it has read

  test('longer than a window has the loss of the text read step by step', () => {
    const backend = javascriptBackend('float64');
    const session = open(model, { backend });
    let sum = 0;
    for (let i = 0; i + 1 < ids.length; i++) sum -= Math.log(session.read(ids[i]).probabilities()[ids[i + 1]]);
    const { nll, tokens } = evaluate(model, ids, backend);
    expect(tokens).toBe(399);
    expect(nll).toBeCloseTo(sum / 399, 10);
  });

  test('is read from the state zero, whatever was read before', () => {
    const evaluator = new Evaluator(createBackend(), model.config, ids.length);
    const first = evaluator.evaluate(model.parameters, ids);
    evaluator.evaluate(model.parameters, ids.subarray(7, 90));
    expect(evaluator.evaluate(model.parameters, ids)).toEqual(first);
  });

  test('whose windows carry no state begins each of them with the state zero', () => {
    const rule = { learningRate: 0, schedule: 'constant', clip: 0, restart: 0 } as const;
    const options = { ...rule, updates: 4, batchSize: 2, bptt: 30 };
    const pair = streams(ids, 2);
    for (const carries of [false, true]) {
      const backend = createBackend();
      const trainer = new Trainer(backend, model, textSource(pair, 30, carries), options);
      const net = new Unrolled(backend, model.config, { steps: 30, batch: 2 });
      net.parameters.set(model.parameters);
      for (let window = 0; window < 4; window++) {
        textSource(pair, 30).write(net, 0, window);
        if (!carries) net.resetState();
        net.forward();
        net.carryState();
        expect(trainer.step()[0].loss, `window ${window}`).toBeCloseTo(net.loss(), 6);
      }
    }
  });
});

test('a model that was fitted has the weights of its best look at the held-out text', async () => {
  const text = 'abababababababababababababababab'.repeat(12);
  const task = languageModel(text, { validation: 'aabbaabbabab'.repeat(8) });
  const options = { epochs: 12, learningRate: 0.4, schedule: 'constant', batchSize: 4, bptt: 8 } as const;
  const looks: { loss: number; weights: number[] }[] = [];
  const watched = createModel(task, { hiddenSize: 6 });
  for await (const report of train(watched, task, options))
    if (report.kind === 'validation') looks.push({ loss: report.validationLoss!, weights: [...watched.parameters] });
  const best = looks.reduce((least, look) => (look.loss < least.loss ? look : least));
  expect(best).not.toBe(looks.at(-1)); // the rate is too high on purpose: it gets worse again
  const model = createModel(task, { hiddenSize: 6 });
  await fit(model, task, options);
  expect([...model.parameters]).toEqual(best.weights);
  expect(evaluate(model, task.heldOut!).nll).toBe(best.loss);
});

test.each(['step', 'sequence'] as const)('numbers for each %s are measured as the held-out loss is', async (at) => {
  const lengths = [3, 1, 2];
  const steps = 6;
  const counted = Uint8Array.of(1, 0, 1, 1, 1, 0);
  const targets = Float32Array.from({ length: 2 * (at === 'step' ? steps : lengths.length) }, (_, i) => Math.sin(i));
  const sequences = createSequences(lengths, {
    input: { kind: 'vectors', size: 1, values: Float32Array.from({ length: steps }, (_, i) => i / steps) },
    targets: { kind: 'values', at, size: 2, values: targets },
    ...(at === 'step' && { counted }),
  });
  const task = sequenceTask(sequences, { validation: sequences });
  const model = createModel(task, { hiddenSize: 4 });
  const last = await fit(model, task, { updates: 2 });
  const { mse, mae, count } = evaluate<Regression>(model, task.heldOut);
  expect(count).toBe(at === 'step' ? 8 : 6);
  expect(mse).toBeCloseTo(last!.validationLoss!, 6);
  // by hand, from what predict says
  const errors = predict(model, sequences).flatMap((o, i) =>
    Array.from(o, (value, n) => {
      const place = at === 'step' ? sequences.starts[i] + (n >> 1) : i;
      return at === 'step' && !counted[place] ? [] : [Math.abs(value - targets[2 * place + (n % 2)])];
    }).flat(),
  );
  expect(mae).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / errors.length, 6);
});

test('sequences without targets have nothing to be measured by', () => {
  const sequences = createSequences([1], { input: { kind: 'vectors', size: 1, values: Float32Array.of(1) } });
  const model = createModel({ vocabSize: 1, inputSize: 1, outputSize: 1, loss: 'squared', hiddenSize: 2 });
  expect(() => evaluate(model, sequences)).toThrow(
    'expected sequences with targets to compare with, got none; give them',
  );
});
