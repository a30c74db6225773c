// A model from an ONNX file, whoever wrote it: RNN, GRU or LSTM nodes one after the other, an embedding or one-hot vectors before them, or vectors, and
// a dense layer after them. onnx-layers.ts says what the nodes compute; here the layers become a network of ours, through PyTorch's names.

import type { Tokenizer } from '../../data/text/tokenizer.ts';
import { atPlace, listed, quoted, UnrolledError } from '../../errors.ts';
import { type CellName, checkConfig, type ModelConfig } from '../../network/config.ts';
import type { Model } from '../../network/model.ts';
import { tokensOf, withTask } from '../pytorch/import-task.ts';
import type { Inference } from '../pytorch/infer.ts';
import { expectFinite, fromPyTorch, sameBits } from '../pytorch/pytorch-names.ts';
import type { Tensor } from '../safetensors.ts';
import { Budget, type Constant, floatsOf, sliced } from './constants.ts';
import { blockOfGates } from './onnx-cells.ts';
import { type ReadGraph, readOnnxFile } from './onnx-file.ts';
import { GraphReading } from './onnx-layers.ts';
import { ownModel } from './own-models.ts';
import type { Flow, RecurrentLayer, Source } from './values.ts';

/** What the caller knows of a model that the file does not say. */
export interface OnnxImportOptions {
  /** The tokenizer that the model was trained with, where it reads tokens. */
  readonly tokenizer?: Tokenizer;
  /** The tokens by their ids, instead of a tokenizer. */
  readonly vocabulary?: readonly string[];
  /** The classes by their ids, of a model that classifies or labels: the model is then one for that task. */
  readonly labels?: readonly string[];
  /** What vectors are that go into the first layer: one-hot tokens, or (default) vectors. */
  readonly input?: 'tokens' | 'vectors';
  /** What messages call the file. Default "model.onnx". */
  readonly where?: string;
  /** Called for everything that was told from the graph, with what it was told from. */
  onInfer?(inference: Inference): void;
}

/**
 * The model in an ONNX file, whoever wrote it: RNN, GRU or LSTM nodes one after the other, an embedding, one-hot tokens or vectors before them, and
 * a dense layer after them.
 * @example const model = importOnnx(readFileSync('model.onnx'), { tokenizer })
 * @throws UnrolledError, one sentence, which names the first node that is not one of ours
 */
export function importOnnx(bytes: Uint8Array, options: OnnxImportOptions = {}): Model {
  const { where = 'model.onnx', labels, onInfer = () => {} } = options;
  const graph = readOnnxFile(bytes, where);
  const found = ownModel(graph, bytes.length, where);
  const own = found?.model;
  if (found && own) {
    expectFinite(own.parameters as Float32Array, new Map(), where);
    onInfer({ what: 'model', is: 'one of ours', from: 'its metadata, and the same nodes and bits' });
    if (found.precision !== 'float32')
      onInfer({ what: 'weights', is: `${found.precision}, now float32`, from: 'the nodes that read them' });
    for (const name of ['vocabulary', 'labels'] as const)
      if (own.task && options[name])
        throw new UnrolledError(
          `${name}: expected none for ${where}, whose task names them, got ${options[name].length}`,
        );
  }
  const { vocabulary, tokenizer } = tokensOf({
    labels,
    vocabulary: options.vocabulary,
    tokenizer: options.tokenizer ?? (options.vocabulary ? undefined : own?.tokenizer),
  });
  const model = own ?? stackOf(graph, bytes.length, options, vocabulary?.length, where);
  if (tokenizer && tokenizer.vocabSize !== model.config.vocabSize)
    throw new UnrolledError(
      `tokenizer: expected ${model.config.vocabSize} tokens, as many as the model has, got ${tokenizer.vocabSize}`,
    );
  return labels ? withTask(model, vocabulary, labels) : { ...model, tokenizer };
}

/** The network of a graph that is a stack of layers. */
function stackOf(
  graph: ReadGraph,
  size: number,
  { input, onInfer = () => {} }: OnnxImportOptions,
  vocabSize: number | undefined,
  where: string,
): Model {
  const budget = new Budget(5 * size + 2 ** 16, where);
  const reading = new GraphReading(graph, where, budget);
  const scores = scoresOf(graph, reading, where, onInfer);
  const layers = layersOf(scores.source.states, where);
  const [first] = layers;
  const top = layers[layers.length - 1];
  const fail = (node: string, expected: string, got: string | number): never => {
    throw new UnrolledError(`${where}: ${node}: expected ${expected}, got ${got}`, 'failure');
  };
  const D = top.directions.length;
  for (const layer of layers) {
    const { op, hiddenSize, node, nonlinearity, directions } = layer;
    if (op !== top.op || nonlinearity !== top.nonlinearity) fail(node, `the cell of the other layers`, op);
    if (hiddenSize !== top.hiddenSize) fail(node, `${top.hiddenSize} units, as other layers have`, hiddenSize);
    if (directions.length !== D || [...directions].includes(undefined))
      fail(node, D === 2 ? 'both directions in every layer' : 'the forward direction in every layer', 'another');
  }
  const cell = top.op.toLowerCase() as CellName;
  const H = top.hiddenSize;
  onInfer({ what: 'cell', is: cell === 'rnn' ? `rnn, ${top.nonlinearity}` : cell, from: top.node });
  onInfer({
    what: 'layers',
    is: `${layers.length}${D === 2 ? ' in both directions' : ''}`,
    from: listed(layers.map(({ node }) => node)),
  });

  const floats = (shape: readonly number[], constant: Constant): Tensor => ({
    dtype: 'F32',
    shape,
    data: floatsOf(constant, budget),
  });
  const tensors = new Map<string, Tensor>();
  const { V, c, states } = scores.source;
  const C = V.shape[0];
  const { source } = first.x;
  const width = first.directions[0]!.W.shape[1];
  const isOneHot =
    source.kind === 'onehot' ||
    (source.kind === 'input' && (input === 'tokens' || (input === undefined && vocabSize === width)));
  if (source.kind !== 'input' && input === 'vectors')
    throw new UnrolledError('input: expected tokens, since the graph looks them up, got vectors');
  const table = source.kind === 'embedding' ? source.table : undefined;
  if (table) tensors.set('encoder.weight', floats(table.shape, table));
  tensors.set('decoder.weight', floats(V.shape, V));
  tensors.set('decoder.bias', c ? floats([C], c) : { dtype: 'F32', shape: [C], data: new Float32Array(C) });
  layers.forEach((layer, index) => {
    layer.directions.forEach((direction, d) => {
      const suffix = `l${index}${d === 1 ? '_reverse' : ''}`;
      for (const [name, tensor] of weightsOf(layer, direction!, cell, budget))
        tensors.set(`rnn.${name}_${suffix}`, tensor);
    });
  });
  const tokens = table ? table.shape[0] : isOneHot ? width : 1;
  const mayBeTied = table && states.of === 'every' && D === 1 && table.shape[1] === H && C === tokens;
  const tieWeights = mayBeTied === true && sameBits(tensors, 'decoder.weight', 'encoder.weight');
  const words = table
    ? `${tokens} tokens in an embedding of ${table.shape[1]}`
    : isOneHot
      ? `${tokens} one-hot tokens`
      : `vectors of ${width}`;
  onInfer({
    what: 'input',
    is: words,
    from: source.kind === 'embedding' || source.kind === 'onehot' ? source.node : first.node,
  });
  const after = scores.source.after.length > 0 ? `, before ${listed(scores.source.after)}` : '';
  onInfer({ what: 'output', is: `${C}${after}`, from: 'the product after the layers' });
  if (tieWeights)
    onInfer({ what: 'tied', is: 'the output’s matrix is the embedding', from: 'the two are equal bit for bit' });
  const pooling = states.of === 'every' ? 'none' : states.of;
  onInfer({ what: 'pooling', is: pooling, from: 'what the output reads' });
  const config: ModelConfig = atPlace(
    where,
    () =>
      checkConfig({
        ...{ cell, nonlinearity: top.nonlinearity, vocabSize: tokens, embeddingSize: table ? table.shape[1] : null },
        ...{
          inputSize: table || isOneHot ? null : width,
          hiddenSize: H,
          numLayers: layers.length,
          bidirectional: D === 2,
        },
        ...{ pooling, tieWeights, outputSize: C === tokens && (table || isOneHot) ? null : C },
      }),
    'failure',
  );
  return { config, parameters: fromPyTorch(config, tensors, where) };
}

type Scores = Flow & { source: Source & { kind: 'scores' } };

/** The output of the graph that a dense layer makes. Others are named, unless they are states. */
function scoresOf(
  graph: ReadGraph,
  reading: GraphReading,
  where: string,
  tell: (inference: Inference) => void,
): Scores {
  let found: Scores | undefined;
  const others: string[] = [];
  const foreign = [];
  for (const { name } of graph.outputs) {
    const known = reading.values.get(name);
    if (known?.kind === 'flow' && known.source.kind === 'scores') {
      const scores = known as Scores;
      if (found && found.source.V !== scores.source.V)
        throw new UnrolledError(`${where}: expected one output layer, got ${quoted(name)} of another`, 'failure');
      found ??= scores;
    } else if (known?.kind === 'foreign') {
      foreign.push(known);
      others.push(name);
    } else if (known?.kind !== 'final' && !(known?.kind === 'flow' && known.source.kind === 'states'))
      others.push(name);
  }
  if (!found) {
    const [first] = foreign.sort((a, b) => a.node - b.node);
    if (first) throw reading.failureOf(first);
    throw new UnrolledError(
      `${where}: expected an output that a dense layer makes of the states of RNN, GRU or LSTM nodes, got ${listed(graph.outputs.map(({ name }) => name)) || 'none'}`,
      'failure',
    );
  }
  if (others.length > 0)
    tell({ what: 'not read', is: listed(others), from: 'no states and no scores of the output layer' });
  return found;
}

/** The layers from the first to the one that the output reads. */
function layersOf(states: Source & { kind: 'states' }, where: string): RecurrentLayer[] {
  const layers: RecurrentLayer[] = [];
  for (let source: Source = states; source.kind === 'states'; source = source.parts[0].layer.x.source) {
    const { layer } = source.parts[0];
    if (layer.directions[0] === undefined)
      throw new UnrolledError(
        `${where}: ${layer.node}: expected the forward direction, alone or with the reverse one, got the reverse one alone`,
        'failure',
      );
    const read = source.parts.map(({ layer: other, direction }) => (other === layer ? direction : -1));
    const made = [...layer.directions.keys()];
    if (read.join() !== made.join())
      throw new UnrolledError(
        `${where}: ${layer.node}: expected its states to be read ${made.length === 2 ? 'forward and reverse, in this order' : 'alone, in the forward direction'}, got another choice`,
        'failure',
      );
    layers.unshift(layer);
    if (layers.length > 1000) break; // checkConfig says that these are too many
  }
  return layers;
}

/** The tensors of one direction of a layer, with PyTorch's order of gates. */
function weightsOf(
  { hiddenSize: H }: RecurrentLayer,
  { W, R, B }: RecurrentLayer['directions'][0] & object,
  cell: CellName,
  budget: Budget,
): Map<string, Tensor> {
  const order = blockOfGates(cell);
  const rows = order.length * H;
  const bias = (from: number): Float32Array =>
    B ? floatsOf(sliced(B, 0, from, from + rows), budget, order) : new Float32Array(rows);
  const tensor = (shape: readonly number[], data: Float32Array): Tensor => ({ dtype: 'F32', shape, data });
  return new Map([
    ['weight_ih', tensor([rows, W.shape[1]], floatsOf(W, budget, order))],
    ['weight_hh', tensor([rows, H], floatsOf(R, budget, order))],
    ['bias_ih', tensor([rows], bias(0))],
    ['bias_hh', tensor([rows], bias(rows))],
  ]);
}
