// The modules of a state_dict under our names, whatever they are called: the recurrent layers are `rnn`, the linear layer that reads their states is
// `decoder`, the table of embeddings is `encoder`. Recurrent modules are known by the names of their tensors, the others by their shapes; names
// decide only between modules that fit equally well.

import { largest } from '../../elementary.ts';
import type { CellName } from '../../network/config.ts';
import type { Tensor } from '../safetensors.ts';
import { sameBits } from './pytorch-names.ts';

type Tensors = ReadonlyMap<string, Tensor>;

/** Tensors under our names, and the names that differed in the file. */
export interface RenamedTensors {
  readonly tensors: Map<string, Tensor>;
  /** Our name → the file's. */
  readonly was: ReadonlyMap<string, string>;
  /** The cell that the recurrent modules are named after. */
  readonly named: { readonly cell: CellName; readonly module: string } | undefined;
  /** The prefixes of the recurrent modules. There are several only where they are no stack. */
  readonly recurrent: readonly string[];
  /** Tables that another is bit for bit, and which are left out: name → the name of the other. */
  readonly again: ReadonlyMap<string, string>;
}

/** A tensor of a recurrent module: its prefix, what it is, its layer (none in a cell that is unrolled by hand) and its direction. */
const recurrentTensor = /^(.*?)((?:weight|bias)_(?:ih|hh|hr))(?:_l(\d+))?(_reverse)?$/;

const embeddingWords = /emb|lookup|wte|token|encod|vocab/i;
const outputWords = /out|dec|fc|lin|head|proj|class|logit|softmax|h2o/i;

/** Renames the modules. A tensor of none of them keeps its name. */
export function withOurNames(tensors: Tensors): RenamedTensors {
  const ours = new Map<string, string>(); // the file's name → ours
  const layers = new Map<string, number>(); // the prefix of a recurrent module → its number of layers
  for (const name of tensors.keys()) {
    const [, prefix, , layer = '0'] = recurrentTensor.exec(name) ?? [];
    if (prefix !== undefined) layers.set(prefix, Math.max(layers.get(prefix) ?? 0, Number(layer) + 1));
  }
  const stack = stackOf([...layers.keys()]);
  const recurrent = stack ? ['rnn.'] : [...layers.keys()];
  if (stack) {
    let first = 0;
    const below = new Map<string, number>();
    for (const prefix of stack) {
      below.set(prefix, first);
      first += layers.get(prefix)!;
    }
    for (const name of tensors.keys()) {
      const [, prefix, what, layer = '0', suffix = ''] = recurrentTensor.exec(name) ?? [];
      if (prefix !== undefined) ours.set(name, `rnn.${what}_l${below.get(prefix)! + Number(layer)}${suffix}`);
    }
  }

  const fileName = new Map([...ours].map(([inFile, name]) => [name, inFile]));
  const shapeOf = (name: string): readonly number[] => tensors.get(fileName.get(name) ?? name)?.shape ?? [];
  const directions = fileName.has('rnn.weight_ih_l0_reverse') ? 2 : 1;
  const last = largest([0, ...Array.from(ours.values(), (name) => Number(/_l(\d+)/.exec(name)?.[1] ?? 0))]);
  const rows = shapeOf(`rnn.weight_ih_l${last}`)[0];
  // without a weight_hh it is a minGRU, whose two gates have the rows
  const width = (shapeOf(`rnn.weight_hh_l${last}`)[1] ?? rows / 2) * directions;
  const inputs = shapeOf('rnn.weight_ih_l0')[1];
  const { decoder, encoder, again } = endsOf(tensors, (name) => ours.has(name), width, inputs);
  const adaptive = adaptivePrefix(tensors);
  const modules: [string | undefined, string][] = [
    [decoder, 'decoder.'],
    [encoder, 'encoder.'],
  ];
  for (const name of tensors.keys())
    for (const [prefix, better] of modules)
      if (prefix !== undefined && name.startsWith(prefix) && !ours.has(name) && !again.has(name))
        if (prefix === adaptive || !name.slice(prefix.length).includes('.'))
          ours.set(name, better + name.slice(prefix.length));

  const was = new Map<string, string>();
  const renamed = new Map<string, Tensor>();
  for (const [name, tensor] of tensors) {
    if (again.has(name)) continue;
    const better = ours.get(name) ?? name;
    if (better !== name && !tensors.has(better)) was.set(better, name);
    renamed.set(was.get(better) === name ? better : name, tensor);
  }
  const named = cellInName([...layers.keys()]);
  return { tensors: renamed, was, named, recurrent, again };
}

/** Recurrent modules in the order in which they are stacked: one, or several whose names differ in a number; undefined for others. */
function stackOf(prefixes: readonly string[]): string[] | undefined {
  if (new Set(prefixes.map((prefix) => prefix.replace(/\d+/g, ''))).size > 1) return undefined;
  const numbers = (prefix: string): number[] => prefix.match(/\d+/g)?.map(Number) ?? [];
  return prefixes.toSorted((a, b) => {
    const [first, second] = [numbers(a), numbers(b)];
    const at = first.findIndex((number, i) => number !== second[i]);
    return at < 0 ? first.length - second.length : first[at] - (second[at] ?? -1);
  });
}

/** The cell that modules are named after, the innermost name first: `model.char_lstm.` is an LSTM, and `rnn.` may be anything. */
function cellInName(prefixes: readonly string[]): RenamedTensors['named'] {
  for (const module of prefixes)
    for (const part of module.split('.').reverse()) {
      const [cell] = /lstm|min_?gru|gru/i.exec(part) ?? [];
      if (cell) return { cell: cell.toLowerCase().replace('_', '') as CellName, module: module.replace(/\.$/, '') };
    }
  return undefined;
}

/** The prefix of an nn.AdaptiveLogSoftmaxWithLoss. */
function adaptivePrefix(tensors: Tensors): string | undefined {
  const name = [...tensors.keys()].find((one) => one.endsWith('tail.0.0.weight'));
  const prefix = name?.slice(0, -'tail.0.0.weight'.length);
  return prefix !== undefined && tensors.has(`${prefix}head.weight`) ? prefix : undefined;
}

/** The prefixes of the output and of the embedding. */
function endsOf(tensors: Tensors, isTaken: (name: string) => boolean, width: number, inputs: number) {
  const moduleOf = (name: string): string => name.replace(/(weight|bias)$/, '');
  const hasBias = (module: string): boolean => tensors.has(`${module}bias`);
  const matrices = [...tensors]
    .filter(([name, { shape }]) => /(^|\.)weight$/.test(name) && shape.length === 2 && !isTaken(name))
    .map(([name]) => moduleOf(name));
  const columnsOf = (module: string): number => tensors.get(`${module}weight`)!.shape[1];
  const tables = matrices.filter((module) => !hasBias(module));
  const again = new Map<string, string>();
  const one = (modules: readonly string[]): string | undefined => (modules.length === 1 ? modules[0] : undefined);

  let decoder =
    adaptivePrefix(tensors) ??
    (matrices.includes('decoder.') && columnsOf('decoder.') === width ? 'decoder.' : undefined) ??
    one(matrices.filter((module) => hasBias(module) && columnsOf(module) === width));
  const sizes = new Map<string, number>(); // the tensors of each module
  for (const name of tensors.keys()) {
    const module = name.slice(0, name.lastIndexOf('.') + 1);
    sizes.set(module, (sizes.get(module) ?? 0) + 1);
  }
  const biasAlone = [...tensors]
    .filter(([name, { shape }]) => /(^|\.)bias$/.test(name) && shape.length === 1 && !isTaken(name))
    .map(([name]) => moduleOf(name))
    .filter((module) => sizes.get(module) === 1);
  decoder ??= one(biasAlone);

  let encoder = matrices.includes('encoder.') && decoder !== 'encoder.' ? 'encoder.' : undefined;
  const fitting = tables.filter((module) => module !== decoder && columnsOf(module) === inputs);
  if (encoder === undefined && decoder !== undefined) {
    encoder = fitting.find((module) => embeddingWords.test(module)) ?? fitting[0];
    const copies = fitting.filter((module) => module !== encoder);
    if (copies.every((module) => sameBits(tensors, `${module}weight`, `${encoder}weight`)))
      for (const module of copies) again.set(`${module}weight`, `${encoder}weight`);
    else encoder = one(copies.length > 0 ? fitting.filter((module) => embeddingWords.test(module)) : fitting);
  }
  if (decoder === undefined) {
    // an output without a bias: a table like the embedding, perhaps of the same width
    const outputs = tables.filter((module) => module !== encoder && columnsOf(module) === width);
    const known = outputs.filter((module) => outputWords.test(module) && !embeddingWords.test(module));
    decoder = outputs.length === 1 && outputs[0] !== one(fitting) ? outputs[0] : one(known);
    const rest = fitting.filter((module) => module !== decoder);
    encoder ??= one(rest) ?? one(rest.filter((module) => embeddingWords.test(module)));
  }
  return { decoder, encoder, again };
}

/** Why a tensor has no place in our networks, in words that follow `expected`; undefined where its name and shape do not say. */
export function reasonAgainst(name: string, tensors: Tensors): string | undefined {
  const { shape } = tensors.get(name)!;
  const module = name.slice(0, name.lastIndexOf('.') + 1);
  const has = (local: string): boolean => tensors.has(module + local);
  if (recurrentTensor.test(name)) return 'one recurrent module, or a stack whose names differ in a number';
  if (has('running_mean') || has('num_batches_tracked')) return 'no batch normalization';
  if (/(^|\.)(weight|bias)$/.test(name) && tensors.get(`${module}weight`)?.shape.length === 1)
    return 'no layer normalization';
  if (/in_proj_(weight|bias)$/.test(name)) return 'no attention';
  if (shape.length > 2) return 'no convolution and no other tensor of more than two axes';
  if (/(^|\.)(weight|bias)$/.test(name) && has('bias') && has('weight'))
    return 'one linear layer, after the recurrent ones: what is computed between two, a file does not say';
  if (/(^|\.)weight$/.test(name)) return 'one embedding before the recurrent layers and one linear layer after them';
  return undefined;
}
