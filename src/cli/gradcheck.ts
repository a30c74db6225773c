// `unrolled gradcheck`: is every gradient right? A table of each tensor's error against central differences in float64.

import type { Floats } from '../engine/backend.ts';
import { cellNames, checkConfig, losses, type ModelConfig, type ModelOptions, poolings } from '../network/config.ts';
import { initialize } from '../network/initialize.ts';
import { loadModel } from '../node/model-folder.ts';
import { type GradientCheck, gradcheck } from '../training/gradcheck.ts';
import type { gradcheckOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { bold, isNarrow, print, red, say } from './output.ts';

/**
 * Differences of losses carry about 1e-11 of rounding and the differences' own error is of the order ε² = 1e-10, so right gradients come out
 * near 1e-9; where few large terms cancel, at up to 1e-6. A wrong one is off by 1e-2 and more.
 */
const tolerance = 1e-5;

interface Case {
  readonly title: string;
  readonly config: ModelConfig;
  readonly parameters: Floats;
  /** Whether the sequences differ in length. */
  readonly padded?: boolean;
}

export async function runGradcheck(request: RequestOf<typeof gradcheckOptions>): Promise<number> {
  const { steps, batch, samples, seed, json } = request.values;
  const [directory] = request.operands;
  const cases = directory === undefined ? builtInCases() : [folderCase(directory)];
  const results: object[] = [];
  let worst = 0;
  let tensors = 0;
  let failed = 0;
  const check = (
    { title, config, parameters, padded }: Case,
    maxSamples: number,
    onTensor?: (one: GradientCheck) => void,
  ) => {
    let largest = 0;
    const checks = gradcheck(
      { config, parameters },
      {
        ...{ steps, batch, seed, padded },
        samples: Math.min(maxSamples, samples),
        onTensor: (one) => {
          tensors++;
          const error = errorOf(one);
          largest = Math.max(largest, error);
          if (!(error <= tolerance)) failed++;
          onTensor?.(one);
        },
      },
    );
    worst = Math.max(worst, largest);
    results.push({ model: title, tensors: checks });
    return largest;
  };
  for (const one of cases) {
    if (!json) print(`${results.length > 0 ? '\n' : ''}${bold(one.title)}`);
    if (!json) print(row('tensor', 'shape', 'compared', 'norm', 'elements', 'direction'));
    check(one, Infinity, (tensor) => {
      if (!json) print(line(tensor));
    });
  }
  if (directory === undefined) {
    const say = json ? () => {} : print;
    checkGrid((config, title, padded) => {
      const parameters = initialize(config, { seed: 3 });
      return check({ title, config, parameters, padded }, samplesOfGrid);
    }, say);
  }
  if (json) print(JSON.stringify({ passed: failed === 0, tolerance, largestRelativeError: worst, models: results }));
  else {
    print('');
    say(
      `${failed === 0 ? 'Passed' : `Failed: ${failed} wrong`}: ${tensors} tensors, largest relative error ${worst.toExponential(1)}, allowed ${tolerance}`,
    );
  }
  return failed === 0 ? 0 : 1;
}

const errorOf = ({ relativeError, directionError }: GradientCheck): number =>
  Number.isNaN(relativeError + directionError) ? Number.POSITIVE_INFINITY : Math.max(relativeError, directionError);

function line(check: GradientCheck): string {
  const { name, shape, compared, norm, relativeError, directionError } = check;
  const text = row(
    name,
    shape.join(' × '),
    String(compared),
    norm.toExponential(2),
    relativeError.toExponential(1),
    directionError.toExponential(1),
  );
  return errorOf(check) <= tolerance ? text : red(`${text}  wrong`);
}

function row(name: string, shape: string, compared: string, norm: string, elements: string, direction: string): string {
  const sizes = isNarrow() ? '' : `${shape.padEnd(14)}${compared.padStart(8)}${norm.padStart(11)}`;
  return `  ${name.padEnd(10)}${sizes}${elements.padStart(10)}${direction.padStart(11)}`;
}

function folderCase(directory: string): Case {
  const { config, parameters, task } = loadModel(directory);
  return { title: directory, config, parameters, padded: task !== undefined };
}

/** Small models that together have every path of the engine. */
function builtInCases(): Case[] {
  const make = (title: string, options: ModelOptions): Case => {
    const config = checkConfig(options);
    return { title, config, parameters: initialize(config, { seed: 3 }) };
  };
  return [
    make('tanh, one-hot input', { vocabSize: 13, hiddenSize: 9 }),
    make('ReLU, one-hot input, 2 layers', { vocabSize: 13, hiddenSize: 9, numLayers: 2, nonlinearity: 'relu' }),
    make('sigmoid, embedding', { vocabSize: 11, hiddenSize: 8, embeddingSize: 5, nonlinearity: 'sigmoid' }),
    make('tanh, vectors as input', { vocabSize: 4, hiddenSize: 7, inputSize: 3 }),
    make('tanh, tied embedding, 2 layers, dropout 0.3', {
      vocabSize: 17,
      hiddenSize: 8,
      embeddingSize: 8,
      tieWeights: true,
      numLayers: 2,
      dropout: 0.3,
    }),
    make('tanh, adaptive softmax with 2 clusters', {
      vocabSize: 24,
      hiddenSize: 16,
      embeddingSize: 5,
      softmax: 'adaptive',
      cutoffs: [5, 12],
    }),
    make('tanh, embedding, 3 layers', { vocabSize: 10, hiddenSize: 6, embeddingSize: 4, numLayers: 3 }),
  ];
}

/** The elements of each tensor that are compared one by one: few, as the models are many and their tensors alike. */
const samplesOfGrid = 4;

/**
 * Checks a small model of every kind that a task can ask for: all cells × directions × layers, with every output and loss, for sequences of one
 * length and of different ones. Prints a table of the largest error of each.
 * @param check returns the largest relative error of a model
 * @param print prints a line
 */
function checkGrid(
  check: (config: ModelConfig, title: string, padded: boolean) => number,
  print: (line: string) => void,
): void {
  const heads = poolings.flatMap((pooling) => losses.map((loss) => ({ pooling, loss })));
  const narrow = isNarrow();
  const columns = heads.map(
    ({ pooling, loss }) => `${{ none: 'each', last: 'last', mean: 'mean' }[pooling]} ${short[loss]}`,
  );
  print(`\n${bold('Every cell, direction, output and loss; the largest error of each')}`);
  if (!narrow) print(`  output of: each step, the last state, the mean; loss: NLL, squared error or pinball`);
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
            ...{
              hiddenSize: 3,
              outputSize: 3,
              dropout: 0.2,
              quantiles: head.loss === 'pinball' ? [0.1, 0.5, 0.9] : [],
            },
          });
          const title = `${name}, ${head.pooling} ${head.loss}`;
          return Math.max(check(config, title, false), check(config, `${title}, padded`, true));
        });
        const shown = narrow ? [Math.max(...errors)] : errors;
        print(`  ${name.padEnd(19)}${shown.map((error) => error.toExponential(1).padStart(10)).join('')}`);
      }
}

const short = { nll: 'NLL', squared: 'sq.', pinball: 'pinb.' } as const;
