// Memory and programs.

import { expect, test } from 'vitest';
import type { Allocator, Backend, Floats, Kernels } from '../../../src/engine/backend.ts';
import { rules } from './optimizers.ts';
import { expectSame, fill, numbers } from './support.ts';

const [ROWS, WIDTH, DEPTH] = [6, 13, 21];

/** Arrays for one call of every kernel. */
function everything(allocate: Allocator) {
  const square = () => allocate.floats(ROWS * WIDTH);
  return {
    floats: Array.from({ length: 8 }, square),
    a: allocate.floats(ROWS * DEPTH),
    w: allocate.floats(WIDTH * DEPTH),
    gates: [allocate.floats(4 * ROWS * WIDTH), allocate.floats(3 * ROWS * WIDTH)],
    packed: [allocate.panels(WIDTH, DEPTH), allocate.panels(WIDTH, DEPTH)],
    gradient: allocate.floats(DEPTH * WIDTH),
    scratch: allocate.scratch(DEPTH, WIDTH, ROWS)[0],
    ids: allocate.integers(ROWS),
    seed: allocate.integers(2),
    s: allocate.doubles(8),
    sum: allocate.doubles(1),
    verdict: allocate.doubles(2),
    go: allocate.integers(1),
  };
}

type Everything = ReturnType<typeof everything>;

/** One call of every kernel, each on something that an earlier one made. */
function callEverything(kernels: Kernels, plan: Everything): void {
  const { floats, a, w, gates, packed, gradient, scratch, ids, seed, s, sum, verdict, go } = plan;
  const [c, d, e, f, g, h, x, y] = floats;
  const length = ROWS * WIDTH;
  kernels.packTransposed(w, packed[0], WIDTH, DEPTH, 0, WIDTH);
  kernels.packPlain(w, packed[1], WIDTH, DEPTH, 0, WIDTH);
  kernels.product(a, packed[0], c, ROWS, WIDTH, DEPTH, false);
  kernels.product(a, packed[1], c, ROWS, WIDTH, DEPTH, true);
  kernels.productTN(a, c, gradient, DEPTH, WIDTH, ROWS, true, scratch, DEPTH, WIDTH);
  kernels.gatherRows(w, ids, f, d, ROWS, WIDTH);
  kernels.fillRows(f, e, ROWS, WIDTH);
  kernels.scatterAddRows(d, ids, w, ROWS, WIDTH, WIDTH, WIDTH);
  kernels.sumRows(d, g, ROWS, WIDTH, true, WIDTH);
  kernels.copy(d, h, length);
  kernels.tanh(d, length);
  kernels.tanhBackward(d, e, length);
  kernels.sigmoid(h, length);
  kernels.sigmoidBackward(h, e, length);
  kernels.relu(f, length);
  kernels.reluBackward(f, e, length);
  kernels.dropout(e, e, length, seed, -5, 2 ** 31 + 12345, 77);
  kernels.softmaxNll(c, ids, g, f, ROWS, WIDTH);
  kernels.addRows(w, ids, d, ROWS, WIDTH);
  kernels.scaleRows(d, f, ROWS, WIDTH);
  kernels.lstmForward(gates[0], e, c, d, ROWS, WIDTH);
  kernels.lstmBackward(gates[0], e, c, d, x, ROWS, WIDTH);
  kernels.gruForward(gates[0], gates[1], g, d, c, ROWS, WIDTH);
  kernels.gruBackward(gates[0], gates[1], d, c, e, ROWS, WIDTH);
  kernels.minGruForward(gates[1], c, d, ROWS, WIDTH);
  kernels.minGruBackward(gates[1], d, c, e, ROWS, WIDTH);
  kernels.copyRows(gates[1], ids, h, ROWS, WIDTH - 1, WIDTH + 1, WIDTH);
  kernels.squaredError(c, h, f, g, ROWS, WIDTH);
  kernels.pinball(c, h, f, g, w, ROWS, WIDTH);
  for (const { run } of rules) {
    kernels.sigmoid(h, length); // moments of squares are not negative
    run(kernels, { p: x, g: c, m: y, v: h }, length, s);
  }
  kernels.clipElements(x, length, s);
  kernels.sumOfSquares(x, length, sum);
  kernels.weightedSum(x, y, length, sum);
  kernels.clipScale(s, 8, s, sum, verdict, go);
  kernels.barrier();
  kernels.when(go, 1, () => kernels.zero(g, 5));
}

/** All numbers of a plan, but not the scratch, which is anybody's. */
function snapshot({ floats, a, w, gates, packed, gradient, sum, verdict, go }: Everything): number[] {
  return [...floats, a, w, ...gates, ...packed, gradient, sum, verdict, go].flatMap((view) => [...view]);
}

export function workspacesConform(backend: Backend): void {
  const prepare = (plan: Everything) => {
    for (const [i, view] of [...plan.floats, plan.a, plan.w, ...plan.gates].entries()) fill(view, numbers(i));
    plan.ids.set([0, 3, 12, 3, 1, 20 % WIDTH]);
    plan.seed.set([1, 2]);
    plan.s.set([0.5, 0.1, 0.01, 0.9, 0.8, 0.7, 0.99, 1.1]);
  };

  test('arrays start as zeros, do not overlap, and keep what is written', () => {
    const { plan, bytes } = backend.open((allocate) =>
      [0, 1, 7, 64, 1000].flatMap((length) => [
        allocate.floats(length),
        allocate.integers(length),
        allocate.doubles(length),
        allocate.panels(length, 3),
      ]),
    );
    for (const view of plan) expectSame('fresh', view, new Float64Array(view.length));
    for (const [i, view] of plan.entries()) view.fill(i + 1);
    for (const [i, view] of plan.entries()) expect(view.every((value) => value === i + 1)).toBe(true);
    expect(bytes).toBeGreaterThanOrEqual(plan.reduce((sum, view) => sum + view.byteLength, 0));
  });

  test('a program of every kernel gives the bits of direct calls, as often as it runs', () => {
    const { plan, kernels, record } = backend.open((allocate) => {
      const result = { direct: everything(allocate), recorded: everything(allocate) };
      allocate.program((kernels) => callEverything(kernels, result.recorded));
      return result;
    });
    const { direct, recorded } = plan;
    prepare(direct);
    prepare(recorded);
    const before = snapshot(recorded);
    const called = new Set<string>();
    const run = record((recorder) => {
      const counted = new Proxy(recorder, {
        get(target, name: keyof Kernels & string) {
          called.add(name);
          return target[name];
        },
      });
      callEverything(counted, recorded);
    });
    expectSame('recording computes nothing', snapshot(recorded), before);
    for (let times = 0; times < 3; times++) {
      callEverything(kernels, direct);
      run();
      expectSame('recorded', snapshot(recorded), snapshot(direct));
    }
    expect([...called].sort()).toEqual(Object.keys(kernels).sort());
    expect(snapshot(direct).every(Number.isFinite)).toBe(true);
  });

  test('several programs live side by side, and an empty one does nothing', () => {
    const { plan, record } = backend.open((allocate) => {
      const five = allocate.floats(5);
      allocate.program((kernels) => kernels.zero(five, 5));
      allocate.program((kernels) => {
        kernels.tanh(five, 2);
        kernels.relu(five, 5);
      });
      return five;
    });
    const empty = record(() => {});
    const clear = record((kernels) => kernels.zero(plan, 5));
    const clipped = record((kernels) => {
      kernels.tanh(plan, 2);
      kernels.relu(plan, 5);
    });
    plan.set([-1, 100, 3, -4, 5]);
    empty();
    expectSame('empty', plan, [-1, 100, 3, -4, 5]);
    clipped();
    expectSame('clipped', plan, [plan[0] === 0 ? plan[0] : 0, 1, 3, 0, 5]);
    clear();
    expectSame('clear', plan, [0, 0, 0, 0, 0]);
  });

  const writeDown = (kernels: Kernels, { counter, x }: { counter: Int32Array; x: Floats }): void => {
    kernels.zero(x, 1);
    kernels.when(counter, 2, () => {
      kernels.zero(x.subarray(1), 1);
      kernels.when(counter, 5, () => kernels.zero(x.subarray(2), 1));
    });
  };

  test('what depends on a counter is done from its least value on, and left out below', () => {
    const { plan, record } = backend.open((allocate) => {
      const result = { counter: allocate.integers(1), x: allocate.floats(3) };
      allocate.program((kernels) => writeDown(kernels, result));
      return result;
    });
    const run = record((kernels) => writeDown(kernels, plan));
    for (const [count, left] of [
      [-1, [0, 7, 7]],
      [1, [0, 7, 7]],
      [2, [0, 0, 7]],
      [4, [0, 0, 7]],
      [5, [0, 0, 0]],
    ] as const) {
      plan.x.fill(7);
      plan.counter[0] = count;
      run();
      expectSame(`counter ${count}`, plan.x, left);
    }
  });

  if (backend.name !== 'javascript') {
    test('a program longer than the plan reserved is refused', () => {
      const { plan, record } = backend.open((allocate) => {
        const one = allocate.floats(1);
        allocate.program((kernels) => kernels.relu(one, 1));
        return one;
      });
      const twice = (kernels: Kernels) => {
        kernels.relu(plan, 1);
        kernels.relu(plan, 1);
      };
      expect(() => record(twice)).toThrow('programs exceed the 12 bytes that the plan reserved');
    });
  }
}
