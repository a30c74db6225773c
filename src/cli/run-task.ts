// What the readers of all tasks are given.

import type { DataFacts } from './run-data.ts';
import type { RunOptions } from './run-options.ts';

/** Options, files and facts of a run. */
export interface TaskRequest {
  readonly files: readonly string[];
  readonly options: RunOptions;
  readonly facts: DataFacts;
}
