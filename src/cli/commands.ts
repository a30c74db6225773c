// The commands: what each takes, in words and as a table of options, and examples. What each does is in the file that its `run` loads, only when
// it is asked for.

import * as tables from './option-tables.ts';
import { type Command, command } from './options.ts';
import { anyOf } from './text.ts';

const madeFor = tables.taskHelp.map(({ task }) => task);
const capital = (words: string): string => words[0].toUpperCase() + words.slice(1);

const text = '@river';

export const commands: readonly Command[] = [
  command({
    name: 'train',
    summary: 'Trains a model and saves it as a folder',
    operands: 'FILE…',
    operandHelp: `FILE… are text files in UTF-8, read as one text in the order given; with --level byte they may be any files. In place of a file, - is standard input. ${tables.taskHelp.map(({ train }) => train.reads).join(' ')}`,
    minOperands: 1,
    maxOperands: Infinity,
    reads: ['data'],
    groups: tables.trainOptions,
    examples: [
      { line: `unrolled train ${text} --out river`, says: 'the defaults, here 128 tanh units and 10 epochs' },
      {
        line: `unrolled train ${text} --out river --resume`,
        says: 'resumes that run where Ctrl-C or a power cut stopped it',
      },
      {
        line: `unrolled train ${text} --out long --bptt 1000 --checkpoint-every auto --epochs 1`,
        says: 'takes gradients back over 1,000 steps, with the memory of some sixty',
      },
      {
        line: `unrolled train ${text} --out words --level word --epochs 2`,
        says: 'reads words instead of characters, with defaults of their own',
      },
      {
        line: `unrolled train ${text} --out tied --level word --hidden 64 --tied --epochs 2`,
        says: 'shares the embedding of the words with the output, which leaves fewer numbers to learn',
      },
      ...tables.taskHelp.flatMap(({ train }) => train.example),
    ],
    run: async (request) => (await import('./sweep/search.ts')).trainOrSearch(request),
  }),
  command({
    name: 'sample',
    summary: 'Generates text with a language model',
    operands: 'DIR',
    operandHelp: 'DIR is a model folder, as unrolled train makes it, or one of unrolled models, such as @shakespeare.',
    minOperands: 1,
    maxOperands: 1,
    reads: ['models'],
    groups: tables.sampleOptions,
    examples: [
      { line: 'unrolled sample river --prompt "The river" --length 300', says: 'continues a beginning' },
      { line: 'unrolled sample river --temperature 0.5 --seed 7', says: 'draws safer text, the same each time' },
      { line: 'unrolled sample river --count 3 --length 80 --seed 1', says: 'generates three texts at once' },
      {
        line: 'unrolled sample river --prompt "The " --beam 8 --length 60',
        says: 'searches for the most probable text',
      },
      { line: 'echo Ida | unrolled sample river --prompt -', says: 'continues each line of a pipe' },
    ],
    run: async (request) => (await import('./sample.ts')).runSample(request),
  }),
  command({
    name: 'predict',
    summary: `${capital(anyOf(tables.taskHelp.map(({ does }) => does)))} with a model made for it`,
    operands: 'DIR FILE…|-',
    operandHelp: `DIR is the folder of a model trained with --task ${anyOf(madeFor)}. FILE… are what it reads: ${tables.taskHelp.map(({ predict }) => predict.reads).join('; ')}. With -, each line of standard input is answered with a line as it comes: tokens separated by spaces, a text, or a row of a table. The first row names the columns; it may be left out if each row has only the numbers of the input columns, in the order of the training table. A bad line ends the command with exit code 2.`,
    minOperands: 2,
    maxOperands: Infinity,
    reads: ['data', 'models'],
    groups: tables.predictOptions,
    examples: [...tables.taskHelp.flatMap(({ predict }) => predict.examples)],
    run: async (request) => (await import('./predict.ts')).runPredict(request),
  }),
  command({
    name: 'eval',
    summary: 'Measures how well a model predicts',
    operands: 'DIR FILE…',
    operandHelp:
      'DIR is a model folder. A language model reads FILE… as one stream: the state starts at zero and is carried, and every token but the first is predicted once. With --each every file is a stream of its own. Other models read data as in their training. In place of a file, - is standard input.',
    minOperands: 2,
    maxOperands: Infinity,
    reads: ['data', 'models'],
    groups: tables.evalOptions,
    examples: [
      { line: `unrolled eval river ${text}`, says: 'prints nats per token, perplexity and bits per character' },
      { line: `unrolled eval river --each @river`, says: 'measures each of the texts by itself' },
      { line: `unrolled eval river ${text} --json`, says: 'prints the same for a program' },
      {
        line: `unrolled eval river ${text} --dynamic 0.1`,
        says: 'measures a model that goes on learning while it reads',
      },
      ...tables.taskHelp.flatMap(({ evaluate }) => evaluate ?? []),
    ],
    run: async (request) => (await import('./evaluate.ts')).runEvaluate(request),
  }),
  command({
    name: 'baseline',
    summary: 'Measures what counting alone predicts of a text, for a network to beat',
    operands: 'FILE…',
    operandHelp:
      'FILE… are texts as unrolled train reads them. N-grams, which are runs of n tokens, are counted in all of the text but its end, and smoothed by the method of Kneser and Ney as modified by Chen and Goodman; then they predict the end, which is what unrolled train holds out too. unrolled eval --mix mixes them with a network.',
    minOperands: 1,
    maxOperands: Infinity,
    reads: ['data'],
    groups: tables.baselineOptions,
    examples: [
      { line: `unrolled baseline ${text}`, says: 'n-grams of 1 to 5 characters' },
      { line: `unrolled baseline ${text} --level word --order 3`, says: 'n-grams of up to 3 words' },
    ],
    run: async (request) => (await import('./baseline.ts')).runBaseline(request),
  }),
  command({
    name: 'gradcheck',
    summary: 'Checks every gradient against central differences in float64',
    operands: '[DIR]',
    operandHelp: 'DIR is a model folder; without one, small models of every kind are checked.',
    minOperands: 0,
    maxOperands: 1,
    reads: ['models'],
    groups: tables.gradcheckOptions,
    examples: [
      { line: 'unrolled gradcheck', says: 'checks all kinds of models' },
      { line: 'unrolled gradcheck river --samples 10', says: 'checks a trained model at 10 elements of each tensor' },
    ],
    run: async (request) => (await import('./gradcheck.ts')).runGradcheck(request),
  }),
  command({
    name: 'inspect',
    summary: 'Shows a model: sizes, norms, spectral radius, saturation, memory',
    operands: 'DIR [FILE]',
    operandHelp:
      'DIR is a model folder. FILE is a text to read for saturation; without one the model reads a text that it generates. With --system neither is given.',
    minOperands: 0,
    maxOperands: 2,
    reads: ['data', 'models'],
    groups: tables.inspectOptions,
    examples: [
      { line: 'unrolled inspect river', says: 'shows the states on text that the model generates' },
      { line: `unrolled inspect river ${text}`, says: 'shows the states on a given text' },
      { line: 'unrolled inspect --system', says: 'shows the machine: WebAssembly, native BLAS, threads' },
    ],
    run: async (request) =>
      request.values.system
        ? (await import('./system.ts')).runSystem(request)
        : (await import('./inspect.ts')).runInspect(request),
  }),
  command({
    name: 'export',
    summary: 'Writes a model for PyTorch, ONNX Runtime or the Hugging Face Hub',
    operands: 'DIR',
    operandHelp: 'DIR is a model folder.',
    minOperands: 1,
    maxOperands: 1,
    reads: ['models'],
    groups: tables.exportOptions,
    examples: [
      { line: 'unrolled export river --to onnx --out river.onnx', says: 'writes one file, for any ONNX runtime' },
      { line: 'unrolled export river --to pytorch --out river-torch', says: 'writes a folder for Python' },
      { line: 'unrolled export river --to huggingface --out river-hub', says: 'writes the same with a model card' },
      {
        line: `unrolled export river --to onnx --precision int8 --measure ${text} --out small.onnx`,
        says: 'writes less than a third of the bytes, and says what the loss becomes',
      },
    ],
    run: async (request) => (await import('./export.ts')).runExport(request),
  }),
  command({
    name: 'import',
    summary: 'Makes a model folder of tensors that PyTorch saved, or of an ONNX file',
    operands: 'FILE|DIR',
    operandHelp:
      'FILE is a file of safetensors or of torch.save (.pt, .pth, .ckpt) with one nn.RNN, nn.GRU or nn.LSTM or a stack of them, one nn.Linear after it and perhaps an nn.Embedding before it; or an ONNX file with a graph of these. DIR is a folder with model.safetensors and perhaps config.json.',
    minOperands: 1,
    maxOperands: 1,
    groups: tables.importOptions,
    examples: [
      {
        line: 'unrolled import river --out river-again',
        says: 'imports a folder with its config.json and tokenizer.json',
      },
      {
        line: 'unrolled import river/model.safetensors --tokenizer river/tokenizer.json --nonlinearity tanh --out other',
        says: 'imports the tensors alone: their shapes say the rest',
      },
      {
        line: 'unrolled import names.pt --characters letters.txt --labels countries.txt --pooling last --out names',
        says: 'imports a classifier that PyTorch saved, for predict and eval',
      },
      {
        line: 'unrolled import river.onnx --tokenizer river/tokenizer.json --out from-onnx',
        says: 'imports the graph that PyTorch, Keras or unrolled exported',
      },
    ],
    run: async (request) => (await import('./import.ts')).runImport(request),
  }),
  command({
    name: 'compare',
    summary: 'Shows training runs beside each other',
    operands: 'DIR…',
    operandHelp: 'DIR… are folders of training runs, finished or not.',
    minOperands: 1,
    maxOperands: Infinity,
    groups: tables.compareOptions,
    examples: [
      { line: 'unrolled compare river long', says: 'prints their results, and where their settings differ' },
      { line: 'unrolled compare river long --html runs.html', says: 'writes a page with both curves' },
    ],
    run: async (request) => (await import('./compare.ts')).runCompare(request),
  }),
  command({
    name: 'sweep',
    summary: 'Trains many models by a plan: a grid, a list or a random search',
    operands: 'PLAN',
    operandHelp:
      'PLAN is a file of JSON: { "files": […], "options": { … } }, with options of unrolled train. A value holds for all trials; of a list, such as "seed": [1, 2, 3], every value is tried with all others; { "log": [0.0001, 0.01] }, { "uniform": [a, b] }, { "integer": [a, b] } and { "choice": […] } are drawn as often as "draws" says, from "seed". "list" has settings that belong together. A trial that was stopped or killed goes on where it was saved, here or on another machine. Trials have one thread and no native BLAS, so that all machines get the same bits; "threads" and "blas" are options too.',
    minOperands: 1,
    maxOperands: 1,
    groups: tables.sweepOptions,
    examples: [
      {
        line: `echo '{ "files": ["${text}"], "options": { "updates": 40, "hidden": [8, 16], "lr": { "log": [0.001, 0.01] } }, "draws": 2 }' | tee plan.json`,
        says: 'a plan of four trials: two learning rates, each with two sizes',
      },
      {
        line: 'unrolled sweep plan.json --out trials',
        says: 'trains them on the cores of this machine; again, goes on',
      },
      { line: 'unrolled sweep plan.json --out trials --status', says: 'prints the trials, the best first' },
      { line: 'unrolled sweep plan.json --out trials --print slurm', says: 'prints the script to submit to a cluster' },
      { line: 'unrolled sweep plan.json --out trials --trial 3', says: 'carries out one trial, as a cluster does' },
    ],
    run: async (request) => (await import('./sweep/sweep.ts')).runSweep(request),
  }),
  command({
    ...{ name: 'mpi-info', operands: '[DIR]', minOperands: 0, maxOperands: 1 },
    summary: 'Shows the processes of an MPI job and how fast they exchange numbers',
    operandHelp: 'DIR is a model folder, of which is told in how much of an update the processes would compute.',
    reads: ['models'],
    groups: tables.mpiInfoOptions,
    examples: [
      { line: 'unrolled mpi-info', says: 'which MPI libraries this machine has' },
      { line: 'mpirun -n 2 --bind-to none unrolled mpi-info', says: 'measures between two processes' },
    ],
    run: async (request) => (await import('./mpi-info.ts')).runMpiInfo(request),
  }),
  command({
    name: 'models',
    summary: 'Lists the trained models that come with the package',
    operands: '',
    operandHelp:
      'Each has a name that stands for its folder in sample, predict, eval, inspect, export, gradcheck, lab and --init-from. A name may also be one of data, as @names is: then it is the data where data are read, and the model where a model is used.',
    minOperands: 0,
    maxOperands: 0,
    groups: tables.modelsOptions,
    examples: [
      { line: 'unrolled models', says: 'what they do, how well, their data and licenses, and a command for each' },
      { line: 'unrolled sample @shakespeare --prompt "ROMEO:" --length 300', says: 'writes lines of a play' },
      { line: 'echo Suzuki | unrolled predict @names -', says: 'tells from which language a name is' },
      {
        line: 'echo "The river runs to the sea ." | unrolled predict @pos -',
        says: 'tells the parts of speech of a sentence',
      },
      { line: 'echo 38+47= | unrolled sample @arithmetic --prompt - --temperature 0', says: 'adds' },
    ],
    run: async (request) => (await import('./models.ts')).runModels(request),
  }),
  command({
    name: 'lab',
    summary: 'Serves the page that trains a network and shows how it learns',
    operands: '[DIR]',
    operandHelp:
      'DIR is the folder of a language model to begin with; only who has the printed address can read it. The page is served to this machine only, computes in the browser and sends nothing away.',
    minOperands: 0,
    maxOperands: 1,
    reads: ['models'],
    groups: tables.labOptions,
    examples: [
      { line: 'unrolled lab', says: 'prints the address; Ctrl-C ends it' },
      { line: 'unrolled lab river --open', says: 'opens a trained model in the browser' },
    ],
    run: async (request) => (await import('./lab.ts')).runLab(request),
  }),
  command({
    name: 'completion',
    summary: 'Prints a script that completes commands and options in a shell',
    operands: 'bash|zsh|fish',
    operandHelp: 'The script says in its first lines where it goes.',
    ...{ minOperands: 1, maxOperands: 1 },
    groups: {},
    examples: [
      { line: 'unrolled completion bash > unrolled.bash', says: 'writes it for bash; source unrolled.bash loads it' },
      { line: 'unrolled completion fish > unrolled.fish', says: 'for fish, in ~/.config/fish/completions' },
    ],
    run: async (request) => (await import('./completion.ts')).runCompletion(request, commands),
  }),
];
