// `unrolled predict`: what a model made for a task says of new data, as TSV or as one JSON object a line.
//
//   label      a line for each token: token, label; a blank line between two sequences
//   classify   a line for each text: label, probability, text; with --probabilities the probability of each class
//   forecast   a line for each row that can be forecast, the last `horizon` of them behind the end of the file: row, forecast, actual

import { formatTable } from '../data/csv.ts';
import { createSeries, withFuture } from '../data/series.ts';
import type { Backend } from '../engine/backend.ts';
import { UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import { readSentences, readTable } from '../node/read-examples.ts';
import type { ForecastTask } from '../tasks/description.ts';
import { forecast, predictClasses, predictLabels } from '../tasks/predict.ts';
import { manyTextsBackend } from './backend-choice.ts';
import { predictOptions } from './option-tables.ts';
import { expectForTask, type RequestOf, rowsOf } from './options.ts';
import { print } from './output.ts';
import { loadTaskModel, modelWords } from './task-model.ts';
import { readTexts } from './task-sequences.ts';
import { plural } from './text.ts';

/** What a command line asks of predictions. */
interface Asked {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly probabilities: boolean;
  readonly textColumn: string | undefined;
}

export async function runPredict(request: RequestOf<typeof predictOptions>): Promise<number> {
  const [directory, ...files] = request.operands;
  const { model, task } = loadTaskModel(directory);
  const asked: Asked = {
    files,
    json: request.values.format === 'json',
    probabilities: request.values.probabilities,
    textColumn: request.values['text-column'],
  };
  expectForTask(rowsOf(predictOptions), request.given, task.task, modelWords(task.task));
  if (task.task === 'forecast' && files.length > 1)
    throw new UnrolledError(`predict: expected one table to forecast from, got ${files.length} files`);
  const { backend, close } = await manyTextsBackend(request, model.config, 64);
  try {
    const { text, found } = predictions[task.task](asked, model, task as never, backend);
    const out = request.values.out;
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

/** What is written, and how much it is in words. */
interface Predictions {
  readonly text: string;
  readonly found: string;
}

const predictions = { label: labels, classify: classes, forecast: forecasts };

function labels({ files, json, probabilities }: Asked, model: Model, _: unknown, backend: Backend): Predictions {
  const tokens = files.flatMap(readSentences).map(({ words }) => words.map(({ form }) => form));
  const choices = predictLabels(model, tokens, backend);
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
  const choices = predictClasses(model, texts, backend);
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

function forecasts({ files, json }: Asked, model: Model, task: ForecastTask, backend: Backend): Predictions {
  const series = createSeries(readTable(files[0]), task);
  const { horizon, target } = task;
  const values = forecast(model, withFuture(series), { from: horizon, to: series.length + horizon }, backend);
  const found = `${plural(values.length, 'forecast')} of ${target.column}`;
  const rows = Array.from(values, (value, i) => {
    const row = i + horizon + 1; // counted from 1, without the header
    return { row, forecast: value, actual: row > series.length ? null : series.target[row - 1] };
  });
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
