// Damaged ONNX files: whatever their bytes and whatever their nodes, `importOnnx` gives a model or one error of ours, ends, and takes memory in
// proportion to the file. MUTATIONS=200000 sets how many inputs each test gives it, and MUTATIONS_FROM the
// number of the first; the number of a bad one is printed.

import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { packOnnx } from '../../src/formats/onnx/export-onnx.ts';
import { importOnnx } from '../../src/formats/onnx/import-onnx.ts';
import type { Attribute, Initializer, Node } from '../../src/formats/onnx/onnx-proto.ts';
import type { Model } from '../../src/network/model.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { Random } from '../../src/random.ts';
import { modelOf } from '../support/kinds.ts';
import { answer, largestDifference } from '../support/logits.ts';
import { joined } from '../support/onnx.ts';
import { type GraphBuilder, kerasSequence, pytorchStack } from '../support/onnx-graphs.ts';

const count = Number(process.env.MUTATIONS ?? 1000);
const first = Number(process.env.MUTATIONS_FROM ?? 1);
const time = 60_000 + 20 * count;
/** The bound of 200 inputs in milliseconds: only what hangs, or takes the square of its input, exceeds it. */
const hangMs = 100_000;

const below = (limit: number, random: Random): number => (limit <= 0 ? 0 : random.next() % limit);
const pick = <Item>(items: readonly Item[], random: Random): Item => items[below(items.length, random)];

/** Reads `count` inputs from number `first` on, and returns how many were models. */
function attack(input: (random: Random) => Uint8Array): number {
  let accepted = 0;
  const end = first + count;
  let n = first;
  const batch = (): void => {
    for (const stop = Math.min(end, n + 200); n < stop; n++)
      try {
        importOnnx(input(new Random(n)));
        accepted++;
      } catch (error) {
        if (!(error instanceof UnrolledError) || error.message.length > 1000 || error.message.includes('\n'))
          throw new Error(`input ${n}: ${error}`, { cause: error });
      }
  };
  const before = process.memoryUsage().rss;
  Object.defineProperty(globalThis, '__work', { value: batch, configurable: true });
  while (n < end) runInThisContext('globalThis.__work()', { timeout: hangMs });
  Reflect.deleteProperty(globalThis, '__work');
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  return accepted;
}

const graphs: (() => GraphBuilder)[] = [
  () => pytorchStack('LSTM', { layers: 2 }),
  () => pytorchStack('GRU', { bidirectional: true, read: 'final' }),
  () => kerasSequence('RNN', { bidirectional: true }),
  () => kerasSequence('LSTM', { sequences: false, bidirectional: true }),
];
const own = (['lstm', 'mingru'] as const).map((cell) =>
  joined(packOnnx(modelOf({ cell, vocabSize: 4, hiddenSize: 2 }))),
);
const described = loadModel(fileURLToPath(new URL('../golden/task-reviews', import.meta.url)));
const rounded = (['float16', 'int8'] as const).map((precision) => joined(packOnnx(described, { precision })));
const files = [...graphs.map((graph) => graph().bytes()), ...own, ...rounded];

test(
  'bytes',
  () => {
    attack((random) => {
      let bytes = pick(files, random).slice();
      for (let changes = 1 + below(4, random); changes > 0; changes--) {
        const at = below(bytes.length, random);
        const to = Math.min(bytes.length, at + below(16, random));
        const kind = below(5, random);
        if (kind === 0) bytes[at] ^= 1 << below(8, random);
        else if (kind === 1) bytes[at] = pick([0, 1, 0x12, 0x3a, 0x7f, 0x80, 0xff], random);
        else if (kind === 2) bytes = bytes.slice(0, at);
        else {
          const added = kind === 3 ? Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f) : bytes.subarray(at, to);
          bytes = Uint8Array.of(...bytes.subarray(0, to), ...added, ...bytes.subarray(to));
        }
        if (bytes.length === 0) break;
      }
      return bytes;
    });
  },
  time,
);

const operators =
  'RNN GRU LSTM Gather Transpose Squeeze Unsqueeze Reshape Slice Split Concat MatMul Add Gemm Cast Identity Flatten OneHot Expand ConstantOfShape Shape Softmax ReduceMean Dropout Constant'.split(
    ' ',
  );
const special = [-9e15, -(2 ** 31), -3, -2, -1, 0, 1, 2, 3, 4, 5, 8, 2 ** 31, 9e15];
const names = ['axis', 'axes', 'perm', 'to', 'direction', 'hidden_size', 'layout', 'transB', 'split', 'starts', 'ends'];

/** Another graph in the place of one: nodes, names, attributes and shapes are changed, and the file stays whole. */
function changedGraph(build: GraphBuilder, random: Random): Uint8Array {
  const { nodes, initializers } = build;
  const anyName = (): string =>
    pick(
      [
        '',
        ...build.inputs.map(({ name }) => name),
        ...initializers.map(({ name }) => name),
        ...nodes.flatMap(({ outputs }) => outputs),
      ],
      random,
    );
  for (let changes = 1 + below(3, random); changes > 0; changes--) {
    const at = below(nodes.length, random);
    const node = nodes[at];
    const changed: { -readonly [Key in keyof Node]: Node[Key] } = { ...node };
    const value = pick<Attribute>(
      [pick(special, random), [pick(special, random), pick(special, random)], 'reverse', ['Tanh'], { floats: [0.5] }],
      random,
    );
    switch (below(8, random)) {
      case 0:
        changed.op = pick(operators, random);
        break;
      case 1:
        if (node.inputs.length > 0) changed.inputs = node.inputs.with(below(node.inputs.length, random), anyName());
        break;
      case 2:
        changed.inputs = node.inputs.slice(0, below(node.inputs.length + 1, random));
        break;
      case 3:
        changed.attributes = { ...node.attributes, [pick(names, random)]: value };
        break;
      case 4:
        changed.attributes = {};
        break;
      case 5: {
        const i = below(initializers.length, random);
        const tensor = initializers[i];
        const list =
          tensor.type === 'int64' && BigInt64Array.of(...tensor.shape.map(() => BigInt(pick(special, random))));
        const shape = pick(
          [tensor.shape.toReversed(), tensor.shape.slice(1), [...tensor.shape, 1], tensor.shape.map(() => 2)],
          random,
        );
        const numbers = shape.reduce((product, size) => product * size, 1);
        const fresh: Initializer =
          list && list.length === numbers
            ? { ...tensor, shape, pieces: () => [list] }
            : { ...tensor, type: 'float', shape, pieces: () => [new Float32Array(numbers).fill(0.25)] };
        initializers[i] = fresh;
        continue;
      }
      case 6:
        nodes.splice(at, below(2, random), {
          op: pick(operators, random),
          inputs: [anyName(), anyName()],
          outputs: [`new${changes}`],
        });
        continue;
      default:
        changed.outputs = [...node.outputs, 'more'].slice(0, 1 + below(3, random));
    }
    nodes[at] = changed;
  }
  return build.bytes();
}

test('graphs', () => expect(attack((random) => changedGraph(pick(graphs, random)(), random))).toBeGreaterThan(0), time);

test(
  'graphs that ONNX Runtime runs too have its logits',
  async () => {
    let compared = 0;
    for (let n = 1; n <= Math.min(count, 3000); n++) {
      const random = new Random(n);
      const bytes = changedGraph(pick(graphs, random)(), random);
      let model: Model;
      try {
        model = importOnnx(bytes);
      } catch {
        continue;
      }
      const { config } = model;
      if (config.inputSize !== null || config.vocabSize < 6) continue; // another input, or another table
      const [batch, steps] = [2, 3];
      const ids = [1, 0, 5, 2, 3, 4];
      const theirs = await ranBy(bytes, ids, [batch, steps]);
      if (!theirs) continue;
      const lengths = (count: number, size: number) =>
        config.bidirectional && { lengths: Array.from({ length: count }, () => size) };
      const turned = ids.map((_, i) => ids[(i % batch) * steps + Math.floor(i / batch)]);
      // without its first Transpose a graph takes the tokens as [steps, batch]
      const ours = [
        answer(model, { steps, batch, x: turned, ...lengths(batch, steps) }).logits,
        answer(model, { steps: batch, batch: steps, x: ids, ...lengths(steps, batch) }).logits,
      ];
      const isLike = (logits: number[]): boolean =>
        theirs.some(
          (list) =>
            list.length === logits.length &&
            largestDifference(Float64Array.from(list).sort(), Float64Array.from(logits).sort()) < 1e-5,
        );
      if (!ours.some(isLike))
        throw new Error(`input ${n}: other logits than ONNX Runtime's: ${JSON.stringify(config)}`);
      compared++;
    }
    expect(compared).toBeGreaterThan(Math.min(count, 3000) / 25);
  },
  time + 300_000,
);

/** The outputs of a graph in ONNX Runtime; undefined where it does not run there. */
async function ranBy(bytes: Uint8Array, ids: number[], dims: number[]): Promise<number[][] | undefined> {
  try {
    const opened = await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
    try {
      const [name] = opened.inputNames;
      const isFloat = name === 'ids';
      const data = isFloat ? Float32Array.from(ids) : BigInt64Array.from(ids, BigInt);
      const feeds = { [name]: new ort.Tensor(isFloat ? 'float32' : 'int64', data as Float32Array, dims) };
      const made = Object.values(await opened.run(feeds, { logSeverityLevel: 4 }));
      return made.map(({ data: numbers }) => [...(numbers as Float32Array)].map(Number));
    } finally {
      await opened.release();
    }
  } catch {
    return undefined;
  }
}

describe('memory stays in proportion to the file, and time too', () => {
  const size = 2 ** 24;
  /** A field of a graph, over and over. */
  const many = (field: number, bytes: Uint8Array): Uint8Array => {
    const one = new BinaryWriter().tag(field, WireType.LengthDelimited).bytes(bytes).finish();
    const all = new Uint8Array(size);
    for (let at = 0; at + one.length <= size; at += one.length) all.set(one, at);
    return new BinaryWriter()
      .tag(7, WireType.LengthDelimited)
      .bytes(all.subarray(0, size - (size % one.length)))
      .finish();
  };
  const empty = new Uint8Array(0);
  const named = (bytes: number[]): Uint8Array => Uint8Array.from(bytes);
  test.each([
    ['empty nodes', 1, empty],
    ['nodes with an input', 1, named([0x0a, 1, 0x78])],
    ['weights', 5, empty],
    ['inputs', 11, empty],
  ] as const)('%s', (_title, field, bytes) => {
    const file = many(field, bytes);
    const before = process.memoryUsage();
    expect(() => importOnnx(file)).toThrow(UnrolledError);
    const after = process.memoryUsage();
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(2 * size);
  });

  test('states joined with themselves again and again, and constants', () => {
    for (const start of ['/rnn/GRU_0', 'onnx::GRU_0.W']) {
      const build = pytorchStack('GRU', {});
      let name = start;
      for (let i = 0; i < 60; i++) name = build.node('Concat', [name, name], `joined${i}`, { axis: 1 });
      build.node('MatMul', [name, 'fc.bias'], 'more');
      build.output('more', 1);
      let message = '';
      try {
        importOnnx(build.bytes());
      } catch (error) {
        expect(error).toBeInstanceOf(UnrolledError);
        message = (error as Error).message;
      }
      expect(message).toMatch(start.includes('W') ? /constants that take little more room/ : /^$/);
    }
  });
});
