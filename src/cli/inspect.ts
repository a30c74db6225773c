// `unrolled inspect`: what a model is and how it behaves: sizes, the norm of each tensor, the spectral radius of each W, how far its units
// are saturated on a text, and what training it takes in memory, as a formula.

import { type BackendChoice, createBackend } from '../engine/create.ts';
import { expectInteger } from '../errors.ts';
import type { MemoryFormula } from '../model/memory.ts';
import { type Model, tokenizerOf } from '../model/model.ts';
import { layoutOf, parameterCount } from '../model/parameters.ts';
import { loadModel } from '../node/model-folder.ts';
import { encodeFiles } from '../node/read-text.ts';
import type { OptimizerName } from '../training/optimizers.ts';
import { trainingWindow } from './memory-check.ts';
import type { Request } from './options.ts';
import { bold, print } from './output.ts';
import { contentOf, readCheckpoint } from './run-folder.ts';
import { type LayerSaturation, saturation, writtenByItself } from './saturation.ts';
import { spectralRadius } from './spectral-radius.ts';
import { byteSize, count } from './text.ts';

interface TensorFacts {
  readonly name: string;
  readonly shape: readonly number[];
  readonly norm: number;
  /** √(mean of squares). */
  readonly rms: number;
  readonly largest: number;
  readonly spectralRadius?: number;
}

export async function runInspect(request: Request): Promise<number> {
  const [directory, file] = request.operands;
  const model = loadModel(directory);
  const backend = createBackend(request.text('backend') as BackendChoice);
  const tensors = tensorFacts(model);
  const ids = file
    ? encodeFiles([file], tokenizerOf(model), {
        unknown: request.text('unknown') as 'error' | 'skip',
        replaceInvalid: request.flag('replace-invalid'),
      }).ids
    : writtenByItself(model, backend);
  const layers = ids ? saturation(model, ids, backend) : [];
  const sizes = trainingSizes(request, directory);
  const memory = trainingWindow(model.config, sizes);
  if (request.flag('json')) {
    const { config } = model;
    const text = file ?? 'written by the model';
    print(
      JSON.stringify({
        ...{ directory, config, level: model.tokenizer?.level ?? null, parameters: parameterCount(config), tensors },
        ...{ saturation: { text, tokens: ids?.length ?? 0, layers }, memory: { ...sizes, ...memory } },
      }),
    );
    return 0;
  }
  describe(model, directory);
  printTensors(tensors);
  if (ids) printSaturation(model, layers, file ?? 'a text that it wrote itself', ids.length);
  printMemory(memory, sizes);
  return 0;
}

function tensorFacts({ config, parameters }: Model): TensorFacts[] {
  return layoutOf(config).map(({ name, shape, offset, length }) => {
    const values = parameters.subarray(offset, offset + length);
    let sum = 0;
    let largest = 0;
    for (const value of values) {
      sum += value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    const facts = { name, shape, norm: Math.sqrt(sum), rms: Math.sqrt(sum / length), largest };
    return name.startsWith('W') ? { ...facts, spectralRadius: spectralRadius(values, config.hiddenSize) } : facts;
  });
}

/** As in the model's own training where its checkpoint is there, unless asked for otherwise. */
function trainingSizes(
  request: Request,
  directory: string,
): { steps: number; batch: number; optimizer: OptimizerName } {
  const settings = contentOf(directory) === 'run' ? readCheckpoint(directory).snapshot.state.settings : undefined;
  return {
    steps: expectInteger('--bptt', request.number('bptt') ?? settings?.bptt ?? 64, 1),
    batch: expectInteger('--batch', request.number('batch') ?? settings?.batchSize ?? 32, 1),
    optimizer: (request.text('optimizer') as OptimizerName | undefined) ?? settings?.optimizer ?? 'adam',
  };
}

function describe({ config, tokenizer }: Model, directory: string): void {
  const { nonlinearity, vocabSize, hiddenSize, numLayers, embeddingSize, inputSize, tieWeights, dropout } = config;
  const input =
    inputSize !== null
      ? `vectors of ${inputSize}`
      : embeddingSize !== null
        ? `an embedding of ${embeddingSize}${tieWeights ? ', tied to the output' : ''}`
        : 'one-hot';
  const noun = tokenizer ? { char: 'characters', byte: 'bytes', word: 'words' }[tokenizer.level] : 'classes';
  print(bold(directory));
  print(`  network     ${numLayers} × ${hiddenSize} ${nonlinearity} units${dropout ? `, dropout ${dropout}` : ''}`);
  print(`  input       ${input}`);
  print(`  vocabulary  ${count(vocabSize)} ${noun}`);
  print(`  parameters  ${count(parameterCount(config))} (${byteSize(4 * parameterCount(config))})`);
}

function printTensors(tensors: readonly TensorFacts[]): void {
  print(`\n${bold('Parameters')}`);
  print(
    `  ${'tensor'.padEnd(10)}${'shape'.padEnd(14)}${'norm'.padStart(9)}${'rms'.padStart(10)}${'largest'.padStart(10)}`,
  );
  for (const { name, shape, norm, rms, largest, spectralRadius: rho } of tensors) {
    const numbers = `${norm.toFixed(3).padStart(9)}${rms.toFixed(4).padStart(10)}${largest.toFixed(4).padStart(10)}`;
    print(
      `  ${name.padEnd(10)}${shape.join(' × ').padEnd(14)}${numbers}${rho === undefined ? '' : `   ρ = ${rho.toFixed(3)}`}`,
    );
  }
  print('  ρ: spectral radius, to 3 digits; far below 1 a layer forgets, far above 1 its gradients can explode');
}

function printSaturation(model: Model, layers: readonly LayerSaturation[], text: string, tokens: number): void {
  const { nonlinearity } = model.config;
  const saturated = { tanh: '|h| > 0.97', relu: 'h = 0', sigmoid: 'h < 0.03 or > 0.97' }[nonlinearity];
  print(`\n${bold('States')} on ${count(tokens)} tokens of ${text}`);
  layers.forEach(({ saturated: share, always, mean }, layer) => {
    const percent = `${(100 * share).toFixed(1)} %`;
    const stuck = always > 0 ? `, ${always} of ${model.config.hiddenSize} units at every step` : '';
    print(`  layer ${layer}   ${saturated} in ${percent} of the states${stuck}; mean |h| ${mean.toFixed(3)}`);
  });
}

function printMemory(
  { terms, bytes }: MemoryFormula,
  sizes: { steps: number; batch: number; optimizer: string },
): void {
  print(
    `\n${bold('Memory')} of training with T = ${sizes.steps}, B = ${sizes.batch}, ${sizes.optimizer}; numbers have 4 bytes`,
  );
  for (const { name, formula, bytes: size } of terms)
    print(`  ${name.padEnd(34)}${formula.padEnd(34)}${byteSize(size).padStart(11)}`);
  print(`  ${'in all, in pages of 64 KiB'.padEnd(68)}${byteSize(bytes).padStart(11)}`);
  print('  P parameters, L layers, T steps, B sequences, H units, C classes, E embedding, S rows of logits at a time');
}
