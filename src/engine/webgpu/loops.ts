// Time loops among the calls of a workgroup, and how their products are shared out. A program is recorded as straight-line code; here calls that repeat
// with arguments that grow evenly are found again, and stand once.
//
//   registers   (P) a workgroup walks all T with its rows, and its lanes hold W in registers: each 64 numbers of a column
//   stream      (C) the same, and every step reads W again
//   steps       (A) the workgroups share each step's product by its columns: two dispatches a step
//
// Every number is summed in the same order in all three (kernels.ts), so the design decides time and never a bit.

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

const isAlike = (one: WordCall, other: WordCall): boolean =>
  one.code === other.code && one.args.length === other.args.length;
const stridesOf = (from: WordCall, to: WordCall): number[] => to.args.map((value, i) => value - from.args[i]);

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
        body: body.map((call, i) => ({ ...call, strides: stridesOf(call, calls[at + period + i]) })),
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
      if (!here || !isAlike(first, here)) return false;
      if (turn > 1 && here.args.some((value, j) => value !== first.args[j] + turn * (second.args[j] - first.args[j])))
        return false;
    }
    return true;
  };
  let turns = 1;
  while (isNext(turns)) turns++;
  return turns;
}

/** The arguments of a product on the device: of all its columns, until workgroups share them. */
export const ofAllColumns = (args: readonly number[]): number[] => [...args, 0, args[4]];

/** The arguments of a product by name. */
const productOf = ({ args: [a, panels, c, m, columns, k, accumulate] }: WordCall) => ({
  ...{ a, panels, c, m, columns, k, accumulate },
});

/** A lane holds so many numbers of a weight, of one column; sums of so many terms are added up. */
export const heldTerms = 64;
/** The longest row that a workgroup keeps in its memory. */
export const longestRow = 1024;

/** Whether the lanes of a workgroup can hold the weight of a product. */
export function isHeld(product: WordCall, lanes: number): boolean {
  const { columns, k } = productOf(product);
  return k <= longestRow && columns * Math.ceil(k / heldTerms) <= lanes;
}

/** The place in a loop of the product that has the same weight in every turn, by the number of `product`; −1 if there is none. */
export function productIn({ body }: Loop, code: number): number {
  const isSame = [1, 3, 4, 5, 6]; // all but a and c
  return body.findIndex((call) => call.code === code && isSame.every((i) => call.strides[i] === 0));
}

/**
 * A region as a dispatch for what is before each product of its time loops, one for the product, and so on, and the size of the largest weight; null
 * where there is no such loop.
 * @param parts the calls of each workgroup, which has some of the rows
 */
export function inSteps(
  parts: readonly (readonly WordCall[])[],
  code: number,
): { readonly regions: WordCall[][][]; readonly weights: number } | null {
  const weights = new Map<number, number>(); // the number of numbers by the place
  for (const calls of parts)
    for (const item of loopsOf(calls)) {
      const at = 'turns' in item ? productIn(item, code) : -1;
      if ('turns' in item && at >= 0) {
        const { panels, columns, k } = productOf(item.body[at]);
        weights.set(panels, columns * k);
      }
    }
  if (weights.size === 0) return null;
  const isCut = (call: WordCall): boolean => call.code === code && weights.has(productOf(call).panels);
  const cut = parts.map((calls) => {
    const pieces: { before: WordCall[]; product?: WordCall }[] = [{ before: [] }];
    for (const call of calls) {
      if (!isCut(call)) pieces.at(-1)!.before.push(call);
      else {
        pieces.at(-1)!.product = call;
        pieces.push({ before: [] });
      }
    }
    return pieces;
  });
  const regions: WordCall[][][] = [];
  for (let piece = 0; piece < Math.max(...cut.map(({ length }) => length)); piece++) {
    regions.push(cut.map((pieces) => pieces[piece]?.before ?? []));
    const products = cut.flatMap((pieces) => pieces[piece]?.product ?? []);
    if (products.length > 0) regions.push(shared(products, parts.length));
  }
  return { regions, weights: Math.max(...weights.values()) };
}

/** A product of neighboring rows, one call after the other, as a product of all rows and some columns for each of `count` workgroups. */
function shared(products: readonly WordCall[], count: number): WordCall[][] {
  const { code } = products[0];
  const { a, panels, c, columns, k, accumulate } = productOf(products[0]);
  const m = products.reduce((sum, call) => sum + productOf(call).m, 0);
  return Array.from({ length: count }, (_, index) => {
    const [left, right] = stretch({ index, count }, columns, 8);
    return left === right ? [] : [{ code, args: [a, panels, c, m, columns, k, accumulate, left, right] }];
  });
}
