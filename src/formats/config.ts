// config.json of a model folder: the model's config in the names of its PyTorch twin's constructor, plus model_type.
// Keys that we do not know are ignored, as the tools of the Hub add their own; all of ours must be there.
// What most models have in common stands in no file: `input_size` is there only for models that read vectors, `symbols`, `output_size`, `pooling`,
// `loss`, `softmax` and `cutoffs` only where they differ from the default. So the files of plain models stay what they were.
// What the values may be is for network/config.ts to say; here its sentences get the file's name and the file's keys.
import { UnrolledError } from '../errors.ts';
import { checkConfig, type ModelConfig } from '../network/config.ts';

const MODEL_TYPE = 'unrolled';

/** The names on both sides, in the order of the file. */
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
  ['softmax', 'softmax'],
  ['cutoffs', 'cutoffs'],
];

/** The keys that may be absent, and what that means. */
const ABSENT: Readonly<Record<string, unknown>> = {
  symbols: 1,
  input_size: null,
  output_size: null,
  pooling: 'none',
  loss: 'nll',
  softmax: 'full',
  cutoffs: [],
};

/** Reads the text of config.json. Throws a failure, one sentence that begins with `where` and names the key. */
export function parseConfig(text: string, where: string): ModelConfig {
  const fail = (sentence: string) => new UnrolledError(`${where}: ${sentence}`, 'failure');
  const json = parseObject(text, where);
  const options: Record<string, unknown> = {};
  for (const [key, option] of KEYS) {
    if (Object.hasOwn(json, key)) options[option] = json[key];
    else if (Object.hasOwn(ABSENT, key)) options[option] = ABSENT[key];
    else throw fail(`${key}: expected a value, got none`);
  }
  if (json.model_type !== undefined && json.model_type !== MODEL_TYPE)
    throw fail(`model_type: expected "${MODEL_TYPE}", got ${JSON.stringify(json.model_type)}`);
  for (const key of ['bidirectional', 'tie_weights'])
    if (typeof json[key] !== 'boolean') throw fail(`${key}: expected true or false, got ${JSON.stringify(json[key])}`);
  try {
    return checkConfig(options as unknown as ModelConfig);
  } catch (error) {
    if (!(error instanceof UnrolledError)) throw error;
    const [option] = error.message.split(':', 1);
    const key = KEYS.find((names) => names[1] === option)?.[0] ?? option;
    throw new UnrolledError(`${where}: ${key}${error.message.slice(option.length)}`, 'failure', { cause: error });
  }
}

/** The text of config.json. */
export function formatConfig(config: ModelConfig): string {
  const members = KEYS.filter(([key, option]) => !isDefault(key, config[option]));
  const values = members.map(([key, option]) => [key, config[option]]);
  return `${JSON.stringify({ model_type: MODEL_TYPE, ...Object.fromEntries(values) }, null, 2)}\n`;
}

function isDefault(key: string, value: unknown): boolean {
  if (!Object.hasOwn(ABSENT, key)) return false;
  return Array.isArray(value) ? value.length === 0 : value === ABSENT[key];
}

/** A text that holds a JSON object. Throws a failure, one sentence that begins with `where`. */
export function parseObject(text: string, where: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
    throw new UnrolledError(`${where}: expected JSON, got text that is none: ${reason}`, 'failure', { cause: error });
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
  throw new UnrolledError(`${where}: expected a JSON object, got ${JSON.stringify(json).slice(0, 40)}`, 'failure');
}
