// The kernels in WGSL, each beside its equation (engine/kernels.ts says what each promises): how a workgroup does one call. Where the order of a sum is
// not that of the other backends it is a tree over lanes, whose shape the number of terms decides.

import type { ComputeKernels } from '../kernels.ts';
import { gateKernels } from './gates.ts';
import { elementwise, type GpuKernel, inGroups, kernel, ofRows } from './kernel.ts';
import { heldTerms } from './loops.ts';
import { lossKernels } from './losses.ts';
import { optimizerKernels } from './optimizers.ts';

/** Code for each row of a block of a product. */
const each = (code: (row: number) => string): string => [0, 1, 2, 3].map(code).join(' ');
/** Four columns of a row, those of a block. */
const across = (row: string): string => `vec4f(${['x', 'y', 'z', 'w'].map((q) => `f[${row} + j.${q}]`).join(', ')})`;

/**
 * The blocks of a product of m rows and `width` columns from `left` on, shared by the lanes: 4 × 4 numbers in registers, so that half a number is loaded
 * for a multiply-add. The columns of a block are apart, so that neighboring lanes load neighboring numbers. Places of rows are made by `a` and `c`.
 */
const inBlocks = (width: string, a: (row: string) => string, c: (row: string) => string, code: string): string => `
    let wide = (${width} + 3) / 4;
    for (var item = lane; item < (m + 3) / 4 * wide; item += LANES) {
      let i = (item / wide) * 4;
      let all = item % wide + vec4i(0, 1, 2, 3) * wide;
      let j = min(all, vec4i(${width} - 1));
      ${each((r) => `let a${r} = ${a(`min(i + ${r}, m - 1)`)}; let c${r} = ${c(`min(i + ${r}, m - 1)`)}; var x${r} = vec4f();`)}
      if (accumulate == 1) { ${each((r) => `x${r} = ${across(`c${r}`)};`)} }
      ${code}
      for (var q = 0; q < 4; q++) {
        if (all[q] < ${width}) { ${each((r) => `if (i + ${r} < m) { f[c${r} + j[q]] = x${r}[q]; }`)} }
      }
    }`;

/** Some columns of a product, in sums of `heldTerms` terms that are added up. */
const product = `let width = right - left;
  if (m == 1) {
    for (var j = left + lane; j < right; j += LANES) {
      var x = 0.0;
      if (accumulate == 1) { x = f[c + j]; }
      for (var first = 0; first < k; first += ${heldTerms}) {
        var sum = 0.0;
        for (var p = first; p < min(k, first + ${heldTerms}); p++) { sum = fma(f[a + p], f[panels + p * columns + j], sum); }
        x += sum;
      }
      f[c + j] = x;
    }
  } else {${inBlocks(
    'width',
    (row) => `a + ${row} * k`,
    (row) => `c + ${row} * columns + left`,
    `for (var first = 0; first < k; first += ${heldTerms}) {
        ${each((r) => `var s${r} = vec4f();`)}
        for (var p = first; p < min(k, first + ${heldTerms}); p++) {
          let row = panels + p * columns + left;
          let y = ${across('row')};
          ${each((r) => `s${r} = fma(vec4f(f[a${r} + p]), y, s${r});`)}
        }
        ${each((r) => `x${r} += s${r};`)}
      }`,
  )}
  }`;

/** A kernel that makes something of each y = x[i]. */
const inPlace = (code: string): GpuKernel =>
  elementwise('&x length', 'length', `let y = f[x + i]; f[x + i] = ${code};`);
/** A kernel that makes something of each y = h[i] and d = g[i], in the place of this. */
const backward = (code: string): GpuKernel =>
  elementwise('h &g length', 'length', `let y = f[h + i]; let d = f[g + i]; f[g + i] = ${code};`);

/** A kernel that packs some columns of a weight: row p, column j of what stands there at `at`. */
const packing = (at: string): GpuKernel =>
  elementwise(
    'w &panels columns k begin end',
    '(end - begin) * k',
    `let width = end - begin; let p = i / width; let j = begin + i % width; f[panels + p * columns + j] = f[w + ${at}];`,
  );

export const gpuKernels: Readonly<Record<keyof ComputeKernels, GpuKernel>> = {
  // x = f(x);   d = d f′(h)
  zero: inPlace('0.0'),
  copy: elementwise('source &to length', 'length', 'f[to + i] = f[source + i];'),
  tanh: inPlace('tanhOf(y)'),
  relu: inPlace('select(y, 0.0, y < 0.0)'),
  sigmoid: inPlace('sigmoidOf(y)'),
  tanhBackward: backward('d * (1.0 - y * y)'),
  reluBackward: backward('select(0.0, d, y > 0.0)'),
  sigmoidBackward: backward('d * (y * (1.0 - y))'),

  // out[i] = mix((first + i) · 0x9e3779b9 + key) ≥ threshold ? x[i] / (1 − p) : 0,   key = mix(seed[0] + mix(seed[1] + stream))
  dropout: kernel(
    'x &out length seed stream threshold first',
    `let limit = bitcast<u32>(threshold);
  let factor = select(4294967296.0 / f32(0u - limit), 1.0, limit == 0u);
  let key = scramble(bitcast<u32>(n[seed]) + scramble(bitcast<u32>(n[seed + 1] + stream)));
  for (var i = lane; i < length; i += LANES) {
    let isKept = scramble(bitcast<u32>(first + i) * 0x9e3779b9u + key) >= limit;
    f[out + i] = select(0.0, f[x + i] * factor, isKept);
  }`,
  ),

  // out[r] = row;   row + table[id];   out[r] += table[id];   to[r] = from[id];   x[r] · factor
  fillRows: ofRows('row &out rows width', 'f[out + i] = f[row + c];'),
  gatherRows: ofRows('table ids row &out rows width', 'f[out + i] = f[row + c] + f[table + n[ids + r] * width + c];'),
  addRows: ofRows('table ids &out rows width', 'f[out + i] += f[table + n[ids + r] * width + c];'),
  copyRows: ofRows(
    'source ids &to rows width strideFrom strideTo',
    'f[to + r * strideTo + c] = f[source + n[ids + r] * strideFrom + c];',
  ),
  scaleRows: ofRows(
    '&x factors rows width',
    'let factor = f[factors + r]; f[x + i] = select(f[x + i] * factor, 0.0, factor == 0.0);',
  ),

  // table[id] += Σ x[r] of the rows with this id, the last first: the last row of an id adds up all of them, so no two invocations write one number
  scatterAddRows: ofRows(
    'x ids &table rows width strideX strideTable',
    `let id = n[ids + r];
    var later = r + 1;
    while (later < rows && n[ids + later] != id) { later++; }
    if (later == rows) {
      let to = table + id * strideTable + c;
      var sum = f[to];
      for (var other = r; other >= 0; other--) {
        if (n[ids + other] == id) { sum += f[x + other * strideX + c]; }
      }
      f[to] = sum;
    }`,
  ),

  // out = Σ_r x[r], or out += with `accumulate`: column `item`
  sumRows: inGroups(
    'x &out terms width accumulate stride',
    'width',
    'terms',
    `var sum = 0.0;
    if (isThere) {
      for (var r = terms - 1 - part; r >= 0; r -= group) { sum += f[x + r * stride + item]; }
    }
    sum = sumOver(sum, group, lane);
    if (isThere && part == 0) { f[out + item] = select(sum, f[out + item] + sum, accumulate == 1); }`,
  ),

  // a packed weight is [k, n], whether or not the weight was transposed
  packTransposed: packing('j * k + p'),
  packPlain: packing('p * columns + j'),

  // c = a · packed, or c +=: each number summed in the order of k, so many terms at a time, whatever the rows beside it; of the columns from left to right
  product: kernel('a panels &c m columns k accumulate left right', product),

  // c = aᵀ b, or c +=: each number summed from the last row to the first
  productTN: kernel(
    'a b &c m columns k accumulate scratch strideA strideB',
    inBlocks(
      'columns',
      (row) => `a + ${row}`,
      (row) => `c + ${row} * strideB`,
      `for (var p = k - 1; p >= 0; p--) {
        let row = b + p * strideB;
        let y = ${across('row')};
        ${each((r) => `x${r} = fma(vec4f(f[a${r} + p * strideA]), y, x${r});`)}
      }`,
    ),
  ),

  ...gateKernels,
  ...lossKernels,
  ...optimizerKernels,
};
