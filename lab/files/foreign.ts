// A safetensors file that says nothing of what it is: PyTorch's nn.RNN, nn.GRU or nn.LSTM with an output layer and perhaps an embedding, whatever the
// module called them. Names and shapes tell the architecture; what they cannot tell, tanh or ReLU, is assumed and said. The tensors get the names
// of our own files, so that formats/pytorch-names.ts reads them.

import { UnrolledError } from '../../src/errors.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import { checkConfig, type ModelConfig } from '../../src/model/config.ts';

/** What was recognized. */
export interface Recognized {
  readonly config: ModelConfig;
  /** By our names. */
  readonly tensors: Map<string, Tensor>;
  /** Our names → those of the file, for sentences. */
  readonly names: Map<string, string>;
  readonly remarks: readonly string[];
}

type Tensors = ReadonlyMap<string, Tensor>;

const cells = { 1: 'rnn', 3: 'gru', 4: 'lstm' } as const;
const isMatrix = (tensor: Tensor, columns: number): boolean => tensor.shape.length === 2 && tensor.shape[1] === columns;

/**
 * Recognizes a model by names and shapes.
 * @throws UnrolledError, one sentence that begins with `where`, that names what is missing or cannot be told
 */
export function recognize(tensors: Tensors, where: string): Recognized {
  const fail = (sentence: string): never => {
    throw new UnrolledError(`${where}: ${sentence}`, 'failure');
  };
  const first = 'weight_ih_l0';
  const prefixes = [...tensors.keys()]
    .filter((name) => name.endsWith(first))
    .map((name) => name.slice(0, -first.length));
  if (prefixes.length === 0)
    fail(
      `expected the tensors of an nn.RNN, nn.GRU or nn.LSTM, such as rnn.weight_ih_l0, got ${listed(tensors.keys())}`,
    );
  if (prefixes.length > 1) fail(`expected one recurrent network, got ${prefixes.length}: ${listed(prefixes)}`);
  const [prefix] = prefixes;
  const of = (name: string): Tensor =>
    tensors.get(prefix + name) ?? fail(`expected the tensor ${shown(prefix + name)}, got none`);
  const isOurs = (name: string): boolean =>
    name.startsWith(prefix) && /^(weight|bias)_(ih|hh|hr)_l/.test(name.slice(prefix.length));
  const recurrent = [...tensors.keys()].filter(isOurs);
  if (recurrent.some((name) => name.endsWith('_reverse')))
    fail('expected a network that reads forward, as a text is written, got a bidirectional one');
  if (recurrent.some((name) => name.slice(prefix.length).startsWith('weight_hr')))
    fail('expected an nn.LSTM without projections, got one with proj_size');

  const [rows = 0, inputs = 0] = of('weight_ih_l0').shape;
  const hiddenSize = of('weight_hh_l0').shape[1] ?? 0;
  const cell = cells[(rows / hiddenSize) as keyof typeof cells];
  if (!cell)
    fail(
      `expected 1, 3 or 4 times as many rows in ${shown(`${prefix}weight_ih_l0`)} as there are units (${hiddenSize}), got ${rows}`,
    );
  let numLayers = 1;
  while (tensors.has(`${prefix}weight_ih_l${numLayers}`)) numLayers++;

  const remarks: string[] = [];
  const found = new Map<string, Tensor>();
  const names = new Map<string, string>();
  const take = (ours: string, theirs: string): void => {
    names.set(ours, theirs);
    found.set(ours, tensors.get(theirs)!);
  };
  for (const name of recurrent) take(`rnn.${name.slice(prefix.length)}`, name);
  const others = [...tensors].filter(([name]) => !isOurs(name));
  const { output, bias, embedding } = ends(others, hiddenSize, inputs, fail);
  const vocabSize = tensors.get(output)!.shape[0];
  if (embedding === null && inputs !== vocabSize)
    fail(
      `expected an embedding of ${inputs} numbers for each of ${vocabSize} tokens, or one-hot input of ${vocabSize}, got neither`,
    );
  const tieWeights = embedding === output;
  if (embedding !== null) take('encoder.weight', embedding);
  if (!tieWeights) take('decoder.weight', output);
  if (bias !== null) take('decoder.bias', bias);

  const zeros = (ours: string, size: number): void => {
    if (!found.has(ours)) found.set(ours, { dtype: 'F32', shape: [size], data: new Float32Array(size) });
  };
  if (bias === null || !found.has('rnn.bias_ih_l0')) remarks.push(`${where}: biases that it lacks are zero`);
  zeros('decoder.bias', vocabSize);
  // only where none has one: a single one that is missing is a misfit
  if (!recurrent.some((name) => name.slice(prefix.length).startsWith('bias')))
    for (let layer = 0; layer < numLayers; layer++) zeros(`rnn.bias_ih_l${layer}`, rows);
  if (cell === 'rnn') remarks.push(`${where}: tanh is assumed, as an nn.RNN does not store whether it is tanh or ReLU`);
  for (const [name] of others) if (![output, bias, embedding].includes(name)) take(name, name);
  const embeddingSize = embedding === null ? null : inputs;
  const config = checkConfig({ cell, vocabSize, embeddingSize, hiddenSize, numLayers, tieWeights });
  return { config, tensors: found, names, remarks };
}

/** The output layer, its bias and the embedding among the tensors that are not recurrent; tied weights are both. */
function ends(
  others: readonly (readonly [string, Tensor])[],
  hiddenSize: number,
  inputs: number,
  fail: (sentence: string) => never,
): { output: string; bias: string | null; embedding: string | null } {
  const biasOf = (name: string, { shape }: Tensor): string | null => {
    const own = name.replace(/weight$/, 'bias');
    const fits = (tensor: Tensor): boolean => tensor.shape.length === 1 && tensor.shape[0] === shape[0];
    return others.find(([other, tensor]) => other === own && other !== name && fits(tensor))?.[0] ?? null;
  };
  const wide = others.filter(([, tensor]) => isMatrix(tensor, hiddenSize));
  const withBias = wide.filter(([name, tensor]) => biasOf(name, tensor) !== null);
  const outputs = withBias.length > 0 ? withBias : wide;
  // without biases an embedding as wide as the states looks like the output layer
  if (outputs.length === 2 && withBias.length === 0) {
    const named = outputs.filter(([name]) => !/emb|enc/i.test(name));
    if (named.length === 1) outputs.splice(0, 2, named[0]);
  }
  if (outputs.length !== 1)
    fail(
      `expected one output layer of ${hiddenSize} columns, got ${outputs.length === 0 ? 'none' : listed(outputs.map(([name]) => name))}`,
    );
  const [[output, weight]] = outputs;
  const [classes] = weight.shape;
  const embeddings = others.filter(
    ([name, tensor]) => name !== output && isMatrix(tensor, inputs) && tensor.shape[0] === classes,
  );
  if (embeddings.length > 1) fail(`expected one embedding, got ${listed(embeddings.map(([name]) => name))}`);
  const isTied = embeddings.length === 0 && inputs === hiddenSize && inputs !== classes;
  const embedding = embeddings[0]?.[0] ?? (isTied ? output : null);
  const own = biasOf(output, weight);
  const lone = others.filter(([, tensor]) => tensor.shape.length === 1 && tensor.shape[0] === classes);
  return { output, bias: own ?? (lone.length === 1 ? lone[0][0] : null), embedding };
}

/** A name as it stands in sentences: quoted, on one line, never long. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);
}

/** Names in a sentence, four at most. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return 'none';
  const more = all.length > 4 ? ` and ${all.length - 4} more` : '';
  return all.slice(0, 4).map(shown).join(', ') + more;
}
