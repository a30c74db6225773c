// The portable backend's kernels of gated cells, as plain loops over sequences and units. Their equations are in kernels.ts.

import { logistic, tanh } from '../elementary.ts';
import type { Kernels } from './backend.ts';

export const gates: Pick<
  Kernels,
  'lstmForward' | 'lstmBackward' | 'gruForward' | 'gruBackward' | 'minGruForward' | 'minGruBackward'
> = {
  lstmForward(a, before, cell, h, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const [i, f, g, o] = placesOf(at, units, 4);
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
      const places = placesOf(at, units, 4);
      const [i, f, g, o] = places.map((place) => a[place]);
      const squashed = tanh(cell[at]);
      const ds = later[at] + dh[at] * o * (1 - squashed * squashed);
      a[places[0]] = ds * g * (i * (1 - i));
      a[places[1]] = ds * before[at] * (f * (1 - f));
      a[places[2]] = ds * i * (1 - g * g);
      a[places[3]] = dh[at] * squashed * (o * (1 - o));
      later[at] = ds * f;
    }
  },
  gruForward(a, p, bias, before, h, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const [r, z, n] = placesOf(at, units, 3);
      a[r] = logistic(a[r] + p[r]);
      a[z] = logistic(a[z] + p[z]);
      p[n] += bias[at % units];
      a[n] = tanh(a[n] + a[r] * p[n]);
      h[at] = (1 - a[z]) * a[n] + a[z] * before[at];
    }
  },
  gruBackward(a, p, before, dh, later, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const places = placesOf(at, units, 3);
      const [r, z, n] = places.map((place) => a[place]);
      const d = dh[at] + later[at];
      const dn = d * (1 - z) * (1 - n * n);
      const dr = dn * p[places[2]] * (r * (1 - r));
      const dz = d * (before[at] - n) * (z * (1 - z));
      a[places[0]] = dr;
      a[places[1]] = dz;
      a[places[2]] = dn;
      p[places[0]] = dr;
      p[places[1]] = dz;
      p[places[2]] = dn * r;
      later[at] = d * z;
    }
  },
  minGruForward(a, before, h, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const [z, n] = placesOf(at, units, 2);
      a[z] = logistic(a[z]);
      h[at] = (1 - a[z]) * before[at] + a[z] * a[n];
    }
  },
  minGruBackward(a, before, dh, later, rows, units) {
    for (let at = 0; at < rows * units; at++) {
      const places = placesOf(at, units, 2);
      const [z, n] = places.map((place) => a[place]);
      const d = dh[at] + later[at];
      a[places[0]] = d * (n - before[at]) * (z * (1 - z));
      a[places[1]] = d * z;
      later[at] = d * (1 - z);
    }
  },
};

/** The places of the `count` gates of element `at` of [rows, units]. */
function placesOf(at: number, units: number, count: number): number[] {
  const unit = at % units;
  const first = (at - unit) * count + unit;
  return Array.from({ length: count }, (_, gate) => first + gate * units);
}
