// `unrolled predict`: what a model made for a task says of new data, as TSV or as one JSON object a line.
//
//   label      a line for each token: token, label; a blank line between two sequences
//   classify   a line for each text: label, probability, text; with --probabilities the probability of each class
//   forecast   a line for each row that can be forecast, the last `horizon` of them behind the end of the file: row, forecast, actual

import { formatTable } from '../data/csv.ts';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { readSentences, readTable } from '../node/read-examples.ts';
import type { ForecastDescription, TaskDescription } from '../tasks/description.ts';
import { predict } from '../tasks/predict.ts';
import { manyTextsBackend } from './backend-choice.ts';
import type { Request } from './options.ts';
import { print } from './output.ts';
import { loadTaskModel } from './task-model.ts';
import { readTexts } from './task-sequences.ts';
import { plural } from './text.ts';

/** What a command line asks of predictions. */
interface Asked {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly probabilities: boolean;
  readonly textColumn: string | undefined;
}

export async function runPredict(request: Request): Promise<number> {
  const [directory, ...files] = request.operands;
  const { model, task } = loadTaskModel(directory);
  const asked: Asked = {
    files,
    json: request.text('format') === 'json',
    probabilities: request.flag('probabilities'),
    textColumn: request.text('text-column'),
  };
  expectForTask(asked, task);
  const { backend, close } = await manyTextsBackend(request, model.config, 64);
  try {
    const { text, found } = predictions[task.task](asked, model, task as never, backend);
    const out = request.text('out');
    if (out === undefined) print(text.replace(/\n$/, ''));
    else {
      writeFileAtomicallySync(out, new TextEncoder().encode(text));
      print(`${found} in ${out}`);
    }
    return 0;
  } finally {
    close();
  }
}

function expectForTask({ files, probabilities, textColumn }: Asked, { task }: TaskDescription): void {
  if (textColumn !== undefined && task !== 'classify')
    throw new UnrolledError(`--text-column: expected a model that classifies texts, got one for the task ${task}`);
  if (task !== 'forecast') return;
  if (probabilities) throw new UnrolledError('--probabilities: expected a model of classes, got one that forecasts');
  if (files.length > 1)
    throw new UnrolledError(`predict: expected one table to forecast from, got ${files.length} files`);
}

/** What is written, and how much it is in words. */
interface Predictions {
  readonly text: string;
  readonly found: string;
}

const predictions = { label: labels, classify: classes, forecast: forecasts };

function labels({ files, json, probabilities }: Asked, model: Model, _: unknown, backend: Backend): Predictions {
  const tokens = files.flatMap(readSentences).map(({ words }) => words.map(({ form }) => form));
  const choices = predict(model, tokens, backend);
  const found = plural(choices.length, 'sequence');
  if (json) {
    const objects = choices.map((choice, i) => ({
      tokens: tokens[i],
      labels: choice.map(({ label }) => label),
      ...(probabilities && { probabilities: choice.map(({ probability }) => probability) }),
    }));
    return { text: jsonLines(objects), found };
  }
  // not as a table: in this form the words are as they stand, without quoting, and predict and train read it again
  const line = (token: string, label: string, probability: number) =>
    `${token}\t${label}${probabilities ? `\t${probability.toFixed(4)}` : ''}\n`;
  const blocks = choices.map((choice, i) =>
    choice.map(({ label, probability }, t) => line(tokens[i][t], label, probability)).join(''),
  );
  return { text: blocks.join('\n'), found };
}

function classes(asked: Asked, model: Model, task: { labels: readonly string[] }, backend: Backend): Predictions {
  const { files, json, probabilities, textColumn } = asked;
  const texts = files.flatMap((path) => readTexts(path, textColumn));
  const choices = predict(model, texts, backend).map(({ classes }) => classes);
  const found = plural(texts.length, 'text');
  if (json) {
    const objects = choices.map((all, i) => ({
      text: texts[i],
      ...all[0],
      ...(probabilities && {
        probabilities: Object.fromEntries(all.map(({ label, probability }) => [label, probability])),
      }),
    }));
    return { text: jsonLines(objects), found };
  }
  const rows = choices.map((all, i) => {
    const row = [all[0].label, all[0].probability.toFixed(4), texts[i]];
    if (!probabilities) return row;
    const of = new Map(all.map(({ label, probability }) => [label, probability]));
    return [...row, ...task.labels.map((label) => of.get(label)!.toFixed(4))];
  });
  const columns = ['label', 'probability', 'text', ...(probabilities ? task.labels : [])];
  return { text: formatTable(columns, rows, '\t'), found };
}

function forecasts({ files, json }: Asked, model: Model, task: ForecastDescription, backend: Backend): Predictions {
  const rows = predict(model, readTable(files[0]), backend);
  const found = `${plural(rows.length, 'forecast')} of ${task.target.column}`;
  if (json) return { text: jsonLines(rows), found };
  const cells = rows.map(({ row, forecast: value, actual }) => [
    String(row),
    String(Number(value.toPrecision(6))),
    actual === null ? '' : String(actual),
  ]);
  return { text: ['row\tforecast\tactual', ...cells.map((row) => row.join('\t'))].join('\n').concat('\n'), found };
}

function jsonLines(objects: readonly object[]): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
