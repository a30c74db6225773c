// The kernels in WGSL, each beside its equation (engine/kernels.ts says what each promises): how a workgroup does one call. `lane` is the number of an
// invocation in its workgroup, of LANES; arrays are places in f (float32), n (integers) and d (what the host has in float64). Where the order of a
// sum is not that of the other backends it is a tree over lanes, whose shape the number of terms decides.

import type { ComputeKernels } from '../kernels.ts';

/** A kernel: its arguments by name, in their order, those of them that it writes, and its code. */
export interface GpuKernel {
  readonly args: readonly string[];
  readonly writes: readonly string[];
  readonly code: string;
}

const kernel = (args: string, writes: string, code: string): GpuKernel => ({
  args: args.split(' '),
  writes: writes.split(' '),
  code,
});

/** A kernel that treats each of `count` elements by itself. */
const elementwise = (args: string, writes: string, count: string, code: string): GpuKernel =>
  kernel(args, writes, `let count = ${count};\n  for (var i = lane; i < count; i += LANES) { ${code} }`);

/** A kernel that treats each element of [rows, width] by itself: row r, column i. */
const ofRows = (args: string, writes: string, code: string): GpuKernel =>
  elementwise(args, writes, 'rows * width', `let r = i / width; let c = i % width; ${code}`);

/** A kernel of a gated cell: unit `at` of [rows, units], whose first gate of so many stands at \`one\`. */
const ofUnits = (args: string, writes: string, gates: number, code: string): GpuKernel =>
  elementwise(
    args,
    writes,
    'rows * units',
    `let u = i % units; let one = (i - u) * ${gates} + u; let two = one + units; let three = two + units; let four = three + units;\n${code}`,
  );

/** A kernel that goes over rows of `width` numbers, each row with a group of lanes: \`part\` of \`group\` lanes, all of them in step. */
const rowSums = (args: string, writes: string, code: string): GpuKernel =>
  kernel(
    args,
    writes,
    `let group = lanesFor(width);
  let part = lane % group;
  for (var top = 0; top < rows; top += LANES / group) {
    let r = top + lane / group;
    let isRow = r < rows;
    ${code}
  }`,
  );

/** A step of an optimizer on each parameter: \`gradient\` is scale · g + λ p. */
const optimizer = (args: string, writes: string, code: string): GpuKernel =>
  elementwise(args, writes, 'length', `let gradient = fma(number(s + 2), f[p + i], f[g + i] * number(s)); ${code}`);

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

  // i, f, o = σ(a);   g = tanh(a);   s = f s⁻ + i g;   h = o tanh s
  lstmForward: ofUnits(
    'a before cell h rows units',
    'a cell h',
    4,
    `let in = sigmoidOf(f[a + one]); let keep = sigmoidOf(f[a + two]); let fresh = tanhOf(f[a + three]); let out = sigmoidOf(f[a + four]);
    f[a + one] = in; f[a + two] = keep; f[a + three] = fresh; f[a + four] = out;
    let state = keep * f[before + i] + in * fresh;
    f[cell + i] = state;
    f[h + i] = out * tanhOf(state);`,
  ),
  // ∇s = later + ∇h o (1 − tanh² s);   ∇a = (∇s g i(1−i), ∇s s⁻ f(1−f), ∇s i (1−g²), ∇h tanh s o(1−o));   later = ∇s f
  lstmBackward: ofUnits(
    'a before cell dh later rows units',
    'a later',
    4,
    `let in = f[a + one]; let keep = f[a + two]; let fresh = f[a + three]; let out = f[a + four];
    let squashed = tanhOf(f[cell + i]);
    let down = f[dh + i];
    let ds = f[later + i] + down * out * (1.0 - squashed * squashed);
    f[a + one] = ds * fresh * (in * (1.0 - in));
    f[a + two] = ds * f[before + i] * (keep * (1.0 - keep));
    f[a + three] = ds * in * (1.0 - fresh * fresh);
    f[a + four] = down * squashed * (out * (1.0 - out));
    f[later + i] = ds * keep;`,
  ),
  // r, z = σ(a + p);   m = p + bias;   n = tanh(a + r m);   h = (1 − z) n + z h⁻
  gruForward: ofUnits(
    'a p bias before h rows units',
    'a p h',
    3,
    `let reset = sigmoidOf(f[a + one] + f[p + one]); let hold = sigmoidOf(f[a + two] + f[p + two]);
    let m = f[p + three] + f[bias + u];
    let fresh = tanhOf(f[a + three] + reset * m);
    f[a + one] = reset; f[a + two] = hold; f[a + three] = fresh; f[p + three] = m;
    f[h + i] = (1.0 - hold) * fresh + hold * f[before + i];`,
  ),
  // ∇n = ∇h (1−z)(1−n²);   ∇a = (∇n m r(1−r), ∇h (h⁻ − n) z(1−z), ∇n);   ∇p the same, its last ∇n r;   later = ∇h z
  gruBackward: ofUnits(
    'a p before dh later rows units',
    'a p later',
    3,
    `let reset = f[a + one]; let hold = f[a + two]; let fresh = f[a + three];
    let down = f[dh + i] + f[later + i];
    let dn = down * (1.0 - hold) * (1.0 - fresh * fresh);
    let dr = dn * f[p + three] * (reset * (1.0 - reset));
    let dz = down * (f[before + i] - fresh) * (hold * (1.0 - hold));
    f[a + one] = dr; f[a + two] = dz; f[a + three] = dn;
    f[p + one] = dr; f[p + two] = dz; f[p + three] = dn * reset;
    f[later + i] = down * hold;`,
  ),
  // z = σ(a);   h = (1 − z) h⁻ + z n
  minGruForward: ofUnits(
    'a before h rows units',
    'a h',
    2,
    `let z = sigmoidOf(f[a + one]);
    f[a + one] = z;
    f[h + i] = (1.0 - z) * f[before + i] + z * f[a + two];`,
  ),
  // ∇a = (∇h (n − h⁻) z(1−z), ∇h z);   later = (1 − z) ∇h
  minGruBackward: ofUnits(
    'a before dh later rows units',
    'a later',
    2,
    `let z = f[a + one]; let fresh = f[a + two];
    let down = f[dh + i] + f[later + i];
    f[a + one] = down * (fresh - f[before + i]) * (z * (1.0 - z));
    f[a + two] = down * z;
    f[later + i] = down * (1.0 - z);`,
  ),

  // nll = log Σ e^(o − max) − (o[y] − max);   e = (softmax(o) − onehot(y)) · weight
  softmaxNll: rowSums(
    'logits targets weights nll rows width',
    'logits nll',
    `let o = logits + r * width;
    var most = -3.4e38;
    var weight = 0.0;
    var wanted = 0.0;
    var y = -1;
    if (isRow) {
      weight = f[weights + r];
      y = n[targets + r];
      if (y >= 0 && y < width) { wanted = f[o + y]; }
      for (var i = part; i < width; i += group) { if (f[o + i] > most) { most = f[o + i]; } }
    }
    most = largestOver(most, group, lane);
    var sum = 0.0;
    if (isRow) {
      for (var i = part; i < width; i += group) {
        let e = expNegative(f[o + i] - most);
        f[o + i] = e;
        sum = sum + e;
      }
    }
    sum = sumOver(sum, group, lane);
    if (isRow) {
      if (part == 0) { f[nll + r] = logOf(sum) - (wanted - most); }
      let factor = weight / sum;
      for (var i = part; i < width; i += group) {
        let e = f[o + i] * factor;
        f[o + i] = select(select(e, e - weight, i == y), 0.0, weight == 0.0);
      }
    }`,
  ),
  // loss = Σ (o − y)² / width;   e = (o − y) · 2 weight / width
  squaredError: rowSums(
    'outputs targets weights losses rows width',
    'outputs losses',
    `var sum = 0.0;
    if (isRow) {
      let weight = f[weights + r];
      for (var i = r * width + part; i < (r + 1) * width; i += group) {
        let difference = f[outputs + i] - f[targets + i];
        sum = fma(difference, difference, sum);
        f[outputs + i] = select(difference * (2.0 * weight / f32(width)), 0.0, weight == 0.0);
      }
    }
    sum = sumOver(sum, group, lane);
    if (isRow && part == 0) { f[losses + r] = sum / f32(width); }`,
  ),
  // loss = Σ max(q (y − o), (q − 1) (y − o)) / width;   e = (1[o > y] − q) · weight / width, and 0 where o = y
  pinball: rowSums(
    'outputs targets weights losses quantiles rows width',
    'outputs losses',
    `var sum = 0.0;
    if (isRow) {
      let weight = f[weights + r];
      for (var i = part; i < width; i += group) {
        let at = r * width + i;
        let difference = f[outputs + at] - f[targets + at];
        let q = f[quantiles + i];
        let slope = select(-q, 1.0 - q, difference > 0.0);
        sum = fma(difference, slope, sum);
        f[outputs + at] = select(slope * weight / f32(width), 0.0, weight == 0.0 || difference == 0.0);
      }
    }
    sum = sumOver(sum, group, lane);
    if (isRow && part == 0) { f[losses + r] = sum / f32(width); }`,
  ),

  // p −= α g, and so on; the hyperparameters stand in s
  sgd: optimizer('p g length s', 'p', 'f[p + i] = fma(-number(s + 1), gradient, f[p + i]);'),
  momentum: optimizer(
    'p g v length s',
    'p v',
    `let velocity = fma(number(s + 3), f[v + i], gradient);
    f[v + i] = velocity;
    let step = select(velocity, fma(number(s + 3), velocity, gradient), number(s + 4) != 0.0);
    f[p + i] = fma(-number(s + 1), step, f[p + i]);`,
  ),
  adagrad: optimizer(
    'p g v length s',
    'p v',
    `let square = fma(gradient, gradient, f[v + i]);
    f[v + i] = square;
    f[p + i] = f[p + i] - (number(s + 1) * gradient) / (sqrt(square) + number(s + 3));`,
  ),
  rmsprop: optimizer(
    'p g v length s',
    'p v',
    `let square = fma(number(s + 4), f[v + i], number(s + 5) * gradient * gradient);
    f[v + i] = square;
    f[p + i] = f[p + i] - (number(s + 1) * gradient) / (sqrt(square) + number(s + 3));`,
  ),
  adam: optimizer(
    'p g m v length s',
    'p m v',
    `let mean = fma(number(s + 4), f[m + i], complement(s + 4) * gradient);
    let square = fma(number(s + 5), f[v + i], complement(s + 5) * gradient * gradient);
    f[m + i] = mean;
    f[v + i] = square;
    f[p + i] = f[p + i] * number(s + 6) - (number(s + 1) * mean) / (sqrt(square) * number(s + 7) + number(s + 3));`,
  ),
  clipElements: elementwise(
    'g length s',
    'g',
    'length',
    `let limit = number(s); let x = f[g + i];
    if (x > limit) { f[g + i] = limit; }
    if (x < -limit) { f[g + i] = -limit; }`,
  ),

  // out[0] = Σ x²: of numbers that are divided by a power of two, so that no square is too large or too small
  sumOfSquares: kernel(
    'x length out',
    'out',
    `var bits = 0u;
  for (var i = lane; i < length; i += LANES) { bits = max(bits, bitsOf(f[x + i])); }
  bits = largestBits(bits, lane);
  let exponent = clamp(i32(bits >> 23u) - 127, -120, 120);
  let factor = powerOfTwo(-exponent);
  var sum = 0.0;
  for (var i = lane; i < length; i += LANES) { let y = f[x + i] * factor; sum = fma(y, y, sum); }
  sum = sumOver(sum, LANES, lane);
  if (lane == 0) { d[out] = vec4<f32>(sum, 0.0, f32(2 * exponent), select(0.0, 1.0, bits >= 0x7f800000u)); }`,
  ),
  // out[0] = Σ weights x
  weightedSum: kernel(
    'x weights length out',
    'out',
    `var bits = 0u;
  var sum = 0.0;
  for (var i = lane; i < length; i += LANES) {
    let weight = f[weights + i];
    if (weight != 0.0) {
      bits = max(bits, bitsOf(f[x + i]));
      sum = fma(weight, f[x + i], sum);
    }
  }
  bits = largestBits(bits, lane);
  sum = sumOver(sum, LANES, lane);
  if (lane == 0) { d[out] = vec4<f32>(sum, 0.0, 0.0, select(0.0, 1.0, bits >= 0x7f800000u || !isFinite(sum))); }`,
  ),
  // out = [Σ sums, min(1, limit / (√Σ + 1e-6))];   go = whether the sum and the loss are finite
  clipScale: kernel(
    'sums parts limit loss out go',
    'out go',
    `if (lane == 0) {
    var exponent = -200.0;
    var isWhole = true;
    for (var i = 0; i < parts; i++) { if (d[sums + i].x > 0.0) { exponent = max(exponent, d[sums + i].z); } }
    var sum = 0.0;
    for (var i = 0; i < parts; i++) {
      let part = d[sums + i];
      sum = sum + part.x * powerOfTwo(max(-126, i32(part.z - exponent)));
      isWhole = isWhole && isFinite(part.x) && part.w == 0.0;
    }
    if (i32(exponent) % 2 != 0) { sum = sum * 0.5; exponent = exponent + 1.0; }
    let most = number(limit);
    let down = powerOfTwo(-i32(exponent) / 2);
    d[out] = vec4<f32>(sum, 0.0, exponent, select(1.0, 0.0, isWhole));
    let scale = select(1.0, min(1.0, most * down / (sqrt(sum) + 1e-6 * down)), most > 0.0);
    d[out + 1] = vec4<f32>(scale, 0.0, 0.0, 0.0);
    n[go] = select(0, 1, isWhole && isFinite(d[loss].x) && d[loss].w == 0.0);
  }`,
  ),
};
