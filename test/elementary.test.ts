import { describe, expect, test } from 'vitest';
import { exp, log, logistic, tanh } from '../src/elementary.ts';
import { Random } from '../src/random.ts';

// Math.* of V8 (fdlibm) is within 1 unit in the last place of the truth, ours within 2: they may differ by 3 units, 3 · 2⁻⁵².
const units = (a: number, b: number) => Math.abs(a - b) / (Math.abs(b) * 2 ** -52 || 2 ** -1074);

describe('elementary functions in float64', () => {
  const random = new Random(1);
  const samples = Array.from({ length: 20_000 }, (_, i) => random.normal() * 10 ** ((i % 7) - 4));

  test('exp agrees with the engine to 3 units in the last place', () => {
    for (const x of samples) if (Math.abs(x) < 700) expect(units(exp(x), Math.exp(x))).toBeLessThanOrEqual(3);
    expect([exp(0), exp(-Infinity), exp(Infinity), exp(-800), exp(800)]).toEqual([1, 0, Infinity, 0, Infinity]);
    expect(exp(-740)).toBeGreaterThan(0);
  });

  test('log agrees with the engine to 3 units in the last place, subnormal numbers included', () => {
    for (const x of samples) expect(units(log(Math.abs(x)), Math.log(Math.abs(x)))).toBeLessThanOrEqual(3);
    for (const x of [5e-324, 1e-310, 1, 2, Math.SQRT2, 1e308])
      expect(units(log(x), Math.log(x))).toBeLessThanOrEqual(3);
    expect([log(0), log(1), log(Infinity), log(-1)]).toEqual([-Infinity, 0, Infinity, Number.NaN]);
  });

  test('tanh keeps its relative accuracy near zero and is odd', () => {
    for (const x of [...samples, 1e-300, -1e-20, 30, -30]) {
      expect(units(tanh(x), Math.tanh(x))).toBeLessThanOrEqual(4);
      expect(tanh(-x)).toBe(-tanh(x));
    }
    expect([tanh(0), tanh(-0), tanh(1e9), tanh(-Infinity)]).toEqual([0, -0, 1, -1]);
  });

  test('the logistic function is stable at both ends', () => {
    for (const x of samples) expect(units(logistic(x), 1 / (1 + Math.exp(-x)))).toBeLessThan(1e4);
    expect([logistic(0), logistic(-1000), logistic(1000)]).toEqual([0.5, 0, 1]);
    expect(logistic(-700)).toBeGreaterThan(0);
  });

  test('NaN stays NaN', () => {
    for (const f of [exp, log, tanh, logistic]) expect(f(Number.NaN)).toBeNaN();
  });
});

describe('random numbers', () => {
  test('the same seed gives the same numbers and another seed others', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 5 },
        (
          (r) => () =>
            r.next()
        )(new Random(seed)),
      );
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('a restored state goes on where it stopped', () => {
    const random = new Random(3);
    random.normal();
    const { state } = random;
    const later = [random.normal(), random.uniform(), random.next()];
    const other = new Random(99);
    other.state = state;
    expect([other.normal(), other.uniform(), other.next()]).toEqual(later);
  });

  test('normal numbers have the moments of a normal distribution', () => {
    const random = new Random(5);
    const n = 100_000;
    let [sum, square, fourth] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.normal();
      sum += x;
      square += x * x;
      fourth += x ** 4;
    }
    // five standard errors: 5/√n, 5·√2/√n, 5·√96/√n
    expect(Math.abs(sum / n)).toBeLessThan(0.016);
    expect(Math.abs(square / n - 1)).toBeLessThan(0.023);
    expect(Math.abs(fourth / n - 3)).toBeLessThan(0.16);
  });
});
