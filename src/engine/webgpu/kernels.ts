// The kernels in WGSL, each beside its equation (engine/kernels.ts says what each promises): how a workgroup does one call. Where the order of a sum is
// not that of the other backends it is a tree over lanes, whose shape the number of terms decides.

import type { ComputeKernels } from '../kernels.ts';
import { gateKernels } from './gates.ts';
import { elementwise, type GpuKernel, kernel, ofRows } from './kernel.ts';
import { lossKernels } from './losses.ts';
import { optimizerKernels } from './optimizers.ts';

/** Rows of a product that an invocation computes together. */
const block = 4;
const each = (code: (row: number) => string): string => Array.from({ length: block }, (_, row) => code(row)).join(' ');

export const gpuKernels: Readonly<Record<keyof ComputeKernels, GpuKernel>> = {
  // x = f(x);   d = d f′(h)
  zero: elementwise('x length', 'x', 'length', 'f[x + i] = 0.0;'),
  copy: elementwise('source to length', 'to', 'length', 'f[to + i] = f[source + i];'),
  tanh: elementwise('x length', 'x', 'length', 'f[x + i] = tanhOf(f[x + i]);'),
  relu: elementwise('x length', 'x', 'length', 'if (f[x + i] < 0.0) { f[x + i] = 0.0; }'),
  sigmoid: elementwise('x length', 'x', 'length', 'f[x + i] = sigmoidOf(f[x + i]);'),
  tanhBackward: elementwise('h g length', 'g', 'length', 'let y = f[h + i]; f[g + i] = f[g + i] * (1.0 - y * y);'),
  reluBackward: elementwise('h g length', 'g', 'length', 'if (!(f[h + i] > 0.0)) { f[g + i] = 0.0; }'),
  sigmoidBackward: elementwise('h g length', 'g', 'length', 'let y = f[h + i]; f[g + i] = f[g + i] * (y * (1.0 - y));'),

  // out[i] = mix((first + i) · 0x9e3779b9 + key) ≥ threshold ? x[i] / (1 − p) : 0,   key = mix(seed[0] + mix(seed[1] + stream))
  dropout: kernel(
    'x out length seed stream threshold first',
    'out',
    `let limit = bitcast<u32>(threshold);
  let factor = select(4294967296.0 / f32(0u - limit), 1.0, limit == 0u);
  let key = scramble(bitcast<u32>(n[seed]) + scramble(bitcast<u32>(n[seed + 1] + stream)));
  for (var i = lane; i < length; i += LANES) {
    let isKept = scramble(bitcast<u32>(first + i) * 0x9e3779b9u + key) >= limit;
    f[out + i] = select(0.0, f[x + i] * factor, isKept);
  }`,
  ),

  // out[r] = row;   row + table[id];   out[r] += table[id];   to[r] = from[id];   x[r] · factor
  fillRows: ofRows('row out rows width', 'out', 'f[out + i] = f[row + c];'),
  gatherRows: ofRows(
    'table ids row out rows width',
    'out',
    'f[out + i] = f[row + c] + f[table + n[ids + r] * width + c];',
  ),
  addRows: ofRows('table ids out rows width', 'out', 'f[out + i] = f[out + i] + f[table + n[ids + r] * width + c];'),
  copyRows: ofRows(
    'source ids to rows width strideFrom strideTo',
    'to',
    'f[to + r * strideTo + c] = f[source + n[ids + r] * strideFrom + c];',
  ),
  scaleRows: ofRows(
    'x factors rows width',
    'x',
    'let factor = f[factors + r]; f[x + i] = select(f[x + i] * factor, 0.0, factor == 0.0);',
  ),

  // table[id] += Σ x[r] of the rows with this id, the last first: the last row of an id adds up all of them, so no two invocations write one number
  scatterAddRows: ofRows(
    'x ids table rows width strideX strideTable',
    'table',
    `let id = n[ids + r];
    var later = r + 1;
    while (later < rows && n[ids + later] != id) { later = later + 1; }
    if (later == rows) {
      let to = table + id * strideTable + c;
      var sum = f[to];
      for (var other = r; other >= 0; other = other - 1) {
        if (n[ids + other] == id) { sum = sum + f[x + other * strideX + c]; }
      }
      f[to] = sum;
    }`,
  ),

  // out = Σ_r x[r], or out += with \`accumulate\`
  sumRows: kernel(
    'x out rows width accumulate stride',
    'out',
    `let group = lanesFor(rows);
  let part = lane % group;
  for (var left = 0; left < width; left += LANES / group) {
    let c = left + lane / group;
    var sum = 0.0;
    if (c < width) {
      for (var r = rows - 1 - part; r >= 0; r -= group) { sum = sum + f[x + r * stride + c]; }
    }
    let all = sumOver(sum, group, lane);
    if (part == 0 && c < width) { f[out + c] = select(all, f[out + c] + all, accumulate == 1); }
  }`,
  ),

  // a packed weight is [k, n], whether or not the weight was transposed
  packTransposed: kernel(
    'w panels columns k begin end',
    'panels',
    `let width = end - begin;
  for (var i = lane; i < width * k; i += LANES) {
    let p = i / width; let j = begin + i % width;
    f[panels + p * columns + j] = f[w + j * k + p];
  }`,
  ),
  packPlain: kernel(
    'w panels columns k begin end',
    'panels',
    `let width = end - begin;
  for (var i = lane; i < width * k; i += LANES) {
    let at = (i / width) * columns + begin + i % width;
    f[panels + at] = f[w + at];
  }`,
  ),

  // c = a · packed, or c +=: each number summed in the order of k, whatever the rows beside it
  product: kernel(
    'a panels c m columns k accumulate',
    'c',
    `if (m == 1) {
    for (var j = lane; j < columns; j += LANES) {
      var sum = 0.0;
      if (accumulate == 1) { sum = f[c + j]; }
      for (var p = 0; p < k; p++) { sum = fma(f[a + p], f[panels + p * columns + j], sum); }
      f[c + j] = sum;
    }
  } else {
    let blocks = (m + ${block - 1}) / ${block};
    for (var item = lane; item < blocks * columns; item += LANES) {
      let j = item % columns;
      let i = (item / columns) * ${block};
      ${each((r) => `let a${r} = a + min(i + ${r}, m - 1) * k; let c${r} = c + min(i + ${r}, m - 1) * columns + j;`)}
      ${each((r) => `var x${r} = 0.0;`)}
      if (accumulate == 1) { ${each((r) => `x${r} = f[c${r}];`)} }
      for (var p = 0; p < k; p++) {
        let y = f[panels + p * columns + j];
        ${each((r) => `x${r} = fma(f[a${r} + p], y, x${r});`)}
      }
      ${each((r) => `if (i + ${r} < m) { f[c${r}] = x${r}; }`)}
    }
  }`,
  ),

  // c = aᵀ b, or c +=: each number summed from the last row to the first
  productTN: kernel(
    'a b c m columns k accumulate scratch strideA strideB',
    'c',
    `let blocks = (m + ${block - 1}) / ${block};
  for (var item = lane; item < blocks * columns; item += LANES) {
    let j = item % columns;
    let i = (item / columns) * ${block};
    ${each((r) => `let a${r} = a + min(i + ${r}, m - 1); let c${r} = c + min(i + ${r}, m - 1) * strideB + j;`)}
    ${each((r) => `var x${r} = 0.0;`)}
    if (accumulate == 1) { ${each((r) => `x${r} = f[c${r}];`)} }
    for (var p = k - 1; p >= 0; p--) {
      let y = f[b + p * strideB + j];
      ${each((r) => `x${r} = fma(f[a${r} + p * strideA], y, x${r});`)}
    }
    ${each((r) => `if (i + ${r} < m) { f[c${r}] = x${r}; }`)}
  }`,
  ),

  ...gateKernels,
  ...lossKernels,
  ...optimizerKernels,
};
