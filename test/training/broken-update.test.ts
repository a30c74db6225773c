// An update that ends with an error, as when a thread ends: before it changed the parameters nothing is lost; in the middle of that no snapshot is
// made of it; and a look at the held-out data that could not be finished is made when the run goes on.

import { describe, expect, test } from 'vitest';
import { streams } from '../../src/data/text/streams.ts';
import type { Backend } from '../../src/engine/backend.ts';
import { BrokenThreads } from '../../src/engine/broken-threads.ts';
import { createBackend } from '../../src/engine/create.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import type { Snapshot } from '../../src/training/snapshots.ts';
import type { Trainer } from '../../src/training/trainer.ts';

const ids = new Uint8Array(300).map((_, i) => (i * i + (i >> 3)) % 7);
const whole = createBackend();

/** The backend, whose program number `failing`, counted over all workspaces, ends with an error before it runs or after. */
function breaking(failing: number, when: 'before' | 'after'): Backend {
  let runs = 0;
  const open: Backend['open'] = (plan) => {
    const workspace = whole.open(plan);
    const record: typeof workspace.record = (body) => {
      const run = workspace.record(body);
      return () => {
        const isBroken = ++runs === failing;
        if (isBroken && when === 'before') throw new BrokenThreads(2, '');
        run();
        if (isBroken) throw new BrokenThreads(2, '');
      };
    };
    return { ...workspace, record };
  };
  return { ...whole, open };
}

const trainer = (backend: Backend): Trainer =>
  textTrainer(
    backend,
    createModel({ vocabSize: 7, hiddenSize: 5, seed: 2 }),
    streams(ids.subarray(0, 250), 3),
    { bptt: 9, epochs: 3, clip: 0.1 },
    ids.subarray(250),
  );
const finish = (run: Trainer) => {
  const reports = [];
  while (!run.done) reports.push(...run.step());
  return { reports, snapshot: run.snapshot() };
};
/** Steps until the error comes; the reports before it. */
const untilBroken = (run: Trainer) => {
  const reports: ReturnType<Trainer['step']> = [];
  const steps = () => {
    for (;;) reports.push(...run.step());
  };
  expect(steps).toThrow('threads: expected 2 threads to the end, got one that ended early');
  return reports;
};
const expected = finish(trainer(whole));
/** The program that first looks at the held-out data comes behind the updates of an epoch. */
const updates = expected.reports.findIndex(({ kind }) => kind === 'validation');

describe('an error', () => {
  test.each([
    ['in the first update', 1],
    ['in some update', 4],
    ['in the first look at the held-out data', updates + 1],
    ['in the last look', 3 * (updates + 1)],
  ])('%s leaves a whole state, from which the run goes on to the same numbers', (_, failing) => {
    const broken = trainer(breaking(failing, 'before'));
    const reports = untilBroken(broken);
    expect(broken.isWhole).toBe(true);
    const rest = trainer(whole);
    const { tensors, state } = decodeCheckpoint(encodeCheckpoint(broken.snapshot()), 'checkpoint');
    rest.restore({ tensors, state } as unknown as Snapshot);
    const { reports: more, snapshot } = finish(rest);
    expect([...reports, ...more]).toEqual(expected.reports);
    expect(snapshot).toEqual(expected.snapshot);
  });

  test('that came while the parameters were changed leaves no snapshot, until an earlier one is restored', () => {
    const broken = trainer(breaking(5, 'after'));
    const earlier = broken.snapshot();
    untilBroken(broken);
    expect(broken.isWhole).toBe(false);
    for (const use of [() => broken.snapshot(), () => broken.step()])
      expect(use).toThrow('training: update 5 ended halfway; continue from an earlier snapshot');
    broken.restore(earlier);
    expect(finish(broken).snapshot).toEqual(expected.snapshot);
  });
});
