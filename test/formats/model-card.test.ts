// The model card: front matter, the template's sections, and no number that metrics.jsonl does not hold.
import { describe, expect, test } from 'vitest';
import { learnTokenizer } from '../../src/data/text/create.ts';
import { modelCard, scoresOf } from '../../src/formats/model-card.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { cardOf } from '../../src/tasks/kinds.ts';
import { kinds, modelOf } from '../support/kinds.ts';

const line = (update: number, validationLoss: number | null) =>
  JSON.stringify({ event: 'validation', update, epoch: update, loss: 9, validationLoss, best: true });

describe('the scores', () => {
  test('are those of the best look at the held-out text', () => {
    expect(scoresOf([line(1, 3), line(2, 2.5), line(3, 2.75), ''].join('\n'))).toEqual({
      ...{ validationLoss: 2.5, epoch: 2, update: 2 },
    });
  });

  test.each([
    ['without a file', ''],
    ['where nothing was held out', line(1, null)],
    ['of updates alone', '{"event":"update","loss":2}\n'],
    ['of a line cut off', line(1, 3).slice(0, 60)],
  ])('are none %s', (_title, text) => {
    expect(scoresOf(text)).toBeUndefined();
  });
});

test('a card of a text model has front matter, the sections and the scores', () => {
  const learner = learnTokenizer('char');
  learner.add('a river\n');
  const tokenizer = learner.finish();
  const card = modelCard(createModel({ tokenizer, hiddenSize: 4 }), { validationLoss: Math.LN2, epoch: 3, update: 60 });
  expect(card).toMatch(
    /^---\npipeline_tag: text-generation\ntags:\n- unrolled\n- recurrent-neural-network\n- rnn\nmetrics:\n- perplexity\n---\n/,
  );
  for (const title of ['Model Details', 'Uses', 'Training Details', 'Evaluation'])
    expect(card).toContain(`\n## ${title}\n`);
  expect(card).toContain('| held-out loss | 0.6931 nats per character |\n| perplexity | 2.000 per character |');
});

test.each(kinds)('a card of %s names no score it does not have', (_title, options) => {
  const card = modelCard(modelOf(options));
  expect(card).toContain('No measurement comes with these files.');
  expect(card).not.toMatch(/perplexity|undefined|null|NaN|\[object/);
});

test('a card of a model made for a task says what for, its labels, and how to ask it', () => {
  const task = { task: 'classify', labels: ['spam', 'wanted'] };
  const model = { ...createModel({ vocabSize: 9, outputSize: 2, pooling: 'last' }), task };
  const card = modelCard(model, { validationLoss: 0.5, epoch: 1, update: 2 }, cardOf(model));
  expect(card).toContain('It gives a text a class.');
  expect(card).toContain('- **Labels:** spam, wanted');
  expect(card).toContain("predict(loadModel('.'), ['some text'])");
  expect(card).toContain('On the held-out data of its training run:');
  expect(card).not.toContain('perplexity');
});
