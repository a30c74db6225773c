// The formulas of every operation of every cell that the lab has, as MathML, made of the library's LaTeX when the page is built. The page looks one up
// by its LaTeX; what reads it aloud gets the same line in plain notation.

import { cellNames, nonlinearities } from '../../../src/core.ts';
import type { ModelConfig } from '../../../src/index.ts';
import { operationsOf } from '../../../src/insight.ts';

import { mathmlOfTex } from './equations.ts';

const cells: readonly Partial<ModelConfig>[] = cellNames.flatMap((cell) =>
  nonlinearities.map((nonlinearity) => ({ cell, nonlinearity })),
);
const inputs: readonly Partial<ModelConfig>[] = [
  { embeddingSize: null, tieWeights: false },
  { embeddingSize: 4, tieWeights: false },
  { embeddingSize: 4, tieWeights: true },
];

/** MathML by LaTeX. */
export function formulas(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const cell of cells)
    for (const input of inputs) {
      const config = { vocabSize: 4, inputSize: null, hiddenSize: 4, numLayers: 1, ...cell, ...input } as ModelConfig;
      for (const { latex, text } of operationsOf(config)) found[latex] ??= mathmlOfTex(latex, text);
    }
  return found;
}
