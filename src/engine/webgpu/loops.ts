// Time loops among the calls of a workgroup, and how their products are shared out. A program is recorded as straight-line code; here calls that repeat
// with arguments that grow evenly are found again, and stand once.
//
//   registers   (P) a workgroup walks all T with its rows, and its lanes hold W in registers: each 64 numbers of a column
//   stream      (C) the same, and every step reads W again
//   steps       (A) the workgroups share each step's product by its columns: two dispatches a step
//
// Every number is summed in the same order in all three (kernels.ts), so the design decides time and never a bit.

import { kernelNames } from '../kernels.ts';
import { stretch } from '../share.ts';

/** How a recurrence is computed. */
export type Design = 'registers' | 'stream' | 'steps';
export const designs: readonly Design[] = ['registers', 'stream', 'steps'];

/** How a device shares the work. */
export interface Sharing {
  readonly workgroups: number;
  /** Invocations of a workgroup, the lanes. */
  readonly invocations: number;
  /** The design of the recurrence; without it the fastest. */
  readonly recurrence?: Design;
}

/** A call: its number, and its arguments as words. */
export interface WordCall {
  readonly code: number;
  readonly args: readonly number[];
}

/** Calls that are carried out `turns` times: in turn t an argument is a + t stride. */
export interface Loop {
  readonly turns: number;
  readonly body: readonly (WordCall & { readonly strides: readonly number[] })[];
}

/** The most calls of a turn. */
const longestBody = 12;
/** Fewer turns are no loop. */
const leastTurns = 3;

/** The calls with their loops, greedily from the first on: of the loops that begin at a call the one that covers most. */
export function loopsOf(calls: readonly WordCall[]): (WordCall | Loop)[] {
  const found: (WordCall | Loop)[] = [];
  for (let at = 0; at < calls.length; ) {
    let best = { turns: 1, period: 1 };
    for (let period = 1; period <= longestBody; period++) {
      const turns = turnsAt(calls, at, period);
      if (turns >= leastTurns && turns * period > best.turns * best.period) best = { turns, period };
    }
    const { turns, period } = best;
    const body = calls.slice(at, at + period);
    if (turns === 1) found.push(...body);
    else
      found.push({
        turns,
        body: body.map((call, i) => {
          const { args } = calls[at + period + i];
          return { ...call, strides: args.map((value, j) => value - call.args[j]) };
        }),
      });
    at += turns * period;
  }
  return found;
}

/** How often the `period` calls from `at` on come again with arguments that grow evenly. */
function turnsAt(calls: readonly WordCall[], at: number, period: number): number {
  const isNext = (turn: number): boolean => {
    for (let i = 0; i < period; i++) {
      const [first, second, here] = [calls[at + i], calls[at + period + i], calls[at + turn * period + i]];
      if (first.code !== here?.code) return false;
      if (turn > 1 && here.args.some((value, j) => value !== first.args[j] + turn * (second.args[j] - first.args[j])))
        return false;
    }
    return true;
  };
  let turns = 1;
  while (isNext(turns)) turns++;
  return turns;
}

/** The number of the kernel that multiplies by a packed weight. */
export const productCode = kernelNames.indexOf('product');

/** The arguments of a product on the device: of all its columns, until workgroups share them. */
export const ofAllColumns = (args: readonly number[]): number[] => [...args, 0, args[4]];

/** Arguments of a product by name. */
const productOf = ({ args: [, panels, , m, columns, k] }: WordCall) => ({ panels, m, columns, k });

/** A lane holds so many numbers of a weight, of one column; sums of so many terms are added up. */
export const heldTerms = 64;
/** The longest row that a workgroup keeps in its memory. */
export const longestRow = 1024;

/** Whether the lanes of a workgroup can hold the weight of a product. */
export function isHeld(product: WordCall, lanes: number): boolean {
  const { columns, k } = productOf(product);
  return k <= longestRow && columns * Math.ceil(k / heldTerms) <= lanes;
}

/** The place in a loop of the product that has the same weight in every turn; −1 if there is none. */
export function productIn({ body }: Loop): number {
  const isSame = [1, 3, 4, 5, 6]; // all but a and c
  return body.findIndex(({ code, strides }) => code === productCode && isSame.every((i) => strides[i] === 0));
}

/**
 * A region as a dispatch for what is before each product of its time loops, one for the product, and so on, and the size of the largest weight; as it is
 * where there is no such loop.
 * @param parts the calls of each workgroup, which has some of the rows
 */
export function inSteps(parts: readonly (readonly WordCall[])[]): {
  readonly regions: (readonly WordCall[])[][];
  readonly weights: number;
} {
  const weights = new Map<number, number>(); // the number of numbers by the place
  for (const item of parts.flatMap(loopsOf)) {
    const product = 'turns' in item && item.body[productIn(item)];
    if (product) {
      const { panels, columns, k } = productOf(product);
      weights.set(panels, columns * k);
    }
  }
  // what is before a product, the product, what is before the next, and so on
  const cut = parts.map((calls) => {
    const pieces: WordCall[][] = [[]];
    for (const call of calls)
      if (call.code === productCode && weights.has(productOf(call).panels)) pieces.push([call], []);
      else pieces.at(-1)!.push(call);
    return pieces;
  });
  const regions = Array.from({ length: Math.max(...cut.map(({ length }) => length)) }, (_, piece) => {
    const region = cut.map((pieces) => pieces[piece] ?? []);
    return piece % 2 === 0 ? region : shared(region.flat(), parts.length);
  });
  return { regions, weights: Math.max(0, ...weights.values()) };
}

/** A product of neighboring rows, one call after the other, as a product of all rows and some columns for each of `count` workgroups. */
function shared(products: readonly WordCall[], count: number): WordCall[][] {
  const [{ code, args }] = products;
  const m = products.reduce((sum, call) => sum + productOf(call).m, 0);
  return Array.from({ length: count }, (_, index) => {
    const [left, right] = stretch({ index, count }, productOf(products[0]).columns, 8);
    return left === right ? [] : [{ code, args: [...args.slice(0, 3), m, ...args.slice(4, 7), left, right] }];
  });
}
