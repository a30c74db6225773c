// What fits on a terminal: the bar's line at every width, wrapped text, numbers, and the spectral radius that `inspect` shows.

import process from 'node:process';
import { describe, expect, test, vi } from 'vitest';
import { hasColor } from '../../src/cli/output.ts';
import { barLine } from '../../src/cli/progress-bar.ts';
import { Curve, sparkline } from '../../src/cli/sparkline.ts';
import { Speed } from '../../src/cli/speed.ts';
import { byteSize, columns, duration, nats, quoted, truncate, visible, wrap } from '../../src/cli/text.ts';
import { createBackend } from '../../src/engine/create.ts';
import { edits, nearest } from '../../src/errors.ts';
import { spectralRadius, squareOn } from '../../src/insight/spectral-radius.ts';
import { Random } from '../../src/random.ts';

const scale = { epochUpdates: 260, unit: 'token' };
const report = {
  kind: 'update',
  update: 1234,
  updates: 2600,
  epoch: 5,
  loss: 1.7,
  gradientNorm: 1,
  clipped: false,
  learningRate: 1,
  tokens: 9,
} as const;

describe('the bar', () => {
  test('fits every width, and a wider one never shows less', () => {
    let before = 0;
    for (let width = 8; width < 200; width++) {
      const line = barLine({ report, loss: 1.70123, bestLoss: 1.812, speed: 182_345, left: 83 }, scale, width);
      expect(columns(line)).toBeLessThanOrEqual(width);
      const fields = line.replaceAll(/[━─#.]{4,}/g, '').split(/ {2,}/).length;
      expect(fields).toBeGreaterThanOrEqual(before);
      before = fields;
    }
    expect(before).toBeGreaterThanOrEqual(6);
  });

  test('shows in 40 columns how far it is, the loss and the time left', () => {
    const line = barLine({ report, loss: 1.70123, bestLoss: 1.812, speed: 182_345, left: 83 }, scale, 39);
    expect(line).toBe(' 47 %  loss 1.701  1 min 23 s left');
  });
});

describe('the curve', () => {
  const falling = Array.from({ length: 100 }, (_, i) => 3 - i / 50);

  test('goes from the highest mark to the lowest, in the columns that there are', () => {
    expect(sparkline(falling, 8, true)).toBe('█▇▆▅▄▃▂▁');
    expect(sparkline(falling, 8, false)).toBe('#*+=:-._');
    expect(sparkline([1, 2], 8, true)).toBe('▁█');
    expect(sparkline([2, 2, Number.NaN, 2], 8, true)).toBe('▁▁▁');
    expect(sparkline([], 8, true)).toBe('');
  });

  test('of a long run takes bounded memory and keeps its shape', () => {
    const curve = new Curve();
    for (let i = 0; i < 100_000; i++) curve.add(3 - i / 50_000);
    expect(curve.values.length).toBeLessThanOrEqual(512);
    expect(curve.values[0]).toBeCloseTo(3, 1);
    expect(curve.values.at(-1)).toBeCloseTo(1, 1);
    expect(sparkline(curve.values, 8, true)).toBe('█▇▆▅▄▃▂▁');
  });

  test('stands in the bar where there is room', () => {
    const state = { report, loss: 1.70123, bestLoss: 1.812, speed: 182_345, left: 83, losses: falling };
    for (let width = 8; width < 200; width++) expect(columns(barLine(state, scale, width))).toBeLessThanOrEqual(width);
    const curve = sparkline(falling, 12);
    expect(barLine(state, scale, 120)).toContain(`loss 1.701  ${curve}  held-out 1.812`);
    expect(barLine(state, scale, 77)).toContain(curve);
    expect(barLine(state, scale, 39)).toBe(' 47 %  loss 1.701  1 min 23 s left');
    expect(barLine({ ...state, losses: falling.slice(0, 3) }, scale, 120)).not.toContain(curve.slice(0, 2));
  });
});

test('color is where a terminal has it, and NO_COLOR and FORCE_COLOR are heard', () => {
  const { isTTY } = process.stdout;
  try {
    for (const [tty, env, expected] of [
      [true, {}, true],
      [false, {}, false],
      [true, { NO_COLOR: '1' }, false],
      [true, { TERM: 'dumb' }, false],
      [true, { FORCE_COLOR: '0' }, false],
      [false, { FORCE_COLOR: '1' }, true],
      [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ] as const) {
      process.stdout.isTTY = tty;
      for (const name of ['NO_COLOR', 'FORCE_COLOR', 'TERM'])
        vi.stubEnv(name, (env as Record<string, string>)[name] ?? '');
      expect(hasColor(), JSON.stringify([tty, env])).toBe(expected);
    }
  } finally {
    process.stdout.isTTY = isTTY;
    vi.unstubAllEnvs();
  }
});

describe('text', () => {
  test('is wrapped and cut by columns, not by UTF-16 units', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghijk', 8)).toEqual(['abcdefgh', 'ijk']);
    expect(wrap('日本語日本語', 8)).toEqual(['日本語日', '本語']);
    expect(truncate('日本語日本語', 6)).toBe('日本…');
    expect(truncate('👍👍👍', 4)).toBe('👍…');
    expect(columns('e\u0301')).toBe(1);
  });

  test('of a model cannot move the cursor', () => {
    expect(visible('a\x1b[2Jb\rc\x7f\x9b\n\t')).toBe('a␛[2Jb␍c␡␡\n\t');
  });

  test('numbers read well', () => {
    expect([0.2, 61, 3599, 7500].map(duration)).toEqual(['0 s', '1 min 01 s', '59 min 59 s', '2 h 05 min']);
    expect([12, 2048, 5e9, 1e20].map(byteSize)).toEqual(['12 bytes', '2.00 KiB', '4.66 GiB', '86.7 EiB']);
    expect([1.23456, 123.4, 1e31].map(nats)).toEqual(['1.235', '123', '1.0e+31']);
    expect(quoted("it's here")).toBe("'it'\\''s here'");
  });

  test('a slip in a name finds the name, anything else does not', () => {
    const names = ['hidden', 'level', 'lr', 'validation'];
    expect(['hiden', 'lvel', 'Ir', 'validaton', 'val'].map((name) => nearest(name, names))).toEqual([
      'hidden',
      'level',
      'lr',
      'validation',
      'validation',
    ]);
    expect(nearest('frobnicate', names)).toBeUndefined();
    expect(nearest('sear', ['seed', 'search'])).toBe('search'); // both are two edits away
    expect(edits('kitten', 'sitting')).toBe(3);
  });
});

describe('the speed', () => {
  test('is of the updates that did not look at the held-out text, where there are such', () => {
    const speed = new Speed();
    expect(speed.add(100, 10, true)).toBe(10);
    expect(speed.add(100, 1, false)).toBe(100);
    expect(speed.add(100, 10, true)).toBe(100);
    expect(speed.add(100, 1, false)).toBe(100);
    expect(speed.average()).toBe(100);
  });
});

describe('the spectral radius', () => {
  /** S D S⁻¹ for D of rotations times a scale: eigenvalues scale · e^(±iθ). S is unit lower triangular. */
  function withEigenvalues(
    pairs: [scale: number, angle: number][],
    shear: number,
  ): { matrix: Float64Array; n: number } {
    const n = 2 * pairs.length;
    const D = new Float64Array(n * n);
    pairs.forEach(([scale, angle], p) => {
      const i = 2 * p;
      D[i * n + i] = D[(i + 1) * n + i + 1] = scale * Math.cos(angle);
      D[i * n + i + 1] = -scale * Math.sin(angle);
      D[(i + 1) * n + i] = scale * Math.sin(angle);
    });
    // add shear · row j to row i below it, and take shear · column i from column j: a similarity
    for (let i = 1; i < n; i++) {
      const j = i - 1;
      for (let k = 0; k < n; k++) D[i * n + k] += shear * D[j * n + k];
      for (let k = 0; k < n; k++) D[k * n + j] -= shear * D[k * n + i];
    }
    return { matrix: D, n };
  }

  test.each([0, 0.5, 3])('of matrices with known complex eigenvalues is right to 4 digits (shear %d)', (shear) => {
    const pairs: [number, number][] = [
      [0.9, 1],
      [1.3, 2.2],
      [1.29, 0.1],
      [0.2, 3],
    ];
    const { matrix, n } = withEigenvalues(pairs, shear);
    expect(spectralRadius(matrix, n)).toBeCloseTo(1.3, 4);
  });

  test('of a larger matrix is the same with float32 products, to 4 digits', () => {
    const n = 150;
    const random = new Random(5);
    const matrix = Float64Array.from({ length: n * n }, () => random.normal() / Math.sqrt(n));
    const exact = spectralRadius(matrix, n);
    expect(exact).toBeGreaterThan(0.9); // the circular law: near 1
    expect(exact).toBeLessThan(1.2);
    expect(spectralRadius(matrix, n, squareOn(createBackend(), n)) / exact).toBeCloseTo(1, 4);
  });

  test('of a rotation is 1, of a nilpotent matrix and of zeros 0, and of one number its size', () => {
    expect(spectralRadius(withEigenvalues([[1, 0.7]], 0).matrix, 2)).toBeCloseTo(1, 6);
    expect(spectralRadius([0, 1, 0, 0], 2)).toBe(0);
    expect(spectralRadius([0, 0, 0, 0], 2)).toBe(0);
    expect(spectralRadius([-2], 1)).toBeCloseTo(2, 12);
    expect(spectralRadius([1e-30, 0, 0, 1e-31], 2) / 1e-30).toBeCloseTo(1, 6);
    expect(spectralRadius([Number.NaN], 1)).toBeNaN();
  });
});
