// ONNX files in ONNX Runtime: every cell, layer count and direction gives the logits and states that our engine gives.
import { describe, expect, test } from 'vitest';
import { packOnnx } from '../../src/formats/onnx.ts';
import { cellAttributes, onnxCell } from '../../src/formats/onnx-cells.ts';
import { type Graph, onnxFile } from '../../src/formats/onnx-proto.ts';
import { cellNames, checkConfig, type ModelConfig, type ModelOptions } from '../../src/model/config.ts';
import { createModel, type Model } from '../../src/model/model.ts';
import { parameterCount } from '../../src/model/parameters.ts';
import { Random } from '../../src/random.ts';
import { type Answer, type Asked, answer, anyWindow, largestDifference } from '../support/logits.ts';
import { feedsOf, float, joined, session } from '../support/onnx.ts';

// float32 in another order of sums, 50 steps of a recurrence: some 1e-7 in practice
const tolerance = 1e-5;

/** Random parameters everywhere, biases too. */
function modelOf(options: ModelOptions): Model {
  const model = createModel(options);
  const random = new Random(7);
  return { ...model, parameters: Float32Array.from(model.parameters, () => random.uniform() - 0.5) };
}

async function runOf(model: Model): Promise<(asked: Asked) => Promise<Answer>> {
  const { run } = await session(joined(packOnnx(model)));
  return async (asked) => {
    const got = await run(feedsOf(model.config, asked));
    const numbers = (name: string) => (got[name] ? [...got[name].data] : []);
    return { logits: numbers('logits'), state: numbers('state_out'), cell: numbers('cell_out') };
  };
}

function expectNear(theirs: Answer, ours: Answer): void {
  for (const name of ['logits', 'state', 'cell'] as const)
    expect(largestDifference(theirs[name], ours[name]), name).toBeLessThan(tolerance);
}

describe.each(cellNames)('%s', (cell) => {
  test.each([1, 2].flatMap((numLayers) => [false, true].map((bidirectional) => ({ numLayers, bidirectional }))))(
    '$numLayers layers, bidirectional $bidirectional: logits and states of 1 and 50 steps, 1 and 3 sequences',
    async ({ numLayers, bidirectional }) => {
      const model = modelOf({ cell, vocabSize: 5, hiddenSize: 6, numLayers, bidirectional });
      const run = await runOf(model);
      for (const steps of [1, 50])
        for (const batch of [1, 3]) {
          const asked = anyWindow(model, steps, batch, steps + batch);
          expectNear(await run(asked), answer(model, asked));
        }
    },
  );

  const kinds: [title: string, options: ModelOptions, lengths?: number[]][] = [
    ['an embedding', { vocabSize: 9, embeddingSize: 4, hiddenSize: 5 }],
    ['a tied embedding', { vocabSize: 9, embeddingSize: 5, hiddenSize: 5, tieWeights: true }],
    ['more tokens than gates', { vocabSize: 100, hiddenSize: 3, numLayers: 2 }],
    [
      'more tokens than gates, both directions',
      { vocabSize: 100, hiddenSize: 3, bidirectional: true, outputSize: 2 },
      [9, 4],
    ],
    ['vectors', { vocabSize: 1, inputSize: 3, hiddenSize: 4, outputSize: 2, loss: 'squared' }],
    ['three symbols', { vocabSize: 6, symbols: 3, hiddenSize: 4, outputSize: 2 }],
    ['three symbols of many', { vocabSize: 60, symbols: 3, hiddenSize: 4, outputSize: 2 }],
    ['three embedded symbols', { vocabSize: 6, symbols: 3, embeddingSize: 2, hiddenSize: 4 }],
    ['the last state', { vocabSize: 6, hiddenSize: 4, pooling: 'last', outputSize: 3 }, [9, 2]],
    ['the last states', { vocabSize: 6, hiddenSize: 4, numLayers: 2, bidirectional: true, pooling: 'last' }, [3, 9]],
    ['the mean state', { vocabSize: 6, hiddenSize: 4, numLayers: 2, pooling: 'mean' }, [1, 9]],
    [
      'the mean states',
      { vocabSize: 6, embeddingSize: 2, hiddenSize: 4, bidirectional: true, pooling: 'mean' },
      [9, 5],
    ],
    ['an adaptive softmax', { vocabSize: 30, hiddenSize: 16, softmax: 'adaptive', cutoffs: [6, 14] }],
  ];
  test.each(kinds)('%s', async (_title, options, lengths) => {
    const model = modelOf({ cell, ...options });
    const run = await runOf(model);
    const asked = { ...anyWindow(model, 9, 2, 3), lengths };
    const [theirs, ours] = [await run(asked), answer(model, asked)];
    if (lengths && model.config.pooling === 'none') {
      // what stands at padding is nobody's
      const C = model.config.outputSize!;
      const real = (_: number, i: number) => Math.floor(i / C / 2) < lengths[Math.floor(i / C) % 2];
      const real2 = ({ logits, ...rest }: Answer): Answer => ({ ...rest, logits: logits.filter(real) });
      expectNear(real2(theirs), real2(ours));
    } else expectNear(theirs, ours);
  });

  test('in two halves, the state of the first given to the second, is as in one', async () => {
    const model = modelOf({ cell, vocabSize: 5, hiddenSize: 6, numLayers: 2 });
    const run = await runOf(model);
    const whole = anyWindow(model, 20, 3, 1);
    const first = await run({ ...whole, steps: 10, x: whole.x.slice(0, 30) });
    const second = await run({ ...whole, steps: 10, x: whole.x.slice(30), states: first });
    const ours = answer(model, whole);
    expectNear({ ...second, logits: [...first.logits, ...second.logits] }, ours);
  });
});

test.each(['tanh', 'relu', 'sigmoid'] as const)('the nonlinearity %s', async (nonlinearity) => {
  const model = modelOf({ nonlinearity, vocabSize: 5, hiddenSize: 6, bidirectional: true });
  const asked = anyWindow(model, 12, 2, 5);
  expectNear(await (await runOf(model))(asked), answer(model, asked));
});

test('a model of float64 is rounded', async () => {
  const model = modelOf({ vocabSize: 5, hiddenSize: 6 });
  const wide = { ...model, parameters: Float64Array.from(model.parameters, (value) => value + 1e-12) };
  const asked = anyWindow(model, 3, 2, 5);
  expectNear(await (await runOf(wide))(asked), answer(model, asked));
});

test('a file of more than 2³¹ − 1 bytes is refused by arithmetic alone', () => {
  const config = checkConfig({ cell: 'lstm', vocabSize: 50, hiddenSize: 16_384 });
  expect(() => packOnnx({ config, parameters: new Float32Array(0) })).toThrow(
    /^onnx: expected at most 2147483647 bytes, all that an ONNX file can hold, got a model of 43\d{8} bytes; export it to /,
  );
  const beyond = checkConfig({ cell: 'lstm', vocabSize: 50, hiddenSize: 1_000_000 });
  expect(() => packOnnx({ config: beyond, parameters: new Float32Array(0) })).toThrow(/got a model of \d{14} bytes/);
  const fits = checkConfig({ vocabSize: 50, hiddenSize: 16_384 });
  const { size } = packOnnx({ config: fits, parameters: new Float32Array(0) });
  expect(size).toBeGreaterThan(4 * (parameterCount(fits) + fits.hiddenSize));
  expect(size).toBeLessThan(4 * (parameterCount(fits) + fits.hiddenSize) + 2000);
});

test('minGRU is an LSTM without R whose output gate is 1', async () => {
  const [D, H, T] = [3, 4, 30];
  const config = { ...checkConfig({ vocabSize: 1, inputSize: D, hiddenSize: H }), cell: 'mingru' };
  const cell = onnxCell(config);
  const random = new Random(3);
  const some = (length: number) => Float32Array.from({ length }, () => random.uniform(-1, 1));
  const [U, b, x, h0] = [some(2 * H * D), some(2 * H), some(T * D), some(H)]; // rows z, n
  const rows = (own: Float32Array, width: number, constant: boolean) =>
    cell.blocks.map((source) => {
      if ('bias' in source) return new Float32Array(H * width).fill(constant ? source.bias : 0);
      const values = own.subarray(source.gate * H * width, (source.gate + 1) * H * width);
      return source.negated ? values.map((value) => -value) : values;
    });
  const tensor = (name: string, shape: number[], pieces: Float32Array[]) => ({
    ...{ name, type: 'float' as const, shape, pieces: () => pieces },
  });
  const value = (name: string, shape: number[]) => ({ name, type: 'float' as const, shape });
  const graph: Graph = {
    name: 'mingru',
    nodes: [
      {
        op: cell.op,
        inputs: ['x', 'W', 'R', 'B', '', 'h', 'h'],
        outputs: ['Y', 'Y_h'],
        attributes: cellAttributes(cell, config as unknown as ModelConfig),
      },
    ],
    initializers: [
      tensor('W', [1, 4 * H, D], rows(U, D, false)),
      tensor('R', [1, 4 * H, H], [new Float32Array(4 * H * H)]),
      tensor('B', [1, 8 * H], [...rows(b, 1, true), new Float32Array(4 * H)]),
    ],
    inputs: [value('x', [T, 1, D]), value('h', [1, 1, H])],
    outputs: [value('Y', [T, 1, 1, H]), value('Y_h', [1, 1, H])],
  };
  const { run } = await session(joined(onnxFile(graph, { producer: 'test', metadata: {} })));
  const got = await run({ x: float(x, [T, 1, D]), h: float(h0, [1, 1, H]) });
  const h = [...h0];
  const expected: number[] = [];
  for (let t = 0; t < T; t++) {
    const a = (row: number) => b[row] + [0, 1, 2].reduce((sum, j) => sum + U[row * D + j] * x[t * D + j], 0);
    for (let i = 0; i < H; i++) {
      const z = 1 / (1 + Math.exp(-a(i)));
      h[i] = (1 - z) * h[i] + z * a(H + i);
    }
    expected.push(...h);
  }
  expect(largestDifference(got.Y.data, expected)).toBeLessThan(tolerance);
  expect(largestDifference(got.Y_h.data, h)).toBeLessThan(tolerance);
});
