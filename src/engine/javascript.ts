// The portable backend: every kernel as a plain loop, in float32 or float64. It runs wherever JavaScript does, and in float64 it lets finite
// differences check the engine's own code. It is slow; wasm.ts is the fast backend. Sums are carried in float64 and rounded when stored.

import { exp, log, logistic, tanh } from '../elementary.ts';
import type { Allocator, Backend, Floats, Kernels, Workspace } from './backend.ts';
import { gates } from './javascript-gates.ts';
import { alone } from './share.ts';

/** The portable backend in one of two precisions. */
export function javascriptBackend(precision: 'float32' | 'float64' = 'float32'): Backend {
  return { name: 'javascript', precision, threads: 1, open: (plan) => openWorkspace(precision, plan) };
}

function openWorkspace<Plan>(precision: 'float32' | 'float64', plan: (allocate: Allocator) => Plan): Workspace<Plan> {
  const floats = precision === 'float64' ? Float64Array : Float32Array;
  let bytes = 0;
  const counted = <View extends { byteLength: number }>(view: View): View => {
    bytes += view.byteLength;
    return view;
  };
  const result = plan({
    floats: (length) => counted(new floats(length)),
    integers: (length) => counted(new Int32Array(length)),
    doubles: (length) => counted(new Float64Array(length)),
    panels: (n, k) => counted(new floats(n * k)),
    scratch: () => [new floats(0)],
    program: () => {},
  });
  // A program is its body: running it again makes the same calls.
  return { plan: result, kernels, record: (body) => () => body(kernels, alone), bytes };
}

const products: Pick<Kernels, 'packTransposed' | 'packPlain' | 'product' | 'productTN'> = {
  // A packed weight is [k, n], row-major, so that `product` has one form whether or not the weight was transposed.
  packTransposed(w, panels, n, k, from, to) {
    for (let j = from; j < to; j++) for (let p = 0; p < k; p++) panels[p * n + j] = w[j * k + p];
  },
  packPlain(w, panels, n, k, from, to) {
    for (let p = 0; p < k; p++) for (let j = from; j < to; j++) panels[p * n + j] = w[p * n + j];
  },
  product(a, panels, c, m, n, k, accumulate) {
    const row = new Float64Array(n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) row[j] = accumulate ? c[i * n + j] : 0;
      for (let p = 0; p < k; p++) {
        const factor = a[i * k + p];
        for (let j = 0; j < n; j++) row[j] += factor * panels[p * n + j];
      }
      for (let j = 0; j < n; j++) c[i * n + j] = row[j];
    }
  },
  productTN(a, b, c, m, n, k, accumulate, _, strideA, strideB) {
    const row = new Float64Array(n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) row[j] = accumulate ? c[i * strideB + j] : 0;
      for (let p = k - 1; p >= 0; p--) {
        const factor = a[p * strideA + i];
        for (let j = 0; j < n; j++) row[j] += factor * b[p * strideB + j];
      }
      for (let j = 0; j < n; j++) c[i * strideB + j] = row[j];
    }
  },
};

const rows: Pick<
  Kernels,
  'fillRows' | 'gatherRows' | 'addRows' | 'copyRows' | 'scaleRows' | 'scatterAddRows' | 'sumRows'
> = {
  fillRows(row, out, count, width) {
    for (let r = 0; r < count; r++) for (let i = 0; i < width; i++) out[r * width + i] = row[i];
  },
  gatherRows(table, ids, row, out, count, width) {
    for (let r = 0; r < count; r++)
      for (let i = 0; i < width; i++) out[r * width + i] = row[i] + table[ids[r] * width + i];
  },
  addRows(table, ids, out, count, width) {
    for (let r = 0; r < count; r++) for (let i = 0; i < width; i++) out[r * width + i] += table[ids[r] * width + i];
  },
  copyRows(from, ids, to, count, width, strideFrom, strideTo) {
    for (let r = 0; r < count; r++)
      for (let i = 0; i < width; i++) to[r * strideTo + i] = from[ids[r] * strideFrom + i];
  },
  scaleRows(x, factors, count, width) {
    for (let r = 0; r < count; r++)
      for (let i = r * width; i < (r + 1) * width; i++) x[i] = factors[r] === 0 ? 0 : x[i] * factors[r];
  },
  scatterAddRows(x, ids, table, count, width, strideX, strideTable) {
    for (let r = count - 1; r >= 0; r--)
      for (let i = 0; i < width; i++) table[ids[r] * strideTable + i] += x[r * strideX + i];
  },
  sumRows(x, out, count, width, accumulate, stride) {
    for (let i = 0; i < width; i++) {
      let sum = accumulate ? out[i] : 0;
      for (let r = count - 1; r >= 0; r--) sum += x[r * stride + i];
      out[i] = sum;
    }
  },
};

/** The 32-bit finalizer of MurmurHash3: every bit of the result depends on every bit of x. */
function mix(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function pointwise(f: (x: number) => number) {
  return (x: Floats, length: number): void => {
    for (let i = 0; i < length; i++) x[i] = f(x[i]);
  };
}

function derivative(slope: (h: number) => number) {
  return (h: Floats, d: Floats, length: number): void => {
    for (let i = 0; i < length; i++) d[i] = d[i] * slope(h[i]);
  };
}

const activations: Pick<
  Kernels,
  | 'zero'
  | 'copy'
  | 'tanh'
  | 'relu'
  | 'sigmoid'
  | 'tanhBackward'
  | 'reluBackward'
  | 'sigmoidBackward'
  | 'dropout'
  | 'softmaxNll'
  | 'squaredError'
  | 'pinball'
> = {
  zero: (x, length) => void x.fill(0, 0, length),
  copy: (from, to, length) => to.set(from.subarray(0, length)),
  tanh: pointwise(tanh),
  relu: pointwise((x) => (x < 0 ? 0 : x)),
  sigmoid: pointwise(logistic),
  tanhBackward: derivative((h) => 1 - h * h),
  reluBackward(h, d, length) {
    for (let i = 0; i < length; i++) if (!(h[i] > 0)) d[i] = 0;
  },
  sigmoidBackward: derivative((h) => h * (1 - h)),
  dropout(x, out, length, seed, stream, threshold, first) {
    const limit = threshold >>> 0;
    const scale = 4294967296 / (4294967296 - limit);
    const key = mix((seed[0] + mix((seed[1] + stream) | 0)) | 0);
    for (let i = 0; i < length; i++)
      out[i] = mix((Math.imul(first + i, 0x9e3779b9) + key) | 0) >= limit ? x[i] * scale : 0;
  },
  softmaxNll(logits, targets, weights, nll, count, classes) {
    for (let r = 0; r < count; r++) {
      const start = r * classes;
      const target = logits[start + targets[r]];
      let largest = -Infinity;
      for (let i = 0; i < classes; i++) largest = Math.max(largest, logits[start + i]);
      let sum = 0;
      for (let i = 0; i < classes; i++) sum += exp(logits[start + i] - largest);
      nll[r] = largest - target + log(sum);
      const weight = weights[r];
      for (let i = 0; i < classes; i++)
        logits[start + i] = weight === 0 ? 0 : (exp(logits[start + i] - largest) / sum) * weight;
      if (weight !== 0) logits[start + targets[r]] -= weight;
    }
  },
  squaredError(outputs, targets, weights, losses, count, width) {
    for (let r = 0; r < count; r++) {
      let sum = 0;
      for (let i = r * width; i < (r + 1) * width; i++) {
        const difference = outputs[i] - targets[i];
        sum += difference * difference;
        outputs[i] = weights[r] === 0 ? 0 : (difference * 2 * weights[r]) / width;
      }
      losses[r] = sum / width;
    }
  },
  pinball(outputs, targets, weights, losses, quantiles, count, width) {
    for (let r = 0; r < count; r++) {
      let sum = 0;
      for (let i = 0; i < width; i++) {
        const at = r * width + i;
        const difference = outputs[at] - targets[at];
        const q = quantiles[i];
        const slope = difference > 0 ? 1 - q : -q;
        sum += difference * slope;
        outputs[at] = weights[r] === 0 || difference === 0 ? 0 : (slope * weights[r]) / width;
      }
      losses[r] = sum / width;
    }
  },
};

const optimizers: Pick<
  Kernels,
  'sgd' | 'momentum' | 'adagrad' | 'rmsprop' | 'adam' | 'clipElements' | 'sumOfSquares' | 'weightedSum' | 'clipScale'
> = {
  sgd(p, g, length, [scale, alpha, decay]) {
    for (let i = 0; i < length; i++) p[i] -= alpha * (g[i] * scale + decay * p[i]);
  },
  momentum(p, g, v, length, [scale, alpha, decay, mu, nesterov]) {
    for (let i = 0; i < length; i++) {
      const gradient = g[i] * scale + decay * p[i];
      v[i] = mu * v[i] + gradient;
      p[i] -= alpha * (nesterov ? gradient + mu * v[i] : v[i]);
    }
  },
  adagrad(p, g, v, length, [scale, alpha, decay, epsilon]) {
    for (let i = 0; i < length; i++) {
      const gradient = g[i] * scale + decay * p[i];
      v[i] += gradient * gradient;
      p[i] -= (alpha * gradient) / (Math.sqrt(v[i]) + epsilon);
    }
  },
  rmsprop(p, g, v, length, [scale, alpha, decay, epsilon, rho, complement]) {
    for (let i = 0; i < length; i++) {
      const gradient = g[i] * scale + decay * p[i];
      v[i] = rho * v[i] + complement * gradient * gradient;
      p[i] -= (alpha * gradient) / (Math.sqrt(v[i]) + epsilon);
    }
  },
  adam(p, g, m, v, length, [scale, step, decay, epsilon, beta1, beta2, shrink, correction]) {
    for (let i = 0; i < length; i++) {
      const gradient = g[i] * scale + decay * p[i];
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
      p[i] = p[i] * shrink - (step * m[i]) / (Math.sqrt(v[i]) * correction + epsilon);
    }
  },
  clipElements(g, length, [limit]) {
    for (let i = 0; i < length; i++) g[i] = Math.min(limit, Math.max(-limit, g[i]));
  },
  sumOfSquares(x, length, out) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += x[i] * x[i];
    out[0] = sum;
  },
  weightedSum(x, weights, length, out) {
    let sum = 0;
    for (let i = 0; i < length; i++) if (weights[i] !== 0) sum += weights[i] * x[i];
    out[0] = sum;
  },
  clipScale(sums, parts, limit, loss, out, go) {
    let sum = 0;
    for (let i = 0; i < parts; i++) sum += sums[i];
    out[0] = sum;
    out[1] = limit[0] > 0 ? Math.min(1, limit[0] / (Math.sqrt(sum) + 1e-6)) : 1;
    go[0] = Number.isFinite(sum) && Number.isFinite(loss[0]) ? 1 : 0;
  },
};

const control: Pick<Kernels, 'barrier' | 'when'> = {
  barrier: () => {},
  when: (counter, least, body) => void (counter[0] >= least && body()),
};

const kernels: Kernels = { ...products, ...rows, ...activations, ...gates, ...optimizers, ...control };
