// The steps of gated cells in WGSL, each beside its equation, forward and back: one unit of one sequence at a time.

import type { ComputeKernels } from '../kernels.ts';
import { type GpuKernel, ofUnits } from './kernel.ts';

export const gateKernels = {
  // i, f, o = σ(a);   g = tanh(a);   s = f s⁻ + i g;   h = o tanh s
  lstmForward: ofUnits(
    '&a before &cell &h rows units',
    4,
    `let in = sigmoidOf(f[a + one]); let keep = sigmoidOf(f[a + two]); let fresh = tanhOf(f[a + three]); let out = sigmoidOf(f[a + four]);
    f[a + one] = in; f[a + two] = keep; f[a + three] = fresh; f[a + four] = out;
    let state = keep * f[before + i] + in * fresh;
    f[cell + i] = state;
    f[h + i] = out * tanhOf(state);`,
  ),
  // ∇s = later + ∇h o (1 − tanh² s);   ∇a = (∇s g i(1−i), ∇s s⁻ f(1−f), ∇s i (1−g²), ∇h tanh s o(1−o));   later = ∇s f
  lstmBackward: ofUnits(
    '&a before cell dh &later rows units',
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
    '&a &p bias before &h rows units',
    3,
    `let reset = sigmoidOf(f[a + one] + f[p + one]); let hold = sigmoidOf(f[a + two] + f[p + two]);
    let m = f[p + three] + f[bias + u];
    let fresh = tanhOf(f[a + three] + reset * m);
    f[a + one] = reset; f[a + two] = hold; f[a + three] = fresh; f[p + three] = m;
    f[h + i] = (1.0 - hold) * fresh + hold * f[before + i];`,
  ),
  // ∇n = ∇h (1−z)(1−n²);   ∇a = (∇n m r(1−r), ∇h (h⁻ − n) z(1−z), ∇n);   ∇p the same, its last ∇n r;   later = ∇h z
  gruBackward: ofUnits(
    '&a &p before dh &later rows units',
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
    '&a before &h rows units',
    2,
    `let z = sigmoidOf(f[a + one]);
    f[a + one] = z;
    f[h + i] = (1.0 - z) * f[before + i] + z * f[a + two];`,
  ),
  // ∇a = (∇h (n − h⁻) z(1−z), ∇h z);   later = (1 − z) ∇h
  minGruBackward: ofUnits(
    '&a before dh &later rows units',
    2,
    `let z = f[a + one]; let fresh = f[a + two];
    let down = f[dh + i] + f[later + i];
    f[a + one] = down * (fresh - f[before + i]) * (z * (1.0 - z));
    f[a + two] = down * z;
    f[later + i] = down * (1.0 - z);`,
  ),
} satisfies Partial<Record<keyof ComputeKernels, GpuKernel>>;
