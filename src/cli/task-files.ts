// The tasks on the command line: what each reads from files to train on, to measure and to predict, what its predictions look like, and how it
// answers the lines of a pipe. This is the one file here that knows the tasks apart; everything else knows the Task of the library.

import type { LabeledSequence } from '../data/conllu.ts';
import { type Delimiter, formatTable, parseTable } from '../data/csv.ts';
import { featuresFromJson } from '../data/features.ts';
import { linesOf, placeOf } from '../data/lines.ts';
import { type Example, type Sequences, tokenSequences } from '../data/sequences.ts';
import { createSeries } from '../data/series.ts';
import { columnIndex, isNumber, numberColumns, type Table } from '../data/table.ts';
import type { Level, Tokenizer } from '../data/text/tokenizer.ts';
import { isStepLevel, tokensOf } from '../data/tokens.ts';
import type { Backend } from '../engine/backend.ts';
import { inOneCell, listed, quoted, shortened, UnrolledError } from '../errors.ts';
import type { Model } from '../network/model.ts';
import { isConllu, readClasses, readLabeled, readSentences, readTable } from '../node/read-examples.ts';
import { encodeFiles, isFolder, learnFromFiles, readText } from '../node/read-text.ts';
import { type ClassifyDescription, classify } from '../tasks/classify.ts';
import type { ClassEvaluation } from '../tasks/evaluate-classes.ts';
import {
  type ForecastDescription,
  type ForecastEvaluation,
  forecast,
  forecastSequences,
  wholeOf,
} from '../tasks/forecast.ts';
import { predict, type TaskDescription } from '../tasks/kinds.ts';
import { type LabelDescription, label } from '../tasks/label.ts';
import {
  type SeriesDescription,
  type SeriesPrediction,
  type StepPrediction,
  seriesSequences,
} from '../tasks/series-classes.ts';
import { open } from '../tasks/session.ts';
import type { Task } from '../tasks/task.ts';
import { languageModel } from '../tasks/text/language-model.ts';
import { printClasses } from './class-report.ts';
import { print } from './output.ts';
import { optionsFor, type RunOptions } from './run-options.ts';
import { count, number, plural } from './text.ts';

/** The columns that files are read by; undefined for the usual ones. */
export interface Columns {
  readonly column?: string;
  readonly label?: string;
  readonly text?: string;
}

/** What a model says of some data. */
export interface Predictions {
  /** How much it is: `2 texts`. */
  readonly amount: string;
  tsv(): string;
  /** One object for each sequence, text or forecast. */
  json(): object[];
}

/** An answer to a line of a pipe. */
export interface Answer {
  readonly text: string;
  readonly json: object;
}

/** A task on the command line. */
interface TaskFiles<Description, Inputs, Truth, Evaluation> {
  /** What its models do: `label tokens`. */
  readonly purpose: string;
  /** The same of one of them, with its classes or columns. */
  describe(task: Description): string;
  /** Makes the task of the data in some files. */
  train(files: readonly string[], options: RunOptions): Task;
  /** Reads data with the truth, to measure a model by. */
  truth(files: readonly string[], task: Description, columns: Columns): Truth;
  /** How well a model does, for a program. */
  evaluationJson(found: Evaluation, task: Description): object;
  /** Prints the same for people. */
  printEvaluation(found: Evaluation, task: Description): void;
  /** Reads data to predict. */
  inputs(files: readonly string[], columns: Columns): Inputs;
  /** The same as the network reads them. */
  sequences(task: Description, inputs: Inputs): Sequences;
  predictions(model: Model, task: Description, inputs: Inputs, probabilities: boolean, backend: Backend): Predictions;
  /** Begins to answer the lines of a pipe; null stands for a line that has no answer. */
  answers(model: Model, task: Description, probabilities: boolean, backend: Backend): (line: string) => Answer | null;
}

/** The first labels, and how many there are. */
function someOf(labels: readonly string[]): string {
  const some = labels.slice(0, 20).map((label) => shortened(label));
  return `${some.join(', ')}${labels.length > some.length ? ', …' : ''} (${labels.length})`;
}

function classesJson(found: ClassEvaluation, { labels }: { readonly labels: readonly string[] }): object {
  const { confusion, classes, labels: _, ...numbers } = found;
  const C = labels.length;
  return {
    ...numbers,
    classes: classes.map((one, c) => ({ label: labels[c], ...one })),
    confusion: labels.map((_, c) => [...confusion.subarray(c * C, (c + 1) * C)]),
  };
}

/** The column of the labels in CoNLL-U: parts of speech. */
const conlluColumn = 'upos';

/** Labeled sequences of files, each in its own form. */
function readLabeledFiles(paths: readonly string[], column?: string | null): LabeledSequence[] {
  return paths.flatMap((path) => readLabeled([path], column ?? (isConllu(path) ? conlluColumn : undefined)));
}

const labelFiles: TaskFiles<LabelDescription, string[][], readonly LabeledSequence[], ClassEvaluation> = {
  purpose: 'label tokens',
  describe: ({ labels }) => `label tokens: ${someOf(labels)}`,
  train(files, options) {
    const { column, 'validation-file': held } = options;
    return label(readLabeledFiles(files, column), {
      ...optionsFor('task', options),
      column: column ?? (files.every(isConllu) ? conlluColumn : undefined),
      ...(held !== null && { validation: readLabeledFiles([held], column) }),
    });
  },
  truth: (files, task, { column }) => readLabeledFiles(files, column ?? task.column),
  evaluationJson: classesJson,
  printEvaluation: (found, { labels }) => printClasses(found, labels, 'token'),
  inputs: (files) => files.flatMap(readSentences).map(({ words }) => words.map(({ form }) => form)),
  sequences: (task, inputs) => tokenSequences(inputs, featuresFromJson(task.features)),
  predictions(model, _, inputs, probabilities, backend) {
    const choices = predict(model, inputs, backend);
    // not as a table: in this form the words are as they stand, without quoting, and predict and train read it again; so what would end a cell or a
    // line is written as JSON writes it
    const line = (token: string, choice: { label: string; probability: number }) =>
      `${inOneCell(token)}\t${inOneCell(choice.label)}${probabilities ? `\t${choice.probability.toFixed(4)}` : ''}\n`;
    return {
      amount: plural(choices.length, 'sequence'),
      tsv: () => choices.map((all, i) => all.map((choice, t) => line(inputs[i][t], choice)).join('')).join('\n'),
      json: () => choices.map((all, i) => labelJson(inputs[i], all, probabilities)),
    };
  },
  answers(model, _, probabilities, backend) {
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
    const columns = optionsFor('columns', options);
    for (const name of ['label-column', 'text-column'] as const) {
      const folder = options[name] === null ? undefined : files.find(isFolder);
      if (folder !== undefined)
        throw new UnrolledError(`--${name}: expected a table, which it is for, got the folder ${folder}; leave it out`);
    }
    const { 'validation-file': held } = options;
    const { level, ...rest } = optionsFor('task', options);
    return classify(
      files.flatMap((path) => readClasses(path, columns)),
      {
        ...rest,
        ...(isStepLevel(level) && { level }),
        ...(held !== null && { validation: readClasses(held, { ...columns, oneClass: true }) }),
      },
    );
  },
  truth: (files, _, columns) => files.flatMap((path) => readClasses(path, { ...columns, oneClass: true })),
  evaluationJson: classesJson,
  printEvaluation: (found, { labels }) => printClasses(found, labels, 'text'),
  inputs: (files, { text }) => files.flatMap((path) => readTexts(path, text)),
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
    return {
      amount: plural(inputs.length, 'text'),
      tsv: () => formatTable(['label', 'probability', 'text', ...(probabilities ? task.labels : [])], rows(), '\t'),
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

const forecastFiles: TaskFiles<ForecastDescription, Table, Table, ForecastEvaluation> = {
  purpose: 'forecast a column',
  describe({ target, inputs, horizon, window }) {
    const read = listed(inputs.map(({ column }) => column));
    return `forecast ${shortened(target.column)} ${plural(horizon, 'row')} ahead, from ${read}, in windows of ${window}`;
  },
  train(files, options) {
    const table = readTable(oneTable('--task forecast', files));
    const { 'validation-file': held, target } = options;
    if (target === null)
      throw new UnrolledError(
        `--target: expected the column to forecast, one of ${listed(numberColumns(table)) || 'the columns of numbers'}, got none`,
      );
    return forecast(table, {
      ...optionsFor('task', options),
      target,
      ...(held !== null && { validation: readTable(held) }),
    });
  },
  truth: (files) => readTable(oneTable('eval', files)),
  evaluationJson: ({ mse, mae, naive, skill, count: moments }, { target, horizon }) => ({
    ...{ target: target.column, horizon, count: moments, mse, mae },
    ...{ naive: { mse: naive.mse, mae: naive.mae }, skill },
  }),
  printEvaluation({ mse, mae, naive, skill, count: moments }, { target, horizon }) {
    const row = (name: string, squared: string, absolute: string) =>
      print(`${name.padEnd(22)}${squared.padStart(16)}${absolute.padStart(16)}`);
    row('', 'squared error', 'absolute error');
    row('network', number(mse), number(mae));
    row('the last known value', number(naive.mse), number(naive.mae));
    print(`skill ${skill.toFixed(4)}: 1 is perfect, 0 no better than the last known value, below 0 worse`);
    print(`${count(moments)} forecasts of ${shortened(target.column)}, ${plural(horizon, 'row')} ahead`);
  },
  inputs: (files) => readTable(oneTable('predict', files)),
  sequences: (task, table) => forecastSequences(task, wholeOf(createSeries(table, task))),
  predictions(model, { target }, table, _, backend) {
    const rows = predict(model, table, backend);
    const line = ({ row, forecast: value, actual }: (typeof rows)[number]) =>
      `${row}\t${rounded(value)}\t${actual === null ? '' : actual}\n`;
    return {
      amount: `${plural(rows.length, 'forecast')} of ${shortened(target.column)}`,
      tsv: () => `row\tforecast\tactual\n${rows.map(line).join('')}`,
      json: () => rows,
    };
  },
  answers(model, task, _, backend) {
    const session = open(model, { backend });
    const inputs = task.inputs.map(({ column }) => column);
    let header: readonly string[] | null = null;
    let delimiter: Delimiter | undefined;
    return (line) => {
      const table = parseTable(line, { header: false, delimiter, where: 'row' });
      const [cells] = table.rows;
      if (!header) {
        delimiter = (['\t', ';', ','] as const).find((one) => line.split(one).length === cells.length);
        const isNamed = !cells.every(isNumber);
        header = isNamed ? cells : inputs;
        if (isNamed && (cells.some(isNumber) || !inputs.some((column) => cells.includes(column))))
          throw new UnrolledError(
            `header: expected the names of the columns, ${listed(inputs)}, got ${listed(cells)}; ` +
              'it may be left out only where each line has just these numbers, in this order',
          );
        if (isNamed) for (const column of inputs) columnIndex({ ...table, where: 'header', columns: cells }, column);
        if (isNamed) return null;
      }
      if (cells.length !== header.length)
        throw new UnrolledError(
          `row: expected ${plural(header.length, 'column')} (${listed(header)}), got ${cells.length}`,
        );
      const wrong = inputs.find((column) => !isNumber(cells[header!.indexOf(column)]));
      if (wrong !== undefined)
        throw new UnrolledError(
          `column ${shortened(wrong)}: expected a number, got ${quoted(cells[header.indexOf(wrong)])}`,
        );
      session.read(inputs.map((column) => Number(cells[header!.indexOf(column)])));
      const [value] = session.values();
      const row = session.steps() + task.horizon;
      return { text: `${row}\t${rounded(value)}`, json: { row, forecast: value } };
    };
  },
};

/** The one table that there is to read. */
function oneTable(where: string, files: readonly string[]): string {
  if (files.length === 1) return files[0];
  throw new UnrolledError(`${where}: expected one table, got ${files.length} files (${files.join(', ')})`);
}

const rounded = (value: number) => String(Number(value.toPrecision(6)));

/** The options that are not for series, with those of texts. */
const textOptions = ['level', 'min-count', 'text-column', 'column'] as const;

/** The task of the classes of series in a table. */
function seriesOfFiles(files: readonly string[], options: RunOptions): Task {
  const { group, 'label-column': column, 'validation-file': held, task } = options;
  const wrong = textOptions.find((name) => options[name] !== null && !(name === 'level' && options.level === 'char'));
  if (wrong !== undefined)
    throw new UnrolledError(`--${wrong}: expected none with --group, whose series are vectors, got one; leave it out`);
  const { validation, inputs, pooling } = optionsFor('task', options);
  const asked = {
    ...{ group: group!, label: column ?? undefined, inputs },
    validation: held === null ? validation : readTable(held),
  };
  const table = readTable(oneTable(`--task ${task}`, files));
  return task === 'classify' ? classify(table, { ...asked, pooling }) : label(table, asked);
}

const seriesFiles: TaskFiles<SeriesDescription, Table, Table, ClassEvaluation> = {
  purpose: 'classify series',
  describe({ at, group, label, inputs, labels }) {
    const what = at === 'sequence' ? `each ${shortened(group)}` : 'each row';
    return `tell the ${shortened(label)} of ${what}: ${someOf(labels)}; from ${listed(inputs.map(({ column }) => column))}`;
  },
  train: seriesOfFiles,
  truth: (files) => readTable(oneTable('eval', files)),
  evaluationJson: classesJson,
  printEvaluation: (found, { labels, at }) => printClasses(found, labels, at === 'sequence' ? 'sequence' : 'step'),
  inputs: (files) => readTable(oneTable('predict', files)),
  sequences: (task, table) => seriesSequences(task, table),
  predictions(model, task, table, probabilities, backend) {
    const found = predict<SeriesPrediction | StepPrediction>(model, table, backend);
    const names = 'classes' in found[0] && probabilities ? task.labels : [];
    const rows = () =>
      found.map((one) => {
        const of = new Map('classes' in one ? one.classes.map((choice) => [choice.label, choice.probability]) : []);
        const place = 'row' in one ? [String(one.row)] : [];
        return [
          one.group,
          ...place,
          one.label,
          one.probability.toFixed(4),
          ...names.map((name) => of.get(name)!.toFixed(4)),
        ];
      });
    const place = 'row' in found[0] ? ['row'] : [];
    return {
      amount: plural(found.length, task.at === 'sequence' ? 'sequence' : 'step'),
      tsv: () => formatTable([task.group, ...place, 'label', 'probability', ...names], rows(), '\t'),
      json: () =>
        found.map((one) => {
          if (!('classes' in one)) return one;
          const { classes, ...best } = one;
          const all = Object.fromEntries(classes.map((choice) => [choice.label, choice.probability]));
          return { ...best, ...(probabilities && { probabilities: all }) };
        }),
    };
  },
  answers(model, { inputs, labels, at }, probabilities, backend) {
    const session = open(model, { backend });
    const columns = inputs.map(({ column }) => column);
    return (line) => {
      const [cells] = parseTable(line, { header: false, where: 'row' }).rows;
      if (cells.length === columns.length && !cells.some(isNumber)) return null; // the names of the columns
      if (cells.length !== columns.length || !cells.every(isNumber))
        throw new UnrolledError(
          `row: expected ${plural(columns.length, 'number')} (${listed(columns)}), got ${listed(cells)}`,
        );
      session.read(cells.map(Number));
      const best = session.label();
      const all = Object.fromEntries(Array.from(session.probabilities(), (value, c) => [labels[c], value]));
      return {
        text: `${inOneCell(best.label)}\t${best.probability.toFixed(4)}`,
        json: {
          [at === 'sequence' ? 'rows' : 'row']: session.steps(),
          ...best,
          ...(probabilities && { probabilities: all }),
        },
      };
    };
  },
};

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
 */
export function taskOfFiles(files: readonly string[], options: RunOptions, tokenizer?: Tokenizer): TaskOfFiles {
  if (options.task !== 'text') return { task: trainingTask(files, options), remarks: [] };
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
          `${path}: it looks like UTF-16, and was read as UTF-8 with a NUL beside each letter; convert it with iconv -f utf-16${order.toLowerCase()} -t utf-8`,
      ),
    ]),
    sha256: all.source.sha256,
  };
}

function trainingTask(files: readonly string[], options: RunOptions): Task {
  const { group, task, inputs } = options;
  if (group !== null && task !== 'text') return seriesFiles.train(files, options);
  if (task !== 'forecast' && inputs !== null)
    throw new UnrolledError('--inputs: expected --group, whose series have columns, got none; leave it out');
  if (task === 'label' && options['label-column'] !== null)
    throw new UnrolledError('--label-column: expected --group, whose table has it, got none; take --column');
  return filesByTask[task as keyof typeof filesByTask].train(files, options);
}

/** Characters are learned from the held-out text too: one that is only there should cost loss, not stop the run. Words would be `<unk>`. */
export function learnTokenizerOf(files: readonly string[], options: RunOptions): Tokenizer {
  const { level, 'validation-file': held } = options;
  const { minCount, pretokenized } = optionsFor('task', options);
  const { replaceInvalid } = optionsFor('text', options);
  return learnFromFiles(held !== null && level === 'char' ? [...files, held] : files, level as Level, {
    ...(level === 'word' && { pretokenized, minCount }),
    replaceInvalid,
  }).tokenizer;
}

/** The texts of a file: of a table those of a column, of a folder its examples, else one a line. */
function readTexts(path: string, column?: string): string[] {
  if (isFolder(path)) return readClasses(path, { oneClass: true }).map(({ text }) => text);
  const isTable = column !== undefined || /\.(csv|tsv|tab)$/i.test(path);
  const texts = isTable ? textsOfTable(readTable(path), column ?? 'text') : textsOfLines(path);
  if (texts.length > 0) return texts;
  throw new UnrolledError(`${path}: expected a text in each line, got blank lines only`);
}

function textsOfTable(table: Table, column: string): string[] {
  const at = columnIndex(table, table.columns.length === 1 ? table.columns[0] : column);
  return table.rows.map((row, i) => {
    const text = row[at].trim();
    if (text !== '') return text;
    throw new UnrolledError(
      `${placeOf(table.where, table.lines[i])}: expected a text, got an empty cell; leave the row out`,
    );
  });
}

function textsOfLines(path: string): string[] {
  return linesOf(readText(path))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
