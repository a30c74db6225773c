// What leaves the engine as a file and comes back, without a page: models and sessions bit for bit, what a file must say, what a preset begins with.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { open, pack } from '../../lab/engine/exchange.ts';
import { Host } from '../../lab/engine/host.ts';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { Microscope } from '../../lab/engine/microscope.ts';
import { weightHash } from '../../lab/engine/weight-hash.ts';
import { presetSettings } from '../../lab/presets.ts';
import type { OpenRequest, Reply, Request } from '../../lab/protocol.ts';
import { defaultSettings, type Settings } from '../../lab/settings.ts';
import { History } from '../../lab/state/history.ts';
import { historyOf, keep, presetOf } from '../../lab/state/session-data.ts';
import { part, trained } from '../../lab/text/example.ts';
import { handWeights } from '../../lab/text/hand-weights.ts';
import { createTokenizer, writeSafetensors } from '../../src/core.ts';
import { atOnce } from '../../src/generators.ts';
import { createBackend, createModel, packModelFile } from '../../src/index.ts';
import { firstNonFinite, trace } from '../../src/insight.ts';

import { loss } from '../../src/reference/network.ts';
import { backend, sampleOf, tale as text } from './trained.ts';

const small: Settings = { ...defaultSettings, hidden: 12, T: 8, batch: 4, length: 40 };
const sessionData = { history: {}, page: {} };

const file = (name: string, bytes: Uint8Array): File => new File([bytes as Uint8Array<ArrayBuffer>], name);
const golden = (path: string): File => {
  const bytes = readFileSync(new URL(`../golden/${path}`, import.meta.url));
  return file(path.split('/')[1], bytes);
};
const opened = (files: readonly File[], more: Partial<OpenRequest> = {}) =>
  open(backend, { files, text, settings: small, ...more });
async function run(files: readonly File[], more: Partial<OpenRequest> = {}) {
  const found = await opened(files, more);
  if (!('laboratory' in found)) throw new Error(`expected a run, got ${found.kind}`);
  return found;
}
const hash = (laboratory: Laboratory): string => weightHash(laboratory.run.parameters);

function trainedFor(steps: number, settings = small): Laboratory {
  const laboratory = new Laboratory(backend, text, settings);
  for (let i = 0; i < steps; i++) laboratory.advance();
  return laboratory;
}

describe('a session', () => {
  test('goes on where it was, bit for bit, with its curves', async () => {
    const whole = trainedFor(40);
    const half = trainedFor(25);
    const history = new History();
    history.add(Float64Array.of(1, 4, 4, 0.5, 0, 0.003, Number.NaN, 2, 3, 3.5, 0.6, 1, 0.003, 0.01), 2);
    history.addHeldOut(2, 3.9);
    history.mark(2, 'Learning rate 0.1');
    const { bytes } = pack(half, { id: 1, type: 'save-session', sessionData: keep(history, 'vanish') });
    const { laboratory, opened } = await run([file('s', bytes)]);
    expect(laboratory.run.step).toBe(25);
    for (let i = 25; i < 40; i++) laboratory.advance();
    expect(hash(laboratory)).toBe(hash(whole));
    const back = historyOf(opened.sessionData!);
    expect([back.points, back.heldOut, back.marks]).toEqual([history.points, history.heldOut, history.marks]);
    expect(presetOf(opened.sessionData!)).toBe('vanish');
  });

  test('keeps only what has the right form of a foreign page', () => {
    const page = { preset: 'wild', stride: -1, marks: [[1, 'a'], ['x', 'b'], [2, 3], null] };
    const strange = historyOf({ history: { step: [1, Number.NaN], loss: [2, 2], heldOutStep: [5] }, page });
    expect([strange.points, strange.heldOut, strange.stride]).toEqual([[], [], 1]);
    expect(strange.marks).toEqual([{ step: 1, label: 'a' }]);
    expect(presetOf({ history: {}, page })).toBeNull();
  });

  test('of another text than its numbers, or cut short, is refused', async () => {
    const { bytes } = pack(trainedFor(3), { id: 1, type: 'save-session', sessionData });
    await expect(opened([file('s', bytes.slice(0, -4))])).rejects.toThrow(/^s\.safetensors: /);
    const damaged = bytes.slice();
    damaged[damaged.length - 9] ^= 1;
    await expect(opened([file('s', damaged)])).rejects.toThrow(/checksum/);
  });
});

describe('a model', () => {
  test('comes back with its weights, step, cell and sizes', async () => {
    const laboratory = trainedFor(7, { ...small, cell: 'gru', layers: 2 });
    const { bytes, step } = pack(laboratory, { id: 1, type: 'save-model', step: null });
    expect(step).toBe(7);
    const found = await run([file('m.safetensors', bytes)]);
    expect(hash(found.laboratory)).toBe(hash(laboratory));
    expect(found.laboratory.info.settings).toMatchObject({ cell: 'gru', layers: 2, hidden: 12, level: 'char' });
    expect(found.laboratory.run.step).toBe(7);
    expect(found.laboratory.modelOf(null).isRepeatable).toBe(false);
    found.laboratory.advance();
    const early = pack(laboratory, { id: 1, type: 'save-model', step: 5 });
    const before = await run([file('m.safetensors', early.bytes)]);
    expect([early.step, hash(before.laboratory)]).toEqual([
      5,
      hash(trainedFor(5, { ...small, cell: 'gru', layers: 2 })),
    ]);
  });

  test('that begins a session is there after it', async () => {
    const { bytes } = pack(trainedFor(7), { id: 1, type: 'save-model', step: null });
    const { laboratory } = await run([file('m.safetensors', bytes)], {
      text: text.slice(0, 800),
      settings: defaultSettings,
    });
    for (let i = 0; i < 3; i++) laboratory.advance();
    const session = pack(laboratory, { id: 1, type: 'save-session', sessionData });
    const again = (await run([file('s', session.bytes)])).laboratory;
    expect([again.run.step, again.info.vocabulary.length, hash(again)]).toEqual([
      10,
      trainedFor(0).info.vocabulary.length,
      hash(laboratory),
    ]);
  });

  test('that does not know the text says which characters; they may be left out', async () => {
    const model = createModel({ tokenizer: createTokenizer('char', [...'abc defgh']), hiddenSize: 4 });
    const bytes = pack(
      new Laboratory(backend, 'abc defgh '.repeat(20), small, undefined, {
        parameters: model.parameters,
        model: { name: 'm', config: model.config, tokenizer: model.tokenizer!, step: null },
      }),
      { id: 1, type: 'save-model', step: null },
    ).bytes;
    const poem = 'a bad cabbage! a head; a deaf dad? '.repeat(9);
    const files = [file('m.safetensors', bytes)];
    expect(await opened(files, { text: poem })).toEqual({
      kind: 'unknown',
      name: 'm.safetensors',
      characters: ['!', ';', '?'],
    });
    const { laboratory } = await run(files, { text: poem, leavesOut: true });
    expect(laboratory.text).toBe('a bad cabbage a head a deaf dad '.repeat(9));
  });

  test('of PyTorch without a tokenizer asks for its characters, until they are as many', async () => {
    const files = [golden('pytorch-gru/model.safetensors'), golden('pytorch-gru/config.json')];
    const asked = await opened(files);
    if (!('kind' in asked) || asked.kind !== 'nameless') throw new Error('expected to be asked');
    expect(asked).toMatchObject({ name: 'model.safetensors', sentence: null });
    const few = await opened(files, { characters: 'ab' });
    expect(few).toMatchObject({
      kind: 'nameless',
      sentence: expect.stringContaining(`expected ${asked.count} tokens`),
    });
    const twice = await opened(files, { characters: 'a'.repeat(asked.count) });
    expect(twice).toMatchObject({ kind: 'nameless', sentence: expect.any(String) });
    const characters = Array.from({ length: asked.count }, (_, i) => String.fromCharCode(97 + i)).join('');
    const { laboratory } = await run(files, { characters, text: characters.repeat(30) });
    expect(laboratory.info.settings.cell).toBe('gru');
    laboratory.advance();
  });

  test.each([
    ['300 units', { hiddenSize: 300 }, /expected at most 256 units in 3 layers, got 300 in 1; the page only reads/],
    ['4 layers', { hiddenSize: 4, numLayers: 4 }, /expected at most 256 units in 3 layers, got 4 in 4; the page only/],
  ])('of %s is read, and training it is refused', async (_, sizes, sentence) => {
    const model = createModel({ tokenizer: createTokenizer('char', [...'ab']), ...sizes });
    const { laboratory } = await run([file('m.safetensors', packModelFile(model))], { text: 'ab'.repeat(40) });
    expect(laboratory.info).toMatchObject({ isReadOnly: true, settings: { hidden: sizes.hiddenSize } });
    expect(weightHash(laboratory.modelOf(null).model.parameters)).toBe(weightHash(model.parameters));
    const seen = atOnce(
      new Microscope(backend).see(laboratory.modelOnText(null), { step: null, window: 0, edits: [] }),
    );
    expect(seen.trace.gradients!.h.some((value) => value !== 0)).toBe(true);
    expect(sampleOf(laboratory).ids).toHaveLength(small.length);
    expect(atOnce(laboratory.measure()).loss).toBeGreaterThan(0);
    expect(() => laboratory.advance()).toThrow(sentence);
    const { bytes } = pack(laboratory, { id: 1, type: 'save-model', step: null });
    expect(
      weightHash((await run([file('n.safetensors', bytes)], { text: 'abab'.repeat(9) })).laboratory.run.parameters),
    ).toBe(weightHash(model.parameters));
    expect(() => pack(laboratory, { id: 1, type: 'save-session', sessionData })).toThrow(sentence);
  });

  test('that is only read answers run and step with the reason, and undo leads back to the run before', async () => {
    const model = createModel({ tokenizer: createTokenizer('char', [...'ab']), hiddenSize: 300 });
    const replies: Reply[] = [];
    let now = 0;
    const host = new Host({ post: (reply) => replies.push(reply), again() {}, now: () => (now += 0.01) });
    const settings = { ...small, hidden: 300 };
    const imported = { name: 'm', config: model.config, tokenizer: model.tokenizer!, step: null };
    const initialModel = { parameters: model.parameters, model: imported };
    const text = 'ab'.repeat(40);
    host.handle({ type: 'start', id: 1, settings: small, text });
    host.handle({ type: 'start', id: 2, settings, text, initialModel });
    for (const [id, type] of [
      [3, 'run'],
      [4, 'step'],
    ] as const) {
      host.handle({ type, id });
      expect(replies.at(-1)).toMatchObject({ type: 'refused', id, sentence: expect.stringContaining('only reads') });
    }
    host.handle({ type: 'tune', id: 5, settings: { ...settings, T: 4 } });
    host.handle({ type: 'undo', id: 6 });
    expect(replies.findLast(({ type }) => type === 'ready')).toMatchObject({ id: 6, info: { isReadOnly: false } });
  });

  test('that lies about itself, or is too large to be read, is one sentence', async () => {
    const good = pack(trainedFor(1), { id: 1, type: 'save-model', step: null }).bytes;
    const lying = good.slice();
    new DataView(lying.buffer).setBigUint64(0, 2n ** 60n, true);
    for (const bytes of [lying, good.slice(0, 100), good.slice(0, -1), writeSafetensors([]), new Uint8Array(8)])
      await expect(opened([file('<img onerror>.safetensors', bytes)])).rejects.toThrow(/^("?<img|model)[^\n]*$/);
    const never = (): never => {
      throw new Error('it was read');
    };
    const huge = { name: 'huge.safetensors', size: 5 * 2 ** 30, slice: never, arrayBuffer: never } as unknown as File;
    await expect(opened([huge])).rejects.toThrow('huge.safetensors: expected a model of at most 256 MB, got 5120 MB');
  });
});

describe('a preset', () => {
  test('By hand has the weights of the explanation, and learns as it says', () => {
    const beginning = { parameters: handWeights(), model: null };
    const laboratory = new Laboratory(backend, 'hello', presetSettings('hand'), undefined, beginning);
    expect(laboratory.info.vocabulary).toEqual(['e', 'h', 'l', 'o']);
    for (let i = 0; i < 50; i++) {
      const before = loss(trained(i).network, part(Float64Array.of(0, 0))) / 4;
      expect(laboratory.advance().loss).toBeCloseTo(before, 5);
    }
    expect(laboratory.modelOf(null).isRepeatable).toBe(true);
  });

  test.each(['auto', 'javascript'] as const)(
    'Explode overflows within five seconds, at a step and a unit that a trace shows: %s',
    (choice) => {
      const settings = presetSettings('explode');
      const backend = createBackend(choice);
      const laboratory = new Laboratory(backend, text, settings);
      let steps = 0;
      const norms: number[] = [];
      expect(() => {
        for (; steps < 5 * Number(settings.speed); steps++) norms.push(laboratory.advance().gradientNorm);
      }).toThrow(/not finite/);
      expect(steps).toBeGreaterThanOrEqual(3);
      expect(norms[0]).toBeGreaterThan(10);
      expect(norms.at(-1)).toBeGreaterThan(1000 * norms[0]);
      const { model, ids } = laboratory.modelOnText(null);
      const first = Array.from(ids.subarray(0, 33));
      const seen = trace(model, first.slice(0, 32), first.slice(1), { backend });
      expect(firstNonFinite(seen)).not.toBeNull();
    },
  );
});

test('the engine trains up to a step whatever its speed, tells the hash, and knows what settings alone repeat', async () => {
  const replies: Reply[] = [];
  let now = 0;
  const host = new Host({ post: (reply) => replies.push(reply), again() {}, now: () => (now += 0.01) });
  let id = 0;
  const send = (request: Omit<Request, 'id'>): void => host.handle({ ...request, id: ++id } as Request);
  const until = async (id: number): Promise<Reply> => {
    const found = (): Reply | undefined => replies.find((reply) => reply.type === 'hashed' && reply.id === id);
    while (!found()) {
      host.turn();
      await new Promise((resolve) => setTimeout(resolve));
    }
    return found()!;
  };
  const settings: Settings = { ...small, speed: '1' };
  send({ type: 'start', settings, text } as Request);
  send({ type: 'forward', step: 30 } as Request);
  expect(await until(2)).toEqual({
    type: 'hashed',
    id: 2,
    step: 30,
    weights: hash(trainedFor(30)),
    isRepeatable: true,
  });
  send({ type: 'tune', settings: { ...settings, lr: 0.01 } } as Request);
  send({ type: 'hash', step: null } as Request);
  expect(await until(4)).toMatchObject({ step: 30, isRepeatable: false });
  send({ type: 'hash', step: 20 } as Request);
  expect(await until(5)).toMatchObject({ step: 20, weights: hash(trainedFor(20)), isRepeatable: true });
});
