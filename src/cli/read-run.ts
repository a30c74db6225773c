// Reads the data of a training run, whatever its task: the one place that knows all kinds of runs.

import type { Tokenizer } from '../data/text/tokenizer.ts';
import { UnrolledError } from '../errors.ts';
import { readClassifyRun } from './run-classify.ts';
import { type DataFacts, factsOf, type RunData } from './run-data.ts';
import { readForecastRun } from './run-forecast.ts';
import { readLabelRun } from './run-label.ts';
import type { RunOptions } from './run-options.ts';
import type { TaskRequest } from './run-task.ts';
import { readRunText } from './run-text.ts';

const readers: Readonly<Record<Exclude<RunOptions['task'], 'text'>, (request: TaskRequest) => RunData>> = {
  label: readLabelRun,
  classify: readClassifyRun,
  forecast: readForecastRun,
};

interface Reading {
  /** The vocabulary to read a text with; else one is learnt. */
  readonly tokenizer?: Tokenizer;
  /** Throws where the data are not those of an earlier run. */
  readonly check?: (facts: DataFacts) => void;
}

export function readRunData(files: readonly string[], options: RunOptions, { tokenizer, check }: Reading): RunData {
  const { task } = options;
  if (task === 'text') {
    // a character that is not in the vocabulary means another text, and that is what the sentence should say
    const data = readRunText(files, check ? { ...options, unknown: 'skip' } : options, tokenizer);
    check?.(data.facts);
    return data;
  }
  const held = options['validation-file'];
  const facts = { text: factsOf(files), validation: held === null ? null : factsOf([held]) };
  check?.(facts);
  const data = readers[task]({ files, options, facts });
  if (factsOf(files).sha256 !== facts.text.sha256)
    throw new UnrolledError(`${files.join(', ')}: the data changed between two readings; try again`, 'failure');
  return data;
}
