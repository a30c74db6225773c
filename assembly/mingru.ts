// The pointwise part of the minimal gated recurrent unit, sequence by sequence, forward and backward, in pairs of vectors as in
// gates.ts.

import { one4 } from './elementary';
import { gateSlope, mixed } from './gates';
import { sigmoid } from './pointwise';
import { Floats, loadSome, pairsEnd, storeSome } from './vectors';

/**
 * A step of the minGRU. a [rows, 2 units] holds the blocks (z, n), of which z becomes σ(z). With `before` = h(t−1): h = (1 − z) ⊙ h(t−1) + z ⊙ n.
 * h and before are [rows, units] and may be the same array.
 */
export function minGruForward(a: Floats, before: Floats, h: Floats, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++, a += bytes << 1, before += bytes, h += bytes) {
    sigmoid(a, units);
    nextState(a, a + bytes, before, h, units);
  }
}

/** h = (1 − z) h(t−1) + z n. */
function nextState(z: usize, n: usize, before: usize, h: usize, units: i32): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const low = mixed(v128.load(z + at), v128.load(before + at), v128.load(n + at));
    const high = mixed(v128.load(z + at, 16), v128.load(before + at, 16), v128.load(n + at, 16));
    v128.store(h + at, low);
    v128.store(h + at, high, 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16) {
    const count = min(left, 4);
    storeSome(h + at, mixed(loadSome(z + at, count), loadSome(before + at, count), loadSome(n + at, count)), count);
  }
}

/**
 * The backward step of the minGRU. On entry `later` is the gradient of h(t) that bypasses the gate of step t+1, so ∇h = dh + later; a holds (z, n).
 * a becomes ∇a(t) = (∇h (n − h(t−1)) z(1−z), ∇h z), and `later` becomes (1 − z) ⊙ ∇h.
 */
export function minGruBackward(a: Floats, before: Floats, dh: Floats, later: Floats, rows: i32, units: i32): void {
  const bytes = <usize>units << 2;
  for (let r = 0; r < rows; r++, a += bytes << 1, before += bytes, dh += bytes, later += bytes)
    minGruSlopes(a, a + bytes, before, dh, later, units);
}

/** z = ∇h (n − h(t−1)) z (1 − z); n = ∇h z; later = ∇h (1 − z). */
function minGruSlopes(z: usize, n: usize, before: usize, dh: usize, later: usize, units: i32): void {
  let at: usize = 0;
  for (const end = pairsEnd(0, units); at < end; at += 32) {
    const d0 = f32x4.add(v128.load(dh + at), v128.load(later + at));
    const d1 = f32x4.add(v128.load(dh + at, 16), v128.load(later + at, 16));
    const z0 = v128.load(z + at);
    const z1 = v128.load(z + at, 16);
    const dz0 = gateSlope(f32x4.mul(d0, f32x4.sub(v128.load(n + at), v128.load(before + at))), z0);
    const dz1 = gateSlope(f32x4.mul(d1, f32x4.sub(v128.load(n + at, 16), v128.load(before + at, 16))), z1);
    v128.store(z + at, dz0);
    v128.store(z + at, dz1, 16);
    v128.store(n + at, f32x4.mul(d0, z0));
    v128.store(n + at, f32x4.mul(d1, z1), 16);
    v128.store(later + at, f32x4.mul(d0, f32x4.sub(one4(), z0)));
    v128.store(later + at, f32x4.mul(d1, f32x4.sub(one4(), z1)), 16);
  }
  for (let left = units & 7; left > 0; left -= 4, at += 16) {
    const count = min(left, 4);
    const d = f32x4.add(loadSome(dh + at, count), loadSome(later + at, count));
    const gate = loadSome(z + at, count);
    const distance = f32x4.sub(loadSome(n + at, count), loadSome(before + at, count));
    storeSome(z + at, gateSlope(f32x4.mul(d, distance), gate), count);
    storeSome(n + at, f32x4.mul(d, gate), count);
    storeSome(later + at, f32x4.mul(d, f32x4.sub(one4(), gate)), count);
  }
}
