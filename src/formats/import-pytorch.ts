// A model that PyTorch made, from the bytes of its safetensors file, whatever its modules are called. The config is given, or told from the tensors.

import type { Tokenizer } from '../data/text/tokenizer.ts';
import { atPlace, quoted, UnrolledError } from '../errors.ts';
import { checkConfig, type ModelConfig, type ModelOptions } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { expectIntact } from './digest.ts';
import { type Hints, inferConfig, withOurNames } from './infer.ts';
import { fromPyTorch, type Misfit, misfitsOf } from './pytorch-names.ts';
import { readSafetensors, type Tensor } from './safetensors.ts';

export interface ImportOptions extends Omit<Hints, 'vocabSize'> {
  readonly tokenizer?: Tokenizer;
  /** The architecture. Default: what the names and shapes of the tensors tell; an nn.RNN is then taken to have tanh. */
  readonly config?: ModelOptions;
  /** What messages call the file. Default "model.safetensors". */
  readonly where?: string;
  /** Called for every tensor that has another name in the file than PyTorch's default for such a model. */
  onRename?(inFile: string, name: string): void;
}

/** The tensors of a file are not those of the model that the config describes, or not all of them. */
export class MisfitError extends UnrolledError {
  /** Every tensor that does not fit, under its name in the file. */
  readonly misfits: readonly Misfit[];

  constructor(where: string, misfits: readonly Misfit[]) {
    const [{ name, expected, got }] = misfits;
    const more = misfits.length > 1 ? `; ${misfits.length - 1} more do not fit either` : '';
    super(`${where}: tensor ${quoted(name)}: expected ${expected}, got ${got}${more}`, 'failure');
    this.name = 'MisfitError';
    this.misfits = misfits;
  }
}

/**
 * The model in a safetensors file that PyTorch saved: one nn.RNN, nn.GRU or nn.LSTM, a linear layer that reads its states, and perhaps an embedding.
 * @example const model = importPyTorch(readFileSync('lstm.safetensors'), { tokenizer })
 * @throws UnrolledError, one sentence; a `MisfitError` where single tensors are not as they should be
 */
export function importPyTorch(bytes: Uint8Array, options: ImportOptions = {}): Model {
  const { tokenizer, where = 'model.safetensors', onRename } = options;
  const file = readSafetensors(bytes, where);
  expectIntact(file.tensors, file.metadata, where);
  const { tensors, was } = withOurNames(file.tensors);
  const config = options.config ? checkConfig(options.config) : inferred(tensors, options, where);
  if (tokenizer && tokenizer.vocabSize !== config.vocabSize)
    throw new UnrolledError(
      `tokenizer: expected ${config.vocabSize} tokens, as many as the model has, got ${tokenizer.vocabSize}`,
    );
  const misfits = misfitsOf(config, tensors).map((misfit) => ({
    ...misfit,
    name: was.get(misfit.name) ?? misfit.name,
  }));
  if (misfits.length > 0) throw new MisfitError(where, misfits);
  if (onRename) for (const [name, inFile] of was) onRename(inFile, name);
  return { config, parameters: fromPyTorch(config, tensors, where), tokenizer };
}

/** The architecture that the names and shapes of the tensors tell. */
function inferred(
  tensors: ReadonlyMap<string, Tensor>,
  { cell, nonlinearity, pooling, input, tokenizer }: ImportOptions,
  where: string,
): ModelConfig {
  const hints = { cell, nonlinearity, pooling, input, vocabSize: tokenizer?.vocabSize };
  const options = inferConfig(tensors, hints, where);
  return atPlace(where, () => checkConfig(options), 'failure');
}
