// A model that PyTorch made, from the bytes of its file, whatever its modules are called. The config is given, or told from the tensors.

import type { Tokenizer } from '../../data/text/tokenizer.ts';
import { atPlace, expectBytes, listed, quoted, UnrolledError } from '../../errors.ts';
import { checkConfig, type ModelConfig, type ModelOptions } from '../../network/config.ts';
import type { Model } from '../../network/model.ts';
import { readTensorFile } from '../tensor-file.ts';
import { withoutProjections, withWholeWeights } from './folded-weights.ts';
import { tokensOf, withTask } from './import-task.ts';
import { type Hints, type Inference, inferConfig } from './infer.ts';
import { type RenamedTensors, reasonAgainst, withOurNames } from './module-names.ts';
import { fromPyTorch, type Misfit, misfitsOf, missingBiases } from './pytorch-names.ts';

/** What the caller knows of a model that the file does not say. Whatever is left out is told from the names and shapes of the tensors. */
export interface ImportOptions extends Omit<Hints, 'vocabSize'> {
  /** The tokenizer that the model was trained with; its ids must be the rows of the embedding. */
  readonly tokenizer?: Tokenizer;
  /** The tokens by their ids, instead of a tokenizer. */
  readonly vocabulary?: readonly string[];
  /**
   * The classes by their ids, of a model that classifies texts (pooling last or mean) or labels tokens (pooling none): the model is then one for that
   * task, for `predict` and `evaluate`. A model with one output, the logit of the second of two classes, is given both.
   */
  readonly labels?: readonly string[];
  /** The architecture. Default: what the names and shapes of the tensors tell; an nn.RNN is then taken to have tanh. */
  readonly config?: ModelOptions;
  /** What messages call the file. Default "model.safetensors". */
  readonly where?: string;
  /** Called for every tensor that has another name in the file than PyTorch's default for such a model. */
  onRename?(inFile: string, name: string): void;
  /** Called for everything that was inferred, with what it was inferred from. */
  onInfer?(inference: Inference): void;
}

/** The tensors of a file are not those of the model that the config describes, or not all of them. */
export class MisfitError extends UnrolledError {
  /** Every tensor that does not fit, under its name in the file. */
  readonly misfits: readonly Misfit[];

  /** Makes the error. The message names the first tensor that does not fit, and says how many more do not. */
  constructor(where: string, misfits: readonly Misfit[]) {
    const [{ name, expected, got }] = misfits;
    const more = misfits.length > 1 ? `; ${misfits.length - 1} more do not fit either` : '';
    super(`${where}: tensor ${quoted(name)}: expected ${expected}, got ${got}${more}`, 'failure');
    this.name = 'MisfitError';
    this.misfits = misfits;
  }
}

/**
 * The model in a file of safetensors or of torch.save: an nn.RNN, nn.GRU or nn.LSTM or a stack of them, a linear layer that reads its states, and
 * perhaps an embedding. Weights that PyTorch keeps in parts are put together, and biases that are not there are zeros.
 * @example const model = importPyTorch(readFileSync('lstm.safetensors'), { tokenizer })
 * @throws UnrolledError, one sentence; a `MisfitError` where single tensors are not as they should be
 */
export function importPyTorch(bytes: Uint8Array | ArrayBuffer, options: ImportOptions = {}): Model {
  const { where = 'model.safetensors', labels, onRename, onInfer = () => {} } = options;
  if (labels && !options.config && options.pooling === undefined)
    throw new UnrolledError(
      'pooling: expected last or mean for a model that classifies, none for one that labels tokens, got no choice',
    );
  const { vocabulary, tokenizer } = tokensOf(options);
  const file = readTensorFile(expectBytes(where, bytes), where);
  if (file.entry) onInfer({ what: 'checkpoint', is: file.entry, from: others(file.others) });
  else if (file.others.length > 0) onInfer({ what: 'not read', is: listed(file.others), from: 'no tensors' });
  for (const [name, kept] of file.aliases) onInfer({ what: name, is: kept, from: 'the metadata of the file' });
  const whole = withWholeWeights(file.tensors, where);
  const renamed = withOurNames(whole.tensors);
  for (const [name, other] of renamed.again) onInfer({ what: name, is: other, from: 'the two are equal bit for bit' });
  const inFile = (name: string): string => renamed.was.get(name) ?? name;
  const unprojected = withoutProjections(renamed.tensors, where, inFile);
  for (const [name, from] of whole.folded) onInfer({ what: name, is: 'computed', from });
  for (const [name, from] of unprojected.folded) onInfer({ what: inFile(name), is: 'computed', from });
  const { tensors } = unprojected;
  const config = options.config
    ? checkConfig(options.config)
    : inferred({ ...renamed, tensors }, { ...options, onInfer }, vocabulary?.length, where);
  if (tokenizer && tokenizer.vocabSize !== config.vocabSize)
    throw new UnrolledError(
      `tokenizer: expected ${config.vocabSize} tokens, as many as the model has, got ${tokenizer.vocabSize}`,
    );
  const output = tensors.get('decoder.weight');
  if (config.tieWeights && !tensors.has('encoder.weight') && output) tensors.set('encoder.weight', output);
  const missing = missingBiases(config, tensors);
  const misfits = misfitsOf(config, tensors, (name) => reasonAgainst(name, tensors)).filter(
    ({ name, got }) => !(got === 'none' && missing.has(name)),
  );
  if (misfits.length > 0)
    throw new MisfitError(
      where,
      misfits.map((misfit) => ({ ...misfit, name: inFile(misfit.name) })),
    );
  for (const [name, shape] of missing) tensors.set(name, { dtype: 'F32', shape, data: new Float32Array(shape[0]) });
  if (missing.size > 0) onInfer({ what: 'biases', is: 'zeros', from: `no ${listed([...missing.keys()])} in the file` });
  if (onRename) for (const [name, inFile] of renamed.was) onRename(inFile, name);
  const model = { config, parameters: fromPyTorch(config, tensors, where) };
  return labels ? withTask(model, vocabulary, labels) : { ...model, tokenizer };
}

const others = (names: readonly string[]): string => (names.length > 0 ? `not read: ${listed(names)}` : 'the file');

/** The architecture that the names and shapes of the tensors tell. */
function inferred(
  renamed: RenamedTensors,
  { cell, nonlinearity, pooling, input, onInfer }: ImportOptions,
  vocabSize: number | undefined,
  where: string,
): ModelConfig {
  const hints = { cell, nonlinearity, pooling, input, vocabSize };
  const options = inferConfig(renamed, hints, where, onInfer);
  return atPlace(where, () => checkConfig(options), 'failure');
}
