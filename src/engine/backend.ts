// What the engine asks of a backend: three matrix products, some two dozen kernels of rows and elements, and memory planned once.
// Interface only; it imports nothing. Implementations: javascript.ts (the slow truth), wasm.ts (SIMD), node/blas-backend.ts (wasm.ts with a
// native BLAS for the large products).
//
// All matrices are row-major and contiguous. Weights are [out, in]. Rows of activations are (time, batch) pairs.
// A kernel trusts its caller: sizes and indices were checked at the public doors.

/** Numbers of the backend's precision. */
export type Floats = Float32Array | Float64Array;

/** Hands out blocks of the workspace's memory. It is asked for everything once, before the first kernel runs. */
export interface Allocator {
  /** `length` numbers of the backend's precision, zero. */
  floats(length: number): Floats;
  /** `length` 32-bit integers, zero. */
  integers(length: number): Int32Array;
  /** `length` numbers in float64 whatever the precision, zero: for sums. */
  doubles(length: number): Float64Array;
  /** Room for a packed right operand of `n` columns and depth `k`. */
  panels(n: number, k: number): Floats;
  /**
   * Room for the inside of `productTN` with at most these sizes, one block for each thread. All calls share these blocks, as large as the
   * largest needs them.
   */
  scratch(m: number, n: number, k: number): readonly Floats[];
  /** Room for a program (see `Workspace.record`) that `body` writes; each call adds to it. */
  program(body: ProgramBody): void;
}

/** One thread's share of the work: thread `index` of `count`. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

/** Straight-line code that calls kernels: every thread's part of a program. */
export type ProgramBody = (kernels: Kernels, share: Share) => void;

/** A memory with everything a computation needs, and the kernels that work on it. */
export interface Workspace<Plan> {
  readonly plan: Plan;
  /** Kernels that act at once. */
  readonly kernels: Kernels;
  /**
   * Runs `body` once for each thread to write down its kernel calls, and returns a program that carries them out, in order, each time it is
   * called: one dispatch for the whole list. It returns when every thread is through. `body` must not look at what the kernels compute, and
   * every thread's part must have the same barriers.
   */
  record(body: ProgramBody): () => void;
  /** Bytes of the memory, programs included. */
  readonly bytes: number;
}

/** One way to compute: a precision and a set of kernels. */
export interface Backend {
  readonly name: 'javascript' | 'wasm-simd' | 'wasm-relaxed-simd' | `blas-${string}`;
  readonly precision: 'float32' | 'float64';
  /** How many threads share a program. */
  readonly threads: number;
  /**
   * Makes a workspace: `plan` says what it needs by asking the allocator, and returns the views that it wants to keep. It may be run
   * twice, first to measure and then on the real memory, so it must ask the same both times and read nothing of what it was given, not even lengths.
   */
  open<Plan>(plan: (allocate: Allocator) => Plan): Workspace<Plan>;
}

/** The kernels. Arguments are views of one workspace, sizes and flags; everything else a kernel reads stands in memory. */
export interface Kernels {
  // ── products: c (+)= a · right, where the right operand is packed once and used many times ──
  /** Packs w [n, k] so that `product` computes a wᵀ; of its n columns only those in [from, to), where `from` is a multiple of 8. */
  packTransposed(w: Floats, panels: Floats, n: number, k: number, from: number, to: number): void;
  /** Packs w [k, n] so that `product` computes a w; of its n columns only those in [from, to), where `from` is a multiple of 8. */
  packPlain(w: Floats, panels: Floats, n: number, k: number, from: number, to: number): void;
  /**
   * c [m, n] = a [m, k] · packed [k, n], or c += with `accumulate`. Each element is summed in the order of k, starting from c with
   * `accumulate` and from zero without, so that a row's bits do not depend on the rows beside it.
   */
  product(a: Floats, panels: Floats, c: Floats, m: number, n: number, k: number, accumulate: boolean): void;
  /**
   * c [m, n] = aᵀ b, or c += with `accumulate`, where a is [k, m] and b is [k, n]: a weight gradient, k = rows of a window. Each element is
   * summed from the last row to the first, as the backward pass comes by them, starting from c with `accumulate`: so a window cut into
   * stretches of time, the last first, gives the bits of the window whole. Rows of a are `strideA` numbers apart, those of b and c `strideB`.
   */
  productTN(
    a: Floats,
    b: Floats,
    c: Floats,
    m: number,
    n: number,
    k: number,
    accumulate: boolean,
    scratch: Floats,
    strideA: number,
    strideB: number,
  ): void;

  // ── rows ──
  /** out [rows, width]: out[r] = row. */
  fillRows(row: Floats, out: Floats, rows: number, width: number): void;
  /** out [rows, width]: out[r] = row + table[ids[r]]. One-hot input times U, plus b, is this lookup. */
  gatherRows(table: Floats, ids: Int32Array, row: Floats, out: Floats, rows: number, width: number): void;
  /** out[r] += table[ids[r]]: further symbols of a step. */
  addRows(table: Floats, ids: Int32Array, out: Floats, rows: number, width: number): void;
  /** to[r] = from[ids[r]]; rows of `from` and `to`, which do not overlap, are so many numbers apart. */
  copyRows(
    from: Floats,
    ids: Int32Array,
    to: Floats,
    rows: number,
    width: number,
    strideFrom: number,
    strideTo: number,
  ): void;
  /** x[r] = x[r] · factors[r]; where the factor is 0 exactly 0, whatever x is. */
  scaleRows(x: Floats, factors: Floats, rows: number, width: number): void;
  /** table[ids[r]] += x[r] for r from the last row to the first: the gradient of `gatherRows`. Rows of x and of table are so many numbers apart. */
  scatterAddRows(
    x: Floats,
    ids: Int32Array,
    table: Floats,
    rows: number,
    width: number,
    strideX: number,
    strideTable: number,
  ): void;
  /** out [width] = Σ_r x[r], or out += with `accumulate`, from the last row to the first: the gradient of a bias. Rows of x are `stride` apart. */
  sumRows(x: Floats, out: Floats, rows: number, width: number, accumulate: boolean, stride: number): void;

  // ── pointwise ──
  /** x[i] = 0. */
  zero(x: Floats, length: number): void;
  /** to[i] = from[i]; the two do not overlap. */
  copy(from: Floats, to: Floats, length: number): void;
  /** x[i] = tanh(x[i]), eq. 10.9. */
  tanh(x: Floats, length: number): void;
  /** x[i] = max(0, x[i]). */
  relu(x: Floats, length: number): void;
  /** x[i] = 1 / (1 + e^−x[i]). */
  sigmoid(x: Floats, length: number): void;
  /** d[i] = d[i] (1 − h[i]²), where h = tanh(a). */
  tanhBackward(h: Floats, d: Floats, length: number): void;
  /** d[i] = h[i] > 0 ? d[i] : 0, where h = max(0, a). */
  reluBackward(h: Floats, d: Floats, length: number): void;
  /** d[i] = d[i] h[i] (1 − h[i]), where h is the logistic sigmoid of a. */
  sigmoidBackward(h: Floats, d: Floats, length: number): void;

  // ── gated cells: `rows` sequences of `units` numbers; a has the pre-activations of a sequence's gates one block after the other ──
  /**
   * a [rows, 4 units] = (i, f, g, o) before their functions; becomes σ(i), σ(f), tanh(g), σ(o). With `before` = s(t−1):
   * cell = s(t) = f ⊙ s(t−1) + i ⊙ g; h = o ⊙ tanh s(t). All others [rows, units]; cell and before may be the same.
   */
  lstmForward(a: Floats, before: Floats, cell: Floats, h: Floats, rows: number, units: number): void;
  /**
   * From ∇h(t) in dh and in `later` what s(t+1) asks of s(t): a, which holds the gates as `lstmForward` left them, becomes ∇a(t), and `later` what
   * s(t) asks of s(t−1). ∇s = later + dh ⊙ o ⊙ (1 − tanh² s); ∇a = (∇s g i(1−i), ∇s s(t−1) f(1−f), ∇s i (1−g²), dh tanh(s) o(1−o)); later = ∇s ⊙ f.
   */
  lstmBackward(a: Floats, before: Floats, cell: Floats, dh: Floats, later: Floats, rows: number, units: number): void;
  /**
   * a [rows, 3 units] = b + U x(t) and p [rows, 3 units] = W h(t−1), both (r, z, n). a becomes r = σ(a + p), z = σ(a + p), n = tanh(a + r ⊙ m) with
   * m = p + bias, which p keeps in place of its n. With `before` = h(t−1): h = (1 − z) ⊙ n + z ⊙ h(t−1). bias [units], all others [rows, units]; h and before may be the same.
   */
  gruForward(a: Floats, p: Floats, bias: Floats, before: Floats, h: Floats, rows: number, units: number): void;
  /**
   * From ∇h(t) = dh + later, where `later` is what h(t+1) asks of h(t) past the gates: a, which holds (r, z, n), becomes ∇a(t), p, which holds m,
   * becomes ∇p(t), and `later` z ⊙ ∇h(t). ∇a = (∇n m r(1−r), ∇h (h(t−1) − n) z(1−z), ∇n = ∇h (1−z)(1−n²)); ∇p is the same but for its n, ∇n ⊙ r.
   */
  gruBackward(a: Floats, p: Floats, before: Floats, dh: Floats, later: Floats, rows: number, units: number): void;
  /**
   * a [rows, 2 units] = (z, n) before the function of z, which becomes σ(z). With `before` = h(t−1): h = (1 − z) ⊙ h(t−1) + z ⊙ n. All others
   * [rows, units]; h may be the same array as `before`.
   */
  minGruForward(a: Floats, before: Floats, h: Floats, rows: number, units: number): void;
  /**
   * From ∇h(t) = dh + later: a, which holds (z, n), becomes ∇a(t) = (∇h (n − h(t−1)) z(1−z), ∇h z), and `later` (1 − z) ⊙ ∇h(t), what h(t)
   * asks of h(t−1).
   */
  minGruBackward(a: Floats, before: Floats, dh: Floats, later: Floats, rows: number, units: number): void;

  /**
   * out[i] = kept(i) ? x[i] / (1 − p) : 0, with p = threshold / 2³² (threshold is read as an unsigned 32-bit integer). x and out may be the same.
   * The mask is not stored: kept(i) = mix((first + i) · 0x9e3779b9 + key) ≥ threshold (unsigned), key = mix(seed[0] + mix(seed[1] + stream)), mix the 32-bit
   * finalizer of MurmurHash3; so the backward pass is the same call on the gradient, and `seed` [2] decides everything.
   */
  dropout(
    x: Floats,
    out: Floats,
    length: number,
    seed: Int32Array,
    stream: number,
    threshold: number,
    first: number,
  ): void;

  // ── loss ──
  /**
   * Softmax, negative log-likelihood and gradient in one pass, eqs. 10.11 to 10.18; stable for any finite logits.
   * logits [rows, classes] becomes e[r] = (softmax(o[r]) − onehot(targets[r])) · weights[r], and nll [rows] becomes −log softmax(o[r])[targets[r]]
   * in nats, without the weight. A row of weight 0 gets a gradient of exactly 0, whatever its logits and target.
   */
  softmaxNll(logits: Floats, targets: Int32Array, weights: Floats, nll: Floats, rows: number, classes: number): void;
  /**
   * Mean squared error over the outputs of a row, and its gradient. outputs [rows, width] become e = (o − y) · 2 weight / width, and losses [rows]
   * Σ (o − y)² / width, without the weight. A row of weight 0 gets a gradient of exactly 0, whatever it holds.
   */
  squaredError(outputs: Floats, targets: Floats, weights: Floats, losses: Floats, rows: number, width: number): void;

  // ── optimizers: g is read as g · s[0] (the clip's scale), s holds the hyperparameters in float64; formulas as PyTorch's ──
  /** p −= α g; s = [scale, α, weight decay]. Weight decay adds decay · p to g. */
  sgd(p: Floats, g: Floats, length: number, s: Float64Array): void;
  /** v = μ v + g; p −= α v, or α (g + μ v) with nesterov; s = [scale, α, weight decay, μ, nesterov 0 or 1]. */
  momentum(p: Floats, g: Floats, v: Floats, length: number, s: Float64Array): void;
  /** v += g²; p −= α g / (√v + ε); s = [scale, α, weight decay, ε]. */
  adagrad(p: Floats, g: Floats, v: Floats, length: number, s: Float64Array): void;
  /** v = ρ v + (1 − ρ) g²; p −= α g / (√v + ε); s = [scale, α, weight decay, ε, ρ, 1 − ρ]. */
  rmsprop(p: Floats, g: Floats, v: Floats, length: number, s: Float64Array): void;
  /**
   * m = β₁ m + (1 − β₁) g; v = β₂ v + (1 − β₂) g²; p = p · s[6] − s[1] m / (√v · s[7] + ε), where the caller folds the bias corrections in:
   * s = [scale, α / (1 − β₁ᵗ), weight decay added to g (0 for AdamW), ε, β₁, β₂, 1 − α λ for AdamW (1 for Adam), 1 / √(1 − β₂ᵗ)].
   * (1 − β₁) and (1 − β₂) are computed from s[4] and s[5].
   */
  adam(p: Floats, g: Floats, m: Floats, v: Floats, length: number, s: Float64Array): void;
  /** g[i] = min(limit, max(−limit, g[i])), limit = s[0]; NaN stays NaN. */
  clipElements(g: Floats, length: number, s: Float64Array): void;
  /** out[0] = Σ x[i]², summed in float64. Not finite exactly when some x[i] is not (float32). */
  sumOfSquares(x: Floats, length: number, out: Float64Array): void;
  /** out[0] = Σ weights[i] x[i] over weights that are not 0, in float64, in order. */
  weightedSum(x: Floats, weights: Floats, length: number, out: Float64Array): void;
  /**
   * The verdict on a gradient. sums [parts] is added up in order; out = [the sum, min(1, limit[0] / (√sum + 1e-6)) or 1 without a limit above 0],
   * and go[0] = 1 if the sum and loss[0] are finite, else 0.
   */
  clipScale(
    sums: Float64Array,
    parts: number,
    limit: Float64Array,
    loss: Float64Array,
    out: Float64Array,
    go: Int32Array,
  ): void;

  // ── control ──
  /** Waits until every thread has come here: what they wrote before, all may read after. */
  barrier(): void;
  /** Carries out `body` if counter[0] ≥ least when the program comes here, the same for every thread. */
  when(counter: Int32Array, least: number, body: () => void): void;
}
