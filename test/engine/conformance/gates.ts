// Gated cells against the formulas of src/engine/backend.ts in float64, in every size, and the promises on bits and places.

import { expect, test } from 'vitest';
import type { Backend, Floats, Kernels } from '../../../src/engine/backend.ts';
import { isExhaustive } from '../../support/exhaustive.ts';
import { expectClose, expectSame, fill, Guards, numbers, roundoff, sizes } from './support.ts';

const { abs, tanh } = Math;
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const rows = isExhaustive ? [0, 1, 3] : [3];
const shapes = [...rows.flatMap((r) => sizes.map((units) => [r, units])), [0, 5], [1, 9], [17, 5], [2, 100]];

/** An array of a kernel: how many numbers a unit has, what they are at first, and whether the kernel leaves it alone. */
interface Part {
  readonly blocks: number | 'shared';
  readonly first: (next: () => number) => number;
  readonly isRead?: true;
}

/** A number and how far an implementation may be from it, in units of the roundoff. */
type Expected = readonly [value: number, units: number];

/** A kernel, and for one unit what stands in its arrays afterwards; numbers of a unit in the order of its blocks. */
interface Rule {
  readonly name: 'lstmForward' | 'lstmBackward' | 'gruForward' | 'gruBackward' | 'minGruForward' | 'minGruBackward';
  readonly parts: readonly Part[];
  readonly unit: (...arrays: number[][]) => readonly (readonly Expected[])[];
}

const any: Part['first'] = (next) => 3 * next();
const positive: Part['first'] = (next) => 0.5 + next() / 2;

// An elementary function is off by 8 roundings at most (pointwise.ts), and its argument by the rounding of a sum. Products and sums add
// one rounding each, relative to their largest terms; gates are not above 1.
const rules: readonly Rule[] = [
  {
    name: 'lstmForward',
    parts: [
      { blocks: 4, first: any },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any },
      { blocks: 1, first: any },
    ],
    unit([i, f, g, o], [before]) {
      const gates = [sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)];
      const cell = gates[1] * before + gates[0] * gates[2];
      const spread = 20 * (abs(gates[1] * before) + abs(gates[0] * gates[2]));
      const h = gates[3] * tanh(cell);
      return [gates.map((gate) => [gate, 8 * abs(gate)]), [], [[cell, spread]], [[h, spread + 18 * abs(h)]]];
    },
  },
  {
    name: 'lstmBackward',
    parts: [
      { blocks: 4, first: positive },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any },
    ],
    unit([i, f, g, o], [before], [cell], [dh], [later]) {
      const squashed = tanh(cell);
      const ds = later + dh * o * (1 - squashed ** 2);
      const spread = abs(later) + 22 * abs(dh); // 1 − tanh² may cancel
      const di = [ds * g * i * (1 - i), spread + 5 * abs(ds)] as const;
      const df = [ds * before * f * (1 - f), (spread + 5 * abs(ds)) * abs(before)] as const;
      const dg = [ds * i * (1 - g ** 2), spread + 5 * abs(ds)] as const;
      return [[di, df, dg, [dh * squashed * o * (1 - o), 13 * abs(dh)]], [], [], [], [[ds * f, spread + abs(ds)]]];
    },
  },
  {
    name: 'gruForward',
    parts: [
      { blocks: 3, first: any },
      { blocks: 3, first: any },
      { blocks: 'shared', first: any, isRead: true },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any },
    ],
    unit([ar, az, an], [pr, pz, pn], [bias], [before]) {
      const m = pn + bias;
      const [r, z] = [sigmoid(ar + pr), sigmoid(az + pz)];
      const n = tanh(an + r * m);
      const gates = [r, z].map((gate) => [gate, 8 * gate + abs(ar + pr) + abs(az + pz)] as const);
      const spread = 8 + 2 * abs(an) + 20 * abs(m); // of n: its argument's
      const mixed = spread + (12 + abs(az + pz)) * (1 + abs(before));
      const h = (1 - z) * n + z * before;
      return [
        [...gates, [n, spread + abs(m) * abs(ar + pr)]],
        [
          [pr, 0],
          [pz, 0],
          [m, abs(m)],
        ],
        [],
        [],
        [[h, mixed + abs(m) * abs(ar + pr)]],
      ];
    },
  },
  {
    name: 'gruBackward',
    parts: [
      { blocks: 3, first: positive },
      { blocks: 3, first: any },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any },
    ],
    unit([r, z, n], [, , m], [before], [dh], [later]) {
      const d = dh + later;
      const dn = d * (1 - z) * (1 - n ** 2);
      const dr = dn * m * r * (1 - r);
      const dz = d * (before - n) * z * (1 - z);
      const spread = 6 * abs(d); // of ∇n: 1 − n² may cancel
      const [er, ez, en] = [
        [dr, (spread + 4 * abs(dn)) * abs(m)],
        [dz, 6 * abs(d) * (abs(before) + abs(n))],
        [dn, spread],
      ] as const;
      return [[er, ez, en], [er, ez, [dn * r, spread + abs(dn)]], [], [], [[d * z, 2 * abs(d)]]];
    },
  },
  {
    name: 'minGruForward',
    parts: [
      { blocks: 2, first: any },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any },
    ],
    unit([az, n], [before]) {
      const z = sigmoid(az);
      const h = (1 - z) * before + z * n;
      return [
        [
          [z, 8 * z],
          [n, 0],
        ],
        [],
        [[h, 12 * (abs(before) + abs(n))]],
      ];
    },
  },
  {
    name: 'minGruBackward',
    parts: [
      { blocks: 2, first: positive },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any, isRead: true },
      { blocks: 1, first: any },
    ],
    unit([z, n], [before], [dh], [later]) {
      const d = dh + later;
      const dz = [d * (n - before) * z * (1 - z), 6 * abs(d) * (abs(before) + abs(n))] as const;
      return [[dz, [d * z, 2 * abs(d)]], [], [], [[d * (1 - z), 3 * abs(d)]]];
    },
  },
];

export function gatesConform(backend: Backend): void {
  const u = roundoff(backend);

  /** Arrays of a kernel with guards around them. */
  function open({ parts }: Rule, rows: number, units: number) {
    const { plan, kernels } = backend.open((allocate) => {
      const guards = new Guards(allocate);
      const arrays = parts.map(({ blocks }) => guards.floats(blocks === 'shared' ? units : rows * blocks * units));
      return { guards, arrays };
    });
    return { ...plan, kernels };
  }

  function call({ name }: Rule, kernels: Kernels, arrays: readonly Floats[], rows: number, units: number): void {
    (kernels[name] as (...args: (Floats | number)[]) => void)(...arrays, rows, units);
  }

  /** The part of each array that belongs to sequence `row`. */
  function rowOf({ parts }: Rule, arrays: readonly Floats[], row: number, units: number): Floats[] {
    return arrays.map((array, index) => {
      const { blocks } = parts[index];
      return blocks === 'shared' ? array : array.subarray(row * blocks * units, (row + 1) * blocks * units);
    });
  }

  for (const rule of rules) {
    const { name, parts, unit } = rule;

    test(`${name} computes its formulas in every size and writes nothing else`, () => {
      for (const [rows, units] of shapes) {
        const { guards, arrays, kernels } = open(rule, rows, units);
        const next = numbers(rows * 1009 + units);
        const before = arrays.map((array, index) => fill(array, () => parts[index].first(next)));
        call(rule, kernels, arrays, rows, units);
        guards.expectIntact();
        parts.forEach(({ isRead }, index) => {
          if (isRead) expectSame(`${name} array ${index} is only read`, arrays[index], before[index]);
        });
        for (let at = 0; at < rows * units; at++) {
          const [row, j] = [Math.floor(at / units), at % units];
          const places = parts.map(({ blocks }) =>
            blocks === 'shared' ? [j] : Array.from({ length: blocks }, (_, b) => (row * blocks + b) * units + j),
          );
          const expected = unit(...places.map((all, index) => all.map((place) => before[index][place])));
          for (const [index, values] of expected.entries())
            expectClose(
              `${name} ${rows} × ${units}, unit ${at}, array ${index}`,
              places[index].map((place) => arrays[index][place]),
              values.map(([value]) => value),
              (block) => values[block][1] * u,
            );
        }
      }
    });

    test(`${name} gives a sequence alone the bits that it has among others, and a unit the same bits in every place`, () => {
      for (const units of [1, 6, 8, 13, 44]) {
        const rows = 5;
        const [all, alone] = [open(rule, rows, units), open(rule, rows, units)];
        const next = numbers(units);
        all.arrays.forEach((array, index) => {
          fill(array, () => parts[index].first(next));
          alone.arrays[index].set(array);
        });
        call(rule, all.kernels, all.arrays, rows, units);
        for (let row = 0; row < rows; row++) call(rule, alone.kernels, rowOf(rule, alone.arrays, row, units), 1, units);
        alone.arrays.forEach((array, index) => void expectSame(`${name} array ${index}`, array, all.arrays[index]));
      }
      const units = 45;
      const { arrays, kernels } = open(rule, 1, units);
      const next = numbers(3);
      arrays.forEach((array, index) => {
        for (let from = 0; from < array.length; from += units) array.fill(parts[index].first(next), from, from + units);
      });
      call(rule, kernels, arrays, 1, units);
      for (const array of arrays) for (let i = 0; i < array.length; i++) expect(array[i]).toBe(array[i - (i % units)]);
    });

    test(`${name} hands NaN on to all that follows from it`, () => {
      const units = 7;
      const { arrays, kernels } = open(rule, 1, units);
      for (const array of arrays) array.fill(0.5);
      arrays[0].fill(Number.NaN);
      call(rule, kernels, arrays, 1, units);
      const last = arrays[arrays.length - 1];
      expectSame(name, arrays[0], new Float64Array(arrays[0].length).fill(Number.NaN));
      expectSame(name, last, new Float64Array(units).fill(Number.NaN));
    });
  }

  test('gates that are far open or far shut let through all or nothing', () => {
    const units = 9;
    const lstm = open(rules[0], 1, units);
    const gru = open(rules[2], 1, units);
    for (const far of [200, 1e4, 3.4e38, Infinity]) {
      const [a, before, cell, h] = lstm.arrays;
      const kept = fill(before, numbers(2));
      for (const [block, value] of [-far, far, far, far].entries()) a.fill(value, block * units, (block + 1) * units);
      call(rules[0], lstm.kernels, lstm.arrays, 1, units);
      // what is shut may let through less than the smallest normal float32
      expectClose('i', a.subarray(0, units), new Float64Array(units), () => 2 ** -126);
      expectSame('f, g, o', a.subarray(units), new Float64Array(3 * units).fill(1));
      expectClose('cell', cell, kept, () => 2 ** -126);
      expectClose('h', h, kept.map(tanh), () => 8 * u);

      const [ga, p, bias, last, gh] = gru.arrays;
      p.fill(0);
      fill(bias, numbers(4));
      const state = fill(last, numbers(3));
      ga.fill(far, 0, 2 * units);
      ga.fill(-far, 2 * units);
      call(rules[2], gru.kernels, gru.arrays, 1, units);
      expectSame('h of a GRU that keeps its state', gh, state);
      p.fill(0);
      ga.fill(-far);
      call(rules[2], gru.kernels, gru.arrays, 1, units);
      expectClose('h of a GRU that forgets', gh, new Float64Array(units).fill(-1), () => 2 ** -126);
    }
    lstm.guards.expectIntact();
    gru.guards.expectIntact();
  });

  test('the new state of a cell may take the place of the old one', () => {
    for (const units of [1, 6, 8, 13, 44]) {
      for (const [rule, to, from] of [
        [rules[0], 2, 1],
        [rules[2], 4, 3],
      ] as const) {
        const [apart, inPlace] = [open(rule, 3, units), open(rule, 3, units)];
        const next = numbers(units);
        apart.arrays.forEach((array, index) => {
          fill(array, () => 3 * next());
          inPlace.arrays[index].set(array);
        });
        call(rule, apart.kernels, apart.arrays, 3, units);
        inPlace.arrays[to] = inPlace.arrays[from];
        call(rule, inPlace.kernels, inPlace.arrays, 3, units);
        inPlace.arrays.forEach((array, index) => {
          if (index !== from) expectSame(`${rule.name} in place, array ${index}`, array, apart.arrays[index]);
        });
      }
    }
  });
}
