// Recordings that are made here and told apart: eight glides of a tone between three pitches, in white noise, each with another
// pitch, length and loudness. Prints how fast they become cepstra, and how many of those that were not learned from are told right.
//
//   node bench/recordings.mjs [--learn 20] [--test 50] [--noise 0] [--seed 1]
//
// The noise is in decibels above the tone.

import { parseArgs } from 'node:util';
import { Random } from '../dist/core.js';
import { classify, createModel, evaluate, fit, readRecording, recordingTable } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    learn: { type: 'string', default: '20' },
    test: { type: 'string', default: '50' },
    noise: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
  },
});
const [learn, test, noise, seed] = [values.learn, values.test, values.noise, values.seed].map(Number);
const rate = 16_000;
const random = new Random(seed);
/** From which pitch to which, in hertz: each class has the others' pitches at its beginning, its end or both. */
const glides = [
  ...[400, 800, 1600].flatMap((from) => [400, 800, 1600].map((to) => [from, to])).filter(([from, to]) => from !== to),
  [800, 800],
  [400, 400],
];

function recording(from, to, name) {
  const own = random.uniform(0.9, 1.1);
  const loudness = random.uniform(0.05, 0.2);
  const count = Math.round(rate * random.uniform(0.3, 0.6));
  const bytes = new Uint8Array(44 + 2 * count);
  const view = new DataView(bytes.buffer);
  const put = (at, text) => bytes.set(new TextEncoder().encode(text), at);
  put(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  put(8, 'WAVEfmt ');
  for (const [at, value] of [
    [16, 16],
    [24, rate],
    [28, 2 * rate],
    [40, 2 * count],
  ])
    view.setUint32(at, value, true);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ])
    view.setUint16(at, value, true);
  put(36, 'data');
  // white noise of the mean power of the tone, times the decibels
  const spread = (loudness / Math.SQRT2) * 10 ** (noise / 20) * Math.sqrt(3);
  let turn = 0;
  for (let n = 0; n < count; n++) {
    turn += (own * (from + ((to - from) * n) / count)) / rate;
    const sample = loudness * Math.sin(2 * Math.PI * turn) + random.uniform(-spread, spread);
    view.setInt16(44 + 2 * n, Math.max(-32768, Math.min(32767, Math.round(32768 * sample))), true);
  }
  return { bytes, name, label: `${from} to ${to}` };
}

const made = (count, name) =>
  glides.flatMap(([from, to]) =>
    Array.from({ length: count }, (_, i) => recording(from, to, `${name} ${from} ${to} ${i}`)),
  );
const [mine, others] = [made(learn, 'learn'), made(test, 'test')];
const begin = performance.now();
const read = (all) => recordingTable(all.map(({ bytes, ...one }) => ({ ...readRecording(bytes), ...one })));
const [table, held] = [read(mine), read(others)];
const seconds = (performance.now() - begin) / 1000;
const sound = [...mine, ...others].reduce((sum, { bytes }) => sum + (bytes.length - 44) / 2 / rate, 0);
console.log(
  `${sound.toFixed(0)} s of sound became cepstra in ${seconds.toFixed(1)} s, ${(sound / seconds).toFixed(0)} times as fast`,
);
const task = classify(table, { group: 'recording' });
const model = createModel(task, { seed });
await fit(model, task, { seed });
const { accuracy, count } = evaluate(model, held);
console.log(
  `noise of ${noise} dB: ${(100 * accuracy).toFixed(1)} % of ${count} others right, of ${glides.length} classes`,
);
