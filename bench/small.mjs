// Few data with the defaults, beside counting: the beginnings of a text, sentences to label, and rows of a series to forecast. A text of which nothing is
// held out is to be learned by heart: the share of its characters that are the most probable after those before them.
//
//   node bench/small.mjs TEXT [CONLLU] [--seeds 1,2]

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { baselines } from '../dist/core.js';
import {
  createModel,
  evaluate,
  fit,
  forecast,
  label,
  languageModel,
  open,
  parseTable,
  readLabeled,
} from '../dist/node.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '1,2' } },
});
if (positionals.length === 0) throw new Error('expected a text file, as in: node bench/small.mjs @river');
const [textFile, sentencesFile] = positionals;
const seeds = values.seeds.split(',').map(Number);
const text = readFileSync(textFile, 'utf8');
const row = (cells) => console.log(`| ${cells.join(' | ')} |`);

row(['data', 'held out', 'network', 'counting', 'CPU seconds']);
row(['---', '---', '---', '---', '---']);
for (const length of [75, 150, 500, 5000]) {
  const task = languageModel(text.slice(0, length));
  const figures = [];
  let seconds = 0;
  for (const seed of seeds) {
    const model = createModel(task, { seed });
    const start = process.cpuUsage();
    await fit(model, task, { seed });
    seconds = Math.max(seconds, process.cpuUsage(start).user / 1e6);
    if (task.heldOut) figures.push(evaluate(model, task.heldOut).nll.toFixed(3));
    else figures.push(`${(100 * rightShare(model, text.slice(0, length))).toFixed(0)} % right`);
  }
  const training = task.kept.tokenizer.encode(text.slice(0, length - (task.heldOut?.length ?? 0)));
  const counted = task.heldOut
    ? `pairs ${baselines(training, task.heldOut, task.architecture.vocabSize).bigram.toFixed(3)}`
    : '–';
  row([`${length} characters`, task.heldOut?.length ?? 'nothing', figures.join(', '), counted, seconds.toFixed(1)]);
}
if (sentencesFile) {
  const sentences = readLabeled([sentencesFile], 'upos').slice(0, 120);
  await accuracyOf(`${sentences.length} sentences to label`, label(sentences));
}
for (const [name, value] of [
  ['60 rows of period 5', (t) => [3, 1, 4, 1, 5][t % 5]],
  ['60 rows of a sine', (t) => 10 * Math.sin(t / 3)],
]) {
  const cells = Array.from({ length: 60 }, (_, t) => value(t));
  const task = forecast(parseTable(`v\n${cells.join('\n')}\n`), { target: 'v' });
  await measure(name, task, `${task.heldOut.part.to - task.heldOut.part.from} rows`, ({ skill }) => [
    `skill ${skill.toFixed(3)}`,
    'skill 0',
  ]);
}

async function accuracyOf(name, task) {
  await measure(name, task, `${task.heldOut.length} sentences`, (_, report) => [
    `${(100 * report.accuracy).toFixed(1)} %`,
    `${report.majority.label} ${(100 * report.majority.accuracy).toFixed(1)} %`,
  ]);
}

async function measure(name, task, heldOut, figureOf) {
  const figures = [];
  let seconds = 0;
  let counted = '';
  for (const seed of seeds) {
    const model = createModel(task, { seed });
    const start = process.cpuUsage();
    await fit(model, task, { seed });
    seconds = Math.max(seconds, process.cpuUsage(start).user / 1e6);
    const found = evaluate(model, task.heldOut);
    const { confusion, labels } = found;
    const supports = labels?.map((_, c) => found.classes[c].support) ?? [];
    const most = supports.indexOf(Math.max(...supports));
    const majority = labels && { label: labels[most], accuracy: supports[most] / found.count };
    const [figure, simplest] = figureOf(found, { accuracy: found.accuracy, majority, confusion });
    figures.push(figure);
    counted = simplest;
  }
  row([name, heldOut, figures.join(', '), counted, seconds.toFixed(1)]);
}

/** The share of the characters but the first that are the most probable ones. */
function rightShare(model, text) {
  const session = open(model);
  let right = 0;
  for (let i = 1; i < text.length; i++) if (session.read(text[i - 1]).label().label === text[i]) right++;
  return right / (text.length - 1);
}
