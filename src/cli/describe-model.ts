// What `unrolled inspect` says in words about a model's architecture and task, and about the states of its layers.

import { levelNouns } from '../data/text/tokenizer.ts';
import { cellOf } from '../network/cells/table.ts';
import { outputsOf } from '../network/config.ts';
import { clustersOf } from '../network/heads/adaptive/adaptive-softmax.ts';
import type { Model } from '../network/model.ts';
import { parameterCount } from '../network/parameters.ts';
import type { TaskDescription } from '../tasks/kinds.ts';
import { bold, print, say } from './output.ts';
import type { LayerSaturation } from './saturation.ts';
import { filesOf } from './task-files.ts';
import { byteSize, count, percent, plural } from './text.ts';

export function describeModel({ config, tokenizer }: Model, task: TaskDescription | null, directory: string): void {
  const { cell, nonlinearity, vocabSize, hiddenSize, numLayers, bidirectional, symbols, dropout } = config;
  const { embeddingSize, inputSize, tieWeights, pooling } = config;
  const clusters = clustersOf(config);
  const planes = symbols > 1 ? `, the sum of ${symbols} symbols in a step` : '';
  const input =
    inputSize !== null
      ? `vectors of ${inputSize}`
      : embeddingSize !== null
        ? `an embedding of ${embeddingSize}${tieWeights ? ', tied to the output' : ''}${planes}`
        : `one-hot${planes}`;
  const noun = tokenizer ? `${levelNouns[tokenizer.level]}s` : task ? 'symbols' : 'classes';
  const directions = bidirectional ? ' in both directions' : '';
  print(bold(directory));
  if (task) say(`made to     ${filesOf(task).describe(task)}`, '  ');
  print(
    `  network     ${numLayers} × ${hiddenSize} ${cell === 'rnn' ? nonlinearity : cell} units${directions}${dropout ? `, dropout ${dropout}` : ''}`,
  );
  print(`  input       ${input}`);
  if (inputSize === null) print(`  vocabulary  ${count(vocabSize)} ${noun}`);
  if (task) {
    const from = { none: 'each state', last: 'the last state', mean: 'the mean of the states' }[pooling];
    print(`  output      ${plural(outputsOf(config), 'number')} from ${from}`);
  }
  if (clusters.length > 0)
    say(
      `softmax     adaptive: ${count(clusters[0].first)} frequent ${noun}, clusters of ${clusters.map(({ size }) => count(size)).join(' and ')}`,
      '  ',
    );
  print(`  parameters  ${count(parameterCount(config))} (${byteSize(4 * parameterCount(config))})`);
}

export function printSaturation(model: Model, layers: readonly LayerSaturation[], text: string, tokens: number): void {
  const { hiddenSize, bidirectional, inputSize } = model.config;
  const { saturation, saturationRemark } = cellOf(model.config);
  print(`\n${bold('States')}`);
  say(`on ${count(tokens)} ${inputSize === null ? 'tokens' : 'steps'} of ${text}`, '  ');
  layers.forEach(({ saturated: share, always, mean }, track) => {
    const stuck = always > 0 ? `, for ${always} of ${hiddenSize} units in all` : '';
    const name = bidirectional ? `${track >> 1} ${track % 2 ? '←' : '→'}` : String(track);
    const full = saturation ? `${saturation.formula} in ${percent(share)} of the states${stuck}; ` : '';
    say(`layer ${name}   ${full}mean |h| ${mean.toFixed(3)}`, '  ');
  });
  if (saturationRemark) say(saturationRemark, '  ');
}
