// Threads without threads: the portable backend carries out the parts of a program call by call, in an order drawn at random that only the
// barriers bind. A barrier that is missing shows each time, on any machine; real threads would show it once in a while.

import type { Backend } from '../../src/engine/backend.ts';
import { javascriptBackend } from '../../src/engine/javascript.ts';
import { type Call, callsOf } from '../../src/engine/program.ts';
import { Random } from '../../src/random.ts';

export function interleavedBackend(threads: number, seed: number): Backend {
  const portable = javascriptBackend('float64');
  const random = new Random(seed);
  return {
    ...portable,
    threads,
    open: (plan) => {
      const workspace = portable.open(plan);
      const kernels = workspace.kernels as unknown as Record<string, (...args: unknown[]) => void>;

      /** Carries out one call at a time; gives true at a barrier. */
      function* part(calls: readonly Call[]): Generator<boolean> {
        for (const { name, args, body } of calls) {
          if (body) {
            if ((args[0] as Int32Array)[0] >= Number(args[1])) yield* part(body);
          } else if (name === 'barrier') yield true;
          else {
            kernels[name](...args);
            yield false;
          }
        }
      }

      const run = (parts: readonly Call[][]): void => {
        let waiting = parts.map(part);
        let one: Generator<boolean> | undefined;
        while (waiting.length > 0) {
          let going = waiting;
          waiting = [];
          while (going.length > 0) {
            // mostly the same again, so that one gets far ahead of another
            if (!one || !going.includes(one) || random.next() % 8 === 0) one = going[random.next() % going.length];
            const { done, value } = one.next();
            if (!done && !value) continue;
            going = going.filter((other) => other !== one);
            if (!done) waiting.push(one);
          }
        }
      };
      return {
        ...workspace,
        record: (body) => {
          const parts = Array.from({ length: threads }, (_, index) => callsOf(body, { index, count: threads }));
          return () => run(parts);
        },
      };
    },
  };
}
