// An ONNX file that packOnnx made: the model that it was made of, with the same bits. The config stands in the metadata, and so says which weights there
// are; whether the file is still what we would write of them is then compared node by node and bit by bit. A file that somebody has changed is read
// like any other (import-onnx.ts).

import { isOneHot, type ModelConfig } from '../../network/config.ts';
import type { Model } from '../../network/model.ts';
import { type Block, layoutOf } from '../../network/parameters.ts';
import { parseConfig } from '../config.ts';
import type { Precision } from '../precision.ts';
import { readTask } from '../task-encoding.ts';
import { readTokenizerJson } from '../tokenizer-json.ts';
import { graphOf, viewOf } from './export-onnx.ts';
import { blockOfGates } from './onnx-cells.ts';
import type { ReadGraph } from './onnx-file.ts';
import type { Graph } from './onnx-proto.ts';
import { withoutPrecision } from './rounded-weights.ts';

/** A model, and the precision of the weights in its file; the model's are those numbers in float32. */
export interface OwnModel {
  readonly model: Model;
  readonly precision: Precision;
}

/** The model of a file of ours, with its tokenizer and its task; undefined where the file is another. */
export function ownModel(stored: ReadGraph, size: number, where: string): OwnModel | undefined {
  const text = stored.metadata.get('config');
  if (stored.producer !== 'unrolled' || text === undefined) return undefined;
  const { graph, precision } = withoutPrecision(stored);
  const config = parseConfig(text, `${where}, config`);
  const layout = layoutOf(config);
  const last = layout[layout.length - 1];
  const count = last.offset + last.length;
  if ({ float32: 4, float16: 2, int8: 1 }[precision] * count > size) return undefined; // every parameter stands in the file
  const parameters = new Float32Array(count);
  for (const block of layout) {
    const numbers = numbersOf(block, config, graph);
    if (numbers?.length !== block.length) return undefined;
    parameters.set(numbers, block.offset);
  }
  const model = { config, parameters };
  if (!isSame(graphOf(config, viewOf(model)), graph, precision === 'float32')) return undefined;
  const [task, tokenizer] = [graph.metadata.get('task'), graph.metadata.get('tokenizer')];
  return {
    precision,
    model: {
      ...model,
      ...(task !== undefined && { task: readTask(task, `${where}, task`) }),
      ...(tokenizer !== undefined && { tokenizer: readTokenizerJson(tokenizer, `${where}, tokenizer`) }),
    },
  };
}

/** The numbers of a block of the parameters. */
function numbersOf(block: Block, config: ModelConfig, { initializers }: ReadGraph): Float32Array | undefined {
  const { kind, index, isReverse } = block;
  const tensor = (name: string): Float32Array | undefined => {
    const stored = initializers.get(name);
    return stored?.dtype === 'F32' ? (stored.numbers().data as Float32Array) : undefined;
  };
  const head = config.softmax === 'adaptive' ? 'decoder.head' : 'decoder';
  if (kind === 'embedding') return tensor('encoder.weight');
  if (kind === 'c') return tensor(`${head}.bias`);
  if (kind === 'V') return tensor(index === 0 ? `${head}.weight` : `decoder.tail.${index - 1}.1.weight`);
  if (kind === 'P') return tensor(`decoder.tail.${index - 1}.0.weight`);
  const looked = kind === 'U' && index === 0 ? tensor(isReverse ? 'layer0.U_reverse' : 'layer0.U') : undefined;
  if (looked) return looked;
  const H = config.hiddenSize;
  const all = tensor(`layer${index}.${{ U: 'W', W: 'R', b: 'B', bn: 'B' }[kind]}`);
  const directions = config.bidirectional ? 2 : 1;
  if (!all) return undefined;
  const own = all.subarray(isReverse ? all.length / directions : 0);
  const places = blockOfGates(config.cell);
  const apart = places[places.length - 1];
  const rowsOfB = kind === 'b' || kind === 'bn' ? all.length / directions / 2 : 0;
  if (kind === 'bn') return own.slice(rowsOfB + apart * H, rowsOfB + (apart + 1) * H);
  const isTransposed = kind === 'U' && index === 0 && isOneHot(config);
  const width = block.length / (places.length * H);
  const numbers = new Float32Array(block.length);
  places.forEach((place, gate) => {
    const rows = own.subarray(place * H * width, (place + 1) * H * width);
    if (!isTransposed) numbers.set(rows, gate * H * width);
    else
      for (let token = 0; token < width; token++)
        for (let unit = 0; unit < H; unit++)
          numbers[token * places.length * H + gate * H + unit] = rows[unit * width + token];
  });
  return numbers;
}

/** Whether a file has the nodes of a graph, and its weights: bit for bit, or, since int8 has one zero and not two, number by number. */
function isSame(ours: Graph, theirs: ReadGraph, byBits: boolean): boolean {
  if (ours.nodes.length !== theirs.nodes.length || ours.initializers.length !== theirs.initializers.size) return false;
  const isLike = ours.nodes.every(({ op, inputs, outputs, attributes = {} }, i) => {
    const node = theirs.nodes[i];
    const texts = [op, inputs, outputs, Object.entries(attributes)];
    return JSON.stringify(texts) === JSON.stringify([node.op, node.inputs, node.outputs, [...node.attributes]]);
  });
  if (!isLike || outputNames(ours) !== outputNames(theirs)) return false;
  return ours.initializers.every(({ name, shape, pieces }) => {
    const stored = theirs.initializers.get(name);
    if (!stored || stored.shape.join() !== shape.join()) return false;
    const { data } = stored.numbers();
    if (!byBits && data instanceof Float32Array) {
      let place = 0;
      for (const piece of pieces()) for (const number of piece) if (number !== data[place++]) return false;
      return place === data.length;
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    let at = 0;
    for (const piece of pieces()) {
      const wanted = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      if (at + wanted.length > bytes.length || wanted.some((byte, i) => byte !== bytes[at + i])) return false;
      at += wanted.length;
    }
    return at === bytes.length;
  });
}

const outputNames = ({ outputs }: { outputs: readonly { name: string }[] }): string =>
  outputs.map(({ name }) => name).join();
