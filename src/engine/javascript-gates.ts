// The portable backend's kernels of gated cells, as plain loops over sequences and units. Their equations are in kernels.ts.

import { logistic, tanh } from '../elementary.ts';
import type { Kernels } from './backend.ts';

export const gates: Pick<
  Kernels,
  'lstmForward' | 'lstmBackward' | 'gruForward' | 'gruBackward' | 'minGruForward' | 'minGruBackward'
> = {
  lstmForward(a, before, cell, h, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const i = firstGate(at, units, 4);
      const f = i + units;
      const g = f + units;
      const o = g + units;
      a[i] = logistic(a[i]);
      a[f] = logistic(a[f]);
      a[g] = tanh(a[g]);
      a[o] = logistic(a[o]);
      cell[at] = a[f] * before[at] + a[i] * a[g];
      h[at] = a[o] * tanh(cell[at]);
    }
  },
  lstmBackward(a, before, cell, dh, later, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const first = firstGate(at, units, 4);
      const i = a[first];
      const f = a[first + units];
      const g = a[first + 2 * units];
      const o = a[first + 3 * units];
      const squashed = tanh(cell[at]);
      const ds = later[at] + dh[at] * o * (1 - squashed * squashed);
      a[first] = ds * g * (i * (1 - i));
      a[first + units] = ds * before[at] * (f * (1 - f));
      a[first + 2 * units] = ds * i * (1 - g * g);
      a[first + 3 * units] = dh[at] * squashed * (o * (1 - o));
      later[at] = ds * f;
    }
  },
  gruForward(a, p, bias, before, h, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const r = firstGate(at, units, 3);
      const z = r + units;
      const n = z + units;
      a[r] = logistic(a[r] + p[r]);
      a[z] = logistic(a[z] + p[z]);
      p[n] += bias[at % units];
      a[n] = tanh(a[n] + a[r] * p[n]);
      h[at] = (1 - a[z]) * a[n] + a[z] * before[at];
    }
  },
  gruBackward(a, p, before, dh, later, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const first = firstGate(at, units, 3);
      const r = a[first];
      const z = a[first + units];
      const n = a[first + 2 * units];
      const d = dh[at] + later[at];
      const dn = d * (1 - z) * (1 - n * n);
      const dr = dn * p[first + 2 * units] * (r * (1 - r));
      const dz = d * (before[at] - n) * (z * (1 - z));
      a[first] = dr;
      a[first + units] = dz;
      a[first + 2 * units] = dn;
      p[first] = dr;
      p[first + units] = dz;
      p[first + 2 * units] = dn * r;
      later[at] = d * z;
    }
  },
  minGruForward(a, before, h, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const z = firstGate(at, units, 2);
      a[z] = logistic(a[z]);
      h[at] = (1 - a[z]) * before[at] + a[z] * a[z + units];
    }
  },
  minGruBackward(a, before, dh, later, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const first = firstGate(at, units, 2);
      const z = a[first];
      const n = a[first + units];
      const d = dh[at] + later[at];
      a[first] = d * (n - before[at]) * (z * (1 - z));
      a[first + units] = d * z;
      later[at] = d * (1 - z);
    }
  },
};

/** The place of the first of the `count` gates of element `at` of [rows, units]; each of the others is `units` further. */
function firstGate(at: number, units: number, count: number): number {
  const unit = at % units;
  return (at - unit) * count + unit;
}
