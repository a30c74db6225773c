// Model folders made by PyTorch, with its names and layouts and both of its biases: read, evaluated and trained on as PyTorch does.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { streams } from '../../src/data/text/streams.ts';
import { fromPyTorch } from '../../src/formats/pytorch/pytorch-names.ts';
import type { Tensor } from '../../src/formats/safetensors.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { evaluate } from '../../src/tasks/kinds.ts';
import { textTrainer } from '../../src/tasks/text/source.ts';
import { backends } from '../support/backends.ts';
import { flatten } from '../support/numbers.ts';

const golden = (name: string) => fileURLToPath(new URL(`../golden/${name}`, import.meta.url));
const expected = JSON.parse(readFileSync(golden('pytorch-expected.json'), 'utf8'));

const shapeOf = (nested: unknown): number[] => (Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0])] : []);

describe.each(Object.keys(expected.models))('%s', (name) => {
  const { float64 } = expected.models[name];

  test('its tokenizer gives PyTorch’s ids', () => {
    expect([...loadModel(golden(name)).tokenizer!.encode(expected.text)]).toEqual(expected.ids);
  });

  describe.each(backends)('$label', ({ backend }) => {
    test('evaluates to PyTorch’s negative log-likelihood', () => {
      const model = loadModel(golden(name));
      const { nll, tokens } = evaluate(model, model.tokenizer!.encode(expected.text), backend);
      expect(Math.abs(nll - float64.nll)).toBeLessThan(1e-5);
      expect(tokens).toBe(expected.ids.length - 1);
    });

    test('has PyTorch’s weights after three updates of SGD', () => {
      const model = loadModel(golden(name));
      const { batch_size: batchSize, bptt, learning_rate: learningRate } = expected;
      const text = streams(model.tokenizer!.encode(expected.text), batchSize);
      const rule = { optimizer: 'sgd', schedule: 'constant', clip: 0, restart: 0 } as const;
      const options = { ...rule, updates: 3, bptt, learningRate };
      const trainer = textTrainer(backend, model, text, options);
      for (const loss of float64.updates.losses) {
        const [report] = trainer.step();
        expect(Math.abs(report.loss - loss)).toBeLessThan(1e-5);
      }
      const tensors = new Map<string, Tensor>(
        Object.entries(float64.updates.params).map(([key, values]) => [
          key,
          { dtype: 'F64', shape: shapeOf(values), data: Float64Array.from(flatten(values)) },
        ]),
      );
      const theirs = fromPyTorch(model.config, tensors, name);
      trainer.parameters.forEach((value, i) => {
        if (!(Math.abs(value - theirs[i]) < 1e-5)) expect.fail(`parameter ${i}: ${value}, PyTorch ${theirs[i]}`);
      });
    });
  });
});
