// The cepstra of a sound beside librosa's (test/golden/make_sound.py).

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cepstra, soundSettings } from '../../../src/data/sound/cepstra.ts';
import { powerSpectrum } from '../../../src/data/sound/fourier.ts';

interface Case {
  readonly rate: number;
  readonly seconds: number;
  readonly options: object;
  readonly length: number;
  readonly frames: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}
const { cases } = JSON.parse(readFileSync('test/golden/sound.json', 'utf8')) as { cases: readonly Case[] };

/** The sound of make_sound.py. */
function sound(rate: number, seconds: number): Float64Array {
  let state = 1;
  return Float64Array.from({ length: Math.floor(rate * seconds) }, (_, n) => {
    state = Number((BigInt(state) * 1103515245n + 12345n) % 2147483648n);
    const noise = state / 2 ** 30 - 1;
    const t = n / rate;
    const tones =
      0.5 * Math.sin(2 * Math.PI * (300 + 900 * t) * t) + 0.2 * Math.sin(2 * Math.PI * (2500 - 400 * t) * t);
    const value = (tones + 0.05 * noise * 0.5 ** (8 * t)) * 32767 * (t > 0.2 && t < 0.25 ? 0 : 1);
    return Math.round(value) / 32768;
  });
}

test.each(cases)('the vectors of a sound at $rate Hz are librosa’s to nine digits', ({ rate, seconds, ...one }) => {
  const settings = soundSettings(one.options, rate);
  const found = cepstra(sound(rate, seconds), settings);
  const D = settings.coefficients * (1 + settings.deltas);
  expect(found.length).toBe(one.length * D);
  // the mel filters of librosa are float64 here too; ten digits are stored
  for (const [i, t] of one.frames.entries())
    for (const [d, value] of one.vectors[i].entries())
      expect(Math.abs(found[t * D + d] - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(one.vectors[i][0])));
});

test('the power spectrum is that of the sum over all samples', () => {
  for (const size of [4, 8, 64]) {
    const frame = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n) + 0.1 * n);
    const power = new Float64Array(size / 2 + 1);
    powerSpectrum(size)(frame, power);
    for (let k = 0; k <= size / 2; k++) {
      let [re, im] = [0, 0];
      for (let n = 0; n < size; n++) {
        re += frame[n] * Math.cos((2 * Math.PI * k * n) / size);
        im -= frame[n] * Math.sin((2 * Math.PI * k * n) / size);
      }
      expect(power[k]).toBeCloseTo(re * re + im * im, 9);
    }
  }
});
