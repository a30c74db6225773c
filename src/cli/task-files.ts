// The tasks on the command line: what each reads from files to train on, to measure and to predict, what its predictions look like, and how it
// answers the lines of a pipe. This is the one file here that knows the tasks apart; everything else knows the Task of the library.

import { basename, extname } from 'node:path';
import { columnLike } from '../data/class-table.ts';
import { type LabeledSequence, withLabels } from '../data/conllu.ts';
import { formatTable } from '../data/csv.ts';
import { featuresFromJson } from '../data/features.ts';
import { joinTables, stackTables } from '../data/grouped.ts';
import { linesOf, placeOf } from '../data/lines.ts';
import { type Example, tokenSequences } from '../data/sequences.ts';
import { columnIndex, isNumber, type Table } from '../data/table.ts';
import { findColumns, withoutUnits } from '../data/table-columns.ts';
import type { Level, Tokenizer } from '../data/text/tokenizer.ts';
import { calendarParts } from '../data/times.ts';
import { isStepLevel, tokensOf } from '../data/tokens.ts';
import { expectOneOf, firstTwice, inOneCell, listed, quoted, shortened, UnrolledError } from '../errors.ts';
import {
  type ConlluText,
  isConllu,
  type ReadFileOptions,
  type ReadTableOptions,
  readClasses,
  readConllu,
  readLabeled,
  readSentences,
  readTable,
} from '../node/read-examples.ts';
import { encodeFiles, isFolder, learnFromFiles, readText } from '../node/read-text.ts';
import { nameOf } from '../node/standard-input.ts';
import { type ClassifyDescription, classify, classifySequences } from '../tasks/classify.ts';
import type { ClassEvaluation } from '../tasks/evaluate-classes.ts';
import { learnedOf } from '../tasks/forecast/choose.ts';
import {
  type ForecastDescription,
  forecastSequences,
  preparedFor,
  type SeriesParts,
  wholeOf,
} from '../tasks/forecast/description.ts';
import type { ForecastEvaluation } from '../tasks/forecast/evaluate.ts';
import { columnsOf, forecast, noSkill, rowsAhead } from '../tasks/forecast/forecast.ts';
import { rowAnswers } from '../tasks/forecast/row-answers.ts';
import { predict, type TaskDescription } from '../tasks/kinds.ts';
import { type LabelDescription, label, labelSequences } from '../tasks/label.ts';
import { open } from '../tasks/session.ts';
import type { Task } from '../tasks/task.ts';
import { languageModel } from '../tasks/text/language-model.ts';
import { printClasses } from './class-report.ts';
import { note } from './output.ts';
import { joinConllu } from './parts.ts';
import { expectNoSoundOptions, recordingsOfFiles } from './recording-files.ts';
import { areRecordings, optionsFor, type RunOptions } from './run-options.ts';
import { expectNoSeriesOptions, expectNoTableForm, seriesFiles } from './series-files.ts';
import { printErrors } from './series-report.ts';
import { tableForm } from './table-options.ts';
import { classesJson, classWeightsFor, someOf, type TaskFiles } from './task-form.ts';
import { plural } from './text.ts';

/** The column of the labels in CoNLL-U: parts of speech. */
const conlluColumn = 'upos';

/** Labeled sequences of files, each in its own form. */
function readLabeledFiles(
  paths: readonly string[],
  column: string | null | undefined,
  { encoding, ...form }: ReadTableOptions,
): LabeledSequence[] {
  expectNoTableForm(form);
  return paths.flatMap((path) =>
    readLabeled([path], column ?? (isConllu(path) ? conlluColumn : undefined), { encoding }),
  );
}

/** Sentences to label, and, where all files are CoNLL-U, their texts and the column that the labels go to. */
interface SentencesToLabel {
  readonly tokens: string[][];
  readonly texts: readonly ConlluText[] | null;
  readonly column: string;
}

const labelFiles: TaskFiles<LabelDescription, SentencesToLabel, readonly LabeledSequence[], ClassEvaluation> = {
  purpose: 'label tokens',
  describe: ({ labels }) => `label tokens: ${someOf(labels)}`,
  train(files, options) {
    const { column, 'validation-file': held } = options;
    const form = tableForm(options);
    return label(readLabeledFiles(files, column, form), {
      ...optionsFor('task', options),
      ...classWeightsFor(options),
      column: column ?? (files.every(isConllu) ? conlluColumn : undefined),
      ...(held !== null && { validation: readLabeledFiles([held], column, form) }),
    });
  },
  truth: (files, task, { column, form }) => readLabeledFiles(files, column ?? task.column, form),
  measured: {
    count: (truth) => truth.length,
    sequences: (task, truth, from, to) => labelSequences(task, truth.slice(from, to)),
  },
  evaluationJson: classesJson,
  printEvaluation: (found, { labels }) => printClasses(found, labels, 'token'),
  inputs(files, task, { column, form }) {
    expectNoTableForm(form);
    const isAllConllu = files.every(isConllu);
    if (column !== undefined && !isAllConllu)
      throw new UnrolledError(
        `--column: expected files in CoNLL-U, whose column the labels are written to, got ${nameOf(files.find((path) => !isConllu(path))!)}; leave it out`,
      );
    const texts = isAllConllu ? files.map((path) => readConllu(path, form)) : null;
    const sentences = texts
      ? texts.flatMap((one) => one.sentences)
      : files.flatMap((path) => readSentences(path, form));
    return {
      tokens: sentences.map(({ words }) => words.map((word) => word.form)),
      texts,
      column: column ?? (/^\d*$/.test(task.column ?? '') ? conlluColumn : task.column!),
    };
  },
  // of CoNLL-U each file is an item, as it is written whole
  items: {
    count: ({ tokens, texts }) => (texts ?? tokens).length,
    slice({ tokens, texts, column }, from, to) {
      if (!texts) return { tokens: tokens.slice(from, to), texts, column };
      const sentencesBefore = (file: number) =>
        texts.slice(0, file).reduce((sum, one) => sum + one.sentences.length, 0);
      return { tokens: tokens.slice(sentencesBefore(from), sentencesBefore(to)), texts: texts.slice(from, to), column };
    },
  },
  sequences: (task, { tokens }) => tokenSequences(tokens, featuresFromJson(task.features)),
  predictions(model, _, { tokens: inputs, texts, column }, probabilities, backend) {
    const choices = predict(model, inputs, backend);
    // not as a table: in this form the words are as they stand, without quoting, and predict and train read it again; so what would end a cell or a
    // line is written as JSON writes it
    const line = (token: string, choice: { label: string; probability: number }) =>
      `${inOneCell(token)}\t${inOneCell(choice.label)}${probabilities ? `\t${choice.probability.toFixed(4)}` : ''}\n`;
    return {
      amount: plural(choices.length, 'sequence'),
      ...{ head: '', between: '\n' },
      tsv: () => choices.map((all, i) => all.map((choice, t) => line(inputs[i][t], choice)).join('')).join('\n'),
      json: () => choices.map((all, i) => labelJson(inputs[i], all, probabilities)),
      ...(texts && { conllu: () => labeledTexts(texts, column, choices) }),
    };
  },
  answers(model, _, probabilities, backend, form) {
    expectNoTableForm(form);
    const session = model.config.bidirectional ? null : open(model, { backend });
    return (line) => {
      const tokens = line.split(/\s+/).filter((token) => token !== '');
      session?.reset();
      const choices = session
        ? tokens.map((token) => session.read(token).label())
        : predict(model, [tokens], backend)[0];
      const text = choices.map(({ label, probability }) =>
        probabilities ? `${inOneCell(label)} ${probability.toFixed(4)}` : inOneCell(label),
      );
      return { text: text.join(probabilities ? '\t' : ' '), json: labelJson(tokens, choices, probabilities) };
    };
  },
};

/** Texts of CoNLL-U with labels in a column, one after the other. */
function labeledTexts(
  texts: readonly ConlluText[],
  column: string,
  choices: readonly (readonly { readonly label: string }[])[],
): string {
  let from = 0;
  const labeled = texts.map(({ text, sentences }) => {
    const own = choices.slice(from, from + sentences.length);
    from += sentences.length;
    return withLabels(
      text,
      sentences,
      column,
      own.map((all) => all.map((choice) => choice.label)),
    );
  });
  return joinConllu(labeled);
}

function labelJson(
  tokens: readonly string[],
  choices: readonly { readonly label: string; readonly probability: number }[],
  probabilities: boolean,
): object {
  return {
    tokens,
    labels: choices.map((choice) => choice.label),
    ...(probabilities && { probabilities: choices.map(({ probability }) => probability) }),
  };
}

const classifyFiles: TaskFiles<ClassifyDescription, string[], readonly Example[], ClassEvaluation> = {
  purpose: 'classify texts',
  describe: ({ labels }) => `classify texts: ${someOf(labels)}`,
  train(files, options) {
    const columns = { ...optionsFor('columns', options), ...tableForm(options) };
    for (const name of ['label-column', 'text-column', 'weight-column'] as const) {
      const folder = (options[name] ?? null) === null ? undefined : files.find(isFolder);
      if (folder !== undefined)
        throw new UnrolledError(`--${name}: expected a table, which it is for, got the folder ${folder}; leave it out`);
    }
    const { 'validation-file': held } = options;
    const { level, ...rest } = optionsFor('task', options);
    return classify(
      files.flatMap((path) => readClasses(path, columns)),
      {
        ...rest,
        ...classWeightsFor(options),
        ...(isStepLevel(level) && { level }),
        ...(held !== null && { validation: readClasses(held, { ...columns, oneClass: true }) }),
      },
    );
  },
  truth: (files, _, { label, text, form }) =>
    files.flatMap((path) => readClasses(path, { label, text, ...form, oneClass: true })),
  measured: {
    count: (truth) => truth.length,
    sequences: (task, truth, from, to) => classifySequences(task, truth.slice(from, to)),
  },
  evaluationJson: classesJson,
  printEvaluation: (found, { labels }) => printClasses(found, labels, 'text'),
  inputs: (files, _, { text, form }) => files.flatMap((path) => readTexts(path, text, form)),
  items: { count: (texts) => texts.length, slice: (texts, from, to) => texts.slice(from, to) },
  sequences: (task, inputs) =>
    tokenSequences(
      inputs.map((text) => tokensOf(text, task.level)),
      featuresFromJson(task.features),
    ),
  predictions(model, task, inputs, probabilities, backend) {
    const found = predict(model, inputs, backend);
    const rows = () =>
      found.map((one, i) => {
        const row = [one.label, one.probability.toFixed(4), inputs[i]];
        if (!probabilities) return row;
        const of = new Map(one.classes.map((choice) => [choice.label, choice.probability]));
        return [...row, ...task.labels.map((name) => of.get(name)!.toFixed(4))];
      });
    const header = ['label', 'probability', 'text', ...(probabilities ? task.labels : [])];
    return {
      amount: plural(inputs.length, 'text'),
      ...{ head: formatTable(header, [], '\t'), between: '' },
      tsv: () => formatTable(header, rows(), '\t'),
      json: () => found.map(({ classes }, i) => classJson(inputs[i], classes, probabilities)),
    };
  },
  answers(model, task, probabilities, backend) {
    const session = model.config.bidirectional ? null : open(model, { backend });
    return (line) => {
      const classes = session
        ? Array.from(session.reset().read(line).probabilities(), (probability, c) => ({
            label: task.labels[c],
            probability,
          })).sort((a, b) => b.probability - a.probability)
        : predict(model, [line], backend)[0].classes;
      const some = probabilities ? classes : classes.slice(0, 1);
      const text = some.map((one) => `${inOneCell(one.label)}\t${one.probability.toFixed(4)}`).join('\t');
      return { text, json: classJson(line, classes, probabilities) };
    };
  },
};

function classJson(
  text: string,
  classes: readonly { readonly label: string; readonly probability: number }[],
  probabilities: boolean,
): object {
  const all = Object.fromEntries(classes.map((choice) => [choice.label, choice.probability]));
  return { text, ...classes[0], ...(probabilities && { probabilities: all }) };
}

const forecastFiles: TaskFiles<ForecastDescription, Table, Table | SeriesParts, ForecastEvaluation> = {
  purpose: 'forecast a column',
  describe(task) {
    const { target, group, quantiles, window } = task;
    const of = group === undefined ? '' : ` of each ${shortened(group)}`;
    const as = quantiles ? `, as the quantiles ${quantiles.join(', ')}` : '';
    return `forecast ${shortened(target.column)}${of} ${rowsAhead(task)}${as}, from ${listed(columnsOf(task))}, in windows of ${window}; learned is ${learnedOf(target)}`;
  },
  train(files, options, plan) {
    const form = tableForm(options);
    const { 'validation-file': held, target, quantiles } = options;
    const group = options.group ?? (files.length > 1 ? fileColumn : undefined);
    const table = readSeries(files, group, form);
    if (target === null)
      throw new UnrolledError(
        `--target: expected the column to forecast, one of ${listed(findColumns(withoutUnits(table).table, []).numbers) || 'the columns of numbers'}, got none`,
      );
    const { calendar, ...rest } = optionsFor('task', options);
    return forecast(table, {
      ...rest,
      ...(calendar && { calendar: calendar.map((part) => expectOneOf('--calendar', part, calendarParts)) }),
      ...{ target, group, weight: options['weight-column'] ?? undefined },
      quantiles: quantiles?.map((q) => (isNumber(q) ? Number(q) : (q as unknown as number))),
      ...(held !== null && { validation: readSeries([held], group, form) }),
      ...(plan?.task === 'forecast' && { plan }),
    });
  },
  truth(files, task, { form }, origins) {
    const table = preparedTable(files, task, form);
    return origins === undefined ? table : { ...wholeOf(task, table), origins };
  },
  evaluationJson: ({ count: moments, ...found }, { target, from, horizon }) => ({
    ...{ target: target.column, horizon: from === undefined ? horizon : `${from}-${horizon}`, count: moments },
    ...found,
  }),
  printEvaluation: (found, task) =>
    printErrors(found, `forecasts of ${shortened(task.target.column)}, ${rowsAhead(task)}`, noSkill),
  inputs: (files, task, { form }) => preparedTable(files, task, form),
  sequences: (task, table) => forecastSequences(task, wholeOf(task, table)),
  predictions(model, { target, group, quantiles }, table, _, backend) {
    const rows = predict(model, table, backend);
    const isTimed = rows.some(({ time }) => time !== undefined);
    const header = [
      ...(group === undefined ? [] : ['series']),
      ...['row', ...(isTimed ? ['time'] : []), 'forecast', 'actual', ...(quantiles ?? [])],
    ];
    const line = ({ series, row, time = '', forecast: value, actual, quantiles: all = [] }: (typeof rows)[number]) => [
      ...(series === undefined ? [] : [inOneCell(series)]),
      ...[String(row), ...(isTimed ? [inOneCell(time)] : []), rounded(value), actual === null ? '' : String(actual)],
      ...all.map(rounded),
    ];
    return {
      amount: `${plural(rows.length, 'forecast')} of ${shortened(target.column)}`,
      tsv: () => [header, ...rows.map(line)].map((cells) => `${cells.join('\t')}\n`).join(''),
      json: () => rows,
    };
  },
  answers(model, task, _, backend, form) {
    const { quantiles } = task;
    const answer = rowAnswers(open(model, { backend }), task, form);
    return (line) => {
      const found = answer(line);
      if (!found) return null;
      const { values, ...place } = found;
      const text = [...Object.values(place), ...values.map(rounded)].join('\t');
      if (values.length === 1) return { text, json: { ...place, forecast: values[0] } };
      return { text, json: { ...place, ...(quantiles && { quantiles }), forecasts: values } };
    };
  },
};

/** The column that names the series where each is a file. */
const fileColumn = 'file';

/** The series of some tables: one, or those that a column tells apart, or one for each file, with its name. */
function readSeries(files: readonly string[], group: string | undefined, form: ReadTableOptions): Table {
  const tables = files.map((file) => readTable(file, form));
  const [first] = tables;
  if (group === fileColumn && !first.columns.includes(fileColumn)) {
    const names = files.map((file) => basename(file, extname(file)));
    const twice = firstTwice(names);
    if (twice !== undefined)
      throw new UnrolledError(
        `${listed(files)}: expected files of different names, which name the series, got ${quoted(twice)} twice`,
      );
    return joinTables(tables, names, fileColumn);
  }
  if (files.length === 1) return first;
  if (group === undefined)
    throw new UnrolledError(
      `${listed(files)}: expected one table, as the model knows one series, got ${files.length} files`,
    );
  return stackTables(tables);
}

/** Prepares tables as the model's task says, and tells of what was done. */
function preparedTable(files: readonly string[], task: ForecastDescription, form: ReadTableOptions): Table {
  const prepared = preparedFor(task, readSeries(files, task.group, form));
  if ('remarks' in prepared) for (const remark of prepared.remarks) note(`unrolled: ${remark}`);
  return prepared;
}

const rounded = (value: number) => String(Number(value.toPrecision(6)));

const filesByTask = { label: labelFiles, classify: classifyFiles, forecast: forecastFiles, series: seriesFiles };

/** What the command line knows of the task of a model. */
export function filesOf(task: TaskDescription): TaskFiles<TaskDescription, unknown, unknown, unknown> {
  return filesByTask[task.task] as TaskFiles<TaskDescription, unknown, unknown, unknown>;
}

/** A task made of files, and sentences about what was left out. */
export interface TaskOfFiles {
  readonly task: Task;
  readonly remarks: readonly string[];
  /** SHA-256 of the text that was read; other files are read again to tell whether they changed meanwhile. */
  readonly sha256?: string;
}

/**
 * Makes the task that a training run asks for.
 * @param tokenizer the vocabulary to read a text with; without one it is learned from the text
 * @param begun the task of a run that is resumed, where it is not of text
 */
export function taskOfFiles(
  files: readonly string[],
  options: RunOptions,
  tokenizer?: Tokenizer,
  begun?: TaskDescription,
): TaskOfFiles {
  if (options.task !== 'text') return { task: trainingTask(files, options, begun), remarks: [] };
  const { 'validation-file': held } = options;
  const reading = optionsFor('text', options);
  const known = tokenizer ?? learnTokenizerOf(files, options);
  const all = encodeFiles(files, known, reading);
  const own = held === null ? undefined : encodeFiles([held], known, reading);
  const sources = own ? [all.source, own.source] : [all.source];
  return {
    task: languageModel(all.ids, {
      tokenizer: known,
      level: known.level,
      validation: own?.ids ?? options.validation ?? undefined,
    }),
    remarks: sources.flatMap(({ byteOrderMarks, likelyUtf16 }) => [
      ...byteOrderMarks.map((path) => `${path}: the byte order mark at its start was left out`),
      ...likelyUtf16.map(
        ({ path, order }) =>
          `${path}: it looks like UTF-16, and was read as UTF-8 with a NUL beside each letter; say that it is with --encoding utf-16${order.toLowerCase()}`,
      ),
    ]),
    sha256: all.source.sha256,
  };
}

function trainingTask(files: readonly string[], options: RunOptions, begun?: TaskDescription): Task {
  // runs of 0.1 have fewer options
  const { task, group = null, 'label-column': labels = null } = options;
  const isOfSeries = group !== null && (task === 'label' || task === 'classify');
  if (!isOfSeries && areRecordings(files, options)) return recordingsOfFiles(files, options);
  expectNoSoundOptions(options);
  if (isOfSeries) return seriesFiles.train(files, options, begun);
  if (task !== 'forecast') expectNoSeriesOptions(options);
  if (task === 'label' && labels !== null)
    throw new UnrolledError('--label-column: expected --group, whose table has it, got none; take --column');
  if (task === 'label' && (options['weight-column'] ?? null) !== null)
    throw new UnrolledError('--weight-column: expected --group, whose table has it, got none; leave it out');
  return filesByTask[task as keyof typeof filesByTask].train(files, options, begun);
}

/** Characters are learned from the held-out text too: one that is only there should cost loss, not stop the run. Words would be `<unk>`. */
export function learnTokenizerOf(files: readonly string[], options: RunOptions): Tokenizer {
  const { level, 'validation-file': held } = options;
  const { minCount, pretokenized } = optionsFor('task', options);
  const { replaceInvalid, encoding } = optionsFor('text', options);
  return learnFromFiles(held !== null && level === 'char' ? [...files, held] : files, level as Level, {
    ...(level === 'word' && { pretokenized, minCount }),
    replaceInvalid,
    encoding,
  }).tokenizer;
}

/** The texts of a file: of a table those of a column, of a folder its examples, else one a line. */
function readTexts(path: string, column: string | undefined, form: ReadTableOptions): string[] {
  if (isFolder(path)) return readClasses(path, { ...form, oneClass: true }).map(({ text }) => text);
  const isTable = column !== undefined || /\.(csv|tsv|tab)$/i.test(path);
  const texts = isTable ? textsOfTable(readTable(path, form), column ?? 'text') : textsOfLines(path, form);
  if (texts.length > 0) return texts;
  throw new UnrolledError(`${path}: expected a text in each line, got blank lines only`);
}

function textsOfTable(table: Table, column: string): string[] {
  const like = columnLike(table.columns, column);
  const at = table.columns.length === 1 ? 0 : like >= 0 ? like : columnIndex(table, column);
  return table.rows.map((row, i) => {
    const text = row[at].trim();
    if (text !== '') return text;
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[i])}: expected a text, got an empty cell; leave the row out`,
    );
  });
}

function textsOfLines(path: string, { encoding }: ReadFileOptions): string[] {
  return linesOf(readText(path, { encoding }))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
