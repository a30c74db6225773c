// The model card: README.md of a folder for the Hugging Face Hub, in the sections of the Hub's template. It states what the model's own files say and
// leaves open what only the model's author knows. Its measurements come from metrics.jsonl alone.

import { levelNouns, type Tokenizer } from '../data/text/tokenizer.ts';
import { directionsOf, isLanguageModel, type ModelConfig, outputsOf } from '../network/config.ts';
import type { Model } from '../network/model.ts';
import { parameterCount } from '../network/parameters.ts';
import type { Precision } from './precision.ts';

/** The evaluation with the lowest held-out loss in a training run: the weights in its folder are those of this evaluation. */
export interface Scores {
  readonly validationLoss: number;
  readonly epoch: number;
  readonly update: number;
}

/** The look at the held-out data with the lowest loss; undefined where nothing is held out. */
export function bestLook<Look extends { readonly validationLoss: number | null }>(
  looks: readonly Look[],
): (Look & { readonly validationLoss: number }) | undefined {
  let best: (Look & { readonly validationLoss: number }) | undefined;
  for (const look of looks) if (hasLoss(look) && (!best || look.validationLoss < best.validationLoss)) best = look;
  return best;
}

function hasLoss<Look extends { readonly validationLoss: number | null }>(
  look: Look,
): look is Look & { readonly validationLoss: number } {
  return look.validationLoss !== null;
}

/** Reads the scores from the text of metrics.jsonl; undefined if nothing was held out. A last line that is cut off is ignored. */
export function scoresOf(metrics: string): Scores | undefined {
  return bestLook(
    metrics.split('\n').flatMap((line) => {
      const { event, validationLoss, epoch, update } = objectOf(line);
      if (event !== 'validation' || typeof epoch !== 'number' || typeof update !== 'number') return [];
      if (typeof validationLoss !== 'number' || !Number.isFinite(validationLoss)) return [];
      return [{ validationLoss, epoch, update }];
    }),
  );
}

/** What a model made for a task does, in a sentence, the Hub's name for that, and programs that ask it. */
export interface Use {
  readonly says: string;
  readonly pipeline: string;
  readonly javascript: readonly string[];
  /** The lines of Python that print what `model` makes of some data. */
  readonly python: readonly string[];
}

/** What the card says beside what the model says. */
export interface CardFacts {
  readonly scores?: Scores;
  /** Of a model made for a task. */
  readonly use?: Use;
  /** The license, under its name at the Hub. */
  readonly license?: string;
  /** Of the matrices. Default float32. */
  readonly precision?: Precision;
  /** Lines about what the precision costs. */
  readonly measured?: readonly string[];
}

/** The text of README.md. */
export function modelCard(model: Model, facts: CardFacts = {}): string {
  const { scores, use, license, precision = 'float32', measured: rounding = [] } = facts;
  const { config, tokenizer } = model;
  const isText = tokenizer !== undefined && isLanguageModel(config);
  const pipeline = isText ? 'text-generation' : use?.pipeline;
  const front = [
    'library_name: unrolled',
    ...(license === undefined ? [] : [`license: ${license}`]),
    ...(pipeline === undefined ? [] : [`pipeline_tag: ${pipeline}`]),
    'tags:',
    ...['unrolled', 'recurrent-neural-network', config.cell].map((tag) => `- ${tag}`),
    ...(scores && isText ? ['metrics:', '- perplexity'] : []),
  ];
  const noun = tokenizer ? levelNouns[tokenizer.level] : 'prediction';
  const unit = { nll: `nats per ${noun}`, squared: 'mean squared error', pinball: 'pinball loss' }[config.loss];
  const measured = scores
    ? [
        `On the held-out ${isText ? 'text' : 'data'} of its training run:`,
        '',
        '| | |',
        '|---|---|',
        `| held-out loss | ${scores.validationLoss.toFixed(4)} ${unit} |`,
        ...(isText ? [`| perplexity | ${Math.exp(scores.validationLoss).toFixed(3)} per ${noun} |`] : []),
        `| after | epoch ${scores.epoch}, update ${scores.update} |`,
      ]
    : ['No measurement comes with these files.'];
  return [
    ...['---', ...front, '---', '', '# A recurrent neural network', '', '## Model Details', ''],
    ...factsOf(config, tokenizer, precision).map((fact) => `- ${fact}`),
    ...labelsOf(model),
    `- **License:** ${license ?? 'none is named in these files'}`,
    ...['', 'These are the files of `unrolled`. The author of the model adds here: who, and from what.', ''],
    ...[
      '## Uses',
      '',
      isText ? 'It continues text.' : (use?.says ?? 'It maps sequences to what it was trained for.'),
      '',
    ],
    ...[
      '## Bias, Risks, and Limitations',
      '',
      'It knows nothing but what it was trained on, and repeats what is wrong in it.',
      '',
    ],
    ...['## How to Get Started with the Model', '', 'In JavaScript, in this folder, with the package `unrolled`:', ''],
    ...['```js', ...(use?.javascript ?? javascript(config, isText ? tokenizer : undefined)), '```', ''],
    `In Python, in this folder, with PyTorch${tokenizer?.options.subwords ? ' and the package `tokenizers`' : ''}:`,
    ...['', '```python', ...python(config, isText ? tokenizer : undefined, use), '```', ''],
    'With `transformers`, `AutoModel.from_pretrained(FOLDER, trust_remote_code=True)` gives the same `model`.',
    '',
    ...['## Training Details', '', 'The author of the model adds here: data and settings.', ''],
    ...['## Evaluation', '', ...measured, ...(rounding.length > 0 ? ['', ...rounding] : []), ''],
  ].join('\n');
}

/** The lines that name the labels of a task that has labels. */
function labelsOf({ task }: Model): string[] {
  const labels = (task as { labels?: unknown } | undefined)?.labels;
  return Array.isArray(labels) ? [`- **Labels:** ${labels.join(', ')}`] : [];
}

function factsOf(config: ModelConfig, tokenizer: Tokenizer | undefined, precision: Precision): string[] {
  const { cell, nonlinearity, numLayers, hiddenSize, inputSize, embeddingSize, vocabSize, symbols, pooling } = config;
  const nouns = tokenizer ? `${levelNouns[tokenizer.level]}s` : 'tokens';
  const cellName = cell === 'rnn' ? `Elman network (${nonlinearity})` : cell;
  const layers = numLayers === 1 ? '1 layer' : `${numLayers} layers`;
  const ways = directionsOf(config) === 2 ? ', in both directions' : '';
  const entry = embeddingSize === null ? 'one-hot' : `through an embedding of ${embeddingSize}`;
  const many = symbols === 1 ? '' : `, ${symbols} a step`;
  return [
    `**Architecture:** ${cellName}, ${layers} of ${hiddenSize} units${ways}`,
    `**Input:** ${inputSize === null ? `${vocabSize} ${nouns}${many}, ${entry}` : `vectors of ${inputSize}`}`,
    `**Output:** ${outputsOf(config)} ${config.loss === 'nll' ? 'classes' : outputsOf(config) === 1 ? 'number' : 'numbers'}, ${
      pooling === 'none' ? 'at every step' : `from the ${pooling} state of a sequence`
    }${config.softmax === 'adaptive' ? ', adaptive softmax' : ''}`,
    `**Parameters:** ${parameterCount(config)}, ${precision === 'float32' ? precision : `matrices in ${precision}, biases in float32`}`,
  ];
}

/** A text with which a continuation can begin: the start of a line, if the model knows line ends. */
function beginning({ vocabulary, options, level, lineEnd }: Tokenizer): string {
  if (options.subwords) return lineEnd >= 0 ? '\n' : '';
  if (level !== 'char' || vocabulary.includes('\n')) return '\n';
  return vocabulary.find((token) => token !== options.unknownToken && !options.specialTokens?.includes(token)) ?? '';
}

function javascript(config: ModelConfig, tokenizer: Tokenizer | undefined): string[] {
  if (tokenizer)
    return [
      "import { loadModel, sampleText } from 'unrolled/node';",
      '',
      "const model = loadModel('.');",
      `console.log(sampleText(model, { prompt: ${JSON.stringify(beginning(tokenizer))}, length: 200 }));`,
    ];
  const input = config.inputSize === null ? 'net.tokens.fill(0);' : 'net.input.fill(0);';
  return [
    "import { createBackend, loadModel, Unrolled } from 'unrolled/node';",
    '',
    "const model = loadModel('.');",
    "const net = new Unrolled(createBackend(), model.config, { steps: 10, batch: 1, output: 'logits' });",
    'net.setParameters(model.parameters);',
    `${input} // ${shapeOf(config)}`,
    'net.forward();',
    'console.log(net.logits);',
  ];
}

function python(config: ModelConfig, tokenizer: Tokenizer | undefined, use: Use | undefined): string[] {
  const start = ['from modeling_unrolled import Unrolled', '', "model = Unrolled.from_pretrained('.')"];
  if (use) return [...start, ...use.python];
  if (tokenizer) return [...start, `print(model.sample(${JSON.stringify(beginning(tokenizer))}, length=200))`];
  const sizes = [
    ...(config.symbols > 1 ? [config.symbols] : []),
    10,
    1,
    ...(config.inputSize ? [config.inputSize] : []),
  ];
  const type = config.inputSize === null ? ', dtype=torch.long' : '';
  return [
    ...['import torch', ...start, 'with torch.no_grad():'],
    `    logits, state = model(torch.zeros(${sizes.join(', ')}${type}))  # ${shapeOf(config)}`,
    'print(logits)',
  ];
}

function shapeOf({ inputSize, symbols }: ModelConfig): string {
  if (inputSize !== null) return '[steps, batch, vector]';
  return symbols > 1 ? '[symbols, steps, batch]' : '[steps, batch]';
}

function objectOf(line: string): Record<string, unknown> {
  try {
    const value = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
