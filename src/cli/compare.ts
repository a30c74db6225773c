// `unrolled compare`: training runs beside each other, as a table, as JSON, or as one page.

import { resolve } from 'node:path';
import { firstTwice, UnrolledError } from '../errors.ts';
import { bestLook } from '../formats/model-card.ts';
import { writeFileAtomicallySync } from '../node/atomic-file.ts';
import type { compareOptions } from './option-tables.ts';
import type { RequestOf } from './options.ts';
import { print, printTable, say } from './output.ts';
import { differences, type RunRow, rowOf } from './report/facts.ts';
import { comparisonPage } from './report/page.ts';
import { type RunRecord, readRunRecord } from './report/run-record.ts';
import { plural } from './text.ts';

export async function runCompare({ operands, values }: RequestOf<typeof compareOptions>): Promise<number> {
  const twice = firstTwice(operands.map((directory) => resolve(directory)));
  if (twice !== undefined) throw new UnrolledError(`compare: expected each folder once, got ${twice} twice`);
  const runs = operands.map(readRunRecord);
  if (values.html !== undefined) {
    writeFileAtomicallySync(values.html, new TextEncoder().encode(comparisonPage(runs)));
    say(`The page is in ${values.html}: ${plural(runs.length, 'run')}.`);
  } else if (values.json) for (const run of runs) print(JSON.stringify(jsonOf(run)));
  else printRuns(runs);
  return 0;
}

function jsonOf(run: RunRecord): object {
  const { directory, config, parameters, options, update, updates } = run;
  const best = bestLook(run.looks);
  return {
    ...{ directory, config, parameters, update, updates },
    ...{ validationLoss: best?.validationLoss ?? null, accuracy: best?.accuracy ?? null },
    ...{ bestUpdate: best?.update ?? null, seconds: run.looks.at(-1)?.seconds ?? null, options },
  };
}

function printRuns(runs: readonly RunRecord[]): void {
  const rows = runs.map(rowOf);
  const names = Object.keys(rows[0]) as (keyof RunRow)[];
  const shown = names.filter((name) => rows.some((row) => row[name] !== '–'));
  printTable([[...shown], ...rows.map((row) => shown.map((name) => row[name]))]);
  const others = differences(runs);
  if (others.length === 0) return;
  print('');
  printTable([
    ['setting', ...runs.map(({ directory }) => directory)],
    ...others.map(({ name, values }) => [name, ...values]),
  ]);
}
