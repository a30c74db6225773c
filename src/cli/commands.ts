// The commands and their options: the tables. What each does is in the file that its `run` loads, only when it is asked for.

import { exportOptions, importOptions } from './exchange-options.ts';
import { labOptions } from './lab-options.ts';
import { evalOptions, gradcheckOptions, inspectOptions, predictOptions, sampleOptions } from './option-tables.ts';
import type { Command } from './options.ts';
import { trainOptions } from './train-options.ts';

const text = 'texts/the-clockmakers-river.txt';

export const commands: readonly Command[] = [
  {
    name: 'train',
    summary: 'Trains a model and saves it as a folder',
    operands: 'FILE…',
    operandHelp:
      'FILE… are text files in UTF-8, read as one text in the order given; at the level byte any files. With --task label they are CoNLL-U, or token and label separated by a tab with a blank line between two sequences; with --task classify a folder of folders or files, one for each class, or a table in CSV or TSV; with --task forecast one table whose rows are in order of time.',
    fewest: 1,
    most: Infinity,
    groups: trainOptions,
    examples: [
      { line: `unrolled train ${text} --out river`, says: 'the defaults: 256 tanh units, characters, 10 epochs' },
      {
        line: `unrolled train ${text} --out river --resume`,
        says: 'goes on where that run was stopped, by Ctrl-C or by a power cut',
      },
      {
        line: `unrolled train ${text} --out long --bptt 1000 --checkpoint-every auto --epochs 1`,
        says: 'gradients that go back 1,000 steps, with the memory of some sixty',
      },
      {
        line: `unrolled train ${text} --out words --level word --embedding 64 --hidden 64 --tied --dropout 0.3 --epochs 2`,
        says: 'words instead of characters, the embedding shared with the output',
      },
      {
        line: `unrolled train ${text} --out fast --level word --embedding 64 --hidden 64 --softmax adaptive --epochs 2`,
        says: 'words in a fraction of the time; the more words, the smaller',
      },
      {
        line: 'unrolled train texts/tagged.conllu --task label --out tagger --batch 4 --epochs 20',
        says: 'a part of speech for each word',
      },
      { line: 'unrolled train texts/names --task classify --out namer', says: 'the language that a name is from' },
      {
        line: 'unrolled train texts/weather.csv --task forecast --target temperature --horizon 3 --out weather',
        says: 'the temperature in three hours, from all columns of numbers',
      },
    ],
    run: async (request) => (await import('./train.ts')).runTrain(request),
  },
  {
    name: 'sample',
    summary: 'Writes new text with a model, as it is made',
    operands: 'DIR',
    operandHelp: 'DIR is a model folder, as unrolled train makes it.',
    fewest: 1,
    most: 1,
    groups: sampleOptions,
    examples: [
      { line: 'unrolled sample river --prompt "The river" --length 300', says: 'goes on from a beginning' },
      { line: 'unrolled sample river --temperature 0.5 --seed 7', says: 'safer text, the same each time' },
      { line: 'unrolled sample river --count 3 --length 80 --seed 1', says: 'three texts at once' },
      { line: 'unrolled sample river --prompt "The " --beam 8 --length 60', says: 'the most probable text' },
    ],
    run: async (request) => (await import('./sample.ts')).runSample(request),
  },
  {
    name: 'predict',
    summary: 'Labels, classifies or forecasts with a model made for it',
    operands: 'DIR FILE…',
    operandHelp:
      'DIR is the folder of a model trained with --task. FILE… are what it reads: to label, CoNLL-U or one token a line (the first column), a blank line between two sequences; to classify, one text a line, or a table in CSV or TSV; to forecast, one table with the columns of the training.',
    fewest: 2,
    most: Infinity,
    groups: predictOptions,
    examples: [
      { line: 'unrolled predict tagger texts/tagged.conllu', says: 'a label for each token' },
      { line: 'unrolled predict namer texts/names/Irish.txt --probabilities', says: 'a class for each line' },
      {
        line: 'unrolled predict weather texts/weather.csv --format json --out forecasts.jsonl',
        says: 'each row from those before, and the rows to come',
      },
    ],
    run: async (request) => (await import('./predict.ts')).runPredict(request),
  },
  {
    name: 'eval',
    summary: 'Measures how well a model predicts',
    operands: 'DIR FILE…',
    operandHelp:
      'DIR is a model folder. For a model of text FILE… are read as one stream: the state starts at zero and is carried, every token but the first is predicted once. With --each every file is a stream of its own. For a model made for a task they are data as in its training.',
    fewest: 2,
    most: Infinity,
    groups: evalOptions,
    examples: [
      { line: `unrolled eval river ${text}`, says: 'nats per token, perplexity, bits per character' },
      { line: `unrolled eval river --each texts/*.txt`, says: 'several texts, each by itself' },
      { line: `unrolled eval river ${text} --json`, says: 'the same for a program' },
      { line: 'unrolled eval tagger texts/tagged.conllu', says: 'each label: precision, recall, F1, and confusions' },
      { line: 'unrolled eval weather texts/weather.csv', says: 'errors of forecasts, beside the last known value' },
    ],
    run: async (request) => (await import('./evaluate.ts')).runEvaluate(request),
  },
  {
    name: 'gradcheck',
    summary: 'Checks every gradient against central differences in float64',
    operands: '[DIR]',
    operandHelp: 'DIR is a model folder; without one, small models of every kind are checked.',
    fewest: 0,
    most: 1,
    groups: gradcheckOptions,
    examples: [
      { line: 'unrolled gradcheck', says: 'all kinds of models' },
      { line: 'unrolled gradcheck river --samples 10', says: 'a trained model, 10 elements of each tensor' },
    ],
    run: async (request) => (await import('./gradcheck.ts')).runGradcheck(request),
  },
  {
    name: 'inspect',
    summary: 'Shows a model: sizes, norms, spectral radius, saturation, memory',
    operands: 'DIR [FILE]',
    operandHelp:
      'DIR is a model folder. FILE is a text to read for saturation; without one the model reads a text of its own. With --system neither is given.',
    fewest: 0,
    most: 2,
    groups: inspectOptions,
    examples: [
      { line: 'unrolled inspect river', says: 'on text that the model makes itself' },
      { line: `unrolled inspect river ${text}`, says: 'on a text' },
      { line: 'unrolled inspect --system', says: 'the machine: WebAssembly, native BLAS, threads' },
    ],
    run: async (request) =>
      request.flag('system')
        ? (await import('./system.ts')).runSystem(request)
        : (await import('./inspect.ts')).runInspect(request),
  },
  {
    name: 'export',
    summary: 'Writes a model for PyTorch, for ONNX Runtime or for the Hugging Face Hub',
    operands: 'DIR',
    operandHelp: 'DIR is a model folder.',
    fewest: 1,
    most: 1,
    groups: exportOptions,
    examples: [
      { line: 'unrolled export river --to onnx --out river.onnx', says: 'one file, for any ONNX runtime' },
      { line: 'unrolled export river --to pytorch --out river-torch', says: 'a folder with modeling_unrolled.py' },
      { line: 'unrolled export river --to huggingface --out river-hub', says: 'the same with a model card' },
    ],
    run: async (request) => (await import('./export.ts')).runExport(request),
  },
  {
    name: 'import',
    summary: 'Makes a model folder of tensors that PyTorch saved',
    operands: 'FILE|DIR',
    operandHelp:
      'FILE is a safetensors file of one nn.RNN, nn.GRU or nn.LSTM, one nn.Linear behind it and perhaps an nn.Embedding before it. DIR is a folder with model.safetensors and perhaps config.json.',
    fewest: 1,
    most: 1,
    groups: importOptions,
    examples: [
      { line: 'unrolled import river --out river-again', says: 'a folder with its config.json and tokenizer.json' },
      {
        line: 'unrolled import river/model.safetensors --tokenizer river/tokenizer.json --nonlinearity tanh --out other',
        says: 'the tensors alone: their shapes tell the rest',
      },
    ],
    run: async (request) => (await import('./import.ts')).runImport(request),
  },
  {
    name: 'lab',
    summary: 'Serves the page that trains a network and shows how it learns',
    operands: '[DIR]',
    operandHelp:
      'DIR is the folder of a model of text to begin with. The page is served to this machine only, computes in the browser and sends nothing away.',
    fewest: 0,
    most: 1,
    groups: labOptions,
    examples: [
      { line: 'unrolled lab', says: 'prints the address; Ctrl-C ends it' },
      { line: 'unrolled lab river --open', says: 'opens a trained model in the browser' },
    ],
    run: async (request) => (await import('./lab.ts')).runLab(request),
  },
];
