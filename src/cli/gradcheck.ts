// `unrolled gradcheck`: is every gradient right? A table of each tensor's error against central differences in float64.

import { checkConfig, type ModelConfig, type ModelOptions } from '../network/config.ts';
import { initialize } from '../network/initialize.ts';
import { loadModel } from '../node/model-folder.ts';
import { type GradientCheck, gradcheck } from '../training/gradcheck.ts';
import { checkGrid, samplesOfGrid } from './gradcheck-grid.ts';
import type { Request } from './options.ts';
import { bold, isNarrow, print, red, say } from './output.ts';

/**
 * Differences of losses carry about 1e-11 of rounding and the differences' own error is of the order ε² = 1e-10, so right gradients come out
 * near 1e-9; where few large terms cancel, at up to 1e-6. A wrong one is off by 1e-2 and more.
 */
const tolerance = 1e-5;

interface Case {
  readonly title: string;
  readonly config: ModelConfig;
  readonly parameters: ArrayLike<number>;
  /** Sequences of different length. */
  readonly padded?: boolean;
}

export async function runGradcheck(request: Request): Promise<number> {
  const json = request.flag('json');
  const [directory] = request.operands;
  const cases = directory === undefined ? builtInCases() : [folderCase(directory)];
  const results: object[] = [];
  let worst = 0;
  let tensors = 0;
  let failed = 0;
  const check = (
    { title, config, parameters, padded }: Case,
    most: number,
    onTensor?: (one: GradientCheck) => void,
  ) => {
    let largest = 0;
    const checks = gradcheck(config, parameters, {
      steps: request.number('steps'),
      batch: request.number('batch'),
      samples: Math.min(most, request.number('samples')!),
      seed: request.number('seed'),
      padded,
      onTensor: (one) => {
        tensors++;
        const error = errorOf(one);
        largest = Math.max(largest, error);
        if (!(error <= tolerance)) failed++;
        onTensor?.(one);
      },
    });
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
