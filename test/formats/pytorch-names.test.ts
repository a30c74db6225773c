// Our flat parameters and the state_dict of the PyTorch twin: names, shapes, the transposed U, the two biases, the tie.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { fromPyTorch, misfitsOf, toPyTorch } from '../../src/formats/pytorch/pytorch-names.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { cellNames, checkConfig, losses, type ModelConfig, poolings } from '../../src/network/config.ts';
import { layoutOf, parameterCount } from '../../src/network/parameters.ts';

const WHERE = 'model.safetensors';

/** 0.5, 1.5, 2.5, …: every parameter is told from every other. */
function numbered(config: ModelConfig): Float32Array {
  return Float32Array.from({ length: parameterCount(config) }, (_, i) => i + 0.5);
}

function blockOf(config: ModelConfig, parameters: Float32Array, name: string): number[] {
  const { offset, length } = layoutOf(config).find((block) => block.name === name)!;
  return [...parameters.subarray(offset, offset + length)];
}

const shapesOf = (tensors: Map<string, Tensor>) => Array.from(tensors, ([name, { shape }]) => `${name} [${shape}]`);
const f32 = (shape: number[], ...values: number[]): Tensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});

function refusal(config: ModelConfig, tensors: Map<string, Tensor>): string {
  try {
    fromPyTorch(config, tensors, WHERE);
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== 'failure') throw error;
    return error.message;
  }
  return 'none';
}

const oneHot = checkConfig({ vocabSize: 3, hiddenSize: 2 });
const embedded = checkConfig({ vocabSize: 5, embeddingSize: 4, hiddenSize: 2, numLayers: 2 });
const tied = checkConfig({ vocabSize: 3, embeddingSize: 2, hiddenSize: 2, tieWeights: true });
const adaptive = checkConfig({ vocabSize: 9, hiddenSize: 16, softmax: 'adaptive', cutoffs: [2, 4] });
const vectors = checkConfig({ vocabSize: 3, inputSize: 4, hiddenSize: 2 });
const gru = checkConfig({ cell: 'gru', vocabSize: 3, hiddenSize: 2 });
const bothWays = checkConfig({
  ...{ cell: 'lstm', vocabSize: 5, embeddingSize: 3, hiddenSize: 2, numLayers: 2 },
  ...{ bidirectional: true, outputSize: 1, pooling: 'last', loss: 'squared' },
});

describe('the tensors for PyTorch', () => {
  test('have its names and shapes for one-hot input', () => {
    expect(shapesOf(toPyTorch(oneHot, numbered(oneHot)))).toEqual([
      'rnn.weight_ih_l0 [2,3]',
      'rnn.weight_hh_l0 [2,2]',
      'rnn.bias_ih_l0 [2]',
      'rnn.bias_hh_l0 [2]',
      'decoder.weight [3,2]',
      'decoder.bias [3]',
    ]);
  });

  test('have its names and shapes for an embedding and two layers', () => {
    expect(shapesOf(toPyTorch(embedded, numbered(embedded)))).toEqual([
      'encoder.weight [5,4]',
      'rnn.weight_ih_l0 [2,4]',
      'rnn.weight_hh_l0 [2,2]',
      'rnn.bias_ih_l0 [2]',
      'rnn.bias_hh_l0 [2]',
      'rnn.weight_ih_l1 [2,2]',
      'rnn.weight_hh_l1 [2,2]',
      'rnn.bias_ih_l1 [2]',
      'rnn.bias_hh_l1 [2]',
      'decoder.weight [5,2]',
      'decoder.bias [5]',
    ]);
  });

  test('have its names and shapes for two layers of an LSTM in both directions', () => {
    const track = (name: string, width: number) => [
      `rnn.weight_ih_${name} [8,${width}]`,
      `rnn.weight_hh_${name} [8,2]`,
      `rnn.bias_ih_${name} [8]`,
      `rnn.bias_hh_${name} [8]`,
    ];
    expect(shapesOf(toPyTorch(bothWays, numbered(bothWays)))).toEqual([
      'encoder.weight [5,3]',
      ...[...track('l0', 3), ...track('l0_reverse', 3), ...track('l1', 4), ...track('l1_reverse', 4)],
      'decoder.weight [1,4]',
      'decoder.bias [1]',
    ]);
  });

  test('hold the hidden bias of a GRU’s n behind zeros in bias_hh', () => {
    const tensors = toPyTorch(gru, numbered(gru));
    expect(tensors.get('rnn.weight_ih_l0')!.shape).toEqual([6, 3]);
    expect([...tensors.get('rnn.bias_ih_l0')!.data]).toEqual(blockOf(gru, numbered(gru), 'b0'));
    expect([...tensors.get('rnn.bias_hh_l0')!.data]).toEqual([0, 0, 0, 0, ...blockOf(gru, numbered(gru), 'bn0')]);
  });

  test('have the names and shapes of its adaptive softmax', () => {
    expect(shapesOf(toPyTorch(adaptive, numbered(adaptive))).slice(4)).toEqual([
      'decoder.head.weight [4,16]',
      'decoder.head.bias [4]',
      'decoder.tail.0.0.weight [4,16]',
      'decoder.tail.0.1.weight [2,4]',
      'decoder.tail.1.0.weight [1,16]',
      'decoder.tail.1.1.weight [5,1]',
    ]);
  });

  test('hold a tied matrix once, as encoder.weight', () => {
    const names = [...toPyTorch(tied, numbered(tied)).keys()];
    expect(names).toContain('encoder.weight');
    expect(names).not.toContain('decoder.weight');
  });

  test('hold U of one-hot input transposed', () => {
    const parameters = numbered(oneHot);
    expect(blockOf(oneHot, parameters, 'U0')).toEqual([0.5, 1.5, 2.5, 3.5, 4.5, 5.5]); // [C, H]
    expect([...toPyTorch(oneHot, parameters).get('rnn.weight_ih_l0')!.data]).toEqual([0.5, 2.5, 4.5, 1.5, 3.5, 5.5]);
  });

  test('hold U of vectors as it is', () => {
    const parameters = numbered(vectors);
    expect([...toPyTorch(vectors, parameters).get('rnn.weight_ih_l0')!.data]).toEqual(
      blockOf(vectors, parameters, 'U0'),
    );
  });

  test('hold our bias in bias_ih and zeros in bias_hh', () => {
    const tensors = toPyTorch(oneHot, numbered(oneHot));
    expect([...tensors.get('rnn.bias_ih_l0')!.data]).toEqual(blockOf(oneHot, numbered(oneHot), 'b0'));
    expect([...tensors.get('rnn.bias_hh_l0')!.data]).toEqual([0, 0]);
  });

  test('come back bit for bit, through a file, for every kind of model', () => {
    const size = fc.integer({ min: 1, max: 4 });
    const anyConfig = fc
      .tuple(
        size,
        size,
        size,
        fc.constantFrom('one-hot', 'vectors', 'embedding', 'tied', 'adaptive'),
        fc.record({
          cell: fc.constantFrom(...cellNames),
          bidirectional: fc.boolean(),
          symbols: size,
          outputSize: fc.option(size),
          pooling: fc.constantFrom(...poolings),
          loss: fc.constantFrom(...losses),
        }),
      )
      .map(([a, b, c, input, { cell, ...others }]) =>
        checkConfig({
          ...(input === 'tied' || input === 'adaptive' ? {} : others),
          ...(others.loss === 'pinball' &&
            !(input === 'tied' || input === 'adaptive') && { quantiles: [0.5], outputSize: 1 }),
          cell,
          ...{
            vocabSize: input === 'adaptive' ? a + 2 : a,
            hiddenSize: input === 'adaptive' ? 16 + b : b,
            numLayers: c,
          },
          ...(input === 'adaptive' ? { softmax: 'adaptive', cutoffs: c > 1 ? [1, a + 1] : [a] } : {}),
          inputSize: input === 'vectors' ? c : null,
          embeddingSize: input === 'embedding' ? c : input === 'tied' ? b : null,
          tieWeights: input === 'tied',
        }),
      );
    const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(anyConfig, fc.infiniteStream(anyFloat), (config, stream) => {
        const parameters = Float32Array.from({ length: parameterCount(config) }, () => stream.next().value);
        const bytes = writeSafetensors(toPyTorch(config, parameters), [['format', 'pt']]);
        const back = fromPyTorch(config, readSafetensors(bytes, WHERE).tensors, WHERE);
        expect(back).toStrictEqual(parameters); // −0 is told from 0
      }),
    );
  });
});

describe('the tensors from PyTorch', () => {
  const given = () => toPyTorch(oneHot, numbered(oneHot));

  test('have their two biases added', () => {
    const tensors = given()
      .set('rnn.bias_ih_l0', f32([2], 1, -0))
      .set('rnn.bias_hh_l0', f32([2], 0.25, 0));
    expect(blockOf(oneHot, fromPyTorch(oneHot, tensors, WHERE), 'b0')).toEqual([1.25, -0]);
  });

  test('may lack bias_hh', () => {
    const tensors = given();
    tensors.delete('rnn.bias_hh_l0');
    expect(fromPyTorch(oneHot, tensors, WHERE)).toEqual(numbered(oneHot));
  });

  test('have all of their two biases added but a GRU’s n', () => {
    const tensors = toPyTorch(gru, numbered(gru))
      .set('rnn.bias_ih_l0', f32([6], 1, 2, 3, 4, 5, 6))
      .set('rnn.bias_hh_l0', f32([6], 10, 20, 30, 40, 50, 60));
    const parameters = fromPyTorch(gru, tensors, WHERE);
    expect(blockOf(gru, parameters, 'b0')).toEqual([11, 22, 33, 44, 5, 6]);
    expect(blockOf(gru, parameters, 'bn0')).toEqual([50, 60]);
    tensors.delete('rnn.bias_hh_l0');
    expect(blockOf(gru, fromPyTorch(gru, tensors, WHERE), 'bn0')).toEqual([0, 0]);
  });

  test('may be float64, added before they are rounded', () => {
    const tensors = given()
      .set('rnn.bias_ih_l0', { dtype: 'F64', shape: [2], data: Float64Array.of(1 + 2 ** -40, 0.1) })
      .set('rnn.bias_hh_l0', { dtype: 'F64', shape: [2], data: Float64Array.of(-1, 0) });
    expect(blockOf(oneHot, fromPyTorch(oneHot, tensors, WHERE), 'b0')).toEqual([2 ** -40, Math.fround(0.1)]);
  });

  test('may repeat a tied matrix only with the same bits', () => {
    const tensors = toPyTorch(tied, numbered(tied));
    const data = Float32Array.from(tensors.get('encoder.weight')!.data as Float32Array);
    tensors.set('decoder.weight', { dtype: 'F32', shape: [3, 2], data });
    expect(fromPyTorch(tied, tensors, WHERE)).toEqual(numbered(tied));
    data[5] += 2 ** -20;
    expect(refusal(tied, tensors)).toBe(
      'model.safetensors: tensor "decoder.weight": expected the bits of encoder.weight, as tie_weights says, got others',
    );
  });

  test.each([...toPyTorch(oneHot, numbered(oneHot)).keys()].filter((name) => name !== 'rnn.bias_hh_l0'))(
    'are refused without %s',
    (name) => {
      const tensors = given();
      tensors.delete(name);
      expect(refusal(oneHot, tensors)).toMatch(
        new RegExp(`^model\\.safetensors: tensor "${name}": expected F32 \\[[\\d, ]+\\], got none$`),
      );
    },
  );

  const refused: [title: string, name: string, tensor: Tensor, message: string][] = [
    [
      'one too many',
      'rnn.weight_hr_l0',
      f32([1], 1),
      'tensor "rnn.weight_hr_l0": expected no tensor of this name in this model, got F32 [1]',
    ],
    [
      'a second layer',
      'rnn.bias_hh_l1',
      f32([1], 1),
      'tensor "rnn.bias_hh_l1": expected no tensor of this name in this model, got F32 [1]',
    ],
    [
      'a reverse direction',
      'rnn.bias_hh_l0_reverse',
      f32([1], 1),
      'tensor "rnn.bias_hh_l0_reverse": expected no tensor of this name in this model, got F32 [1]',
    ],
    [
      'an embedding',
      'encoder.weight',
      f32([1], 1),
      'tensor "encoder.weight": expected no tensor of this name in this model, got F32 [1]',
    ],
    [
      'U in our layout',
      'rnn.weight_ih_l0',
      f32([3, 2], 1, 2, 3, 4, 5, 6),
      'tensor "rnn.weight_ih_l0": expected F32 [2, 3], got F32 [3, 2]',
    ],
    [
      'a bias of another rank',
      'rnn.bias_ih_l0',
      f32([2, 1], 1, 2),
      'tensor "rnn.bias_ih_l0": expected F32 [2], got F32 [2, 1]',
    ],
    [
      'a second bias of another size',
      'rnn.bias_hh_l0',
      f32([1], 1),
      'tensor "rnn.bias_hh_l0": expected F32 [2], got F32 [1]',
    ],
    [
      'integers',
      'decoder.bias',
      { dtype: 'I32', shape: [3], data: Int32Array.of(1, 2, 3) },
      'tensor "decoder.bias": expected F32 [3], got I32 [3]',
    ],
  ];
  test.each(refused)('are refused with %s', (_title, name, tensor, message) => {
    expect(refusal(oneHot, given().set(name, tensor))).toBe(`model.safetensors: ${message}`);
  });

  test('are refused where a direction is missing, all of it in one list', () => {
    const tensors = toPyTorch(bothWays, numbered(bothWays));
    for (const name of [...tensors.keys()]) if (name.endsWith('l0_reverse')) tensors.delete(name);
    tensors.set('rnn.weight_hr_l0', f32([1], 1));
    expect(misfitsOf(bothWays, tensors)).toEqual([
      { name: 'rnn.weight_ih_l0_reverse', expected: 'F32 [8, 3]', got: 'none' },
      { name: 'rnn.weight_hh_l0_reverse', expected: 'F32 [8, 2]', got: 'none' },
      { name: 'rnn.bias_ih_l0_reverse', expected: 'F32 [8]', got: 'none' },
      { name: 'rnn.weight_hr_l0', expected: 'no tensor of this name in this model', got: 'F32 [1]' },
    ]);
  });

  test('are refused before room is made for a model that the file does not hold', () => {
    const huge = checkConfig({ vocabSize: 3, hiddenSize: 2 ** 31 - 1 });
    expect(refusal(huge, given())).toMatch(
      /^model\.safetensors: tensor "rnn\.weight_ih_l0": expected F32 \[2147483647, 3\]/,
    );
  });
});
