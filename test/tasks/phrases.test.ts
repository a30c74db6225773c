// Numbers as people read them.

import { expect, test } from 'vitest';
import { count, nats, number, percent, plural } from '../../src/tasks/phrases.ts';

test('a count is rounded, and has a comma before every three digits', () => {
  const written: [number, string][] = [
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [-999, '-999'],
    [-1000, '-1,000'],
    [999_999.5, '1,000,000'],
    [1_234_567, '1,234,567'],
    [2 ** 53, '9,007,199,254,740,992'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ];
  for (const [value, words] of written) expect(count(value)).toBe(words);
  expect([plural(1, 'token'), plural(0, 'token'), plural(2000, 'token')]).toEqual([
    '1 token',
    '0 tokens',
    '2,000 tokens',
  ]);
});

test('a loss, a share and a measured number have the digits that say something', () => {
  expect([1.23456, 99.9999, 123.4, 40_960_000].map(nats)).toEqual(['1.235', '100.000', '123', '4.1e+7']);
  expect(percent(0.9512)).toBe('95.1 %');
  expect([0, 1234.4, 0.0123456, -0.5, 1.2341e-7, 1e7].map(number)).toEqual([
    ...['0.000', '1234', '0.01235', '-0.5000', '1.234e-7', '1.000e+7'],
  ]);
});
