// Recordings as vectors and as a table: other rates, silence, what is too short, and classes of recordings in the library.

import { expect, test } from 'vitest';
import { resample } from '../../../src/data/sound/resample.ts';
import {
  classify,
  createBackend,
  createModel,
  predict,
  readRecording,
  recordingTable,
  soundOf,
  train,
} from '../../../src/index.ts';
import { chirp, wav } from '../../support/sound.ts';

const tone = (hertz: number, seconds: number, rate: number) => chirp(hertz, hertz, seconds, rate);

test('a tone is the same tone at another rate, and one that the rate cannot hold is gone', () => {
  for (const [from, to] of [
    [44100, 16000],
    [48000, 8000],
    [22050, 16000],
    [16000, 11025],
  ]) {
    const found = resample(tone(1000, 0.1, from), from, to);
    const wanted = tone(1000, 0.1, to);
    expect(found.length).toBe(Math.ceil((Math.round(0.1 * from) * to) / from));
    for (let i = 100; i < found.length - 100; i++) expect(Math.abs(found[i] - wanted[i])).toBeLessThan(0.002);
    const gone = resample(tone(to * 0.6, 0.1, from), from, to);
    for (let i = 100; i < gone.length - 100; i++) expect(Math.abs(gone[i])).toBeLessThan(0.002);
  }
  expect(Array.from(resample(Float64Array.of(1, 2), 8000, 8000))).toEqual([1, 2]);
});

test('a recording has a vector every 10 ms, at any rate, from an ArrayBuffer as from bytes', () => {
  const { length, columns, vectors, sound, isSilent } = readRecording(wav(tone(440, 0.5, 44100), 44100), {
    rate: 16000,
    deltas: 1,
  });
  expect({ length, isSilent, size: vectors.length }).toEqual({ length: 51, isSilent: false, size: 51 * 26 });
  expect(columns.filter((_, i) => i % 13 === 0)).toEqual(['mfcc 0', 'delta 0']);
  expect(sound).toEqual({ frame: 25, hop: 10, mels: 40, coefficients: 13, deltas: 1, rate: 16000 });
  const near = readRecording(wav(tone(440, 0.5, 16000)).buffer as ArrayBuffer, { deltas: 1 });
  expect(near.length).toBe(51);
  for (let d = 0; d < 4; d++) expect(Math.abs(vectors[25 * 26 + d] - near.vectors[25 * 26 + d])).toBeLessThan(3);
});

test('silence has numbers, and what cannot be read is one sentence', () => {
  const silent = readRecording(wav(new Float64Array(1600)));
  expect(silent.isSilent).toBe(true);
  // −100 dB in all of 40 filters
  expect(silent.vectors[0]).toBeCloseTo(-100 * Math.sqrt(40), 3);
  const refused = (call: () => unknown, sentence: RegExp) => expect(call).toThrow(sentence);
  refused(
    () => readRecording(wav(new Float64Array(399)), { where: 'b.wav' }),
    /^b\.wav: expected at least one frame of 25 ms, got 24\.9 ms; leave the file out/,
  );
  refused(
    () => readRecording(wav(new Float64Array(800), 8000), { rate: 16000 }),
    /expected at least 16000 samples a second, got 8000, which hold nothing above 4000 Hz; train with the rate 8000/,
  );
  refused(
    () => readRecording(wav(new Float64Array(800)), { coefficients: 41 }),
    /coefficients: expected at most one for each of the 40 mel filters/,
  );
  refused(
    () => readRecording(wav(new Float64Array(800)), { deltas: 3 }),
    /deltas: expected a whole number from 0 to 2, got 3/,
  );
  refused(
    () => readRecording(wav(new Float64Array(800)), { rat: 1 } as never),
    /there is no option rat; did you mean rate/,
  );
  refused(() => readRecording('a.wav' as never), /expected the bytes of a WAV file, got "a\.wav"/);
  refused(() => recordingTable([]), /expected at least 1 recording, got none/);
  const one = { ...silent, name: 'a' };
  refused(() => recordingTable([one, one]), /expected recordings of different names, got "a" twice/);
  refused(() => recordingTable([one, { ...one, name: 'b', label: 'x' }]), /got one for b and none for a/);
  refused(
    () => recordingTable([one, { ...readRecording(wav(new Float64Array(800)), { hop: 5 }), name: 'b' }]),
    /recordings, b: expected one that was read as a was/,
  );
});

test('classes of recordings are learned, kept and told in the library', async () => {
  const backend = createBackend('javascript');
  const make = (rises: boolean, i: number) =>
    wav(rises ? chirp(300 + 20 * i, 1500, 0.2) : chirp(1500, 300 + 20 * i, 0.2));
  const read = (i: number) => ({
    ...readRecording(make(i % 2 === 0, i), { hop: 20 }),
    name: `${i}`,
    label: i % 2 === 0 ? 'up' : 'down',
  });
  const task = classify(recordingTable(Array.from({ length: 20 }, (_, i) => read(i))), {
    group: 'recording',
    validation: 0.2,
  });
  expect(task.summary).toMatch(
    /^16 sequences of 176 steps, 4 sequences more held out, 2 classes of label, from mfcc 0, mfcc 1/,
  );
  const known = recordingTable([0, 1].map(read));
  expect(() => classify(known, { group: 'recording', inputs: ['mfcc 1', 'mfcc 13'] })).toThrow(
    /^recordings: expected a column mfcc 13, got the columns recording, label, mfcc 0, mfcc 1, /,
  );
  expect(() => classify(known, { group: 'recording', missing: 'previous' })).toThrow(
    /^missing: expected none with recordings, which have all their numbers, got "previous"; leave it out$/,
  );
  const model = createModel(task, { hiddenSize: 8 });
  for await (const _ of train(model, task, { epochs: 12, learningRate: 0.01, backend }));
  const sound = soundOf(model);
  expect(sound).toMatchObject({ rate: 16000, hop: 20 });
  const other = recordingTable([
    { ...readRecording(make(true, 31), sound), name: 'new' },
    { ...readRecording(make(false, 31), sound), name: 'old' },
  ]);
  expect(predict(model, other, backend)).toMatchObject([
    { group: 'new', label: 'up' },
    { group: 'old', label: 'down' },
  ]);
  const wrong = recordingTable([{ ...readRecording(make(true, 31)), name: 'new' }]);
  expect(() => predict(model, wrong, backend)).toThrow(
    /expected recordings that were read as those of training.*soundOf\(model\)/,
  );
});
