// Going on from a run with other options, and going back in it.

import { describe, expect, test } from 'vitest';
import { type Streams, streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import type { TrainingOptions } from '../../src/training/settings.ts';
import type { Trainer } from '../../src/training/trainer.ts';

const backend = createBackend();
const random = new Random(4);
const ids = Uint8Array.from({ length: 400 }, () => random.next() % 7);
const text: Streams = streams(ids, 2);
const open = (options: TrainingOptions = {}, heldOut?: Uint8Array) =>
  textTrainer(
    backend,
    createModel({ vocabSize: 7, hiddenSize: 8 }),
    text,
    { bptt: 10, updates: 90, schedule: 'cosine', ...options },
    heldOut,
  );
const finish = (trainer: Trainer) => {
  while (!trainer.done) trainer.step();
  return trainer;
};

describe('continueFrom', () => {
  const stepsOf = (trainer: Trainer, count: number) => Array.from({ length: count }, () => trainer.step()[0]);

  test('with the options of the run that was left, nothing changes, not a bit', () => {
    const plain = finish(open()).snapshot();
    const before = open();
    stepsOf(before, 30);
    const after = open();
    after.continueFrom(before.snapshot());
    expect(finish(after).snapshot()).toEqual(plain);
  });

  test('another learning rate and clip act on the next update; moments, place and schedule go on', () => {
    const before = open({ clip: 0 });
    stepsOf(before, 30);
    const after = open({ clip: 1e-3, learningRate: 2 * before.settings.learningRate });
    after.continueFrom(before.snapshot());
    expect(after.snapshot().tensors).toEqual(before.snapshot().tensors);
    const [now, then] = [after.step()[0], before.step()[0]] as unknown as { learningRate: number; clipped: boolean }[];
    expect(now).toMatchObject({ update: 31, epoch: 2, clipped: true });
    expect(now.learningRate).toBeCloseTo(2 * then.learningRate, 12);
    expect(then.clipped).toBe(false);
  });

  test('another optimizer begins at update 0 without moments, from the same parameters and state', () => {
    const before = open({ optimizer: 'momentum' });
    stepsOf(before, 12);
    const after = open({ optimizer: 'adam' });
    after.continueFrom(before.snapshot());
    expect(after.update).toBe(0);
    const [old, now] = [before.snapshot().tensors, after.snapshot().tensors];
    expect(now.get('parameters')).toEqual(old.get('parameters'));
    expect(now.get('state0')).toEqual(old.get('state0'));
    for (const name of ['moment0', 'moment1']) expect(now.get(name)!.every((value) => value === 0)).toBe(true);
  });

  test('another window begins the text again with the state zero', () => {
    const before = open();
    stepsOf(before, 12);
    const after = open({ bptt: 7 });
    after.continueFrom(before.snapshot());
    const { tensors, state } = after.snapshot();
    expect(state.progress).toMatchObject({ update: 12, window: 0 });
    expect(tensors.get('state0')!.every((value) => value === 0)).toBe(true);
    expect(tensors.get('moment0')).toEqual(before.snapshot().tensors.get('moment0'));
  });

  test('a snapshot of the run that goes on is restored bit for bit', () => {
    const before = open();
    stepsOf(before, 20);
    const options = { learningRate: 0.02, clip: 0.1 };
    const whole = open(options);
    whole.continueFrom(before.snapshot());
    stepsOf(whole, 10);
    const { tensors, state } = whole.snapshot();
    const again = open(options);
    again.restore({ tensors, state: JSON.parse(JSON.stringify(state)) });
    expect(finish(again).snapshot()).toEqual(finish(whole).snapshot());
  });
});

describe('restore', () => {
  test('brings a run back whose parameters have overflowed', () => {
    const trainer = open({ optimizer: 'sgd', clip: 0, schedule: 'constant' });
    trainer.step();
    const good = trainer.snapshot();
    const next = trainer.step()[0];
    trainer.parameters.fill(Number.POSITIVE_INFINITY);
    expect(() => trainer.step()).toThrow(/not finite/);
    trainer.restore(good);
    expect(trainer.step()[0]).toEqual(next);
  });

  test('goes back to before the first look at held-out data', () => {
    const heldOut = ids.slice(0, 60);
    const trainer = open({}, heldOut);
    trainer.step();
    const early = trainer.snapshot();
    const end = finish(trainer).snapshot();
    expect(end.tensors.has('best')).toBe(true);
    trainer.restore(early);
    expect([trainer.bestLoss, trainer.update]).toEqual([null, 1]);
    expect(finish(trainer).snapshot()).toEqual(end);
  });
});
