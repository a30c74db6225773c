// Exports in float16 and int8: ONNX Runtime gives the outputs of a network whose weights we rounded ourselves, here and in another way than the
// library, and what was exported is read back with those weights.

import { describe, expect, test } from 'vitest';
import { fromHalf, toHalf } from '../../src/formats/half.ts';
import { packForOthers, unpackModel } from '../../src/formats/model-folder.ts';
import { packOnnx } from '../../src/formats/onnx/export-onnx.ts';
import { importOnnx } from '../../src/formats/onnx/import-onnx.ts';
import { scaleRows } from '../../src/formats/precision.ts';
import { fromPyTorch, toPyTorch } from '../../src/formats/pytorch/pytorch-names.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import { cellNames, isOneHot, type ModelOptions } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { layoutOf } from '../../src/network/parameters.ts';
import { some } from '../support/exhaustive.ts';
import { kinds, modelOf } from '../support/kinds.ts';
import { answer, anyWindow, largestDifference, withoutPadding } from '../support/logits.ts';
import { feedsOf, joined, session } from '../support/onnx.ts';

const even = (value: number): number => {
  const whole = Math.floor(value);
  const rest = value - whole;
  return whole + (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? 1 : 0);
};

/** A number of float16, by the distance of its neighbors. */
function half(value: number): number {
  const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value) || 1))) - 10);
  return even(value / step) * step;
}

/** Rows with a scale each, in 255 steps. */
function int8(row: readonly number[]): number[] {
  const scale = Math.fround(Math.max(...row.map(Math.abs)) / 127) || 1;
  return row.map((value) => Math.fround(Math.sign(value) * Math.round(Math.abs(value) / scale) * scale));
}

function roundedRows(values: ArrayLike<number>, width: number, precision: 'float16' | 'int8'): Float32Array {
  const all = Array.from(values);
  const rows = Array.from({ length: all.length / width }, (_, row) => all.slice(row * width, (row + 1) * width));
  return Float32Array.from(rows.flatMap((row) => (precision === 'int8' ? int8(row) : row.map(half))));
}

/** The model with the matrices rounded. Rows are PyTorch's, but for one-hot tokens that are looked up: theirs are the rows of the tokens. */
function rounded(model: Model, precision: 'float16' | 'int8'): Model {
  const { config } = model;
  const tensors = toPyTorch(config, model.parameters as Float32Array);
  const all = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data }] of tensors) {
    const isMatrix = shape.length === 2;
    all.set(name, { dtype, shape, data: isMatrix ? roundedRows(data as Float32Array, shape[1], precision) : data });
  }
  const parameters = fromPyTorch(config, all, 'rounded');
  for (const { kind, index, offset, length, shape } of layoutOf(config))
    if (
      kind === 'U' &&
      index === 0 &&
      isOneHot(config) &&
      config.vocabSize > shape[1] * (config.bidirectional ? 2 : 1)
    ) {
      const own = model.parameters.subarray(offset, offset + length);
      parameters.set(roundedRows(own, shape[1], precision), offset);
    }
  return { config, parameters };
}

describe.each(['float16', 'int8'] as const)('%s', (precision) => {
  const cases: [string, ModelOptions, number[]?][] = cellNames.flatMap((cell) =>
    some(kinds, 4).map(([title, options, lengths]): [string, ModelOptions, number[]?] => [
      `${cell}, ${title}`,
      { cell, ...options },
      lengths,
    ]),
  );

  test.each(cases)('%s: ONNX Runtime, and what is read back, are the network with rounded weights', async (...one) => {
    const [, options, lengths] = one;
    const model = modelOf(options);
    const reference = rounded(model, precision);
    const bytes = joined(packOnnx(model, { precision }));
    const found: string[] = [];
    const again = importOnnx(bytes, { onInfer: ({ what, is }) => found.push(`${what}: ${is}`) });
    expect(found).toEqual(['model: one of ours', `weights: ${precision}, now float32`]);
    expect(again.config).toEqual(model.config);
    expect(largestDifference(again.parameters, reference.parameters)).toBe(0);
    const asked = { ...anyWindow(model, 9, 2, 3), lengths };
    const got = await (await session(bytes)).run(feedsOf(model.config, asked));
    const numbers = (name: string) => (got[name] ? [...got[name].data] : []);
    const theirs = { logits: numbers('logits'), state: numbers('state_out'), cell: numbers('cell_out') };
    const ours = withoutPadding(model, asked, answer(reference, asked));
    for (const name of ['logits', 'state', 'cell'] as const)
      expect(largestDifference(withoutPadding(model, asked, theirs)[name], ours[name]), name).toBeLessThan(1e-5);
    expect(largestDifference(answer(model, asked).logits, answer(reference, asked).logits)).toBeGreaterThan(0);
  });
});

test.each(kinds)(
  'safetensors in float16, %s: the twin’s file is read back with rounded matrices',
  (_title, options) => {
    const model = modelOf(options);
    const files = packForOthers(model, 'float16');
    const again = unpackModel(files, 'half');
    const wanted = toPyTorch(model.config, model.parameters as Float32Array);
    for (const [name, { data, shape }] of toPyTorch(again.config, again.parameters as Float32Array)) {
      const numbers = Array.from(wanted.get(name)!.data as Float32Array, (v) => (shape.length === 2 ? half(v) : v));
      expect(largestDifference(data as Float32Array, numbers), name).toBe(0);
    }
    expect(files.get('model.safetensors')!.length).toBeLessThan(packForOthers(model).get('model.safetensors')!.length);
  },
);

test('float16 is rounded to the nearest, ties to even, at every magnitude', () => {
  const values = [0, 1, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -14, 2 ** -24, 2 ** -25, 3 * 2 ** -25, 65504, 65519, 1e-3];
  const all = Float32Array.from([...values, ...values.map((value) => -value)]);
  const noise = Float32Array.from({ length: 2000 }, (_, i) => Math.sin(i) * 2 ** ((i % 40) - 26));
  for (const numbers of [all, noise])
    expect(fromHalf(toHalf(numbers)).map((v) => v + 0)).toEqual(numbers.map((value) => half(value) + 0));
  expect([...fromHalf(toHalf(Float32Array.of(65520, -1e9, Number.NaN)))]).toEqual([Infinity, -Infinity, Number.NaN]);
  for (let unit = 0; unit < 0x7c00; unit += 7) expect(toHalf(fromHalf(Uint16Array.of(unit)))[0]).toBe(unit);
});

test('rows of zeros, of tiny numbers and of whole ones keep what they are', () => {
  expect(scaleRows(Float32Array.of(0, 0, 1e-45, 0, 127, -3), 2)).toEqual({
    whole: Int8Array.of(0, 0, 0, 0, 127, -3),
    scales: Float32Array.of(1, 1, 1),
  });
});

test('a weight that float16 cannot hold, and another precision, are refused', () => {
  const model = modelOf({ vocabSize: 3, hiddenSize: 2 });
  const large = { ...model, parameters: Float32Array.from(model.parameters, (value, i) => (i === 4 ? -70000 : value)) };
  const sentence = 'precision: expected weights up to 65504, as float16 holds them, got -70000; take int8 or float32';
  expect(() => packOnnx(large, { precision: 'float16' })).toThrow(sentence);
  expect(() => packForOthers(large, 'float16')).toThrow(sentence);
  expect(() => packOnnx(large, { precision: 'int8' })).not.toThrow();
  expect(() => packOnnx(model, { precision: 'int4' as never })).toThrow(
    'precision: expected one of float32, float16, int8, got int4',
  );
});
