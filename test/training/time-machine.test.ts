// Changing a run while it goes, going back in it, and sharing a thread with it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Streams, streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import { run } from '../../src/tasks/train.ts';
import type { TrainingOptions } from '../../src/training/settings.ts';
import { type Snapshot, SnapshotRing } from '../../src/training/snapshots.ts';
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

describe('adjust', () => {
  test('changes the next update and nothing else: to the values it has, not a bit', () => {
    const plain = finish(open()).parameters.slice();
    const same = open();
    for (let i = 0; i < 30; i++) same.step();
    same.adjust({ learningRate: same.settings.learningRate, clip: same.settings.clip, beta1: 0.9 });
    expect(finish(same).parameters.slice()).toEqual(plain);
    const other = open();
    for (let i = 0; i < 30; i++) other.step();
    const before = other.parameters.slice();
    other.adjust({ learningRate: 0 });
    const [report] = other.step();
    expect(report).toMatchObject({ kind: 'update', learningRate: 0 });
    expect(other.parameters.slice()).toEqual(before);
    expect(other.settings.learningRate).toBe(0);
  });

  test('of the learning rate alone is the schedule’s factor of the new one; of clip takes effect at once', () => {
    const trainer = open({ clip: 0 });
    const plain = open({ clip: 0 });
    trainer.adjust({ learningRate: 2 * trainer.settings.learningRate, clip: 1e-3 });
    const rate = (t: Trainer) => t.step()[0] as { learningRate: number; clipped: boolean };
    for (let i = 0; i < 5; i++) {
      const [a, b] = [rate(trainer), rate(plain)];
      expect(a.learningRate).toBeCloseTo(2 * b.learningRate, 12);
      expect([a.clipped, b.clipped]).toEqual([true, false]);
    }
    trainer.adjust({ clip: 0 });
    expect(rate(trainer).clipped).toBe(false);
  });

  test.each(['adam', 'rmsprop', 'momentum'] as const)(
    'is in the snapshot: a run restored goes on bit for bit (%s)',
    (optimizer) => {
      const change = (trainer: Trainer) => {
        if (trainer.update === 20) trainer.adjust({ learningRate: 0.02, clip: 0.1 });
        if (trainer.update === 50) trainer.adjust({ learningRate: 0.001, clip: 0, weightDecay: 0.01, momentum: 0.5 });
      };
      const whole = open({ optimizer });
      for (; !whole.done; whole.step()) change(whole);
      for (const stop of [10, 20, 35, 50, 70]) {
        const first = open({ optimizer });
        for (; first.update < stop; first.step()) change(first);
        const { tensors, state } = first.snapshot();
        const second = open({ optimizer });
        second.restore({ tensors, state: JSON.parse(JSON.stringify(state)) });
        expect(second.settings).toEqual(first.settings);
        for (; !second.done; second.step()) change(second);
        expect(second.snapshot()).toEqual(whole.snapshot());
      }
    },
  );

  test('goes back with a snapshot from before it', () => {
    const trainer = open();
    for (let i = 0; i < 5; i++) trainer.step();
    const before = trainer.snapshot();
    trainer.adjust({ clip: 1e-4, learningRate: 1 });
    for (let i = 0; i < 5; i++) trainer.step();
    trainer.restore(before);
    expect(finish(trainer).parameters.slice()).toEqual(finish(open()).parameters.slice());
  });

  test('refuses what is fixed or out of range, and changes nothing then', () => {
    const trainer = open();
    const before = trainer.settings;
    expect(() => trainer.adjust({ bptt: 5 } as never)).toThrow(
      /adjust: expected one of learningRate, clip, .*, got bptt/,
    );
    expect(() => trainer.adjust({ learningRate: 0.1, beta1: 2 })).toThrow(
      /beta1: expected a number from 0 to 1, got 2/,
    );
    expect(() => trainer.adjust({ clip: Number.NaN })).toThrow(/clip: expected a number of at least 0, got NaN/);
    expect(() => trainer.adjust({ clip: undefined })).toThrow(/clip/);
    expect(trainer.settings).toEqual(before);
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

describe('the snapshot ring', () => {
  /** A run that is but a counter. */
  const counter = (size = 10) => {
    const at = { update: 0 };
    return {
      at,
      snapshot: () =>
        ({
          tensors: new Map([['parameters', new Float32Array(size)]]),
          state: { progress: { ...at } },
        }) as unknown as Snapshot,
      restore: (snapshot: Snapshot) => void (at.update = snapshot.state.progress.update),
    };
  };

  test('never holds more than its bytes, keeps the first and the last, and stands evenly over the run', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 40 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 9 }),
        (room, count, every) => {
          const ring = new SnapshotRing(room * 40 + 39);
          const trainer = counter();
          for (let i = 0; i < count; i++) {
            trainer.at.update = i * every;
            ring.add(trainer);
            expect(ring.bytes).toBeLessThanOrEqual(ring.limit);
          }
          const { updates } = ring;
          expect(updates).toHaveLength(Math.min(room, count));
          expect([updates[0], updates.at(-1)]).toEqual([0, (count - 1) * every]);
          const gaps = updates.slice(1).map((update, i) => update - updates[i]);
          // dropping the tightest doubles a gap at most when all are equal: the largest is within four times the mean
          if (gaps.length > 1) expect(Math.max(...gaps)).toBeLessThanOrEqual((4 * (count - 1) * every) / gaps.length);
        },
      ),
    );
  });

  test('restores the nearest, and forgets the future that is left behind', () => {
    const ring = new SnapshotRing(1e4);
    const trainer = counter();
    expect(() => ring.restore(trainer, 3)).toThrow(/snapshot ring: expected a snapshot to restore, got none/);
    for (trainer.at.update = 0; trainer.at.update <= 100; trainer.at.update += 10) ring.add(trainer);
    expect(ring.restore(trainer, 44)).toBe(40);
    expect(trainer.at.update).toBe(40);
    expect([ring.restore(trainer, 1e9), ring.restore(trainer, 45)]).toEqual([100, 40]);
    trainer.at.update = 47;
    ring.add(trainer);
    expect(ring.updates).toEqual([0, 10, 20, 30, 40, 47]);
  });

  test('refuses what does not fit at all', () => {
    expect(() => new SnapshotRing(39).add(counter())).toThrow(/expected room for 40 bytes, one snapshot, got 39/);
    const small = new SnapshotRing(40);
    for (const update of [0, 1, 2])
      small.add({
        ...counter(),
        snapshot: () => ({ ...counter().snapshot(), state: { progress: { update } } }) as never,
      });
    expect(small.updates).toEqual([2]);
  });

  test('takes a real run back: it does the same again', () => {
    const trainer = open();
    const ring = new SnapshotRing(1e6);
    const losses: number[] = [];
    while (!trainer.done) {
      if (trainer.update % 10 === 0) ring.add(trainer);
      losses.push(trainer.step()[0].loss);
    }
    const back = ring.restore(trainer, 42);
    expect(back).toBe(40);
    const again: number[] = [];
    while (!trainer.done) again.push(trainer.step()[0].loss);
    expect(again).toEqual(losses.slice(40));
  });
});

describe('run', () => {
  test('does one update at least, stops when its time is over, and gives every report', () => {
    const trainer = open();
    expect(run(trainer, 0)).toHaveLength(1);
    const reports = [];
    while (!trainer.done) reports.push(...run(trainer, 1));
    expect(reports.filter(({ kind }) => kind === 'update')).toHaveLength(89);
    expect(run(trainer, 5)).toEqual([]);
    expect(trainer.parameters.slice()).toEqual(finish(open()).parameters.slice());
  });

  test('hands the reports before a failure on with it', () => {
    const trainer = open();
    let updates = 0;
    const step = () => {
      if (updates++ === 3) trainer.parameters[0] = Number.NaN;
      return trainer.step();
    };
    const failing = { step, done: false };
    let error: unknown;
    try {
      run(failing, 1e5);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ kind: 'failure', cause: [{ update: 1 }, { update: 2 }, { update: 3 }] });
    expect(String(error)).toMatch(/update 4: parameter .* is not finite/);
  });
});
