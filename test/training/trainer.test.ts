// The trainer's promises: it learns, repeats itself bit for bit, goes on from a snapshot bit for bit, and stops at what is not finite.

import { describe, expect, test } from 'vitest';
import { createTokenizer } from '../../src/data/text/create.ts';
import { type Streams, streams } from '../../src/data/text/streams.ts';
import { createBackend } from '../../src/engine/create.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { UnrolledError } from '../../src/errors.ts';
import { Unrolled } from '../../src/network/unrolled.ts';
import { Random } from '../../src/random.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { languageModel } from '../../src/tasks/text/language-model.ts';
import { textJudge, textSource, textTrainer } from '../../src/tasks/text/source.ts';
import { train } from '../../src/tasks/train.ts';
import { optimizerNames } from '../../src/training/optimizers.ts';
import { isWorse } from '../../src/training/reports.ts';
import type { TrainingOptions } from '../../src/training/settings.ts';
import { Trainer } from '../../src/training/trainer.ts';
import { relativeError } from '../support/numbers.ts';

const backend = createBackend();
const random = new Random(21);
/** A text with something to learn: mostly the next of seven letters. */
const ids = new Uint8Array(600);
for (let i = 1; i < ids.length; i++) ids[i] = random.next() % 5 === 0 ? random.next() % 7 : (ids[i - 1] + 1) % 7;
const heldOut = ids.slice(0, 90);
const text: Streams = streams(ids, 3);

const newModel = (options = {}) => createModel({ vocabSize: 7, hiddenSize: 12, ...options });
const open = (options: TrainingOptions = {}, model = newModel()) =>
  textTrainer(backend, model, text, { bptt: 9, epochs: 3, ...options }, heldOut);
/** The losses of all updates to the end. */
const finishWith = (trainer: Trainer): number[] => {
  const losses: number[] = [];
  while (!trainer.done) for (const report of trainer.step()) if (report.kind === 'update') losses.push(report.loss);
  return losses;
};
const finish = (trainer: Trainer) => {
  while (!trainer.done) trainer.step();
  return trainer;
};

describe('training', () => {
  test('of sgd with a recorded momentum, as every run records one, goes on as plain sgd', () => {
    const whole = finish(open({ optimizer: 'sgd' }));
    const first = open({ optimizer: 'sgd' });
    for (let i = 0; i < 40; i++) first.step();
    const snapshot = first.snapshot();
    expect(snapshot.state.settings).toMatchObject({ optimizer: 'sgd', momentum: 0.9 });
    const second = open({ optimizer: 'sgd' });
    second.restore(snapshot);
    expect(second.settings.optimizer).toBe('sgd');
    expect(finish(second).parameters.slice()).toEqual(whole.parameters.slice());
    expect(() => open({ optimizer: 'sgd', momentum: 0.9 }).restore(snapshot)).toThrow(
      'resume: expected optimizer sgd, as the run was started with, got momentum',
    );
  });

  test('brings the loss from ln C down to the noise of the text', () => {
    const trainer = open({ epochs: 20, learningRate: 0.01 });
    const [first] = trainer.step();
    expect(first.loss).toBeCloseTo(Math.log(7), 0);
    finish(trainer);
    // 4/5 + 1/35 of the letters follow the rule: the entropy of the source is 0.86 nats
    expect(trainer.bestLoss).toBeLessThan(1.1);
  });

  test('reports the mean over the sequences where each has one target', () => {
    const model = createModel({ vocabSize: 1, inputSize: 1, hiddenSize: 9, pooling: 'last', loss: 'squared' });
    const shape = { batchSize: 4, bptt: 30, shortSteps: [], padded: false, carriesState: false, batches: 1 };
    const write = (net: Unrolled) => {
      net.input.forEach((_, i) => void (net.input[i] = i % 7));
      net.values.set([1, 3, 5, 7]);
      net.weights.fill(1 / 4);
      return { steps: 30, predictions: 4 };
    };
    const net = new Unrolled(backend, model.config, { steps: 30, batch: 4 });
    net.parameters.set(model.parameters);
    write(net);
    net.forward();
    const [report] = new Trainer(backend, model, { ...shape, write }, { updates: 1 }).step();
    expect(report.loss).toBeCloseTo(net.loss(), 6);
  });

  test('of a text with one letter ends at loss zero', () => {
    const model = createModel({ vocabSize: 1, hiddenSize: 3 });
    const trainer = textTrainer(backend, model, streams(new Uint8Array(50), 2), { updates: 3, bptt: 5 });
    expect(trainer.step()[0].loss).toBe(0);
  });

  test('gives the same bits for the same seed, and others for another', () => {
    const run = (seed: number) => finish(open({ seed }, newModel({ dropout: 0.3 }))).parameters.slice();
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });

  test('reports every update, and at the end of each epoch and of the run what the held-out text says', () => {
    const trainer = open({ updates: 27, bptt: 20 }); // 10 windows an epoch
    const reports = [];
    while (!trainer.done) reports.push(...trainer.step());
    expect(reports.filter(({ kind }) => kind === 'update').map(({ update }) => update)).toEqual(
      Array.from({ length: 27 }, (_, i) => i + 1),
    );
    const validations = reports.filter(({ kind }) => kind === 'validation');
    expect(validations.map(({ update, epoch }) => [update, epoch])).toEqual([
      [10, 1],
      [20, 2],
      [27, 3],
    ]);
    expect(trainer.step()).toEqual([]);
  });

  test('the loss of an epoch is the mean over its predictions, however long its windows are', () => {
    const trainer = open({ epochs: 1, bptt: 150 }); // 199 predictions a stream: a window of 150 steps and one of 49
    const reports = [...trainer.step(), ...trainer.step()];
    const [first, second] = reports.filter((report) => report.kind === 'update');
    expect([first.tokens, second.tokens]).toEqual([450, 147]);
    const mean = (450 * first.loss + 147 * second.loss) / 597;
    expect(reports.at(-1)).toMatchObject({ kind: 'validation', loss: mean });
    expect(Math.abs(mean - (first.loss + second.loss) / 2)).toBeGreaterThan(1e-3); // and not that of the windows
  });

  test('the steps of Adam are those of its formula, the number of the update included', () => {
    const exact = javascriptBackend('float64');
    const [alpha, beta1, beta2, epsilon] = [0.01, 0.9, 0.999, 1e-8];
    const model = newModel({ hiddenSize: 5 });
    const source = textSource(text, 9);
    const options = { learningRate: alpha, schedule: 'constant', clip: 0, restart: 0, updates: 4 } as const;
    const trainer = new Trainer(exact, model, source, options);
    const net = new Unrolled(exact, model.config, {
      steps: 9,
      batch: 3,
      gradients: true,
      shortSteps: source.shortSteps,
    });
    net.parameters.set(model.parameters);
    const theta = Float64Array.from(model.parameters);
    const [m, v] = [new Float64Array(theta.length), new Float64Array(theta.length)];
    for (let u = 1; u <= 4; u++) {
      source.write(net, 0, u - 1);
      net.forward();
      net.backward();
      net.gradient.forEach((g, i) => {
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        const [mean, square] = [m[i] / (1 - beta1 ** u), v[i] / (1 - beta2 ** u)];
        theta[i] -= (alpha * mean) / (Math.sqrt(square) + epsilon);
      });
      net.carryState();
      net.parameters.set(theta);
      trainer.step();
      expect(relativeError(trainer.parameters, theta), `update ${u}`).toBeLessThan(1e-12);
    }
  });

  test('every update has dropout masks of its own, from the seed and its number', () => {
    const model = newModel({ dropout: 0.5 });
    const options = { learningRate: 0, bptt: 9, updates: 4 };
    /** The losses of the same window again and again, with weights that never move. */
    const losses = (seed: number) => {
      const same = { ...textSource(text, 9, false), batches: 1 };
      const trainer = new Trainer(backend, model, same, { ...options, seed });
      return finishWith(trainer);
    };
    const expected = [0, 1, 2, 3].map((update) => {
      const net = new Unrolled(backend, model.config, { steps: 9, batch: 3, dropout: true });
      net.parameters.set(model.parameters);
      textSource(text, 9).write(net, 0, 0);
      net.seed.set([7, update]);
      net.forward();
      return net.loss();
    });
    losses(7).forEach((loss, update) => void expect(loss).toBeCloseTo(expected[update], 6));
    expect(new Set(expected).size).toBe(4);
    expect(losses(8)).not.toEqual(losses(7));
  });

  test('starts every epoch from the state zero', () => {
    // With α = 0 nothing changes, so an epoch must repeat the losses of the one before; a state carried over would not.
    const trainer = open({ epochs: 2, learningRate: 0, bptt: 50, restart: 0 });
    const losses: number[] = [];
    while (!trainer.done) for (const r of trainer.step()) if (r.kind === 'update') losses.push(r.loss);
    expect(losses.slice(4)).toEqual(losses.slice(0, 4));
    expect(new Set(losses.slice(0, 4)).size).toBe(4);
  });
});

describe('restarts', () => {
  const lossesOf = (options: TrainingOptions, source = textSource(text, 9)): number[] => {
    const losses: number[] = [];
    const trainer = new Trainer(backend, newModel(), source, { epochs: 3, ...options });
    while (!trainer.done) for (const r of trainer.step()) if (r.kind === 'update') losses.push(r.loss);
    return losses;
  };

  test('of every stream before every window are windows that each begin with the state zero; of none, the carried state', () => {
    expect(lossesOf({ restart: 1 })).toEqual(lossesOf({}, textSource(text, 9, false)));
    expect(lossesOf({ restart: 0 })).not.toEqual(lossesOf({ restart: 1 }));
    expect(new Trainer(backend, newModel(), textSource(text, 9)).settings.restart).toBe(0.2);
    expect(
      new Trainer(backend, newModel(), textSource(text, 9, false), { restart: 0.5 }).settings.restart,
    ).toBeUndefined();
  });

  test('take the share that is asked for, another set of streams at each window and for each seed', () => {
    // with α = 0 and a text of one letter, the first loss of a stream says whether it restarted: the state moves on from zero
    const wide = streams(new Uint8Array(4 * 2001), 4);
    const restarted = (seed: number): string[] => {
      const model = createModel({ vocabSize: 3, hiddenSize: 4 });
      const trainer = new Trainer(backend, model, textSource(wide, 2), {
        learningRate: 0,
        restart: 0.3,
        seed,
        epochs: 1,
      });
      const net = (trainer as unknown as { net: Unrolled }).net;
      const rows: string[] = [];
      while (!trainer.done) {
        trainer.step();
        const zero = net.nll[0];
        const firsts = Array.from({ length: 4 }, (_, b) => net.nll[b]);
        rows.push(firsts.map((loss) => (rows.length === 0 || loss === first ? 'r' : '-')).join(''));
        if (rows.length === 1) first = zero;
      }
      return rows.slice(1);
    };
    let first = Number.NaN;
    const one = restarted(1);
    const share = one.join('').split('r').length / (4 * one.length);
    expect(share).toBeGreaterThan(0.27);
    expect(share).toBeLessThan(0.33);
    expect(new Set(one).size).toBe(16);
    expect(restarted(1)).toEqual(one);
    expect(restarted(2)).not.toEqual(one);
  });

  test('are part of what a run goes on with; snapshots from before there were any have none', () => {
    const options: TrainingOptions = { restart: 0.4, updates: 30 };
    const whole = finish(open(options)).snapshot();
    const first = open(options);
    while (first.update < 13) first.step();
    const second = open(options);
    second.restore(first.snapshot());
    expect(finish(second).snapshot()).toEqual(whole);
    expect(() => open({ updates: 30 }).restore(first.snapshot())).toThrow(
      'resume: expected restart 0.4, as the run was started with, got 0.2',
    );
    const old = open({ restart: 0, updates: 30 }).snapshot();
    expect(old.state.settings).not.toHaveProperty('restart');
    open({ restart: 0, updates: 30 }).restore(old);
    expect(() => open({ updates: 30 }).restore(old)).toThrow('expected restart 0');
  });
});

describe('an average of the weights', () => {
  const options: TrainingOptions = { average: 0.9, epochs: 3, learningRate: 0.01 };

  test('is its equation, is judged and kept, and changes nothing of the training', () => {
    const plain = open({ ...options, average: 0 });
    const trainer = open(options);
    const mean = Float64Array.from(trainer.parameters);
    const judge = textJudge(backend, newModel(), heldOut);
    let best = Infinity;
    for (let n = 0; !trainer.done; n++) {
      const [update, look] = trainer.step();
      expect(plain.step()[0]).toEqual(update);
      const share = 1 - Math.min(0.9, n / (n + 9));
      trainer.parameters.forEach((weight, i) => void (mean[i] += share * (weight - mean[i])));
      if (look?.kind !== 'validation') continue;
      expect(look.validationLoss).toBeCloseTo(judge.judge(mean), 5);
      expect(look.validationLoss).not.toBeCloseTo(judge.judge(trainer.parameters), 4);
      if (look.validationLoss! >= best) continue;
      best = look.validationLoss!;
      expect(relativeError(trainer.bestParameters, mean)).toBeLessThan(1e-6);
    }
    expect(trainer.parameters).toEqual(plain.parameters);
    expect(best).toBe(trainer.bestLoss);
  });

  test('is kept where nothing is held out', () => {
    const trainer = new Trainer(backend, newModel(), textSource(text, 9), options);
    finish(trainer);
    expect(trainer.bestParameters).not.toEqual(trainer.parameters);
  });

  test('goes on from a snapshot bit for bit, which says that there is one', () => {
    const whole = finish(open(options)).snapshot();
    const first = open(options);
    while (first.update < 30) first.step();
    const kept = first.snapshot();
    expect(kept.state.progress.averaged).toBe(30);
    const second = open(options);
    second.restore(kept);
    expect(finish(second).snapshot()).toEqual(whole);
    const third = open(options);
    third.continueFrom(kept);
    expect(third.snapshot().tensors.get('average')).toEqual(kept.tensors.get('average'));
    expect(() => open({ ...options, average: 0 }).restore(kept)).toThrow(
      'resume: expected average 0.9, as the run was started with, got 0',
    );
    const without = open({ ...options, average: 0 }).snapshot();
    expect(without.state.settings).not.toHaveProperty('average');
    expect(() => open(options).restore(without)).toThrow(
      'resume: expected average 0, as the run was started with, got 0.9',
    );
  });

  test('begins again where a run goes back to earlier weights', () => {
    const trainer = open({ ...options, onDivergence: 'rollback', schedule: 'constant', learningRate: 1e-3, epochs: 6 });
    while (trainer.update < 25) trainer.step();
    const best = trainer.bestParameters.slice();
    trainer.parameters.fill(Number.NaN);
    const [report] = trainer.step();
    expect(report.kind).toBe('rollback');
    expect(trainer.snapshot().tensors.get('average')).toEqual(best);
  });

  test('of no memory and of all memory is refused', () => {
    expect(() => open({ average: -0.1 })).toThrow(/^average: expected a number from 0 to 0.999999, got -0.1/);
    expect(() => open({ average: 1 })).toThrow(/^average: expected a number from 0 to 0.999999, got 1/);
  });
});

describe('a run that diverges', () => {
  test('is worse than it began by more than batches differ', () => {
    expect(isWorse(2.09, 2)).toBe(false);
    expect(isWorse(2.11, 2)).toBe(true);
  });

  const options: TrainingOptions = { onDivergence: 'rollback', schedule: 'constant', epochs: 6 };

  test('goes back to its best weights once, on with a tenth of the learning rate, and the second time it stops', () => {
    const trainer = open(options);
    while (trainer.bestLoss === null) trainer.step();
    for (let i = 0; i < 5; i++) trainer.step();
    const { update } = trainer;
    const best = trainer.bestParameters.slice();
    trainer.parameters[3] = Number.NaN;
    expect(trainer.step()).toEqual([
      {
        ...{ kind: 'rollback', update, updates: trainer.settings.updates, epoch: 2, loss: Number.NaN },
        ...{ learningRateFactor: 0.1, reason: `training: update ${update + 1}: parameter U0 is not finite` },
      },
    ]);
    expect(trainer.parameters.slice()).toEqual(best);
    const [report] = trainer.step();
    expect(report).toMatchObject({
      kind: 'update',
      update: update + 1,
      learningRate: trainer.settings.learningRate / 10,
    });
    trainer.parameters[3] = Number.NaN;
    expect(() => trainer.step()).toThrow(
      `update ${update + 2}: parameter U0 is not finite; start again with a smaller`,
    );
  });

  test('goes back to its first weights where none is better, also where the loss is finite and above the first', () => {
    const model = newModel();
    const trainer = textTrainer(backend, model, text, { ...options, optimizer: 'adam', learningRate: 3, bptt: 9 });
    const reports = [];
    while (reports.at(-1)?.kind !== 'rollback') reports.push(...trainer.step());
    const [, validation, rollback] = reports.slice(-3);
    expect(validation).toMatchObject({ kind: 'validation', epoch: 1 });
    expect(validation.loss).toBeGreaterThan(trainer.firstLoss!);
    expect(rollback).toMatchObject({ loss: validation.loss });
    expect(trainer.parameters.slice()).toEqual(model.parameters);
    finish(trainer);
    expect(trainer.update).toBe(trainer.settings.updates);
  });

  test('is resumed as it went on: before it went back, and after', () => {
    const run = (stops: readonly number[]) => {
      let trainer = textTrainer(backend, newModel(), text, { ...options, learningRate: 3, bptt: 9 });
      while (!trainer.done) {
        if (stops.includes(trainer.update)) {
          const { tensors, state } = trainer.snapshot();
          trainer = textTrainer(backend, newModel({ seed: 9 }), text, { ...options, learningRate: 3, bptt: 9 });
          trainer.restore({ tensors, state: JSON.parse(JSON.stringify(state)) });
        }
        trainer.step();
      }
      return trainer.snapshot();
    };
    const whole = run([]);
    expect(whole.state.progress.rolledBackAt).toBe(23);
    expect(run([5, 22, 23, 24, 100])).toEqual(whole);
  });

  test('reports the share of clipped updates and of saturated states at the end of each epoch', () => {
    const trainer = open({ clip: 0.3, epochs: 2 });
    let clipped = 0;
    while (!trainer.done)
      for (const report of trainer.step()) {
        if (report.kind === 'update' && report.clipped) clipped++;
        if (report.kind !== 'validation') continue;
        expect(report.clippedShare).toBe(clipped / 23);
        const net = (trainer as unknown as { net: Unrolled }).net;
        const flat = Array.from(net.finalState('state0')).filter((h) => Math.abs(h) > 0.97).length;
        expect(report.saturatedShare).toBe(flat / 36);
        clipped = 0;
      }
  });
});

describe('resuming', () => {
  test.each(optimizerNames)('%s goes on from a snapshot at any update with the same bits', (optimizer) => {
    const options: TrainingOptions = { optimizer, updates: 55, bptt: 11, schedule: 'cosine' };
    const model = () => newModel({ dropout: 0.2, numLayers: 2 });
    const whole = finish(open(options, model())).snapshot();
    for (const stop of [0, 1, 18, 19, 54]) {
      const first = open(options, model());
      while (first.update < stop) first.step();
      const { tensors, state } = first.snapshot();
      const second = open(options, model());
      second.restore({ tensors, state: JSON.parse(JSON.stringify(state)) });
      expect(finish(second).snapshot()).toEqual(whole);
    }
  });

  test('newbob and patience go on with what they have seen', () => {
    const options: TrainingOptions = { schedule: 'newbob', epochs: 30, learningRate: 0.05, patience: 6, restart: 0 };
    const whole = finish(open(options)).snapshot();
    const first = open(options);
    while (first.update < 200 && !first.done) first.step();
    expect(first.done).toBe(false);
    const second = open(options);
    second.restore(first.snapshot());
    expect(finish(second).snapshot()).toEqual(whole);
  });

  test('a run that goes on from a snapshot has the best parameters of before, and gives them back', () => {
    const options: TrainingOptions = { schedule: 'constant', learningRate: 0.6, epochs: 40, restart: 0 };
    const first = open(options);
    const kept: number[][] = []; // the parameters at each look that was the best so far
    while (first.update < 300)
      for (const report of first.step())
        if (report.kind === 'validation' && report.best) kept.push([...first.parameters]);
    const best = [...first.bestParameters];
    expect(best).toEqual(kept.at(-1));
    expect(best).not.toEqual([...first.parameters]); // it got worse again, as the rate is too high on purpose
    const snapshot = first.snapshot();
    const second = open(options);
    second.restore(snapshot);
    expect([...second.bestParameters]).toEqual(best);
    expect(second.bestLoss).toBe(first.bestLoss);
    expect([...second.parameters]).toEqual([...first.parameters]);
    expect([...second.snapshot().tensors.get('best')!]).toEqual(best);
    expect([...snapshot.tensors.get('best')!]).toEqual(best);
  });

  test('a snapshot stays as it is while the run goes on', () => {
    const trainer = open();
    for (let i = 0; i < 30; i++) trainer.step();
    const snapshot = trainer.snapshot();
    const before = structuredClone(snapshot);
    for (let i = 0; i < 30; i++) trainer.step();
    expect(snapshot).toEqual(before);
    const again = open();
    again.restore(snapshot);
    again.step();
    expect(snapshot).toEqual(before);
  });

  test('is refused with a sentence that names what differs', () => {
    const snapshot = open().snapshot();
    expect(() => open({ learningRate: 0.5 }).restore(snapshot)).toThrow(/learningRate 0.004.*got 0.5/);
    expect(() => open({ bptt: 8 }).restore(snapshot)).toThrow(/bptt 9.*got 8/);
    expect(() => open({}, newModel({ hiddenSize: 13 })).restore(snapshot)).toThrow(/tensor parameters.*got \d+/);
    const cut = { ...snapshot, tensors: new Map(snapshot.tensors).set('best', new Float32Array(3)) };
    expect(() => open().restore(cut)).toThrow(/^resume: tensor best: expected \d+ numbers for this model, got 3$/);
  });
});

describe('what is not finite', () => {
  test('of a held-out loss stops the run, and nothing is kept as best', () => {
    const judge = { bytes: 0, judge: () => Number.NaN };
    const trainer = new Trainer(backend, newModel(), textSource(text, 9), { epochs: 2 }, judge);
    expect(() => finish(trainer)).toThrow(/^training: update 23: the loss is not finite; /);
    expect(trainer.bestLoss).toBeNull();
  });

  test('stops the run at that update with an error that names it and the tensor, and leaves the parameters alone', () => {
    const trainer = open();
    for (let i = 0; i < 6; i++) trainer.step();
    trainer.parameters[7 * 12 + 5] = Number.NaN; // U is [7, 12], W comes next
    const before = trainer.parameters.slice();
    expect(() => trainer.step()).toThrow(/update 7: parameter W0 is not finite/);
    expect(trainer.parameters.slice()).toEqual(before);
    expect(() => trainer.snapshot()).toThrow(UnrolledError);
  });

  test('ends an absurd learning rate at the first update that shows it', () => {
    const trainer = open({ optimizer: 'sgd', learningRate: 1e38, clip: 0, schedule: 'constant' });
    expect(() => finish(trainer)).toThrow(/update [23]: .* is not finite; .*smaller learning rate/);
  });
});

describe('the held-out text', () => {
  test('under newbob brings the best weights back at once, and the rate that is told is the one that was used', () => {
    const losses = [4, 3, 3.5, 2.9, 2.9]; // the third look is worse
    const judge = { bytes: 0, judge: () => losses.shift()! };
    const trainer = new Trainer(
      backend,
      newModel(),
      textSource(text, 50),
      { epochs: 5, schedule: 'newbob', learningRate: 0.1, optimizer: 'sgd' },
      judge,
    );
    const rates: number[] = [];
    const looks: number[][] = [];
    while (!trainer.done)
      for (const report of trainer.step())
        if (report.kind === 'validation') looks.push([...trainer.parameters]);
        else if (report.kind === 'update') rates.push(report.learningRate);
    expect(looks[1]).not.toEqual(looks[0]);
    expect(looks[2]).toEqual(looks[1]);
    expect(looks[3]).not.toEqual(looks[1]);
    // four windows an epoch; halved from the look on that did not gain
    expect(rates).toEqual([0.1, 0.1, 0.1, 0.05, 0.025].flatMap((rate) => [rate, rate, rate, rate]));
  });

  test('decides which parameters are kept', async () => {
    const model = newModel();
    const losses: number[] = [];
    for await (const report of train(model, textSource(text), {
      judge: textJudge(backend, model, heldOut),
      epochs: 12,
      learningRate: 0.6,
      schedule: 'constant',
    }))
      if (report.kind === 'validation') losses.push(report.validationLoss!);
    const best = losses.indexOf(Math.min(...losses));
    expect(best).toBeLessThan(losses.length - 1); // the rate is too high on purpose: it gets worse again
    const again = newModel();
    for await (const report of train(again, textSource(text), {
      judge: textJudge(backend, again, heldOut),
      epochs: 12,
      learningRate: 0.6,
      schedule: 'constant',
    }))
      if (report.kind === 'validation' && report.epoch === best + 1)
        expect(again.parameters.slice()).toEqual(model.parameters);
  });

  test('ends the run when patience is over', () => {
    const trainer = finish(open({ learningRate: 0.5, schedule: 'constant', patience: 2, epochs: 100 }));
    expect(trainer.update).toBeLessThan(100 * 23);
  });

  test('must be there for newbob and for patience', () => {
    const without = (options: TrainingOptions) => () => textTrainer(backend, newModel(), text, options);
    expect(without({ schedule: 'newbob' })).toThrow(/newbob: expected held-out data/);
    expect(without({ patience: 3 })).toThrow(/patience: expected held-out data/);
  });
});

describe('the loop of reports', () => {
  const tokenizer = createTokenizer('char', ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  const letters = tokenizer.decode(ids);

  test('keeps model.parameters current, and gives back a plain array when it is left', async () => {
    const model = createModel({ tokenizer, hiddenSize: 8 });
    const first = model.parameters.slice();
    for await (const report of train(model, languageModel(letters, { tokenizer }), { batchSize: 2 })) {
      expect(model.parameters.slice()).not.toEqual(first);
      if (report.update === 3) break;
    }
    expect(model.parameters).toBeInstanceOf(Float32Array);
    expect(model.parameters.byteOffset).toBe(0);
    expect(model.parameters).not.toEqual(first);
  });

  test('stops at an AbortSignal, and lets timers run in between', async () => {
    const model = createModel({ tokenizer, hiddenSize: 8 });
    const controller = new AbortController();
    let updates = 0;
    for await (const _ of train(model, languageModel(letters, { tokenizer }), {
      epochs: 1e6,
      batchSize: 2,
      signal: controller.signal,
    }))
      if (++updates === 3) setTimeout(() => controller.abort(), 0);
    expect(updates).toBeGreaterThanOrEqual(3);
  });
});
