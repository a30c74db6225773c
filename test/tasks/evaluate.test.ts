// What is told of a model's classes: only what counts, and which sequences are right as a whole.

import { expect, test } from 'vitest';
import { createSequences } from '../../src/data/sequences.ts';
import { createBackend } from '../../src/engine/create.ts';
import { tensorsOf } from '../../src/network/parameters.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { sequenceJudge } from '../../src/tasks/sequence-batches.ts';

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
