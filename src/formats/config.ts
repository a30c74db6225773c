// config.json of a model folder: the model's config in the names of its PyTorch twin's constructor, plus model_type.
// A reader takes an absent key's default, and ignores keys that it does not know, since the tools of the Hub add their own.
// A writer leaves out `symbols`, `input_size`, `output_size`, `pooling`, `loss`, `quantiles`, `softmax` and `cutoffs` where they have their defaults, so that
// the files of plain models stay what they were before these keys existed.
// network/config.ts decides which values are valid; this file puts the file's name and the file's keys into its sentences.

import { described, UnrolledError } from '../errors.ts';
import { checkConfig, type ModelConfig } from '../network/config.ts';
import { parseObject } from './json.ts';

const MODEL_TYPE = 'unrolled';

/** The keys of the file and the options of the config, in the file's order. */
const KEYS: readonly (readonly [key: string, option: keyof ModelConfig])[] = [
  ['cell', 'cell'],
  ['nonlinearity', 'nonlinearity'],
  ['vocab_size', 'vocabSize'],
  ['symbols', 'symbols'],
  ['input_size', 'inputSize'],
  ['embedding_size', 'embeddingSize'],
  ['hidden_size', 'hiddenSize'],
  ['num_layers', 'numLayers'],
  ['bidirectional', 'bidirectional'],
  ['dropout', 'dropout'],
  ['tie_weights', 'tieWeights'],
  ['output_size', 'outputSize'],
  ['pooling', 'pooling'],
  ['loss', 'loss'],
  ['quantiles', 'quantiles'],
  ['softmax', 'softmax'],
  ['cutoffs', 'cutoffs'],
];

/** The keys that are written only where their value is not this one. */
const WRITTEN_UNLESS: Readonly<Record<string, unknown>> = {
  symbols: 1,
  input_size: null,
  output_size: null,
  pooling: 'none',
  loss: 'nll',
  quantiles: [],
  softmax: 'full',
  cutoffs: [],
};

/**
 * Reads the text of config.json.
 * @throws UnrolledError of kind failure: one sentence that begins with `where` and names the key
 */
export function parseConfig(text: string, where: string): ModelConfig {
  const fail = (sentence: string) => new UnrolledError(`${where}: ${sentence}`, 'failure');
  const json = parseObject(text, where);
  if (json.model_type !== undefined && json.model_type !== MODEL_TYPE)
    throw fail(`model_type: expected "${MODEL_TYPE}", got ${described(json.model_type)}; give a model of unrolled`);
  const options: Record<string, unknown> = {};
  for (const [key, option] of KEYS) if (Object.hasOwn(json, key)) options[option] = json[key];
  if (!Object.hasOwn(json, 'vocab_size')) throw fail('vocab_size: expected a whole number, got none');
  // a cell with gates has no function to choose
  if (options.nonlinearity === null && (options.cell ?? 'rnn') !== 'rnn') delete options.nonlinearity;
  for (const key of ['bidirectional', 'tie_weights'])
    if (Object.hasOwn(json, key) && typeof json[key] !== 'boolean')
      throw fail(`${key}: expected true or false, got ${described(json[key])}`);
  try {
    return checkConfig(options as unknown as ModelConfig);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    const [option] = error.message.split(':', 1);
    const key = KEYS.find((names) => names[1] === option)?.[0] ?? option;
    throw new UnrolledError(`${where}: ${key}${error.message.slice(option.length)}`, 'failure', { cause: error });
  }
}

/** The keys that tell transformers' AutoModel which classes of modeling_unrolled.py open the folder. */
const AUTO_CLASSES = {
  architectures: ['Unrolled'],
  auto_map: { AutoConfig: 'modeling_unrolled.UnrolledConfig', AutoModel: 'modeling_unrolled.Unrolled' },
};

/**
 * The text of config.json.
 * @param withTwin whether modeling_unrolled.py stands beside it
 */
export function formatConfig(config: ModelConfig, withTwin = false): string {
  const members = KEYS.filter(([key, option]) => !isDefault(key, config[option]));
  const values = members.map(([key, option]) => [key, config[option]]);
  return `${JSON.stringify({ model_type: MODEL_TYPE, ...(withTwin && AUTO_CLASSES), ...Object.fromEntries(values) }, null, 2)}\n`;
}

function isDefault(key: string, value: unknown): boolean {
  if (!Object.hasOwn(WRITTEN_UNLESS, key)) return false;
  return Array.isArray(value) ? value.length === 0 : value === WRITTEN_UNLESS[key];
}
