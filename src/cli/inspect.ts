// `unrolled inspect`: what a model is and how it behaves: sizes, the norm of each tensor, the spectral radius of each W, how far its units
// are saturated on a text, and what training it takes in memory, as a formula.

import type { Backend } from '../engine/backend.ts';
import { type BackendChoice, createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { spectralRadius, squareOn } from '../insight/spectral-radius.ts';
import { clustersOf } from '../model/clusters.ts';
import type { MemoryFormula } from '../model/memory.ts';
import { type Model, tokenizerOf } from '../model/model.ts';
import { layoutOf, parameterCount } from '../model/parameters.ts';
import { loadModel } from '../node/model-folder.ts';
import { encodeFiles } from '../node/read-text.ts';
import type { OptimizerName } from '../training/optimizers.ts';
import { type TrainingSizes, trainingMemory } from './memory-check.ts';
import type { Request } from './options.ts';
import { bold, isNarrow, print, say } from './output.ts';
import { contentOf, readCheckpoint } from './run-folder.ts';
import { type LayerSaturation, saturation, writtenByItself } from './saturation.ts';
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
  if (directory === undefined)
    throw new UnrolledError('inspect: expected DIR [FILE], got nothing; see unrolled inspect --help');
  const model = loadModel(directory);
  const backend = createBackend(request.text('backend') as BackendChoice);
  const tensors = tensorFacts(model, backend);
  const ids = file
    ? encodeFiles([file], tokenizerOf(model), {
        unknown: request.text('unknown') as 'error' | 'skip',
        replaceInvalid: request.flag('replace-invalid'),
      }).ids
    : writtenByItself(model, backend);
  const layers = ids ? saturation(model, ids, backend) : [];
  const sizes = trainingSizes(request, directory);
  const memory = trainingMemory(model.config, sizes);
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
  printMemory(memory, sizes, model.config.softmax === 'adaptive');
  return 0;
}

function tensorFacts({ config, parameters }: Model, backend: Backend): TensorFacts[] {
  // float64 where it is quick, else the backend's products, which are precise enough for 3 digits
  const { hiddenSize: H } = config;
  const square = H <= 128 ? undefined : squareOn(backend, H);
  return layoutOf(config).map(({ name, shape, offset, length }) => {
    const values = parameters.subarray(offset, offset + length);
    let sum = 0;
    let largest = 0;
    for (const value of values) {
      sum += value * value;
      largest = Math.max(largest, Math.abs(value));
    }
    const facts = { name, shape, norm: Math.sqrt(sum), rms: Math.sqrt(sum / length), largest };
    return name.startsWith('W') ? { ...facts, spectralRadius: spectralRadius(values, H, square) } : facts;
  });
}

/** As in the model's own training where its checkpoint is there, unless asked for otherwise. */
function trainingSizes(request: Request, directory: string): TrainingSizes {
  const run = contentOf(directory) === 'run' ? readCheckpoint(directory) : undefined;
  const settings = run?.snapshot.state.settings;
  return {
    steps: request.number('bptt') ?? settings?.bptt ?? 64,
    batch: request.number('batch') ?? settings?.batchSize ?? 32,
    checkpointEvery: run?.facts.options['checkpoint-every'] ?? undefined,
    optimizer: (request.text('optimizer') as OptimizerName | undefined) ?? settings?.optimizer ?? 'adam',
    // the window of the held-out text is as long as it gets with 129 tokens
    heldOut: run?.last && run.last.validationLoss === null ? 0 : 129,
  };
}

function describe({ config, tokenizer }: Model, directory: string): void {
  const { nonlinearity, vocabSize, hiddenSize, numLayers, embeddingSize, inputSize, tieWeights, dropout } = config;
  const clusters = clustersOf(config);
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
  if (clusters.length > 0)
    say(
      `softmax     adaptive: ${count(clusters[0].first)} frequent ${noun}, clusters of ${clusters.map(({ size }) => count(size)).join(' and ')}`,
      '  ',
    );
  print(`  parameters  ${count(parameterCount(config))} (${byteSize(4 * parameterCount(config))})`);
}

function printTensors(tensors: readonly TensorFacts[]): void {
  const narrow = isNarrow();
  const line = (name: string, shape: string, norm: string, rms: string, largest: string, rho: string): void =>
    print(
      `  ${name.padEnd(10)}${narrow ? '' : shape.padEnd(14)}${norm.padStart(9)}${narrow ? '' : rms.padStart(10) + largest.padStart(10)}${rho}`,
    );
  print(`\n${bold('Parameters')}`);
  line('tensor', 'shape', 'norm', 'rms', 'largest', '');
  for (const { name, shape, norm, rms, largest, spectralRadius: rho } of tensors) {
    const radius = rho === undefined ? '' : `   ρ = ${rho.toFixed(3)}`;
    line(name, shape.join(' × '), norm.toFixed(3), rms.toFixed(4), largest.toFixed(4), radius);
  }
  say('ρ: spectral radius, to 3 digits; far below 1 a layer forgets, far above 1 its gradients can explode', '  ');
}

function printSaturation(model: Model, layers: readonly LayerSaturation[], text: string, tokens: number): void {
  const { nonlinearity, hiddenSize } = model.config;
  const saturated = { tanh: '|h| > 0.97', relu: 'h = 0', sigmoid: 'h < 0.03 or > 0.97' }[nonlinearity];
  print(`\n${bold('States')}`);
  say(`on ${count(tokens)} tokens of ${text}`, '  ');
  layers.forEach(({ saturated: share, always, mean }, layer) => {
    const percent = `${(100 * share).toFixed(1)} %`;
    const stuck = always > 0 ? `, for ${always} of ${hiddenSize} units in all` : '';
    say(`layer ${layer}   ${saturated} in ${percent} of the states${stuck}; mean |h| ${mean.toFixed(3)}`, '  ');
  });
}

function printMemory({ terms, bytes }: MemoryFormula, sizes: TrainingSizes, adaptive: boolean): void {
  const narrow = isNarrow();
  print(`\n${bold('Memory')}`);
  say(`of training with T = ${sizes.steps}, B = ${sizes.batch}, ${sizes.optimizer}; numbers have 4 bytes`, '  ');
  const line = (name: string, formula: string, size: number): void => {
    if (narrow && formula) print(`  ${name}`);
    const head = narrow
      ? `  ${formula ? `  ${formula}` : name}`.padEnd(27)
      : `  ${name.padEnd(34)}${formula.padEnd(31)}`;
    print(head + byteSize(size).padStart(11));
  };
  for (const { name, formula, bytes: size } of terms) line(name, formula, size);
  line(narrow ? 'in all, by pages' : 'in all, in pages of 64 KiB', '', bytes);
  const symbols = ['P parameters', 'L layers', 'T steps', 'B sequences', 'H units', 'C classes', 'E embedding'];
  say(`${symbols.join(', ')}, S rows of logits at a time`, '  ');
  if (adaptive) say('C₀ classes of the head, n clusters, N classes in one, w its width, R rows of it at a time', '  ');
}
