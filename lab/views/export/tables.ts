// Every series and matrix that there is of a run, as tables with all their digits. Pure.

import { cellOf, layoutOf } from '../../../src/core.ts';
import { formatToken } from '../../format.ts';
import { recordFields } from '../../protocol.ts';
import type { Frame } from '../../state/frame.ts';
import { exportStrings } from './strings.ts';

const words = exportStrings.numbers;

export interface NumberTable {
  readonly group: keyof typeof words.groups;
  readonly name: string;
  /** Of the file. */
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly string[];
  /** A row, with its name first where rows have one. */
  row(index: number): readonly (string | number)[];
}

const upTo = (count: number, name: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => name(i));

export function tablesOf({ history, windowTrace, flow, info }: Frame): NumberTable[] {
  const tables: NumberTable[] = [];
  const { points, heldOut } = history;
  const word = info?.vocabulary ?? [];
  if (points.length > 0)
    tables.push({
      group: 'run',
      name: words.names.losses,
      file: 'losses',
      rows: points.length,
      columns: recordFields,
      row: (i) => recordFields.map((field) => Number(points[i][field])),
    });
  if (heldOut.length > 0)
    tables.push({
      group: 'run',
      name: words.names.heldOut,
      file: 'held-out',
      rows: heldOut.length,
      columns: ['step', 'loss'],
      row: (i) => [heldOut[i].step, heldOut[i].loss],
    });
  if (windowTrace) tables.push(...ofWindow(windowTrace, word));
  for (const [l, { norms, total }] of flow?.gradientByDistance.entries() ?? []) {
    const columns = total.length;
    const layer = flow!.gradientByDistance.length > 1 ? ` (${l})` : '';
    tables.push({
      group: 'window',
      name: words.names.decay + layer,
      file: `gradient-norms-${l}`,
      rows: columns - 1,
      columns: ['t', ...upTo(columns, (k) => `k=${k}`)],
      row: (i) => [i + 1, ...norms.subarray(i * columns, (i + 1) * columns)],
    });
  }
  return tables;
}

function ofWindow({ trace }: NonNullable<Frame['windowTrace']>, vocabulary: readonly string[]): NumberTable[] {
  const { config, parameters, h, y, loss, gradients, tokens, steps } = trace;
  const { hiddenSize: H, numLayers: L, vocabSize: C } = config;
  const { gates } = cellOf(config);
  const token = (id: number): string => formatToken(vocabulary[id] ?? String(id));
  const unit = (i: number): string => `${i + 1}`;
  const weights = layoutOf(config).map(({ name, kind, index, shape, offset }): NumberTable => {
    // U of tokens lies by its columns: a row for each token
    const [rows, columns] = shape.length === 1 ? [shape[0], 1] : shape;
    const isTokens =
      kind === 'V' ||
      kind === 'c' ||
      kind === 'embedding' ||
      (kind === 'U' && index === 0 && config.embeddingSize === null);
    const gated = (i: number): string =>
      gates.length > 1 && gates[0] !== '' ? `${gates[Math.floor(i / H)]} ${(i % H) + 1}` : unit(i);
    const isByGate = kind === 'W' || kind === 'b' || (kind === 'U' && !isTokens);
    const columnName = kind === 'U' && isTokens ? gated : unit;
    return {
      group: 'weights',
      name,
      file: name,
      rows,
      columns: ['', ...upTo(columns, columnName)],
      row: (i) => [
        isTokens ? token(i) : isByGate ? gated(i) : unit(i),
        ...parameters.subarray(offset + i * columns, offset + (i + 1) * columns),
      ],
    };
  });
  const ofStates = (name: string, file: string, values: ArrayLike<number>, l: number): NumberTable => ({
    group: 'window',
    name: L > 1 ? `${name} (${l})` : name,
    file: `${file}-${l}`,
    rows: steps + 1,
    columns: ['t', ...upTo(H, unit)],
    row: (t) => [t, ...upTo(H, String).map((_, u) => values[(t * L + l) * H + u])],
  });
  const layers = upTo(L, String).map((_, l) => l);
  return [
    ...weights,
    {
      group: 'window',
      name: words.names.errors,
      file: 'errors',
      rows: steps,
      columns: ['t', 'token', 'loss'],
      row: (t) => [t + 1, token(tokens[t]), loss[t]],
    },
    {
      group: 'window',
      name: words.names.predictions,
      file: 'predictions',
      rows: steps,
      columns: ['t', ...upTo(C, token)],
      row: (t) => [t + 1, ...y.subarray(t * C, (t + 1) * C)],
    },
    ...layers.map((l) => ofStates(words.names.states, 'states', h, l)),
    ...(gradients ? layers.map((l) => ofStates(words.names.gradients, 'state-gradients', gradients.h, l)) : []),
  ];
}
