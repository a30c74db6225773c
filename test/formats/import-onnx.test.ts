// ONNX files become models: ours with the same bits, those of PyTorch and Keras with the logits of ONNX Runtime, and of others the first node that is
// not ours is named.

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { characterTokenizer } from '../../src/data/text/characters.ts';
import { packOnnx } from '../../src/formats/onnx/export-onnx.ts';
import { importOnnx } from '../../src/formats/onnx/import-onnx.ts';
import { readOnnxFile } from '../../src/formats/onnx/onnx-file.ts';
import type { Inference } from '../../src/formats/pytorch/infer.ts';
import { cellNames, directionsOf, outputsOf } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { some } from '../support/exhaustive.ts';
import { kinds, modelOf } from '../support/kinds.ts';
import { answer, largestDifference } from '../support/logits.ts';
import { joined, session } from '../support/onnx.ts';
import { GraphBuilder, kerasSequence, pytorchStack } from '../support/onnx-graphs.ts';

// float32 in another order of sums
const tolerance = 1e-6;

/** The logits of ONNX Runtime for tokens [B, T], and ours, of [B, T, C] or [B, C]. */
async function expectSameLogits(bytes: Uint8Array, model: Model, output: string, input = 'int64'): Promise<void> {
  const { config } = model;
  const [batch, steps, C] = [2, 6, outputsOf(config)];
  const at = (b: number, t: number): number => (5 * b + 3 * t + 1) % config.vocabSize;
  const ids = Array.from({ length: batch * steps }, (_, i) => at(Math.floor(i / steps), i % steps));
  const { inputs, run } = await session(bytes);
  const data = input === 'int64' ? BigInt64Array.from(ids, BigInt) : Float32Array.from(ids);
  const got = (await run({ [inputs[0]]: new ort.Tensor(input as 'int64', data as BigInt64Array, [batch, steps]) }))[
    output
  ];
  const x = Array.from({ length: batch * steps }, (_, i) => at(i % batch, Math.floor(i / batch)));
  const ours = answer(model, {
    steps,
    batch,
    x,
    ...(directionsOf(config) === 2 && { lengths: [steps, steps] }),
  }).logits;
  const theirs = [...got.data];
  const inOurOrder =
    config.pooling === 'none'
      ? ours.map((_, i) => theirs[((Math.floor(i / C) % batch) * steps + Math.floor(i / C / batch)) * C + (i % C)])
      : theirs;
  expect(largestDifference(inOurOrder, ours)).toBeLessThan(tolerance);
}

describe.each(cellNames)('our own %s', (cell) => {
  test.each(some(kinds, 5))('%s comes back with the same bits', (_title, options) => {
    const model = modelOf({ cell, ...options, dropout: 0.25 });
    const back = importOnnx(joined(packOnnx(model)));
    expect(back.config).toEqual(model.config);
    expect(back.parameters).toEqual(model.parameters);
  });
});

test('layers and directions come back with the same bits, and with their nodes alone too', () => {
  for (const cell of ['rnn', 'gru', 'lstm'] as const)
    for (const numLayers of [1, 3])
      for (const bidirectional of [false, true])
        for (const input of [{ embeddingSize: 3 }, {}, { inputSize: 3, vocabSize: 1 }]) {
          const model = modelOf({
            cell,
            numLayers,
            bidirectional,
            vocabSize: 5,
            hiddenSize: 6,
            outputSize: 4,
            ...input,
          });
          const bytes = joined(packOnnx(model));
          expect(importOnnx(bytes).parameters).toEqual(model.parameters);
          const other = bytes.slice();
          other.set(new TextEncoder().encode('somebody'), Buffer.from(other).indexOf('unrolled')); // another producer
          const back = importOnnx(other);
          expect(back).toEqual(model);
        }
});

test('a file of ours with one weight changed is read as it is', () => {
  const model = modelOf({ cell: 'gru', vocabSize: 4, embeddingSize: 3, hiddenSize: 2 });
  const bytes = joined(packOnnx(model));
  const { initializers } = readOnnxFile(bytes, 'file');
  const R = initializers.get('layer0.R')!.numbers().data;
  new DataView(R.buffer, R.byteOffset).setFloat32(0, 9, true);
  const changed = { ...model, parameters: model.parameters.slice() };
  changed.parameters[4 * 3 + 6 * 3 + 2 * 2] = 9; // the update gate's first weight: rows of r, then of z
  expect(importOnnx(bytes).parameters).toEqual(changed.parameters);
});

const stacks = (['RNN', 'GRU', 'LSTM'] as const).flatMap((op) =>
  [1, 2].flatMap((layers) =>
    [false, true].flatMap((bidirectional) =>
      (['every', 'step', 'final'] as const)
        .filter((read) => !(bidirectional && read === 'step'))
        .map((read) => ({ op, layers, bidirectional, read })),
    ),
  ),
);
test.each(some(stacks, 7))(
  'PyTorch: $layers × $op, bidirectional $bidirectional, $read',
  async ({ op, ...options }) => {
    const bytes = pytorchStack(op, options).bytes();
    const model = importOnnx(bytes);
    expect(model.config).toMatchObject({
      cell: op.toLowerCase(),
      numLayers: options.layers,
      bidirectional: options.bidirectional,
      pooling: options.read === 'every' ? 'none' : 'last',
      ...{ vocabSize: 7, embeddingSize: 3, hiddenSize: 4, outputSize: 5 },
    });
    await expectSameLogits(bytes, model, 'logits');
  },
);

const sequences = (['RNN', 'GRU', 'LSTM'] as const).flatMap((op) =>
  [false, true].flatMap((bidirectional) => [false, true].map((all) => ({ op, bidirectional, sequences: all }))),
);
test.each(some(sequences, 5))(
  'Keras: $op, bidirectional $bidirectional, sequences $sequences',
  async ({ op, ...options }) => {
    const bytes = kerasSequence(op, options).bytes();
    const told: Inference[] = [];
    const model = importOnnx(bytes, { onInfer: (inference) => told.push(inference) });
    await expectSameLogits(bytes, model, 'dense/BiasAdd:0', 'float32');
    expect(told.map(({ what }) => what)).toEqual(['cell', 'layers', 'input', 'output', 'pooling']);
  },
);

test('an RNN with relu, no biases, and one-hot tokens by a tokenizer', async () => {
  const build = new GraphBuilder();
  build.input('x', 'float', 'steps', 'batch', 3);
  const [W, R] = [build.floats('W', [1, 2, 3]), build.floats('R', [1, 2, 2])];
  build.node('RNN', ['x', W, R], ['y'], { hidden_size: 2, activations: ['Relu'] });
  const h = build.node('Squeeze', ['y', build.integers('one', [1])], 'h');
  build.node('MatMul', [h, build.floats('V', [2, 3])], 'scores');
  build.output('scores', 'steps', 'batch', 3);
  const tokenizer = characterTokenizer(['a', 'b', 'c']);
  const text = importOnnx(build.bytes(), { tokenizer });
  expect(text.config).toMatchObject({ nonlinearity: 'relu', vocabSize: 3, inputSize: null, embeddingSize: null });
  const vectors = importOnnx(build.bytes());
  expect(vectors.config).toMatchObject({ inputSize: 3, outputSize: 3 });
  const { run } = await session(build.bytes());
  const eye = new ort.Tensor('float32', [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], [4, 1, 3]);
  const theirs = (await run({ x: eye })).scores.data;
  for (const [model, x] of [
    [text, [0, 1, 2, 0]],
    [vectors, [...eye.data].map(Number)],
  ] as const)
    expect(largestDifference(answer(model, { steps: 4, batch: 1, x }).logits, theirs)).toBeLessThan(tolerance);
});

test('weights in Constant nodes, transposed, joined and sliced, are those that they stand for', () => {
  const build = pytorchStack('LSTM', {});
  const plain = importOnnx(build.bytes());
  const [W] = build.initializers.filter(({ name }) => name === 'onnx::LSTM_0.W');
  const numbers = [...W.pieces()][0] as Float32Array; // [1, 16, 3]
  const turned = Float32Array.from(numbers, (_, i) => numbers[(i % 16) * 3 + Math.floor(i / 16)]); // [3, 16]
  build.initializers.splice(build.initializers.indexOf(W), 1);
  build.floats('top', [1, 16], turned.subarray(0, 16));
  build.floats('rest', [3, 16], Float32Array.of(...turned.subarray(16), ...new Float32Array(16)));
  const index = build.nodes.length;
  const rest = build.node(
    'Slice',
    ['rest', build.integers('s', [0]), build.integers('e', [-1]), build.integers('a', [0])],
    'sliced',
  );
  const all = build.node('Concat', ['top', rest], 'whole', { axis: 0 });
  build.node('Unsqueeze', [build.node('Transpose', [all], 'turned'), build.integers('u', [0])], 'onnx::LSTM_0.W');
  build.nodes.unshift(...build.nodes.splice(index));
  expect(importOnnx(build.bytes())).toEqual(plain);
});

describe('numbers of every type', () => {
  /** A TensorProto. */
  const tensor = (type: number, write: (writer: BinaryWriter) => void): Uint8Array => {
    const writer = new BinaryWriter();
    writer.tag(1, WireType.Varint).int64(2).tag(2, WireType.Varint).int32(type);
    write(writer);
    writer.tag(8, WireType.LengthDelimited).string('x');
    return writer.finish();
  };
  const numbersOf = (bytes: Uint8Array): number[] => {
    const writer = new BinaryWriter();
    writer.tag(7, WireType.LengthDelimited).fork().tag(5, WireType.LengthDelimited).bytes(bytes).join();
    return [...readOnnxFile(writer.finish(), 'file').initializers.get('x')!.numbers().data].map(Number);
  };
  const raw =
    (...bytes: number[]) =>
    (writer: BinaryWriter) =>
      writer.tag(9, WireType.LengthDelimited).bytes(Uint8Array.from(bytes));
  const packed = (field: number, write: (writer: BinaryWriter) => void) => (writer: BinaryWriter) => {
    writer.tag(field, WireType.LengthDelimited).fork();
    write(writer);
    writer.join();
  };
  test.each([
    ['float32, packed', 1, packed(4, (writer) => writer.float(1.5).float(-2))],
    [
      'float32, one by one',
      1,
      (writer: BinaryWriter) => writer.tag(4, WireType.Bit32).float(1.5).tag(4, WireType.Bit32).float(-2),
    ],
    ['float64', 11, packed(10, (writer) => writer.double(1.5).double(-2))],
    ['float16, raw', 10, raw(0, 0x3e, 0, 0xc0)],
    ['float16 as whole numbers', 10, packed(5, (writer) => writer.int32(0x3e00).int32(0xc000))],
    ['bfloat16, raw', 16, raw(0xc0, 0x3f, 0, 0xc0)],
  ] as const)('%s', (_title, type, write) => {
    expect(numbersOf(tensor(type, write as (writer: BinaryWriter) => void))).toEqual([1.5, -2]);
  });
  test.each([
    ['int64', 7, packed(7, (writer) => writer.int64(-1).int64(7))],
    [
      'int32, one by one',
      6,
      (writer: BinaryWriter) => writer.tag(5, WireType.Varint).int32(-1).tag(5, WireType.Varint).int32(7),
    ],
    ['int64, raw', 7, raw(255, 255, 255, 255, 255, 255, 255, 255, 7, 0, 0, 0, 0, 0, 0, 0)],
  ] as const)('%s', (_title, type, write) => {
    expect(numbersOf(tensor(type, write as (writer: BinaryWriter) => void))).toEqual([-1, 7]);
  });
  test.each([
    ['too few', 1, raw(0, 0, 0, 0), 'tensor "x": expected 8 bytes for F32 [2], got 4'],
    ['texts', 8, raw(), 'tensor "x": expected whole numbers or floats of 16, 32 or 64 bits, got data of type 8'],
    [
      'the wrong field',
      1,
      packed(7, (writer) => writer.int64(1).int64(2)),
      'tensor "x": expected numbers of F32 in field 4, got field 7',
    ],
  ] as const)('%s: %#', (_title, type, write, message) => {
    expect(() => numbersOf(tensor(type, write as (writer: BinaryWriter) => void))).toThrow(message);
  });
});

describe('the first node that is not ours is named', () => {
  const messageOf = (bytes: Uint8Array): string => {
    try {
      importOnnx(bytes);
    } catch (error) {
      return (error as Error).message;
    }
    return 'imported';
  };
  test.each([
    [
      'GRU',
      { linear_before_reset: 0 },
      'linear_before_reset 1, as PyTorch and Keras with reset_after=True have it, got 0',
    ],
    ['LSTM', { activations: ['Sigmoid', 'Tanh', 'Relu'] }, 'activations sigmoid, tanh, tanh, got Sigmoid, Tanh, Relu'],
    ['RNN', { layout: 1 }, 'layout 0, got 1'],
    ['LSTM', { direction: 'sideways' }, 'direction forward, reverse or bidirectional, got "sideways"'],
    ['LSTM', { hidden_size: 5 }, 'hidden_size 4, got 5'],
    ['LSTM', { input_forget: 1 }, 'input_forget 0, got 1'],
  ] as const)('%s with %o', (op, attributes, wanted) => {
    const message = messageOf(pytorchStack(op, { attributes: attributes as never }).bytes());
    expect(message).toMatch(/^model\.onnx: node \d+ of \d+, "(RNN|GRU|LSTM)_\d+" \((RNN|GRU|LSTM)\): expected /);
    expect(message).toContain(wanted);
  });

  test('a layer norm, a reverse layer, a last step of both directions, no layer at all', () => {
    const norm = pytorchStack('LSTM', {});
    norm.nodes.splice(-2, 0, { op: 'LayerNormalization', inputs: ['/rnn/Back_output_0'], outputs: ['normal'] });
    norm.nodes.splice(-2, 1, { op: 'MatMul', inputs: ['normal', 'onnx::MatMul'], outputs: ['/fc/MatMul_output_0'] });
    expect(messageOf(norm.bytes())).toMatch(
      /\(LayerNormalization\): expected a node of a stack of recurrent layers, .* got LayerNormalization$/,
    );
    expect(messageOf(pytorchStack('RNN', { attributes: { direction: 'reverse' } }).bytes())).toMatch(
      /^model\.onnx: node \d+ of \d+, "RNN_\d+" \(RNN\): expected the forward direction, alone or with the reverse one, got the reverse one alone$/,
    );
    expect(messageOf(pytorchStack('GRU', { bidirectional: true, read: 'step' }).bytes())).toContain(
      'expected the last state of each direction, got the last step of the reverse direction',
    );
    const build = new GraphBuilder();
    build.input('x', 'float', 'steps', 'batch', 3);
    build.node('MatMul', ['x', build.floats('V', [3, 3])], 'y');
    build.output('y', 'steps', 'batch', 3);
    expect(messageOf(build.bytes())).toBe(
      'model.onnx: node 1 of 1, "MatMul_0" (MatMul): expected a dense layer that reads the states of a layer, got one that reads the input',
    );
  });

  test('a layer that begins where another ends, in its state or in its cell state', () => {
    for (const [first, at] of [
      ['/rnn/LSTM_0_h', 5],
      ['/rnn/LSTM_0_c', 6],
      ['joined', 5],
    ] as const) {
      const build = pytorchStack('LSTM', { layers: 2 });
      const i = build.nodes.findLastIndex(({ op }) => op === 'LSTM');
      const node = build.nodes[i];
      build.nodes[i] = { ...node, inputs: node.inputs.with(at, first) };
      build.nodes.splice(i, 0, {
        op: 'Concat',
        inputs: ['/rnn/LSTM_0_c', 'h0'],
        outputs: ['joined'],
        attributes: { axis: 0 },
      });
      const name = at === 5 ? 'initial_h' : 'initial_c';
      expect(messageOf(build.bytes())).toContain(
        `expected ${name} of zeros or from an input, got what the graph computes`,
      );
    }
  });

  test('a place among weights that is no whole number, and an axis named twice', () => {
    for (const [op, places, attributes] of [
      ['Gather', Float32Array.of(0.25), { axis: 0 }],
      ['Squeeze', undefined, { axes: [0, 0] }],
    ] as const) {
      const build = pytorchStack('RNN', {});
      const inputs = ['onnx::RNN_0.W', ...(places ? [build.floats('at', [1], places)] : [])];
      build.nodes.unshift({ op, inputs, outputs: ['other'], attributes: attributes as never });
      const i = build.nodes.findIndex(({ op: name }) => name === 'RNN');
      build.nodes[i] = { ...build.nodes[i], inputs: build.nodes[i].inputs.with(1, 'other') };
      expect(messageOf(build.bytes())).toMatch(
        new RegExp(`^model\\.onnx: node 1 of \\d+, "${op}_0" \\(${op}\\): expected `),
      );
    }
  });

  test('bytes that are no ONNX file', () => {
    expect(messageOf(new TextEncoder().encode('hello there'))).toMatch(/^model\.onnx: /);
    expect(messageOf(new Uint8Array(0))).toBe('model.onnx: expected an ONNX file with a graph, got none');
    const bytes = pytorchStack('LSTM', {}).bytes();
    for (const length of [10, bytes.length >> 1, bytes.length - 1])
      expect(messageOf(bytes.subarray(0, length))).toMatch(/^model\.onnx: /);
  });
});
