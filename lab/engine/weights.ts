// One matrix of the weights, or of one gate of it, at a step; what it was at another step; and the spectrum of what is shown, which is the matrix or its
// change: all singular values, and of a square one that the state goes through again and again the eigenvalues.

import { cellOf, layoutOf } from '../../src/core.ts';
import { eigenvalues } from '../../src/insight.ts';

import type { WeightsFound, WeightsQuery } from '../protocol.ts';
import type { Laboratory } from './laboratory.ts';

/** The singular values of a row-major [rows, columns], the largest first: roots of the eigenvalues of AᵀA or AAᵀ, whichever is smaller. */
export function singularValues(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const isWide = columns > rows;
  const [n, m] = isWide ? [rows, columns] : [columns, rows];
  const at = (i: number, k: number): number => matrix[isWide ? i * columns + k : k * columns + i];
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < m; k++) sum += at(i, k) * at(j, k);
      gram[i * n + j] = gram[j * n + i] = sum;
    }
  return eigenvalues(gram, n).real.map((value) => Math.sqrt(Math.max(0, value)));
}

export function* weightsOf(laboratory: Laboratory, query: WeightsQuery): Generator<void, WeightsFound> {
  const { step, model } = laboratory.modelOf(query.step);
  const { config } = model;
  const layout = layoutOf(config);
  const block =
    layout.find(({ name }) => name === query.block) ??
    layout.find(({ kind }) => kind === 'W') ??
    layout.find(({ kind }) => kind === 'U')!;
  const { kind, shape, offset, length } = block;
  const { gates } = cellOf(config);
  const isGated = gates.length > 1 && (kind === 'U' || kind === 'W' || kind === 'b');
  const gate = isGated ? Math.min(query.gate, gates.length - 1) : 0;
  const H = config.hiddenSize;
  const parts = isGated ? gates.length : 1;
  // U of tokens lies by its columns: [tokens, G H]
  const isByColumns = kind === 'U' && block.index === 0 && config.embeddingSize === null;
  const rows = shape.length === 1 ? 1 : isByColumns ? H : shape[0] / parts;
  const columns = shape.length === 1 ? length / parts : isByColumns ? shape[0] : shape[1];
  const cut = (parameters: ArrayLike<number>): Float32Array => {
    const values = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const place = isByColumns ? (c * parts + gate) * H + r : (gate * rows + r) * columns + c;
        values[r * columns + c] = parameters[offset + place];
      }
    return values;
  };
  const values = cut(model.parameters);
  const since = query.since === null ? null : laboratory.modelOf(query.since);
  const before = since && cut(since.model.parameters);
  const shown = before ? values.map((value, i) => value - before[i]) : values;
  yield;
  const isSound = shown.every(Number.isFinite);
  const spectrum = rows > 1 && isSound ? singularValues(shown, rows, columns) : null;
  yield;
  return {
    step,
    since: since?.step ?? null,
    blocks: layout.map(({ name }) => name),
    block: block.name,
    kind,
    layer: block.index,
    gates: isGated ? gates : [],
    gate,
    rows,
    columns,
    values,
    before,
    singularValues: spectrum,
    eigenvalues: kind === 'W' && isSound ? eigenvalues(shown, rows) : null,
    isOfTokens: { rows: kind === 'V' || kind === 'embedding', columns: isByColumns || kind === 'c' },
  };
}
