// `unrolled inspect`: what a model is and how it behaves: sizes, the norm of each tensor, the spectral radius of each W, how far its units
// are saturated on a text, and what training it takes in memory, as a formula.

import type { Backend } from '../engine/backend.ts';
import { createBackend } from '../engine/create.ts';
import { UnrolledError } from '../errors.ts';
import { spectralRadius, squareOn } from '../insight/spectral-radius.ts';
import type { MemoryFormula } from '../network/memory.ts';
import { type Model, tokenizerOf } from '../network/model.ts';
import { layoutOf, parameterCount } from '../network/parameters.ts';
import { encodeFiles } from '../node/read-text.ts';
import { describeModel, printSaturation } from './describe-model.ts';
import { readingText, type TrainingSizes, trainingMemory } from './memory-check.ts';
import type { inspectOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { bold, isNarrow, print, say } from './output.ts';
import { contentOf, readCheckpoint } from './run-folder.ts';
import { type LayerSaturation, saturation, saturationOf, writtenByItself } from './saturation.ts';
import { type LoadedModel, loadAny } from './task-model.ts';
import { readForTask } from './task-sequences.ts';
import { byteSize } from './text.ts';

interface TensorFacts {
  readonly name: string;
  readonly shape: readonly number[];
  readonly norm: number;
  /** √(mean of squares). */
  readonly rms: number;
  readonly largest: number;
  readonly spectralRadius?: number;
}

type InspectRequest = RequestOf<typeof inspectOptions>;

export async function runInspect(request: InspectRequest): Promise<number> {
  const [directory, file] = request.operands;
  if (directory === undefined)
    throw new UnrolledError('inspect: expected DIR [FILE], got nothing; see unrolled inspect --help');
  const loaded = loadAny(directory);
  const { model, task } = loaded;
  const backend = createBackend(request.values.backend);
  const tensors = tensorFacts(model, backend);
  const states = statesOf(request, loaded, file, backend);
  const sizes = trainingSizes(request, directory);
  const memory = trainingMemory(model.config, sizes);
  if (request.values.json) {
    const { config } = model;
    print(
      JSON.stringify({
        ...{ directory, config, level: model.tokenizer?.level ?? null, ...(task && { task: task.task }) },
        ...{ parameters: parameterCount(config), tensors },
        ...{
          saturation: {
            text: file ?? 'written by the model',
            tokens: states?.steps ?? 0,
            layers: states?.layers ?? [],
          },
        },
        ...{ memory: { ...sizes, ...memory } },
      }),
    );
    return 0;
  }
  describeModel(model, task, directory);
  printTensors(tensors);
  if (states) printSaturation(model, states.layers, file ?? 'a text that it wrote itself', states.steps);
  else say(`\nStates: give a file to read, unrolled inspect ${directory} FILE, to see how full they are`);
  printMemory(memory, sizes, model.config.softmax === 'adaptive');
  return 0;
}

/** The states while the model reads the file, or a text of its own; null where it has neither. */
function statesOf(
  request: InspectRequest,
  { model, task }: LoadedModel,
  file: string | undefined,
  backend: Backend,
): { layers: LayerSaturation[]; steps: number } | null {
  if (task) return file === undefined ? null : saturationOf(model, readForTask(task, file), backend);
  const ids = file
    ? encodeFiles([file], tokenizerOf(model), {
        unknown: request.values.unknown,
        replaceInvalid: request.values['replace-invalid'],
      }).ids
    : writtenByItself(model, backend);
  return ids ? { layers: saturation(model, ids, backend), steps: ids.length } : null;
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
    return name.startsWith('W') && config.cell === 'rnn'
      ? { ...facts, spectralRadius: spectralRadius(values, H, square) }
      : facts;
  });
}

/** As in the model's own training where its checkpoint is there, unless asked for otherwise. */
function trainingSizes(request: InspectRequest, directory: string): TrainingSizes {
  const run = contentOf(directory) === 'run' ? readCheckpoint(directory) : undefined;
  const settings = run?.snapshot.state.settings;
  return {
    steps: request.values.bptt ?? settings?.bptt ?? 64,
    batch: request.values.batch ?? settings?.batchSize ?? 32,
    ...run?.facts.window,
    checkpointEvery: run?.facts.options['checkpoint-every'] ?? undefined,
    optimizer: request.values.optimizer ?? settings?.optimizer ?? 'adam',
    // the window of the held-out text is as long as it gets with 129 tokens
    reading: run ? run.facts.reading : readingText(129),
  };
}

function printTensors(tensors: readonly TensorFacts[]): void {
  const narrow = isNarrow();
  const line = (name: string, shape: string, norm: string, rms: string, largest: string, rho: string): void =>
    print(
      `  ${name.padEnd(12)}${narrow ? '' : shape.padEnd(14)}${norm.padStart(9)}${narrow ? '' : rms.padStart(10) + largest.padStart(10)}${rho}`,
    );
  print(`\n${bold('Parameters')}`);
  line('tensor', 'shape', 'norm', 'rms', 'largest', '');
  for (const { name, shape, norm, rms, largest, spectralRadius: rho } of tensors) {
    const radius = rho === undefined ? '' : `   ρ = ${rho.toFixed(3)}`;
    line(name, shape.join(' × '), norm.toFixed(3), rms.toFixed(4), largest.toFixed(4), radius);
  }
  if (tensors.some(({ spectralRadius: rho }) => rho !== undefined))
    say('ρ: spectral radius, to 3 digits; far below 1 a layer forgets, far above 1 its gradients can explode', '  ');
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
