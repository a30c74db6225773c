// The model card: front matter, the template's sections, and no number that metrics.jsonl does not hold.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { learnTokenizer } from '../../src/data/text/create.ts';
import { modelCard, scoresOf } from '../../src/formats/model-card.ts';
import { loadModel } from '../../src/node/model-folder.ts';
import { createModel } from '../../src/tasks/create-model.ts';
import { cardOf, predict } from '../../src/tasks/kinds.ts';
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
  const card = modelCard(createModel({ tokenizer, hiddenSize: 4 }), {
    scores: { validationLoss: Math.LN2, epoch: 3, update: 60 },
  });
  expect(card).toMatch(
    /^---\nlibrary_name: unrolled\npipeline_tag: text-generation\ntags:\n- unrolled\n- recurrent-neural-network\n- rnn\nmetrics:\n- perplexity\n---\n/,
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
  const features = { planes: [{ name: 'form', symbols: [...'abcdefgh'] }] };
  const task = { task: 'classify', level: 'char', features, labels: ['spam', 'wanted'] };
  const model = { ...createModel({ vocabSize: 9, outputSize: 2, pooling: 'last' }), task };
  const card = modelCard(model, { scores: { validationLoss: 0.5, epoch: 1, update: 2 }, use: cardOf(model) });
  expect(card).toContain('It gives a text a class.');
  expect(card).toContain('- **Labels:** spam, wanted');
  expect(card).toContain("predict(loadModel('.'), ['some text'])");
  expect(card).toMatch(/^---\nlibrary_name: unrolled\npipeline_tag: text-classification\ntags:\n/);
  expect(card).toContain('- **License:** none is named in these files');
  expect(card).toContain('On the held-out data of its training run:');
  expect(card).not.toContain('perplexity');
});

test('a card names the license that it is given', () => {
  const card = modelCard(modelOf({ vocabSize: 3 }), { license: 'apache-2.0' });
  expect(card).toMatch(/^---\nlibrary_name: unrolled\nlicense: apache-2\.0\ntags:\n/);
  expect(card).toContain('- **License:** apache-2.0');
});

const stored: Record<string, { card: { program: string; printed: string } }> = JSON.parse(
  readFileSync(new URL('../golden/tasks.json', import.meta.url), 'utf8'),
);

test.each(Object.entries(stored))(
  'the Python of the card of task-%s was run, and printed what we predict',
  (name, { card }) => {
    const model = loadModel(fileURLToPath(new URL(`../golden/task-${name}`, import.meta.url)));
    const text = modelCard(model, { use: cardOf(model), license: 'mit' });
    expect(text).toBe(readFileSync(new URL(`../golden/task-${name}/README.md`, import.meta.url), 'utf8'));
    expect(text).toContain(`\`\`\`python\n${card.program}\`\`\``);
    expect(text).toMatch(/\npipeline_tag: (text-generation|(text|token)-classification|time-series-forecasting)\n/);
    if (!model.task) return void expect(card.printed.length).toBeGreaterThan(200); // drawn at random
    // Python writes lists and dicts of texts and numbers almost as JSON does
    const printed = JSON.parse(card.printed.replaceAll("'", '"').replaceAll('None', 'null'));
    const asked: Record<string, () => unknown> = {
      classify: () => predict(model, ['some text']),
      label: () => predict(model, [['This', 'is', 'a', 'sentence', '.']]),
      forecast() {
        const row: Record<string, string | number> = JSON.parse(/row = (\{.*\})/.exec(card.program)![1]);
        const cells = Object.values(row).map(String);
        const rows = Array.from({ length: Number(/\* (\d+)/.exec(card.program)![1]) }, () => cells);
        return predict(model, { where: 'rows', columns: Object.keys(row), rows, lines: rows.map((_, i) => i + 2) });
      },
    };
    expectClose(printed, asked[(model.task as { task: string }).task]());
  },
);

/** The same structure, with the same texts, and numbers that are close. */
function expectClose(one: unknown, other: unknown): void {
  if (typeof one === 'number') expect(Math.abs(one - (other as number))).toBeLessThan(1e-5);
  else if (typeof one === 'object' && one !== null) {
    expect(Object.keys(one)).toEqual(Object.keys(other as object));
    for (const [key, value] of Object.entries(one)) expectClose(value, (other as Record<string, unknown>)[key]);
  } else expect(one).toBe(other);
}
