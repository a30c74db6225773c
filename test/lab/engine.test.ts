// What runs in the Worker, without a Worker: that its numbers are the library's, that live changes, undo and forks lead where they should, and
// that between two slices every message is heard.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Host } from '../../lab/engine/host.ts';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { type Reply, type Request, recordSize } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { splitValidation, streams, textTrainer } from '../../src/core.ts';
import { atOnce } from '../../src/generators.ts';
import { createModel, evaluate, sampleText } from '../../src/index.ts';
import { backend, sampleOf, tale as text } from './trained.ts';

const small: Settings = { ...defaultSettings, hidden: 12, T: 8, batch: 4, length: 40 };

describe('a laboratory has the library’s numbers', () => {
  const laboratory = new Laboratory(backend, text, small);
  const { tokenizer } = laboratory.run.model;
  const model = createModel({ tokenizer: tokenizer!, hiddenSize: 12, seed: small.seed });
  const parts = splitValidation(tokenizer!.encode(text), 0.1);
  const trainer = textTrainer(backend, model, streams(parts.training, 4), {
    bptt: 8,
    learningRate: small.lr,
    restart: 0,
    schedule: 'constant',
    updates: 1000,
  });

  test('losses, norms and weights of 250 steps, more than an epoch, bit for bit', () => {
    for (let step = 0; step < 250; step++) {
      const { loss, gradientNorm } = laboratory.advance();
      const [report] = trainer.step();
      expect([loss, gradientNorm]).toEqual([report.loss, 'gradientNorm' in report && report.gradientNorm]);
    }
    expect(laboratory.run.parameters).toEqual(trainer.parameters);
  });

  test('the held-out loss, a window at a time', () => {
    const { nll } = evaluate({ ...model, parameters: trainer.parameters }, parts.validation, backend);
    expect(atOnce(laboratory.measure()).loss).toBe(nll);
  });

  test('the text it writes', () => {
    const { ids } = sampleOf(laboratory);
    const written = Array.from(ids, (id) => laboratory.info.vocabulary[id]).join('');
    const { temperature, sampleSeed: seed, length } = small;
    expect(written).toBe(sampleText({ ...model, parameters: trainer.parameters }, { temperature, seed, length }));
  });

  test('a branch keeps what is before it, and without a change is the same text', () => {
    const request = { prime: 'The ', fixed: [], length: 30, seed: 3, temperature: 1, topK: 0, alternatives: 5 };
    const first = atOnce(laboratory.write(null, request).job);
    const same = atOnce(laboratory.write(null, { ...request, fixed: [...first.ids.subarray(0, 9)] }).job);
    expect(same).toEqual(first);
    const other = (first.ids[9] + 1) % laboratory.info.vocabulary.length;
    const branch = atOnce(laboratory.write(null, { ...request, fixed: [...first.ids.subarray(0, 9), other] }).job);
    expect(branch.ids.subarray(0, 9)).toEqual(first.ids.subarray(0, 9));
    expect(branch.ids[9]).toBe(other);
  });
});

test('another learning rate acts from the next step on, and keeps the optimizer’s memory', () => {
  const one = new Laboratory(backend, text, small);
  const two = new Laboratory(backend, text, small);
  for (let step = 0; step < 20; step++) expect(one.advance()).toEqual(two.advance());
  two.run.tune({ ...small, lr: 0.0001 });
  expect(two.advance().loss).toBe(one.advance().loss);
  expect(two.advance().loss).not.toBe(one.advance().loss);
  two.run.tune(small);
  expect(two.run.step).toBe(22);
});

test('the ring of snapshots reaches back to the start and stays small', () => {
  const laboratory = new Laboratory(backend, text, { ...small, hidden: 2, T: 2, batch: 1 });
  for (let step = 0; step < 3000; step++) laboratory.advance();
  const { steps } = laboratory.ring;
  expect(steps[0]).toBe(0);
  expect(steps.at(-1)).toBeGreaterThan(2900);
  expect(steps.length).toBeLessThanOrEqual(256);
});

test('going back forgets the snapshots of what came after', () => {
  const laboratory = new Laboratory(backend, text, small);
  for (let step = 0; step < 23; step++) laboratory.advance();
  expect(laboratory.ring.steps).toEqual([0, 5, 10, 15, 20]);
  laboratory.back(laboratory.ring.at(12)!);
  expect(laboratory.run.step).toBe(10);
  expect(laboratory.ring.steps).toEqual([0, 5, 10]);
  expect(laboratory.ring.at(99)!.step).toBe(10);
});

describe('the host', () => {
  let time = 0;
  let replies: Reply[] = [];
  let isDue = false;
  let host: Host;
  let id = 0;
  /** A clock that goes on by itself: each look at it takes 0.1 ms. */
  beforeEach(() => {
    [time, replies, isDue] = [0, [], false];
    host = new Host({
      post: (reply) => void replies.push(structuredClone(reply)),
      again: (delay) => {
        isDue = true;
        time += delay;
      },
      now: () => (time += 0.1),
    });
  });
  type Body = Request extends infer Each ? (Each extends Request ? Omit<Each, 'id'> : never) : never;
  const send = (body: Body): void => host.handle({ ...body, id: ++id });
  const turns = (count: number): void => {
    for (let i = 0; i < count && isDue; i++) {
      isDue = false;
      host.turn();
      for (const reply of replies)
        if (reply.type === 'progress')
          host.handle({ type: 'return', id: 0, buffer: new ArrayBuffer(8 * 1024 * recordSize) });
    }
  };
  const last = <Type extends Reply['type']>(type: Type): Extract<Reply, { type: Type }> =>
    replies.findLast((reply) => reply.type === type) as Extract<Reply, { type: Type }>;

  test('works in slices of at most 10 ms and does no step after a pause', () => {
    send({ type: 'start', settings: small, text });
    send({ type: 'run' });
    for (let i = 0; i < 50; i++) {
      const begin = time;
      turns(1);
      expect(time - begin).toBeLessThan(10);
    }
    send({ type: 'pause' });
    turns(500);
    const { step } = last('progress');
    expect(step).toBeGreaterThan(50);
    expect(last('progress').status).toBe('paused');
    expect(last('sample').step).toBe(step);
    expect(last('held-out').step).toBe(step);
    turns(50);
    expect(last('progress').step).toBe(step);
  });

  test('undo takes back a change and what followed from it', () => {
    send({ type: 'start', settings: small, text });
    for (let i = 0; i < 5; i++) send({ type: 'step' });
    send({ type: 'tune', settings: { ...small, lr: 0.5 } });
    for (let i = 0; i < 5; i++) send({ type: 'step' });
    send({ type: 'undo' });
    expect(last('back')).toMatchObject({ step: 5, settings: { lr: small.lr } });
  });

  test('undo brings back the run that another replaced', () => {
    send({ type: 'start', settings: small, text });
    for (let i = 0; i < 7; i++) send({ type: 'step' });
    send({ type: 'start', settings: { ...small, hidden: 5 }, text });
    expect(last('ready').step).toBe(0);
    send({ type: 'undo' });
    expect(last('ready')).toMatchObject({ step: 7, info: { settings: { hidden: 12 } } });
  });

  test('a step that is not finite stops the run with one sentence, and undo leads back', async () => {
    const wild: Settings = { ...small, cell: 'relu', opt: 'sgd', lr: 1, clip: 0, gain: 4, init: 'identity', T: 64 };
    send({ type: 'start', settings: wild, text });
    send({ type: 'run' });
    turns(400);
    await vi.dynamicImportSettled();
    turns(400);
    expect(last('failed').origin).not.toBeNull();
    expect(last('failed').sentence).toMatch(/^training: update \d+: .* is not finite; .*$/);
    send({ type: 'undo' });
    turns(20);
    expect(last('back').step).toBeLessThanOrEqual(last('failed').step);
    expect(last('progress').status).toBe('paused');
  });

  test('what the library refuses comes back as its sentence, and the run stays', () => {
    send({ type: 'start', settings: small, text });
    send({ type: 'start', settings: small, text: 'a' });
    expect(last('refused').sentence).toMatch(/^text: expected at least/);
    const request = { prime: 'ß', fixed: [], length: 5, seed: 1, temperature: 1, topK: 0, alternatives: 3 };
    send({ type: 'write', step: null, request });
    turns(5);
    expect(last('refused').sentence).toMatch(/^prompt: a character is not in the vocabulary/);
    send({ type: 'step' });
    turns(5);
    expect(last('progress').step).toBe(1);
  });

  test('a lost run goes on from its backup with the same bits', () => {
    send({ type: 'start', settings: small, text });
    for (let i = 0; i < 9; i++) send({ type: 'step' });
    turns(30);
    const { frozen } = last('backup');
    send({ type: 'step' });
    turns(30);
    const records = (): number[] => Array.from(last('progress').records.subarray(0, 4));
    const before = records();
    expect(before[0]).toBe(10);
    send({ type: 'start', settings: frozen.settings, text, from: frozen });
    turns(30);
    send({ type: 'step' });
    turns(30);
    expect(records()).toEqual(before);
  });
});
