// Sessions go on bit for bit where they were saved; what is damaged, forged or no session is one sentence. And files are told apart by what they hold.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { openDropped } from '../../lab/files/dropped.ts';
import { decodeSession, encodeSession, type Session } from '../../lab/files/session.ts';
import type { FrozenRun } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { packModel } from '../../src/core.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { createBackend, createModel, learnTokenizer, packModelFile, UnrolledError } from '../../src/index.ts';
import { runs } from '../support/exhaustive.ts';

const text = 'Der Fluß lief — 👍🏽 und lief, \r\n\0 und die Mühle stand. '.repeat(9);
const learner = learnTokenizer('char');
learner.add(text);
const tokenizer = learner.finish();
const backend = createBackend();
const usual: Settings = { ...defaultSettings, text: 'own', hidden: 8, T: 7, batch: 4, lr: 0.01, prime: 'Ω "' };

/** A run of the lab's engine, after so many steps. */
function runOf(settings: Settings, steps: number, from?: FrozenRun) {
  const { run } = new Laboratory(backend, text, settings, from);
  const losses: number[] = [];
  while (run.step < steps) losses.push(run.advance().loss);
  return { run, losses };
}

const session: Session = {
  frozen: runOf(usual, 5).run.freeze(),
  text,
  model: null,
  history: { loss: [3, 2, 1], norm: [1, NaN, Infinity, -0] },
  page: { cursor: { view: 'gradients', t: 3 }, note: null },
  savedAt: 1_800_000_000_000,
};
const opened = { config: createModel({ tokenizer, hiddenSize: 8 }).config, tokenizer };
const bytes = encodeSession({ ...session, model: opened });

describe('a session', () => {
  test.each<[string, Partial<Settings>]>([
    ['a plain network', {}],
    ['an LSTM of two layers with RMSprop', { cell: 'lstm', layers: 2, opt: 'rmsprop' }],
    ['a GRU with momentum, without carried states', { cell: 'gru', opt: 'momentum', carry: false }],
    ['minGRU, past the end of an epoch', { cell: 'mingru', opt: 'adagrad', T: 50 }],
  ])('goes on bit for bit: %s', (_, changes) => {
    const settings = { ...usual, ...changes };
    for (const at of [0, 9]) {
      const whole = runOf(settings, 30);
      const { frozen } = decodeSession(encodeSession({ ...session, frozen: runOf(settings, at).run.freeze() }), 's');
      const resumed = runOf(frozen.settings, 30, frozen);
      expect(resumed.run.parameters).toEqual(whole.run.parameters);
      expect(resumed.losses).toEqual(whole.losses.slice(at));
      expect(resumed.run.freeze()).toEqual({ ...whole.run.freeze(), settings: { ...settings, ownText: '' } });
    }
  });

  test('goes on bit for bit after the optimizer was changed in the run', () => {
    const whole = runOf(usual, 6).run;
    whole.tune({ ...usual, opt: 'sgd', lr: 0.1 });
    while (whole.step < 11) whole.advance();
    const { frozen } = decodeSession(encodeSession({ ...session, frozen: whole.freeze() }), 's');
    expect([frozen.step, frozen.offset, frozen.adjusted]).toEqual([11, 6, true]);
    const { run } = runOf(frozen.settings, 15, frozen);
    while (whole.step < 15) whole.advance();
    expect(run.parameters).toEqual(whole.parameters);
  });

  test('keeps everything, not finite numbers and −0 included', () => {
    const read = decodeSession(encodeSession(session), 's');
    expect(read.frozen).toEqual(session.frozen);
    expect(read.text).toBe(text);
    expect(read.model).toBeNull();
    expect(Array.from(read.history.loss)).toEqual(session.history.loss);
    expect(Array.from(read.history.norm)).toEqual([1, NaN, Infinity, -0]);
    expect(read.page).toEqual(session.page);
    expect(read.savedAt).toBe(session.savedAt);
    const { model } = decodeSession(bytes, 's');
    expect(model!.config).toEqual(opened.config);
    expect(model!.tokenizer.vocabulary).toEqual(tokenizer.vocabulary);
  });

  test('has the visitor’s text once', () => {
    const settings = { ...session.frozen.settings, ownText: text };
    const twice = encodeSession({ ...session, frozen: { ...session.frozen, settings } });
    expect(twice.length).toBe(encodeSession(session).length);
    expect(decodeSession(twice, 's')).toMatchObject({ text, frozen: { settings: { text: 'own', ownText: '' } } });
  });

  test('shares no memory with the file, so that it can go to a Worker', () => {
    const { frozen, history } = decodeSession(bytes, 's');
    for (const data of [...frozen.snapshot.tensors.values(), ...Object.values(history)])
      expect((data as Float32Array).byteLength).toBe((data as Float32Array).buffer.byteLength);
  });
});

const sentence = (damaged: Uint8Array): string => {
  try {
    decodeSession(damaged, 's.safetensors');
  } catch (error) {
    expect(error).toBeInstanceOf(UnrolledError);
    expect((error as Error).message).toMatch(/^s\.safetensors(, [\w.]+)*: [^\n]+$/);
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
};

describe('what is no session is one sentence', () => {
  test('cut short, or with a byte changed', () => {
    for (let length = 0; length < bytes.length; length += 97) sentence(bytes.slice(0, length));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at] ^= change;
        sentence(damaged);
      }),
      { numRuns: runs(400) },
    );
  });

  // biome-ignore lint/suspicious/noExplicitAny: what is forged may be anything
  const forged = (change: (state: any, tensors: Map<string, unknown>) => void): Uint8Array => {
    const { tensors, state } = decodeCheckpoint(bytes.slice(), 's');
    change(state, tensors);
    return encodeCheckpoint({ tensors, state });
  };
  test.each<[string, Parameters<typeof forged>[0], RegExp]>([
    [
      'another checkpoint',
      (state) => delete state.kind,
      /expected a session of the lab, got another checkpoint; .*drop model\.safetensors$/,
    ],
    [
      'a later version',
      (state) => (state.version = 2),
      /expected a session of version 1, got 2; open it in the lab that saved it$/,
    ],
    ['no settings', (state) => delete state.run.settings, /run\.settings: expected an object, got nothing$/],
    [
      'a setting out of range',
      (state) => (state.run.settings.hidden = 1e9),
      /settings: expected another value of hidden, got 1000000000$/,
    ],
    [
      'a setting of another kind',
      (state) => (state.run.settings.carry = 'yes'),
      /expected another value of carry, got "yes"$/,
    ],
    ['no text', (_, tensors) => tensors.delete('text'), /text: expected UTF-8, got other bytes$/],
    ['a text of floats', (_, tensors) => tensors.set('text', new Float32Array(3)), /text: expected UTF-8/],
    ['a text that is not UTF-8', (_, tensors) => tensors.set('text', Uint8Array.of(0xff)), /text: expected UTF-8/],
    ['a config that is none', (state) => (state.model.config = 7), /model\.config: expected a text, got 7$/],
    [
      'a config of another size',
      (state) => (state.model.config = state.model.config.replace('"hidden_size": 8', '"hidden_size": 9000')),
      /run\.parameters: expected \d+ numbers for this model, got \d+$/,
    ],
    [
      'a bidirectional config',
      (state) => (state.model.config = state.model.config.replace('"bidirectional": false', '"bidirectional": true')),
      /config: expected a model of text/,
    ],
    [
      'another tokenizer',
      (state) => (state.model.tokenizer = state.model.tokenizer.replace('"vocab": {', '"vocab": {"Q": 99,')),
      /tokenizer: /,
    ],
    ['no parameters', (_, tensors) => tensors.delete('run.parameters'), /run, parameters: expected numbers, got none$/],
    [
      'whole numbers as parameters',
      (_, tensors) => tensors.set('run.parameters', new Int32Array(3)),
      /run, parameters: expected floats, got others$/,
    ],
    [
      'a best model of another size',
      (_, tensors) => tensors.set('run.best', new Float32Array(3)),
      /run\.best: expected \d+ numbers for this model, got 3$/,
    ],
    [
      'a history of other numbers',
      (_, tensors) => tensors.set('history.loss', new BigInt64Array(2)),
      /history\.loss: expected F64, got others$/,
    ],
    [
      'a step below 0',
      (state) => (state.run.snapshot.progress.update = -1),
      /run, progress, update: expected a whole number of 0 or more, got -1$/,
    ],
    [
      'a step that its counters contradict',
      (state) => (state.run.step += 1),
      /run\.step: expected (\d+), as its counters say, got \d+$/,
    ],
    [
      'half a window',
      (state) => (state.run.snapshot.progress.window = 0.5),
      /run, progress, window: expected a whole number of 0 or more, got 0\.5$/,
    ],
    [
      'a sum that is a text',
      (state) => (state.run.snapshot.progress.lossSum = '1'),
      /run, progress, lossSum: expected a finite number, got "1"$/,
    ],
    [
      'no schedule',
      (state) => delete state.run.snapshot.progress.schedule,
      /run, progress, schedule: expected an object, got nothing$/,
    ],
    ['a page that is a list', (state) => (state.page = []), /page: expected an object, got \[\]$/],
  ])('%s', (_, change, pattern) => {
    expect(sentence(forged(change))).toMatch(pattern);
  });

  test('a setting that a later lab added is left out, one that an earlier lab lacked has its default', () => {
    const read = decodeSession(
      forged((state) => (state.run.settings.novelty = 1) && delete state.run.settings.decay),
      's',
    );
    expect(read.frozen.settings).toEqual({ ...usual, decay: defaultSettings.decay });
  });

  test('a run that is not of its settings is refused by the engine, in one sentence', () => {
    const { frozen } = decodeSession(
      forged((state) => (state.run.settings.hidden = 9)),
      's',
    );
    expect(() => runOf(frozen.settings, 6, frozen)).toThrow(/^resume: tensor parameters: expected \d+ numbers/);
    const clipped = decodeSession(
      forged((state) => (state.run.settings.clip = 1)),
      's',
    ).frozen;
    expect(() => runOf(clipped.settings, 6, clipped)).toThrow(/^resume: expected clip 5, .* got 1$/);
    const ended = decodeSession(
      forged((state) => (state.run.snapshot.progress.stopped = true)),
      's',
    ).frozen;
    expect(() => runOf(ended.settings, 6, ended)).toThrow(/^run: expected one that goes on, got one that has ended$/);
  });
});

describe('what is dropped', () => {
  const file = (name: string, content: Uint8Array | string) =>
    Object.assign(new Blob([content as Uint8Array<ArrayBuffer>]), { name });
  const model = createModel({ tokenizer, hiddenSize: 8, seed: 3 });

  test('is told apart by what it holds, whatever it is called', async () => {
    expect(await openDropped([file('a.md', text)])).toMatchObject({ kind: 'text', name: 'a.md', text: { text } });
    expect(await openDropped([file('config.json', '{"a": 1}')])).toMatchObject({ kind: 'text' });
    const one = packModelFile(model, { step: 7, seed: 3 });
    for (const name of ['m.safetensors', 'M.SAFETENSORS', 'download'])
      expect(await openDropped([file(name, one)])).toMatchObject({ kind: 'model', opened: { step: 7, remarks: [] } });
    const folder = Array.from(packModel(model), ([name, content]) => file(name, content));
    expect(await openDropped(folder)).toMatchObject({ kind: 'model', opened: { step: null, remarks: [] } });
    expect(await openDropped([file('s.safetensors', bytes)])).toMatchObject({ kind: 'session', session: { text } });
    expect(await openDropped([file('session (1)', bytes)])).toMatchObject({ kind: 'session' });
  });

  test.each<[string, (Blob & { name: string })[], RegExp]>([
    ['nothing', [], /^drop: expected a text, a model or a session, got no file$/],
    [
      'two texts',
      [file('a.txt', text), file('b.txt', text)],
      /^drop: expected one text at a time, got "a\.txt", "b\.txt"$/,
    ],
    ['many files', Array.from({ length: 21 }, () => file('a', 'x')), /^drop: expected a few files, got 21/],
    ['a session and a text', [file('s.safetensors', bytes), file('b.txt', text)], /^drop: expected a session alone/],
    [
      'half a model',
      [file('m.safetensors', bytes.slice(0, 3000))],
      /^m\.safetensors: expected a header of at most|cut short/,
    ],
    ['an image', [file('a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47))], /^a\.png: /],
  ])('%s: one sentence', async (_, files, pattern) => {
    await expect(openDropped(files)).rejects.toThrow(pattern);
    await expect(openDropped(files)).rejects.toBeInstanceOf(UnrolledError);
  });

  test('a model of gigabytes is refused before it is read', async () => {
    class Huge extends Blob {
      readonly name = 'llama.safetensors';
      override get size(): number {
        return 5e9;
      }
      override slice(): Blob {
        throw new Error('expected nothing to be read');
      }
    }
    await expect(openDropped([new Huge()])).rejects.toThrow(
      /^llama\.safetensors: expected a model of at most 256 MB, got 4768 MB$/,
    );
  });
});
