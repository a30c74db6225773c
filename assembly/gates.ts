// The pointwise part of gated cells, sequence by sequence: LSTM and GRU, forward and backward.
//
// Each kernel reads a sequence in several passes: all gates of one function at once, because their pre-activations are neighbors, and then unit
// by unit. Few values are alive at a time, so V8 can join pairs of vectors (wide.ts). Reading back a stored float changes no bit.

import { one4, sigmoid4, tanh4 } from './elementary';
import { sigmoid, tanh } from './pointwise';
import { Floats, loadSome, madd, pairsEnd, storeSome } from './vectors';

/**
 * A step of the LSTM. a [rows, 4 units] holds the pre-activations of the gates (i, f, g, o) of each row, one gate after the other, and becomes
 * σ(i), σ(f), tanh(g), σ(o). With `before` = s(t−1): cell = s(t) = f ⊙ s(t−1) + i ⊙ g, and h = o ⊙ tanh s(t). These are [rows, units]; cell and
 * before may be the same array.
 */
export function lstmForward(a: Floats, before: Floats, cell: Floats, h: Floats, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++, a += bytes << 2, before += bytes, cell += bytes, h += bytes) {
    sigmoid(a, units << 1);
    tanh(a + (bytes << 1), units);
    sigmoid(a + 3 * bytes, units);
    lstmState(a, a + bytes, a + (bytes << 1), a + 3 * bytes, before, cell, h, units);
  }
}

/** cell = f s(t−1) + i g; h = o tanh cell. */
function lstmState(i: usize, f: usize, g: usize, o: usize, before: usize, cell: usize, h: usize, units: i32): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const low = nextCell(v128.load(i + at), v128.load(f + at), v128.load(g + at), v128.load(before + at));
    const high = nextCell(v128.load(i + at, 16), v128.load(f + at, 16), v128.load(g + at, 16), v128.load(before + at, 16));
    const first = f32x4.mul(v128.load(o + at), tanh4(low));
    const second = f32x4.mul(v128.load(o + at, 16), tanh4(high));
    v128.store(cell + at, low);
    v128.store(cell + at, high, 16);
    v128.store(h + at, first);
    v128.store(h + at, second, 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16)
    lstmUnits(i + at, f + at, g + at, o + at, before + at, cell + at, h + at, min(left, 4));
}

// @ts-expect-error: decorator
@inline
function nextCell(i: v128, f: v128, g: v128, before: v128): v128 {
  return madd(f, before, f32x4.mul(i, g));
}

// @ts-expect-error: decorator
@inline
function lstmUnits(i: usize, f: usize, g: usize, o: usize, before: usize, cell: usize, h: usize, count: usize): void {
  const s = nextCell(loadSome(i, count), loadSome(f, count), loadSome(g, count), loadSome(before, count));
  const out = f32x4.mul(loadSome(o, count), tanh4(s));
  storeSome(cell, s, count);
  storeSome(h, out, count);
}

/**
 * The backward step of the LSTM. On entry dh is ∇h(t), `later` is the gradient of s(t) through s(t+1), and a holds the gates as `lstmForward` left
 * them. a becomes ∇a(t) = (∇s g i(1−i), ∇s s(t−1) f(1−f), ∇s i (1−g²), dh tanh(s) o(1−o)) with ∇s = later + dh ⊙ o ⊙ (1 − tanh² s), and `later`
 * becomes ∇s ⊙ f, the gradient of s(t−1) through s(t).
 */
export function lstmBackward(a: Floats, before: Floats, cell: Floats, dh: Floats, later: Floats, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++, a += bytes << 2, before += bytes, cell += bytes, dh += bytes, later += bytes) {
    outputGate(a + 3 * bytes, cell, dh, later, units);
    otherGates(a, a + bytes, a + (bytes << 1), before, later, units);
  }
}

/** later = ∇s = later + dh o (1 − tanh² s); o = ∇o = dh tanh(s) o (1 − o). */
function outputGate(o: usize, cell: usize, dh: usize, later: usize, units: i32): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const low = tanh4(v128.load(cell + at));
    const high = tanh4(v128.load(cell + at, 16));
    const o0 = v128.load(o + at);
    const o1 = v128.load(o + at, 16);
    const dh0 = v128.load(dh + at);
    const dh1 = v128.load(dh + at, 16);
    const ds0 = cellSlope(o0, dh0, v128.load(later + at), low);
    const ds1 = cellSlope(o1, dh1, v128.load(later + at, 16), high);
    const do0 = gateSlope(f32x4.mul(dh0, low), o0);
    const do1 = gateSlope(f32x4.mul(dh1, high), o1);
    v128.store(later + at, ds0);
    v128.store(later + at, ds1, 16);
    v128.store(o + at, do0);
    v128.store(o + at, do1, 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16)
    outputUnits(o + at, cell + at, dh + at, later + at, min(left, 4));
}

// @ts-expect-error: decorator
@inline
function outputUnits(o: usize, cell: usize, dh: usize, later: usize, count: usize): void {
  const squashed = tanh4(loadSome(cell, count));
  const gate = loadSome(o, count);
  const d = loadSome(dh, count);
  storeSome(later, cellSlope(gate, d, loadSome(later, count), squashed), count);
  storeSome(o, gateSlope(f32x4.mul(d, squashed), gate), count);
}

/** later + dh o (1 − tanh² s). */
// @ts-expect-error: decorator
@inline
function cellSlope(o: v128, dh: v128, later: v128, squashed: v128): v128 {
  return madd(f32x4.mul(dh, o), oneLessSquare(squashed), later);
}

/** i = ∇s g i (1 − i); f = ∇s s(t−1) f (1 − f); g = ∇s i (1 − g²); later = ∇s f, where later was ∇s. */
function otherGates(i: usize, f: usize, g: usize, before: usize, later: usize, units: i32): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const ds0 = v128.load(later + at);
    const ds1 = v128.load(later + at, 16);
    const i0 = v128.load(i + at);
    const i1 = v128.load(i + at, 16);
    const f0 = v128.load(f + at);
    const f1 = v128.load(f + at, 16);
    const g0 = v128.load(g + at);
    const g1 = v128.load(g + at, 16);
    const di0 = gateSlope(f32x4.mul(ds0, g0), i0);
    const di1 = gateSlope(f32x4.mul(ds1, g1), i1);
    const df0 = gateSlope(f32x4.mul(ds0, v128.load(before + at)), f0);
    const df1 = gateSlope(f32x4.mul(ds1, v128.load(before + at, 16)), f1);
    v128.store(i + at, di0);
    v128.store(i + at, di1, 16);
    v128.store(f + at, df0);
    v128.store(f + at, df1, 16);
    v128.store(g + at, f32x4.mul(f32x4.mul(ds0, i0), oneLessSquare(g0)));
    v128.store(g + at, f32x4.mul(f32x4.mul(ds1, i1), oneLessSquare(g1)), 16);
    v128.store(later + at, f32x4.mul(ds0, f0));
    v128.store(later + at, f32x4.mul(ds1, f1), 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16)
    otherUnits(i + at, f + at, g + at, before + at, later + at, min(left, 4));
}

// @ts-expect-error: decorator
@inline
function otherUnits(i: usize, f: usize, g: usize, before: usize, later: usize, count: usize): void {
  const ds = loadSome(later, count);
  const added = loadSome(i, count);
  const kept = loadSome(f, count);
  const candidate = loadSome(g, count);
  storeSome(i, gateSlope(f32x4.mul(ds, candidate), added), count);
  storeSome(f, gateSlope(f32x4.mul(ds, loadSome(before, count)), kept), count);
  storeSome(g, f32x4.mul(f32x4.mul(ds, added), oneLessSquare(candidate)), count);
  storeSome(later, f32x4.mul(ds, kept), count);
}

/**
 * A step of the GRU. a [rows, 3 units] = b + U x(t) and p [rows, 3 units] = W h(t−1), each with the blocks (r, z, n). a becomes r = σ(a + p),
 * z = σ(a + p) and n = tanh(a + r ⊙ m), where m = p + bias; p keeps m in its block n. With `before` = h(t−1): h = (1 − z) ⊙ n + z ⊙ h(t−1).
 * bias is [units], h and before are [rows, units] and may be the same array.
 */
export function gruForward(a: Floats, p: Floats, bias: Floats, before: Floats, h: Floats, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++, a += 3 * bytes, p += 3 * bytes, before += bytes, h += bytes) {
    sigmoidOfSum(a, p, units << 1);
    gruState(a, a + bytes, a + (bytes << 1), p + (bytes << 1), bias, before, h, units);
  }
}

/** a = σ(a + p). */
function sigmoidOfSum(a: usize, p: usize, length: i32): void {
  for (const end = pairsEnd(a, length); a < end; a += 32, p += 32) {
    const low = sigmoid4(f32x4.add(v128.load(a), v128.load(p)));
    const high = sigmoid4(f32x4.add(v128.load(a, 16), v128.load(p, 16)));
    v128.store(a, low);
    v128.store(a, high, 16);
  }
  for (let left = length & 7; left > 0; left -= 4, a += 16, p += 16) {
    const count = min(left, 4);
    storeSome(a, sigmoid4(f32x4.add(loadSome(a, count), loadSome(p, count))), count);
  }
}

/** m = m + bias; n = tanh(n + r m); h = (1 − z) n + z h(t−1). */
function gruState(r: usize, z: usize, n: usize, m: usize, bias: usize, before: usize, h: usize, units: i32): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const m0 = f32x4.add(v128.load(m + at), v128.load(bias + at));
    const m1 = f32x4.add(v128.load(m + at, 16), v128.load(bias + at, 16));
    const n0 = tanh4(madd(v128.load(r + at), m0, v128.load(n + at)));
    const n1 = tanh4(madd(v128.load(r + at, 16), m1, v128.load(n + at, 16)));
    const h0 = mixed(v128.load(z + at), n0, v128.load(before + at));
    const h1 = mixed(v128.load(z + at, 16), n1, v128.load(before + at, 16));
    v128.store(m + at, m0);
    v128.store(m + at, m1, 16);
    v128.store(n + at, n0);
    v128.store(n + at, n1, 16);
    v128.store(h + at, h0);
    v128.store(h + at, h1, 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16)
    gruUnits(r + at, z + at, n + at, m + at, bias + at, before + at, h + at, min(left, 4));
}

// @ts-expect-error: decorator
@inline
function gruUnits(r: usize, z: usize, n: usize, m: usize, bias: usize, before: usize, h: usize, count: usize): void {
  const recurrent = f32x4.add(loadSome(m, count), loadSome(bias, count));
  const candidate = tanh4(madd(loadSome(r, count), recurrent, loadSome(n, count)));
  const out = mixed(loadSome(z, count), candidate, loadSome(before, count));
  storeSome(m, recurrent, count);
  storeSome(n, candidate, count);
  storeSome(h, out, count);
}

/** (1 − z) n + z before. */
// @ts-expect-error: decorator
@inline
export function mixed(z: v128, n: v128, before: v128): v128 {
  return madd(z, before, f32x4.mul(f32x4.sub(one4(), z), n));
}

/**
 * The backward step of the GRU. On entry `later` is the gradient of h(t) that bypasses the gates of step t+1, so ∇h = dh + later; a holds (r, z, n)
 * and p holds m. a becomes ∇a(t) = (∇n m r(1−r), ∇h (h(t−1) − n) z(1−z), ∇n) with ∇n = ∇h (1−z)(1−n²), p becomes ∇p(t), which is the same but
 * for its last block, ∇n ⊙ r, and `later` becomes z ⊙ ∇h.
 */
export function gruBackward(a: Floats, p: Floats, before: Floats, dh: Floats, later: Floats, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let row = 0; row < rows; row++, a += 3 * bytes, p += 3 * bytes, before += bytes, dh += bytes, later += bytes)
    gruSlopes(a, a + bytes, a + (bytes << 1), p, p + bytes, p + (bytes << 1), before, dh, later, units);
}

/** (r, z, n) = ∇a, (p, q, m) = ∇p, later = z ∇h. */
function gruSlopes(
  r: usize,
  z: usize,
  n: usize,
  p: usize,
  q: usize,
  m: usize,
  before: usize,
  dh: usize,
  later: usize,
  units: i32,
): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const d0 = f32x4.add(v128.load(dh + at), v128.load(later + at));
    const d1 = f32x4.add(v128.load(dh + at, 16), v128.load(later + at, 16));
    const z0 = v128.load(z + at);
    const z1 = v128.load(z + at, 16);
    const n0 = v128.load(n + at);
    const n1 = v128.load(n + at, 16);
    const dz0 = updateSlope(d0, v128.load(before + at), n0, z0);
    const dz1 = updateSlope(d1, v128.load(before + at, 16), n1, z1);
    const dn0 = candidateSlope(d0, n0, z0);
    const dn1 = candidateSlope(d1, n1, z1);
    const r0 = v128.load(r + at);
    const r1 = v128.load(r + at, 16);
    const dr0 = gateSlope(f32x4.mul(dn0, v128.load(m + at)), r0);
    const dr1 = gateSlope(f32x4.mul(dn1, v128.load(m + at, 16)), r1);
    v128.store(later + at, f32x4.mul(d0, z0));
    v128.store(later + at, f32x4.mul(d1, z1), 16);
    v128.store(z + at, dz0);
    v128.store(z + at, dz1, 16);
    v128.store(q + at, dz0);
    v128.store(q + at, dz1, 16);
    v128.store(n + at, dn0);
    v128.store(n + at, dn1, 16);
    v128.store(m + at, f32x4.mul(dn0, r0));
    v128.store(m + at, f32x4.mul(dn1, r1), 16);
    v128.store(r + at, dr0);
    v128.store(r + at, dr1, 16);
    v128.store(p + at, dr0);
    v128.store(p + at, dr1, 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16) {
    const count = min(left, 4);
    const d = f32x4.add(loadSome(dh + at, count), loadSome(later + at, count));
    const update = loadSome(z + at, count);
    const candidate = loadSome(n + at, count);
    const reset = loadSome(r + at, count);
    const dz = updateSlope(d, loadSome(before + at, count), candidate, update);
    const dn = candidateSlope(d, candidate, update);
    const dr = gateSlope(f32x4.mul(dn, loadSome(m + at, count)), reset);
    storeSome(later + at, f32x4.mul(d, update), count);
    storeSome(z + at, dz, count);
    storeSome(q + at, dz, count);
    storeSome(n + at, dn, count);
    storeSome(m + at, f32x4.mul(dn, reset), count);
    storeSome(r + at, dr, count);
    storeSome(p + at, dr, count);
  }
}

/** d (before − n) z (1 − z). */
// @ts-expect-error: decorator
@inline
function updateSlope(d: v128, before: v128, n: v128, z: v128): v128 {
  return gateSlope(f32x4.mul(d, f32x4.sub(before, n)), z);
}

/** d (1 − z) (1 − n²). */
// @ts-expect-error: decorator
@inline
function candidateSlope(d: v128, n: v128, z: v128): v128 {
  return f32x4.mul(f32x4.mul(d, f32x4.sub(one4(), z)), oneLessSquare(n));
}

/** d y (1 − y): the slope of a sigmoid y. */
// @ts-expect-error: decorator
@inline
export function gateSlope(d: v128, y: v128): v128 {
  return f32x4.mul(d, f32x4.mul(y, f32x4.sub(one4(), y)));
}

/** 1 − y²: the slope of a tanh y. */
// @ts-expect-error: decorator
@inline
function oneLessSquare(y: v128): v128 {
  return f32x4.sub(one4(), f32x4.mul(y, y));
}
