// The network that every contestant trains: the same ids, targets and first weights, from seeds, so that their losses can be compared.
// data.py makes the same numbers.

import { gates } from '../cases.mjs';

/** Fills `out` with map(r), r in [0, 1): mulberry32. In place, so that a process's peak memory is not that of its data. */
function fill(out, seed, map) {
  let state = seed;
  for (let i = 0; i < out.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    out[i] = map(((z ^ (z >>> 14)) >>> 0) / 4294967296);
  }
  return out;
}

/** Uniform in ±1/√H, PyTorch's initialization. */
function uniform(seed, count, H) {
  const scale = 1 / Math.sqrt(H);
  return fill(new Float32Array(count), seed, (value) => (2 * value - 1) * scale);
}

const randomIds = (seed, count, C) => fill(new Int32Array(count), seed, (value) => Math.floor(value * C));

/** First weights, as [in, out]: U [C or H, G H], W [H, G H]; as [out, in]: V [C, H]; b [G H], bn [H] of a GRU or null, c [C], E [C, H] or null. */
export function weights({ H, C, embedding, cell = 'rnn' }) {
  const GH = gates[cell] * H;
  return {
    U: uniform(1, (embedding ? H : C) * GH, H),
    W: uniform(2, H * GH, H),
    V: uniform(3, C * H, H),
    b: uniform(4, GH, H),
    bn: cell === 'gru' ? uniform(9, H, H) : null,
    c: uniform(5, C, H),
    E: embedding ? uniform(6, C * H, H) : null,
  };
}

/** What is read and what is to be predicted. [T, B] */
export function texts({ B = 1, T, C }) {
  return { ids: randomIds(7, T * B, C), targets: randomIds(8, T * B, C) };
}

/** x [rows, columns] as [columns, rows]. */
export function transposed(x, rows, columns) {
  const out = new Float32Array(x.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = x[i * columns + j];
  return out;
}

/** Rows of a one-hot matrix [ids.length, C]. */
export function oneHot(ids, C) {
  const rows = new Float32Array(ids.length * C);
  ids.forEach((id, row) => {
    rows[row * C + id] = 1;
  });
  return rows;
}
