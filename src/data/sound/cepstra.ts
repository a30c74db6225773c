// Mel-frequency cepstra (Davis and Mermelstein 1980), as librosa 0.10 and 0.11 define them by `librosa.feature.mfcc`. Frame t of a sound x is the N
// samples around sample t · hop, with zeros before its beginning and behind its end:
//
//   P(t, k) = |Σ_n w(n) x(t · hop − N/2 + n) e^(−2πi kn / N)|²      w: a Hann window of the length of a frame, in the middle of N, a power of two
//   M(t, m) = Σ_k F(m, k) P(t, k)                                   F: triangles on Slaney's mel scale from 0 to half the sample rate, of equal area
//   S(t, m) = 10 log₁₀ max(10⁻¹⁰, M(t, m)), and at least max S − 80, in decibels
//   c(t, j) = s(j) Σ_m S(t, m) cos(π j (m + ½) / mels)              s(0) = √(1 / mels), s(j) = √(2 / mels)
//
// The deltas of some columns are their slopes over five frames, where the first and the last frame stand for those before and behind them
// (`librosa.feature.delta` with width 5 and mode nearest); delta-deltas are the deltas of those:
//
//   d(t) = Σ_n n (c(t + n) − c(t − n)) / 10      n = 1, 2
//
// There is no pre-emphasis and no liftering: both add or multiply what is the same in every frame, which the standardization of the inputs undoes.

import { exp, largest, log, sineOfTurn } from '../../elementary.ts';
import { expectInteger, expectNumber, expectOptions, UnrolledError } from '../../errors.ts';
import { powerSpectrum } from './fourier.ts';
import { rates } from './wave.ts';

/** How a sound becomes vectors. Plain JSON, which a model keeps. */
export interface SoundSettings {
  /** Samples in a second; a recording with more is resampled. */
  readonly rate: number;
  /** The length of a frame, in milliseconds. */
  readonly frame: number;
  /** From the middle of a frame to that of the next, in milliseconds. */
  readonly hop: number;
  /** The filters on the mel scale. */
  readonly mels: number;
  /** The coefficients of a frame that are kept, from 0 on. */
  readonly coefficients: number;
  /** 1 adds the slope of each coefficient, 2 the slope of the slope too. */
  readonly deltas: number;
}

/** What speech is usually read with. The rate has none: it is that of the recording. */
export const soundDefaults = { frame: 25, hop: 10, mels: 40, coefficients: 13, deltas: 0 } as const;

/** The bounds of each setting. */
export const soundBounds = {
  rate: [rates.least, rates.most],
  frame: [1, 1000],
  hop: [1, 1000],
  mels: [1, 512],
  coefficients: [1, 512],
  deltas: [0, 2],
} as const satisfies Readonly<Record<keyof SoundSettings, readonly [least: number, most: number]>>;

const names = { rate: true, frame: true, hop: true, mels: true, coefficients: true, deltas: true } as const;

/** Checks settings and puts defaults where there are none. */
export function soundSettings(options: Partial<SoundSettings> | undefined, rate: number): SoundSettings {
  expectOptions('sound', options, names);
  const settings = { ...soundDefaults, rate, ...options };
  for (const name of Object.keys(names) as (keyof SoundSettings)[]) {
    const check = name === 'frame' || name === 'hop' ? expectNumber : expectInteger;
    const [least, most] = soundBounds[name];
    check(`sound, ${name}`, settings[name], least, most);
  }
  if (settings.coefficients > settings.mels)
    throw new UnrolledError(
      `sound, coefficients: expected at most one for each of the ${settings.mels} mel filters (mels), got ${settings.coefficients}`,
    );
  return settings;
}

/** The names of the columns, one for each number of a vector. */
export function cepstrumColumns({ coefficients, deltas }: Pick<SoundSettings, 'coefficients' | 'deltas'>): string[] {
  return ['mfcc', 'delta', 'delta-delta']
    .slice(0, 1 + deltas)
    .flatMap((kind) => Array.from({ length: coefficients }, (_, j) => `${kind} ${j}`));
}

/** The samples of a length in milliseconds. */
export const samplesIn = (milliseconds: number, rate: number): number =>
  Math.max(1, Math.round((milliseconds * rate) / 1000));

/** The vectors of a sound whose rate is that of the settings, [T, D]. */
export function cepstra(samples: Float64Array, settings: SoundSettings): Float64Array {
  const { mels, coefficients: J, deltas } = settings;
  const decibels = melDecibels(samples, settings); // [T, mels]
  const T = decibels.length / mels;
  const D = J * (1 + deltas);
  const cosines = cosineTable(J, mels); // [J, mels]
  const vectors = new Float64Array(T * D); // [T, D]
  for (let t = 0; t < T; t++)
    for (let j = 0; j < J; j++) {
      let sum = 0;
      for (let m = 0; m < mels; m++) sum += cosines[j * mels + m] * decibels[t * mels + m];
      vectors[t * D + j] = sum;
    }
  for (let d = 0; d < deltas * J; d++)
    for (let t = 0; t < T; t++) {
      const at = (s: number) => vectors[Math.min(T - 1, Math.max(0, s)) * D + d];
      vectors[t * D + d + J] = (at(t + 1) - at(t - 1) + 2 * (at(t + 2) - at(t - 2))) / 10;
    }
  return vectors;
}

/** S(t, m), [T, mels]. */
function melDecibels(samples: Float64Array, { rate, frame, hop, mels }: SoundSettings): Float64Array {
  const [length, step] = [samplesIn(frame, rate), samplesIn(hop, rate)];
  let size = 4;
  while (size < length) size *= 2;
  const window = Float64Array.from({ length }, (_, n) => 0.5 - 0.5 * sineOfTurn(0.25 + n / length));
  const before = (size - length) >> 1;
  const filters = melFilters(rate, size, mels);
  const spectrum = powerSpectrum(size);
  const T = 1 + Math.floor(samples.length / step);
  const x = new Float64Array(size);
  const power = new Float64Array(size / 2 + 1);
  const decibels = new Float64Array(T * mels); // [T, mels]
  for (let t = 0; t < T; t++) {
    const first = t * step - size / 2 + before;
    for (let n = 0; n < length; n++) {
      const at = first + n;
      x[before + n] = at >= 0 && at < samples.length ? window[n] * samples[at] : 0;
    }
    spectrum(x, power);
    for (const [m, { start, weights }] of filters.entries()) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] * power[start + i];
      decibels[t * mels + m] = (10 / Math.LN10) * log(Math.min(Number.MAX_VALUE, Math.max(faintest, sum)));
    }
  }
  const floor = largest(decibels) - range;
  for (let i = 0; i < decibels.length; i++) decibels[i] = Math.max(floor, decibels[i]);
  return decibels;
}

/** The least power, so that silence has a logarithm. */
const faintest = 1e-10;
/** The decibels below the loudest that are told apart. */
const range = 80;

/** The weights F(m, k) that are not 0, from a place on. */
interface Filter {
  readonly start: number;
  readonly weights: Float64Array;
}

/** Triangles whose corners are equally far apart on the mel scale; each has the area 1 Hz. */
function melFilters(rate: number, size: number, mels: number): Filter[] {
  const top = toMel(rate / 2);
  const corners = Array.from({ length: mels + 2 }, (_, i) => fromMel((top * i) / (mels + 1)));
  return Array.from({ length: mels }, (_, m) => {
    const [low, middle, high] = corners.slice(m, m + 3);
    const start = Math.max(0, Math.ceil((low * size) / rate));
    const end = Math.min(size / 2, Math.floor((high * size) / rate));
    const weights = Float64Array.from({ length: Math.max(0, end - start + 1) }, (_, i) => {
      const hertz = ((start + i) * rate) / size;
      const height = Math.max(0, Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle)));
      return (2 * height) / (high - low);
    });
    return { start, weights };
  });
}

// Slaney's scale: 3 mel are 200 Hz below 1000 Hz, and above it each mel is the 27th root of 6.4
const melHertz = 200 / 3;
const straight = 1000;
const straightMels = straight / melHertz;
const melFactor = log(6.4) / 27;

const toMel = (hertz: number): number =>
  hertz < straight ? hertz / melHertz : straightMels + log(hertz / straight) / melFactor;
const fromMel = (mel: number): number =>
  mel < straightMels ? mel * melHertz : straight * exp((mel - straightMels) * melFactor);

/** s(j) cos(π j (m + ½) / mels), [J, mels]. */
function cosineTable(J: number, mels: number): Float64Array {
  const table = new Float64Array(J * mels);
  for (let j = 0; j < J; j++)
    for (let m = 0; m < mels; m++)
      table[j * mels + m] = Math.sqrt((j === 0 ? 1 : 2) / mels) * sineOfTurn(0.25 + (j * (2 * m + 1)) / (4 * mels));
  return table;
}
