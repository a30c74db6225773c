// The precision of exported weights: which of them are stored in fewer bits, and how numbers become those of int8. Biases stay in float32 always: they
// are few, and what is added at every step should not be off.

import { UnrolledError } from '../errors.ts';
import { maxHalf } from './half.ts';

export const precisions = ['float32', 'float16', 'int8'] as const;
/**
 * How the matrices of an exported model are stored. Biases stay in float32 always. In `int8` the largest magnitude of each row becomes 127, and a
 * number q stands for q · scale.
 */
export type Precision = (typeof precisions)[number];

/** Rows of numbers as whole numbers from −127 to 127, with a scale for each row. */
export interface ScaledRows {
  readonly whole: Int8Array;
  readonly scales: Float32Array;
}

/** Rounds rows: the largest magnitude of a row becomes 127, and a number q stands for q · scale. The scale of a row of zeros is 1. */
export function scaleRows(values: Float32Array, width: number): ScaledRows {
  const scales = new Float32Array(values.length / width);
  const whole = new Int8Array(values.length);
  for (let row = 0; row < scales.length; row++) {
    let largest = 0;
    for (let i = row * width; i < (row + 1) * width; i++) largest = Math.max(largest, Math.abs(values[i]));
    scales[row] = largest / 127;
    if (scales[row] === 0) scales[row] = 1; // also where the quotient is too small for a number
    for (let i = row * width; i < (row + 1) * width; i++)
      whole[i] = Math.sign(values[i]) * Math.min(127, Math.round(Math.abs(values[i]) / scales[row]));
  }
  return { whole, scales };
}

/** The numbers that scaled rows stand for. */
export function unscaleRows({ whole, scales }: ScaledRows): Float32Array {
  const width = whole.length / scales.length;
  return Float32Array.from(whole, (value, i) => value * scales[Math.floor(i / width)]);
}

/**
 * Throws where a weight is too large for float16.
 * @throws UnrolledError that names the number and what to do
 */
export function expectHalves(parameters: ArrayLike<number>): void {
  for (let i = 0; i < parameters.length; i++)
    if (Math.abs(parameters[i]) > maxHalf)
      throw new UnrolledError(
        `precision: expected weights up to ${maxHalf}, as float16 holds them, got ${parameters[i]}; take int8 or float32`,
      );
}
