// What the processes of one run compare before it begins: everything that decides its numbers.

import { createHash } from 'node:crypto';
import type { Backend, Floats } from '../engine/backend.ts';
import { checkConfig } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { Unrolled } from '../network/unrolled.ts';
import type { Choice } from './backend-choice.ts';
import type { RunTrainer } from './device-trainer.ts';
import type { RunData } from './run-data.ts';
import type { Likeness } from './together.ts';

interface Prepared {
  readonly data: RunData;
  readonly model: Model;
  readonly trainer: RunTrainer;
  readonly choice: Choice;
}

/** What processes of one run must have alike: the program, the data, the settings, what computes, and its bits. */
export function likenessOf({ data, model, trainer, choice }: Prepared, version: string): Likeness {
  const { text, validation } = data.facts;
  const digest = (numbers: Floats): string => createHash('sha256').update(numbers).digest('hex').slice(0, 12);
  return {
    version,
    data: text.sha256,
    'held-out data': validation?.sha256 ?? null,
    ...Object.fromEntries(
      Object.entries({ ...model.config, ...trainer.settings }).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
    backend: choice.backend.name,
    'the first weights with digest': digest(trainer.parameters),
    'a test of the arithmetic with digest': digest(probe(choice.backend)),
  };
}

/** A gradient in which there are products, exponentials and hyperbolic tangents. */
function probe(backend: Backend): Floats {
  const net = new Unrolled(backend, checkConfig({ vocabSize: 9, hiddenSize: 40, cell: 'lstm' }), {
    ...{ steps: 3, batch: 8, gradients: true },
  });
  for (let i = 0; i < net.parameters.length; i++) net.parameters[i] = ((i * 37) % 101) / 50 - 1;
  for (let i = 0; i < net.tokens.length; i++) net.tokens[i] = net.targets[i] = i % 9;
  net.forward();
  net.backward();
  return net.gradient;
}
