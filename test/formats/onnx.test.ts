// ONNX files in ONNX Runtime: every cell, layer count and direction gives the logits and states that our engine gives.
import { describe, expect, test } from 'vitest';
import { packOnnx } from '../../src/formats/onnx/export-onnx.ts';
import { cellNames, checkConfig } from '../../src/network/config.ts';
import type { Model } from '../../src/network/model.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { some } from '../support/exhaustive.ts';
import { kinds, modelOf } from '../support/kinds.ts';
import { type Answer, type Asked, answer, anyWindow, largestDifference, withoutPadding } from '../support/logits.ts';
import { feedsOf, joined, session } from '../support/onnx.ts';

// float32 in another order of sums, 50 steps of a recurrence: some 1e-7 in practice
const tolerance = 1e-5;

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

  test.each(some(kinds, 5))('%s', async (_title, options, lengths) => {
    const model = modelOf({ cell, ...options });
    const run = await runOf(model);
    const asked = { ...anyWindow(model, 9, 2, 3), lengths };
    const [theirs, ours] = [await run(asked), answer(model, asked)];
    expectNear(withoutPadding(model, asked, theirs), withoutPadding(model, asked, ours));
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
  const far = checkConfig({ cell: 'lstm', vocabSize: 50, hiddenSize: 2 ** 31 - 1, numLayers: 1000 }); // more than a varint holds
  expect(() => packOnnx({ config: far, parameters: new Float32Array(0) })).toThrow(
    /got a model of [\d.e+]+ bytes; export/,
  );
  const fits = checkConfig({ vocabSize: 50, hiddenSize: 16_384 });
  const { size } = packOnnx({ config: fits, parameters: new Float32Array(0) });
  expect(size).toBeGreaterThan(4 * (parameterCount(fits) + fits.hiddenSize));
  expect(size).toBeLessThan(4 * (parameterCount(fits) + fits.hiddenSize) + 2000);
});
