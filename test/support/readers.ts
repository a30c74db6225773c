// Everything that reads what somebody else has written, in one table: each reader with valid inputs, the texts that are special in its format, and a
// call that reads an input and then uses what it has read as a program would. Files with a checksum are read from their contents, which are sealed
// here, so that a change of the contents reaches the reader behind the checksum.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Laboratory } from '../../lab/engine/laboratory.ts';
import { openModel } from '../../lab/files/model.ts';
import { decodeSession, encodeSession } from '../../lab/files/session.ts';
import { readText as readDropped } from '../../lab/files/text.ts';
import { defaultSettings } from '../../lab/settings.ts';
import { historyOf, presetOf } from '../../lab/state/session-data.ts';
import { readLink } from '../../lab/state/url.ts';
import { commands } from '../../src/cli/commands.ts';
import { bytesOf, readArguments } from '../../src/cli/options.ts';
import { parseCheckpoint } from '../../src/cli/run-facts.ts';
import { filesOf } from '../../src/cli/task-files.ts';
import { columnLabels, conlluLabels, parseColumns, parseConllu, withLabels } from '../../src/data/conllu.ts';
import { parseTable, type TableOptions } from '../../src/data/csv.ts';
import { learnTable, prepareTable, type TablePlanOptions } from '../../src/data/prepare-table.ts';
import { isNumber, numberColumn } from '../../src/data/table.ts';
import { parseTablePlan, readRow } from '../../src/data/table-plan.ts';
import { createTokenizer, learnTokenizer } from '../../src/data/text/create.ts';
import { decodeText } from '../../src/data/text/encodings.ts';
import { decodeUtf8 } from '../../src/data/text/utf8.ts';
import { classWeightsOf } from '../../src/data/weights.ts';
import { UnrolledError } from '../../src/errors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/formats/checkpoint.ts';
import { formatConfig, parseConfig } from '../../src/formats/config.ts';
import { withoutDigest } from '../../src/formats/digest.ts';
import { scoresOf } from '../../src/formats/model-card.ts';
import { packModel, unpackModel } from '../../src/formats/model-folder.ts';
import { readSafetensors, type Tensor, writeSafetensors } from '../../src/formats/safetensors.ts';
import { readTokenizerJson, writeTokenizerJson } from '../../src/formats/tokenizer-json.ts';
import {
  classify,
  createBackend,
  createModel,
  evaluate,
  forecast,
  importPyTorch,
  label,
  languageModel,
  type Model,
  open,
  packModelFile,
  predict,
  readRecording,
  recordingTable,
  type SessionState,
  sampleText,
  unpackModelFile,
} from '../../src/index.ts';
import { parameterCount } from '../../src/network/parameters.ts';
import { parseClassWeights } from '../../src/node/read-class-weights.ts';
import { readClasses } from '../../src/node/read-examples.ts';
import { taskOf } from '../../src/tasks/kinds.ts';
import { headerOf, sealed, withHeader } from './containers.ts';
import { chirp, chunk, formChunk, riff, wav } from './sound.ts';
import { forms, trained } from './subwords.ts';

/** A reader of text, or of bytes. */
export type Reader = TextReader | BytesReader;

interface Described<Input> {
  readonly name: string;
  /** Valid inputs. */
  readonly inputs: readonly Input[];
  /** Texts that are special in the format. */
  readonly words: readonly string[];
  /** Whether it takes every input: what it cannot use it leaves out. */
  readonly isTolerant?: boolean;
  /** Reads an input, and uses what it holds. It throws an UnrolledError, or nothing. */
  read(input: Input): void;
}
interface TextReader extends Described<string> {
  readonly kind: 'text';
}
interface BytesReader extends Described<Uint8Array> {
  readonly kind: 'bytes';
}

const utf8 = new TextEncoder();
const text = 'the tide comes in and goes out again and again,\nand in.\n';
const backend = createBackend('javascript');
const examples = ['aa', 'ab', 'ba', 'bb', 'ac', 'bc'].map((one) => ({ text: one, label: one[0] }));
const sequences = [{ tokens: ['in', 'out', 'in'], labels: ['x', 'y', 'x'] }];
const seriesTable = 'g;label;x;y\na;up;1,5 %;2\na;up;2,5 %;3\nb;down;3,5 %;1\nb;down;0,5 %;7\n';
const table = 't,u\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n';

const models = {
  text: createModel(languageModel(text, { validation: 0 }), { hiddenSize: 3, cell: 'lstm' }),
  words: createModel(languageModel(text, { level: 'word', validation: 0 }), { hiddenSize: 3, embeddingSize: 2 }),
  classify: createModel(classify(examples, { validation: 0 }), { hiddenSize: 3, embeddingSize: 2 }),
  label: createModel(label(sequences, { minCount: 1, validation: 0 }), {
    hiddenSize: 3,
    embeddingSize: 2,
    bidirectional: false,
  }),
  forecast: createModel(forecast(parseTable(table), { target: 'u', validation: 0 }), { hiddenSize: 3 }),
  series: createModel(classify(parseTable(seriesTable), { group: 'g', validation: 0 }), {
    hiddenSize: 3,
    bidirectional: false,
  }),
};

/** Uses a model that a reader has accepted, if it is small. */
function use(model: Model): void {
  if (parameterCount(model.config) > 5000 || model.config.numLayers > 4) return;
  const task = taskOf(model);
  if (task?.task === 'label') predict(model, [['in', 'a word that nobody knows']], backend);
  else if (task?.task === 'classify') predict(model, ['ab'], backend);
  else if (task?.task === 'forecast') predict(model, parseTable(table), backend);
  else if (task?.task === 'series') predict(model, parseTable(seriesTable), backend);
  else if (model.tokenizer && model.config.outputSize === null && !model.config.bidirectional)
    sampleText(model, { prompt: 'the', unknown: 'skip', length: 2, backend });
}

const floats = (...values: number[]): Tensor => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});

const checkpointState = {
  settings: { optimizer: 'adam', learningRate: 0.1, updates: 4, batchSize: 2, bptt: 8, seed: 1 },
  progress: {
    ...{ update: 2, epoch: 1, window: 0, lossSum: 1.5, tokenSum: 8, stopped: false, firstLoss: 2, clippedUpdates: 0 },
    ...{ rolledBackAt: null, schedule: { best: null, previous: 2.5, failures: 0, factor: 1, halving: false } },
  },
  backend: 'javascript',
  facts: {
    version: '0.1.0',
    options: { task: 'text', level: 'char', hidden: 4, inputs: ['a', 'b'], lr: null, tied: false },
    data: {
      text: { files: 1, bytes: 9, sha256: '00ff', each: [{ path: 'a.txt', sha256: '00ff' }] },
      validation: null,
    },
    window: { shortSteps: [3, 2], padded: false },
    reading: { steps: 8, batch: 1, frozen: true },
    description: { 'config.json': '00ff' },
  },
  last: { loss: 2, validationLoss: null },
};

const settings = { ...defaultSettings, text: 'own' as const, hidden: 3, T: 5, batch: 2 };
const laboratory = new Laboratory(backend, text, settings);
laboratory.advance();
const session = encodeSession({
  frozen: laboratory.run.freeze(),
  text,
  model: null,
  history: { step: [1], loss: [2], smoothed: [2], norm: [1], clipped: [0], rate: [0.1], ratio: [0.1] },
  page: { preset: 'default', stride: 1, marks: [[1, 'lr 0.1']] },
  savedAt: 1_800_000_000_000,
});
const sessionParts = decodeCheckpoint(session, 's');
const sessionTensors = [...readSafetensors(session, 's').tensors];

/** Opens a session of the lab as the Worker does, and its curves as the page does. */
function openSession(bytes: Uint8Array): void {
  const { frozen, text, model, history, page } = decodeSession(bytes, 's.safetensors');
  if (!model && frozen.settings.hidden <= 64 && text.length < 2000) {
    const state = { ...frozen.snapshot.state, backend: backend.name };
    const own = { ...frozen, snapshot: { ...frozen.snapshot, state } };
    new Laboratory(backend, text, frozen.settings, own).advance();
  }
  historyOf({ history, page } as never);
  presetOf({ history, page } as never);
}

const folder = mkdtempSync(join(tmpdir(), 'unrolled-readers-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'classes'));
writeFileSync(join(folder, 'classes', 'b.txt'), 'bb\nbc\n');

const description = (model: Model, name: string): string => new TextDecoder().decode(packModel(model).get(name));
const json = ['{', '}', '[', ']', ',', ':', '"', 'null', '"a":1,', '\\"', '\\u0000'];

/** A file without its digest, as other programs write it, so that a change reaches what is behind the check of the digest. */
function undigested(bytes: Uint8Array): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes, 'model.safetensors');
  return writeSafetensors(tensors, withoutDigest(metadata));
}

const wholeFolder = packModel(models.classify);
const weights = wholeFolder.get('model.safetensors')!;
const modelHeader = headerOf(undigested(packModelFile(models.classify, { step: 3 })));
const weightsHeader = headerOf(undigested(packModel(models.text).get('model.safetensors')!));
const servedModel = packModelFile(models.text, { step: 3, seed: 1 });

const pipeLines = {
  ...{ label: ['in out in', 'ab'], classify: ['in out in', 'ab'] },
  forecast: ['t,u', '1,2', '1;2', '"1","2"', '1.5 %|"2,5"'],
  series: ['g;x;y', 'x;y', '1,5 %;2', 'a;1,5 %;2'],
};

export const readers: readonly Reader[] = [
  {
    name: 'a table',
    kind: 'text',
    inputs: [table, 'a;b\n"x;y";1,5\n"""q""\n";2\n', 'name\tvalue\r\nä\t-1.5e3\r\n\t.5\r\n', 'one\n1\n\n2\n'],
    words: [',', ';', '\t', '"', '""', '\n', '\r\n', '\r', '"\n', ',"', '1e5', '.', '1,5'],
    read(input) {
      const forms: TableOptions[] = [
        ...[{}, { header: false }, { quote: 'none' }, { where: 'x.tsv' }],
        ...[{ delimiter: ' ' as const }, { comment: '#', quote: "'" }, { delimiter: '|' as const }],
      ];
      for (const options of forms) {
        const parsed = parseTable(input, options);
        for (const column of parsed.columns.filter((_, i) => isNumber(parsed.rows[0][i]))) numberColumn(parsed, column);
      }
    },
  },
  {
    name: 'a table as people keep it',
    kind: 'text',
    inputs: [
      'zeit;temp;feuchte\n01.03.2024 00:00;15,64;64,08 %\n01.03.2024 01:00;1.017,80;64,39 %\n01.03.2024 02:00;;60,15 %\n',
      'time,y,usd\n,°C,USD\n2024-03-03T07:00Z,23.2,"$1,051.01"\n2024-03-02T07:00Z,22.8,"$1,050.24"\n2024-03-01T07:00Z,NA,"$953.02"\n',
      "g,day,y\nA,12/30/2024,1'000.5\nB,12/30/2024,2'000.5\nA,12/31/2024,3\nB,1/1/2025,4\n",
    ],
    words: [
      ',',
      ';',
      '.',
      '%',
      '$',
      '€',
      ' ',
      "'",
      'NA',
      '-',
      '1e5',
      '2024-02-30',
      '31.12.9999',
      '1/2/3',
      'Z',
      '+25:00',
      '24:00',
    ],
    read(input) {
      const options: Omit<TablePlanOptions, 'target'>[] = [
        ...[{}, { missing: 'previous' as const }, { missing: 'interpolate' as const, group: 'g' }],
        ...[{ calendar: ['hour', 'weekday', 'month'] as const, missing: 'previous' as const }, { time: 'y' }],
      ];
      const parsed = parseTable(input);
      let refusal: unknown;
      for (const [i, one] of options.entries())
        try {
          const target = parsed.columns.includes('y') ? 'y' : 'temp';
          const { plan, table: learned, inputs } = learnTable(parsed, { target, ...one });
          for (const name of inputs) numberColumn(learned, name);
          for (const remark of learned.remarks) expectSentence(remark.slice(0, 900));
          learned.times?.after(learned.rows.length - 1, 3);
          prepareTable(parsed, parseTablePlan(JSON.parse(JSON.stringify(plan))));
          readRow(
            plan,
            inputs,
            Object.fromEntries(parsed.columns.map((name, at) => [name, parsed.rows[0][at]])),
            (name) => name,
          );
        } catch (error) {
          if (!(error instanceof UnrolledError)) throw error;
          if (i === 1) refusal = error;
        }
      if (refusal) throw refusal;
    },
  },
  {
    name: 'a recording',
    kind: 'bytes',
    inputs: [
      wav(chirp(300, 900, 0.02, 8000), 8000),
      riff(chunk('JUNK', [1]), formChunk(3, 32, 8000, 2), chunk('data', new Uint8Array(400))),
      riff(formChunk(7, 8, 8000), chunk('data', new Uint8Array(240), 0xffffffff)),
    ],
    words: ['RIFF', 'WAVE', 'fmt ', 'data', 'fLaC', '\0\0\0\0', '\u0001\0', '\u0003\0'],
    read(input) {
      const one = { ...readRecording(input, { deltas: 2 }), name: 'a' };
      for (const column of one.columns) numberColumn(recordingTable([one]), column);
    },
  },
  {
    name: 'a file in some encoding',
    kind: 'bytes',
    inputs: [
      Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0, 0x3d, 0xd8, 0x4d, 0xdc),
      Uint8Array.of(0xfe, 0xff, 0, 0x61, 0, 0x0a, 0, 0xe9),
      Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0a, 0xc3, 0xa9),
    ],
    words: ['a', '\n', '\0'],
    read(input) {
      const middle = input.length >> 1;
      const chunks = [input.subarray(0, middle), input.subarray(middle)];
      for (const encoding of [undefined, 'latin1', 'windows-1252'] as const) {
        if (encoding && input[0] > 0xe0) continue; // a byte order mark contradicts it
        Array.from(decodeText(chunks, 'a.txt', { encoding })).join('');
      }
    },
  },
  {
    name: 'CoNLL-U Plus',
    kind: 'text',
    inputs: [
      '# global.columns = ID FORM UPOS X:Y\n1-2\tdu\t_\t_\n1\tde\tADP\ta\n2\tle\tDET\tb\n2.1\te\t_\t_\n\n',
      '# global.columns = FORM UPOS\r\nde\tADP\r\n#\tSYM\r\n',
    ],
    words: ['\t', '\n', '\n\n', '_', '1\t', '2-1', '#', '\r\n', '# global.columns =', ' FORM', '\ufeff'],
    read(input) {
      const sentences = parseConllu(input);
      const own = conlluLabels(sentences, 'upos');
      const labels = own.map((one) => one.labels);
      const again = withLabels(input, sentences, 'upos', labels);
      if (!/[\p{Cc}]/u.test(labels.flat().join('')) && again !== input) throw new Error('the text is not the same');
    },
  },
  {
    name: 'a table to forecast',
    kind: 'text',
    inputs: [table],
    words: [',', '\n', '1e38', '1e308', '-1e308', 'u', 't'],
    read: (input) => void evaluate(models.forecast, parseTable(input), backend),
  },
  {
    name: 'a table of classes of series',
    kind: 'text',
    inputs: [seriesTable, 'g,label,x,y,w\n1,up,1,2,1\n2,down,3,4,2\n', 'g,label,x,y,w\n1,up,1,2,1\n2,down,3,,2\n'],
    words: [';', ',', '\n', ' %', '€', 'NA', '-1', '1e38', '1.234,5', 'label', 'g;'],
    read(input) {
      const parsed = parseTable(input);
      evaluate(models.series, parsed, backend);
      for (const make of [classify, label] as const) {
        const task = make(parsed, {
          group: 'g',
          missing: 'previous',
          weight: parsed.columns.find((name) => name === 'w'),
          validation: 0,
        });
        for (const remark of task.remarks ?? []) expectSentence(remark.slice(0, 900));
      }
    },
  },
  {
    name: 'weights of classes',
    kind: 'text',
    inputs: ['{"a": 1.5, "b": 20}', 'class;weight\na;1,5\nb;20,0\n', 'a\t1\nb\t2\n'],
    words: [...json, 'a', '-1', 'NaN', '1e999', '\t', ';', ',', '\n'],
    read(input) {
      const weights = parseClassWeights(input, 'weights');
      classWeightsOf(weights, Object.keys(weights), new Int32Array(1));
    },
  },
  {
    name: 'CoNLL-U',
    kind: 'text',
    inputs: [
      '# a\n1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\t_\tADP\t_\t_\t0\troot\t_\t_\n2\tle\t_\tDET\t_\t_\t1\tx\t_\t_\n2.1\te\t_\t_\t_\t_\t_\t_\t_\t_\n\n',
    ],
    words: ['\t', '\n', '\n\n', '_', '1\t', '2-1', '1.1', '#', '\r\n', '9999999999999999999'],
    read(input) {
      const parsed = parseConllu(input);
      for (const column of ['upos', 'deprel', 'misc']) conlluLabels(parsed, column);
    },
  },
  {
    name: 'columns of tokens and labels',
    kind: 'text',
    inputs: ['in\tx\nout\ty\n\nin\tx\n', 'a\tb\tc\r\n\r\nd\te\tf\r\n'],
    words: ['\t', '\n', '\n\n', '\r\n', ' '],
    read(input) {
      columnLabels(parseColumns(input));
      columnLabels(parseColumns(input), '2');
    },
  },
  {
    name: 'a folder of classes',
    kind: 'bytes',
    inputs: [utf8.encode('aa\nab\n\nac\n')],
    words: ['\n', '\r\n', ' ', '\ufeff'],
    read(input) {
      writeFileSync(join(folder, 'classes', 'a.txt'), input);
      classify(readClasses(join(folder, 'classes')));
    },
  },
  {
    name: 'a table of classes',
    kind: 'bytes',
    inputs: [utf8.encode('label,text\na,aa\nb,bb\na,ab\n'), utf8.encode('a\tone\nb\ttwo\na\tthree\n')],
    words: ['label', 'text', ',', '\t', ';', '\n', '"'],
    read(input) {
      writeFileSync(join(folder, 'classes.csv'), input);
      classify(readClasses(join(folder, 'classes.csv')));
    },
  },
  {
    name: 'a text in UTF-8',
    kind: 'bytes',
    inputs: [
      utf8.encode(`\ufeff${text}ä 👍🏽 e\u0301 <unk> <eos> ’s\r\n\0`),
      Uint8Array.of(0xff, 0xfe, 65, 0),
      utf8.encode('ab'),
    ],
    words: ['<unk>', '<eos>', '’', "'", '\n', '\u2028', '👍'],
    read(input) {
      const middle = input.length >> 1;
      const chunks = [input.subarray(0, middle), input.subarray(middle)];
      const whole = Array.from(decodeUtf8(chunks, 'a.txt')).join('');
      for (const level of ['char', 'byte', 'word'] as const) {
        const learner = learnTokenizer(level);
        learner.add(whole);
        const tokenizer = learner.finish();
        tokenizer.decode(tokenizer.encode(whole));
        createTokenizer(level, tokenizer.vocabulary, tokenizer.options).encode(whole);
      }
    },
  },
  {
    name: 'a text that is dropped on the page',
    kind: 'bytes',
    inputs: [
      utf8.encode(text),
      Uint8Array.from([...'wide letters, '.repeat(9)].flatMap((one) => [one.charCodeAt(0), 0])),
      Uint8Array.of(0xe4, 0x20, 0xf6, 0x0a),
    ],
    words: ['%PDF-', 'PK\u0003\u0004', '\u0089PNG', '\0', '\r\n'],
    read: (input) => void readDropped(input, 'a.txt', { newlines: 'lf' }),
  },
  {
    name: 'config.json',
    kind: 'text',
    inputs: [formatConfig(models.text.config), formatConfig(models.label.config), '{"vocab_size":3}'],
    words: [
      ...json,
      '"hidden_size":3e9',
      '"cell":"gru"',
      '"softmax":"adaptive"',
      '"cutoffs":[1,2]',
      '"pooling":"mean"',
    ],
    read(input) {
      const config = parseConfig(input, 'config.json');
      parameterCount(config);
      parseConfig(formatConfig(config), 'config.json');
    },
  },
  {
    name: 'tokenizer.json',
    kind: 'text',
    inputs: (['text', 'words'] as const)
      .map((name) => writeTokenizerJson(models[name].tokenizer!))
      .concat(writeTokenizerJson(createTokenizer('byte', learnTokenizer('byte').finish().vocabulary)))
      .concat(forms.map((form) => JSON.stringify(trained(form, 12, 'the tide: 日本 é\n the tide')))),
    words: [
      ...json,
      ...['"added_tokens":[{"id":0,"content":"<unk>"}]', '"type":"WordLevel"', '"merges":["a b"]', '"Regex":"(a+)+$"'],
      ...['"type":"ByteLevel"', '"type":"Metaspace"', '"type":"Sequence"', '"type":"Split"', '["a","b"]', '▁', 'Ġ'],
    ],
    read(input) {
      const tokenizer = readTokenizerJson(input, 'tokenizer.json');
      if (tokenizer.vocabSize > 0) tokenizer.decode([0, tokenizer.vocabSize - 1]);
      const isStrict = tokenizer.level === 'char' || tokenizer.level === 'subword';
      tokenizer.encode('the tide', { unknown: isStrict ? 'skip' : undefined });
      readTokenizerJson(writeTokenizerJson(tokenizer), 'tokenizer.json');
    },
  },
  ...(['label', 'classify', 'forecast', 'series'] as const).map(
    (name): Reader => ({
      name: `task.json of ${name}`,
      kind: 'text',
      inputs: [description(models[name], 'task.json')],
      words: [...json, '"labels":["a"]', '"task":"label"', '"planes":[]', '"horizon":1e9', '"std":0'],
      read: (input) => use({ ...models[name], task: JSON.parse(JSON.stringify(parseOr(input))) }),
    }),
  ),
  {
    name: 'the files of a model',
    kind: 'text',
    inputs: [...wholeFolder].flatMap(([name, bytes]) =>
      name.endsWith('.json') ? [`${name}\n${new TextDecoder().decode(bytes)}`] : [],
    ),
    words: json,
    read(input) {
      const [name, ...lines] = input.split('\n');
      use(unpackModel(new Map([...wholeFolder, [name, utf8.encode(lines.join('\n'))]]), 'model'));
    },
  },
  {
    name: 'safetensors',
    kind: 'bytes',
    inputs: [weights, undigested(weights), writeSafetensors([['a', floats(1, 2)]], [['format', 'pt']])],
    words: [...json, '"dtype":"F16"', '"shape":[0]', '"data_offsets":[0,0]', '"__metadata__":{}'],
    read: (input) => void readSafetensors(input, 'model.safetensors'),
  },
  {
    name: 'the header of safetensors from PyTorch',
    kind: 'text',
    inputs: [weightsHeader.header, weightsHeader.header.replaceAll('rnn.', 'm.lstm.').replaceAll('decoder', 'fc')],
    words: [...json, 'weight_ih_l0', 'weight_ih_l9', '_reverse', '.', '0', 'F16', 'decoder.tail.0.1.weight'],
    read: (input) => use(importPyTorch(withHeader(input, weightsHeader.data), { tokenizer: models.text.tokenizer })),
  },
  {
    name: 'the header of a model file',
    kind: 'text',
    inputs: [modelHeader.header],
    words: [...json, '\\"hidden_size\\": 9', '"config.json":"{}"', '"task.json":"{}"'],
    read: (input) => use(unpackModelFile(withHeader(input, modelHeader.data), 'model.safetensors').model),
  },
  {
    name: 'a model that is dropped on the page',
    kind: 'bytes',
    inputs: [servedModel, undigested(servedModel)],
    words: json,
    read: (input) => use(openModel([{ name: 'model.safetensors', bytes: input }]).model),
  },
  {
    name: 'a checkpoint',
    kind: 'bytes',
    inputs: [encodeCheckpoint({ tensors: new Map([['parameters', Float32Array.of(1, 2)]]), state: checkpointState })],
    words: json,
    read: (input) => void decodeCheckpoint(input, 'checkpoint.safetensors'),
  },
  {
    name: 'the state of a checkpoint',
    kind: 'text',
    inputs: [JSON.stringify(checkpointState)],
    words: [...json, '"each":[{}]', '"shortSteps":7', '"validation":{}'],
    read(input) {
      const bytes = sealed([['parameters', floats(1, 2)]], wellFormed(input));
      const { tensors, state } = decodeCheckpoint(bytes, 'checkpoint.safetensors');
      parseCheckpoint(tensors, state);
    },
  },
  {
    name: 'a session of the lab',
    kind: 'bytes',
    inputs: [session],
    words: json,
    read: openSession,
  },
  {
    name: 'the state of a session of the lab',
    kind: 'text',
    inputs: [JSON.stringify(sessionParts.state)],
    words: [...json, '"opt":"sgd"', '"hidden":9', '"step":0', '"version":2', '"model":{}'],
    read: (input) => openSession(sealed(sessionTensors, wellFormed(input))),
  },
  ...(['text', 'classify'] as const).map(
    (name): Reader => ({
      name: `the state of a session of ${name}`,
      kind: 'text',
      inputs: [JSON.stringify(open(models[name], { backend }).read('a').state())],
      words: [...json, '"steps":0', '"values":""', 'AAAA', '===='],
      read(input) {
        const session = open(models[name], { backend }).restore(parseOr(input) as SessionState);
        if (session.steps() > 0) session.probabilities();
      },
    }),
  ),
  {
    name: 'a link',
    kind: 'text',
    isTolerant: true,
    inputs: [
      '#v=1&preset=vanish&h=64&T=32&lr=0.003&seed=42&n=1500&wh=0123456789ab&view=train&t=17&u=9&o=da&scale=abs',
      '#v=1&cell=lstm&text=own&sha=0123456789ab&txt=AbC_-&hide=rail,tabs&embed=train&open=model&prime=%C3%A9%26',
    ],
    words: [
      '&',
      '=',
      '#',
      '%',
      '%00',
      'v=2',
      'lr=',
      'h=1e999',
      'n=-1',
      'txt=',
      'wh=',
      'hide=a,,b',
      'open=',
      'text=own',
    ],
    read(input) {
      const { remarks } = readLink(input, { train: 'train' });
      for (const remark of remarks) expectSentence(remark);
    },
  },
  ...(['label', 'classify', 'forecast', 'series'] as const).map(
    (name): Reader => ({
      name: `a line of a pipe to ${name}`,
      kind: 'text',
      isTolerant: name === 'label',
      inputs: pipeLines[name],
      words: [',', ';', '\t', '"', ' ', '1e999', 't', 'u'],
      read(input) {
        const task = taskOf(models[name])!;
        filesOf(task).answers(models[name], task, true, backend, {})(input.replaceAll('\n', ' '));
      },
    }),
  ),
  {
    name: 'metrics.jsonl',
    kind: 'text',
    isTolerant: true,
    inputs: ['{"event":"validation","validationLoss":2.5,"epoch":1,"update":9}\n{"event":"update"}\n'],
    words: [...json, '\n', '"event":"validation"'],
    read: (input) => void scoresOf(input),
  },
  {
    name: 'the arguments of a command',
    kind: 'text',
    inputs: commands.flatMap(({ examples }) => examples.map(({ line }) => line.split(' ').slice(1).join('\n'))),
    words: [
      '--',
      '-',
      '--no-',
      '=',
      '--hidden=',
      '1e9',
      '--seed',
      '\n',
      '--out',
      '--help',
      '200MB',
      '--memory\n1e999GB',
    ],
    read(input) {
      const [name, ...rest] = input.split('\n');
      const asked = commands.find((command) => command.name === name) ?? commands[0];
      readArguments(asked, rest);
      for (const part of rest) if (/\d/.test(part)) bytesOf('--memory', part);
    },
  },
];

/** A text as JSON, or the value null: for readers that are given values. */
function parseOr(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return null;
  }
}

/** Without halves of surrogate pairs, which no file can hold. */
const wellFormed = (input: string): string => new TextDecoder().decode(utf8.encode(input));

/** Throws unless a text is one sentence for a person: on one line, of bounded length, without what moves a cursor. */
export function expectSentence(sentence: string): void {
  const wrong = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.exec(sentence)?.[0];
  if (wrong !== undefined)
    throw new Error(`a sentence has ${JSON.stringify(wrong)} in it: ${JSON.stringify(sentence)}`);
  if (sentence.length > 1100)
    throw new Error(`a sentence has ${sentence.length} characters: ${sentence.slice(0, 200)}…`);
  if (/\[object |\bundefined\b.*\bundefined\b|something unexpected/.test(sentence))
    throw new Error(`not a sentence for a person: ${sentence}`);
}
