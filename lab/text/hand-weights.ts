// The weights of the worked example, in the library's flat layout: what the preset "By hand" begins with.

import { checkConfig, layoutOf } from '../../src/core.ts';
import { byHand } from './example.ts';

export function handWeights(): Float32Array {
  const { U, W, V, b, c, vocabulary } = byHand;
  const config = checkConfig({ vocabSize: vocabulary.length, hiddenSize: W.length });
  // of one-hot input the library keeps the weights of a token side by side
  const columns = vocabulary.map((_, token) => U.map((row) => row[token]));
  const values: Readonly<Record<string, readonly (number | readonly number[])[]>> = { U: columns, W, b, V, c };
  const blocks = layoutOf(config);
  const weights = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  for (const { name, offset } of blocks) weights.set(values[name[0]].flat(), offset);
  return weights;
}
