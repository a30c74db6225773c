// `unrolled import`: a model that PyTorch made, or one in an ONNX file, as a model folder of ours. What was inferred is printed as a table, with what it was inferred from.
// Tensors that do not fit are listed one by one, and nothing is written.

import { join } from 'node:path';
import type { Tokenizer } from '../data/text/tokenizer.ts';
import { largest } from '../elementary.ts';
import { shortened, UnrolledError } from '../errors.ts';
import { parseConfig } from '../formats/config.ts';
import { packModel } from '../formats/model-folder.ts';
import { type ImportOptions, importPyTorch, MisfitError } from '../formats/pytorch/import-pytorch.ts';
import { parseCharacters, parseNames } from '../formats/pytorch/import-task.ts';
import type { Inference } from '../formats/pytorch/infer.ts';
import { readTask } from '../formats/task-encoding.ts';
import { isOnnx } from '../formats/tensor-file.ts';
import { readTokenizerJson } from '../formats/tokenizer-json.ts';
import { directionsOf, type ModelConfig, outputsOf } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { parameterCount } from '../network/parameters.ts';
import { expectFree, saveFiles, settleFolder, statOf } from '../node/model-folder.ts';
import { readIfThere, readTextIfThere } from '../node/replacement.ts';
import { taskOf } from '../tasks/kinds.ts';
import { importOptions } from './option-tables.ts';
import { libraryOptions, type RequestOf, rowsOf } from './options.ts';
import { note, print } from './output.ts';
import { undisturbed } from './signals.ts';
import { count } from './text.ts';

type ImportRequest = RequestOf<typeof importOptions>;

export async function runImport(request: ImportRequest): Promise<number> {
  const [source] = request.operands;
  const { out } = request.values;
  expectFree(out, '--out');
  const stats = statOf(source);
  if (!stats)
    throw new UnrolledError(
      `${source}: expected a file of safetensors, torch.save or ONNX, or a model folder, got nothing there`,
    );
  if (stats.isDirectory()) settleFolder(source);
  const beside = (name: string): string | undefined => (stats.isDirectory() ? join(source, name) : undefined);
  // the Hub's older name stands beside the newer one
  const older = beside('pytorch_model.bin');
  const weights =
    older && !statOf(join(source, 'model.safetensors')) && statOf(older)
      ? older
      : (beside('model.safetensors') ?? source);
  const { tokenizer: asked, characters, vocabulary, labels } = request.values;
  const given = [asked && '--tokenizer', characters && '--characters', vocabulary && '--vocabulary'].filter(Boolean);
  if (given.length > 1)
    throw new UnrolledError(`${given[1]}: expected one file that says what the tokens are, got ${given.join(' and ')}`);
  const named = characters ?? vocabulary;
  const tokenizer = named ? undefined : readTokenizer(asked ?? beside('tokenizer.json'), asked !== undefined);
  const path = beside('task.json');
  const kept = readTaskBeside(path);
  if (kept && labels !== undefined)
    throw new UnrolledError(`--labels: expected no such option beside ${path}, which names them, got ${labels}`);
  const bytes = readIfThere(weights);
  if (!bytes) throw new UnrolledError(`${source}: expected a folder with model.safetensors, got none`);

  const renamed: string[] = [];
  const inferred: Inference[] = [];
  const options: ImportOptions = {
    tokenizer,
    ...(characters !== undefined && { vocabulary: parseCharacters(readList('--characters', characters), characters) }),
    ...(vocabulary !== undefined && { vocabulary: parseNames(readList('--vocabulary', vocabulary), vocabulary) }),
    ...(labels !== undefined && { labels: parseNames(readList('--labels', labels), labels) }),
    where: weights,
    onInfer: (inference) => inferred.push(inference),
  };
  const model = isOnnx(bytes)
    ? await importGraph(request, bytes, options)
    : importListing(bytes, {
        ...{ ...hintsOf(request), ...options, config: readConfig(request, beside('config.json')) },
        onRename: (inFile, name) => renamed.push(`${shortened(inFile)} is ${shortened(name)}`),
      });
  const task = model.task ?? kept;
  if (task) taskOf({ ...model, task }, kept ? path : labels !== undefined ? '--labels' : `${weights}, task`);
  const files = packModel({ ...model, ...(task && { task }) });
  await undisturbed(() => saveFiles(out, files));
  for (const line of renamed) print(line);
  for (const line of tableOf(inferred)) print(line);
  print(`${out}: ${summary(model.config)}, ${count(parameterCount(model.config))} parameters`);
  return 0;
}

/** Imports an ONNX file, whose nodes say what shapes leave open. */
async function importGraph(request: ImportRequest, bytes: Uint8Array, options: ImportOptions): Promise<Model> {
  const { input, ...others } = hintsOf(request);
  const [given] = Object.entries(others);
  if (given)
    throw new UnrolledError(
      `--${given[0]}: expected no such option for an ONNX file, whose nodes say it, got ${given[1]}`,
    );
  const { importOnnx } = await import('../formats/onnx/import-onnx.ts');
  return importOnnx(bytes, { ...options, input });
}

/** Imports the model; where tensors do not fit, lists them all. */
function importListing(bytes: Uint8Array, options: ImportOptions): Model {
  try {
    return importPyTorch(bytes, options);
  } catch (error) {
    if (error instanceof MisfitError)
      for (const { name, expected, got } of error.misfits)
        note(`${shortened(name, 120)}: expected ${expected}, got ${got}`);
    throw error;
  }
}

/** Reads config.json, where there is one; then no option may say otherwise. */
function readConfig(request: ImportRequest, path: string | undefined): ModelConfig | undefined {
  const text = path && readTextIfThere(path);
  if (!path || text === undefined) return undefined;
  const [given] = Object.entries(hintsOf(request));
  if (given)
    throw new UnrolledError(`--${given[0]}: expected no such option beside ${path}, which decides it, got ${given[1]}`);
  return parseConfig(text, path);
}

/** What the options say of the model that its shapes do not. */
function hintsOf({ given }: ImportRequest): ImportOptions {
  return libraryOptions(rowsOf(importOptions), given, 'hints');
}

function readTaskBeside(path: string | undefined): object | undefined {
  const text = path && readTextIfThere(path);
  return path && text !== undefined ? readTask(text, path) : undefined;
}

function readTokenizer(path: string | undefined, asked: boolean): Tokenizer | undefined {
  if (path === undefined) return undefined;
  const text = readTextIfThere(path);
  if (text !== undefined) return readTokenizerJson(text, path);
  if (!asked) return undefined;
  throw new UnrolledError(`--tokenizer ${path}: expected a tokenizer.json, got nothing there`);
}

function readList(option: string, path: string): string {
  const text = readTextIfThere(path);
  if (text !== undefined) return text;
  throw new UnrolledError(`${option} ${path}: expected a file of names, got nothing there`);
}

/** What was inferred, in columns: what, what it is, and what it was told from. */
function tableOf(inferred: readonly Inference[]): string[] {
  const rows = inferred.map(({ what, is, from }) => [shortened(what), shortened(is), shortened(from, 120)]);
  const width = (column: number): number => largest(rows.map((row) => row[column].length));
  return rows.map(([what, is, from]) => `${what.padEnd(width(0))}  ${is.padEnd(width(1))}  ${from}`);
}

/** A model in a few words. */
function summary(config: ModelConfig): string {
  const { cell, nonlinearity, numLayers, hiddenSize, inputSize, embeddingSize, vocabSize, pooling, tieWeights } =
    config;
  const units = `${numLayers} × ${hiddenSize} ${cell === 'rnn' ? nonlinearity : cell} units`;
  const input =
    inputSize !== null
      ? `vectors of ${inputSize}`
      : `${count(vocabSize)} tokens${embeddingSize === null ? '' : ` in an embedding of ${embeddingSize}${tieWeights ? ', tied' : ''}`}`;
  const output = `${count(outputsOf(config))} outputs${pooling === 'none' ? '' : ` of the ${pooling} state`}`;
  return `${units}${directionsOf(config) === 2 ? ' in both directions' : ''}, ${input}, ${output}`;
}
