// The eigenvalues of a real square matrix, complex ones in pairs, in float64: reduced to upper Hessenberg form by Householder reflections, then the
// implicitly double-shifted QR algorithm (Francis 1961; the shifts, the tests for small elements and the exceptional shifts are those of EISPACK's
// hqr, Martin, Peters and Wilkinson 1970). Errors are a small multiple of 2⁻⁵² ‖A‖ times the condition of the eigenvalue. About 10 n³ operations.
//
//   A = Q H Qᵀ;   repeat: (H − σ₁)(H − σ₂) = Q R,  H ← Qᵀ H Q,  until an element below the diagonal is nothing beside its neighbors

/** The eigenvalues of a real matrix. Complex ones come in pairs, one after the other. */
export interface Eigenvalues {
  /** The real parts. [n] */
  readonly real: Float64Array; // [n]
  /** The imaginary parts; 0 for a real eigenvalue. [n] */
  readonly imaginary: Float64Array; // [n]
}

/** The eigenvalues of a row-major [n, n], in falling order of size. NaN everywhere where an element is not finite. */
export function eigenvalues(matrix: ArrayLike<number>, n: number): Eigenvalues {
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  const h = Float64Array.from(matrix);
  if (!h.every(Number.isFinite)) return { real: real.fill(Number.NaN), imaginary: imaginary.fill(Number.NaN) };
  toHessenberg(h, n);
  deflate(h, n, real, imaginary);
  const order = Array.from(real, (_, i) => i);
  const size = (i: number): number => Math.hypot(real[i], imaginary[i]);
  order.sort((i, j) => size(j) - size(i) || real[j] - real[i] || imaginary[j] - imaginary[i]);
  return { real: real.map((_, i) => real[order[i]]), imaginary: imaginary.map((_, i) => imaginary[order[i]]) };
}

/** Reflects column after column, so that nothing is left below the first subdiagonal. */
function toHessenberg(h: Float64Array, n: number): void {
  const v = new Float64Array(n);
  for (let c = 0; c < n - 2; c++) {
    let squares = 0;
    for (let i = c + 1; i < n; i++) squares += (v[i] = h[i * n + c]) ** 2;
    const norm = Math.sqrt(squares);
    if (squares === v[c + 1] ** 2) continue;
    const alpha = v[c + 1] > 0 ? -norm : norm;
    v[c + 1] -= alpha;
    const beta = 1 / (norm * (norm + Math.abs(h[(c + 1) * n + c]))); // 2 / vᵀv
    for (let j = c; j < n; j++) {
      let dot = 0;
      for (let i = c + 1; i < n; i++) dot += v[i] * h[i * n + j];
      for (let i = c + 1; i < n; i++) h[i * n + j] -= beta * dot * v[i];
    }
    for (let i = 0; i < n; i++) {
      let dot = 0;
      for (let j = c + 1; j < n; j++) dot += v[j] * h[i * n + j];
      for (let j = c + 1; j < n; j++) h[i * n + j] -= beta * dot * v[j];
    }
    h[(c + 1) * n + c] = alpha;
    for (let i = c + 2; i < n; i++) h[i * n + c] = 0;
  }
}

/** Splits eigenvalues off the lower end, one or two at a time. */
function deflate(h: Float64Array, n: number, real: Float64Array, imaginary: Float64Array): void {
  let norm = 0;
  for (const value of h) norm += Math.abs(value);
  let shifted = 0; // what exceptional shifts have taken from the diagonal
  for (let end = n - 1, rounds = 0; end >= 0; ) {
    const start = splitBelow(h, n, end, norm);
    if (start === end) {
      real[end] = h[end * n + end] + shifted;
      end--;
      rounds = 0;
    } else if (start === end - 1) {
      ofTwo(h, n, end, shifted, real, imaginary);
      end -= 2;
      rounds = 0;
    } else {
      if (rounds === 60) {
        // not known to happen; honest numbers or none
        real.fill(Number.NaN, 0, end + 1);
        imaginary.fill(Number.NaN, 0, end + 1);
        return;
      }
      let x = h[end * n + end];
      let y = h[(end - 1) * n + end - 1];
      let w = h[end * n + end - 1] * h[(end - 1) * n + end];
      if (rounds % 10 === 9) {
        shifted += x;
        for (let i = 0; i <= end; i++) h[i * n + i] -= x;
        const s = Math.abs(h[end * n + end - 1]) + Math.abs(h[(end - 1) * n + end - 2]);
        x = y = 0.75 * s;
        w = -0.4375 * s * s;
      }
      rounds++;
      sweep(h, n, start, end, x, y, w);
    }
  }
}

/** The first row of the block that ends at `end`: the element to its left is nothing beside the diagonal. */
function splitBelow(h: Float64Array, n: number, end: number, norm: number): number {
  for (let l = end; l > 0; l--) {
    const scale = Math.abs(h[(l - 1) * n + l - 1]) + Math.abs(h[l * n + l]) || norm;
    if (Math.abs(h[l * n + l - 1]) <= Number.EPSILON * scale) {
      h[l * n + l - 1] = 0;
      return l;
    }
  }
  return 0;
}

/** The two eigenvalues of the block of rows end − 1 and end. */
function ofTwo(
  h: Float64Array,
  n: number,
  end: number,
  shifted: number,
  real: Float64Array,
  imaginary: Float64Array,
): void {
  const x = h[end * n + end];
  const p = (h[(end - 1) * n + end - 1] - x) / 2;
  const w = h[end * n + end - 1] * h[(end - 1) * n + end];
  const q = p * p + w;
  const root = Math.sqrt(Math.abs(q));
  if (q < 0) {
    real[end - 1] = real[end] = x + p + shifted;
    imaginary[end - 1] = root;
    imaginary[end] = -root;
    return;
  }
  const z = p + (p < 0 ? -root : root);
  real[end - 1] = x + z + shifted;
  real[end] = (z === 0 ? x : x - w / z) + shifted;
}

/** One double-shifted QR step on rows and columns start … end, with the shifts of x + y and x y − w. */
function sweep(h: Float64Array, n: number, start: number, end: number, x: number, y: number, w: number): void {
  let [p, q, r] = [0, 0, 0];
  let first = end - 2;
  for (; first >= start; first--) {
    const at = first * n + first;
    const z = h[at];
    p = ((x - z) * (y - z) - w) / h[at + n] + h[at + 1];
    q = h[at + n + 1] - z - (x - z) - (y - z);
    r = h[at + 2 * n + 1];
    const size = Math.abs(p) + Math.abs(q) + Math.abs(r);
    p /= size;
    q /= size;
    r /= size;
    if (first === start) break;
    const left = Math.abs(h[at - 1]) * (Math.abs(q) + Math.abs(r));
    const scale = Math.abs(p) * (Math.abs(h[at - n - 1]) + Math.abs(z) + Math.abs(h[at + n + 1]));
    if (left <= Number.EPSILON * scale) break;
  }
  for (let i = first + 2; i <= end; i++) {
    h[i * n + i - 2] = 0;
    if (i > first + 2) h[i * n + i - 3] = 0;
  }
  for (let k = first; k < end; k++) {
    const three = k < end - 1;
    let size = 1;
    if (k > first) {
      p = h[k * n + k - 1];
      q = h[(k + 1) * n + k - 1];
      r = three ? h[(k + 2) * n + k - 1] : 0;
      size = Math.abs(p) + Math.abs(q) + Math.abs(r);
      if (size === 0) continue;
      p /= size;
      q /= size;
      r /= size;
    }
    const length = Math.sqrt(p * p + q * q + r * r);
    const s = p < 0 ? -length : length;
    if (s === 0) continue;
    if (k > first) h[k * n + k - 1] = -s * size;
    else if (start < first) h[k * n + k - 1] = -h[k * n + k - 1];
    reflect(h, n, k, three, start, end, p + s, q, r, s);
  }
}

/** The reflection of rows k, k + 1 (and k + 2) that takes (p − s, q, r) to (−s, 0, 0), from both sides. */
function reflect(
  h: Float64Array,
  n: number,
  k: number,
  three: boolean,
  start: number,
  end: number,
  p: number,
  q: number,
  r: number,
  s: number,
): void {
  const [x, y, z] = [p / s, q / s, r / s];
  const [v, u] = [q / p, r / p];
  for (let j = k; j <= end; j++) {
    const at = k * n + j;
    const dot = h[at] + v * h[at + n] + (three ? u * h[at + 2 * n] : 0);
    h[at] -= dot * x;
    h[at + n] -= dot * y;
    if (three) h[at + 2 * n] -= dot * z;
  }
  for (let i = start; i <= Math.min(end, k + 3); i++) {
    const at = i * n + k;
    const dot = x * h[at] + y * h[at + 1] + (three ? z * h[at + 2] : 0);
    h[at] -= dot;
    h[at + 1] -= dot * v;
    if (three) h[at + 2] -= dot * u;
  }
}
