// Every kind of model that a task can ask for, each with a small one: all cells × directions × layers, with every output and loss, for sequences of
// one length and of different ones. A table of the largest error of each.

import { cellNames, checkConfig, losses, type ModelConfig, poolings } from '../network/config.ts';
import { bold, isNarrow } from './output.ts';

/** Elements of each tensor that are compared one by one: the models are many, and their tensors alike. */
export const samplesOfGrid = 4;

/**
 * Checks them all.
 * @param check gives the largest relative error of a model
 * @param print writes a line
 */
export function checkGrid(
  check: (config: ModelConfig, title: string, padded: boolean) => number,
  print: (line: string) => void,
): void {
  const heads = poolings.flatMap((pooling) => losses.map((loss) => ({ pooling, loss })));
  const narrow = isNarrow();
  const columns = heads.map(
    ({ pooling, loss }) => `${{ none: 'each', last: 'last', mean: 'mean' }[pooling]} ${short[loss]}`,
  );
  print(`\n${bold('Every cell, direction, output and loss; the largest error of each')}`);
  if (!narrow) print(`  output of: each step, the last state, the mean; loss: NLL or squared error`);
  print(
    narrow
      ? '  network                 error'
      : `  ${'network'.padEnd(19)}${columns.map((text) => text.padStart(10)).join('')}`,
  );
  for (const cell of cellNames)
    for (const bidirectional of [false, true])
      for (const numLayers of [1, 2]) {
        const name = `${cell}${bidirectional ? ' ⇄' : ''}${numLayers > 1 ? `, ${numLayers} layers` : ''}`;
        const errors = heads.map((head) => {
          const config = checkConfig({
            ...{ cell, bidirectional, numLayers, ...head, vocabSize: 7, symbols: 2, embeddingSize: 3 },
            ...{ hiddenSize: 3, outputSize: 3, dropout: 0.2 },
          });
          const title = `${name}, ${head.pooling} ${head.loss}`;
          return Math.max(check(config, title, false), check(config, `${title}, padded`, true));
        });
        const shown = narrow ? [Math.max(...errors)] : errors;
        print(`  ${name.padEnd(19)}${shown.map((error) => error.toExponential(1).padStart(10)).join('')}`);
      }
}

const short = { nll: 'NLL', squared: 'sq.' } as const;
