// config.json: what is written is the contract with the PyTorch twin, and what is read is checked key by key.
import { describe, expect, test } from 'vitest';
import { UnrolledError } from '../../src/errors.ts';
import { formatConfig, parseConfig } from '../../src/formats/config.ts';
import { cellNames, checkConfig } from '../../src/network/config.ts';

const json = {
  model_type: 'unrolled',
  cell: 'rnn',
  nonlinearity: 'tanh',
  vocab_size: 65,
  embedding_size: null,
  hidden_size: 128,
  num_layers: 1,
  bidirectional: false,
  dropout: 0,
  tie_weights: false,
};
const config = checkConfig({ vocabSize: 65, hiddenSize: 128 });

function refusal(text: string): string {
  try {
    parseConfig(text, 'model/config.json');
  } catch (error) {
    if (!(error instanceof UnrolledError) || error.kind !== 'failure') throw error;
    return error.message;
  }
  return 'none';
}

describe('config.json', () => {
  test('is written with the names of the twin, in this order', () => {
    const text = formatConfig(config);
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(json));
  });

  test('is read as it was written', () => {
    const tied = checkConfig({
      ...{ vocabSize: 5, embeddingSize: 7, hiddenSize: 7, numLayers: 3, dropout: 0.1, tieWeights: true },
      nonlinearity: 'relu',
    });
    const vectors = checkConfig({ vocabSize: 5, inputSize: 3, nonlinearity: 'sigmoid' });
    const adaptive = checkConfig({ vocabSize: 5000, softmax: 'adaptive' });
    for (const each of [config, tied, vectors, adaptive]) expect(parseConfig(formatConfig(each), 'f')).toEqual(each);
  });

  test('names symbols, output, pooling and loss only where they differ from the default', () => {
    const other = checkConfig({
      ...{ cell: 'lstm', vocabSize: 65, hiddenSize: 128, bidirectional: true },
      ...{ symbols: 3, outputSize: 2, pooling: 'mean', loss: 'squared' },
    });
    const written = { ...json, cell: 'lstm', bidirectional: true };
    const { embedding_size, hidden_size, num_layers, bidirectional, dropout, tie_weights, ...first } = written;
    const rest = { embedding_size, hidden_size, num_layers, bidirectional, dropout, tie_weights };
    expect(JSON.stringify(JSON.parse(formatConfig(other)))).toBe(
      JSON.stringify({ ...first, symbols: 3, ...rest, output_size: 2, pooling: 'mean', loss: 'squared' }),
    );
    expect(parseConfig(formatConfig(other), 'f')).toEqual(other);
    expect(parseConfig(JSON.stringify(json), 'f')).toMatchObject({ symbols: 1, outputSize: null, pooling: 'none' });
  });

  test('names the softmax and its cutoffs only where it is adaptive', () => {
    const adaptive = checkConfig({ vocabSize: 65, hiddenSize: 128, softmax: 'adaptive', cutoffs: [9, 30] });
    const written = { ...json, softmax: 'adaptive', cutoffs: [9, 30] };
    expect(JSON.stringify(JSON.parse(formatConfig(adaptive)))).toBe(JSON.stringify(written));
    expect(parseConfig(JSON.stringify(json), 'f')).toMatchObject({ softmax: 'full', cutoffs: [] });
  });

  test('may have keys of others, and no model_type', () => {
    const { model_type: _, ...without } = json;
    expect(parseConfig(JSON.stringify({ ...json, transformers_version: '5.0', __proto__: 1 }), 'f')).toEqual(config);
    expect(parseConfig(JSON.stringify(without), 'f')).toEqual(config);
  });

  test('takes the default of a key that is absent, and for a cell with gates of a nonlinearity that is null', () => {
    expect(parseConfig('{ "vocab_size": 65 }', 'f')).toEqual(checkConfig({ vocabSize: 65 }));
    const gated = { ...json, cell: 'lstm', nonlinearity: null };
    expect(parseConfig(JSON.stringify(gated), 'f')).toEqual(checkConfig({ ...config, cell: 'lstm' }));
    const adaptive = { vocab_size: 5000, softmax: 'adaptive' };
    expect(parseConfig(JSON.stringify(adaptive), 'f')).toEqual(checkConfig({ vocabSize: 5000, softmax: 'adaptive' }));
  });

  const refused: [title: string, changes: object, message: string][] = [
    [
      'a plain cell of no nonlinearity',
      { nonlinearity: null },
      'nonlinearity: expected one of tanh, relu, sigmoid, got null',
    ],
    [
      'no nonlinearity in quotes',
      { cell: 'lstm', nonlinearity: 'null' },
      'nonlinearity: expected one of tanh, relu, sigmoid, got null',
    ],
    ['directions in quotes', { bidirectional: 'yes' }, 'bidirectional: expected true or false, got "yes"'],
    ['no symbol in a step', { symbols: 0 }, 'symbols: expected a whole number from 1 to 1000, got 0'],
    ['an output of nothing', { output_size: 0 }, 'output_size: expected a whole number of 1 or more, got 0'],
    ['an unknown pooling', { pooling: 'max' }, 'pooling: expected one of none, last, mean, got max'],
    ['an unknown loss', { loss: 'hinge' }, 'loss: expected one of nll, squared, pinball, got hinge'],
    ['quantiles without their loss', { quantiles: [0.5] }, 'quantiles: expected none with the loss nll, got 0.5'],
    ['no quantiles', { loss: 'pinball' }, 'quantiles: expected at least 1 with the loss pinball, got none'],
    [
      'quantiles that fall',
      { loss: 'pinball', quantiles: [0.5, 0.1], output_size: 2 },
      'quantiles: expected numbers above 0 and below 1, each larger than the one before, got [0.5,0.1]',
    ],
    [
      'too many quantiles',
      { loss: 'pinball', quantiles: [0.1, 0.5], output_size: 3 },
      'quantiles: expected as many as divide the 3 outputs, got 2',
    ],
    [
      'another kind of model',
      { model_type: 'gpt2' },
      'model_type: expected "unrolled", got "gpt2"; give a model of unrolled',
    ],
    ['an unknown cell', { cell: 'qrnn' }, `cell: expected one of ${cellNames.join(', ')}, got qrnn`],
    [
      'an unknown nonlinearity',
      { nonlinearity: 'gelu' },
      'nonlinearity: expected one of tanh, relu, sigmoid, got gelu',
    ],
    ['no hidden size', { hidden_size: null }, 'hidden_size: expected a whole number of 1 or more, got null'],
    ['no vocabulary', { vocab_size: undefined }, 'vocab_size: expected a whole number, got none'],
    ['a hidden size of zero', { hidden_size: 0 }, 'hidden_size: expected a whole number of 1 or more, got 0'],
    [
      'more units than can be counted',
      { hidden_size: 3e9 },
      'hidden_size: expected at most 2147483647, got 3000000000',
    ],
    ['a hidden size in quotes', { hidden_size: '128' }, 'hidden_size: expected a whole number of 1 or more, got "128"'],
    ['half a layer', { num_layers: 0.5 }, 'num_layers: expected a whole number from 1 to 1000, got 0.5'],
    ['an embedding of size zero', { embedding_size: 0 }, 'embedding_size: expected a whole number of 1 or more, got 0'],
    ['a dropout of 2', { dropout: 2 }, 'dropout: expected a number from 0 to 0.99, got 2'],
    ['a tie in quotes', { tie_weights: 'no' }, 'tie_weights: expected true or false, got "no"'],
    ['an unknown softmax', { softmax: 'sampled' }, 'softmax: expected one of full, adaptive, got sampled'],
    [
      'an adaptive softmax of few classes without cutoffs',
      { softmax: 'adaptive' },
      'softmax: expected full for a vocabulary below 1000, where it costs little, got adaptive for 65',
    ],
    ['an adaptive softmax of no cutoff', { softmax: 'adaptive', cutoffs: [] }, 'cutoffs: expected one to four, got 0'],
    [
      'a cutoff behind the last class',
      { softmax: 'adaptive', cutoffs: [9, 65] },
      'cutoffs: expected a whole number from 10 to 64, got 65',
    ],
    ['a cutoff alone', { softmax: 'adaptive', cutoffs: 9 }, 'cutoffs: expected a list of classes, got 9'],
    ['cutoffs of a full softmax', { cutoffs: [9] }, 'cutoffs: expected none with full softmax, got 9'],
    [
      'cutoffs in quotes',
      { softmax: 'adaptive', cutoffs: ['9'] },
      'cutoffs: expected a whole number from 1 to 64, got "9"',
    ],
    [
      'a tie to no embedding',
      { tie_weights: true },
      'tie_weights: expected an embedding as wide as the hidden state (128), got one-hot input',
    ],
  ];
  test.each(refused)('is refused with %s', (_title, changes, message) => {
    expect(refusal(JSON.stringify({ ...json, ...changes }))).toBe(`model/config.json: ${message}`);
  });

  test.each([
    ['', /^model\/config\.json: expected JSON, got text that is not; correct it, or put the whole text back$/],
    [
      'x\ny',
      /^model\/config\.json: expected JSON, got text that is not[^\n]*; correct it, or put the whole text back$/,
    ],
    ['[1]', /^model\/config\.json: expected a JSON object, got \[1\]$/],
    ['null', /^model\/config\.json: expected a JSON object, got null$/],
    ['{}', /^model\/config\.json: vocab_size: expected a whole number, got none$/],
  ])('is refused if it is %j', (text, message) => {
    expect(refusal(text)).toMatch(message);
  });
});
